"""What of the alerts is due to be told: new ones, those that have grown or risen, and those that wait for somebody.

Pure: alerts, what was told of them and what became of them go in, messages come out. That an alert is new, has grown or
has risen is seen from itself; that it waits for too long, or waits again, from the journal of alerts. An alert that
somebody sees to is not told to grow: where it grows too far for its snooze or for its having been closed, it returns.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import structs

from policies.recognisers.scan import scan
from siem.baseline.calendar import LOCAL
from siem.detect.alert import Alert, AlertId
from siem.detect.aliases import holds_digest
from siem.detect.definition import Level
from siem.detect.lifecycle import AlertChange, AlertState, Change
from siem.detect.silence import CALLER
from siem.notify.message import Kind, Message, Words

GROWN = 2
"""So many times the events or persons last told is a lot more."""
GROWN_EVERY = timedelta(hours=1)
"""That an alert has grown is told no more often."""

_KINDS = {Change.ESCALATED: Kind.ESCALATED, Change.RETURNED: Kind.RETURNED, Change.REOPENED: Kind.REOPENED}
_NOT_TOLD = {
    Kind.GROWN: frozenset(AlertState) - {AlertState.NEW},
    Kind.RISEN: frozenset({AlertState.SNOOZED, AlertState.CLOSED}),
}
"""In which states an alert that has become so is not told of."""
_RANK = {level: rank for rank, level in enumerate(Level)}
_SYSTEM = "service.name"
_HIDDEN = Words(
    zh="（规则的文字疑似含有个人信息，未发出，见控制台）", en="(withheld: the rule's text may hold personal data)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was last told of an alert."""

    raised_at: datetime
    """When the alert was raised: where an older file of alerts was put back, its number may come a second time."""
    level: Level
    events: int
    persons: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What follows from how one alert stands now."""

    alert: AlertId
    told: Told
    """What will have been told of it, with this message or without any."""
    message: Message | None
    again_at: datetime | None
    """When it has to be looked at again though it does not change."""


def due(
    alerts: Iterable[Alert],
    told: Mapping[AlertId, Told],
    now: datetime,
    *,
    systems_of: Callable[[Alert], Sequence[str]] = lambda alert: (),
    state_of: Callable[[Alert], AlertState | None] = lambda alert: None,
    changes: Mapping[AlertId, AlertChange] = MappingProxyType({}),
) -> list[Due]:
    """What is to be told of *alerts* at *now*, in their order.

    *systems_of* says which systems the events of an alert are about, as far as that can be found out; *state_of* if
    anybody sees to it, None where that is not known; *changes* what is due to be told of those that wait for somebody.
    What was silenced is not told: an officer has said that it is no matter.
    """
    return [
        each
        for alert in alerts
        if "/" not in alert.rule
        for each in _dues(alert, told.get(alert.id), now, systems_of, state_of(alert), changes.get(alert.id))
    ]


def passed_over(alerts: Iterable[Alert], now: datetime) -> list[Due]:
    """*alerts* as if they had been told: those there were before anybody was to be told of any."""
    return [Due(alert=alert.id, told=_standing(alert, now), message=None, again_at=None) for alert in alerts]


def message_of(alert: Alert, kind: Kind, key: str, at: datetime, systems: Sequence[str]) -> Message:
    """What is told of *alert*. Texts of rules in which something personal is found are not told."""
    zh, _, en = alert.title.partition(" / ")
    return Message(
        key=key,
        kind=kind,
        level=alert.level,
        at=at,
        title=_clean(Words(zh=zh, en=en or zh)),
        advice=_clean(Words(zh=alert.what_to_do.zh, en=alert.what_to_do.en)),
        alert=alert.id,
        systems=tuple(name for name in systems if not (scan(name) or holds_digest(name))),
        events=alert.event_count,
        persons=alert.subject_count,
        staff=staff_of(alert),
    )


def staff_of(alert: Alert) -> str:
    """Which member of staff, system or terminal *alert* is about; empty where that is a citizen, or not said."""
    caller = alert.group.get(CALLER)
    if not isinstance(caller, str) or holds_digest(caller):
        return ""
    # Many sign in by their address at the unit: recorded in clear, and no other kind of personal data is.
    return "" if any(hit.category != "email" for hit in scan(caller)) else caller


def _dues(
    alert: Alert,
    told: Told | None,
    now: datetime,
    systems_of: Callable[[Alert], Sequence[str]],
    state: AlertState | None,
    change: AlertChange | None,
) -> Iterator[Due]:
    if told is not None and told.raised_at != alert.raised_at:
        told = None
    if told is None or change is None:
        yield _due(alert, told, now, systems_of, state)
    if change is not None:  # which says, too, how grave and how large it is now
        message = _of_change(alert, change, now, _systems(alert, systems_of))
        yield Due(alert=alert.id, told=_standing(alert, now), message=message, again_at=None)


def _due(
    alert: Alert,
    told: Told | None,
    now: datetime,
    systems_of: Callable[[Alert], Sequence[str]],
    state: AlertState | None,
) -> Due:
    kind, again_at = _why(alert, told, now)
    if kind is None or state in _NOT_TOLD.get(kind, ()):
        return Due(alert=alert.id, told=told or _standing(alert, now), message=None, again_at=again_at)
    systems = _systems(alert, systems_of)
    at = alert.raised_at if kind is Kind.RAISED else now
    named_by = f"{alert.id}/{int(alert.raised_at.timestamp())}/{kind}"
    key = {
        Kind.RAISED: named_by,
        Kind.RISEN: f"{named_by}/{alert.level}",
    }.get(kind, f"{named_by}/{alert.event_count}/{alert.subject_count}")
    message = message_of(alert, kind, key, at, systems)
    return Due(alert=alert.id, told=_standing(alert, now), message=message, again_at=None)


def _of_change(alert: Alert, change: AlertChange, now: datetime, systems: Sequence[str]) -> Message:
    kind = _KINDS[change.change]
    # The number of a change may come again where an older database was put back; its time does not.
    key = f"{alert.id}/{int(change.at.timestamp())}/{kind}/{change.sequence}"
    assignee = "" if scan(change.assignee) else change.assignee
    message = message_of(alert, kind, key, change.at, systems)
    return structs.replace(message, wanted=_wanted(change, now), assignee=assignee)


def _wanted(change: AlertChange, now: datetime) -> Words:
    """Who is looked for, and until when or how late it is."""
    who = Words(
        zh="请处理人或任何一名值班员" if change.assignee else "还没有人处理，请任何一名值班员",
        en="whoever has it, or anybody on duty," if change.assignee else "nobody has it yet: anybody on duty",
    )
    if change.due_at is None:
        return Words(zh=f"{who.zh}确认", en=f"{who.en} acknowledges it")
    by = f"{change.due_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    late = int((now - change.due_at).total_seconds() // 60)
    if change.due_at > now:
        return Words(zh=f"{who.zh}在 {by} 前确认", en=f"{who.en} acknowledges it before {by} (UTC+8)")
    return Words(
        zh=f"{who.zh}马上确认：应在 {by} 前确认，已超 {late:,} 分钟",
        en=f"{who.en} acknowledges it now: it was due at {by} (UTC+8), {late:,} min ago",
    )


def _systems(alert: Alert, systems_of: Callable[[Alert], Sequence[str]]) -> Sequence[str]:
    named = alert.group.get(_SYSTEM)
    return (named,) if isinstance(named, str) else tuple(systems_of(alert))


def _why(alert: Alert, told: Told | None, now: datetime) -> tuple[Kind | None, datetime | None]:
    """Why *alert* is told now, or None, and then when it may have to be."""
    if told is None:
        return Kind.RAISED, None
    if _RANK[alert.level] > _RANK[told.level]:
        return Kind.RISEN, None
    grown = alert.event_count >= GROWN * max(told.events, 1) or alert.subject_count >= GROWN * max(told.persons, 1)
    if not grown:
        return None, None
    if told.at <= now < told.at + GROWN_EVERY:  # a clock that was set back makes nobody wait for longer
        return None, told.at + GROWN_EVERY
    return Kind.GROWN, None


def _standing(alert: Alert, now: datetime) -> Told:
    return Told(
        raised_at=alert.raised_at, level=alert.level, events=alert.event_count, persons=alert.subject_count, at=now
    )


def _clean(words: Words) -> Words:
    return _HIDDEN if any(scan(text) or holds_digest(text) for text in (words.zh, words.en)) else words
