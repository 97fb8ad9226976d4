"""The API together: its routes over one office, and what it answers where something goes wrong.

A request is carried out by what carries out the form of the same name, so the same rules hold, and no others.
"""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from console.api.acts import ApiActs
from console.api.agreed_playbooks import ApiAgreedPlaybooks
from console.api.alerts import ApiAlerts
from console.api.cases import ApiCases
from console.api.engines import ApiEngines
from console.api.files import ApiFiles
from console.api.handling import ApiHandling
from console.api.hotline import ApiHotline
from console.api.measures import ApiMeasures
from console.api.openapi import openapi_of
from console.api.playbooks import ApiPlaybooks
from console.api.route import ApiRoute, At
from console.api.schemas import DOCUMENT, WHO_AM_I
from console.cases.pages import CasePages
from console.desk import Desk
from console.office import Office
from console.pages import Pages


class _NoPages(Pages):
    """In the place of pages, for who reads none: what is refused stays refused, and what is done needs no page."""

    def carry_out(
        self,
        desk: Desk,
        form: str,
        act: Callable[[], object],
        *,
        done: str,
        back: str,
        again: Callable[[Desk], Response],
    ) -> Response:
        """Do it. Raises what *act* raises."""
        act()
        return Response(status_code=204)

    def hand_out(
        self, desk: Desk, form: str, made: Callable[[], Response], *, again: Callable[[Desk], Response]
    ) -> Response:
        """The file. Raises what *made* raises."""
        return made()


class Api:
    """What programs may ask for."""

    def __init__(self, office: Office) -> None:
        pages = _NoPages(office)
        shown = CasePages(pages)
        cases = ApiCases(pages, shown)
        acts, alerts, playbooks = ApiActs(pages, shown, cases), ApiAlerts(pages), ApiPlaybooks(office)
        agreed = ApiAgreedPlaybooks(pages)
        handling, files = ApiHandling(pages, shown, cases), ApiFiles(pages, shown, cases)
        measures = ApiMeasures(pages, shown)
        engines = ApiEngines(pages, shown, cases)
        ours = (cases, acts, handling, files, measures, engines, alerts, playbooks, agreed, ApiHotline(pages))
        described = tuple(route for part in ours for route in part.routes)
        self.routes = (*described, *self._about)
        self._openapi = openapi_of(self.routes)

    @property
    def _about(self) -> tuple[ApiRoute, ...]:
        return (
            ApiRoute(
                method="GET",
                path="/openapi.json",
                name="openapi",
                summary="This document",
                run=lambda _, __: self._openapi,
                answers=DOCUMENT,
            ),
            ApiRoute(
                method="GET", path="/whoami", name="whoami", summary="Whose token it is", run=_whoami, answers=WHO_AM_I
            ),
        )


def _whoami(desk: Desk, at: At) -> Any:
    account = desk.signed_in.account
    return {
        "account": account.name,
        "person": account.person,
        "roles": sorted(account.roles),
        "attended": desk.request.state.asked.token.attended,
        "ends_at": desk.request.state.asked.token.ends_at.isoformat(),
    }
