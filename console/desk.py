"""One request that was let in: who is there, what they typed, and what was wrong with it."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from console.access import allowed
from console.forms import NOTHING, Mistyped, Typed
from console.roles import Role
from console.sessions import Session
from incident.ids import NotPermitted, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Why a form was handed back, and what was in it."""

    form: str
    zh: str
    en: str
    field: str = ""
    """The field that cannot be read, where it is one."""
    typed: Typed = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an endpoint is given."""

    request: Request
    session: Session | None
    token: str
    """What the forms of the page carry."""
    form: Typed = NOTHING
    slip: Slip | None = None

    @property
    def signed_in(self) -> Session:
        """The session; the access table lets nobody without one to where this is asked."""
        assert self.session is not None
        return self.session

    @property
    def person(self) -> PersonId:
        """The human being who acts."""
        return self.signed_in.account.person

    @property
    def roles(self) -> frozenset[Role]:
        """What they are; nothing where nobody is signed in."""
        return self.session.account.roles if self.session else frozenset()

    def may(self, method: str, path: str) -> bool:
        """Whether they may call the endpoint, so that a page offers only what is theirs."""
        return allowed(self.roles, method, path)

    def handed_back(self, form: str, why: NotPermitted) -> "Desk":
        """The same, to show the page again with what was typed into *form* and *why* it was refused."""
        field = why.field if isinstance(why, Mistyped) else ""
        return replace(self, slip=Slip(form=form, zh=why.zh, en=str(why), field=field, typed=self.form))

    def asked(self, name: str) -> str:
        """The value of *name* in the address, or an empty text."""
        return self.request.query_params.get(name, "")

    @property
    def page(self) -> int:
        """Which page of a list is asked for, from 1; 0 where it is none."""
        asked = self.asked("page") or "1"
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0


def _desk_of(request: Request) -> Desk:
    """The desk that the admission made: without it there is none, and the request fails."""
    desk = request.state.desk
    assert isinstance(desk, Desk)
    return desk


type Admitted = Annotated[Desk, Depends(_desk_of)]
"""What an endpoint asks for."""
