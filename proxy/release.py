"""Lets a streamed answer go, window by window: masked, recorded, and only while nothing forbids it.

INVARIANT 1: after the first byte there is no error page. Whatever fails, the window is not returned, nothing after it
is, and the connection is cut without a terminator, so that no reader takes the rest for the whole.
"""

import contextlib
import time
from collections.abc import Callable

from policies.formats.masker import Masker, Tally, Withheld
from proxy.apart import Begins
from proxy.ledger import Ledger
from proxy.paced import AtOnce, Flows
from proxy.reasons import reason_for_body
from siem.record.log import RecordFailed

WINDOW_BYTES = 32 * 1024
"""An answer is released in windows of this size at least …"""
WINDOW_S = 0.25
"""… or of what has come by then since the last: a system behind that sends byte by byte must not fill the log, for
which each window is an event, and one that sends now and then must not wait for ever."""


class Release:
    """One streamed answer. Called with each chunk, with `b""` at the end, and with None where time has passed.

    Returns a list, never bytes: an empty `bytes` would end a chunked body (DESIGN decision 1).
    """

    def __init__(
        self,
        masker: Masker,
        ledger: Ledger,
        *,
        stopped: Callable[[], str | None],
        cut: Callable[[], None],
        judged: Callable[[Tally], str | None] = lambda tally: None,
        flows: Flows | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._masker = masker
        self._flows = flows if flows is not None else AtOnce(masker)
        """What the masker is given the answer by."""
        self._ledger = ledger
        self._stopped = stopped
        self._cut = cut
        self._judged = judged
        """Says of what a window shows why it must not go, or None."""
        self._clock = clock
        self._waiting = bytearray()
        self._released_s = self.moved_s = clock()
        """`moved_s`: when a chunk last came through, monotonic."""
        self.over = False
        """Whether the answer has ended, in whole or cut."""
        self.is_whole = False
        """Whether all of it has gone."""

    @property
    def due_in_s(self) -> float | None:
        """In how many seconds what has been masked must go; None where nothing can go."""
        waits = self._waiting and not self.over and not self._flows.is_amid
        return max(0.0, self._released_s + WINDOW_S - self._clock()) if waits else None

    @property
    def awaits(self) -> Begins | None:
        """What must be over before more can go, and before more is taken from the system behind; whoever calls this is
        to wait for it, and then to say that time has passed. None where nothing is waited for.
        """
        return None if self.over else self._flows.awaits

    def __call__(self, data: bytes | None) -> list[bytes]:
        """What may be written for the chunk *data*; `b""` says that the answer has ended, None that time has passed."""
        if self.over:
            return []
        try:
            return self._window(data)
        except Withheld as withheld:
            self.abort(reason_for_body(withheld.reason))
        except RecordFailed:
            self.abort("record_failed")
        return []

    def _window(self, data: bytes | None) -> list[bytes]:
        reason = self._stopped()
        if reason is not None:
            self.abort(reason)
            return []
        if data is not None:
            self._flows.take(data)
        if data is not None or self._flows.awaits is None:
            self.moved_s = self._clock()
        for piece in self._flows.go():
            self._waiting += piece
        is_end = self._flows.is_done and self._flows.awaits is None
        window = b""
        # Amid a slice more has been counted than has come out.
        if is_end or self.due_in_s == 0 or (len(self._waiting) >= WINDOW_BYTES and not self._flows.is_amid):
            window = bytes(self._waiting)
            self._waiting.clear()
        if window:
            tally = self._masker.tally.take()
            # Judging may take its time, and the lease may have ended meanwhile.
            if (reason := self._judged(tally) or self._stopped()) is not None:
                self.abort(reason)
                return []
            self._ledger.shown(tally)
            self._ledger.bytes_out += len(window)
            moment = self._clock()
            self._masker.tally.prose.lasts(moment - self._released_s)
            self._released_s = moment
        if is_end:
            self._ledger.closed("")
            self.over = self.is_whole = True
        return [window] if window else []

    def abort(self, reason: str) -> None:
        """Let nothing more go, and cut. Safe to call more than once."""
        if not self.over:
            self._cut()
            self.end(reason)

    def end(self, reason: str = "") -> None:
        """Let nothing more go of what has an end of its own, as messages have. Safe to call more than once."""
        if self.over:
            return
        self.over = True
        self._waiting.clear()
        self._flows.stop()
        with contextlib.suppress(RecordFailed):  # nothing more is released: only the cut itself goes unrecorded
            self._ledger.closed(reason)
