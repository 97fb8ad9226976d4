"""Sends the newest anchor to every second party, each in a thread of its own: one that hangs keeps nobody else.

A party that is away gets the newest anchor once it is back. It needs none of those between: each names, by its digest,
every seal before.
"""

import threading
from pathlib import Path

from siem.record.anchor import Anchor, second_party

RETRY_S = 10.0


class Anchoring:
    """One second party, at *place*."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.kept: Anchor | None = None
        """The last anchor that the party has taken."""
        self.trouble = ""
        """Why it took none the last time, or empty."""
        self._newest: Anchor | None = None
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"anchor-{place.name}", daemon=True)
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
                    second_party(self.place).put(anchor)
                    self.kept, self.trouble = anchor, ""
                except OSError as error:
                    self.trouble = error.strerror or str(error)
            if stopping:
                return
            if self.trouble:
                with self._wake:
                    self._wake.wait_for(lambda: self._stopping, RETRY_S)
