"""The lists of persons to tell of a case: asked for by one, agreed to by another, and handed out encrypted."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from incident.acts import needs_open
from incident.ids import CaseId
from incident.incident import Case
from incident.person_lists import part_name
from incident.state import ENDED

_KINDS = {"asked": "warn", "agreed": "note", "partial": "warn", "complete": "good", "stopped": ""}
"""How each standing looks; its words say the same."""


class PersonPages:
    """The page of the lists of a case, and what its forms do."""

    def __init__(self, pages: Pages, cases: CasePages) -> None:
        self._pages = pages
        self._shown = cases
        self._cases = pages.office.cases

    def show(self, desk: Admitted, case: str) -> Response:
        """The lists."""
        return self._page(desk, self._shown.find(case))

    def ask(self, desk: Admitted, case: str) -> Response:
        """Want a list."""

        def act() -> None:
            form = desk.form
            source = form.get("source")
            needs_open(self._shown.find(case))
            if source not in self._pages.office.person_sources():
                raise Mistyped("source", "请选择一项", "one of the choices has to be taken")
            recipient = form.needed("recipient", most=LONGEST_LINE)
            masked = form.get("masked") == "yes"
            self._cases.ask_persons(CaseId(case), desk.person, source, recipient, form.text("reason"), masked=masked)

        return self._do(desk, case, "ask", act, "persons-asked")

    def agree(self, desk: Admitted, case: str) -> Response:
        """Agree, as the second person, to a list for the very key that was shown."""

        def act() -> None:
            number = self._number(desk)
            self._cases.agree_persons(CaseId(case), desk.person, number, desk.form.get("recipient"))

        return self._do(desk, case, f"agree-{desk.form.get('number')}", act, "persons-agreed")

    def stop(self, desk: Admitted, case: str) -> Response:
        """Try nothing more for a list."""

        def act() -> None:
            self._cases.stop_persons(CaseId(case), desk.person, self._number(desk), desk.form.text("reason"))

        return self._do(desk, case, f"stop-{desk.form.get('number')}", act, "persons-stopped")

    def part(self, desk: Admitted, case: str, number: str, part: str) -> Response:
        """One part of a list, encrypted."""
        lists = self._shown.find(case).person_lists
        files = {
            (str(listed.number), str(each)): part_name(CaseId(case), listed.number, each)
            for listed in lists.values()
            for each in range(1, listed.parts + 1)
        }
        if (name := files.get((number, part))) is None:
            raise HTTPException(404)
        data = self._pages.office.person_part(name)
        if data is None:
            raise HTTPException(404)
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    @staticmethod
    def _number(desk: Desk) -> int:
        return desk.form.number("number", least=1, most=999)

    def _do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str) -> Response:
        self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/cases/{case}/persons",
            again=lambda handed_back: self._page(handed_back, self._shown.find(case)),
        )

    def _page(self, desk: Desk, case: Case) -> Response:
        labels = self._cases.rules.press.labels.systems
        sources = self._pages.office.person_sources()
        return self._pages.page(
            desk,
            "persons.html.j2",
            case=case,
            altered=self._shown.altered(case.id),
            acts=desk.may("POST", "/cases/{case}/persons") and case.state not in ENDED,
            may_have=desk.may("GET", "/cases/{case}/persons/{number}/{part}"),
            lists=tuple(case.person_lists.values())[::-1],
            kinds=_KINDS,
            source_options=[(name, labels[name].zh if name in labels else name) for name in sources],
        )
