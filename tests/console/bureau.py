"""A console over an office: people, alerts, cases, an installation that runs. All is invented."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from starlette.types import ASGIApp

import console.office
from console.accounts import METADATA, Accounts
from console.alerts.book import AlertBook
from console.alerts.watch import AlertWatch
from console.api.repeats import Repeats
from console.api.tokens import ApiTokens
from console.installation import Installation, PolicyState, RecordState, ShippingState, SystemState, WorkerState
from console.permits.book import PermitBook
from console.playbooks.book import PlaybookBook
from console.rules.book import RuleBook
from console.rules.trials import RuleTrials
from console.search.book import SearchBook
from console.search.look_up import CannotLookUp, LookUp
from incident.alert_facts import facts_of
from incident.drill_plan import DrillPlan
from incident.evidence_book import EvidenceBook
from incident.facts.persons import PersonsListed
from incident.ids import Bilingual, CaseId, PersonId
from incident.person_lists import part_name
from policies.findings import Finding, Position, Severity
from policies.keys.key_files import Signer, make_secret
from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from policies.program import Program
from policies.snapshot import Snapshot
from siem.detect.adapt import adapted
from siem.detect.alert import Alert, AlertStore
from siem.detect.definition import Finding as RuleFinding
from siem.detect.definition import Rule
from siem.detect.examples import LISTS
from siem.detect.rule_set import read_rules, rule_files
from siem.detect.silence import SilenceStore
from siem.notify.delivery import Delivery
from siem.notify.message import Kind
from siem.record.event import Disclosure, EventId, FieldUse, Phase, Verdict
from tests.bulletin.shelves import SITE
from tests.console.alerts.invented import DUE
from tests.console.browser import Browser
from tests.console.hotline import Exchange
from tests.console.late_routes import create_app
from tests.console.leaks import BEGAN, PACE, read_in_bulk
from tests.console.people import CHEAP, hire
from tests.console.policies import FIRST, Lives
from tests.incident.books import manual, own, raw_book, text_of
from tests.incident.office import LIMIT, TEN, Office, new_database
from tests.siem.events import digest, document
from yingbi.home import Home
from yingbi.notices.file import notice_file
from yingbi.persons.sources import part_in
from yingbi.plant import planted
from yingbi.playbook_shelf import PlaybookFolder
from yingbi.settings import Settings
from yingbi.subscribers.webhook_desk import WebhookDesk

RULES = Path(__file__).parent.parent.parent / "siem" / "rules"
CHEN, LI, ZHAO, SUN = PersonId("p-chen"), PersonId("p-li"), PersonId("p-zhao"), PersonId("p-sun")
"""On-call staff, two press officers, the security officer: those of `tests.console.people`."""

POLICY = PolicyState(
    generation=7,
    published_at=TEN - timedelta(days=2),
    checked_at=TEN - timedelta(seconds=5),
    systems=(
        SystemState(
            name="register",
            title_zh="人口登记系统",
            title_en="Residents register",
            hosts=("register.yingbi.example",),
            state="enforcing",
            digest="5b0c6a1f" * 8,
            operations=23,
        ),
        SystemState(
            name="hall",
            title_zh="办事大厅",
            title_en="Service hall",
            hosts=("hall.yingbi.example", "hall2.yingbi.example"),
            state="learning",
            digest="90ee1d42" * 8,
            operations=11,
        ),
    ),
    findings=(),
)
INSTALLATION = Installation(
    policy=POLICY,
    workers=tuple(
        WorkerState(
            name=f"worker-{number}",
            pid=4100 + number,
            alive=True,
            serving=True,
            requests=182_340 + number,
            withheld=41,
            failures=2,
            live=3,
            programs=7,
            overlay=1,
        )
        for number in (1, 2)
    ),
    shipping=ShippingState(
        index="sqlite",
        behind_bytes=0,
        refused=0,
        broken={},
        trouble="",
        indexed_until=TEN - timedelta(seconds=1),
    ),
    records=RecordState(all_at=TEN - timedelta(hours=3), checked_at=TEN - timedelta(seconds=20)),
    overlay=(),
    addresses={
        "gateway": "https://register.yingbi.example:8443",
        "console": "https://localhost:8444",
        "bulletin": "http://localhost:8445",
    },
)
BROKEN = (
    Finding(Position("systems/register.yaml", 12, 5), "unknown-category", "there is no category `mobil`"),
    Finding(Position("grants.yaml", 3, 1), "no-end", "the grant `batch` has no end date"),
    Finding(Position("grants.yaml", 9, 1), "wide-grant", "`batch` sees everything", severity=Severity.WARNING),
)
REASONS = {
    "caller_blocked": Bilingual(zh="该账号已被安全值班人员暂停访问", en="this account has been suspended"),
    "not_allowed": Bilingual(zh="您的岗位无权执行该操作", en="your post may not do this"),
}


DELIVERIES = tuple(
    Delivery(
        kind=kind,
        channel=channel,
        via=via,
        attempts=attempts,
        tried_at=TEN if attempts else None,
        sent_at=sent_at,
        result=result,
        key="5e" * 16 if attempts else "",
    )
    for kind, channel, via, attempts, sent_at, result in (
        (Kind.RAISED, "oncall", "", 2, TEN, "HTTP 200"),
        (Kind.RAISED, "mail", "oncall", 1, None, "SMTP 451"),
        (Kind.GROWN, "phone", "", 0, None, ""),
    )
)
"""Who was told of an alert: one has it, one does not take it, one has other hours."""

RECIPIENT = "age1" + "q" * 58
PARTIAL = PersonsListed(
    number=1,
    part=1,
    affected=20,
    found=13,
    read=500,
    complete=False,
    why="网关答 502 upstream_unreachable / the gateway answered 502 upstream_unreachable",
)


def use(name: str, category: str, disclosure: Disclosure, transform: str, count: int) -> FieldUse:
    grant = "clerk-case-handling" if disclosure is Disclosure.CLEAR else None
    return FieldUse(
        name=name,
        category=category,
        transform=transform,
        disclosure=disclosure,
        rule=f"systems/register.yaml:{30 + len(name)}",
        grant=grant,
        count=count,
    )


FIELDS = (
    use("residents[].name", "name", Disclosure.CLEAR, "keep", 1),
    use("residents[].mobile", "mobile", Disclosure.CLEAR, "keep", 1),
    use("residents[].resident_id", "resident_id", Disclosure.MASKED, "keep last 4", 1),
    use("residents[].address", "address", Disclosure.NONE, "redact", 1),
)


def of_others() -> str:
    """A playbook that another office has written."""
    contain = {"kind": "block_caller", "target": "__caller__:value", "hours": 2, "reason": "核查"}
    shell = {**manual(), "commands": [{"type": "bash", "command": "iptables -A INPUT"}]}
    raw = raw_book(
        "theirs",
        start={"then": "block"},
        block={**own("v1/cases/__case__:value/contain", contain), "then": "shell"},
        shell={**shell, "then": "told"},
        told=manual("请告知窗口", then="end"),
        end={},
        variables={"__caller__": {"type": "string", "external": True}},
    )
    return text_of({**raw, "name": "别处的预案 / A playbook of others"})


@cache
def rules() -> dict[str, Rule]:
    """The shipped rules by name."""
    return {rule.name: rule for rule in read_rules(rule_files(RULES), LISTS)}


@contextmanager
def opened(folder: Path) -> Iterator["Bureau"]:
    """A bureau in *folder*."""
    engine = new_database(folder)
    bureau = Bureau(Office(folder=folder, engine=engine))
    yield bureau
    bureau.alerts.close()
    bureau.alerts_read.close()
    bureau.silences.close()
    bureau.office.events.close()
    engine.dispose()


@dataclass
class Recording:
    """Records look-ups in a list; the digest of a number is that of the tests' events with the number's last digits."""

    recorded: list[LookUp] = field(default_factory=list)
    can: bool = True

    def record(self, look_up: LookUp) -> EventId:
        if not self.can:
            raise CannotLookUp("查询无法记录，不予查询", "it cannot be recorded")
        self.recorded.append(look_up)
        return EventId(f"LOOKUP-{len(self.recorded)}")

    def digests_of(self, identifier: str) -> frozenset[str]:
        return frozenset({digest(int(identifier[-4:-1]))})


@dataclass
class Bureau:
    """Everything that the console stands on, and the console."""

    office: Office
    installation: Installation = INSTALLATION
    accounts: Accounts = field(init=False)
    alerts: AlertStore = field(init=False)
    alerts_read: AlertStore = field(init=False)
    alert_book: AlertBook = field(init=False)
    alert_watch: AlertWatch = field(init=False)
    silences: SilenceStore = field(init=False)
    app: ASGIApp = field(init=False)
    lives: Lives = field(init=False)
    permits: PermitBook = field(init=False)
    rules: RuleBook = field(init=False)
    searches: SearchBook = field(init=False)
    playbooks: PlaybookBook = field(init=False)
    look_ups: Recording = field(default_factory=Recording)
    exchange: Exchange = field(init=False)
    """The hotline."""
    folder: Snapshot = FIRST
    """What lies in the folder of policies."""
    programs: dict[str, Program] = field(default_factory=dict)
    """Programs that the console finds, by digest."""
    let_go: frozenset[str] = frozenset()
    """Events that the log has no more."""
    deliveries: tuple[Delivery, ...] | None = ()
    """Who was told of every alert; None while that cannot be read."""
    evidence: EvidenceBook = field(init=False)
    drills: tuple[DrillPlan, ...] = ()
    """The drills that are planned."""
    _employed: set[str] = field(default_factory=set)
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _told: int = 0

    def __post_init__(self) -> None:
        METADATA.create_all(self.office.engine)
        self.accounts = Accounts(self.office.engine, self.office.watch, CHEAP)
        self.alerts = AlertStore(self.office.folder / "alerts.db")
        self.alerts_read = AlertStore(self.office.folder / "alerts.db", read_only=True)
        self.silences = SilenceStore(self.office.folder / "silences.db")
        self.lives = Lives(self.office.engine, self.office.folder, self.office.watch)
        self.exchange = Exchange(self.office, self.home)
        self._read_journals()
        self.app = create_app(self.desk)

    def restart(self) -> None:
        """As if the process had died: only what is on the disk is known."""
        self.office.restart()
        self.lives.restart()
        self.exchange.restart()
        self._read_journals()
        self.app = create_app(self.desk)
        self._browsers.clear()

    def _read_journals(self) -> None:
        engine, clock, check_text = self.office.engine, self.office.watch, self.office.cases.check_text
        permits, alerts = (self._signer(name) for name in ("permits", "alerts"))
        shelf = SealedFolder(self.office.folder / "evidence", b"s" * 32, "evidence")
        self.evidence = EvidenceBook(self.office.cases, shelf, NotAsSealed)
        self.permits = PermitBook(engine, permits, clock, check_text=check_text)
        self.alert_book = AlertBook(engine, alerts, clock, due=DUE, check_text=check_text)
        self.rules = RuleBook(
            engine,
            self._signer("release"),
            clock,
            shipped=RULES,
            own=self.office.folder / "rules",
            lists=LISTS,
            check_text=check_text,
        )
        self.searches = SearchBook(engine, permits, clock, check_text=check_text)
        shelf_of_books = PlaybookFolder(self.home, clock)
        self.playbooks = PlaybookBook(engine, self._signer("release"), clock, shelf_of_books, check_text=check_text)
        self.alert_watch = AlertWatch(self.alert_book, self.alerts_read, DUE, clock)

    def _signer(self, name: str) -> Signer:
        make_secret(self.office.folder / f"{name}.key")
        return Signer(self.office.folder / f"{name}.key")

    @property
    def desk(self) -> console.office.Office:
        return console.office.Office(
            cases=self.office.cases,
            alerts=self.alerts_read,
            alert_book=self.alert_book,
            silences=self.silences,
            events=self.office.events,
            accounts=self.accounts,
            tokens=ApiTokens(self.office.engine, self.office.watch),
            repeats=Repeats(self.office.engine, self.office.watch),
            state=self.state,
            now=self.office.watch,
            bulletin_url="https://notices.yingbi.example",
            reasons=REASONS,
            policies=self.lives.life,
            permits=self.permits,
            rules=self.rules,
            playbooks=self.playbooks,
            trials=RuleTrials(self.office.events, self.office.watch),
            searches=self.searches,
            look_ups=self.look_ups,
            hotline=self.exchange.desk,
            folder=lambda: self.folder,
            program_of=lambda digest: self.programs.get(digest),
            deliveries_of=lambda alert: self.deliveries,
            person_sources=lambda: ("register", "hall"),
            person_part=lambda name: part_in(self.office.folder, name),
            notice_file=partial(notice_file, site=SITE),
            is_kept=lambda event: event not in self.let_go,
            drills=self.drills,
            subscribers=WebhookDesk(self.home, by_mail=True),
            evidence=self.evidence,
            plant=lambda count: planted(Settings(home=self.home.root), count, self.office.watch()),
        )

    def propose_a_playbook(self) -> int:
        """A playbook of others, in which a command of each sort stands, proposed by the officer. Returns its number."""
        return self.playbooks.propose(SUN, "theirs", of_others().encode(), "邻区用过")

    @property
    def home(self) -> Home:
        """Where the process that tells subscribers would be asked."""
        return Home(self.office.folder / "home")

    def state(self) -> Installation:
        """How it stands, with the tightenings that cases asked for."""
        return replace(self.installation, overlay=tuple(self.office.overlay.values()))

    def browser(self, name: str) -> Browser:
        """The browser of *name*, who is signed in."""
        if name not in self._browsers:
            self._browsers[name] = self.another(name)
        return self._browsers[name]

    def another(self, name: str) -> Browser:
        """Another browser of *name*, with a session of its own."""
        self.employ(name)
        browser = Browser(self.app)
        assert browser.sign_in(name).status == 200
        return browser

    def employ(self, name: str) -> None:
        """Let *name*, of `tests.console.people`, have an account."""
        if name not in self._employed:
            hire(self.accounts, name)
            self._employed.add(name)

    def leak(
        self,
        persons: int = 1_234,
        caller: str = "clerk-wang",
        rule: str = "many_subjects",
        *,
        whom: Callable[[int], str] | None = None,
    ) -> Alert:
        """The clerk's credential reads the register in bulk, within the minutes before ten, and a rule notices.

        *whom*: the digest of each person by number, where it matters who they are.
        """
        first, self._told = self._told, self._told + persons
        events = read_in_bulk(self.office.events, caller, FIELDS, range(first, self._told), whom)
        finding = RuleFinding(
            rule=rules()[rule],
            group=(("user.id", caller),),
            first_at=BEGAN + timedelta(minutes=1),
            last_at=BEGAN + PACE * persons,
            new_from=BEGAN,
        )
        found = self.alerts.join(finding, events, self.office.watch())
        self.alert_watch.step()
        return found

    def open(self, alert: Alert) -> CaseId:
        """The case that the composition root opens for *alert*."""
        return self.office.cases.open_or_join(facts_of(alert))

    def to_the_draft(self) -> CaseId:
        """A case whose notice waits to be submitted; it contained itself, and everybody affected is counted."""
        case = self.open(self.leak(persons=20))
        self.office.perform_all()
        return case

    def listed(self, case: CaseId) -> None:
        """A list of persons to tell, asked for, agreed to, and partly there."""
        cases = self.office.cases
        cases.ask_persons(case, CHEN, "register", RECIPIENT, "依法告知", masked=False)
        cases.agree_persons(case, SUN, 1, RECIPIENT)
        (self.office.folder / part_name(case, 1, 1)).write_bytes(b"age-encryption.org/v1 ...")
        cases.persons_listed(case, PARTIAL)

    def with_question(self) -> CaseId:
        """A case that asks whether to contain."""
        return self.open(self.leak(persons=120, rule="bulk_reads"))

    def propose_more_reads(self) -> int:
        """The officer would let a clerk read more people before anybody is told. Returns the proposal's number."""
        found = self.rules.file("bulk_reads.yml")
        assert found is not None
        (rule,) = found.rules
        return self.rules.propose(SUN, found.name, adapted(found.text, rule, at_least=150), "体检季，窗口量大")

    def withhold(self) -> str:
        """One refused exchange, and its number."""
        refused = document(
            9001,
            verdict=Verdict.WITHHOLD,
            reason="caller_blocked",
            status=403,
            subjects=(),
            disclosure=Disclosure.NONE,
            phase=Phase.WHOLE,
        )
        self.office.events.append([refused], LIMIT)
        return str(refused["event"]["id"])
