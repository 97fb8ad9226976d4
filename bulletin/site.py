"""The public site: published notices, and nothing else. Its process holds no key and opens no database."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulletin.changes import comparable
from bulletin.feeds import atom, json_feed
from bulletin.kept import Kept
from bulletin.links import LARGE, LiveLinks
from bulletin.pages import Pages, last_page
from bulletin.proofs import KEY_FILES, WELL_KNOWN
from bulletin.shelf import Shelf
from bulletin.subscribing import Counter, Pace, Subscribing
from bulletin.wording import Site
from incident.notice import PublishedNotice, Version

_POLICY = b"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

log = logging.getLogger("bulletin")


def create_app(folder: Path, site: Site | None = None, counter: Counter | None = None) -> ASGIApp:
    """The site that shows the notices in *folder*, which may come to be later.

    *counter* takes the addresses of who wants to be told by mail; without it no page has a form.
    """
    pages = _Site(folder, site or Site(), counter)
    return _WithHeaders(Kept(pages.app(), pages.generation), forms=counter is not None)


class _WithHeaders:
    """Adds the security headers to every answer, those to errors included."""

    def __init__(self, app: ASGIApp, *, forms: bool) -> None:
        self._app = app
        policy = _POLICY + (b"'self'" if forms else b"'none'")
        self._headers = ((b"content-security-policy", policy), *HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _Site:
    """One method per address. Pages are kept as rendered until a notice changes."""

    def __init__(self, folder: Path, site: Site, counter: Counter | None) -> None:
        self._shelf = Shelf(folder)
        self._site = site
        self._pages = Pages(site)
        self._also = Subscribing(self._pages, counter, Pace(time.monotonic)).routes if counter else ()
        self._kept: dict[str, bytes] = {}
        self._kept_generation = 0

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/", self.index),
                Route("/notices/{id}.json", self.machine),
                Route("/notices/{id}", self.notice),
                Route("/notices/{id}/{number:int}", self.version),
                Route("/notices/{id}/{number:int}/changes", self.changes),
                Route("/feed.atom", self.feed_atom),
                Route("/feed.json", self.feed_json),
                Route("/style.css", self.style),
                Route(f"/{WELL_KNOWN}/{{name}}", self.key),
                *self._also,
            ],
            exception_handlers={HTTPException: self.refused, 500: self.failed},
        )

    def generation(self) -> int:
        """Grows whenever what is published has changed."""
        self._shelf.notices()
        return self._shelf.generation

    async def index(self, request: Request) -> Response:
        """The list of notices, newest first, some on each page."""
        notices = self._shelf.notices()
        asked = request.query_params.get("page", "1")
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        if not 1 <= page <= last_page(notices):
            raise HTTPException(404)
        links = _links(request, "/" if page == 1 else f"/?page={page}")
        return self._page(request, links, lambda: self._pages.index(links, notices, page))

    async def notice(self, request: Request) -> Response:
        """One notice in its version in force."""
        notice = self._find(request)
        links = _links(request, f"/notices/{notice.id}")
        return self._page(request, links, lambda: self._pages.notice(links, notice, notice.current))

    async def version(self, request: Request) -> Response:
        """One notice in an earlier version."""
        notice = self._find(request)
        version = _version(notice, request.path_params["number"])
        links = _links(request, f"/notices/{notice.id}/{version.number}")
        return self._page(request, links, lambda: self._pages.notice(links, notice, version))

    async def changes(self, request: Request) -> Response:
        """What a version changed of the one before it."""
        notice = self._find(request)
        number = request.path_params["number"]
        both = comparable(notice, number)
        if both is None:
            raise HTTPException(404)
        links = _links(request, f"/notices/{notice.id}/{number}/changes")
        return self._page(request, links, lambda: self._pages.changes(links, notice, *both))

    async def feed_atom(self, request: Request) -> Response:
        """The Atom feed."""
        return _answer(request, atom(self._shelf.notices(), self._site), "application/atom+xml")

    async def feed_json(self, request: Request) -> Response:
        """The JSON feed."""
        return _answer(request, json_feed(self._shelf.notices(), self._site), "application/feed+json")

    async def machine(self, request: Request) -> Response:
        """One notice for machines, with its signatures."""
        notice = self._find(request)
        return _answer(request, self._shelf.proofs().signed(notice), "application/json")

    async def key(self, request: Request) -> Response:
        """The public key that notices are signed with."""
        self._shelf.notices()
        name = request.path_params["name"]
        data = self._shelf.proofs().keys.get(name)
        if data is None:
            raise HTTPException(404)
        return _answer(request, data, KEY_FILES[name])

    async def style(self, request: Request) -> Response:
        """The style sheet."""
        return _answer(request, self._pages.style, "text/css")

    async def refused(self, request: Request, error: Exception) -> Response:
        """A page for what is not there."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        headers = error.headers if isinstance(error, HTTPException) else None
        return self._error(request, status, headers)

    async def failed(self, request: Request, error: Exception) -> Response:
        """A page for what went wrong; what it was is in the process's own log."""
        log.error("page_failed kind=%s", type(error).__name__)
        return self._error(request, 500, None)

    def _find(self, request: Request) -> PublishedNotice:
        for notice in self._shelf.notices():
            if notice.id == request.path_params["id"]:
                return notice
        raise HTTPException(404)

    def _page(self, request: Request, links: LiveLinks, render: Callable[[], bytes]) -> Response:
        if self._kept_generation != self._shelf.generation:
            self._kept, self._kept_generation = {}, self._shelf.generation
        key = f"{links.here} {links.large}"
        if key not in self._kept:
            self._kept[key] = render()
        return _answer(request, self._kept[key], "text/html")

    def _error(self, request: Request, status: int, headers: Mapping[str, str] | None) -> Response:
        # The address that was asked for is not repeated: `//elsewhere.example` would become a link to elsewhere.
        body = self._pages.error(_links(request, "/"), status, HTTPStatus(status).phrase)
        return Response(body, status, media_type="text/html", headers={**(headers or {}), "cache-control": "no-store"})


def _links(request: Request, here: str) -> LiveLinks:
    """The links of the page whose own address is *here*."""
    return LiveLinks(here, large=request.query_params.get("size") == LARGE)


def _version(notice: PublishedNotice, number: int) -> Version:
    if not 1 <= number <= len(notice.versions):
        raise HTTPException(404)
    return notice.versions[number - 1]


def _answer(request: Request, body: bytes, media_type: str) -> Response:
    """The answer, or 304 to who has it: a correction is seen at the next look, and a look costs little."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
