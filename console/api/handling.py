"""How cases are handled, by the API: roles, tasks, marks, reviews; and what is counted over all of them."""

from collections.abc import Callable, Mapping
from secrets import token_urlsafe
from typing import Any

from starlette.responses import Response

from console.api.cases import ApiCases
from console.api.field import Field, Kind
from console.api.route import ApiRoute, At
from console.api.schemas import CASE_HANDLED, DRILL_LIST, SUMMARY, SUMMARY_FILE, TASK_LIST
from console.cases.acts import CaseActs
from console.cases.duty_pages import DutyPages
from console.cases.gate import visible_to
from console.cases.handling_acts import HandlingActs
from console.cases.handling_json import open_task_json, plan_json, step_json
from console.cases.handling_pages import HandlingPages
from console.cases.handling_view import OpenStep, open_tasks, to_do
from console.cases.pages import CasePages
from console.cases.step_acts import StepActs
from console.desk import Desk
from console.pages import Pages
from incident.annual import Annual
from incident.codec import encode
from incident.drill_standing import standings
from incident.duty.stating import ITEMS
from incident.level import LEVELS
from incident.marking import CaseRole, Tlp
from siem.detect.aliases import Aliases

type Act = Callable[[Desk, str], Response]

_NUMBER = Field(name="number", en="of the task within the case", kind=Kind.NUMBER, needed=True)
_YEAR = Field(name="year", en="which; the present one unless given", kind=Kind.NUMBER)
_PERSONS = Field(name="person", en="the persons: all there are from now on", kind=Kind.TEXTS, needed=True)

HANDLING_ACTS: Mapping[str, tuple[str, str, tuple[Field, ...]]] = {
    "role": (
        "giveRole",
        "Say who has a role in the case",
        (Field(name="role", en="which", needed=True, choices=tuple(CaseRole)), _PERSONS),
    ),
    "task": (
        "setTask",
        "Give a task, or one anew",
        (
            Field(name="title", en="what is to be done, without personal data", needed=True),
            Field(name="assignee", en="the person who does it", needed=True),
            Field(name="due", en="until when", kind=Kind.MOMENT, needed=True),
            Field(name="lasting", en="that it is an action, which outlives the case", choices=("yes", "no")),
            Field(name="number", en="of the task that is given anew", kind=Kind.NUMBER),
        ),
    ),
    "task-done": ("finishTask", "Say that a task was done", (_NUMBER, Field(name="note", en="how"))),
    "mark": (
        "markCase",
        "Say who may be told of the case",
        (
            Field(name="tlp", en="the mark of the Traffic Light Protocol", needed=True, choices=tuple(Tlp)),
            Field(name="reason", en="why, where it is a wider one"),
        ),
    ),
    "restrict": (
        "restrictCase",
        "Let only named persons open the case, or everybody again where none is named",
        (_PERSONS, Field(name="reason", en="why", needed=True)),
    ),
    "review": (
        "reviewCase",
        "Write down what was learned",
        (Field(name="cause", en="the cause", needed=True), Field(name="lessons", en="the lessons", needed=True)),
    ),
    "take-step": (
        "takeStep",
        "Take a manual step of the playbook on, or give it to somebody of its role",
        (
            Field(name="key", en="of its question", needed=True),
            Field(name="person", en="who does it; who asks unless given"),
        ),
    ),
    "give-back-step": (
        "giveBackStep",
        "Let a manual step wait for anybody of its role again",
        (Field(name="key", en="of its question", needed=True), Field(name="reason", en="why, where another has it")),
    ),
    "state-item": (
        "stateItem",
        "State what the reports need and no log can know",
        (
            Field(name="item", en="the item", needed=True, choices=tuple(ITEMS)),
            Field(name="text", en="what stands there, without personal data", needed=True),
        ),
    ),
}
_DRILL = (
    Field(name="plan", en="the planned drill, instead of title, level and book"),
    Field(name="title", en="one sentence"),
    Field(name="level", en="how bad it would be", choices=LEVELS),
    Field(name="book", en="the playbook that leads it; by hand without one"),
)


class ApiHandling:
    """The acts on how a case is handled, and the lists over all cases."""

    def __init__(self, pages: Pages, shown: CasePages, cases: ApiCases) -> None:
        acts, forms = HandlingActs(pages, shown), CaseActs(pages, shown)
        steps = StepActs(pages, shown, forms)
        self._acts: Mapping[str, Act] = {
            "role": acts.role,
            "task": acts.task,
            "task-done": acts.done,
            "mark": acts.mark,
            "restrict": acts.restrict,
            "review": acts.review,
            "take-step": steps.take,
            "give-back-step": steps.give_back,
            "state-item": DutyPages(pages, shown, forms).state,
        }
        self._over_all, self._cases, self._office = HandlingPages(pages), cases, pages.office
        self._zone = pages.moments.zone

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        return (
            *(
                ApiRoute(
                    method="POST",
                    path=f"/cases/{{case}}/{act}",
                    name=name,
                    summary=summary,
                    fields=fields,
                    run=self._then(self._acts[act]),
                    answers=CASE_HANDLED,
                )
                for act, (name, summary, fields) in HANDLING_ACTS.items()
            ),
            ApiRoute(
                method="GET",
                path="/actions",
                name="listTasks",
                summary="What is to be done",
                run=self._tasks,
                answers=TASK_LIST,
            ),
            ApiRoute(
                method="GET",
                path="/summary",
                name="summary",
                summary="A year in figures, over the cases that may be opened",
                query=(_YEAR,),
                run=self._summary,
                answers=SUMMARY,
            ),
            ApiRoute(
                method="GET",
                path="/summary/{kind}",
                name="exportSummary",
                summary="The same for others, as `csv` or `json`: without cases marked RED",
                query=(_YEAR,),
                files=("text/csv",),
                run=lambda desk, at: self._over_all.export(desk, at["kind"]),
                answers=SUMMARY_FILE,
            ),
            ApiRoute(
                method="GET",
                path="/drills",
                name="listDrills",
                summary="Planned and held",
                run=self._drills,
                answers=DRILL_LIST,
            ),
            ApiRoute(
                method="POST",
                path="/drills",
                name="beginDrill",
                summary="Begin a drill, planned or not",
                fields=_DRILL,
                answers=CASE_HANDLED,
                status=201,
                run=lambda desk, at: self._cases.handled(self._over_all.begun(desk, token_urlsafe(16))),
            ),
        )

    def _then(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["case"])
            return self._cases.handled(at["case"])

        return run

    def _tasks(self, desk: Desk, at: At) -> Any:
        now, alias = self._office.now(), Aliases()
        cases = visible_to(desk, self._office.cases.all())
        steps = [step_json(each, alias) for each in to_do(cases, now) if isinstance(each, OpenStep)]
        return {"steps": steps} | {
            kind: [open_task_json(each, now, alias) for each in open_tasks(cases, now, lasting=lasting)]
            for kind, lasting in (("actions", True), ("tasks", False))
        }

    def _summary(self, desk: Desk, at: At) -> Any:
        everything = self._office.cases.all()
        hidden = len(everything) - len(visible_to(desk, everything))
        return {**encode(Annual, self._over_all.figures(desk)), "hidden": hidden}

    def _drills(self, desk: Desk, at: At) -> Any:
        everything, now = self._office.cases.all(), self._office.now()
        cases = visible_to(desk, everything)
        shown = frozenset(case.id for case in cases)
        return {
            "plans": [plan_json(each, shown) for each in standings(self._office.drills, everything, self._zone, now)],
            "drills": [self._cases.line(case.id) for case in cases if case.drill],
        }
