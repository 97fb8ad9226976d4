"""Whether what a stream was opened by still holds: it may last for hours, and other answers are over in a moment.

Every kind of credential is looked at again. A download has an end, and goes on by the policy that it began under; an
event stream or a WebSocket has none, and ends where it would be shown otherwise now.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from policies.program_callers import CertificatesRule
from proxy.identity.caller import BadCredential, Caller
from proxy.identity.client_certificates import Shown
from proxy.identity.ways import Credential
from proxy.system import System
from proxy.verdict import Forward

EVERY_S = 1.0
"""Seconds between two looks: to verify a token costs more than a message does."""

type Shows = Callable[[CertificatesRule | None, datetime], object]
"""What the caller's connection shows now to a system that asks so; see `client_certificates.Handshakes.shown`."""


class Lasting:
    """The credential, and where it *follows_policy* the policy and the grants, that *forward* was decided by for
    *caller*. A certificate is one that the connection still *shows*.
    """

    def __init__(
        self,
        credential: Credential | None,
        caller: Caller,
        system: System,
        forward: Forward,
        now: datetime,
        shows: Shows,
        *,
        follows_policy: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credential = credential
        self._shows = shows
        self._caller = caller
        self._system = system
        self._forward = forward
        self._clock = clock
        self._looked_s = clock()
        self._view = self._view_at(now) if follows_policy else None
        self._ended: str | None = None

    def ended(self, systems: Mapping[str, System], now: datetime) -> str | None:
        """Why the stream must not go on at *now*, if it must not; *systems* are those in force, by host."""
        if self._ended is None and self._clock() >= self._looked_s + EVERY_S:
            self._looked_s = self._clock()
            self._ended = self._why(systems, now)
        return self._ended

    def _why(self, systems: Mapping[str, System], now: datetime) -> str | None:
        system = systems.get(self._forward.request.host)
        if system is None:
            return "answer_cut"
        if self._view is not None and (system is not self._system or self._view_at(now) is not self._view):
            return "answer_cut"  # it would be shown otherwise now
        try:
            if isinstance(self._credential, Shown):
                self._shows(system.program.certificates, now)
            system.identity.check(self._credential, now.timestamp())
        except BadCredential as bad:
            return bad.reason
        return None

    def _view_at(self, now: datetime) -> object:
        operation, address = self._forward.operation, self._forward.request.source_ip
        return self._system.view_of(self._caller, now, operation=operation, address=address, strictest=False)
