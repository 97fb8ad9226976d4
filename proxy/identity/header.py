"""Tells a system behind who asks, in a header that the gateway signs: a JSON Web Token of one minute for one request.

The system gets no credential of the caller's, and need not believe who connects to it. What a caller sends under the
name of the header is never sent on, also where the gateway says nothing of him.
"""

from typing import Any

from proxy.identity.caller import Caller
from proxy.identity.header_keys import ISSUER, IdentityKeys
from proxy.ledger import Ledger
from proxy.system import System
from proxy.verdict import Forward
from siem.record.event import CallerKind

LASTS_S = 60


class IdentityHeaders:
    """Those of one installation, which signs as *issuer*."""

    def __init__(self, keys: IdentityKeys, issuer: str = ISSUER) -> None:
        self.keys = keys
        self._issuer = issuer

    def of(self, system: System, forward: Forward, ledger: Ledger) -> tuple[str, str] | None:
        """Name and value of the header for a request; an empty value where only the caller's own is kept back.

        None where the system has declared none. Raises NoIdentityKey.
        """
        rule = system.program.identity_header
        if rule is None:
            return None
        caller = ledger.caller
        if caller.kind is CallerKind.ANONYMOUS and not rule.anonymous:
            return rule.name, ""
        issued = int(ledger.started.timestamp())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": rule.audience,
            "iat": issued,
            "exp": issued + LASTS_S,
            "jti": ledger.event,
            "htm": forward.request.method,
            "host": forward.request.host,
            **_told_of(caller, is_named=rule.names_citizens),
            "purpose": forward.view.purpose,
        }
        return rule.name, self.keys.signed({name: value for name, value in claims.items() if value})


def _told_of(caller: Caller, *, is_named: bool) -> dict[str, Any]:
    """The claims about *caller*; a citizen by name only where the system *is_named* them."""
    return {
        "sub": (caller.named if is_named else "") or caller.id,
        "kind": caller.kind.value,
        "posts": sorted(caller.posts),
        "purposes": sorted(caller.purposes),
        "on_behalf_of": caller.on_behalf_of,
        "basis": caller.basis,
        "credential": caller.credential,
    }
