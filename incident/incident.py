"""What a case is: everything its journal adds up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from incident.activation import Activation, Issued, Progress
from incident.command import (
    CONTAINING,
    LASTING,
    AskPerson,
    Containment,
    Lift,
    MachineCommand,
    Question,
    Tighten,
)
from incident.duty.clocks import ClockRecord
from incident.duty.duties import STARTED_BY, Occurrence, Since
from incident.facts.case import AlertFacts
from incident.facts.duty import Graded
from incident.facts.run import Ending
from incident.handling import Handling
from incident.ids import Actor, ActorKind, CaseId, CommandKey, DutyId, NoticeId, PersonId, PlaybookId
from incident.journal import Entry
from incident.notice_state import NoticeState, Settled
from incident.person_lists import PersonList
from incident.scope import Scope
from incident.state import ENDED, State
from incident.taken import LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRequest:
    """That something be taken back, which waits for a second person."""

    by: PersonId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How the case hangs together with another, as a person said it."""

    kind: LinkKind
    other: CaseId
    reason: str
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to the case outside it."""

    what: Occurrence
    at: datetime
    by: Actor
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands after the last entry of its journal."""

    id: CaseId
    title: str
    level: str
    opened_at: datetime
    state: State = State.OPEN
    alerts: Mapping[str, AlertFacts] = field(default_factory=dict)
    """As they were last told, by id, in the order they came."""
    book: str = ""
    main: PlaybookId | None = None
    playbooks: Mapping[PlaybookId, str] = field(default_factory=dict)
    occurrences: tuple[Event, ...] = ()
    clocks: Mapping[DutyId, ClockRecord] = field(default_factory=dict)
    steps: Mapping[int, Activation] = field(default_factory=dict)
    commands: Mapping[CommandKey, Issued] = field(default_factory=dict)
    lifts: Mapping[CommandKey, LiftRequest] = field(default_factory=dict)
    """What waits for a second person, by the key of the tightening."""
    clue_disputed: LiftRequest | None = None
    """That there is no clue to a crime, where that waits for a second person."""
    variables: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """By frame."""
    run_ended: Ending | None = None
    scope: Scope | None = None
    scope_entry: int = 0
    """Number of the entry that holds the scope."""
    scope_at: datetime | None = None
    """When it was recorded."""
    graded: Graded | None = None
    graded_by: Actor | None = None
    graded_entry: int = 0
    """Number of the entry that holds the grade."""
    contained_at: datetime | None = None
    settled: Mapping[str, Settled] = field(default_factory=dict)
    settled_by: frozenset[PersonId] = frozenset()
    """Who said what a fact is: as much an author of the notice as who wrote in it."""
    notice: NoticeState = field(default_factory=NoticeState)
    drill: bool = False
    """Whether it is practice: nothing of it happens outside the journal."""
    plan: str = ""
    """The planned drill that it holds, by name."""
    handling: Handling = field(default_factory=Handling)
    """Who handles it, what is to be done, how it is marked, what is learned."""
    person_lists: Mapping[int, PersonList] = field(default_factory=dict)
    """Lists of persons to tell, by number."""
    links: tuple[Link, ...] = ()
    taken_in: tuple[CaseId, ...] = ()
    """The cases that went into this one."""
    merged_into: CaseId | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def last(self) -> Entry:
        """The newest entry."""
        return self.entries[-1]

    @property
    def notice_id(self) -> NoticeId:
        """The number of the case's notice."""
        return NoticeId("N" + self.id[1:])

    @property
    def automatic(self) -> AlertFacts | None:
        """The first alert whose rule may contain without asking."""
        return next((alert for alert in self.alerts.values() if alert.automatic), None)

    @property
    def containment_by(self) -> Actor | None:
        """Who decided that the case may be contained: the rule, or the person who said yes; None so far."""
        if self.automatic:
            return Actor(kind=ActorKind.RULE, id=self.automatic.rule)
        for issued in self.commands.values():
            command = issued.command
            asked = isinstance(command, AskPerson) and command.question is Question.CONTAIN and command.contains
            if asked and issued.progress is Progress.SUCCEEDED:
                return issued.ended_by
        return None

    @property
    def tightenings(self) -> tuple[Tighten, ...]:
        """Those that came into force, whether or not they have ended, but for what two people have taken back."""
        succeeded = [issued.command for issued in self.commands.values() if issued.progress is Progress.SUCCEEDED]
        lifted = {lift.tightening.key for lift in self.lifted}
        return tuple(command for command in succeeded if isinstance(command, Tighten) and command.key not in lifted)

    def held(self, at: datetime) -> tuple[Tighten, ...]:
        """The tightenings of the case that are in force at *at*."""
        return tuple(command for command in self.tightenings if at < command.until or command.kind in LASTING)

    @property
    def containments(self) -> tuple[Tighten, ...]:
        """Of `tightenings` those by which a case is contained."""
        return tuple(command for command in self.tightenings if command.kind in CONTAINING)

    def contained_by(self, at: datetime) -> tuple[Tighten, ...]:
        """Those of them that are in force at *at*."""
        return tuple(command for command in self.containments if at < command.until)

    @property
    def lifted(self) -> tuple[Lift, ...]:
        """What two people have taken back."""
        done = (issued.command for issued in self.commands.values() if issued.progress is Progress.SUCCEEDED)
        return tuple(command for command in done if isinstance(command, Lift))

    def stopped_at(self, now: datetime) -> datetime | None:
        """Since when everybody the case is about is blocked, by account or by credential; None where one is not.

        Masking harder or stopping a system stops no account. What has ended or was taken back by *now* counts not.
        """
        since: dict[tuple[Containment, str], datetime] = {}
        for command in self.held(now):
            ended_at = self.commands[command.key].ended_at
            assert ended_at is not None
            since.setdefault((command.kind, command.target), ended_at)
        groups = [alert.group for alert in self.alerts.values()]
        scope = self.scope
        callers = {group.get("user.id", "") for group in groups} | {*(scope.callers if scope else ())}
        credentials = {*(scope.credentials if scope else ())}
        for kind, names in ((Containment.BLOCK_CALLER, callers), (Containment.BLOCK_CREDENTIAL, credentials)):
            times = [since.get((kind, name)) for name in names if name]
            if times and None not in times:
                return max(at for at in times if at is not None)
        return None

    @property
    def aware_at(self) -> datetime | None:
        """The earliest of alert, report received and human confirmation (decision 20)."""
        aware = STARTED_BY[Since.AWARENESS]
        return min((event.at for event in self.occurrences if event.what in aware), default=None)

    @property
    def scope_outdated(self) -> bool:
        """Whether an alert told of something after the period that the scope counted."""
        return self.scope is not None and any(
            alert.last_at >= self.scope.question.end for alert in self.alerts.values()
        )

    @property
    def notice_approved(self) -> bool:
        """Whether the draft may be published as it stands."""
        return self.notice.approved_by is not None and (self.notice.due is None or self.notice.released)

    @property
    def questions(self) -> tuple[AskPerson, ...]:
        """What persons are asked now."""
        return tuple(issued.command for issued in self._pending if isinstance(issued.command, AskPerson))

    @property
    def machine_commands(self) -> tuple[MachineCommand, ...]:
        """What a machine has to perform now."""
        return tuple(issued.command for issued in self._pending if not isinstance(issued.command, AskPerson))

    @property
    def _pending(self) -> tuple[Issued, ...]:
        if self.state in ENDED:
            return ()
        return tuple(issued for issued in self.commands.values() if issued.progress is Progress.PENDING)

    @property
    def never_named(self) -> frozenset[str]:
        """Ids of accounts, credentials and addresses that no notice may name."""
        named = {value for alert in self.alerts.values() for value in alert.group.values()}
        systems = {alert.group.get("service.name", "") for alert in self.alerts.values()}
        if self.scope:
            named |= {*self.scope.callers, *self.scope.credentials, *self.scope.addresses}
        return frozenset(named - systems - {""})
