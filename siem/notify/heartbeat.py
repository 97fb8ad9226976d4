"""The sign of life to somebody outside, who misses it when the whole machine is gone: given only while all is well."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from siem.notify.secret import Secret, WrongAddress, is_here
from siem.notify.wire import WatchedSession, trouble_of

EVERY = timedelta(minutes=1)
TIMEOUT_S = 10.0
METHODS = ("GET", "POST")


class Heartbeat:
    """Asks one address, which tells whoever is there that all was well."""

    def __init__(self, address: Secret, method: str) -> None:
        """Raises WrongAddress."""
        parts = urlsplit(address.reveal())
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise WrongAddress("`heartbeat` 的地址以 https:// 开头 / the address of the heartbeat begins with https://")
        if parts.scheme == "http" and not is_here(parts.hostname):
            raise WrongAddress("`heartbeat`：不加密的只限本机 / without TLS it is an address of this machine")
        self._address = address
        self._method = method

    def beat(self) -> str:
        """Give the sign of life. Returns what went wrong, as a code, or nothing."""
        try:
            with (
                WatchedSession() as session,
                session.request(self._method, self._address.reveal(), timeout=TIMEOUT_S, stream=True) as answer,
            ):
                return "" if answer.status_code < HTTPStatus.MULTIPLE_CHOICES else f"HTTP {answer.status_code}"
        except requests.RequestException as error:
            return trouble_of(error)
