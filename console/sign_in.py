"""Signing in, signing out, changing the password. Nothing here says whether an account exists."""

import logging
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from console import cookies
from console.admission import SignInFirst
from console.desk import Admitted, Desk
from console.form_words import WRITTEN
from console.forms import Mistyped, Typed
from console.pages import Pages
from console.sessions import Session
from incident.ids import NotPermitted

log = logging.getLogger("console")

NEXT = "next"


class SignIn:
    """The pages before and around a session."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._accounts = pages.office.accounts

    def form(self, desk: Admitted) -> Response:
        """The form to sign in."""
        return self._form(desk, desk.asked(NEXT))

    def sign_in(self, desk: Admitted) -> Response:
        """A session under a new token, whatever session the browser had before."""
        source = desk.request.client.host if desk.request.client else ""
        try:
            name = desk.form.needed("name", most=64)
            device = desk.request.cookies.get(cookies.DEVICE, "")
            session = self._accounts.sign_in(name, desk.form.get("password"), source=source, device=device)
        except NotPermitted as why:
            log.warning("sign_in_refused source=%s", source)
            return self._form(desk.handed_back("sign-in", why), desk.form.get(NEXT))
        if before := desk.request.cookies.get(cookies.SESSION):
            self._accounts.sign_out(before)
        log.info("signed_in account=%s source=%s", session.account.name, source)
        answer = self._pages.go("/password" if session.account.must_change else local(desk.form.get(NEXT)))
        self._keep(answer, desk, session)
        return answer

    def sign_out(self, desk: Admitted) -> Response:
        """The end of the session."""
        self._accounts.sign_out(desk.signed_in.token)
        answer = self._pages.go("/sign-in", "signed-out")
        cookies.drop(answer, cookies.SESSION)
        return answer

    def password(self, desk: Admitted) -> Response:
        """The form to change the password."""
        return self._pages.page(desk, "password.html.j2")

    def change_password(self, desk: Admitted) -> Response:
        """A new password, and a new session under it."""
        form = desk.form
        try:
            if form.get("new") != form.get("again"):
                raise Mistyped("again", "两次填写的新密码不一致", "the new password was not typed the same twice")
            session = self._accounts.change_password(desk.signed_in.token, form.get("old"), form.get("new"))
        except NotPermitted as why:
            return self.password(desk.handed_back("password", why))
        answer = self._pages.go("/", "password")
        self._keep(answer, desk, session)
        return answer

    def first(self, request: Request, ended: SignInFirst) -> Response:
        """What somebody gets who is not signed in: the way to the form; with it what they were writing, if anything."""
        if request.method == "GET":
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            answer = self._pages.go("/sign-in" if here == "/" else f"/sign-in?{NEXT}={quote(here, safe='/')}")
            cookies.drop(answer, cookies.SESSION)
            return answer
        page = request.url.path.rpartition("/")[0]
        desk = Desk(request=request, session=None, token="")
        return self._form(desk, page, status=401, typed=ended.typed)

    def _keep(self, answer: Response, desk: Desk, session: Session) -> None:
        before = desk.request.cookies.get(cookies.DEVICE, "")
        cookies.put(answer, cookies.SESSION, session.token)
        cookies.put(answer, cookies.DEVICE, self._accounts.device(session.account.name, before))
        cookies.drop(answer, cookies.VISIT)

    def _form(self, desk: Desk, to: str, *, status: int = 200, typed: Typed | None = None) -> Response:
        visit = desk.request.cookies.get(cookies.VISIT) or cookies.new_visit()
        written = [(words, typed.get(name)) for name, words in WRITTEN.items() if typed and typed.get(name).strip()]
        desk = Desk(request=desk.request, session=None, token=cookies.token_of(visit), slip=desk.slip)
        answer = self._pages.page(
            desk, "sign_in.html.j2", status=status, to=local(to), ended=typed is not None, written=written
        )
        cookies.put(answer, cookies.VISIT, visit)
        return answer


def local(address: str) -> str:
    """*address* where it is a page of ours; else the first page. A link must not lead from here to elsewhere."""
    fine = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if fine else "/"
