"""`python -m tests.fork_server DESCRIPTOR MODULE…`: imports the modules when it is first asked, and forks for who asks;
see `tests.forked`.

A process that was forked goes on as `python -m` would: with the environment, the folder and the descriptors that it
was given and no others. It ends as every Python does, but that it does not take apart all that it has imported: that
writes to, and so copies, the memory that it shares, and took longer than most of what it is forked for.
"""

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

LONGEST = 256 * 1024
"""Bytes of one request."""
MOST_DESCRIPTORS = 16
_OUT_OF_THE_WAY = 512
"""From here on descriptors are kept while those that a process begins with are put in their places."""


class Server:
    """Takes requests from one socket, of any number of processes; tells each the number of what it forked, and how that
    has ended.
    """

    def __init__(self, control: socket.socket, modules: Sequence[str]) -> None:
        self._control = control
        self._modules = modules
        self._ends: dict[int, int] = {}
        """By process, the descriptor that it is told at how it has ended."""
        self._woken, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for who runs the tests, and we end with them

    def serve(self) -> dict[str, Any]:
        """Return in each process that is forked, with what it is forked for. Ends where nobody asks any more."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                    self._reap()
                    continue
                asked, descriptors, _, _ = socket.recv_fds(self._control, LONGEST, MOST_DESCRIPTORS)
                if not asked:
                    sys.exit(0)
                request: dict[str, Any] = json.loads(asked)
                self._prepare()
                pid = os.fork()
                if pid == 0:
                    self._close()
                    _begin(request, descriptors)
                    return request
                self._ends[pid] = descriptors[0]
                for descriptor in descriptors[1:]:
                    os.close(descriptor)
                with contextlib.suppress(BrokenPipeError):  # who asked is gone
                    os.write(descriptors[0], f"{pid}\n".encode())

    def _prepare(self) -> None:
        if not self._modules and gc.get_freeze_count():
            return
        for module in self._modules:
            importlib.import_module(module)
        self._modules = ()
        gc.collect()
        gc.freeze()  # or the first collection in each of them would write to, and so copy, all the memory they share

    def _close(self) -> None:
        signal.set_wakeup_fd(-1)
        for each in (self._selector, self._control, self._woken, self._waking):
            each.close()

    def _reap(self) -> None:
        while self._ends:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            end = self._ends.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(end, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(end)


def _begin(request: dict[str, Any], descriptors: list[int]) -> None:
    """Be like a process that was just started."""
    if request["apart"]:
        os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    given = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for descriptor in descriptors[1:]]
    os.closerange(3, _OUT_OF_THE_WAY)
    for descriptor, place in zip(given, request["places"], strict=True):
        os.dup2(descriptor, place)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = [request["module"], *request["arguments"]]


def fork_for(control: socket.socket, modules: Sequence[str] = ()) -> NoReturn:
    """Fork for who asks at *control*, from this process as it is once it has imported *modules*."""
    request = Server(control, modules).serve()
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):  # Python says what it is, and ends with 1
            raise
        _end(ended.code or 0)
    _end(0)


def _end(code: int) -> NoReturn:
    """End with *code* once the threads have ended that have to, and what was to be done at the end is done."""

    def leave() -> None:
        with contextlib.suppress(Exception):  # then Python says what could not be written, as it does of others
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code)

    _AT_LAST.append(leave)
    sys.exit(code)


_AT_LAST: list[Callable[[], None]] = []
"""What is done after all else that is done at the end: this module is loaded before what may have something to do."""


@atexit.register
def _leave() -> None:
    for act in _AT_LAST:
        act()


def main() -> None:
    fork_for(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])


if __name__ == "__main__":
    main()
