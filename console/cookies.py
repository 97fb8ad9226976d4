"""The cookies, and the token that every form carries.

`__Host-` binds a cookie to this host: no neighbour and no page without TLS can set one. Strict keeps it from being sent
with anything that another site starts.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

SESSION = "__Host-yingbi-console"
"""The token of the session. It has no age: the browser forgets it when it closes, the server before."""
VISIT = "__Host-yingbi-console-visit"
"""A random text for who is not signed in, so that the sign-in form has a token too."""
DONE = "__Host-yingbi-console-done"
"""The code of a confirmation that the next page shows once."""
DEVICE = "__Host-yingbi-console-device"
"""Says that somebody has signed in here before; see `console.devices`. It lets nobody in."""

_SECONDS = {DONE: 60, DEVICE: 180 * 24 * 3600}
"""How long a browser keeps what it does not forget when it closes."""
_SAME_SITE: Literal["strict"] = "strict"


def put(response: Response, name: str, value: str) -> None:
    """Set the cookie *name*."""
    response.set_cookie(
        name, value, max_age=_SECONDS.get(name), path="/", secure=True, httponly=True, samesite=_SAME_SITE
    )


def drop(response: Response, name: str) -> None:
    """Take the cookie *name* back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite=_SAME_SITE)


def new_visit() -> str:
    """A secret for a browser that has none."""
    return secrets.token_urlsafe(16)


def token_of(secret: str) -> str:
    """What the forms of this session, or this visit, carry. It tells nothing about *secret*."""
    mac = hmac.new(secret.encode("utf-8", "replace"), b"yingbi console form 1", hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def handle_of(token: str, *parts: str) -> str:
    """What stands on a page of the session with *token* in the place of *parts*, which nobody reads from it."""
    mac = hmac.new(token.encode(), "\0".join(("yingbi console handle 1", *parts)).encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:18]).decode()


def is_token(sent: str, secret: str) -> bool:
    """Whether *sent* is the token of *secret*; the time taken does not tell how far it is."""
    return bool(secret) and hmac.compare_digest(sent.encode("utf-8", "replace"), token_of(secret).encode())


def comes_from_here(request: Request) -> bool:
    """Whether the browser says that a page of ours started this. One that says nothing is left to the form's token."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin is None or origin == f"https://{request.headers.get('host', '')}"
