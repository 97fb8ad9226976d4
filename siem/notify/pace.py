"""How fast messages leave, and how long a failure makes them wait: arithmetic on states and times, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_ASKED = timedelta(hours=1)
"""So long a pause that the other side asks for is kept to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Tokens for messages: one is taken for each, and as many as fit come back within a minute."""

    per_minute: int
    tokens: float
    at: datetime

    def filled(self, now: datetime) -> "Bucket":
        """The bucket at *now*. A clock that was set back fills nothing."""
        seconds = max(0.0, (now - self.at).total_seconds())
        tokens = min(float(self.per_minute), self.tokens + seconds * self.per_minute / 60)
        return Bucket(per_minute=self.per_minute, tokens=tokens, at=now)

    def taken(self) -> "Bucket":
        """The bucket with a token less."""
        return Bucket(per_minute=self.per_minute, tokens=self.tokens - 1, at=self.at)


def full(per_minute: int, now: datetime) -> Bucket:
    """A bucket from which nothing was taken yet."""
    return Bucket(per_minute=per_minute, tokens=float(per_minute), at=now)


def together(waiting: int, tokens: float) -> int:
    """How many of so many *waiting* messages the next one carries, 0 where it has to wait.

    While there is more than one token left each goes alone; the last token carries all the others joined.
    """
    if waiting == 0 or tokens < 1:
        return 0
    return 1 if tokens >= 2 or waiting == 1 else waiting


def pause_after(failures: int, chance: float, asked_s: float | None = None) -> timedelta:
    """How long to wait after so many failures in a row, from 1: doubled each time, of which *chance* (0 to 1) takes up
    to a half, so that many who failed together do not come back together; not shorter than the other side has asked.
    """
    doubled: timedelta = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    pause = doubled * (1 - chance / 2)
    return pause if asked_s is None else max(pause, min(timedelta(seconds=max(asked_s, 0)), LONGEST_ASKED))
