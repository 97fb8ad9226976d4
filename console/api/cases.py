"""The cases in the API: what the list, the page and the opening of cases are to people."""

from datetime import datetime
from functools import partial
from typing import Any

from console.api.field import Field, Kind
from console.api.route import ApiRoute, At
from console.api.schemas import CASE, CASE_LINE, CASE_LIST, DUTIES, TIMELINE
from console.cases.gate import visible_to
from console.cases.handling_json import handling_json
from console.cases.json import case_json, case_line, timeline_json
from console.cases.pages import CasePages
from console.cookies import handle_of
from console.desk import Desk
from console.pages import Pages
from console.unseen import readable_by
from incident.duty.view import duties_json
from incident.ids import Bilingual
from incident.level import LEVELS
from incident.reported import Reporter
from incident.state import ENDED
from incident.wording import moment
from siem.detect.aliases import Aliases

OPENING = (
    Field(name="title", en="one sentence, without personal data", needed=True),
    Field(name="level", en="how bad it is", needed=True, choices=LEVELS),
    Field(name="note", en="what is known"),
    Field(name="alert", en="the alert because of which it is opened"),
    Field(name="book", en="the playbook that leads it, where there is no alert"),
    Field(name="reported_by", en="what kind of reporter told us, never who", choices=tuple(Reporter)),
    Field(name="received_at", en="when the report was received", kind=Kind.MOMENT),
)


class ApiCases:
    """Reading and opening."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._office = pages.office
        self._shown = shown

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        case = "/cases/{case}"
        return (
            ApiRoute(
                method="GET",
                path="/cases",
                name="listCases",
                summary="The cases, newest first",
                run=self._list,
                answers=CASE_LIST,
            ),
            ApiRoute(
                method="POST",
                path="/cases",
                name="openCase",
                summary="Open a case by hand",
                run=self._open,
                fields=OPENING,
                answers=CASE_LINE,
                status=201,
            ),
            ApiRoute(
                method="GET", path=case, name="showCase", summary="One case as it stands", run=self._show, answers=CASE
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/timeline",
                name="timeline",
                summary="All of its journal",
                run=self._timeline,
                answers=TIMELINE,
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/duties",
                name="duties",
                summary="Its duties and their clocks",
                run=self._duties,
                answers=DUTIES,
            ),
        )

    def line(self, case: str) -> dict[str, Any]:
        """What an act on *case* answers: how it stands now."""
        return case_line(self._shown.find(case), self._office.now())

    def handled(self, case: str) -> dict[str, Any]:
        """The same with how it is handled."""
        found, now = self._shown.find(case), self._office.now()
        alias = Aliases()
        return {**case_line(found, now, alias), "handling": handling_json(found, now, alias)}

    def _list(self, desk: Desk, at: At) -> Any:
        known = visible_to(desk, self._office.cases.all())
        cases = [case for case in known if desk.asked("show") != "open" or case.state not in ENDED]
        return {"cases": [case_line(case, self._office.now()) for case in cases]}

    def _open(self, desk: Desk, at: At) -> Any:
        return self.line(self._shown.opened_by_hand(desk))

    def _show(self, desk: Desk, at: At) -> Any:
        case = self._shown.find(at["case"])
        altered = self._shown.altered(case.id)
        handle = partial(handle_of, desk.token, case.id)
        reads = readable_by(desk, self._office.cases.all())
        told = case_json(case, self._office.now(), books=self._office.cases.rules.books, handle=handle, alias=reads)
        return {
            **told,
            "verified": altered is None,
            "altered": {"zh": altered.zh, "en": altered.en} if altered else None,
        }

    def _timeline(self, desk: Desk, at: At) -> Any:
        case = self._shown.find(at["case"])
        return {"timeline": timeline_json(case, self._told, alias=readable_by(desk, self._office.cases.all()))}

    def _told(self, at: datetime) -> Bilingual:
        return moment(at, self._office.cases.rules.press) or Bilingual(zh="", en="")

    def _duties(self, desk: Desk, at: At) -> Any:
        case = self._shown.find(at["case"])
        now = self._office.now()
        clocks = case_json(case, now, books={})["clocks"]
        return {**duties_json(case, self._office.cases.rules.duties, now), "clocks": clocks}
