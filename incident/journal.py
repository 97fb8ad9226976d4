"""The journal of a case: facts in the order they were recorded, chained, append-only. The state is what they add up to.

Facts hold ids, counts, times and texts that people wrote about the case; never a value of a subject (invariant 3).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incident.clocks import ProofFile, Urgency
from incident.codec import canonical, decode, encode
from incident.command import Command
from incident.draft import Draft
from incident.duties import Duty, Grade, Occurrence
from incident.evidence import Custody
from incident.ids import Actor, Bilingual, CaseId, CommandKey, DutyId, PersonId, PlaybookId, StepId
from incident.marking import CaseRole, Tlp
from incident.notice import Version, WithdrawalReason
from incident.playbook import StepKind
from incident.scope import Scope
from incident.taken import LinkKind, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a case keeps of an alert."""

    id: str
    rule: str
    title: str
    level: str
    """Sigma's: informational, low, medium, high, critical."""
    group: Mapping[str, str]
    """Whom the alert is about: `{"user.id": "clerk-wang"}`."""
    raised_at: datetime
    """When the rule first fired: from then on somebody could have known."""
    first_at: datetime
    last_at: datetime
    """First and last event of the findings."""
    event_count: int
    subject_count: int
    events: tuple[str, ...]
    """Ids of some of the events."""
    respond: str
    """Stem of the playbook, or empty."""
    automatic: bool
    """Whether the rule may contain without asking."""


class Move(StrEnum):
    """What changes the state of a case; `incident.TRANSITIONS` is the table."""

    CONTAIN = "contain"
    RELAPSE = "relapse"
    RESOLVE = "resolve"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"


class Ending(StrEnum):
    """How a step or a command ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The case was opened."""

    title: str
    level: str
    alert: AlertFacts | None
    book: str
    """Stem of the playbook that runs, or empty where none does."""
    main: PlaybookId | None
    playbooks: Mapping[PlaybookId, str]
    """Digests of the texts of that playbook and those it calls, so that a newer file changes nothing in this case."""
    drill: bool = False
    """Whether it is practice: `incident.drill`. It is from the first entry on, and for ever."""
    plan: str = ""
    """The planned drill that it holds, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined:
    """An alert, new or grown, joined the case."""

    alert: AlertFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that a clock can run from, with the time at which it was so."""

    what: Occurrence
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueDisputed:
    """A person holds the clue to a crime to be a mistake; another has to agree."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueWithdrawn:
    """Another person agreed: there was no clue to a crime. A later one begins anew."""

    reason: str
    asked_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """A duty's clock was started, or moved: then `reason` says why. The duty is kept as it was at that time."""

    duty: Duty
    start: datetime
    due: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyJudged:
    """It was found whether a duty exists in this case."""

    duty: DutyId
    applies: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFulfilled:
    """A duty was fulfilled; `reference` is the proof."""

    duty: DutyId
    reference: str
    note: str = ""
    file: ProofFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWarned:
    """People are to be warned that half of the time is gone, or the last quarter of it has begun."""

    duty: DutyId
    urgency: Urgency
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLate:
    """A due time passed. It stays late, whatever is done afterwards."""

    duty: DutyId
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStated:
    """A person stated an item of a report that no log can know; see `incident.stating`."""

    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step of a playbook began. `number` counts the steps of the case from 1."""

    number: int
    playbook: PlaybookId
    step: StepId
    kind: StepKind
    name: str
    parent: int = 0
    """The step whose branch this is in; 0 on the top level."""
    after: int = 0
    """The step it follows; 0 for the first of its branch."""
    frame: int = 0
    """The playbook-action step whose playbook this belongs to; 0 for the case's own."""
    start_at: datetime
    timeout_at: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    """What the variables of the frame begin with, on its first step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step ended. `outputs` go to the variables of its frame."""

    number: int
    ending: Ending
    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIssued:
    """A command was decided on: from now on it is performed until an outcome is recorded."""

    step: int
    """The step it belongs to; 0 where a person asked for it directly."""
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEnded:
    """The outcome of a command."""

    key: CommandKey
    ending: Ending
    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftAsked:
    """A person wants a tightening taken back before it ends; another has to agree."""

    tightening: CommandKey
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The playbook came to its end."""

    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAssessed:
    """It was counted who is affected."""

    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The incident was graded."""

    grade: Grade
    why: str
    clauses: tuple[str, ...] = ()
    """Harm clauses that speak for a higher grade, by id: a person has to decide about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMoved:
    """The state of the case changed."""

    move: Move
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSettled:
    """A person said what a fact of the notice is."""

    name: str
    value: Bilingual
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDrafted:
    """The notice was drafted or edited. Any approval before is void."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSubmitted:
    """A person answers for the text and for the check list."""

    digest: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeApproved:
    """Another person approved the exact text."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePublished:
    """The public can read this version."""

    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn:
    """The public can read no version any more."""

    reason: WithdrawalReason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAsked:
    """A person wants the list of persons to tell; another has to agree."""

    number: int
    """Of the list, from 1 within the case."""
    source: str
    """The declared system whose records say who they are."""
    recipient: str
    """The public key of who will tell them: nobody else can read the list."""
    masked: bool
    """Whether also those are to be told of whom only masked data was shown."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAgreed:
    """Another person agreed: the list is made."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsListed:
    """One attempt at a list came to its end; `part` 0 where it found nobody whom the parts before had not."""

    number: int
    part: int
    affected: int
    """Persons whom the list is to have."""
    found: int
    """Of them in all parts together."""
    read: int
    """Records that the attempt was shown."""
    complete: bool
    """Whether every record of the system has been seen: who is not found is not there."""
    why: str = ""
    """What is missing, and why, where it is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsStopped:
    """A person decided that nothing more is tried."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTimed:
    """What was submitted is to be published at a time, not as soon as it is approved."""

    digest: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReleased:
    """The time has come, and nothing stands against it."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeld:
    """It is not published at its time after all, and waits for people again."""

    digest: str
    why: tuple[str, ...]
    """Codes of the problems, or that a person called it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Somebody wrote something down."""

    text: str


