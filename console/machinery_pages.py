"""What runs, and who may sign in: pages to read. Nothing here can be changed."""

from datetime import datetime, timedelta

from starlette.responses import Response

from console.cases.gate import may_open
from console.desk import Admitted
from console.overview import machinery
from console.pages import Pages
from siem.index.condition import EVERYTHING
from siem.index.store import StoreUnavailable

MOST_LISTED = 200
LIMIT = timedelta(seconds=2)


class MachineryPages:
    """System, accounts."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    def system(self, desk: Admitted) -> Response:
        """Workers, index, seals, tightenings, addresses."""
        installation = self._office.state()
        now = self._office.now()
        return self._pages.page(
            desk,
            "system.html.j2",
            installation=installation,
            in_force=[entry for entry in installation.overlay if not entry.is_over(now)],
            most=MOST_LISTED,
            hidden={case.id for case in self._office.cases.all() if not may_open(case, desk)},
            troubles=machinery(installation, now),
            subscribers=self._office.subscribers.facts() if self._office.subscribers else None,
            unsealed=self._recorded_since(installation.seals.at),
            unanchored=self._recorded_since(installation.seals.anchored_at),
        )

    def _recorded_since(self, at: datetime | None) -> int | None:
        """How many events were recorded since; None where nothing was before, or the index does not answer."""
        if at is None:
            return None
        try:
            return self._office.events.count(EVERYTHING, at, self._office.now(), LIMIT)
        except StoreUnavailable:
            return None

    def accounts(self, desk: Admitted) -> Response:
        """Who may sign in, as whom, in which roles."""
        accounts = self._office.accounts.all()
        return self._pages.page(
            desk,
            "accounts.html.j2",
            accounts=accounts[:MOST_LISTED],
            number=len(accounts),
            most=MOST_LISTED,
        )
