"""Verifies one start of the log: its chain, and that it stands where the seals say that it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import orjson

from siem.record.log import StartId, link, seed_of, segment_path
from siem.record.reader import Position
from siem.record.segment import opened, segments_in

_LOOK_AHEAD = 64
"""Lines behind a break among which the one that belongs there is looked for."""


class Fault(StrEnum):
    """What can be wrong with a start. The record that is named is the first that is not as it was."""

    ALTERED = "altered"
    """The record was altered."""
    ALTERED_OR_MISSING = "altered_or_missing"
    """The record was altered, or one right before it was altered or is missing."""
    REORDERED = "reordered"
    """Another record, further down, belongs in the place of this one."""
    REPLAYED = "replayed"
    """The record stands there a second time."""
    WRITTEN_ANEW = "written_anew"
    """The chain holds and is not the one that was sealed: the records from this one to the seal were written anew."""
    TAIL_MISSING = "tail_missing"
    """Records that were sealed are missing behind this one."""
    SEGMENT_MISSING = "segment_missing"
    UNREADABLE = "unreadable"
    """The segment was compressed, and is damaged."""
    START_MISSING = "start_missing"
    """A seal names the start, and its folder is gone."""
    REMOVED_EARLY = "removed_early"
    """It was taken away before the time for which it had to be kept."""
    ADDED = "added"
    """No seal names the start, though its name says that it began long before the last one."""


class Mark(NamedTuple):
    """Where a start stood when it was sealed."""

    place: Position
    seal: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a start, and where."""

    fault: Fault
    start: StartId
    segment: int = 0
    """From 1; 0 where it is about the start as such."""
    line: int = 0
    """In the segment, from 1; 0: before its first."""
    event: str = ""
    """`event.id` of that line, as far as it can be read."""
    seal: int = 0
    """Number of the seal that says so; 0: the chain says so."""


@dataclass(slots=True)
class StartCheck:
    """How one start was found. Each tail is a number of records and the time of the first of them."""

    records: int = 0
    wrong: Wrong | None = None
    unsealed: tuple[int, datetime | None] = (0, None)
    unanchored: tuple[int, datetime | None] = (0, None)


def check_start(folder: Path, start: StartId, marks: Sequence[Mark], anchored: Position | None) -> StartCheck:
    """Follow the start in *folder* past all its *marks*, which stand in their order. Raises OSError."""
    return _Walk(folder, start, marks, anchored).walk()


class _Walk:
    def __init__(self, folder: Path, start: StartId, marks: Sequence[Mark], anchored: Position | None) -> None:
        self._folder = folder
        self._start = start
        self._marks = marks
        self._next = 0
        self._sealed = _place_of(marks[-1].place) if marks else (0, 0)
        self._anchored = _place_of(anchored) if anchored else (0, 0)
        self._chain = seed_of(start)
        self._unmet: tuple[int, int, str] | None = None
        """Segment, line and event of the first record that no seal has been met behind."""
        self._firsts: set[bytes] = set()
        self._found = StartCheck()

    def walk(self) -> StartCheck:
        present = segments_in(self._folder)
        last = max([*present, *(mark.place.segment for mark in self._marks if mark.place.offset)], default=0)
        for number in range(1, last + 1):
            if number not in present:
                self._report(Fault.SEGMENT_MISSING, number)
                continue
            try:
                with opened(segment_path(self._folder, number)) as file:
                    data = file.read()
            except ValueError:
                self._report(Fault.UNREADABLE, number)
                continue
            # What stands behind the last end of a line is half a line, and has not happened.
            self._segment(number, data[: data.rfind(b"\n") + 1].splitlines(keepends=True))
        return self._found

    def _segment(self, number: int, lines: list[bytes]) -> None:
        offset = 0
        for line, raw in enumerate(lines, 1):
            told, _, body = raw[:-1].partition(b" ")
            computed = link(self._chain, body)
            if told != computed.encode() and self._found.wrong is None:
                self._report(self._broken_by(lines, line - 1, computed), number, line, _event_of(body))
            # Goes on by what the line tells: what lies behind is counted, and is no second finding.
            self._chain = told.decode("ascii", "replace")
            offset += len(raw)
            self._count(number, offset, body)
            self._meet(number, line, offset, body)
        if lines:
            self._firsts.add(lines[0])
        self._end(number, len(lines), lines[-1] if lines else b"")

    def _meet(self, number: int, line: int, offset: int, body: bytes) -> None:
        """Compare with the seals that were made when the start had come so far."""
        self._unmet = self._unmet or (number, line, _event_of(body))
        while self._next < len(self._marks) and _place_of(self._marks[self._next].place) <= (number, offset):
            place, seal, _ = self._marks[self._next]
            self._next += 1
            if _place_of(place) == (number, offset) and place.chain == self._chain:
                self._unmet = None
            elif place.offset:
                self._report(Fault.WRITTEN_ANEW, *(self._unmet or (number, line, _event_of(body))), seal)

    def _end(self, number: int, lines: int, last: bytes) -> None:
        """The segment *number* has ended: no seal may name a place further down in it."""
        if self._next < len(self._marks) and self._marks[self._next].place.segment == number:
            mark = self._marks[self._next]
            if mark.place.offset:
                self._report(Fault.TAIL_MISSING, number, lines, _event_of(last.partition(b" ")[2]), mark.seal)
            while self._next < len(self._marks) and self._marks[self._next].place.segment == number:
                self._next += 1

    def _broken_by(self, lines: list[bytes], place: int, computed: str) -> Fault:
        """Why the line at *place* does not follow, as far as the lines around it tell."""
        raw = lines[place]
        body = raw[:-1].partition(b" ")[2]
        if raw in self._firsts or raw in lines[:place]:
            return Fault.REPLAYED
        for later in lines[place + 1 : place + 1 + _LOOK_AHEAD]:
            chain, _, following = later[:-1].partition(b" ")
            if link(self._chain, following).encode() == chain:
                return Fault.REORDERED
        if not _event_of(body):
            return Fault.ALTERED
        if place + 1 < len(lines):
            after, _, following = lines[place + 1][:-1].partition(b" ")
            if link(computed, following).encode() == after:
                return Fault.ALTERED  # the record is the one that was followed: it is the chain before it that is not
        return Fault.ALTERED_OR_MISSING

    def _count(self, number: int, offset: int, body: bytes) -> None:
        self._found.records += 1
        if (number, offset) > self._sealed:
            self._found.unsealed = _one_more(self._found.unsealed, body)
        if (number, offset) > self._anchored:
            self._found.unanchored = _one_more(self._found.unanchored, body)

    def _report(self, fault: Fault, segment: int, line: int = 0, event: str = "", seal: int = 0) -> None:
        if self._found.wrong is None:
            self._found.wrong = Wrong(
                fault=fault, start=self._start, segment=segment, line=line, event=event, seal=seal
            )


def _place_of(position: Position) -> tuple[int, int]:
    return position.segment, position.offset


def _one_more(tail: tuple[int, datetime | None], body: bytes) -> tuple[int, datetime | None]:
    records, since = tail
    return records + 1, since if records else _time_of(body)


def _event_of(body: bytes) -> str:
    try:
        event = orjson.loads(body)["event"]["id"]
    except (ValueError, KeyError, TypeError):
        return ""
    return event if isinstance(event, str) else ""


def _time_of(body: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(orjson.loads(body)["@timestamp"])
    except (ValueError, KeyError, TypeError):
        return None
