"""Lets a program in, or not: by its token, in the roles of both token and account, at a bearable pace.

INVARIANT: what a browser sends by itself, as cookies, opens nothing here, and what the access table does not name is
refused.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from console import cookies
from console.access import ACCESS, API, CARRIES_UPLOADS, SECOND_LOOK, allowed
from console.api.pace import Pace
from console.api.problems import Problem
from console.api.tokens import ApiToken, ApiTokens
from console.desk import Desk
from console.forms import MOST_BYTES, MOST_BYTES_OF_FILES
from console.sessions import Session

KEY = "idempotency-key"
LONGEST_KEY = 200
MOST_ACTS = 120
"""In a minute, by one account."""
MOST_READS = 1200
MOST_WRONG = 20
"""Tokens that are not good, in a minute, from one address."""

MOST_BYTES_IN_BASE64 = MOST_BYTES_OF_FILES * 4 // 3 + MOST_BYTES
"""Of a request that brings a file along, so that the same files may come as by the form."""

log = logging.getLogger("console.api.together")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a program sent."""

    token: ApiToken
    key: str
    """Its Idempotency-Key; empty where nothing is done."""
    body: Mapping[str, object]
    raw: bytes


class TokenAdmission:
    """Stands before every endpoint of the API."""

    def __init__(self, tokens: ApiTokens, now: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._now = now
        self._acts, self._reads, self._wrong = Pace(MOST_ACTS, now), Pace(MOST_READS, now), Pace(MOST_WRONG, now)

    async def __call__(self, request: Request, key: tuple[str, str]) -> None:
        """Leave the desk, and what was asked, in the request's state. Raises Problem."""
        token, sent = await self._token(request)
        account = token.account
        unsafe = request.method == "POST"
        pace = self._acts if unsafe else self._reads
        if wait := pace.wait_s(account.name):
            raise Problem("too-many", wait_s=wait)
        pace.count(account.name)
        if key not in ACCESS or not allowed(account.roles, *key):
            raise Problem("role")
        if key in SECOND_LOOK and not token.attended:
            raise Problem("second-look")
        most = MOST_BYTES_IN_BASE64 if key[1].removeprefix(API) in CARRIES_UPLOADS else MOST_BYTES
        raw, repeat = (await _body_of(request, most), _key_of(request)) if unsafe else (b"", "")
        body = await run_in_threadpool(_object, raw) if unsafe else {}
        session = Session(token=sent, account=account, started_at=token.made_at, seen_at=self._now())
        request.state.asked = Asked(token=token, key=repeat, body=body, raw=raw)
        request.state.desk = Desk(request=request, session=session, token=cookies.token_of(sent))

    async def _token(self, request: Request) -> tuple[ApiToken, str]:
        source = request.client.host if request.client else ""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        sent = sent.strip()
        token = await run_in_threadpool(self._tokens.find, sent) if scheme.lower() == "bearer" and sent else None
        if token is None:
            if wait := self._wrong.wait_s(source):  # who has a good one is kept out by nobody
                raise Problem("too-many", wait_s=wait)
            self._wrong.count(source)
            log.warning("token_refused source=%s", source)
            raise Problem("token-needed")
        return token, sent


def _key_of(request: Request) -> str:
    key = request.headers.get(KEY, "").strip()
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Problem("idempotency-key-missing")
    return key


async def _body_of(request: Request, most: int) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("media-type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Problem("too-long")
    return bytes(body)


def _object(raw: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(raw or b"{}", object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem("unreadable")
    return found


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found
