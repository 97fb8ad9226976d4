"""Looks at the log again: whether the lines that were written still lie there as they were.

The shipper reads each line once, so a line that is altered after it was shipped shows only here.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from siem.record.log import BrokenChain, StartId, segment_path
from siem.record.reader import Position, beginning_of, follow

LINES_AT_ONCE = 2_000
"""Between two pauses."""


class LogCheck:
    """Follows the chains of all starts in *folder*, of which *starts* tells. Not thread-safe.

    *removed* tells of those that were kept long enough and let go.
    """

    def __init__(
        self,
        folder: Path,
        starts: Callable[[], list[StartId]],
        removed: Callable[[], Collection[StartId]] = frozenset,
    ) -> None:
        self._folder = folder
        self._starts = starts
        self._removed = removed
        self._verified: dict[StartId, Position] = {}
        self._before: dict[StartId, Position] = {}
        """Where an earlier look had come to, while all is looked at again."""
        self.broken: dict[StartId, tuple[Position, str]] = {}
        """By start, the last place that holds, and what is wrong behind it."""

    def again(self, pause: Callable[[], None]) -> None:
        """Follow every start from its beginning. What was there at an earlier look has to be there still."""
        self._before, self._verified = self._verified, {}
        broken = self._follow(set(), pause)
        before, self._before = self._before, {}
        gone = {start for start in before if not (self._folder / start).exists()}
        let_go = self._removed() if gone else ()
        for start, position in before.items():
            if start in gone and start in let_go:
                continue
            now = self._verified.get(start, beginning_of(start))
            if start not in broken and (now.segment, now.offset) < (position.segment, position.offset):
                broken[start] = now, f"{start}: lines that were there are gone"
        self.broken = broken

    def go_on(self, pause: Callable[[], None]) -> None:
        """Follow what was written since the last look."""
        self.broken = {**self._follow(set(self.broken), pause), **self.broken}

    def _follow(self, without: set[StartId], pause: Callable[[], None]) -> dict[StartId, tuple[Position, str]]:
        broken = {}
        for start in self._starts():
            if start in without:
                continue
            said = self._break_of(start, pause)
            if said:
                pause()
                # Seen twice: not a line that was being taken back while it was read.
                if self._break_of(start, pause) == said:
                    broken[start] = self._verified.get(start, beginning_of(start)), said
        return broken

    def _break_of(self, start: StartId, pause: Callable[[], None]) -> str:
        """Follow one start as far as it holds. What is wrong behind that, or an empty text."""
        position, before = self._verified.get(start, beginning_of(start)), self._before.get(start)
        try:
            for place, (_, after) in enumerate(follow(self._folder / start, position), 1):
                if before and (after.segment, after.offset) == (before.segment, before.offset) and after != before:
                    return f"{start}: lines that were there are others now"
                self._verified[start] = position = after
                if place % LINES_AT_ONCE == 0:
                    pause()
        except BrokenChain as error:
            return str(error)
        except OSError as error:
            return f"{segment_path(self._folder / start, position.segment).name} cannot be read: {error.strerror}"
        return ""
