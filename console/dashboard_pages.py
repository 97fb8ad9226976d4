"""The page of seven days in figures."""

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.dashboard import DAY, DAYS, figures
from console.desk import Admitted
from console.pages import Pages

LIMIT = timedelta(seconds=5)
MOST_BACK = 26
"""Weeks: the index is kept half a year at least."""


class DashboardPages:
    """Seven days, the last of them today or some weeks ago."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    def show(self, desk: Admitted) -> Response:
        """The figures, each with its table."""
        asked = desk.asked("back") or "0"
        if not (asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) <= MOST_BACK):
            raise HTTPException(404)
        back = int(asked)
        here = self._office.now().astimezone(self._pages.moments.zone)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight - (DAYS - 1 + DAYS * back) * DAY
        return self._pages.page(
            desk,
            "figures.html.j2",
            figures=figures(self._office.events, self._office.alerts, start, LIMIT),
            back=back,
            most_back=MOST_BACK,
            day=DAY,
        )
