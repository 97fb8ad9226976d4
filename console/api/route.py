"""One endpoint of the API, and how it is carried out: read strictly, done once for each key, refused as a problem."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from console.access import API
from console.api.admission import Asked
from console.api.field import Field, check_query, read_fields
from console.api.problems import BY_STATUS, Problem, answer_of
from console.api.repeats import AnotherRequest, Answered, NobodyKnows, Repeats, UnderWay
from console.cases.gate import RESTRICTED
from console.desk import Admitted, Desk
from console.forms import Mistyped
from incident.ids import Bilingual, NotPermitted
from siem.index.store import StoreUnavailable

log = logging.getLogger("console.api.together")

type At = Mapping[str, str]
"""What stands in the address, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """What a program may ask for at one address."""

    method: str
    path: str
    """Without what all addresses begin with."""
    name: str
    """The operationId."""
    summary: str
    run: Callable[[Desk, At], Any]
    """Does it, and returns the JSON that is answered; a response where that is a file, never of an act done once."""
    fields: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    """What the address may ask for."""
    files: tuple[str, ...] = ()
    """The media types of the files that it may answer instead of JSON."""
    answers: str = ""
    """The schema of its JSON, by name: see `console.api.schemas`. Empty where it hands out files alone."""
    status: int = 200
    once: bool = True
    """Whether a POST is carried out once for its key: one that changes nothing, or hands out what lies nowhere in
    clear, is carried out anew each time, and its answer kept nowhere.
    """

    @property
    def key(self) -> tuple[str, str]:
        """As the access table names it."""
        return self.method, API + self.path


def endpoint_of(route: ApiRoute, repeats: Repeats) -> Callable[..., Response]:
    """What answers requests for *route*."""

    def answer(desk: Admitted, request: Request) -> Response:
        asked: Asked = request.state.asked
        try:
            found = _answered(route, desk, request, asked, repeats)
        except Problem as problem:
            _log(route, asked, answer_of(problem).status_code)
            return answer_of(problem)
        _log(route, asked, found.status_code)
        return found

    return answer


def _answered(route: ApiRoute, desk: Desk, request: Request, asked: Asked, repeats: Repeats) -> Response:
    check_query(route.query, request.query_params)
    desk = replace(desk, form=read_fields(route.fields, asked.body))

    def act() -> Answered:
        return _answer(route, _done(route, desk, request.path_params))

    if route.method != "POST" or not route.once:
        found = _done(route, desk, request.path_params)
        return found if isinstance(found, Response) else _json(_answer(route, found))
    print_of = b"\0".join((request.method.encode(), request.url.path.encode(), asked.raw))
    try:
        found, repeated = repeats.once(asked.token.account.name, asked.key, print_of, act)
    except AnotherRequest:
        raise Problem("another-request") from None
    except UnderWay:
        raise Problem("under-way", wait_s=1) from None
    except NobodyKnows:
        raise Problem("outcome-unknown") from None
    return _json(found, repeated=repeated)


def _done(route: ApiRoute, desk: Desk, at: At) -> Any:
    try:
        return route.run(desk, at)
    except NotPermitted as why:
        field = why.field if isinstance(why, Mistyped) else ""
        said = Bilingual(zh=why.zh, en=str(why))
        raise Problem("field" if field else "not-permitted", said, field=field) from None
    except HTTPException as why:
        raise Problem(
            "restricted" if why.detail == RESTRICTED else BY_STATUS.get(why.status_code, "not-found")
        ) from None
    except StoreUnavailable:
        raise Problem("unavailable", wait_s=5) from None


def _answer(route: ApiRoute, found: object) -> Answered:
    return Answered(route.status, json.dumps(found, ensure_ascii=False))


def _json(found: Answered, *, repeated: bool = False) -> Response:
    headers = {"Idempotency-Replayed": "true"} if repeated else {}
    return Response(found.body, found.status, headers, "application/json")


def _log(route: ApiRoute, asked: Asked, status: int) -> None:
    token = asked.token
    if route.method == "POST":
        log.info("api_act account=%s token=%s what=%s status=%d", token.account.name, token.id, route.name, status)


def act_route(
    path: str, name: str, summary: str, fields: tuple[Field, ...], run: Callable[[Desk, At], Any], answers: str
) -> ApiRoute:
    """The route of an act: what its form at the same address does."""
    return ApiRoute(method="POST", path=path, name=name, summary=summary, fields=fields, run=run, answers=answers)
