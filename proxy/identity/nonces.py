"""Which signed requests have been taken: none is taken twice, by whatever worker of this host, before or after a start.

Each nonce is an empty file, which only one worker can make; they lie in a folder for each minute in which their
requests say they were signed. What is long past is removed, and a mark is left of up to when, so that a clock that is
set back lets nothing in again.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from proxy.board import boot_time_ns
from proxy.identity.caller import BadCredential
from proxy.identity.signed_request import WINDOW_S, SignedRequest

SLOT_S = 60
SWEPT_AT_ONCE = 4
"""Files that are removed for each request that is taken: more than come to be, and no request waits for all of them."""
_MARK = ".forgotten"


class Replayed(BadCredential):
    """The request has been taken before."""

    reason = "request_replayed"


class CannotTell(BadCredential):
    """Whether the request has been taken before cannot be known, or that it is taken now cannot be kept."""

    reason = "replay_unchecked"


class Nonces:
    """Those in *folder*. *uptime_ns* tells for how long the machine has been running."""

    def __init__(self, folder: Path, uptime_ns: Callable[[], int] = boot_time_ns) -> None:
        self._folder = folder
        self._uptime_ns = uptime_ns
        self._forgotten = -1
        self._sweeping: Iterator[None] = iter(())

    def take(self, signed: SignedRequest, now: float, unhurried: float) -> None:
        """Take *signed*, whose signature is good, at the POSIX time *now*. Raises Replayed or CannotTell.

        By *unhurried*, a time that nobody has set ahead, it is known what is past.
        """
        # A nonce may be lost with the power, and what was signed a little ahead of our clock is good for longer.
        if self._uptime_ns() / 1e9 < now - signed.created + WINDOW_S:
            raise CannotTell
        slot = signed.created // SLOT_S
        name = hashlib.sha256(f"{signed.key_id} {signed.nonce}".encode()).hexdigest()
        try:
            self._forget(int(unhurried - 2 * WINDOW_S) // SLOT_S - 1)
            if not (self._folder / str(slot)).is_dir():
                self._begin(slot)
            _make(self._folder / str(slot) / name)
        except OSError:
            raise CannotTell from None

    def _begin(self, slot: int) -> None:
        """Make the folder of *slot*. Raises CannotTell where what it held is forgotten: it was long past once."""
        folder = self._folder / str(slot)
        with suppress(FileExistsError):  # another worker has been faster
            folder.mkdir(mode=0o700, parents=True)
        marks = (path.name.removesuffix(_MARK) for path in self._folder.glob(f"*{_MARK}"))
        if slot <= max(map(int, marks), default=-1):
            folder.rmdir()
            raise CannotTell

    def _forget(self, last: int) -> None:
        """Go on removing what is past: every slot up to *last*."""
        if last > self._forgotten:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / f"{last}{_MARK}").touch(mode=0o600)
            self._forgotten, self._sweeping = last, self._swept(last)
        for _ in islice(self._sweeping, SWEPT_AT_ONCE):
            pass

    def _swept(self, last: int) -> Iterator[None]:
        """Remove what is of no more use, and yield after each file."""
        for path in sorted(self._folder.iterdir()):
            number, mark = path.name.removesuffix(_MARK), path.name.endswith(_MARK)
            if not number.isdigit() or int(number) > last or (mark and int(number) == last):
                continue
            with suppress(OSError):  # other workers sweep as well
                if mark:
                    path.unlink()
                    continue
                for nonce in os.scandir(path):
                    with suppress(FileNotFoundError):
                        os.unlink(nonce)
                    yield
                path.rmdir()


def _make(path: Path) -> None:
    """Make the file *path*. Raises Replayed where there is one, OSError where none can be made."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise Replayed from None
