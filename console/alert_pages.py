"""The alerts: what the rules found, what to do about it, and which case it is."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.case_view import case_of_alert
from console.desk import Admitted, Desk
from console.pages import Pages, sheet
from incident.ids import NotPermitted
from siem.detect.alert import Alert, AlertId
from siem.detect.silence import CALLER, LONGEST, NotSilenced

MOST_LISTED = 200
ON_ONE_PAGE = 20


class AlertPages:
    """The list and one alert."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._alerts = pages.office.alerts
        self._cases = pages.office.cases
        self._silences = pages.office.silences
        self._now = pages.office.now

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
        return self._page(desk, self._find(alert))

    def silence(self, desk: Admitted, alert: str) -> Response:
        """Let nothing come of what the rule finds of this caller, for some days."""
        found = self._find(alert)

        def act() -> None:
            why = desk.form.needed("reason")
            days = desk.form.number("days", least=1, most=LONGEST.days)
            self._cases.check_text(why)
            try:
                self._silences.add(found, days, why, desk.person, self._now())
            except NotSilenced as problem:
                raise NotPermitted(problem.zh, problem.en) from None

        return self._carry_out(desk, "silence", act, "silenced", found)

    def end_silence(self, desk: Admitted, alert: str) -> Response:
        """End a silence before its time."""
        found = self._find(alert)

        def act() -> None:
            self._silences.end(desk.form.needed("silence"), desk.person, self._now())

        return self._carry_out(desk, "end-silence", act, "silence-ended", found)

    def _carry_out(self, desk: Admitted, form: str, act: Callable[[], None], done: str, alert: Alert) -> Response:
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/alerts/{alert.id}",
            again=lambda handed_back: self._page(handed_back, alert),
        )

    def _find(self, alert: str) -> Alert:
        found = self._alerts.get(AlertId(alert))
        if found is None:
            raise HTTPException(404)
        return found

    def _page(self, desk: Desk, alert: Alert) -> Response:
        rule, caller = alert.rule.partition("/")[0], alert.group.get(CALLER)
        return self._pages.page(
            desk,
            "alert.html.j2",
            alert=alert,
            case=case_of_alert(self._cases.all(), alert.id),
            silences=[each for each in self._silences.all() if (each.rule, each.caller) == (rule, caller)][::-1],
            longest=LONGEST.days,
        )
