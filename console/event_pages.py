"""Looking up one record of the log by its number, as it stands on pages that withhold something.

INVARIANT 3: what is shown are categories, counts, rules and reasons. No digest of a person leaves here; a citizen who
asked is a digest too, and is only said to be one.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted
from console.explanation import explained
from console.forms import Mistyped
from console.pages import Pages
from siem.index.condition import Is
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, EventId

LIMIT = timedelta(seconds=5)
AROUND = timedelta(hours=12)
"""So long before and after an event the others of its exchange are looked for."""
MOST_OTHERS = 50

_ID = re.compile(r"[0-9A-Z]{1,20}-[0-9]{1,20}")


class EventPages:
    """The form and one event."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._events = pages.office.events

    def look_up(self, desk: Admitted) -> Response:
        """The form; with a number, the way to its event."""
        asked = "".join(unicodedata.normalize("NFKC", desk.asked("id")).split()).upper()
        if not asked:
            return self._pages.page(desk, "events.html.j2", asked="")
        if not _ID.fullmatch(asked):
            wrong = Mistyped("id", "编号由字母、数字和一个连字符组成", "a number has letters, digits and one hyphen")
            return self._pages.page(desk.handed_back("look-up", wrong), "events.html.j2", asked=desk.asked("id")[:60])
        return self._pages.go(f"/events/{asked}")

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
            fields=explained(found, program, self._pages.office.now()),
            knows_program=program is not None,
            others=self._others(found),
            most=MOST_OTHERS,
            version=self._pages.office.version_of(found.program, found.at),
        )

    def _others(self, event: AccessEvent) -> Sequence[AccessEvent]:
        start, end = event.at - AROUND, event.at + AROUND
        documents = self._events.search(Is("yingbi.exchange", event.exchange), start, end, LIMIT)
        others = (each for each in map(from_ecs, documents) if each.id != event.id)
        return list(islice(others, MOST_OTHERS))
