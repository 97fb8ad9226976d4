"""The control board: a page of shared memory through which the supervisor tells every worker of a host what is current.

It holds six numbers and no data: the generations of the programs, of the overlay, of the permits and of the keys of
issuers, when the supervisor last gave a sign of life, and when a worker last missed a key of an issuer's. A worker
looks at it on each request and each window, which costs it nothing.
"""

import mmap
import os
import time
from pathlib import Path

_PROGRAMS, _OVERLAY, _HEARTBEAT, _PERMITS, _ISSUERS, _MISSED = range(6)
_BYTES = mmap.PAGESIZE


def boot_time_ns() -> int:
    """Nanoseconds since the machine started, suspended or not: unlike the clock, nobody can set it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Board:
    """The board in the file *path*, made if there is none."""

    def __init__(self, path: Path) -> None:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(fd, _BYTES)
            self._memory = mmap.mmap(fd, _BYTES)
        finally:
            os.close(fd)
        # Aligned words of eight bytes: the processor reads and writes each at once.
        self._words = memoryview(self._memory).cast("Q")

    @property
    def programs(self) -> int:
        """Generation of the programs; grows with each publication."""
        return self._words[_PROGRAMS]

    @programs.setter
    def programs(self, generation: int) -> None:
        self._words[_PROGRAMS] = generation

    @property
    def overlay(self) -> int:
        """Generation of the overlay; grows with each publication."""
        return self._words[_OVERLAY]

    @overlay.setter
    def overlay(self, generation: int) -> None:
        self._words[_OVERLAY] = generation

    @property
    def permits(self) -> int:
        """Generation of the permits; grows with each publication."""
        return self._words[_PERMITS]

    @permits.setter
    def permits(self, generation: int) -> None:
        self._words[_PERMITS] = generation

    @property
    def issuers(self) -> int:
        """Generation of the keys of issuers; grows with each publication."""
        return self._words[_ISSUERS]

    @issuers.setter
    def issuers(self, generation: int) -> None:
        self._words[_ISSUERS] = generation

    @property
    def missed_ns(self) -> int:
        """When a worker last met a token whose key it did not know, as `boot_time_ns`."""
        return self._words[_MISSED]

    def miss(self) -> None:
        """Say that a key is missing: perhaps its issuer has a new one."""
        self._words[_MISSED] = boot_time_ns()

    @property
    def heartbeat_ns(self) -> int:
        """When the supervisor last gave a sign of life, as `boot_time_ns`."""
        return self._words[_HEARTBEAT]

    def beat(self) -> None:
        """Give a sign of life."""
        self._words[_HEARTBEAT] = boot_time_ns()

    def close(self) -> None:
        """Let go of the memory."""
        self._words.release()
        self._memory.close()
