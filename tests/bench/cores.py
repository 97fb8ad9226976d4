"""Which processor core does what: the server that is measured has one for itself, everything else the others."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def shares() -> tuple[set[int], set[int]]:
    """The cores for the server and for everything else; the same where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, set(cores[1:]) or {cores[0]}


@contextlib.contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """What is started meanwhile runs on *cores*."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_seconds(pid: int) -> float:
    """How long a processor has worked for process *pid*, its threads included."""
    fields = _stat(Path(f"/proc/{pid}"))
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def group_seconds(group: int) -> float:
    """The same for all processes of a group that run."""
    found = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if int(_stat(process)[2]) == group:
                found += processor_seconds(int(process.name))
    return found


def _stat(process: Path) -> list[bytes]:
    """What the kernel tells of a process, from its state on."""
    return (process / "stat").read_bytes().rpartition(b") ")[2].split()
