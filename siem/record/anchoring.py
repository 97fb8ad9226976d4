"""Sends the newest anchor to every second party, each in a thread of its own: one that hangs keeps nobody else.

A party that is away, or that is not to be told so often, gets the newest anchor once it is its time. It needs none of
those between: each names, by its digest, every seal before.
"""

import threading
from collections.abc import Callable

from siem.record.anchor import Anchor, SecondParty

RETRY_S = 10.0


class Anchoring:
    """One second party, known as *place*, whom *opened* finds each time: it may come later, or go and come back.

    It is told again *every_s* seconds later at the soonest.
    """

    def __init__(self, place: str, opened: Callable[[], SecondParty], every_s: float = 0) -> None:
        self.place = place
        self._opened = opened
        self._every_s = every_s
        self.kept: Anchor | None = None
        """The last anchor that the party has taken."""
        self.trouble = ""
        """Why it took none the last time, or empty."""
        self._newest: Anchor | None = None
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="anchor", daemon=True)
        self._thread.start()

    def offer(self, anchor: Anchor) -> None:
        """Send *anchor* when the party takes it, unless a newer one is offered before."""
        with self._wake:
            if anchor != self._newest:
                self._newest = anchor
                self._wake.notify()

    def stop(self, timeout_s: float) -> None:
        """Send what was offered last and end; after *timeout_s* it is let go."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopping and self._newest == self.kept:
                    self._wake.wait()
                anchor, stopping = self._newest, self._stopping
            if anchor is not None and anchor != self.kept:
                try:
                    self._opened().put(anchor)
                    self.kept, self.trouble = anchor, ""
                except OSError as error:
                    self.trouble = error.strerror or str(error)
            if stopping:
                return
            with self._wake:
                self._wake.wait_for(lambda: self._stopping, RETRY_S if self.trouble else self._every_s)
