"""The processes that the supervisor starts: how each is started, known to be ready, started again, and stopped."""

import contextlib
import os
import signal
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
    leftover: Path | None = None
    """What its last process may have left, and the next one must not be taken for."""
    keeps_output: bool = True
    """Whether what it prints is kept, beside its errors. A system of others prints what it is asked, values and all."""


class Child(Protocol):
    """Something that runs, and is started again whenever it ends."""

    restarts: int
    """How often it was started again; -1 before its first start."""

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
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None
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
            return None
        self._process = None
        ran = time.monotonic() - self._started
        self._pause = FIRST_PAUSE_S if ran > STEADY_S else min(self._pause * 2, LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + (0 if ran > STEADY_S else self._pause)
        return code

    def ask_to_stop(self) -> None:
        """See `Child`."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGCONT)  # who is stopped cannot end
                os.kill(self.pid, signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """See `Child`."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """See `Child`."""
        said = self._path.read_bytes()[self._began_at :].decode("utf-8", "replace") if self._path.exists() else ""
        return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), f"see `{self._path}`")

    def _start(self) -> None:
        if self._path.exists() and self._path.stat().st_size > LARGEST_SAID:
            self._path.replace(self._path.with_suffix(".log.1"))
        if self.job.leftover is not None:
            self.job.leftover.unlink(missing_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._began_at = os.fstat(descriptor).st_size
        try:
            self._process = subprocess.Popen(
                self.job.command,
                stdin=subprocess.DEVNULL,
                stdout=descriptor if self.job.keeps_output else subprocess.DEVNULL,
                stderr=descriptor,
                start_new_session=True,  # a Ctrl-C is for the supervisor, who stops the others in order
            )
        finally:
            os.close(descriptor)
        self._started = time.monotonic()
        self.restarts += 1

    @property
    def _path(self) -> Path:
        return self._said / f"{self.job.name}.log"


def stop_all(children: Iterable[Child]) -> None:
    """End all *children*: together, and within `STOP_S`."""
    found = list(children)
    for child in found:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_S
    for child in found:
        child.end(deadline)
