"""The processes that the supervisor starts: how each is started, known to be ready, started again, and stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LARGEST_SAID = 16 * 1024 * 1024
"""Bytes of what one process has said; more of it is put aside once, at its next start."""
STOP_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
STEADY_S = 60.0
"""Who has run so long is started again at once."""


type Say = Callable[[str], None]
"""Takes a line that tells a person what is going on."""


class CannotStart(Exception):
    """A process does not come up. The message says which, and where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to run, for as long as the installation does."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[int], bool]
    """Whether the process of this pid does its work."""
    number: int | None = None
    """Of a worker, from 0."""
    goes_within_s: float = STOP_S
    """The longest that it may take to go once another process stands in its place."""
    leftover: Path | None = None
    """What its last process may have left, and the next one must not be taken for."""
    listens: Callable[[], socket.socket] | None = None
    """Makes the socket that it listens on, whose descriptor is the last word of its command. It is kept for as long as
    one process after another listens on it as planned, so that whoever comes meanwhile waits and is not turned away.
    """
    keeps_output: bool = True
    """Whether what it prints is kept, beside its errors. A system of others prints what it is asked, values and all."""


class Child(Protocol):
    """Something that runs, and is started again whenever it ends."""

    restarts: int
    """How often it was started again; -1 before its first start."""
    failing: int
    """How often in a row it has ended soon after its start; it is started again later each time."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def number(self) -> int | None:
        """Of a worker, from 0."""

    @property
    def pid(self) -> int:
        """Of the process as it is now, or 0."""

    @property
    def is_ready(self) -> bool:
        """Whether it does its work."""

    def look(self) -> int | None:
        """Start the process where there is none and its time has come. Returns how one has ended that did, or None."""

    def ask_to_stop(self) -> None:
        """Ask it to end."""

    def end(self, deadline: float) -> None:
        """Return once it has ended; at *deadline*, of the monotonic clock, it is killed."""

    def last_words(self) -> str:
        """The last line that it has said since it was started, or where to look."""


class Process:
    """A child that one job is the work of."""

    def __init__(self, job: Job, said: Path) -> None:
        self.job = job
        self.name = job.name
        self.number = job.number
        self.restarts = -1
        self.failing = 0
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None
        self._before: subprocess.Popen[bytes] | None = None
        """The process in whose place another is started; it goes on until that one does its work."""
        self._must_go_by = 0.0  # monotonic; 0: it was not asked to go yet
        self._listening: socket.socket | None = None
        self._started = 0.0
        self._began_at = 0  # where in its file what it says begins
        self._not_before = 0.0
        self._pause = FIRST_PAUSE_S

    @property
    def pid(self) -> int:
        """See `Child`."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    @property
    def is_ready(self) -> bool:
        """See `Child`."""
        return self.pid != 0 and self.job.is_ready(self.pid)

    def look(self) -> int | None:
        """See `Child`."""
        if self._process is None:
            if time.monotonic() >= self._not_before:
                self._start()
            return None
        code = self._process.poll()
        if code is None:
            self._let_go_of_before()
            return None
        if self._before is not None:
            return self._take_back(code)
        self._process = None
        if self._listening is not None:  # or the kernel would go on leading callers to where nobody is
            self._listening.close()
            self._listening = None
        ran = time.monotonic() - self._started
        self.failing = 0 if ran > STEADY_S else self.failing + 1
        self._pause = FIRST_PAUSE_S if ran > STEADY_S else min(self._pause * 2, LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + (0 if ran > STEADY_S else self._pause)
        return code

    def renew(self, job: Job) -> None:
        """Start a process that does *job* in the place of the one that runs, which is let go once the other works.

        Only for what other processes can do at the same time; nothing happens where none runs, or one is renewed.
        """
        if self.is_renewed or not self.pid:
            return
        self.job = job
        if job.leftover is not None and job.leftover.exists():  # the other goes on with it, if it has begun
            job.leftover.rename(_put_aside(job.leftover))
        self._before, self._must_go_by = self._process, 0.0
        self._process = self._spawned()
        self._started = time.monotonic()

    @property
    def is_renewed(self) -> bool:
        """Whether one process is about to stand in the place of another."""
        return self._before is not None

    def _let_go_of_before(self) -> None:
        before = self._before
        if before is None or not self.is_ready:
            return
        if before.poll() is not None:
            self._before = None
            if self.job.leftover is not None:
                _put_aside(self.job.leftover).unlink(missing_ok=True)
        elif not self._must_go_by:
            before.send_signal(signal.SIGHUP)
            self._must_go_by = time.monotonic() + self.job.goes_within_s
        elif time.monotonic() > self._must_go_by:
            before.kill()

    def _take_back(self, code: int) -> int:
        """What was to take the place has ended: the one before goes on, unless it was told to go already."""
        self._process, self._before = self._before, None
        if self.job.leftover is not None and _put_aside(self.job.leftover).exists():
            _put_aside(self.job.leftover).replace(self.job.leftover)
        return code

    def ask_to_stop(self) -> None:
        """See `Child`."""
        for process in (self._process, self._before):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGCONT)  # who is stopped cannot end
                process.send_signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """See `Child`."""
        for process in (self._process, self._before):
            if process is not None:
                _end(process, deadline)

    def last_words(self) -> str:
        """See `Child`."""
        said = self._path.read_bytes()[self._began_at :].decode("utf-8", "replace") if self._path.exists() else ""
        return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), f"see `{self._path}`")

    def _start(self) -> None:
        self._process = self._spawned()
        self._started = time.monotonic()
        self.restarts += 1

    def _spawned(self) -> subprocess.Popen[bytes]:
        if self._path.exists() and self._path.stat().st_size > LARGEST_SAID:
            self._path.replace(self._path.with_suffix(".log.1"))
        if self.job.leftover is not None:
            self.job.leftover.unlink(missing_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._began_at = os.fstat(descriptor).st_size
        try:
            if self._listening is None and self.job.listens is not None:
                self._listening = self.job.listens()
            kept = () if self._listening is None else (self._listening.fileno(),)
            out = descriptor if self.job.keeps_output else subprocess.DEVNULL
            return begun([*self.job.command, *map(str, kept)], kept, out, descriptor)
        finally:
            os.close(descriptor)

    @property
    def _path(self) -> Path:
        return self._said / f"{self.job.name}.log"


def begun(command: Sequence[str], kept: Sequence[int], out: int, err: int) -> subprocess.Popen[bytes]:
    """Start *command* with the descriptors *kept* besides the first three. What it says goes to *out* and *err*.

    A Ctrl-C is not for it: it is for the supervisor, who stops the others in order.
    """
    return subprocess.Popen(
        command, pass_fds=kept, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    )


def _end(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _put_aside(leftover: Path) -> Path:
    return leftover.with_name(f"{leftover.name}-before")


def stop_all(children: Iterable[Child]) -> None:
    """End all *children*: together, and within `STOP_S`."""
    found = list(children)
    for child in found:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_S
    for child in found:
        child.end(deadline)
