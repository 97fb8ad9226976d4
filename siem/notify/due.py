"""What of the alerts is due to be told: new ones, those that have grown, those whose level has risen.

Pure: alerts and what was told of them go in, messages come out. What else may have to be told of an alert one day, such
as that nobody has taken it up, is another function like `due` beside it, whose messages `Outbox.note` takes as well.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.digest import DIGEST_BYTES
from policies.recognisers.scan import scan
from siem.detect.alert import Alert, AlertId
from siem.detect.definition import Level
from siem.detect.silence import CALLER
from siem.notify.message import Kind, Message, Words

GROWN = 2
"""So many times the events or persons last told is a lot more."""
GROWN_EVERY = timedelta(hours=1)
"""That an alert has grown is told no more often."""

_RANK = {level: rank for rank, level in enumerate(Level)}
_DIGEST = re.compile(f"[^\\s:#]*:?[0-9a-f]{{{2 * DIGEST_BYTES}}}")
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
    systems_of: Callable[[Alert], Sequence[str]] = lambda alert: (),
) -> list[Due]:
    """What is to be told of *alerts* at *now*, in their order.

    *systems_of* says which systems the events of an alert are about, as far as that can be found out. What was silenced
    is not told: an officer has said that it is no matter.
    """
    return [_due(alert, told.get(alert.id), now, systems_of) for alert in alerts if "/" not in alert.rule]


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
        systems=tuple(name for name in systems if not scan(name)),
        events=alert.event_count,
        persons=alert.subject_count,
        staff=staff_of(alert),
    )


def staff_of(alert: Alert) -> str:
    """Which member of staff, system or terminal *alert* is about; empty where that is a citizen, or not said."""
    caller = alert.group.get(CALLER)
    if not isinstance(caller, str) or _DIGEST.search(caller):
        return ""
    # Many sign in by their address at the unit: recorded in clear, and no other kind of personal data is.
    return "" if any(hit.category != "email" for hit in scan(caller)) else caller


def _due(alert: Alert, told: Told | None, now: datetime, systems_of: Callable[[Alert], Sequence[str]]) -> Due:
    if told is not None and told.raised_at != alert.raised_at:
        told = None
    kind, again_at = _why(alert, told, now)
    if kind is None:
        return Due(alert=alert.id, told=told or _standing(alert, now), message=None, again_at=again_at)
    named = alert.group.get(_SYSTEM)
    systems = (named,) if isinstance(named, str) else tuple(systems_of(alert))
    at = alert.raised_at if kind is Kind.RAISED else now
    named_by = f"{alert.id}/{int(alert.raised_at.timestamp())}/{kind}"
    key = {
        Kind.RAISED: named_by,
        Kind.RISEN: f"{named_by}/{alert.level}",
    }.get(kind, f"{named_by}/{alert.event_count}/{alert.subject_count}")
    message = message_of(alert, kind, key, at, systems)
    return Due(alert=alert.id, told=_standing(alert, now), message=message, again_at=None)


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
    return _HIDDEN if scan(words.zh) or scan(words.en) else words
