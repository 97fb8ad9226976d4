"""What of the log has yet to be shipped: measured, and read in batches, from wherever each start has come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from siem.index.log_line import logged
from siem.index.positions import Bookmark
from siem.record.ecs import Document, is_ours
from siem.record.log import BrokenChain, StartId
from siem.record.reader import Position, beginning_of, document_in, follow_lines, unread_bytes


class Taken(NamedTuple):
    """One line that was read."""

    start: StartId
    position: Position
    """The place before it."""
    document: Document
    ours: bool
    """Whether it is exactly what this version makes of the event it holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one start."""

    lines: Sequence[Taken]
    bookmark: Bookmark
    """Where the start stands once they are shipped."""


class Backlog:
    """The log in *folder*. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble = ""
        """Why a start could not be read at the last `take`, or empty."""
        self.more = False
        """Whether the last `take` left lines of a start for the next one."""
        self._suspected: dict[StartId, str] = {}
        self._torn: dict[StartId, int] = {}
        self._behind: dict[StartId, int] = {}

    @property
    def behind_bytes(self) -> int:
        """How much has yet to be shipped, as last measured."""
        return sum(behind for behind in self._behind.values() if behind > 0)

    def anything(self) -> bool:
        """Whether there is something to look at."""
        return any(self._behind.values())

    def measure(self, bookmarks: Mapping[StartId, Bookmark], starts: Sequence[StartId]) -> None:
        """Note how many bytes of each of *starts* have yet to be shipped; below 0 where read ones are gone."""
        for start in starts:
            bookmark = bookmarks.get(start) or Bookmark(position=beginning_of(start))
            unread = 0 if bookmark.broken else unread_bytes(self.folder / start, bookmark.position)
            # Half a line at the end is nothing yet, and stays so where its worker is dead.
            self._behind[start] = 0 if unread == self._torn.get(start) else unread

    def take(
        self, bookmarks: Mapping[StartId, Bookmark], events: int, size: int, *, doubted: bool = True
    ) -> dict[StartId, Part]:
        """The next lines of every start that has some, about so many *events* and *size* bytes together.

        A start with a long backlog leaves room for the others. One that seemed broken at the last look is looked at
        only where *doubted*: so soon after, it could still be what it was.
        """
        self.trouble, self.more = "", False
        waiting = [
            start for start, behind in self._behind.items() if behind and (doubted or not self._suspected.get(start))
        ]
        taken = {}
        for start in waiting:
            bookmark = bookmarks.get(start) or Bookmark(position=beginning_of(start))
            part = self._take_of(start, bookmark, -(-events // len(waiting)), -(-size // len(waiting)))
            if part.bookmark != bookmark:
                taken[start] = part
        return taken

    def again(self, start: StartId, position: Position) -> Taken | None:
        """The line of *start* after *position*, or None where it cannot be read any more."""
        try:
            for body, after in follow_lines(self.folder / start, position):
                return self._taken(start, position, body, after)
        except (BrokenChain, OSError):
            pass
        return None

    def _take_of(self, start: StartId, bookmark: Bookmark, events: int, size: int) -> Part:
        lines: list[Taken] = []
        suspected = ""
        position = bookmark.position
        try:
            for body, after in follow_lines(self.folder / start, position):
                lines.append(self._taken(start, position, body, after))
                position = after
                size -= len(body)
                if len(lines) >= events or size <= 0:
                    self.more = True
                    break
            if not lines:
                self._torn[start] = self._behind[start]
        except BrokenChain as broken:
            suspected = str(broken)
        except OSError as error:
            self.trouble = f"the log of {start} cannot be read: {error.strerror}"
        bookmark = replace(bookmark, position=position)
        if suspected and self._suspected.get(start) == suspected:
            # Seen twice: not a line that was being taken back while it was read.
            bookmark = replace(bookmark, broken=suspected)
        self._suspected[start] = suspected
        return Part(lines, bookmark)

    def _taken(self, start: StartId, position: Position, body: bytes, after: Position) -> Taken:
        if (right := logged(body)) is not None:
            return Taken(start, position, right, ours=True)
        document = document_in(body, self.folder / start, after)
        return Taken(start, position, document, is_ours(document))
