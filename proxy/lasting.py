"""Whether what a stream was opened by still holds: it may last for hours, and other answers are over in a moment."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from proxy.decide import Forward
from proxy.identity import BadCredential, Caller
from proxy.system import System
from proxy.ways import Credential

EVERY_S = 1.0
"""Seconds between two looks: to verify a token costs more than a message does."""


class Lasting:
    """The credential, the policy and the grants that *forward* was decided by for *caller*."""

    def __init__(
        self,
        credential: Credential | None,
        caller: Caller,
        system: System,
        forward: Forward,
        now: datetime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # What was signed, or said by a front proxy, was a single request, which counted when it came.
        self._credential = credential if isinstance(credential, str) else None
        self._caller = caller
        self._system = system
        self._forward = forward
        self._clock = clock
        self._looked_s = clock()
        self._view = self._view_at(now)
        self._ended: str | None = None

    def ended(self, systems: Mapping[str, System], now: datetime) -> str | None:
        """Why the stream must not go on at *now*, if it must not; *systems* are those in force, by host."""
        if self._ended is None and self._clock() >= self._looked_s + EVERY_S:
            self._looked_s = self._clock()
            self._ended = self._why(systems, now)
        return self._ended

    def _why(self, systems: Mapping[str, System], now: datetime) -> str | None:
        if systems.get(self._forward.request.host) is not self._system or self._view_at(now) is not self._view:
            return "answer_cut"  # it would be shown otherwise now
        if self._credential is not None:
            try:
                self._system.identity.caller(self._credential, now.timestamp())
            except BadCredential as bad:
                return bad.reason
        return None

    def _view_at(self, now: datetime) -> object:
        operation, address = self._forward.operation, self._forward.request.source_ip
        return self._system.view_of(self._caller, now, operation=operation, address=address, strictest=False)
