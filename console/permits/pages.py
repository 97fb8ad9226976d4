"""What callers were let see whole: which permits are open, which wait for a review, and what came of each."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.event_words import JUDGEMENTS
from console.pages import Pages, sheet
from console.permits.journal import Judgement
from console.permits.state import PermitRecord
from console.permits.use import used
from console.words import options

ON_ONE_PAGE = 20
MOST_WAITING = 50


class PermitPages:
    """The list, one permit, and what is done about it."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._book = pages.office.permits

    def index(self, desk: Admitted) -> Response:
        """Those that are open, those that wait for a review, and all of them, newest first."""
        records = self._book.permits()[::-1]
        waiting = self._book.waiting()
        shown = sheet(records, desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        return self._pages.page(
            desk,
            "permits.html.j2",
            shown=shown,
            live=self._book.live(self._office.now()),
            waiting=waiting[:MOST_WAITING],
            number_waiting=len(waiting),
            altered=self._book.broken,
        )

    def show(self, desk: Admitted, permit: str) -> Response:
        """One permit."""
        return self._page(desk, self._find(permit))

    def end(self, desk: Admitted, permit: str) -> Response:
        """End a permit before its time."""
        found = self._find(permit)
        return self._pages.carry_out(
            desk,
            "end",
            lambda: self._book.end(desk.person, found.fact.permit, desk.form.text("reason")),
            done="permit-ended",
            back=f"/permits/{permit}",
            again=lambda handed_back: self._page(handed_back, self._find(permit)),
        )

    def review(self, desk: Admitted, permit: str) -> Response:
        """Say whether a permit was right."""
        found = self._find(permit)

        def act() -> None:
            judgement = desk.form.choice("judgement", Judgement)
            names = (desk.signed_in.account.name,)
            self._book.review(desk.person, names, found.fact.permit, judgement, desk.form.text("remark"))

        return self._pages.carry_out(
            desk,
            "review",
            act,
            done="permit-reviewed",
            back=f"/permits/{permit}",
            again=lambda handed_back: self._page(handed_back, self._find(permit)),
        )

    def _find(self, permit: str) -> PermitRecord:
        found = self._book.get(permit)
        if found is None:
            raise HTTPException(404)
        return found

    def _page(self, desk: Desk, record: PermitRecord) -> Response:
        return self._pages.page(
            desk,
            "permit.html.j2",
            record=record,
            use=used(self._office.events, record),
            judgement_options=[("", "请选择 / choose"), *options(JUDGEMENTS)],
            has_reviewed=any(review.by == desk.person for review in record.reviews),
        )
