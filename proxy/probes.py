"""Whether a worker answers and whether it is ready, for whoever decides where callers are led to, and nothing else.

What a probe asks is no exchange: it is answered before anything is looked at, and not recorded.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network

from proxy.message import Request
from proxy.signin import PREFIX, OwnAnswer

HEALTH = PREFIX + "health"
READY = PREFIX + "ready"
_TARGETS = (HEALTH.encode(), READY.encode())
_HEADERS = ((b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff"))


class Probes:
    """Answers those who ask from one of *networks*; *is_ready* tells whether the worker takes on new callers."""

    def __init__(self, networks: Iterable[str], is_ready: Callable[[], bool]) -> None:
        self._networks = [ip_network(network) for network in networks]
        self._is_ready = is_ready

    def answer(self, request: Request, target: bytes) -> OwnAnswer | None:
        """The answer to *request*, whose *target* is as it came; None where it is no probe, or comes from somebody who
        may not ask. Spelled otherwise it is none: what stands in front keeps callers from it by how it is spelled.
        """
        if target not in _TARGETS or request.method not in ("GET", "HEAD"):
            return None
        if not self._may_ask(request.source_ip):
            return None
        is_well = request.path == HEALTH or self._is_ready()
        body = b"ok\n" if is_well else b"not ready\n"
        return OwnAnswer(
            status=200 if is_well else 503, headers=_HEADERS, body=b"" if request.method == "HEAD" else body
        )

    def _may_ask(self, source: str) -> bool:
        address = ip_address(source) if source else None
        return address is not None and any(
            address.version == network.version and address in network for network in self._networks
        )
