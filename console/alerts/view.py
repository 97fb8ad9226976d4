"""What the pages of alerts show: which of them are asked for, in which order, and what was done about each in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never
from urllib.parse import urlencode

from console.alerts.journal import (
    Acknowledged,
    Assigned,
    Cause,
    Closed,
    Entry,
    Escalated,
    Grew,
    Raised,
    Reopened,
    Returned,
    Snoozed,
)
from console.alerts.state import OPEN, AlertLife
from console.alerts.words import DISPOSITIONS
from console.moments import Moments
from incident.ids import Bilingual, PersonId
from siem.detect.alert import Alert
from siem.detect.definition import RuleId
from siem.detect.lifecycle import AlertState, Size, size_of
from siem.detect.precision import NOTHING_CLOSED, Precision
from siem.detect.silence import CALLER


class Shown(StrEnum):
    """Which alerts a list is of: those of a state, or several."""

    OPEN = "open"
    ESCALATED = "escalated"
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    QUIET = "quiet"
    ALL = "all"

    def holds(self, life: AlertLife) -> bool:
        """Whether *life* is one of them."""
        match self:
            case Shown.OPEN:
                return life.state in OPEN
            case Shown.ESCALATED:
                return life.escalated
            case Shown.ALL:
                return True
            case Shown.NEW | Shown.ACKNOWLEDGED | Shown.SNOOZED | Shown.CLOSED | Shown.QUIET:
                return life.state == self.value
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the list, beside the states."""

    level: str = ""
    rule: str = ""
    """By its short name."""
    caller: str = ""
    mine: str = ""
    """The person whose alone are shown; empty: everybody's."""

    def holds(self, life: AlertLife) -> bool:
        """Whether *life* is asked for."""
        return (
            self.level in ("", life.size.level)
            and self.rule in ("", life.raised.rule_name)
            and self.caller in ("", life.raised.group.get(CALLER, ""))
            and self.mine in ("", life.assignee or "")
        )

    def query(self, shown: str) -> str:
        """The same as it stands in an address, with the states that are *shown*."""
        given = {"state": shown, "level": self.level, "rule": self.rule, "caller": self.caller}
        given["mine"] = "1" if self.mine else ""
        return urlencode({name: value for name, value in given.items() if value})


def chosen(lives: Iterable[AlertLife], shown: Shown) -> list[AlertLife]:
    """Those of *lives* that are to be *shown*: first who waits for too long, then the newest first."""
    found = [life for life in lives if shown.holds(life)]
    return sorted(found, key=_place)


def _place(life: AlertLife) -> tuple[bool, float, int]:
    first = life.entries[0].number if life.entries else 0
    return not life.escalated, -life.raised.raised_at.timestamp(), -first


def counts(lives: Sequence[AlertLife]) -> dict[Shown, int]:
    """How many there are of each kind."""
    return {shown: sum(map(shown.holds, lives)) for shown in Shown}


def unrecorded(alert: Alert) -> AlertLife:
    """The life of an alert of which the journal knows nothing, or is not to be believed: nobody has seen to it."""
    group = {name: str(value) for name, value in alert.group.items()}
    raised = Raised(
        alert=alert.id,
        rule=alert.rule,
        rule_name=alert.rule_name,
        title=alert.title,
        group=group,
        raised_at=alert.raised_at,
        size=size_of(alert),
        former="",
        quiet=False,
        escalates_at=None,
    )
    return AlertLife(
        raised=raised,
        state=AlertState.NEW,
        since=alert.raised_at,
        size=raised.size,
        told_at=alert.raised_at,
        seen=0,
        escalates_at=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule, by its alerts."""

    rule: RuleId
    name: str
    title: str
    alerts: int
    open: int
    precision: Precision
    wants_review: bool


def rule_views(
    lives: Iterable[AlertLife], precision: Mapping[RuleId, Precision], review_below: int
) -> tuple[RuleView, ...]:
    """The rules that ever raised an alert: first those that want a review, then by name."""
    latest: dict[RuleId, AlertLife] = {}
    alerts: dict[RuleId, int] = {}
    waiting: dict[RuleId, int] = {}
    for life in lives:
        if life.rule == life.raised.rule or life.rule not in latest:  # the title of what was silenced says so
            latest[life.rule] = life
        alerts[life.rule] = alerts.get(life.rule, 0) + 1
        waiting[life.rule] = waiting.get(life.rule, 0) + (life.state in OPEN)
    views = [
        RuleView(
            rule=rule,
            name=life.raised.rule_name,
            title=life.raised.title,
            alerts=alerts[rule],
            open=waiting[rule],
            precision=precision.get(rule, NOTHING_CLOSED),
            wants_review=precision.get(rule, NOTHING_CLOSED).wants_review(review_below),
        )
        for rule, life in latest.items()
    ]
    return tuple(sorted(views, key=lambda view: (not view.wants_review, view.name)))


def _size(size: Size) -> Bilingual:
    return Bilingual(
        zh=f"{size.events:,} 次访问、{size.persons:,} 人", en=f"{size.events:,} events, {size.persons:,} persons"
    )


def said(entry: Entry, moments: Moments, names: Mapping[PersonId, str]) -> Bilingual:
    """What *entry* did, in a sentence; *names* are what persons are called."""
    match entry.fact:
        case Raised(size=size, former=former, quiet=quiet):
            size_said = _size(size)
            zh = f"告警产生：{size_said.zh}" + (f"；此前同样的告警是 {former}" if former else "")
            en = f"raised: {size_said.en}" + (f"; before it there was {former}" if former else "")
            return Bilingual(
                zh=zh + ("；不须处理" if quiet else ""), en=en + ("; nobody has to see to it" if quiet else "")
            )
        case Grew(size=size):
            return Bilingual(zh=f"增长到 {_size(size).zh}", en=f"grown to {_size(size).en}")
        case Escalated():
            return Bilingual(zh="没有人按时确认，升级", en="nobody acknowledged it in time: escalated")
        case Returned(cause=Cause.OVER):
            return Bilingual(zh="暂缓到期，重新待确认", en="its snooze is over: it waits again")
        case Returned(size=size):
            zh = f"暂缓期间增长到 {_size(size).zh}，提前重新待确认"
            return Bilingual(zh=zh, en=f"grown to {_size(size).en} while it was snoozed: it waits again")
        case Reopened(reason="", size=size):
            zh = f"关闭以后又有访问，共 {_size(size).zh}，重新待确认"
            return Bilingual(zh=zh, en=f"it went on after it was closed ({_size(size).en}): it waits again")
        case Reopened():
            return Bilingual(zh="重新打开", en="opened again")
        case Acknowledged():
            return Bilingual(zh="确认，开始处理", en="acknowledged")
        case Assigned(to=to):
            return Bilingual(zh=f"指派给 {names.get(to, to)}", en=f"assigned to {names.get(to, to)}")
        case Snoozed(until=until, growth=growth):
            at, times = moments.exact(until), f"{growth / 100:g}"
            return Bilingual(
                zh=f"暂缓到 {at}；增长到 {times} 倍提前返回", en=f"snoozed until {at}, or {times} times as large"
            )
        case Closed(disposition=disposition):
            word = DISPOSITIONS[disposition]
            return Bilingual(zh=f"关闭，定性：{word.zh}", en=f"closed: {word.en}")
        case _:
            assert_never(entry.fact)


def reason_of(entry: Entry) -> str:
    """The words in which a person said why, or nothing."""
    match entry.fact:
        case Snoozed(reason=reason) | Closed(reason=reason) | Reopened(reason=reason):
            return reason
        case _:
            return ""
