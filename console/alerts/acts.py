"""What the forms of an alert do: each is one act of `console.alerts.book`, by the person who is signed in."""

from collections.abc import Callable, Collection
from datetime import timedelta

from starlette.responses import Response

from console.alerts.book import Acting, refuse_own
from console.alerts.pages import AlertPages
from console.desk import Admitted
from console.forms import Mistyped
from console.pages import Pages
from incident.ids import NotPermitted, PersonId
from siem.detect.alert import Alert
from siem.detect.lifecycle import GROWTHS, LONGEST_SNOOZE, Disposition
from siem.detect.silence import LONGEST, NotSilenced

_MOST_HOURS = LONGEST_SNOOZE // timedelta(hours=1)


class AlertActs:
    """One method per form."""

    def __init__(self, pages: Pages, shown: AlertPages) -> None:
        self._pages = pages
        self._shown = shown
        self._book = pages.office.alert_book
        self._cases = pages.office.cases
        self._silences = pages.office.silences
        self._accounts = pages.office.accounts
        self._now = pages.office.now

    def acknowledge(self, desk: Admitted, alert: str) -> Response:
        """See to it from now on."""
        found = self._shown.find(alert)

        def act() -> None:
            self._book.acknowledge(self._acting(desk), found.id)

        return self._carry_out(desk, "acknowledge", act, "alert-acknowledged", found)

    def assign(self, desk: Admitted, alert: str) -> Response:
        """Let it be somebody's on duty."""
        found = self._shown.find(alert)

        def act() -> None:
            to = PersonId(desk.form.get("to"))
            if to not in self._shown.on_duty():
                raise Mistyped("to", "请选择一项", "one of the choices has to be taken")
            self._book.assign(self._acting(desk), found.id, to, self._accounts.names_of(to))

        return self._carry_out(desk, "assign", act, "alert-assigned", found)

    def snooze(self, desk: Admitted, alert: str) -> Response:
        """Let it wait."""
        found = self._shown.find(alert)

        def act() -> None:
            hours = desk.form.number("hours", least=1, most=_MOST_HOURS)
            growth = desk.form.number("growth", least=min(GROWTHS), most=max(GROWTHS))
            reason = desk.form.needed("reason")
            self._book.snooze(self._acting(desk), found, timedelta(hours=hours), growth, reason)

        return self._carry_out(desk, "snooze", act, "alert-snoozed", found)

    def close(self, desk: Admitted, alert: str) -> Response:
        """Say what it was."""
        found = self._shown.find(alert)

        def act() -> None:
            disposition = desk.form.choice("disposition", Disposition)
            self._book.close(self._acting(desk), found, disposition, desk.form.needed("reason"))

        return self._carry_out(desk, "close", act, "alert-closed", found)

    def reopen(self, desk: Admitted, alert: str) -> Response:
        """Take back that it was closed."""
        found = self._shown.find(alert)

        def act() -> None:
            self._book.reopen(self._acting(desk), found, desk.form.needed("reason"))

        return self._carry_out(desk, "reopen", act, "alert-reopened", found)

    def silence(self, desk: Admitted, alert: str) -> Response:
        """Let nothing come of what the rule finds of this caller, for some days."""
        found = self._shown.find(alert)

        def act() -> None:
            refuse_own(found.group, (desk.person, *self._names(desk)))
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
        found = self._shown.find(alert)

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
            again=lambda handed_back: self._shown.page(handed_back, alert),
        )

    def _acting(self, desk: Admitted) -> Acting:
        """Who sent the form, and of what time the page was that it stood on."""
        seen = desk.form.number("seen", least=0, most=999_999_999)
        return Acting(by=desk.person, names=self._names(desk), seen=seen)

    def _names(self, desk: Admitted) -> Collection[str]:
        """All that the person is called, under whichever account they act now."""
        return self._accounts.names_of(desk.person)
