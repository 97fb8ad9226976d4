"""What runs, and who may sign in: pages to read. Nothing here can be changed."""

from starlette.responses import Response

from console.desk import Admitted
from console.overview import machinery
from console.pages import Pages

MOST_LISTED = 200


class MachineryPages:
    """System, accounts."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    def system(self, desk: Admitted) -> Response:
        """Workers, index, tightenings, addresses."""
        installation = self._office.state()
        now = self._office.now()
        return self._pages.page(
            desk,
            "system.html.j2",
            installation=installation,
            in_force=[entry for entry in installation.overlay if now < entry.until],
            most=MOST_LISTED,
            troubles=machinery(installation, now),
        )

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
