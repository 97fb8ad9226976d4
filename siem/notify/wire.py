"""What goes over the wire under the plugins of Apprise, watched: the status, what the other side says beside it.

The plugins give back whether they think that it went well, and no more; some think so though the other side has
refused in the body. They post by `requests.post`, each time in a session made for it, so this module puts a session of
its own in that place: it notes the answer for the thread that asked, follows no redirection, reads no proxy, no
password and no authority from the environment, and trusts the authorities that are set.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
import requests.sessions


@dataclass(slots=True)
class Seen:
    """What was seen of the exchanges of one attempt; of several, the last."""

    status: int = 0
    """Of the answer; 0 where there was none."""
    code: int | None = None
    """What the body calls `errcode` or `code`, where it is JSON and does: by 0 bots say that they took something."""
    retry_after_s: float | None = None
    trouble: str = ""
    """Why there was no answer: `tls`, `timeout`, `unreachable`, `redirected`."""
    notes: list[str] = field(default_factory=list)
    """Codes that were read from what the mail plugin logs."""
    finish: Callable[[bytes], bytes] | None = None
    """What makes of the body as the plugin has it the one that is sent, where anything is to be added."""


_local = threading.local()


@contextmanager
def seen() -> Iterator[Seen]:
    """What this thread exchanges from here on."""
    _local.seen = Seen()
    try:
        yield _local.seen
    finally:
        _local.seen = None


def current() -> Seen | None:
    """What notes the exchanges of this thread, where anything does."""
    found: Seen | None = getattr(_local, "seen", None)
    return found


class WatchedSession(requests.Session):
    """A session that `current` is told of."""

    authorities: str | bool = True
    """A PEM file of the authorities to trust; True for those that come with Requests."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """See `requests.Session`."""
        noted = current()
        if noted is not None and noted.finish is not None and isinstance(request.body, bytes):
            request.prepare_body(noted.finish(request.body), None)
        options |= {"verify": self.authorities, "allow_redirects": False}
        try:
            response = super().send(request, **options)
        except requests.RequestException as error:
            if noted is not None:
                noted.trouble = trouble_of(error)
            raise
        if noted is not None:
            noted.status = response.status_code
            noted.retry_after_s = seconds_in(response.headers.get("Retry-After", ""))
            noted.code = _code_in(response)
            noted.trouble = "redirected" if response.is_redirect else ""
        return response


def trust(authorities: str) -> None:
    """Let watched sessions trust the *authorities* of a PEM file alone; where none is named, those of Requests."""
    WatchedSession.authorities = authorities or True


def watch() -> None:
    """Let every request of this process, from here on, be made by a session that is watched."""
    requests.sessions.Session = WatchedSession  # type: ignore[misc]


def trouble_of(error: requests.RequestException) -> str:
    """A word for why a request came to nothing."""
    match error:
        case requests.exceptions.SSLError():
            return "tls"
        case requests.Timeout():
            return "timeout"
        case _:
            return "unreachable"


def _code_in(response: requests.Response) -> int | None:
    try:
        said = response.json()
    except ValueError:
        return None
    code = said.get("errcode", said.get("code")) if isinstance(said, dict) else None
    return code if isinstance(code, int) else None


def seconds_in(text: str) -> float | None:
    """Of a Retry-After that is a number; a date is left to the usual pause. Source: RFC 9110, 10.2.3."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