# Steps of a playbook that a person carries out: `incident.by_hand`.


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """A person does the step that is asked for under that key, by their own word or given it by another."""

    key: CommandKey
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGivenBack:
    """That person does it no more: it waits for anybody of its role again."""

    key: CommandKey
    person: PersonId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWarned:
    """People are to be warned that the last quarter of the step's time has begun, or that its due time has passed."""

    key: CommandKey
    urgency: Urgency
    due: datetime


type StepFact = StepTaken | StepGivenBack | StepWarned

# Who handles the case, what is to be done, how it is marked, what is learned: `incident.handling`.


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """These persons, and nobody else, have the role in the case."""

    role: CaseRole
    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet:
    """A task was given to somebody, or given anew under the same number."""

    task: int
    title: str
    assignee: PersonId
    due: datetime
    lasting: bool = False
    """Whether it is an action that outlives the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """A task was done."""

    task: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """It was said who may be told of the case."""

    tlp: Tlp
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSet:
    """Only these persons may open the case; everybody whose role allows it, where there are none."""

    persons: tuple[PersonId, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedRead:
    """Somebody who is not named opened a page of a restricted case, as an auditor may."""

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What was learned. Times and goals are seconds, by milestone, as they were when it was written."""

    cause: str
    lessons: str
    measured: Mapping[str, int]
    goals: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAdded:
    """A file, or the digests of one that is kept elsewhere, belongs to the case as evidence."""

    evidence: int
    name: str
    size: int
    sha256: str
    sm3: str
    origin: str
    tlp: Tlp
    kept: bool
    keep_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMoved:
    """A piece of evidence changed hands, or was sealed."""

    evidence: int
    step: Custody
    party: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceOpened:
    """A piece of evidence was taken out to be read, and compared with what had been added."""

    evidence: int
    intact: bool


