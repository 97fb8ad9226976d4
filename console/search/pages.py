"""The searches that people keep, and what they take out of the console: that is written down before it is given."""

import dataclasses
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.event_words import CALLER_KINDS, DISCLOSURES, PHASES, VERDICTS
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from console.search.book import SavedSearch
from console.search.event_export import MEDIA_TYPES, MOST_ROWS, export_of
from console.search.event_pages import EventPages, Search
from console.search.event_rows import Cell, EventRow
from console.search.filters import Filters, Span, read_filters, typed_of
from console.search.journal import Format
from console.search.words import described
from console.words import word
from incident.ids import NotPermitted
from siem.index.store import StoreUnavailable

AT_ONCE = 500
LIMIT = timedelta(seconds=30)
"""For all the pages of an export together."""
LONGEST_QUERY = 4_000
MOST_EXPORTS = 50
_WORDS = {"caller_kind": CALLER_KINDS, "action": PHASES, "outcome": VERDICTS, "shown": DISCLOSURES}


class SearchPages:
    """The list of saved searches, and the acts on one."""

    def __init__(self, pages: Pages, events: EventPages) -> None:
        self._pages = pages
        self._events = events
        self._book = pages.office.searches

    def index(self, desk: Admitted) -> Response:
        """The searches that one may open, and what was taken out last."""
        searches = [(each, self._described(each.query)) for each in self._book.seen_by(desk.person)]
        exports = [(each, self._described(each.query)) for each in self._book.exports(MOST_EXPORTS)]
        return self._pages.page(
            desk, "searches.html.j2", searches=searches, exports=exports, most=MOST_EXPORTS, altered=self._book.broken
        )

    def open(self, desk: Admitted, search: str) -> Response:
        """The events that it finds now."""
        return self._pages.go(f"/events?{self._find(desk, search).query}")

    def save(self, desk: Admitted) -> Response:
        """Keep a search."""

        def act() -> None:
            name = desk.form.needed("title", most=LONGEST_LINE)
            self._book.save(desk.person, name, self._query(desk), shared=bool(desk.form.get("shared")))

        return self._carry_out(desk, "save", act, "search-saved")

    def rename(self, desk: Admitted, search: str) -> Response:
        """Give it another name, or let others see it."""
        found = self._find(desk, search)

        def act() -> None:
            name = desk.form.needed("title", most=LONGEST_LINE)
            self._book.rename(desk.person, found.id, name, shared=bool(desk.form.get("shared")))

        return self._carry_out(desk, f"rename-{found.id}", act, "search-renamed")

    def delete(self, desk: Admitted, search: str) -> Response:
        """Keep it no longer."""
        found = self._find(desk, search)
        return self._carry_out(
            desk, f"delete-{found.id}", lambda: self._book.delete(desk.person, found.id), "search-deleted"
        )

    def export(self, desk: Admitted) -> Response:
        """What a search finds, as a file. Nothing is given that was not written down."""
        try:
            form = desk.form.choice("format", Format)
            query = self._query(desk)
            search = self._events.search_of(parse_qsl(query), desk)
            rows = self._rows(search)
            given = rows[:MOST_ROWS]
            file = export_of(given, form, self._worded)
            looked_through = dataclasses.replace(
                search.filters, span=Span.GIVEN, since=search.start, until=search.end
            ).query(self._pages.moments.zone)
            whole = len(rows) == len(given)
            self._book.note_export(desk.person, looked_through, form, len(given), is_whole=whole)
        except NotPermitted as why:
            return self.index(desk.handed_back("export", why))
        name = f"yingbi-events-{self._pages.office.now():%Y%m%dT%H%M%SZ}.{form.value}"
        headers = {"content-disposition": f'attachment; filename="{quote(name)}"'}
        return Response(file, media_type=MEDIA_TYPES[form], headers=headers)

    def _rows(self, search: Search) -> list[EventRow]:
        """One more than is given, where there are more. Raises NotPermitted where the index does not answer."""
        found: list[EventRow] = []
        deadline = time.monotonic() + LIMIT.total_seconds()
        try:
            while len(found) <= MOST_ROWS:
                if time.monotonic() > deadline:
                    raise StoreUnavailable("the index did not answer in time")
                last = found[-1].event if found else None
                page = self._events.latest(search, AT_ONCE, (last.at, last.id) if last else None)
                found += page
                if len(page) < AT_ONCE:
                    break
        except StoreUnavailable:
            raise NotPermitted(
                "索引没有及时答复，没有导出；请缩短时间或稍后再试",
                "the index did not answer in time: nothing was exported",
            ) from None
        return found

    def _worded(self, column: str, cell: Cell) -> str:
        if isinstance(cell, list):
            return "、".join(self._worded(f"{column}[]", each) for each in cell)
        labels = self._pages.office.cases.rules.press.labels
        tables = {
            **_WORDS,
            "system": labels.systems,
            "in_clear[]": labels.categories,
            "categories[]": labels.categories,
            "reason": self._pages.office.reasons,
        }
        if column == "time":
            return self._pages.moments.exact_of(str(cell))
        if column == "caller" and not cell:
            return "（未记名）"
        return word(tables[column], str(cell)).zh if column in tables and cell else str(cell)

    def _query(self, desk: Desk) -> str:
        """The search that the form carries, read again and spelled as we do. Raises Mistyped."""
        text = desk.form.get("query")
        if len(text) > LONGEST_QUERY:
            raise Mistyped("query", "查询条件过长", "the search is too long")
        zone = self._pages.moments.zone
        filters = read_filters(typed_of(parse_qsl(text)), zone, self._pages.office.cases.check_text)
        return filters.query(zone)

    def _described(self, query: str) -> str:
        zone = self._pages.moments.zone
        try:
            filters = read_filters(typed_of(parse_qsl(query)), zone, lambda _: None)
        except Mistyped:  # another version of this program wrote it
            filters = Filters(span=Span.TODAY)
        return "；".join(f"{what}：{value}" for what, value in described(filters, self._pages))

    def _find(self, desk: Desk, search: str) -> SavedSearch:
        found = self._book.get(desk.person, search)
        if found is None:
            raise HTTPException(404)
        return found

    def _carry_out(self, desk: Desk, form: str, act: Callable[[], object], done: str) -> Response:
        return self._pages.carry_out(desk, form, act, done=done, back="/searches", again=self.index)
