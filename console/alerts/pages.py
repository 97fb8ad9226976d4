"""The alerts: what the rules found, who sees to it, what it turned out to be, and how often each rule is right."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.alerts.state import AlertLife
from console.alerts.view import Shown, Wanted, chosen, counts, reason_of, rule_views, said, unrecorded
from console.alerts.words import DISPOSITIONS
from console.cases.gate import may_open, visible_to
from console.cases.view import case_of_alert
from console.desk import Admitted, Desk
from console.excused import Excuses
from console.pages import Pages, sheet
from console.roles import Role
from console.rules.words import LEVELS
from console.words import options
from incident.ids import PersonId
from siem.baseline.calendar import LOCAL
from siem.detect.alert import Alert, AlertId
from siem.detect.lifecycle import AlertAct, AlertState, Disposition
from siem.detect.precision import ENOUGH, NOTHING_CLOSED, WITHIN
from siem.detect.silence import CALLER, LONGEST

ON_ONE_PAGE = 20
MOST_UNRECORDED = 200
"""So many are listed while the journal is not to be believed."""
SPANS = (("1", "1 小时 / 1 hour"), ("4", "4 小时 / 4 hours"), ("8", "8 小时 / 8 hours"), ("24", "1 天 / 1 day"),
         ("72", "3 天 / 3 days"), ("168", "7 天 / 7 days"))  # fmt: skip
"""For how many hours an alert may be snoozed."""
GROWTH_WORDS = (("150", "1.5 倍 / 1.5 times"), ("200", "2 倍 / twice"), ("300", "3 倍 / 3 times"))
SEES_TO_ALERTS = frozenset({Role.ONCALL, Role.OFFICER})
"""To whom an alert may be assigned."""


PERMIT_RULES = frozenset({"break_glass", "glass_then_bulk", "reveal_rate", "reveal_refused", "reveal_then_export"})
"""What these find is looked into from the page of permits."""


class AlertPages:
    """The list, one alert, and the rules by their alerts. `console.alerts.acts` is what the forms do."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._alerts = pages.office.alerts
        self._book = pages.office.alert_book
        self._cases = pages.office.cases
        self._silences = pages.office.silences
        self._excuses = Excuses(self._book.all, self._alerts.get)

    def index(self, desk: Admitted) -> Response:
        """Those that are asked for: who waits for too long first, then the newest."""
        lives = self._lives()
        asked = desk.asked("state") or Shown.OPEN
        if asked not in set(Shown):
            raise HTTPException(404)
        state = Shown(asked)
        mine = desk.person if desk.asked("mine") else ""
        level, rule, caller = (desk.asked(name) for name in ("level", "rule", "caller"))
        wanted = Wanted(level=level, rule=rule, caller=caller, mine=mine)
        held = [life for life in lives if wanted.holds(life)]
        shown = sheet(chosen(held, state), desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        everything = self._cases.all()
        cases = visible_to(desk, everything)
        rules = sorted({life.raised.rule_name for life in lives} | ({wanted.rule} if wanted.rule else set()))
        return self._pages.page(
            desk,
            "alerts.html.j2",
            shown=shown,
            state=state,
            wanted=wanted,
            counts=counts(held),
            found={life.id: self._alerts.get(life.id) for life in shown.items},
            hidden={life.id for life in shown.items if case_of_alert(everything, life.id)},
            case_of={life.id: case_of_alert(cases, life.id) for life in shown.items},
            names=self._names(),
            level_options=[("", "全部 / all"), *options(LEVELS, list(LEVELS)[::-1])],
            rule_options=[("", "全部 / all"), *((name, name) for name in rules)],
            any_at_all=bool(lives),
            altered=self._book.broken,
        )

    def rules(self, desk: Admitted) -> Response:
        """How often each rule was right."""
        precision = self._book.precision(self._office.now())
        return self._pages.page(
            desk,
            "alert_rules.html.j2",
            views=rule_views(self._lives(), precision, self._office.review_below),
            dispositions=list(Disposition),
            days=WITHIN.days,
            enough=ENOUGH,
            below=self._office.review_below,
            excused=self._excuses.all()[::-1],
            today=self._office.now().astimezone(LOCAL).date(),
            names=self._names(),
        )

    def show(self, desk: Admitted, alert: str) -> Response:
        """One alert."""
        return self.page(desk, self.find(alert))

    def find(self, alert: str) -> Alert:
        """The alert of that id. Raises HTTPException where there is none."""
        found = self._alerts.get(AlertId(alert))
        if found is None:
            raise HTTPException(404)
        return found

    def on_duty(self) -> dict[PersonId, str]:
        """To whom an alert may be assigned, and what they are called."""
        accounts = self._office.accounts.all()
        able = (each for each in accounts if not each.disabled_at and not SEES_TO_ALERTS.isdisjoint(each.roles))
        return {each.person: each.name for each in able}

    def page(self, desk: Desk, alert: Alert) -> Response:
        """The page of *alert*."""
        life = self._book.get(alert.id)
        if life is None or not life.is_of(alert.rule, alert.raised_at):
            life = unrecorded(alert)
        rule, caller = alert.rule.partition("/")[0], alert.group.get(CALLER)
        precision = self._book.precision(self._office.now()).get(life.rule, NOTHING_CLOSED)
        names, case = self._names(), case_of_alert(self._cases.all(), alert.id)
        hidden = case is not None and not may_open(case, desk)
        return self._pages.page(
            desk,
            "alert.html.j2",
            alert=alert,
            life=life,
            of_permits=alert.rule_name in PERMIT_RULES,
            gone=frozenset(event for event in alert.events if not self._office.is_kept(event)),
            hidden=hidden,
            asks_for_case=case is None and life.state is AlertState.CLOSED and _is_leak(life),
            former=self._book.get(life.raised.former),
            later=self._later(life),
            may={act.value: life.seen > 0 and life.may(act) for act in AlertAct},
            names=names,
            duty_options=[("", "请选择 / choose"), *self.on_duty().items()],
            span_options=SPANS,
            growth_options=GROWTH_WORDS,
            disposition_options=[("", "请选择 / choose"), *options(DISPOSITIONS)],
            lines=[(entry, said(entry, self._pages.moments, names), reason_of(entry)) for entry in life.entries[::-1]],
            precision=precision,
            wants_review=precision.wants_review(self._office.review_below),
            below=self._office.review_below,
            days=WITHIN.days,
            case=None if hidden else case,
            silences=[each for each in self._silences.all() if (each.rule, each.caller) == (rule, caller)][::-1],
            longest=LONGEST.days,
            altered=self._book.broken,
            excused=[each for each in self._excuses.all() if each.excuse.alert == alert.id],
            today=self._office.now().astimezone(LOCAL).date(),
        )

    def _lives(self) -> tuple[AlertLife, ...]:
        """What the journal knows; where it is not to be believed, the newest alerts as if nobody had seen to any."""
        if self._book.broken is None:
            return self._book.all()
        return tuple(map(unrecorded, self._alerts.latest(MOST_UNRECORDED)))

    def _later(self, life: AlertLife) -> AlertLife | None:
        """The alert of the same rule and group that came after it."""
        return next((each for each in self._book.all() if each.raised.former == life.id), None)

    def _names(self) -> dict[PersonId, str]:
        """What persons are called, whoever acted once included."""
        return {each.person: each.name for each in self._office.accounts.all()}


def _is_leak(life: AlertLife) -> bool:
    return life.closing is not None and life.closing.fact.disposition is Disposition.LEAK
