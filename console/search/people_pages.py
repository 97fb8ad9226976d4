"""The pages on who saw whom. Each look-up of a person, or of a caller, is an event of the access log before it is made.

INVARIANT 3: the identifier that is typed is made a digest and forgotten: no page gives it back, no address holds it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.dashboard_charts import Rectangle, lying
from console.desk import Admitted, Desk
from console.excused import Excused, Excuses
from console.forms import LONGEST_LINE, Mistyped
from console.identifier import identifier_in
from console.pages import Pages
from console.search.event_pages import LIMIT
from console.search.event_rows import is_digest
from console.search.event_timeline import CLEAR, HIDDEN
from console.search.look_up import CannotLookUp, LookUp
from console.search.people import CallerDay, Seen, days_of, who_saw
from incident.ids import NotPermitted
from siem.baseline.calendar import LOCAL
from siem.index.store import StoreUnavailable
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, EventId

DAYS = (("7", "最近 7 天"), ("30", "最近 30 天"), ("184", "最近半年"), ("366", "最近一年"))
CALLER_DAYS = (("7", "最近 7 天"), ("30", "最近 30 天"))
LONGEST_BASIS = 60
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom somebody looks up, as a page calls them."""

    alias: str
    digests: frozenset[str] = field(repr=False)
    about: dict[str, int]


class PeoplePages:
    """Who saw a person, and how many persons a caller saw."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._excuses = Excuses(self._office.alert_book.all, self._office.alerts.get)

    def form(self, desk: Admitted) -> Response:
        """Whom to look up: by what they are known by, or as one of those that an event is about."""
        return self._form(desk)

    def look_up(self, desk: Admitted) -> Response:
        """Who was shown that person. Recorded first; what is found is on this answer alone."""
        try:
            basis = desk.form.needed("basis", most=LONGEST_BASIS)
            self._office.cases.check_text(basis)
            days = desk.form.number("days", least=1, most=366)
            person = self._person(desk)
            event = self._office.look_ups.record(LookUp(by=desk.person, basis=basis, about=person.about))
        except CannotLookUp as why:
            return self._form(desk.handed_back("look-up", NotPermitted(why.zh, str(why))))
        except NotPermitted as why:
            return self._form(desk.handed_back("look-up", why))
        start, end = self._span(days)
        return self._pages.page(
            desk,
            "person.html.j2",
            person=person,
            event=event,
            days=days,
            basis=basis,
            seen=self._seen(person, start, end),
            about_event=desk.form.get("event"),
        )

    def caller(self, desk: Admitted) -> Response:
        """How many persons a caller was shown in clear on each of the last days: numbers only. Recorded first."""
        name = desk.asked("name").strip()
        days = int(desk.asked("days")) if desk.asked("days") in dict(CALLER_DAYS) else 7
        try:
            self._check_caller(name)
            if name:
                self._office.look_ups.record(LookUp(by=desk.person, about={"caller": 1}, caller=name))
        except Mistyped as wrong:
            return self._of_caller(desk.handed_back("caller", wrong), "", days)
        except CannotLookUp as why:
            return self._of_caller(desk.handed_back("caller", NotPermitted(why.zh, str(why))), "", days)
        return self._of_caller(desk, name, days)

    def _of_caller(self, desk: Desk, name: str, days: int) -> Response:
        found = self._days(name, days) if name else None
        return self._pages.page(
            desk,
            "caller.html.j2",
            name=name,
            days=str(days),
            day_options=CALLER_DAYS,
            found=[(day, _bar(day, found)) for day in found] if found is not None else None,
            excused=self._excused(name) if name else [],
            today=self._office.now().astimezone(LOCAL).date(),
        )

    def _excused(self, name: str) -> list[Excused]:
        try:
            return self._excuses.of(name)
        except StoreUnavailable:
            return []

    def _days(self, name: str, days: int) -> list[CallerDay] | None:
        try:
            return days_of(self._office.events, name, self._span(days)[0], days, LIMIT)
        except StoreUnavailable:
            return None

    def _person(self, desk: Desk) -> Person:
        if number := desk.form.get("event"):
            event = self._event(number)
            place = desk.form.number("place", least=1, most=max(len(event.subjects), 1))
            if not event.subjects:
                raise Mistyped("place", "这条记录没有写明当事人", "the event names nobody")
            former = event.former_subjects[place - 1 : place] if event.former_subjects else ()
            digests = frozenset({event.subjects[place - 1], *former})
            return Person(f"人员 {place}", digests, {"event": 1})
        found = identifier_in(desk.form)
        digests = self._office.look_ups.digests_of(found.text)
        return Person("人员 1", digests, {found.kind: 1})

    def _event(self, number: str) -> AccessEvent:
        document = self._office.events.get(EventId(number), LIMIT) if number.isascii() and len(number) < 60 else None
        if document is None:
            raise HTTPException(404)
        return from_ecs(document)

    def _form(self, desk: Desk) -> Response:
        number = desk.form.get("event") or desk.asked("event")
        event = self._event(number) if number else None
        return self._pages.page(desk, "people.html.j2", event=event, day_options=DAYS)

    def _seen(self, person: Person, start: datetime, end: datetime) -> Seen | None:
        try:
            return who_saw(self._office.events, person.digests, start, end, LIMIT)
        except StoreUnavailable:
            return None

    def _span(self, days: int) -> tuple[datetime, datetime]:
        here = self._office.now().astimezone(self._pages.moments.zone)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - (days - 1) * DAY, midnight + DAY

    def _check_caller(self, name: str) -> None:
        if len(name) > LONGEST_LINE or not name.isprintable():
            raise Mistyped("name", f"最多 {LONGEST_LINE} 个字，不能含控制字符", "a plain name, please")
        not_a_citizen = Mistyped(
            "name",
            "这里只查工作人员、系统和终端的账号；居民以摘要记录，不能查",
            "staff, systems and terminals only: citizens are recorded as digests",
        )
        if is_digest(name):
            raise not_a_citizen
        try:
            self._office.cases.check_text(name)
        except NotPermitted:
            raise not_a_citizen from None


def _bar(day: CallerDay, days: list[CallerDay]) -> list[Rectangle]:
    most = max(sum(each.numbers.values()) for each in days)
    return lying(day.numbers, (CLEAR, HIDDEN), most)
