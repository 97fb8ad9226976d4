"""The tokens of who is signed in: what there is, a new one that is shown once, and the end of one."""

import logging
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.api.tokens import ATTENDED, LONGEST
from console.desk import Admitted, Desk
from console.forms import Mistyped
from console.pages import Pages
from console.roles import ROLE_NAMES, Role
from incident.ids import NotPermitted

DAYS = 90
MOST_LISTED = 50
PROGRAM, PERSON = "program", "person"

log = logging.getLogger("console")


class TokenPages:
    """The page and its forms."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._tokens = pages.office.tokens
        self._accounts = pages.office.accounts

    def index(self, desk: Admitted) -> Response:
        """The tokens of the account."""
        return self._page(desk)

    def make(self, desk: Admitted) -> Response:
        """A new one. It stands on this answer and nowhere else, so nothing is sent elsewhere."""
        form = desk.form
        try:
            name = form.needed("name", most=64)
            attended = form.get("use") == PERSON
            roles = [self._role(each) for each in form.several("role")] or list(desk.roles)
            if attended:
                span = timedelta(hours=form.number("hours", least=1, most=ATTENDED // timedelta(hours=1)))
            else:
                span = timedelta(days=form.number("days", least=1, most=LONGEST.days))
            account = self._accounts.confirm(desk.signed_in.token, form.get("password"))
            made = self._tokens.make(account, name, span, roles, attended=attended)
        except NotPermitted as why:
            return self._page(desk.handed_back("token", why))
        log.info("token_made account=%s name=%s attended=%s", account.name, name, attended)
        return self._page(desk, made)

    def revoke(self, desk: Admitted, token: str) -> Response:
        """Let nobody use it any more."""
        account = desk.signed_in.account.name
        number = int(token) if token.isascii() and token.isdigit() and len(token) < 10 else 0
        try:
            self._tokens.revoke(account, number)
        except KeyError:
            raise HTTPException(404) from None
        log.info("token_revoked account=%s token=%d", account, number)
        return self._pages.go("/tokens", "token-revoked")

    def _role(self, name: str) -> Role:
        try:
            return Role(name)
        except ValueError:
            raise Mistyped("role", "请选择一项", "one of the choices has to be taken") from None

    def _page(self, desk: Desk, made: str = "") -> Response:
        now = self._pages.office.now()
        return self._pages.page(
            desk,
            "tokens.html.j2",
            made=made,
            tokens=self._tokens.of(desk.signed_in.account.name)[:MOST_LISTED],
            role_options=[(role.value, ROLE_NAMES[role]) for role in sorted(desk.roles)],
            days=DAYS,
            most_days=LONGEST.days,
            most_hours=ATTENDED // timedelta(hours=1),
            good=lambda token: token.is_good(now),
            use_options=[
                (PROGRAM, "程序 / a program"),
                (PERSON, "本人在场使用，可作第二人决定 / me, who may be the second of two"),
            ],
        )
