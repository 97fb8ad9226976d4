"""Which sessions have ended before their time: in none of them anybody is signed in, whatever cookie is shown.

Each is an empty file in a folder that all workers of a host share, so that a copy of its cookie counts no more, with
any of them, before or after a start. It is kept until the session would have been over for long.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from policies.durable import flush_folder
from proxy.identity.caller import BadCredential
from proxy.identity.sessions import Session

SLOT_S = 3600
KEPT_S = 7 * 86_400
"""So long beyond its own end it is known that a session has ended early: a clock may be set back."""
SWEPT_AT_ONCE = 2


class CannotTell(BadCredential):
    """Whether a session has ended cannot be known, or that it ends now cannot be kept."""

    reason = "session_unchecked"


class EndedSessions:
    """Those in *folder*, which is made here and never again: without it nothing can be told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._swept_until = -1
        self._sweeping: Iterator[Path] = iter(())

    def has(self, session: Session) -> bool:
        """Whether *session* has ended early. Raises CannotTell."""
        try:
            os.stat(self._file_of(session))
        except FileNotFoundError:
            if self._folder.is_dir():
                return False
            raise CannotTell from None
        except OSError:
            raise CannotTell from None
        return True

    def end(self, session: Session, unhurried: float) -> None:
        """Let *session* be over. It is on the disk when this returns. Raises CannotTell.

        By *unhurried*, a time that nobody has set ahead, it is known what is past.
        """
        path = self._file_of(session)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            for folder in (path.parent, self._folder):
                flush_folder(folder)
        except OSError:
            raise CannotTell from None
        self._sweep(int(unhurried - KEPT_S) // SLOT_S - 1)

    def _file_of(self, session: Session) -> Path:
        return self._folder / str(session.until // SLOT_S) / session.id

    def _sweep(self, last: int) -> None:
        """Go on removing what is past: every slot up to *last*."""
        if last > self._swept_until:
            self._swept_until = last
            self._sweeping = iter([path for path in self._folder.iterdir() if path.name.isdigit()])
        for path in islice(self._sweeping, SWEPT_AT_ONCE):
            if int(path.name) <= last:
                with suppress(OSError):  # other workers sweep as well
                    shutil.rmtree(path)
