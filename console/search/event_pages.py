"""The events of the log: a search with its timeline, and one event, as it stands on pages that withhold something.

INVARIANT 3: what is shown are categories, counts, rules and reasons. No digest of a person leaves here; a citizen who
asked is a digest too, and is only said to be one.
"""

import dataclasses
import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.raised_view import raised_view
from console.desk import Admitted, Desk
from console.explanation import explained
from console.forms import Mistyped
from console.pages import Pages
from console.search.about import About, about
from console.search.event_rows import EventRow, caller_in_clear, row_of
from console.search.event_timeline import KINDS, Timeline, timeline
from console.search.filters import FIELDS, SPANS, Filters, Span, read_filters, typed_of
from console.search.words import choices, described
from siem.index.condition import AllOf, Condition, Is
from siem.index.store import Place, StoreUnavailable
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, EventId

LIMIT = timedelta(seconds=5)
"""For all that a page asks of the index."""
LEAST = timedelta(milliseconds=500)
"""So long a timeline may take where the list has taken nearly all of it."""
AROUND = timedelta(hours=12)
"""So long before and after an event the others of its exchange are looked for."""
MOST_OTHERS = 50
ON_ONE_PAGE = 50
BEFORE = "before"
FIRST_FIELDS = ("system", "caller", "shown", "outcome")
"""The filters that stand open; the others are folded up."""

_ID = re.compile(r"(?:[0-9A-Z]{1,20}-){1,5}[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, resolved."""

    filters: Filters
    condition: Condition
    start: datetime
    end: datetime
    about: About | None


class EventPages:
    """The search and one event."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._events = pages.office.events

    def index(self, desk: Admitted) -> Response:
        """The search, its timeline and the newest of what was found; with a number, the way to its event."""
        if desk.asked("id"):
            return self._look_up(desk)
        try:
            search = self.search_of(desk.request.query_params.multi_items(), desk)
            before = _place_of(desk.asked(BEFORE))
        except Mistyped as wrong:
            asked = typed_of(desk.request.query_params.multi_items())
            return self._page(dataclasses.replace(desk, form=asked).handed_back("search", wrong), None)
        return self._page(desk, search, before)

    def show(self, desk: Admitted, event: str) -> Response:
        """One event, and the others of its exchange."""
        document = self._events.get(EventId(event), LIMIT) if _ID.fullmatch(event) else None
        if document is None:
            raise HTTPException(404)
        found = from_ecs(document)
        program = self._pages.office.program_of(found.program)
        return self._pages.page(
            desk,
            "event.html.j2",
            event=found,
            caller=caller_in_clear(found.caller_kind, found.caller),
            fields=explained(found, program, self._pages.office.now()),
            knows_program=program is not None,
            others=self._others(found),
            raised=raised_view(self._events, found, LIMIT),
            most=MOST_OTHERS,
            version=self._pages.office.version_of(found.program, found.at),
        )

    def search_of(self, pairs: Sequence[tuple[str, str]], desk: Desk) -> Search:
        """The search that an address asks for. Raises Mistyped, and HTTPException for an alert that there is not."""
        office, zone = self._pages.office, self._pages.moments.zone
        filters = read_filters(typed_of(pairs), zone, office.cases.check_text)
        found = about(office, filters.about, desk) if filters.about else None
        if filters.about and found is None:
            raise HTTPException(404)
        start, end = filters.within(office.now(), zone)
        if found is not None and filters.span is Span.ABOUT:
            start, end = found.start, found.end
        condition = filters.condition()
        return Search(filters, AllOf((found.condition, condition)) if found else condition, start, end, found)

    def latest(self, search: Search, most: int, before: Place | None = None) -> list[EventRow]:
        """The newest of what *search* finds. Raises StoreUnavailable."""
        found = self._events.latest(search.condition, search.start, search.end, most, LIMIT, before=before)
        return [row_of(document) for document in found]

    def _look_up(self, desk: Desk) -> Response:
        asked = "".join(unicodedata.normalize("NFKC", desk.asked("id")).split()).upper()
        if _ID.fullmatch(asked):
            return self._pages.go(f"/events/{asked}")
        wrong = Mistyped("id", "编号由字母、数字和一个连字符组成", "a number has letters, digits and one hyphen")
        return self._page(desk.handed_back("look-up", wrong), None, typed_id=desk.asked("id")[:60])

    def _page(self, desk: Desk, search: Search | None, before: Place | None = None, typed_id: str = "") -> Response:
        office = self._pages.office
        zone, filters = self._pages.moments.zone, search.filters if search else Filters()
        offered = [each for each in Span if each is not Span.ABOUT or filters.about]
        deadline = time.monotonic() + LIMIT.total_seconds()
        rows = self._rows(search, before) if search else None
        more = rows is not None and len(rows) > ON_ONE_PAGE
        shown = rows[:ON_ONE_PAGE] if rows is not None else None
        return self._pages.page(
            desk,
            "events.html.j2",
            typed_id=typed_id,
            search=search,
            filters=filters,
            query=filters.query(zone),
            described=described(filters, self._pages),
            choices=choices(filters, self._pages),
            field_words=FIELDS,
            first_fields=FIRST_FIELDS,
            more_given=bool(filters.given.keys() - set(FIRST_FIELDS))
            or (desk.slip is not None and desk.slip.field in FIELDS and desk.slip.field not in FIRST_FIELDS),
            query_with=lambda span: dataclasses.replace(filters, span=Span(span), since=None, until=None).query(zone),
            query_within=lambda since, until: dataclasses.replace(
                filters, span=Span.GIVEN, since=since, until=until
            ).query(zone),
            spans=[(each, SPANS[each]) for each in offered],
            rows=shown,
            next=_spelled(shown[-1]) if more and shown else "",
            goes_on=before is not None,
            timeline=self._timeline(search, deadline) if search and before is None else None,
            kinds=KINDS,
            saved=office.searches.seen_by(desk.person) if desk.may("GET", "/searches") else (),
        )

    def _rows(self, search: Search, before: Place | None) -> list[EventRow] | None:
        """One more than a page shows; None where the index does not answer."""
        try:
            return self.latest(search, ON_ONE_PAGE + 1, before)
        except StoreUnavailable:
            return None

    def _timeline(self, search: Search, deadline: float) -> Timeline | None:
        left = timedelta(seconds=max(deadline - time.monotonic(), LEAST.total_seconds()))
        try:
            return timeline(self._events, search.condition, search.start, search.end, left)
        except StoreUnavailable:
            return None

    def _others(self, event: AccessEvent) -> Sequence[AccessEvent]:
        start, end = event.at - AROUND, event.at + AROUND
        documents = self._events.search(Is("yingbi.exchange", event.exchange), start, end, LIMIT)
        others = (each for each in map(from_ecs, documents) if each.id != event.id)
        return list(islice(others, MOST_OTHERS))


def _spelled(row: EventRow) -> str:
    return f"{row.event.at.isoformat()}~{row.event.id}"


def _place_of(text: str) -> Place | None:
    """Behind which event a page begins. Raises Mistyped."""
    if not text:
        return None
    at, _, event = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _ID.fullmatch(event):
        raise Mistyped(BEFORE, "分页地址不完整，请从第一页重新查", "the address of the page is not whole: begin anew")
    return moment, EventId(event)