type HandlingFact = (
    RoleGiven
    | TaskSet
    | TaskDone
    | Marked
    | AccessSet
    | RestrictedRead
    | Reviewed
    | EvidenceAdded
    | EvidenceMoved
    | EvidenceOpened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked:
    """A person said how the case hangs together with another."""

    kind: LinkKind
    other: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnlinked:
    """What was said so was taken back."""

    kind: LinkKind
    other: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTakenIn:
    """Another case went into this one. `entries` and `chain` are of its journal: what was taken is what that says."""

    other: CaseId
    title: str
    reason: str
    entries: int
    chain: str
    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged:
    """The case went into another and goes on there."""

    into: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSplitOff:
    """An alert became a case of its own."""

    alert: str
    into: CaseId
    reason: str


type Fact = (
    HandlingFact
    | StepFact
    | Opened
    | AlertJoined
    | Happened
    | ClueDisputed
    | ClueWithdrawn
    | ClockSet
    | DutyJudged
    | DutyFulfilled
    | DutyWarned
    | DutyLate
    | ItemStated
    | StepStarted
    | StepEnded
    | CommandIssued
    | CommandEnded
    | LiftAsked
    | RunEnded
    | ScopeAssessed
    | Graded
    | StateMoved
    | FactSettled
    | NoticeDrafted
    | NoticeSubmitted
    | NoticeApproved
    | NoticePublished
    | NoticeWithdrawn
    | PersonsAsked
    | PersonsAgreed
    | PersonsListed
    | PersonsStopped
    | NoticeTimed
    | NoticeReleased
    | NoticeHeld
    | Noted
    | CaseLinked
    | CaseUnlinked
    | CaseTakenIn
    | CaseMerged
    | AlertSplitOff
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a journal."""

    case: CaseId
    number: int
    """From 1, without gaps."""
    at: datetime
    """When it was recorded."""
    by: Actor
    fact: Fact
    body: str
    """The fact as it is stored: what the chain is over, so that a newer program reads old journals as they are."""
    chain: str
    """SHA-256 over the chain of the entry before and this entry, in hex."""


class BrokenJournal(Exception):
    """An entry does not follow from the one before: it was changed, dropped, added or moved."""


def entries_of(
    case: CaseId, facts: Iterable[Fact], *, after: Entry | None, at: datetime, by: Actor
) -> tuple[Entry, ...]:
    """The entries that record *facts* after the entry *after*, or as the first of *case*."""
    number, chain = (after.number, after.chain) if after else (0, seed_of(case))
    found = []
    for fact in facts:
        number += 1
        body = canonical(write_fact(fact)).decode()
        chain = link(chain, case, number, at, by, body)
        found.append(Entry(case=case, number=number, at=at, by=by, fact=fact, body=body, chain=chain))
    return tuple(found)


def verify(entries: Iterable[Entry]) -> None:
    """Return if *entries*, the whole journal of one case, follow from one another. Raises BrokenJournal."""
    chain = ""
    for number, entry in enumerate(entries, 1):
        chain = link(chain or seed_of(entry.case), entry.case, number, entry.at, entry.by, entry.body)
        if entry.number != number or entry.chain != chain:
            raise BrokenJournal(f"{entry.case}: entry {entry.number} does not follow from the one before")


def seed_of(case: CaseId) -> str:
    """The chain before the first entry of *case*."""
    return hashlib.sha256(f"yingbi journal 1 {case}".encode()).hexdigest()


def link(chain: str, case: CaseId, number: int, at: datetime, by: Actor, body: str) -> str:
    """The chain of an entry, where *chain* is that of the one before."""
    told = [chain, case, number, encode(datetime, at), str(by), body]
    return hashlib.sha256(canonical(told)).hexdigest()


def write_fact(fact: Fact) -> dict[str, object]:
    """*fact* as JSON types, with its kind under `type`."""
    written: dict[str, object] = encode(Fact, fact)
    return written


def read_fact(raw: object) -> Fact:
    """The fact that `write_fact` wrote. Raises ValueError where it is none."""
    fact: Fact = decode(Fact, raw)
    return fact
