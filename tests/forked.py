"""Processes of ours that begin with a fork, where the suite starts so many that their imports took most of its time.

What runs is the same module as after `python -m`, in a process of its own; see `tests.fork_server`. How an installation
starts its processes, and that they start at all, is for those tests that start one: they fork nothing.
"""

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tests.servers import ROOT

WORKERS = ("tests.worker_parts",)
COMMANDS = (
    "yingbi.check",
    "yingbi.credential",
    "yingbi.keys.escrow",
    "yingbi.explain",
    "yingbi.lines.permits",
    "yingbi.policy_desk",
    "yingbi.lines.policies",
    "yingbi.rehearsing.rehearse",
    "yingbi.status",
)
INSTALLATIONS = ("tests.installation_parts", "datasette.cli")
"""What three kinds of processes import, before they are forked."""
KINDS = (WORKERS, COMMANDS, INSTALLATIONS)

_LONGEST_STATUS = 16


class HasFileno(Protocol):
    """What is open, and has a number."""

    def fileno(self) -> int:
        """Its number."""


class Running(Protocol):
    """A process that was started, or one that was forked."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """How it has ended, or None."""

    def wait(self, timeout: float | None = None) -> int:
        """How it has ended, once it has. Raises subprocess.TimeoutExpired after *timeout* seconds."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


class Forked:
    """A process that was forked. See `Running`."""

    def __init__(self, pid: int, end: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._end = end
        self._closed = weakref.finalize(self, os.close, end)

    def poll(self) -> int | None:
        """See `Running`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """See `Running`."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(os.read(self._end, _LONGEST_STATUS))
            self._closed()
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """See `Running`."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended just now: what tells how comes after its end
                os.kill(self.pid, sig)

    def terminate(self) -> None:
        """See `Running`."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """See `Running`."""
        self.send_signal(signal.SIGKILL)


def control_sockets() -> tuple[socket.socket, socket.socket]:
    """Where one asks a process to fork, and where that is asked."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Asking:
    """Asks, at *control*, a process to fork; others may ask it at the same socket."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def fileno(self) -> int:
        """The number of the socket."""
        return self._control.fileno()

    def start(
        self,
        module: str,
        *arguments: str,
        stdin: HasFileno,
        stdout: HasFileno,
        stderr: HasFileno,
        keep: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        apart: bool = False,
    ) -> Forked:
        """`python -m` *module* with *arguments* in *folder*, which has the descriptors to *keep* besides.

        *apart*: in a session of its own.
        """
        end, theirs = os.pipe()
        request = {
            "module": module,
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "folder": str(folder),
            "apart": apart,
            "places": [0, 1, 2, *keep],
        }
        given = [theirs, stdin.fileno(), stdout.fileno(), stderr.fileno(), *keep]
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], given)
        finally:
            os.close(theirs)
        told = bytearray()
        while (one := os.read(end, 1)) not in (b"\n", b""):
            told += one
        return Forked(int(told), end)


class Forks(Asking):
    """One process that has imported *modules*, and forks. Another *server* than ours is told them as its arguments."""

    def __init__(self, modules: Sequence[str], server: str = "tests.fork_server") -> None:
        control, theirs = control_sockets()
        super().__init__(control)
        with theirs:
            command = [sys.executable, "-m", server, str(theirs.fileno()), *modules]
            nothing = subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=nothing, stdout=nothing, pass_fds=[theirs.fileno()]
            )
        atexit.register(self._stop)

    def _stop(self) -> None:
        with contextlib.suppress(OSError):  # it has ended
            self._control.shutdown(socket.SHUT_RDWR)  # whoever else can ask there
        self._control.close()
        self._process.wait()


@functools.cache
def forks(modules: Sequence[str]) -> Asking:
    """The one process that has imported *modules*: of the whole run, where that has one."""
    return _SHARED.get(modules) or Forks(modules)


_SHARED: dict[Sequence[str], Asking] = {}


def share(numbers: Sequence[int]) -> None:
    """Ask from now on at the sockets of these *numbers*, in the order of `KINDS`, in the place of own processes."""
    for modules, number in zip(KINDS, numbers, strict=True):
        _SHARED[modules] = Asking(socket.socket(fileno=number))


def run_forked(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    said: str = "",
    limit_s: float = 300,
) -> subprocess.CompletedProcess[str]:
    """What a command of ours does and prints which is told what is *said*, as `subprocess.run` has it."""
    with contextlib.ExitStack() as open_files:
        stdin, stdout, stderr = (open_files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        stdin.write(said.encode())
        stdin.seek(0)
        process = forks(COMMANDS).start(
            module, *arguments, stdin=stdin, stdout=stdout, stderr=stderr, environment=environment
        )
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        for file in (stdout, stderr):
            file.seek(0)
        return subprocess.CompletedProcess([module, *arguments], code, stdout.read().decode(), stderr.read().decode())


def start_forked(module: str, *arguments: str, out: Path, keep: Sequence[int] = ()) -> Forked:
    """A worker of ours, or what it asks; what it says goes to the file *out*."""
    with out.open("wb") as told, Path(os.devnull).open("rb") as nothing:
        return forks(WORKERS).start(module, *arguments, stdin=nothing, stdout=told, stderr=told, keep=keep)
