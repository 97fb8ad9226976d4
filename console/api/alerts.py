"""Alerts by the API, and what is done with them: each is what the form at the same address does."""

from collections.abc import Callable, Mapping
from typing import Any

from console.alerts.acts import AlertActs
from console.alerts.json import alert_json
from console.alerts.pages import AlertPages
from console.alerts.view import Shown, chosen
from console.api.acts import REASON, Act
from console.api.field import Field, Kind
from console.api.route import ApiRoute, At, act_route
from console.api.schemas import ALERT, ALERT_LIST
from console.desk import Desk
from console.pages import Pages
from siem.detect.alert import AlertId
from siem.detect.aliases import Aliases
from siem.detect.lifecycle import Disposition

_SEEN = Field(name="seen", en="`seen` of the alert as it was read", kind=Kind.NUMBER, needed=True)
ALERT_ACTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "acknowledge": ("See to it from now on", (_SEEN,)),
    "assign": ("Let it be somebody's on duty", (_SEEN, Field(name="to", en="the person", needed=True))),
    "snooze": (
        "Let it wait",
        (
            _SEEN,
            Field(name="hours", en="for how long", kind=Kind.NUMBER, needed=True),
            Field(name="growth", en="percent to which it may grow: 150, 200, 300", kind=Kind.NUMBER, needed=True),
            REASON,
        ),
    ),
    "close": (
        "Say what it was",
        (_SEEN, Field(name="disposition", en="what", needed=True, choices=tuple(Disposition)), REASON),
    ),
    "reopen": ("Take back that it was closed", (_SEEN, REASON)),
}


class ApiAlerts:
    """The alerts, and the acts on them."""

    def __init__(self, pages: Pages) -> None:
        self._shown = AlertPages(pages)
        self._acts, self._book = AlertActs(pages, self._shown), pages.office.alert_book

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        one = "/alerts/{alert}"
        return (
            ApiRoute(
                method="GET",
                path="/alerts",
                name="listAlerts",
                summary="The alerts",
                run=self._list,
                answers=ALERT_LIST,
            ),
            ApiRoute(
                method="GET",
                path=one,
                name="showAlert",
                summary="One alert, and what was done",
                run=self._show,
                answers=ALERT,
            ),
            *(
                act_route(f"{one}/{name}", f"{name}Alert", *told, self._then(getattr(self._acts, name)), ALERT)
                for name, told in ALERT_ACTS.items()
            ),
        )

    def _list(self, desk: Desk, at: At) -> Any:
        alias = Aliases()
        shown = chosen(self._book.all(), Shown.OPEN if desk.asked("state") == Shown.OPEN else Shown.ALL)
        return {"alerts": [alert_json(life, alias) for life in shown], "verified": self._book.broken is None}

    def _show(self, desk: Desk, at: At) -> Any:
        found = self._shown.find(at["alert"])
        life = self._book.get(AlertId(found.id))
        return alert_json(life, Aliases()) if life else {"alert": found.id, "state": None}

    def _then(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["alert"])
            return self._show(desk, at)

        return run
