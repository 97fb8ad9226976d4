"""The cookies of systems behind: sealed before a browser keeps them, opened before a system gets them back.

A cookie holds whatever a system puts there: Django's holds the messages of its next page, names included. A browser
only has to bring it back, so it needs to read nothing of it.
"""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from policies.keys.data_keys import BadToken, DataKeys
from policies.recognisers.scan import scan
from policies.transforms.encrypt import Cipher
from proxy.identity.caller import COOKIE

LARGEST = 4096
"""Bytes of a cookie with its attributes; browsers keep no larger one."""

_BOUND = "bound"
_OF_CREDENTIALS = ("HttpOnly", "Secure", "SameSite=Lax")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_DATE = re.compile(r"[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT", re.ASCII)
_ATTRIBUTES = {
    "expires": ("Expires", _DATE),
    "httponly": ("HttpOnly", None),
    "max-age": ("Max-Age", re.compile(r"-?\d{1,9}", re.ASCII)),
    "partitioned": ("Partitioned", None),
    "path": ("Path", re.compile(r"/[A-Za-z0-9/._-]{0,200}")),
    "samesite": ("SameSite", re.compile(r"strict|lax|none", re.IGNORECASE)),
    "secure": ("Secure", None),
}
"""How each is written, and what its value looks like, where it has one. `Domain` is none of them: a cookie is one
system's, and opens for no other."""


class TooLarge(Exception):
    """The cookie, once sealed, is larger than any browser keeps."""


def cookie_set_by(set_cookie: str) -> tuple[str, str]:
    """Name and value of the cookie that a `Set-Cookie` sets; both empty where it sets none."""
    name, is_pair, value = (part.strip() for part in set_cookie.partition(";")[0].partition("="))
    return (name, value) if is_pair else ("", "")


class Cookies:
    """Those of one *system*, sealed with its data *keys*."""

    def __init__(self, keys: DataKeys, system: str) -> None:
        self._cipher = Cipher(keys, "cookie")
        self._system = system

    def sealed(self, set_cookie: str, bound: Mapping[str, str] = MappingProxyType({})) -> str | None:
        """The value of a `Set-Cookie` as it may leave; None where its name may not. Raises TooLarge.

        What is *bound* to its name goes with it, in the same token.
        """
        name, value = cookie_set_by(set_cookie)
        if not name or not _NAME.fullmatch(name) or name.lower() == COOKIE.lower() or scan(name):
            return None
        written: list[str] = [*filter(None, map(_written, set_cookie.split(";")[1:]))]
        if name in bound:
            # The cookie is a credential now: as well kept as one, whatever the system behind says of it.
            said = {each.partition("=")[0] for each in written}
            written += [each for each in _OF_CREDENTIALS if each.partition("=")[0] not in said]
            token = self._cipher.encrypt(json.dumps([value, bound[name]]).encode(), self._system, name, _BOUND)
        else:
            token = self._cipher.encrypt(value.encode("utf-8", "surrogateescape"), self._system, name)
        kept = "; ".join([f"{name}={token}", *written])
        if len(kept) > LARGEST:
            raise TooLarge
        return kept

    def opened(self, name: str, token: str) -> str | None:
        """What the system set as the cookie *name*; None where it never set this one."""
        try:
            return self._cipher.decrypt(token, self._system, name).decode("utf-8", "surrogateescape")
        except BadToken:
            found = self.bound(name, token)
            return found[0] if found is not None else None

    def bound(self, name: str, token: str) -> tuple[str, str] | None:
        """What the system set as the cookie *name*, and what was bound to it; None where nothing was."""
        try:
            value, bound = json.loads(self._cipher.decrypt(token, self._system, name, _BOUND))
        except BadToken:
            return None
        return value, bound


def _written(attribute: str) -> str | None:
    name, _, value = (part.strip() for part in attribute.partition("="))
    written, pattern = _ATTRIBUTES.get(name.lower(), ("", None))
    if pattern is None:
        return written or None
    return f"{written}={value}" if pattern.fullmatch(value) and not scan(value) else None
