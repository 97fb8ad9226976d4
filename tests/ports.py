"""Ports for what tests start, which nobody else on this machine is given: no other process of a run, no other run.

A port that was only looked at may be somebody else's by the time that it is used. These lie below those that the kernel
hands out by itself, and each process that runs tests has a block of them, for as long as it lives.
"""

import os
import socket

FIRST, BLOCK, BLOCKS = 12_000, 200, 100


class _Block:
    """The block that this process has reserved: a name in the kernel's own name space, which ends with the process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._reserved = socket.socket(socket.AF_UNIX)
        for number in range(BLOCKS):
            try:
                self._reserved.bind(f"\0yingbi-tests-ports-{number}")
            except OSError:
                continue
            self._first = FIRST + number * BLOCK
            self._next = 0
            return
        raise AssertionError("others have reserved all ports")

    def take(self, count: int) -> int:
        """The first of *count* ports in a row; those that were taken longest ago come first."""
        for _ in range(BLOCK):
            if self._next + count > BLOCK:
                self._next = 0
            base = self._first + self._next
            self._next += 1
            if all(_is_free(port) for port in range(base, base + count)):
                self._next += count - 1
                return base
        raise AssertionError("all ports of this process are in use")


_BLOCKS: list[_Block] = []


def free_ports(count: int) -> int:
    """The first of *count* ports in a row of the loopback interface, on which nothing listens and nothing else will."""
    if not _BLOCKS or _BLOCKS[0].owner != os.getpid():  # a fork has not reserved what its parent has
        _BLOCKS[:] = [_Block()]
    return _BLOCKS[0].take(count)


def free_port() -> int:
    """One such port."""
    return free_ports(1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
