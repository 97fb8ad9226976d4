"""What happens to cases by itself: alerts open and join them, playbooks run, time passes.

Every fact is on the disk before anything is done about it, and before the next is looked at.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from incident.action import template_in
from incident.command import AssessScope, DraftNotice, Lift, Outcome, PublishNotice, Rehearsal, StartDuties, Tighten
from incident.draft import Hit, Problem, Scan
from incident.draft_problems import problems_of
from incident.drill import is_barred, rehearsed
from incident.duty.deadlines import clock_facts, grading, judgement_facts, passing_facts, regrading
from incident.duty.duties import DutyTable, Occurrence
from incident.facts.case import AlertFacts, Noted, Opened
from incident.facts.duty import Happened
from incident.facts.notice import NoticeDrafted
from incident.facts.run import CommandEnded, Ending
from incident.goals import GOALS, Goals
from incident.graph import Books
from incident.ids import ENGINE, Actor, ActorKind, CaseId, CommandKey, PlaybookId
from incident.incident import Case
from incident.joining import joined, same_matter
from incident.journal import Fact
from incident.ledger import Ledger
from incident.playbook import Playbook, read_playbook
from incident.run import next_facts, outcome_facts
from incident.state import ENDED
from incident.store import CaseStore
from incident.timing import due_facts
from incident.validity import is_valid
from incident.wording import Press, facts_of, headline_of, write_draft

type Clock = Callable[[], datetime]
type OutsideCommand = Tighten | Lift | AssessScope | PublishNotice
"""What the composition root performs; the engine does the rest itself."""

MOST_FACTS_AT_ONCE = 1000
"""More than this without waiting for anything means that the engine is not getting anywhere."""

_SCANNING = threading.Lock()
"""The scanner works in one piece of memory: two threads at once would disturb each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What cases are handled by, as the installation has it now. A running case keeps to the playbook it began with."""

    books: Books
    duties: DutyTable
    press: Press
    scan: Scan
    goals: Goals = field(default_factory=lambda: GOALS)
    """How fast the installation wants to be."""
    scan_notice: Scan | None = None
    """Looks harder, at what is to be published; where there is none `scan` does."""


class Engine:
    """Opens cases for alerts and takes each as far as it goes without a person."""

    def __init__(self, store: CaseStore, rules: Rulebook, clock: Clock) -> None:
        self._store = store
        self.rules = rules
        self.now = clock
        self.ledger = Ledger(store)
        self.ledger.refresh()
        self._playbook = cache(self._read_playbook)

    # -- reading

    @property
    def changed(self) -> threading.Event:
        """Set whenever something was recorded; who waits on it clears it."""
        return self.ledger.changed

    def get(self, case: CaseId) -> Case:
        """The case as it stands. Raises KeyError where there is none."""
        return self.ledger.get(case)

    def all(self) -> tuple[Case, ...]:
        """Every case, newest first."""
        return self.ledger.all()

    def template_of(self, case: CaseId) -> str:
        """The template of the notice of *case*: its last draft's, else its playbook's; empty where neither says."""
        known = self.get(case)
        drafted = [entry.fact.draft.template for entry in known.entries if isinstance(entry.fact, NoticeDrafted)]
        library = self._library(known)
        declared = library[known.main].variables if known.main else {}
        constants = {name: each.value for name, each in declared.items() if each.constant and each.value}
        written = (template_in(book, constants) for book in library.values())
        return next(reversed(drafted), "") or next(filter(None, written), "")

    # -- alerts

    def case_of(self, alert: str) -> CaseId | None:
        """The case that *alert* belongs to, or None."""
        return self._store.case_of(alert)

    def open_or_join(self, alert: AlertFacts) -> CaseId:
        """The case that *alert* belongs to: the one it joined before, one about the same caller, or a new one.

        Telling the same alert again changes nothing; telling it grown is recorded.
        """
        self.ledger.refresh()
        rule = Actor(kind=ActorKind.RULE, id=alert.rule)
        known = self._store.case_of(alert.id)
        case = known or next((each.id for each in self.all() if same_matter(each, alert)), None)
        if case is None:
            case = self.begin(alert.title, alert, rule)
        else:
            bind, now = None if known else alert.id, self.now()
            books = self.books_of(alert)
            self.ledger.record(case, lambda known: joined(known, alert, books, now), at=now, by=rule, alert=bind)
        self.carry_on(case)
        return case

    def begin(
        self,
        title: str,
        alert: AlertFacts | None,
        by: Actor,
        *,
        level: str = "medium",
        book: str = "",
        note: str = "",
        once: str | None = None,
        also: Sequence[Fact] = (),
        drill: bool = False,
        plan: str = "",
    ) -> CaseId:
        """Open a case and go no further, with what is known *also*. What was opened for *once* before is that case."""
        if once and (known := self._store.case_of(once)):
            return known
        now = self.now()
        opened, texts = self.opening(title, alert, level, book=book, drill=drill, plan=plan)
        wanted = alert.respond if alert else book
        facts: list[Fact] = []
        if alert:
            facts.append(Happened(what=Occurrence.ALERT, at=min(alert.raised_at, now)))
        if by.kind is ActorKind.PERSON:
            facts.append(Happened(what=Occurrence.CONFIRMATION, at=now, note=note))
        facts += also
        if wanted and not opened.book:
            why = ("已不在有效期内", "is not valid now") if wanted in self.rules.books else ("没有找到", "is not there")
            facts.append(Noted(text=f"预案 {wanted} {why[0]}，由人处理 / the playbook `{wanted}` {why[1]}: by hand"))
        return self.ledger.open(
            opened,
            *facts,
            once=once,
            day=now.astimezone(self.rules.press.zone).date(),
            at=now,
            by=by,
            playbooks=texts,
        )

    def opening(
        self, title: str, alert: AlertFacts | None, level: str, *, book: str = "", drill: bool = False, plan: str = ""
    ) -> tuple[Opened, dict[str, str]]:
        """How the journal of a case begins, and by digest the texts of the playbooks that it is handled by."""
        wanted = alert.respond if alert else book
        leading = self.rules.books.get(wanted)
        called = self._called(leading) if leading else {}
        if not all(is_valid(each, self.now()) for each in called.values()):
            leading, called = None, {}
        opened = Opened(
            title=title,
            level=alert.level if alert else level,
            alert=alert,
            book=wanted if leading else "",
            main=leading.id if leading else None,
            playbooks={each.id: each.digest for each in called.values()},
            drill=drill,
            plan=plan,
        )
        return opened, {each.digest: each.source for each in called.values()}

    def books_of(self, alert: AlertFacts) -> tuple[Playbook, ...]:
        """The playbooks that *alert* asks for, where they are valid now."""
        book = self.rules.books.get(alert.respond)
        called = tuple(self._called(book).values()) if book else ()
        return called if all(is_valid(each, self.now()) for each in called) else ()

    def _called(self, book: Playbook) -> dict[PlaybookId, Playbook]:
        """*book* and every playbook that it calls, directly or not."""
        by_id = {each.id: each for each in self.rules.books.values()}
        found: dict[PlaybookId, Playbook] = {}
        todo = [book]
        while todo:
            here = todo.pop()
            if here.id not in found:
                found[here.id] = here
                todo += [by_id[step.playbook] for step in here.steps.values() if step.playbook]
        return found

    # -- the engine

    def tick(self) -> None:
        """Let time pass: due times, time limits, delays, and whatever a process that died had begun."""
        self.ledger.refresh()
        for case in self.all():
            if case.state not in ENDED:
                now = self.now()
                self.ledger.record(case.id, partial(passing_facts, now=now), at=now, by=ENGINE)
                self.carry_on(case.id)

    def pending(self) -> tuple[OutsideCommand, ...]:
        """What is to be performed now, oldest case first. It stays until `finished` is told its outcome."""
        pairs = ((case, command) for case in reversed(self.all()) for command in case.machine_commands)
        return tuple(
            command
            for case, command in pairs
            if not isinstance(command, StartDuties | DraftNotice | Rehearsal) and not is_barred(case, command)
        )

    def finished(self, key: CommandKey, outcome: Outcome) -> None:
        """Record how a command ended. Telling it twice changes nothing. Raises KeyError where there is no such case."""
        case = CaseId(key.partition(".")[0])
        self.ledger.record(case, lambda known: outcome_facts(known, key, outcome), at=self.now(), by=ENGINE)
        self.carry_on(case)

    def carry_on(self, case: CaseId) -> None:
        """Record all that follows, one step after the other, each on the disk before the next is looked at."""
        for _ in range(MOST_FACTS_AT_ONCE):
            now = self.now()
            if not self.ledger.record(case, partial(self._next, now=now), at=now, by=ENGINE):
                return
        raise RuntimeError(f"{case}: the playbook goes on without end")

    def _next(self, case: Case, now: datetime) -> Sequence[Fact]:
        if case.merged_into:
            return ()
        facts = regrading(case, self.rules.duties) or clock_facts(case, self.rules.duties) or judgement_facts(case)
        facts = facts or due_facts(case, now, self._problems)
        return facts or self._own_work(case, now) or next_facts(case, self._library(case), now)

    def _problems(self, case: Case) -> tuple[Problem, ...]:
        draft = case.notice.draft
        if draft is None:
            return ()
        return problems_of(
            draft,
            facts_of(case, self.rules.press, self.now()),
            self._scan_notice,
            headline=headline_of(case),
            never_named=case.never_named,
            correction=bool(case.notice.versions),
            public=case.notice.public,
        )

    def _scan(self, text: str) -> Sequence[Hit]:
        with _SCANNING:
            return self.rules.scan(text)

    def _scan_notice(self, text: str) -> Sequence[Hit]:
        with _SCANNING:
            return (self.rules.scan_notice or self.rules.scan)(text)

    def _own_work(self, case: Case, now: datetime) -> tuple[Fact, ...]:
        """The outcome of a command that needs nothing from outside."""
        for command in case.machine_commands:
            if isinstance(command, Rehearsal):
                return rehearsed(case, command)
            if not isinstance(command, StartDuties | DraftNotice):
                continue
            done = CommandEnded(key=command.key, ending=Ending.SUCCEEDED)
            try:
                if isinstance(command, DraftNotice):
                    return (NoticeDrafted(draft=write_draft(case, command.template, self.rules.press, now)), done)
                if case.graded and case.graded_by != ENGINE:
                    return (done,)  # a person has graded it: that stands
                return self._grade(case, command.key)
            except ValueError as error:
                return (CommandEnded(key=command.key, ending=Ending.FAILED, said=str(error)),)
        return ()

    def _grade(self, case: Case, key: CommandKey) -> tuple[Fact, ...]:
        graded = grading(case, self.rules.duties)
        return (graded, CommandEnded(key=key, ending=Ending.SUCCEEDED, outputs={"__grade__": graded.grade.value}))

    def _library(self, case: Case) -> dict[PlaybookId, Playbook]:
        return {name: self._playbook(digest) for name, digest in case.playbooks.items()}

    def _read_playbook(self, digest: str) -> Playbook:
        book, findings = read_playbook(self._store.playbook(digest), digest)
        if book is None:
            raise ValueError(f"a playbook that a case runs by cannot be read: {findings[0]}")
        return book
