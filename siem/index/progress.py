"""How far the shipping of the log into the index has come, and what it did last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from siem.index.backlog import Taken
from siem.index.letters import NOT_OURS, reasons_of
from siem.index.logged import Logged
from siem.index.positions import Bookmark, Positions
from siem.record.log import StartId
from siem.record.reader import beginning_of, starts_in, unread_bytes

IDLE = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Span:
    """From the earliest to the latest `@timestamp` of some events."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one step did, and how things stand after it."""

    shipped: int = 0
    """Events the index took in this step."""
    new: int = 0
    """Those of them it did not have."""
    spans: tuple[Span, ...] = ()
    """When they happened, one span for each start that had some: what a detector has to look at again."""
    behind_bytes: int
    """How much of the log has yet to be shipped."""
    refused: int
    """Events of the whole log that the index has not taken: dead letters. They are in the log and in no search."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why, most first, with how many there are for each reason."""
    broken: Mapping[StartId, str]
    """The starts whose chain breaks, and where."""
    trouble: str = ""
    """Why the last attempt failed, or empty."""
    pause: timedelta = IDLE
    """How long it makes sense to wait before the next step."""


def progress_of(bookmarks: Mapping[StartId, Bookmark], reasons: Mapping[str, int], unread: int) -> Progress:
    """How things stand with *bookmarks*, dead letters for these *reasons*, and so many octets *unread*."""
    beyond = sum(mark.refused for mark in bookmarks.values())
    return Progress(
        behind_bytes=unread,
        refused=sum(reasons.values()) + beyond,
        reasons={**reasons, NOT_OURS: reasons.get(NOT_OURS, 0) + beyond} if beyond else reasons,
        broken={start: mark.broken for start, mark in bookmarks.items() if mark.broken},
    )


def standing(folder: Path, positions: Positions) -> Progress:
    """How far the shipping of the log in *folder* has come, for who looks on from another process."""
    bookmarks = positions.load()
    unread = 0
    for start in starts_in(folder):
        mark = bookmarks.get(start) or Bookmark(position=beginning_of(start))
        unread += 0 if mark.broken else max(unread_bytes(folder / start, mark.position), 0)
    return progress_of(bookmarks, reasons_of(positions.letters()), unread)


def span_of(lines: Sequence[Taken]) -> Span:
    # Times that this version wrote are in the order of their texts.
    """From the earliest to the latest time of *lines*, of which there is at least one."""
    ours = [line.document["@timestamp"] for line in lines if isinstance(line.document, Logged)]
    texts = [min(ours), max(ours)] if ours else []
    texts += [line.document["@timestamp"] for line in lines if not isinstance(line.document, Logged)]
    times = [datetime.fromisoformat(text) for text in texts]
    return Span(min(times), max(times))
