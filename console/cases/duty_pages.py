"""The forms of a case as files, and what people state for them."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.acts import CaseActs
from console.cases.pages import CasePages
from console.desk import Admitted
from console.pages import Pages
from incident.duty.forms import Form
from incident.duty.stating import LONGEST
from incident.ids import CaseId
from incident.sheets.file import file_of
from incident.sheets.sheet import MEDIA_TYPES, Sheet, SheetFormat


class DutyPages:
    """Hands out forms, and takes what no log can know."""

    def __init__(self, pages: Pages, shown: CasePages, acts: CaseActs) -> None:
        self._pages = pages
        self._shown = shown
        self._acts = acts
        self._cases = pages.office.cases

    def form(self, desk: Admitted, case: str, form: str) -> Response:
        """The form as a file: `first.pdf`. Where it cannot be filled in, the case's page says why."""
        name, _, ending = form.rpartition(".")
        try:
            kind = SheetFormat(ending)
        except ValueError:
            raise HTTPException(404) from None

        def made() -> Response:
            named = f'attachment; filename="{case}-{name}.{kind}"'
            data = file_of(self.sheet(case, name), kind)
            return Response(data, media_type=MEDIA_TYPES[kind], headers={"content-disposition": named})

        return self._pages.hand_out(
            desk, "forms", made, again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case))
        )

    def sheet(self, case: str, form: str) -> Sheet:
        """The *form* as the facts stand now. Raises HTTPException where there is none, and NotPermitted."""
        found = self._shown.find(case)
        if form not in tuple(Form) or self._shown.altered(found.id):
            raise HTTPException(404)
        return self._cases.form(found.id, Form(form))

    def state(self, desk: Admitted, case: str) -> Response:
        """State an item of the reports."""
        form = desk.form

        def act() -> None:
            self._cases.state_item(CaseId(case), desk.person, form.get("item"), form.needed("text", most=LONGEST))

        return self._acts.do(desk, case, "state-item", act, "stated")
