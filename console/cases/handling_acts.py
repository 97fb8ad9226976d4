"""What the forms about the handling of a case do: each is one act of `incident.handling_book`."""

from collections.abc import Callable

from starlette.responses import Response

from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from incident.handling_book import HandlingBook
from incident.ids import CaseId, PersonId
from incident.marking import CaseRole, Tlp

MOST_NUMBER = 9_999
ELSEWHERE = "actions"
"""What the form of a task names where it was sent from the list of all tasks."""


class HandlingActs:
    """One method per form."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._pages = pages
        self._shown = shown
        self._book = HandlingBook(pages.office.cases)
        self._zone = pages.moments.zone

    def role(self, desk: Admitted, case: str) -> Response:
        """Say who has a role in the case."""
        form = desk.form

        def act() -> None:
            role, persons = form.choice("role", CaseRole), self._persons(desk)
            self._book.give_role(CaseId(case), desk.person, role, persons)

        return self._do(desk, case, "role", act, "role-given")

    def task(self, desk: Admitted, case: str) -> Response:
        """Give a task or an action, or give one anew."""
        form = desk.form

        def act() -> None:
            number = form.number("number", least=1, most=MOST_NUMBER) if form.get("number") else 0
            self._book.set_task(
                CaseId(case),
                desk.person,
                form.needed("title", most=LONGEST_LINE),
                self._person(form.get("assignee"), "assignee"),
                form.moment("due", self._zone),
                lasting=form.get("lasting") == "yes",
                number=number,
            )

        return self._do(desk, case, form.get("form") or "task", act, "task-given")

    def done(self, desk: Admitted, case: str) -> Response:
        """Say that a task was done."""
        form = desk.form

        def act() -> None:
            number = form.number("number", least=1, most=MOST_NUMBER)
            self._book.finish_task(CaseId(case), desk.person, number, form.text("note"))

        back = "/actions" if form.get("from") == ELSEWHERE else f"/cases/{case}"
        return self._do(desk, case, f"done-{form.get('number')}", act, "task-done", back=back)

    def mark(self, desk: Admitted, case: str) -> Response:
        """Say who may be told of the case."""

        def act() -> None:
            self._book.mark(CaseId(case), desk.person, desk.form.choice("tlp", Tlp), desk.form.text("reason"))

        return self._do(desk, case, "mark", act, "marked")

    def restrict(self, desk: Admitted, case: str) -> Response:
        """Say who may open the case."""

        def act() -> None:
            self._book.restrict(CaseId(case), desk.person, self._persons(desk), desk.form.text("reason"))

        return self._do(desk, case, "restrict", act, "restricted")

    def review(self, desk: Admitted, case: str) -> Response:
        """Write down what was learned."""

        def act() -> None:
            form = desk.form
            self._book.review(CaseId(case), desk.person, form.needed("cause"), form.needed("lessons"))

        return self._do(desk, case, "review", act, "reviewed")

    def _persons(self, desk: Desk) -> tuple[PersonId, ...]:
        return tuple(self._person(each, "person") for each in desk.form.several("person"))

    def _person(self, named: str, field: str) -> PersonId:
        known = {account.person for account in self._pages.office.accounts.all() if not account.disabled_at}
        if named not in known:
            raise Mistyped(field, "请选择一个人", "one of the persons has to be chosen")
        return PersonId(named)

    def _do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str, back: str = "") -> Response:
        self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=back or f"/cases/{case}",
            again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case)),
        )
