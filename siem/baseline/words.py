"""How a deviation from what is usual is told to a person, Chinese first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAMES = {
    "people": ("人明文", "residents in clear"),
    "pages": ("人明文，逐个或逐页查看", "residents in clear, one by one or page by page"),
    "seen": ("人（任何形式）", "residents in any form"),
    "hour": ("人明文，在一小时内", "residents in clear within an hour"),
    "values": ("条没有写明是谁的记录", "records that name nobody"),
    "kib": ("KiB 没有写明是谁的记录", "KiB of records that name nobody"),
    "refused": ("次被拒绝或不存在", "requests refused or for nothing that exists"),
    "reveals": ("次查看原文", "reveals"),
    "switches": ("次在两个网络之间来回", "changes to another network and back"),
}
"""What each measure counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One way in which a caller's day is not as usual."""

    kind: str
    points: float
    """How telling it is: 4 are an alert by themselves."""
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """A caller whose day deviates so much that a person should look. Holds counts and no subject."""

    caller: str
    kind: str
    group: str
    at: datetime
    """Local time of the event that made it so; the end of the day for what only a whole day shows."""
    points: float
    event: str
    """The id of that event, or empty."""
    deviations: Sequence[Deviation]
    """The most telling ones, the foremost first."""
    kinds: Sequence[str]
    """The kinds of all that the day deviates in."""

    @property
    def has_name(self) -> bool:
        """Whether `caller` is an id, and not the address of somebody who did not sign in."""
        return self.kind != "anonymous"

    @property
    def zh(self) -> str:
        """Why, in one sentence."""
        return "；".join(deviation.zh for deviation in self.deviations)

    @property
    def en(self) -> str:
        """The same in English."""
        return "; ".join(deviation.en for deviation in self.deviations)

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON: caller, kind, group, at, points, event, zh, en, and `deviations` with the kinds."""
        return {
            "caller": self.caller,
            "kind": self.kind,
            "group": self.group,
            "at": self.at.isoformat(),
            "points": round(self.points, 2),
            "event": self.event,
            "zh": self.zh,
            "en": self.en,
            "deviations": [deviation.kind for deviation in self.deviations],
        }


def moment_zh(at: datetime) -> str:
    """The weekday and time of *at*."""
    return f"周{_WEEKDAYS_ZH[at.weekday()]} {at:%H:%M}"


def moment_en(at: datetime) -> str:
    """The weekday and time of *at*."""
    return f"{_WEEKDAYS_EN[at.weekday()]} {at:%H:%M}"


def counted(
    measure: str,
    points: float,
    count: int,
    at: datetime,
    usual: str,
    *,
    workday: bool,
    excuse: tuple[str, str] = ("", ""),
) -> Deviation:
    """The deviation that *count* is, where *usual* is a range such as `0-25`, and *excuse* says that it is wider."""
    zh, en = NAMES[measure]
    days_zh, days_en = ("工作日", "on workdays") if workday else ("休息日", "on days of rest")
    return Deviation(
        kind=measure,
        points=points,
        zh=f"{moment_zh(at)} 已有 {count} {zh}；平时：{usual}，{days_zh}{excuse[0]}",
        en=f"{count} {en} on {moment_en(at)}; usual: {usual}, {days_en}{excuse[1]}",
    )
