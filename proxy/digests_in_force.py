"""The digester that a worker uses: a new epoch is in force within a moment, and what cannot be read changes nothing."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from policies.digest import Digester
from policies.keys.epochs import BadEpochs, digester_in, ends_of, epochs_path, read_epochs
from proxy.ledger import Clock


class DigestsInForce:
    """The digester of the keys in *folder*; *said* is told, as a code, when a list of epochs cannot be taken.

    Raises BadEpochs where there is none to begin with.
    """

    def __init__(self, folder: Path, now: Clock, said: Callable[[str], None]) -> None:
        self._folder = folder
        self._now = now
        self._said = said
        self._stamp = self._looked()
        self._digester, self._ends = self._read()

    def __call__(self) -> Digester:
        """What digests are made with now; the same object as long as nothing has changed."""
        stamp = self._looked()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._digester, self._ends = self._read()
            except BadEpochs:
                self._said("epochs_refused")
        elif self._ends is not None and self._now() >= self._ends:
            self._digester, self._ends = self._digester.alone(), None
        return self._digester

    def _read(self) -> tuple[Digester, datetime | None]:
        """The digester, and until when it writes two digests, if it does."""
        digester = digester_in(self._folder, self._now())
        return digester, ends_of(read_epochs(self._folder)) if digester.former else None

    def _looked(self) -> tuple[int, int] | None:
        try:
            found = os.stat(epochs_path(self._folder))
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino
