"""What the page of a case shows, in the order in which people need it. Nothing here decides, and nothing renders."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.moments import left
from console.words import word
from incident.activation import Activation, Issued, Progress
from incident.command import LASTING, AskPerson, Containment, Lift, Measure, Tighten
from incident.command_words import CONTAINMENT_NAMES
from incident.duty.clocks import ClockRecord, Reading, Urgency
from incident.facts.case import Move
from incident.graph import Books
from incident.ids import Bilingual, CommandKey
from incident.incident import Case, LiftRequest
from incident.lines import split
from incident.playbook import StepKind
from incident.scope import CALLER_FIELD, SYSTEM_FIELD
from incident.state import TRANSITIONS
from policies.overlay import OverlayEntry
from siem.detect.alert import AlertId

MOST_QUICK = 6
MOST_OTHERS = 200
type Alias = Callable[[str], str]
"""What a page calls who is named by a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One duty of a case as it stands now."""

    record: ClockRecord
    reading: Reading
    urgency: Urgency
    left: Bilingual
    gone: int
    """How much of the time is gone, in percent."""


def clocks_of(case: Case, now: datetime) -> tuple[ClockView, ...]:
    """The duties of *case*: first what is owed, the least time first, then the rest."""
    views = [_clock(record, now) for record in case.clocks.values()]
    return tuple(sorted(views, key=lambda view: (not view.record.owed, view.record.due, view.record.duty.id)))


def _clock(record: ClockRecord, now: datetime) -> ClockView:
    whole = (record.due - record.start).total_seconds()
    gone = (now - record.start).total_seconds() / whole if whole > 0 else 1.0
    return ClockView(
        record=record,
        reading=record.reading(now),
        urgency=record.urgency(now),
        left=left(record.due, now),
        gone=min(100, max(0, round(gone * 100))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the playbook that began."""

    step: Activation
    depth: int
    """0 on the top level, 1 in a branch of it, and so on."""


def steps_of(case: Case) -> tuple[StepView, ...]:
    """The steps that began and that a reader wants to know of, each branch under the step that it belongs to."""
    return tuple(_steps_under(case, parent=0, depth=0))


def _steps_under(case: Case, *, parent: int, depth: int) -> Iterator[StepView]:
    for step in case.steps.values():
        if step.parent == parent:
            if step.kind not in (StepKind.START, StepKind.END):
                yield StepView(step=step, depth=depth)
            yield from _steps_under(case, parent=step.number, depth=depth + 1)


