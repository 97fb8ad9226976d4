"""The forms of a case that are about another one as well: merging, splitting an alert off, links."""

from collections.abc import Callable

from starlette.responses import Response

from console.cases.gate import may_open
from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from incident.ids import CaseId
from incident.taken import LinkKind


class SeveralCases:
    """One method per form."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._pages = pages
        self._shown = shown
        self._cases = pages.office.cases

    def merge(self, desk: Admitted, case: str) -> Response:
        """Let the case go into another, whose page comes next."""

        def act() -> None:
            self._cases.merge(CaseId(case), self._other(desk, "into"), desk.person, desk.form.text("reason"))

        return self._do(desk, case, "merge", act, "merged", to=desk.form.get("into"))

    def split(self, desk: Admitted, case: str) -> Response:
        """Let an alert become a case of its own."""

        def act() -> None:
            alert = desk.form.needed("alert", most=LONGEST_LINE)
            self._cases.split(CaseId(case), alert, desk.person, desk.form.text("reason"))

        return self._do(desk, case, "split", act, "split")

    def link(self, desk: Admitted, case: str) -> Response:
        """Say how the case hangs together with another."""

        def act() -> None:
            kind, other = desk.form.choice("kind", LinkKind), self._other(desk, "other")
            self._cases.link(CaseId(case), desk.person, kind, other, desk.form.text("reason"))

        return self._do(desk, case, "link", act, "linked")

    def unlink(self, desk: Admitted, case: str) -> Response:
        """Take that back."""
        kind, other = desk.form.get("kind"), desk.form.get("other")

        def act() -> None:
            found = desk.form.choice("kind", LinkKind)
            self._cases.unlink(CaseId(case), desk.person, found, CaseId(other), desk.form.text("reason"))

        return self._do(desk, case, f"unlink-{kind}-{other}", act, "unlinked")

    def _other(self, desk: Desk, name: str) -> CaseId:
        if not desk.form.get(name):
            raise Mistyped(name, "请选择一个案件", "one of the cases has to be chosen")
        other = self._shown.find(desk.form.get(name))
        if not may_open(other, desk):
            raise Mistyped(name, "这个案件限制查看", "this case is restricted")
        return other.id

    def _do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str, *, to: str = "") -> Response:
        found = self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/cases/{to or found.id}",
            again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case)),
        )
