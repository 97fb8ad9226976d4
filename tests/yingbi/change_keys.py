"""`python -m tests.yingbi.change_keys HOME STEPS CHANGE`: changes keys, and is killed after so many steps.

With `full` behind it no file can grow beyond a few bytes, as on a full disk.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from yingbi.home import Home
from yingbi.keys.handling import KeyStore

CHANGES: dict[str, Callable[[KeyStore], object]] = {
    "rotate": lambda store: store.rotate(["hall", "register"]),
    "rotate root": lambda store: store.rotate_root(),
    "revoke": lambda store: store.revoke("hall", store.data_keys("hall").current.id, "lost"),
    "begin an epoch": lambda store: store.begin_epoch("lost"),
    "make": lambda store: store.make_missing(["hall", "register", "third"]),
}


class Killing:
    """Kills this process when it is about to change a file after so many times."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            flags = arguments[2]
            changes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        else:
            changes = event in ("os.rename", "os.link", "os.remove")
        if changes:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(home: str, steps: str, change: str, *full: str) -> None:
    if full:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
    sys.addaudithook(Killing(int(steps)))
    CHANGES[change](KeyStore(Home(Path(home)), lambda: datetime(2026, 11, 26, 9, tzinfo=UTC)))


if __name__ == "__main__":
    main(*sys.argv[1:])
