"""The web console: its pages together, behind one admission. `create_app` is all that the composition root needs."""

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.admission import Admission, ChangePasswordFirst, SignInFirst
from console.api.admission import TokenAdmission
from console.api.problems import Problem
from console.api.route import endpoint_of
from console.api.together import Api
from console.cases.gate import CaseGate
from console.error_pages import ErrorPages
from console.office import Office
from console.pages import Pages
from console.policy.journal import BrokenPolicyJournal
from console.policy.store import AlteredFiles
from console.routes import endpoints_of
from console.sign_in import SignIn
from siem.index.store import StoreUnavailable

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not `no-referrer`: with it browsers say of our own forms that they come from nowhere.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def create_app(office: Office) -> ASGIApp:
    """The console of *office*. It must be served over TLS: browsers keep its cookies for nothing else."""
    return _WithHeaders(build(office))


def build(office: Office) -> FastAPI:
    """The application without its headers, so that a test can walk its routes."""
    pages = Pages(office)
    signing = SignIn(pages)
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[
            Depends(Admission(office.accounts, TokenAdmission(office.tokens, office.now))),
            Depends(CaseGate(office.cases)),
        ],
    )
    for method, path, endpoint in endpoints_of(pages, signing):
        app.add_api_route(path, endpoint, methods=[method], response_model=None)
    for route in Api(office).routes:
        method, path = route.key
        app.add_api_route(path, endpoint_of(route, office.repeats), methods=[method], response_model=None)
    errors = ErrorPages(pages, signing)
    app.add_exception_handler(HTTPException, errors.refused)
    app.add_exception_handler(Problem, errors.not_done)
    app.add_exception_handler(SignInFirst, errors.sign_in_first)
    app.add_exception_handler(ChangePasswordFirst, errors.change_password_first)
    app.add_exception_handler(StoreUnavailable, errors.unavailable)
    app.add_exception_handler(BrokenPolicyJournal, errors.altered)
    app.add_exception_handler(AlteredFiles, errors.altered)
    app.add_exception_handler(500, errors.failed)
    return app


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
