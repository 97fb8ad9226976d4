"""What follows where an alert, new or grown, joins a case: it may be open again, contained again, or asked about.

A "no", or "false alarm", is about what was known when it was said. A later alert whose rule contains without asking
does so whatever was answered, or ended, before; only what two people took back is asked about, as they knew of what the
alert tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from incident.action import MOST_HOURS, OWN_AGENT, Act, read_call, simple_command
from incident.activation import Progress
from incident.acts import new_key
from incident.command import ASSIGNEES, CONTAINING, AskPerson, Command, Measure, Question, Tighten
from incident.commanding import LOOK_BACK_HOURS, scope_command
from incident.duty.deadlines import aware
from incident.duty.duties import Occurrence
from incident.facts.case import AlertFacts, AlertJoined, Move, StateMoved
from incident.facts.duty import Happened
from incident.facts.run import CommandIssued
from incident.ids import Actor, ActorKind, CommandKey
from incident.incident import Case
from incident.journal import Fact
from incident.measures import measures_for
from incident.playbook import Playbook
from incident.run import given_for
from incident.scope import CALLER_FIELD
from incident.state import ENDED, TRANSITIONS, State


def same_matter(case: Case, alert: AlertFacts) -> bool:
    """Whether *alert* is about what an open case is about: the same caller, or the same rule and group.

    So is one that has ended where two people took a measure back after all that *alert* tells of: in a new case nobody
    would know of it, and the rule would contain again.
    """
    if case.drill:
        return False  # a drill must swallow no alert
    if case.state is State.MERGED:
        return False  # the one that it went into is about it
    if case.state in ENDED and not any(alert.last_at <= lift.at for lift in case.lifted):
        return False
    caller = alert.group.get(CALLER_FIELD)
    return any(
        (caller and other.group.get(CALLER_FIELD) == caller)
        or (other.rule == alert.rule and other.group == alert.group)
        for other in case.alerts.values()
    )


def joined(case: Case, alert: AlertFacts, books: Iterable[Playbook], now: datetime) -> tuple[Fact, ...]:
    """What *alert* adds to *case*; nothing where it was told before as it is. *books*: the playbooks it asks for."""
    before = case.alerts.get(alert.id)
    if before == alert:
        return ()
    facts: list[Fact] = [AlertJoined(alert=alert)]
    if aware(case, Occurrence.ALERT, alert.raised_at):
        facts.append(Happened(what=Occurrence.ALERT, at=alert.raised_at))
    moves = tuple(_moves(case, alert))
    state = TRANSITIONS[case.state, moves[-1].move] if moves else case.state
    known = replace(case, state=state, alerts={**case.alerts, alert.id: alert})
    contained = _contained(known, alert, books, now, new=before is None)
    counted = _counted(known, now, len(contained)) if before is None or moves else ()
    return (*facts, *moves, *contained, *counted)


def _moves(case: Case, alert: AlertFacts) -> Iterator[StateMoved]:
    if case.state is State.CLOSED:
        reason = "结案后告警仍在继续 / the alert went on after the case was closed"
        yield StateMoved(move=Move.REOPEN, reason=reason)
    elif case.state is State.DISMISSED:
        reason = "认定为误报后告警仍在继续 / the alert went on after it was held to be false"
        yield StateMoved(move=Move.REOPEN, reason=reason)
    elif case.state is State.RESOLVED:
        reason = f"处置完毕后又有告警 {alert.id} / alert {alert.id} came after the handling had ended"
        yield StateMoved(move=Move.REOPEN, reason=reason)
    elif case.state is State.CONTAINED and case.containments and not case.contained_by(alert.last_at):
        yield StateMoved(move=Move.RELAPSE, reason="控制到期后又有读取 / it went on after the containment had ended")


def _contained(
    case: Case, alert: AlertFacts, books: Iterable[Playbook], now: datetime, *, new: bool
) -> tuple[CommandIssued, ...]:
    """Containment by the rule, or the question to a person whether to contain; nothing where it is in force."""
    if any(asked.question is Question.CONTAIN and not asked.measures for asked in case.questions):
        return ()  # the playbook has not contained yet: this is answered by the rule, or by a person
    by = Actor(kind=ActorKind.RULE, id=alert.rule)
    wanted = tuple(_by_the_books(case, alert, books, by, now))
    missing = [tighten for tighten in wanted if not _in_force(case, tighten, alert.last_at)]
    if wanted and not missing:
        return ()
    taken_back = [tighten for tighten in missing if _taken_back(case, tighten, alert)]
    if alert.automatic and missing:
        if not new and all(_failed(case, tighten) for tighten in missing):
            return ()  # whoever is on call sees that it failed, and can try it again
        at_once = [tighten for tighten in missing if tighten not in taken_back]
        issued = tuple(
            CommandIssued(step=0, command=replace(tighten, key=new_key(case, place)))
            for place, tighten in enumerate(at_once)
        )
        return issued or _asked(case, alert, missing)
    ended = bool(case.containments) and not case.contained_by(alert.last_at)
    return _asked(case, alert, missing) if new or ended or alert.automatic else ()


def _by_the_books(
    case: Case, alert: AlertFacts, books: Iterable[Playbook], by: Actor, now: datetime
) -> Iterator[Tighten]:
    """The tightenings that the playbooks would put in force for *alert*, but for those that it names nobody for."""
    given = given_for(case.id, alert.group, automatic=alert.automatic)
    for book in books:
        known = {name: variable.value for name, variable in book.variables.items() if variable.value is not None}
        for step in book.steps.values():
            for text in step.commands if step.agent == OWN_AGENT else ():
                call = read_call(text)
                if call.route.act is not Act.TIGHTEN or call.kind not in CONTAINING:
                    continue
                try:
                    made: Command = simple_command(
                        call,
                        step,
                        {**known, **given},
                        key=CommandKey(""),
                        case=case.id,
                        by=by,
                        now=now,
                        first=alert.first_at,
                    )
                except ValueError:
                    continue
                assert isinstance(made, Tighten)
                yield made


def _same(one: Tighten, other: Tighten) -> bool:
    return (one.kind, one.system, one.target) == (other.kind, other.system, other.target)


def _in_force(case: Case, wanted: Tighten, at: datetime) -> bool:
    under_way = [command for command in case.machine_commands if isinstance(command, Tighten)]
    return any(_same(wanted, each) for each in (*case.held(at), *under_way))


def _failed(case: Case, wanted: Tighten) -> bool:
    """Whether the last attempt at it failed."""
    alike = [
        each for each in case.commands.values() if isinstance(each.command, Tighten) and _same(each.command, wanted)
    ]
    return bool(alike) and alike[-1].progress is Progress.FAILED


def _taken_back(case: Case, wanted: Tighten, alert: AlertFacts) -> bool:
    """Whether two people took it back when they could know of *alert*, or of all that it tells of."""
    return any(
        _same(lift.tightening, wanted) and (alert.raised_at <= lift.at or alert.last_at <= lift.at)
        for lift in case.lifted
    )


def _asked(case: Case, alert: AlertFacts, wanted: Iterable[Tighten]) -> tuple[CommandIssued, ...]:
    """The question to a person, once for each alert and while none waits."""
    key = CommandKey(f"{case.id}.contain.{alert.id}")
    if key in case.commands or any(asked.question is Question.CONTAIN for asked in case.questions):
        return ()
    measures = tuple(
        Measure(kind=each.kind, system=each.system, target=each.target, hours=MOST_HOURS, reason=each.reason)
        for each in wanted
    ) or measures_for(case, MOST_HOURS)
    held = {(each.kind, each.system, each.target) for each in case.held(alert.last_at)}
    if not measures or any((each.kind, each.system, each.target) in held for each in measures):
        return ()  # one of them is in force, or the alert names neither a caller nor a system
    asked = AskPerson(
        key=key,
        case=case.id,
        question=Question.CONTAIN,
        title="是否再次控制 / Whether to contain again",
        text=f"告警 {alert.id} 并入，控制不在生效。 Alert {alert.id} joined while no containment is in force.",
        assignee=ASSIGNEES[Question.CONTAIN],
        measures=measures,
    )
    return (CommandIssued(step=0, command=asked),)


def _counted(case: Case, now: datetime, others: int) -> tuple[CommandIssued, ...]:
    """Count anew who is affected, where that was counted before: number, grade and notice are to hold this too."""
    if case.scope is None:
        return ()
    command = scope_command(case, new_key(case, others), now, timedelta(hours=LOOK_BACK_HOURS))
    return (CommandIssued(step=0, command=command),)
