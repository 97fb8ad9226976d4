"""To be told by mail: a form without a script, and the two pages that links in mails lead to.

What is typed here is an address, which is personal data. This process cannot read what it has taken: it hands it on,
encrypted for another, and answers the same to everybody. A page that a link leads to does nothing until its button is
pressed, since programs that look through mails follow every link.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Protocol
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bulletin.links import LARGE, LiveLinks
from bulletin.pages import Pages

ASK, CONFIRM, LEAVE = "/subscribe", "/subscribe/confirm", "/unsubscribe"
LONGEST_BODY = 4096
"""Bytes of a form."""
LONGEST_TOKEN = 512
PER_SOURCE, IN_ALL, EVERY_S = 10, 600, 3600.0
"""So many addresses are taken within that time from one place, and from everywhere."""
MOST_SOURCES = 10_000
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{6,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")


class NotTaken(Exception):
    """What was asked for cannot be handed on now."""


class Counter(Protocol):
    """Who takes what is asked for here. Each raises NotTaken."""

    def ask(self, address: str) -> None:
        """Somebody wants *address* to be told."""

    def fits(self, token: str, what: str) -> bool:
        """Whether *token* is one of ours for *what*, `confirm` or `leave`, and its time has not run out."""

    def confirm(self, token: str) -> None:
        """Whoever reads that address wants it."""

    def leave(self, token: str) -> None:
        """Whoever reads that address no longer wants it."""


@dataclass(slots=True)
class _Count:
    since: float
    number: int = 0


class Pace:
    """How many may ask. Knows places by their address, in memory alone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all = _Count(clock())
        self._sources: dict[str, _Count] = {}

    def lets(self, source: str) -> bool:
        """Count one from *source*, unless that would be too many."""
        now = self._clock()
        if len(self._sources) >= MOST_SOURCES:
            self._sources = {name: count for name, count in self._sources.items() if now - count.since < EVERY_S}
        if now - self._all.since >= EVERY_S:
            self._all = _Count(now)
        count = self._sources.get(source)
        if count is None or now - count.since >= EVERY_S:
            if len(self._sources) >= MOST_SOURCES:
                return False
            count = self._sources[source] = _Count(now)
        if count.number >= PER_SOURCE or self._all.number >= IN_ALL:
            return False
        count.number += 1
        self._all.number += 1
        return True


def is_address(text: str) -> bool:
    """Whether mail can be sent to *text*, as far as that can be seen. Source: RFC 5321, without quoted names."""
    return _ADDRESS.fullmatch(text) is not None


def source_of(host: str) -> str:
    """The place that is counted: an address, or of IPv6 the network that one household has."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    return address.exploded[:19] if isinstance(address, IPv6Address) else str(address)


class Subscribing:
    """The pages."""

    def __init__(self, pages: Pages, counter: Counter, pace: Pace) -> None:
        self._pages = pages
        self._counter = counter
        self._pace = pace

    @property
    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        return (
            Route(ASK, self.form, methods=["GET"]),
            Route(ASK, self.ask, methods=["POST"]),
            Route(CONFIRM, self.look, methods=["GET"]),
            Route(CONFIRM, self.confirm, methods=["POST"]),
            Route(LEAVE, self.look, methods=["GET"]),
            Route(LEAVE, self.leave, methods=["POST"]),
        )

    async def form(self, request: Request) -> Response:
        """The form."""
        return self._page(request, "form")

    async def ask(self, request: Request) -> Response:
        """Take an address. The answer is the same whether it is known or not."""
        form = await _form_of(request)
        address = form.get("address", "").strip()
        if not is_address(address):
            return self._page(request, "wrong", 422)
        if not self._pace.lets(source_of(request.client.host if request.client else "")):
            return self._page(request, "busy", 429)
        return self._done(request, "asked", lambda: self._counter.ask(address))

    async def look(self, request: Request) -> Response:
        """The page that a link leads to: with a button, where the link is good."""
        what = _what(request)
        return self._page(request, what) if self._is_good(request, what) else self._page(request, "stale", 410)

    async def confirm(self, request: Request) -> Response:
        """Be told from now on."""
        await _form_of(request)
        return self._act(request, "confirmed", self._counter.confirm)

    async def leave(self, request: Request) -> Response:
        """No longer be told: by the button, or by the mail program in one click. Source: RFC 8058."""
        await _form_of(request)
        return self._act(request, "left", self._counter.leave)

    def _act(self, request: Request, done: str, act: Callable[[str], None]) -> Response:
        if not self._is_good(request, _what(request)):
            return self._page(request, "stale", 410)
        return self._done(request, done, lambda: act(_token(request)))

    def _done(self, request: Request, done: str, act: Callable[[], None]) -> Response:
        try:
            act()
        except NotTaken:
            return self._page(request, "busy", 503)
        return self._page(request, done)

    def _is_good(self, request: Request, what: str) -> bool:
        token = _token(request)
        try:
            return 0 < len(token) <= LONGEST_TOKEN and self._counter.fits(token, what)
        except NotTaken:
            return False

    def _page(self, request: Request, state: str, status: int = 200) -> Response:
        token = _token(request) if state in ("confirm", "leave") else ""
        here = f"{request.url.path}?token={token}" if token else request.url.path
        links = LiveLinks(here, large=request.query_params.get("size") == LARGE)
        body = self._pages.subscribe(links, state, status)
        return Response(body, status, media_type="text/html", headers={"cache-control": "no-store"})


def _what(request: Request) -> str:
    return "leave" if request.url.path == LEAVE else "confirm"


def _token(request: Request) -> str:
    return request.query_params.get("token", "")


async def _form_of(request: Request) -> dict[str, str]:
    """What was sent, read no further than a form of ours is long; of a field that comes twice nothing."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return {}
    try:
        found = parse_qs(body.decode("utf-8"), max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}
