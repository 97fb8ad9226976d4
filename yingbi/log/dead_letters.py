"""The events that the index did not take: where each lies in the log, why, since when, and when it is offered again.

INVARIANT 3: nothing of what a line holds is read out, and an id only where it is one of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from siem.index.positions import DeadLetter, Positions
from siem.record.log import StartId, segment_path
from siem.record.own_id import is_own_id
from siem.record.segment import opened
from yingbi.home import Home
from yingbi.settings import Settings

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One event that is in the log and in no search."""

    start: StartId
    segment: int
    line: int | None
    """In its segment, from 1; None where the segment is not there or no longer reaches so far."""
    event: str
    """Its id, or empty where that is none of ours."""
    reason: str
    since: datetime
    attempts: int
    due: datetime


def letters_of(settings: Settings) -> list[Letter]:
    """Every dead letter of the installation, in the order of the log. Raises StoreUnavailable."""
    home = Home(settings.home)
    kept = Positions(home.positions(settings.index.value), read_only=True).letters()
    told = []
    for (start, segment), group in groupby(kept, lambda letter: (letter.start, letter.position.segment)):
        letters = list(group)
        lines = _lines_at(segment_path(home.log / start, segment), [letter.position.offset for letter in letters])
        told += [_told(letter, line) for letter, line in zip(letters, lines, strict=True)]
    return told


def hasten(settings: Settings) -> None:
    """Have the process that ships offer all of them again within a second."""
    Home(settings.home).hastened.touch(mode=0o600)


def letter_json(letter: Letter) -> dict[str, Any]:
    """*letter* as JSON types."""
    return {
        "start": letter.start,
        "segment": letter.segment,
        "line": letter.line,
        "event": letter.event,
        "reason": letter.reason,
        "since": letter.since.isoformat(),
        "attempts": letter.attempts,
        "next": letter.due.isoformat(),
    }


def letter_lines(letters: Sequence[Letter]) -> list[str]:
    """*letters* for people."""
    if not letters:
        return ["没有 / none: 索引收下了全部记录 / the index has taken every event that was shipped"]
    lines = [f"{len(letters):,} 条记录在日志里，检索不到 / events are in the log and in no search:"]
    for letter in letters:
        place = "" if letter.line is None else f" 第 {letter.line} 行 / line {letter.line}"
        lines += [
            f"  {letter.start}/{letter.segment:06d}.log{place}  {letter.event}".rstrip(),
            f"    {letter.reason}",
            f"    自 / since {_time(letter.since)}  试过 / tried {letter.attempts}  下次 / next {_time(letter.due)}",
        ]
    return lines


def _told(letter: DeadLetter, line: int | None) -> Letter:
    return Letter(
        start=letter.start,
        segment=letter.position.segment,
        line=line,
        event=letter.event if is_own_id(letter.event) else "",
        reason=letter.reason,
        since=letter.since,
        attempts=letter.attempts,
        due=letter.due,
    )


def _lines_at(path: Path, offsets: Sequence[int]) -> list[int | None]:
    """The numbers of the lines that begin at *offsets* (ascending) of the segment that was written to *path*."""
    numbers: list[int | None] = []
    line, at = 1, 0
    try:
        with opened(path) as segment:
            for offset in offsets:
                while at < offset and (piece := segment.read(min(offset - at, _READ_BYTES))):
                    line += piece.count(b"\n")
                    at += len(piece)
                numbers.append(line if at == offset else None)
    except (OSError, ValueError):
        pass
    return numbers + [None] * (len(offsets) - len(numbers))


def _time(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="seconds")
