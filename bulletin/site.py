"""The public site: published notices, and nothing else. Its process holds no key and opens no database."""

import hashlib
import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulletin.feeds import atom, json_feed, title_of
from bulletin.shelf import Shelf
from bulletin.wording import Site, chinese_time, english_time, machine_time
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES, PublishedNotice, Version, blocks

TEMPLATES = Path(__file__).parent / "templates"
ON_ONE_PAGE = 20
LARGE = "large"
"""`?size=large` on any address shows it in large type; every link keeps it. No cookie, no script."""

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

log = logging.getLogger("bulletin")


def create_app(folder: Path, site: Site | None = None) -> ASGIApp:
    """The site that shows the notices in *folder*, which may come to be later."""
    return _WithHeaders(_Pages(folder, site or Site()).app())


class _WithHeaders:
    """Adds the security headers to every answer, those to errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _Pages:
    """One method per page. Pages are kept as rendered until a notice changes."""

    def __init__(self, folder: Path, site: Site) -> None:
        self._shelf = Shelf(folder)
        self._site = site
        self._style = (TEMPLATES / "style.css").read_bytes()
        self._kept: dict[str, bytes] = {}
        self._kept_generation = 0
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "blocks": blocks,
            "zh_time": partial(chinese_time, site=site),
            "en_time": partial(english_time, site=site),
            "machine_time": partial(machine_time, site=site),
            "title_of": title_of,
        }
        self._environment.globals |= {"site": site, "stages": STAGE_NAMES, "withdrawals": WITHDRAWAL_NAMES}

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/", self.index),
                Route("/notices/{id}", self.notice),
                Route("/notices/{id}/{number:int}", self.version),
                Route("/feed.atom", self.feed_atom),
                Route("/feed.json", self.feed_json),
                Route("/style.css", self.style),
            ],
            exception_handlers={HTTPException: self.refused, 500: self.failed},
        )

    async def index(self, request: Request) -> Response:
        """The list of notices, newest first, some on each page."""
        notices = self._shelf.notices()
        last = max(1, -(-len(notices) // ON_ONE_PAGE))
        asked = request.query_params.get("page", "1")
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        if not 1 <= page <= last:
            raise HTTPException(404)
        shown = notices[(page - 1) * ON_ONE_PAGE : page * ON_ONE_PAGE]
        here = "/" if page == 1 else f"/?page={page}"
        return self._page(request, here, "index.html.j2", notices=shown, page=page, last=last)

    async def notice(self, request: Request) -> Response:
        """One notice in its version in force."""
        notice = self._find(request)
        return self._page(request, f"/notices/{notice.id}", "notice.html.j2", notice=notice, version=notice.current)

    async def version(self, request: Request) -> Response:
        """One notice in an earlier version."""
        notice = self._find(request)
        version = _version(notice, request.path_params["number"])
        here = f"/notices/{notice.id}/{version.number}"
        return self._page(request, here, "notice.html.j2", notice=notice, version=version)

    async def feed_atom(self, request: Request) -> Response:
        """The Atom feed."""
        return _answer(request, atom(self._shelf.notices(), self._site), "application/atom+xml")

    async def feed_json(self, request: Request) -> Response:
        """The JSON feed."""
        return _answer(request, json_feed(self._shelf.notices(), self._site), "application/feed+json")

    async def style(self, request: Request) -> Response:
        """The style sheet."""
        return _answer(request, self._style, "text/css")

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

    def _page(self, request: Request, here: str, template: str, **values: Any) -> Response:
        """The page whose own address is *here*."""
        if self._kept_generation != self._shelf.generation:
            self._kept, self._kept_generation = {}, self._shelf.generation
        key = f"{here} {_is_large(request)}"
        if key not in self._kept:
            self._kept[key] = self._render(request, here, template, **values)
        return _answer(request, self._kept[key], "text/html")

    def _render(self, request: Request, here: str, template: str, **values: Any) -> bytes:
        large = _is_large(request)
        larger = f"{here}{'&' if '?' in here else '?'}size={LARGE}"
        suffix = f"?size={LARGE}" if large else ""
        page = self._environment.get_template(template)
        return page.render(large=large, suffix=suffix, other_size=here if large else larger, **values).encode()

    def _error(self, request: Request, status: int, headers: Mapping[str, str] | None) -> Response:
        # The address that was asked for is not repeated: `//elsewhere.example` would become a link to elsewhere.
        body = self._render(request, "/", "error.html.j2", status=status, phrase=HTTPStatus(status).phrase)
        return Response(body, status, media_type="text/html", headers={**(headers or {}), "cache-control": "no-store"})


def _version(notice: PublishedNotice, number: int) -> Version:
    if not 1 <= number <= len(notice.versions):
        raise HTTPException(404)
    return notice.versions[number - 1]


def _is_large(request: Request) -> bool:
    return request.query_params.get("size") == LARGE


def _answer(request: Request, body: bytes, media_type: str) -> Response:
    """The answer, or 304 to who has it: a correction is seen at the next look, and a look costs little."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
