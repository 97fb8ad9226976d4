"""Lets a request in, or not: where from, who, in which role, with which form. It stands before every endpoint.

INVARIANT: an endpoint that the access table does not name is refused, whatever it would do.
"""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console import cookies
from console.access import ACCESS, API, CARRIES_FILES, CARRIES_UPLOADS, allowed
from console.accounts import Accounts
from console.api.admission import TokenAdmission
from console.desk import Desk
from console.forms import MOST_BYTES, MOST_BYTES_OF_FILES, NOTHING, Typed, read_form, read_upload
from console.sessions import Session

SAFE = frozenset({"GET", "HEAD"})
TOKEN_FIELD = "token"  # noqa: S105 - the name of a field
"""The field in which every form carries its token."""
ELSEWHERE = "elsewhere"
"""Why a form is refused that was sent from a page under another address."""
_WHILE_PASSWORD_MUST_CHANGE = frozenset({"/password", "/sign-out"})


class SignInFirst(Exception):
    """Nobody is signed in, or no longer. *typed* is what they would lose by it."""

    def __init__(self, typed: Typed) -> None:
        super().__init__("sign in first")
        self.typed = typed


class ChangePasswordFirst(Exception):
    """The account's password was made by somebody else and has to be changed before anything else."""


class Admission:
    """The one dependency of the whole application."""

    def __init__(self, accounts: Accounts, programs: TokenAdmission) -> None:
        self._accounts = accounts
        self._programs = programs

    async def __call__(self, request: Request) -> None:
        """Leave the desk in the request's state. Raises HTTPException, SignInFirst, ChangePasswordFirst, Problem."""
        path = request.scope["route"].path
        key = (request.method, path)
        if path.startswith(f"{API}/"):
            await self._programs(request, key)
            return
        if key not in ACCESS:
            raise HTTPException(403)
        unsafe = request.method not in SAFE
        if unsafe and not cookies.comes_from_here(request):
            raise HTTPException(403, ELSEWHERE)
        public = ACCESS[key] is None
        session = None if public else await self._session(request)
        let_in = session is not None and allowed(session.account.roles, *key)
        uploads = path in CARRIES_UPLOADS and let_in
        long = uploads or (path in CARRIES_FILES and let_in)
        most = MOST_BYTES_OF_FILES if long else MOST_BYTES
        typed = await _form_of(request, most, uploads=uploads) if unsafe else NOTHING
        if session is None and not public:
            raise SignInFirst(typed)
        secret = session.token if session else request.cookies.get(cookies.VISIT, "")
        if unsafe and not cookies.is_token(typed.get(TOKEN_FIELD), secret):
            raise HTTPException(403, TOKEN_FIELD)
        desk = Desk(request=request, session=session, token=cookies.token_of(secret), form=typed)
        request.state.frame = desk  # for the page that says no; it lets nobody in
        if session:
            if not allowed(session.account.roles, *key):
                raise HTTPException(403)
            if session.account.must_change and path not in _WHILE_PASSWORD_MUST_CHANGE:
                raise ChangePasswordFirst
        request.state.desk = desk

    async def _session(self, request: Request) -> Session | None:
        token = request.cookies.get(cookies.SESSION)
        return await run_in_threadpool(self._accounts.session, token) if token else None


async def _form_of(request: Request, most: int, *, uploads: bool = False) -> Typed:
    """The form in the body, read no further than *most* bytes; with files where *uploads* may come."""
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded" and not (uploads and kind == "multipart/form-data"):
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    try:
        if kind == "multipart/form-data":
            return read_upload(bytes(body), content_type)
        return read_form(bytes(body))
    except ValueError:
        raise HTTPException(400) from None
