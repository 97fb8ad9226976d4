"""An office in which cases are handled: a real database, a real index, a real folder of notices. All is invented."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from incident.cases import Cases
from incident.command import AskPerson, AssessScope, Command, Containment, Lift, Question, Tighten
from incident.database import open_database
from incident.draft import CHECK_LIST
from incident.duty.duties import load_duties
from incident.engine import Rulebook
from incident.facts.case import AlertFacts
from incident.graph import Books, load_playbooks
from incident.ids import Bilingual, CaseId, PersonId
from incident.incident import Case
from incident.notice import Contact
from incident.perform import Performer
from incident.store import METADATA, CaseStore
from incident.wording import Labels, Press
from policies.overlay import OverlayEntry
from policies.overlay import Tightening as OverlayKind
from policies.recognisers.scan import scan
from siem.index.sqlite import SqliteStore
from siem.record.event import Disclosure, EventId, FieldUse
from tests.siem.events import document

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CHEN, LI, ZHAO = PersonId("p-chen"), PersonId("p-li"), PersonId("p-zhao")
LIMIT = timedelta(seconds=5)
ANSWERS = {
    "__cause__": "removed",
    "__clean__": "yes",
    "__confirmed__": "yes",
    "__how__": "被盗",
    "__kind__": "key",
    "__origin__": "爬虫",
    "__ours__": "yes",
    "__persons__": "20",
    "__signed__": "yes",
    "__verified__": "属实",
}
"""What a person fills in where one of our playbooks asks for it."""


def zh(text: str, english: str = "in English") -> Bilingual:
    return Bilingual(zh=text, en=english)


PRESS = Press(
    contact=Contact(
        unit=zh("青石区政务服务和数据管理局", "Qingshi District Government Services and Data Bureau"),
        phone="0570-8765000",
    ),
    labels=Labels(
        categories={
            "name": zh("姓名", "names"),
            "mobile": zh("手机号码", "mobile numbers"),
            "resident_id": zh("公民身份号码", "resident ID numbers"),
            "bank_card": zh("银行卡号", "bank card numbers"),
        },
        systems={"register": zh("人口登记系统", "the residents register"), "hall": zh("办事大厅", "the service hall")},
    ),
    zone=timezone(timedelta(hours=8)),
    zone_name=zh("北京时间", "Beijing time"),
)


def alert(name: str = "a-1", **changes: Any) -> AlertFacts:
    """A clerk who read nine hundred records within five minutes before ten, but for *changes*."""
    facts: dict[str, Any] = {
        "id": name,
        "rule": "many-subjects",
        "title": "短时间大量读取个人信息 / Bulk reading of personal data",
        "level": "high",
        "group": {"user.id": "clerk-wang"},
        "raised_at": TEN,
        "first_at": TEN - timedelta(minutes=5),
        "last_at": TEN - timedelta(seconds=1),
        "event_count": 9,
        "subject_count": 900,
        "events": ("6YQ3K0M9ZT-1",),
        "respond": "bulk-retrieval",
        "automatic": False,
    }
    return AlertFacts(**{**facts, **changes})


def shown(category: str, disclosure: Disclosure = Disclosure.CLEAR, count: int = 1) -> FieldUse:
    return FieldUse(
        name=category,
        category=category,
        transform="keep",
        disclosure=disclosure,
        rule="register.yaml:7",
        grant=None,
        count=count,
    )


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = TEN) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@contextmanager
def an_office(folder: Path) -> Iterator["Office"]:
    """A new one in *folder*, which is closed in the end."""
    engine = new_database(folder)
    office = Office(folder=folder, engine=engine)
    yield office
    office.events.close()
    engine.dispose()


@cache
def shipped() -> Books:
    """The playbooks that come with us, read once by a process: no test may change them."""
    return MappingProxyType(dict(load_playbooks()))


def new_database(folder: Path) -> Engine:
    engine = open_database(f"sqlite:///{folder / 'state.db'}")
    METADATA.create_all(engine)
    return engine


@dataclass
class Office:
    """The composition root of these tests: everything a case needs, and a hand that performs what is pending."""

    folder: Path
    engine: Engine
    watch: Watch = field(default_factory=Watch)
    books: Books = field(default_factory=shipped)
    events: SqliteStore = field(init=False)
    overlay: dict[str, OverlayEntry] = field(default_factory=dict)
    """What hits somebody; what preserves the log, which playbooks do unasked, is in `preserved`."""
    preserved: dict[str, OverlayEntry] = field(default_factory=dict)
    performed: list[str] = field(default_factory=list)
    canaries: frozenset[str] | None = None
    cases: Cases = field(init=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.events = SqliteStore(self.folder / "events.db")
        self.restart()

    def restart(self) -> None:
        """As if the process had died: only what is on the disk is known."""
        rules = Rulebook(books=self.books, duties=load_duties(), press=PRESS, scan=scan)
        self.cases = Cases(CaseStore(self.engine), rules, self.watch)

    @property
    def performer(self) -> Performer:
        return Performer(
            events=self.events,
            published=self.folder / "published",
            tighten=self._tighten,
            lift=self._lift,
            indexed_until=self.watch,
            clock=self.watch,
            canaries=lambda: self.canaries,
        )

    def _tighten(self, command: Tighten) -> str:
        preserves = command.kind is Containment.PRESERVE_EVIDENCE
        (self.preserved if preserves else self.overlay)[command.key] = OverlayEntry(
            id=command.key,
            kind=OverlayKind(command.kind.value),
            system=command.system,
            target=command.target,
            since=command.since,
            until=command.until,
            reason=command.reason,
            by=str(command.by),
            case=command.case,
        )
        return f"generation {len(self.overlay)}"

    def _lift(self, command: Lift) -> str:
        for entries in (self.overlay, self.preserved):
            entries.pop(command.tightening.key, None)
        return "taken back"

    def record(self, count: int = 20, **changes: Any) -> None:
        """Let the clerk be shown names and mobiles of *count* persons within the minutes before ten."""
        facts = {"fields": (shown("name"), shown("mobile")), "at": TEN - timedelta(minutes=4), **changes}
        ids = (EventId(f"6YQ3K0M9ZT-{number}") for number in self._numbers)
        self.events.append([document(number, **{"id": next(ids), **facts}) for number in range(count)], LIMIT)

    def perform(self, kind: type[Command] | None = None) -> int:
        """Perform what is pending, of one *kind* or all, and say how much that was."""
        done = 0
        for command in self.cases.pending():
            if kind is None or isinstance(command, kind):
                outcome = self.performer.perform(command)
                if outcome is not None:
                    self.performed.append(command.key)
                    self.cases.finished(command.key, outcome)
                    done += 1
        return done

    def perform_all(self) -> None:
        while self.perform():
            self.cases.tick()

    def question(self, case: CaseId, question: Question) -> AskPerson:
        found = [asked for asked in self.cases.get(case).questions if asked.question is question]
        assert len(found) == 1 or (found and question is Question.STEP), f"asked: {self.cases.get(case).questions}"
        return found[0]

    def say_yes(self, case: CaseId, question: Question, inputs: Mapping[str, str] | None = None) -> None:
        self.cases.complete(case, self.question(case, question).key, CHEN, inputs=inputs)

    def do_the_rest(self, case: CaseId) -> Case:
        """Let a person say of every step that is left that it is done."""
        while any(asked.question is Question.STEP for asked in self.cases.get(case).questions):
            asked = self.question(case, Question.STEP)
            self.say_yes(case, Question.STEP, {name: ANSWERS[name] for name in asked.answers})
            self.perform_all()
        return self.cases.get(case)

    def publish(self, case: CaseId) -> Case:
        """Let two people publish the draft as it is."""
        digest = self.cases.get(case).notice.digest
        self.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST))
        self.cases.approve_notice(case, ZHAO, digest)
        self.perform_all()
        return self.cases.get(case)

    def to_the_draft(self, **changes: Any) -> CaseId:
        """A case that waits for its notice to be approved."""
        self.record()
        case = self.cases.open_or_join(alert(**{"automatic": True, **changes}))
        self.perform_all()
        return case


type MakeOffice = Callable[..., Office]


def scope_commands(case: Case) -> list[AssessScope]:
    return [issued.command for issued in case.commands.values() if isinstance(issued.command, AssessScope)]
