"""How many requests each caller has made in the last minute, in memory that all workers of a host share.

Each row of the table counts 20 spans of three seconds and the one that runs, so that a request counts for a minute at
least and 63 seconds at most: no minute ever holds more than the limit. A caller counts in two rows that are chosen by a
hash, and the lower of the two is taken for how many there were; where others share both, it is too many and never too
few. Nothing in the table says who anybody is.
"""

import fcntl
import hashlib
import mmap
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from proxy.board import boot_time_ns

MINUTE_S = 60
_SPAN_NS = 3 * 10**9
_SPANS = MINUTE_S * 10**9 // _SPAN_NS + 1
_ROW = 32
"""Words of four bytes: which span runs, how many requests in all, how many in each span."""
_SPAN, _TOTAL, _FIRST = range(3)
_ROWS = 32
"""In a set, which is locked as a whole."""
_SETS = 2048
_SET_BYTES = 4 * _ROW * _ROWS
_TRIES = 200
"""So often a lock that another worker holds is tried again: it is held for microseconds."""


class RequestRate:
    """The table in the file *path*, made if there is none."""

    def __init__(self, path: Path, uptime_ns: Callable[[], int] = boot_time_ns) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._fd, _SETS * _SET_BYTES)
        self._words = memoryview(mmap.mmap(self._fd, _SETS * _SET_BYTES)).cast("I")
        self._uptime_ns = uptime_ns

    def wait_s(self, limit: str, caller: str, most: int) -> int:
        """Count a request of *caller* under *limit*. Returns 0, or after how many seconds there is room for one.

        What is refused does not count.
        """
        place, one, other = _rows_of(limit, caller)
        if not self._lock(place):
            return 1  # a worker was stopped with it in its hand
        try:
            words, span = self._words, self._uptime_ns() // _SPAN_NS
            for row in (one, other):
                if words[row + _SPAN] != span:
                    self._go_on(row, span)
            if words[one + _TOTAL] >= most and words[other + _TOTAL] >= most:
                return min(self._left_s(row, span) for row in (one, other))
            for row in (one, other):
                words[row + _TOTAL] += 1
                words[row + _FIRST + span % _SPANS] += 1
            return 0
        finally:
            fcntl.lockf(self._fd, fcntl.LOCK_UN, _SET_BYTES, place)

    def _lock(self, place: int) -> bool:
        for _ in range(_TRIES):
            try:
                fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, _SET_BYTES, place)
            except OSError:
                continue
            return True
        return False

    def _go_on(self, row: int, span: int) -> None:
        """Let go of the spans of *row* that are over at *span*."""
        words, last = self._words, self._words[row + _SPAN]
        # Long ago, or before the machine was started anew: then all of it.
        first = last + 1 if 0 <= span - last < _SPANS else span - _SPANS + 1
        for passed in range(first, span + 1):
            words[row + _FIRST + passed % _SPANS] = 0
        words[row + _TOTAL] = sum(words[row + _FIRST : row + _FIRST + _SPANS])
        words[row + _SPAN] = span

    def _left_s(self, row: int, span: int) -> int:
        """After how many seconds the oldest requests of *row* count no more."""
        counts = self._words[row + _FIRST : row + _FIRST + _SPANS]
        ahead = next(number for number in range(1, _SPANS + 1) if counts[(span + number) % _SPANS])
        return ahead * _SPAN_NS // 10**9


@lru_cache(maxsize=4096)
def _rows_of(limit: str, caller: str) -> tuple[int, int, int]:
    """Where the set of the caller begins, in bytes, and its two rows in it, in words."""
    number = int.from_bytes(hashlib.blake2b(f"{limit}\0{caller}".encode(), digest_size=8).digest())
    number, chosen = divmod(number, _SETS)
    number, first = divmod(number, _ROWS)
    second = (first + 1 + number % (_ROWS - 1)) % _ROWS
    begins = chosen * _ROWS
    return chosen * _SET_BYTES, (begins + first) * _ROW, (begins + second) * _ROW
