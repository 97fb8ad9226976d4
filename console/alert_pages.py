"""The alerts: what the rules found, what to do about it, and which case it is."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.case_view import case_of_alert
from console.desk import Admitted
from console.pages import Pages, sheet
from siem.detect.alert import AlertId

MOST_LISTED = 200
ON_ONE_PAGE = 20


class AlertPages:
    """The list and one alert."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._alerts = pages.office.alerts
        self._cases = pages.office.cases

    def index(self, desk: Admitted) -> Response:
        """The newest alerts, newest first."""
        found = self._alerts.latest(MOST_LISTED)
        shown = sheet(found, desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        cases = self._cases.all()
        case_of = {alert.id: case_of_alert(cases, alert.id) for alert in shown.items}
        full = len(found) == MOST_LISTED
        return self._pages.page(desk, "alerts.html.j2", shown=shown, case_of=case_of, capped=MOST_LISTED if full else 0)

    def show(self, desk: Admitted, alert: str) -> Response:
        """One alert."""
        found = self._alerts.get(AlertId(alert))
        if found is None:
            raise HTTPException(404)
        return self._pages.page(desk, "alert.html.j2", alert=found, case=case_of_alert(self._cases.all(), found.id))
