"""Knows a browser again in which an account has been signed in to before.

Whoever can reach the sign-in form can let attempts under any name fail, until that name has to wait. Attempts from a
browser that the account was used in are counted by themselves, so that strangers keep nobody out of it.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import hashlib
import hmac
import secrets

MOST_MARKS = 4
"""Accounts that one browser is known for: those used last. A computer at a counter has several people before it."""
_NONCE_BYTES = 16
_BETWEEN = "~"


def mark(name: str, stored: str) -> str:
    """What a browser keeps once *name* has signed in; *stored* is the hash of its password, and the key of the mark.

    With another password every mark ends.
    """
    nonce = secrets.token_hex(_NONCE_BYTES)
    return f"{nonce}.{_mac(nonce, name, stored)}"


def is_mark(sent: str, name: str, stored: str) -> bool:
    """Whether *sent* was made by `mark` for this name and password."""
    nonce, _, mac = sent.partition(".")
    return hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(nonce, name, stored).encode())


def known_mark(sent: str, name: str, stored: str) -> str:
    """The mark among those *sent* that was made by `mark` for this name and password; empty where none was."""
    return next((each for each in _marks(sent) if is_mark(each, name, stored)), "")


def with_mark(sent: str, name: str, stored: str) -> str:
    """What a browser keeps that has *sent* these marks once *name* has signed in: its mark first, then the others."""
    known = known_mark(sent, name, stored)
    others = [each for each in _marks(sent) if each and each != known]
    return _BETWEEN.join([known or mark(name, stored), *others][:MOST_MARKS])


def _marks(sent: str) -> list[str]:
    return sent.split(_BETWEEN, MOST_MARKS)[:MOST_MARKS]


def _mac(nonce: str, name: str, stored: str) -> str:
    text = "\0".join(("yingbi console device 1", name, nonce)).encode("utf-8", "replace")
    return hmac.new(stored.encode(), text, hashlib.sha256).hexdigest()
