"""Channels: where alerts are told, which of them, and when. How a message gets there is `sender.py`'s business."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

import msgspec

from siem.baseline.calendar import LOCAL, Calendar
from siem.detect.definition import Level
from siem.notify.message import Message

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_FURTHEST = timedelta(days=30)
"""The longest holidays are shorter: who has no hours within it is taken to be there."""
_RANK = {level: rank for rank, level in enumerate(Level)}


class Days(StrEnum):
    """On which days somebody looks at a channel."""

    ALL = "all"
    WORK = "work"
    """Workdays of the Chinese calendar, make-up days included."""
    REST = "rest"


class Language(StrEnum):
    """In which language a channel is told."""

    BOTH = "both"
    """Chinese first."""
    ZH = "zh"
    EN = "en"


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One place where people are told. Its address is a secret and stands elsewhere: in a file or a variable."""

    name: str
    url_file: str = ""
    """A file of the data directory, closed to everybody but its owner, that holds the Apprise address."""
    url_env: str = ""
    """The variable of the environment that holds it."""
    level: Level = Level.HIGH
    """From which level on."""
    systems: tuple[str, ...] = ()
    """Alerts of these systems, and those of which it is not known; empty: of all."""
    hours: str = ""
    """From when to when somebody looks, in local time (`08:30-18:00`); empty: always. What comes outside waits."""
    days: Days = Days.ALL
    language: Language = Language.BOTH
    internal: bool = False
    """Whether only staff of the unit read it: then it is told which of them an alert is about."""
    per_minute: int = 6
    """More messages than that are joined into one."""
    fallback: str = ""
    """The channel that is told as well while this one is down."""
    only_fallback: bool = False
    """Whether nothing comes here but what another channel could not carry."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("`notify.channels.name` has small letters, digits and dashes, 31 at most")
        if bool(self.url_file) == bool(self.url_env):
            raise ValueError(f"`notify.channels`: `{self.name}` has either `url_file` or `url_env`")
        if self.url_file.startswith("/") or ".." in self.url_file:
            raise ValueError(f"`notify.channels`: `url_file` of `{self.name}` is a path in the data directory")
        if self.hours and not _HOURS.fullmatch(self.hours):
            raise ValueError(f"`notify.channels`: `hours` of `{self.name}` are written as 08:30-18:00")
        if not 1 <= self.per_minute <= 60:
            raise ValueError(f"`notify.channels`: `per_minute` of `{self.name}` is a number between 1 and 60")

    def takes(self, message: Message) -> bool:
        """Whether *message* is for this channel, apart from its hours."""
        if self.only_fallback or _RANK[message.level] < _RANK[self.level]:
            return False
        return not self.systems or not message.systems or not set(self.systems).isdisjoint(message.systems)

    def opens_at(self, now: datetime, calendar: Calendar) -> datetime:
        """From when on, *now* at the earliest, somebody looks at it. Aware."""
        if not self.hours and self.days is Days.ALL:
            return now
        begin, end = _span(self.hours)
        here = now.astimezone(LOCAL)
        for ahead in range(-1, _FURTHEST.days):
            day = here.date() + timedelta(days=ahead)
            if not _counts(self.days, calendar.is_workday(day)):
                continue
            opens = datetime.combine(day, begin, LOCAL)
            closes = datetime.combine(day if begin < end else day + timedelta(days=1), end, LOCAL)
            if here < closes:
                return max(here, opens).astimezone(now.tzinfo)
        return now


def wrong_with(channels: Sequence[Channel]) -> str:
    """What cannot be about *channels* together, in a sentence, or nothing."""
    names = [channel.name for channel in channels]
    if len(set(names)) < len(names):
        return "`notify.channels`: two have the same name"
    for channel in channels:
        if channel.fallback and (channel.fallback not in names or channel.fallback == channel.name):
            return f"`notify.channels`: `fallback` of `{channel.name}` is the name of another channel"
    return ""


def by_name(channels: Sequence[Channel]) -> Mapping[str, Channel]:
    """*channels* by their names."""
    return {channel.name: channel for channel in channels}


def _span(hours: str) -> tuple[time, time]:
    """Begin and end; the end is of the next day where it is not after the begin."""
    if not hours:
        return time(0), time(0)
    begin, _, end = hours.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def _counts(days: Days, is_workday: bool) -> bool:
    return days is Days.ALL or (days is Days.WORK) == is_workday