def steps_left(case: Case, books: Books) -> tuple[str, ...]:
    """Names of the playbook's actions that have not begun, in the order of its file; some of them may never have to.

    None where the file is no longer the one that the case runs by.
    """
    book = books.get(case.book)
    if book is None or case.run_ended or case.playbooks.get(book.id) != book.digest:
        return ()
    begun = {step.step for step in case.steps.values()}
    return tuple(step.name for step in book.steps.values() if step.kind is StepKind.ACTION and step.id not in begun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """A containment that needs one click, since the case says whom it is about."""

    kind: Containment
    target: str
    in_force: OverlayEntry | None
    """The tightening that does it already."""


def quick_of(case: Case, overlay: Sequence[OverlayEntry], now: datetime) -> tuple[Quick, ...]:
    """Accounts, then credentials, that the alerts and the scope name: the first of them."""
    return tuple(
        Quick(kind=kind, target=target, in_force=_in_force(overlay, kind, target, now))
        for kind, target in targets_of(case)[:MOST_QUICK]
    )


def targets_of(case: Case) -> list[tuple[Containment, str]]:
    """All accounts, then all credentials, that the alerts and the scope name, with what would stop each."""
    groups = [alert.group for alert in case.alerts.values()]
    scope = case.scope
    accounts = _named(groups, "user.id") | dict.fromkeys(scope.callers if scope else ())
    credentials = _named(groups, "yingbi.credential") | dict.fromkeys(scope.credentials if scope else ())
    return [
        *((Containment.BLOCK_CALLER, name) for name in accounts),
        *((Containment.BLOCK_CREDENTIAL, name) for name in credentials),
    ]


def _named(groups: Sequence[Mapping[str, str]], field: str) -> dict[str, None]:
    return dict.fromkeys(group[field] for group in groups if group.get(field))


def _in_force(overlay: Sequence[OverlayEntry], kind: Containment, target: str, now: datetime) -> OverlayEntry | None:
    alike = [each for each in overlay if each.kind.value == kind.value and each.target == target and now < each.until]
    return max(alike, key=lambda each: each.until, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A tightening of the case that is in force."""

    command: Tighten
    asked: LiftRequest | None
    """That it be taken back, where that waits for a second person."""

    @property
    def lasting(self) -> bool:
        """Whether it ends by no time."""
        return self.command.kind in LASTING


def held_by(case: Case, now: datetime) -> tuple[Held, ...]:
    """The tightenings of *case* in force, the first to end first."""
    commands = sorted(case.held(now), key=lambda command: command.until)
    return tuple(Held(command=command, asked=case.lifts.get(command.key)) for command in commands)


def measure_options(
    measures: Sequence[Measure], titles: Mapping[str, Bilingual], alias: Alias
) -> list[tuple[str, str]]:
    """What a question about *measures* offers: nothing is chosen beforehand, unless there is one only."""
    found = [
        (str(place), f"{CONTAINMENT_NAMES[each.kind].zh} {_object_of(each, titles, alias)}（{each.hours} 小时）")
        for place, each in enumerate(measures)
    ]
    return found if len(found) == 1 else [("", "请选择"), *found]


def _object_of(measure: Measure, titles: Mapping[str, Bilingual], alias: Alias) -> str:
    system = word(titles, measure.system).zh if measure.system else ""
    return " ".join(part for part in (system, alias(measure.target)) if part)


def moves_of(case: Case) -> tuple[Move, ...]:
    """What can become of the case now."""
    return tuple(move for state, move in TRANSITIONS if state is case.state)


def failed_by_hand(case: Case) -> tuple[tuple[CommandKey, Issued], ...]:
    """Containments and other commands that a person asked for and that failed: somebody may try them again."""
    return tuple(
        (key, issued)
        for key, issued in case.commands.items()
        if issued.step == 0 and issued.progress is Progress.FAILED and not isinstance(issued.command, AskPerson)
    )


def under_way(case: Case) -> tuple[Issued, ...]:
    """Containments, and ends of them, that were asked for and whose outcome is not known yet."""
    pending = (case.commands[command.key] for command in case.machine_commands if isinstance(command, Tighten | Lift))
    return tuple(pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom and what a case is about, for a line in a list."""

    accounts: tuple[str, ...]
    systems: tuple[str, ...]
    """By name."""


def about(case: Case) -> About:
    """The accounts and systems that the alerts and the scope of *case* name."""
    groups = [alert.group for alert in case.alerts.values()]
    scope = case.scope
    accounts = _named(groups, CALLER_FIELD) | dict.fromkeys(scope.callers if scope else ())
    systems = _named(groups, SYSTEM_FIELD) | dict.fromkeys(scope.systems if scope else ())
    return About(accounts=tuple(accounts), systems=tuple(systems))


def case_of_alert(cases: Sequence[Case], alert: AlertId) -> Case | None:
    """The case that *alert* belongs to."""
    return next((case for case in cases if alert in case.alerts and not case.merged_into), None)


def other_cases(case: Case, cases: Sequence[Case]) -> list[tuple[str, str]]:
    """The cases that *case* may go into or be linked with, newest first, as the choices of a form."""
    return [
        (each.id, f"{each.id} {split(each.title).zh}")
        for each in cases[:MOST_OTHERS]
        if each.id != case.id and not each.merged_into
    ]
