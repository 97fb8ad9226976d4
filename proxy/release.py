"""Lets a streamed answer go, window by window: masked, recorded, and only while nothing forbids it.

INVARIANT 1: after the first byte there is no error page. Whatever fails, the window is not returned, nothing after it
is, and the connection is cut without a terminator, so that no reader takes the rest for the whole.
"""

import contextlib
import time
from collections.abc import Callable

from policies.formats.masker import Masker, Withheld
from proxy.ledger import Ledger
from proxy.reasons import reason_for_body
from siem.record.log import RecordFailed


class Release:
    """One streamed answer. Called with each chunk, and with `b""` at the end; returns what may be written.

    Returns a list, never bytes: an empty `bytes` would end a chunked body (DESIGN decision 1).
    """

    def __init__(
        self,
        masker: Masker,
        ledger: Ledger,
        *,
        stopped: Callable[[], str | None],
        cut: Callable[[], None],
    ) -> None:
        self._masker = masker
        self._ledger = ledger
        self._stopped = stopped
        self._cut = cut
        self.moved_s = time.monotonic()
        """When a window last came through, monotonic."""
        self.over = False
        """Whether the answer has ended, in whole or cut."""

    def __call__(self, data: bytes) -> list[bytes]:
        """What may be written for the chunk *data*; `b""` says that the answer has ended."""
        if self.over:
            return []
        try:
            return self._window(data)
        except Withheld as withheld:
            self.abort(reason_for_body(withheld.reason))
        except RecordFailed:
            self.abort("record_failed")
        return []

    def _window(self, data: bytes) -> list[bytes]:
        reason = self._stopped()
        if reason is not None:
            self.abort(reason)
            return []
        self.moved_s = time.monotonic()
        pieces = self._masker.feed(data) if data else self._masker.close()
        if pieces:
            self._ledger.shown(self._masker.tally.take())
            self._ledger.bytes_out += sum(map(len, pieces))
        if not data:
            self._ledger.closed("")
            self.over = True
        return pieces

    def abort(self, reason: str) -> None:
        """Let nothing more go, and cut. Safe to call more than once."""
        if self.over:
            return
        self.over = True
        self._cut()
        with contextlib.suppress(RecordFailed):  # nothing more is released: only the cut itself goes unrecorded
            self._ledger.closed(reason)
