"""Whether a containment that was typed by hand would hit anybody: a mistyped one looks as if it held."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice

from console.forms import Mistyped, Typed
from incident.command import OF_A_SYSTEM, OF_EITHER, Containment
from incident.incident import Case
from siem.index.condition import AllOf, Is
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document

SEEN_WITHIN = timedelta(days=31)
LIMIT = timedelta(seconds=2)
MOST_LOOKED_AT = 200
"""Events that differ from what was typed in case only, before one that does not is given up."""
SURE = "sure"
"""The tick that confirms a target that nobody has seen."""

_CREDENTIALS = ("key:", "jwt:", "session:", "certificate:", "proxy:")
_FIELDS = {
    Containment.BLOCK_CALLER: "user.id",
    Containment.BLOCK_CREDENTIAL: "yingbi.credential",
    Containment.STOP_OPERATION: "yingbi.operation",
}


def check_target(
    form: Typed, kind: Containment, case: Case, systems: Collection[str], events: EventStore, now: datetime
) -> bool:
    """Whether the target that is typed into *form* is known; it need not be where its writer is sure.

    Raises Mistyped with the field otherwise.

    A system has to be one of *systems*. An account, a credential or an operation is known where the case or the log of
    the last month names it exactly so; where the log does not answer, it is not.
    """
    system, target = form.get("system").strip(), form.get("target").strip()
    if system not in systems and (system or kind in OF_A_SYSTEM):
        raise Mistyped("system", "请选择一个系统", "one of the systems has to be chosen")
    field = _field_of(kind, target)
    if field is None or not target:
        return False
    known = target in _named(case, field) or _seen(events, field, target, system, now)
    if not known and form.get(SURE) != "yes":
        raise Mistyped(
            SURE,
            f"“{target}”在案件和近 {SEEN_WITHIN.days} 天的日志中没有出现过。"
            "若拼写有误，控制不会起作用；确认无误请勾选后再提交",
            f"`{target}` is in neither the case nor the log of {SEEN_WITHIN.days} days: tick that you are sure",
        )
    return known


def _field_of(kind: Containment, target: str) -> str | None:
    """By which field of the log *target* is known; where a kind takes several, its spelling tells which."""
    if kind not in OF_EITHER and kind is not Containment.REVOKE_SESSIONS:
        return _FIELDS.get(kind)
    if " /" in target:
        return "yingbi.operation"
    return "yingbi.credential" if target.startswith(_CREDENTIALS) else "user.id"


def _named(case: Case, field: str) -> set[str]:
    groups = [alert.group for alert in case.alerts.values()]
    found = {group.get(field, "") for group in groups}
    if case.scope and field == "user.id":
        found |= {*case.scope.callers}
    if case.scope and field == "yingbi.credential":
        found |= {*case.scope.credentials}
    return found


def _seen(events: EventStore, field: str, target: str, system: str, now: datetime) -> bool:
    here = (Is("service.name", system),) if system else ()
    condition = AllOf((Is(field, target), *here))
    try:
        found = events.search(condition, now - SEEN_WITHIN, now + SEEN_WITHIN, LIMIT)
        return any(_value(document, field) == target for document in islice(found, MOST_LOOKED_AT))
    except StoreUnavailable:
        return False


def _value(document: Document, field: str) -> object:
    outer, _, inner = field.partition(".")
    return document.get(outer, {}).get(inner)
