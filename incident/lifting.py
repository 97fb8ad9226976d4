"""Taking a tightening back before it ends: one person asks for it, another agrees (invariant 6)."""

from datetime import datetime

from incident.acts import needs_open, needs_reason, new_key
from incident.command import Lift, Tighten
from incident.facts.run import CommandIssued, LiftAsked
from incident.ids import CommandKey, NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact


def ask(case: Case, tightening: CommandKey, reason: str, now: datetime) -> tuple[Fact, ...]:
    """Want it taken back. Whoever asks last is the one whom another has to agree with."""
    needs_open(case)
    needs_reason(reason)
    _held(case, tightening, now)
    return (LiftAsked(tightening=tightening, reason=reason),)


def agree(case: Case, tightening: CommandKey, by: PersonId, now: datetime) -> tuple[Fact, ...]:
    """Agree with who asked. From then on it is carried out."""
    needs_open(case)
    held = _held(case, tightening, now)
    asked = case.lifts.get(tightening)
    if asked is None:
        raise NotPermitted("没有待同意的解除请求", "nobody has asked for it, or it is under way")
    if asked.by == by:
        raise NotPermitted("须由另一人同意解除", "another person has to agree")
    lift = Lift(
        key=new_key(case),
        case=case.id,
        tightening=held,
        at=now,
        reason=asked.reason,
        asked_by=asked.by,
        agreed_by=by,
    )
    return (CommandIssued(step=0, command=lift),)


def _held(case: Case, tightening: CommandKey, now: datetime) -> Tighten:
    for command in case.held(now):
        if command.key == tightening:
            return command
    raise NotPermitted("该控制措施不在生效", "this tightening is not in force")
