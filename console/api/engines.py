"""What other engines than ours call where they run a playbook: to ask a person, to start duties, to wait for a notice.

A call that waits for a person is refused with `not-yet` until there is a yes, so that no engine goes on without one;
what was refused has not happened, and the same key may be sent again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from console.api.cases import ApiCases
from console.api.field import Field, Kind
from console.api.problems import Problem
from console.api.route import ApiRoute, At
from console.api.schemas import CASE_LINE
from console.cases.pages import CasePages
from console.desk import Desk
from console.pages import Pages
from incident import asking
from incident.acts import MOST_CONTAINMENT
from incident.asking import NotYet
from incident.ids import Bilingual, CaseId
from incident.incident import Case

WAIT_S = 5
_TITLE = "外部引擎请求控制 / another engine asks to contain"
_TEXT = Field(name="text", en="what the person reads, without personal data")
_HOURS = Field(name="hours", en="for how long, 24 at most", kind=Kind.NUMBER, needed=True)

CALLS: Mapping[str, tuple[str, str, tuple[Field, ...]]] = {
    "/ask-containment": ("askContainment", "Ask whether to contain; done once a person said yes", (_TEXT,)),
    "/offer-containment": ("offerContainment", "Ask what measure to take; done once a person took one", (_HOURS,)),
    "/start-duties": ("startDuties", "Grade the case and start its legal clocks", ()),
    "/notice/ask-approval": ("askNoticeApproval", "Done once two people want the notice published", (_TEXT,)),
    "/notice/publish": ("publishNotice", "Done once the approved notice is published", ()),
}

type Run = Callable[[Desk, At], Any]


class ApiEngines:
    """The calls of playbooks that have no form."""

    def __init__(self, pages: Pages, shown: CasePages, cases: ApiCases) -> None:
        self._cases, self._shown, self._line = pages.office.cases, shown, cases.line

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        runs: Mapping[str, Run] = {
            "/ask-containment": self._ask,
            "/offer-containment": self._offer,
            "/start-duties": self._duties,
            "/notice/ask-approval": self._approval,
            "/notice/publish": self._publish,
        }
        return tuple(
            ApiRoute(
                method="POST",
                path=f"/cases/{{case}}{path}",
                name=name,
                summary=summary,
                fields=fields,
                run=self._waiting(runs[path]),
                answers=CASE_LINE,
            )
            for path, (name, summary, fields) in CALLS.items()
        )

    def _ask(self, desk: Desk, at: At) -> None:
        text = desk.form.text("text")
        self._record(desk, at, lambda case: asking.ask_to_contain(case, _TITLE, text), text)
        asking.needs_yes(self._shown.find(at["case"]), offers=False)

    def _offer(self, desk: Desk, at: At) -> None:
        hours = desk.form.number("hours", least=1, most=int(MOST_CONTAINMENT.total_seconds() // 3600))
        self._record(desk, at, lambda case: asking.offer(case, _TITLE, hours))
        asking.needs_yes(self._shown.find(at["case"]), offers=True)

    def _duties(self, desk: Desk, at: At) -> None:
        self._record(desk, at, asking.start_duties)

    def _approval(self, desk: Desk, at: At) -> None:
        asking.needs_approval(self._shown.find(at["case"]))

    def _publish(self, desk: Desk, at: At) -> None:
        asking.needs_published(self._shown.find(at["case"]))

    def _record(self, desk: Desk, at: At, decide: Callable[[Case], Any], *texts: str) -> None:
        self._cases.record(CaseId(self._shown.find(at["case"]).id), desk.person, decide, *texts)

    def _waiting(self, run: Run) -> Run:
        def waiting(desk: Desk, at: At) -> Any:
            try:
                run(desk, at)
            except NotYet as why:
                raise Problem("not-yet", Bilingual(zh=why.zh, en=str(why)), wait_s=WAIT_S) from None
            return self._line(at["case"])

        return waiting
