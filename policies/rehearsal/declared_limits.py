"""How limits are declared otherwise: whether anybody may be shown more by that, or ask more often."""

from collections.abc import Iterator

from msgspec.structs import replace

from policies.limits import HARDEST
from policies.program import LimitRule, Program, StepUpRule
from policies.rehearsal.changes import Change, Kind, said
from policies.rehearsal.declared_grants import is_narrower

_NUMBERS = ("requests_a_minute", "subjects_an_hour", "subjects_a_day")


def limit_changes(before: Program, after: Program) -> Iterator[Change]:
    """Every limit that *after* declares otherwise than *before*, and whether that surely lets nobody have more."""
    old, new = ({limit.grant.id: _plain(limit) for limit in program.limits} for program in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, would = old.get(name), new.get(name)
        if was != would:
            kind = Kind.NO_MORE if _is_tighter(was, would) else Kind.OTHERWISE
            yield Change(kind, "", f"limit {name}", "", said(was), said(would))


def _plain(limit: LimitRule) -> LimitRule:
    return replace(limit, grant=replace(limit.grant, rule=""))


def _is_tighter(was: LimitRule | None, would: LimitRule | None) -> bool:
    """Whether whoever was limited as *was* is limited as much, at least, as *would* says."""
    if was is None or would is None:
        return was is None
    if not is_narrower(would.grant, was.grant):
        return False
    if would.grants is not None and (was.grants is None or not {*was.grants} <= {*would.grants}):
        return False
    is_as_hard = was.at_limit is None or (
        would.at_limit is not None and HARDEST.index(would.at_limit) <= HARDEST.index(was.at_limit)
    )
    return is_as_hard and _is_no_more(was, would) and _steps_no_further(was.step_up, would.step_up)


def _steps_no_further(was: StepUpRule | None, would: StepUpRule | None) -> bool:
    if was is None or would is None or was == would:
        return would is None or was == would
    is_same_proof = (was.acr, was.amr, was.within_minutes) == (would.acr, would.amr, would.within_minutes)
    return is_same_proof and _is_no_more(was, would)


def _is_no_more(was: LimitRule | StepUpRule, would: LimitRule | StepUpRule) -> bool:
    for name in _NUMBERS:
        most = getattr(was, name, None)
        if most is not None and ((number := getattr(would, name)) is None or number > most):
            return False
    return True
