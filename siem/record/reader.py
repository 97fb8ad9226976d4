"""Reading a start's log from a place in it onwards, across segments, while its worker writes on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from siem.record.ecs import Document
from siem.record.log import BrokenChain, StartId, read_lines, seed_of, segment_path
from siem.record.segment import has_segment, segment_size

_START = re.compile("[0-9A-HJKMNP-TV-Z]{10}")
_AROUND = len(seed_of(StartId(""))) + len(" \n")
"""Bytes of a line beside its event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place between two lines of a start's log."""

    segment: int
    """From 1."""
    offset: int
    """In bytes."""
    chain: str
    """The chain of the line before."""


def beginning_of(start: StartId) -> Position:
    """The place before the first line of *start*."""
    return Position(segment=1, offset=0, chain=seed_of(start))


def follow(folder: Path, position: Position) -> Iterator[tuple[Document, Position]]:
    """The lines that `follow_lines` gives, decoded. Raises BrokenChain also where one is no document."""
    for body, after in follow_lines(folder, position):
        yield document_in(body, folder, after), after


def document_in(body: bytes, folder: Path, after: Position) -> Document:
    """The document that *body* spells, whose line the start in *folder* has before *after*. Raises BrokenChain."""
    try:
        document: Document = orjson.loads(body)
    except ValueError:
        begin = after.offset - len(body) - _AROUND
        name = segment_path(folder, after.segment).name
        raise BrokenChain(f"{folder.name}/{name}: the line at byte {begin} is no event") from None
    return document


def follow_lines(folder: Path, position: Position) -> Iterator[tuple[bytes, Position]]:
    """The event's bytes of each whole line that the start in *folder* has after *position* now, and the place after it.

    Raises BrokenChain where a line does not follow, or what was read already is gone; OSError where the disk does not
    answer. A half line that a full disk left at the end of a segment is no event, and is passed.
    """
    while True:
        path = segment_path(folder, position.segment)
        # Asked before reading: a worker never returns to a segment once it has opened the next.
        complete = has_segment(segment_path(folder, position.segment + 1))
        if not has_segment(path):
            if complete or position.offset or position.segment > 1:
                raise BrokenChain(f"{folder.name}/{path.name}: the segment is missing")
            return
        try:
            if segment_size(path) < position.offset:
                raise BrokenChain(f"{folder.name}/{path.name}: the segment ends before byte {position.offset}")
            for body, chain, end in read_lines(path, offset=position.offset, chain=position.chain):
                position = Position(segment=position.segment, offset=end, chain=chain)
                yield body, position
        except ValueError:
            raise BrokenChain(
                f"{folder.name}/{path.name}: what follows byte {position.offset} cannot be read"
            ) from None
        if not complete:
            return
        position = Position(segment=position.segment + 1, offset=0, chain=position.chain)


def unread_bytes(folder: Path, position: Position) -> int:
    """How many bytes of the start in *folder* lie after *position*; below 0 where some before it are gone."""
    unread = -position.offset
    segment = position.segment
    while has_segment(path := segment_path(folder, segment)):
        unread += segment_size(path)
        segment += 1
    return unread


def is_kept(folder: Path, event: str) -> bool:
    """Whether the log in *folder* has the start that the event of that id is of; what has no such id counts as kept.

    A start is let go as a whole once it was kept long enough, and every event of it with it.
    """
    start = event.partition("-")[0]
    return not _START.fullmatch(start) or (folder / start).is_dir()


def starts_in(folder: Path) -> list[StartId]:
    """The starts that have a log in *folder*, oldest first; none where it has yet to be made."""
    if not folder.exists():
        return []
    return sorted(StartId(path.name) for path in folder.iterdir() if _START.fullmatch(path.name))
