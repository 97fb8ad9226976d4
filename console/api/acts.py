"""What is done with cases and their notices by the API: each is what the form at the same address does."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from console.api.cases import ApiCases
from console.api.field import Field, Kind
from console.api.route import ApiRoute, At, act_route
from console.api.schemas import CASE_LINE, NOTICE
from console.cases.acts import INPUT, CaseActs
from console.cases.pages import CasePages
from console.cases.several_cases import SeveralCases
from console.desk import Desk
from console.notices.json import notice_json
from console.notices.pages import NoticePages
from console.notices.view import KEEP, NO_GRADE
from console.pages import Pages
from incident.command import Containment
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Move
from incident.notice import Stage, WithdrawalReason
from incident.taken import BY_A_PERSON

type Act = Callable[[Desk, str], Response]

_KEY = Field(name="key", en="of the question, or of the command", needed=True)
REASON = Field(name="reason", en="why; it stays in the journal, so no personal data", needed=True)
_NOTE = Field(name="note", en="what else is to be known")
_DUTY = Field(name="duty", en="the id of the duty", needed=True)
_DIGEST = Field(name="digest", en="of the text that was read: it changes with every letter", needed=True)
_YES_NO = ("yes", "no")

CASE_ACTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "answer": (
        "Answer a question with yes or no",
        (
            _KEY,
            Field(name="answer", en="yes, or: it is done", needed=True, choices=_YES_NO),
            _NOTE,
            Field(name="inputs", en="what was asked for, and `measure`, by name", kind=Kind.BY_NAME, prefix=INPUT),
        ),
    ),
    "retry": ("Try again what failed", (_KEY,)),
    "contain": (
        "Contain at once",
        (
            Field(name="of", en="whom the case is about: `of` of one of its targets, instead of kind and target"),
            Field(name="kind", en="what is done", choices=tuple(Containment)),
            Field(name="system", en="the system, where it is about one"),
            Field(name="target", en="the account, credential or operation"),
            Field(name="sure", en="that a target is meant which nobody knows", choices=("yes",)),
            Field(name="hours", en="for how long, 24 at most", kind=Kind.NUMBER, needed=True),
            REASON,
        ),
    ),
    "lift": ("Want a measure taken back before it ends", (_KEY, REASON)),
    "agree": ("Agree, as the second person, that a measure is taken back", (_KEY,)),
    "reassess": (
        "Count again who is affected",
        (Field(name="hours", en="to look back", kind=Kind.NUMBER, needed=True),),
    ),
    "grade": ("Grade the incident", (Field(name="grade", en="the grade", needed=True, choices=tuple(Grade)), REASON)),
    "judge": (
        "Decide whether a duty is owed",
        (_DUTY, Field(name="applies", en="whether it is", needed=True, choices=_YES_NO), REASON),
    ),
    "clock": (
        "Let a clock run from another time",
        (_DUTY, Field(name="start", en="from when", kind=Kind.MOMENT, needed=True), REASON),
    ),
    "fulfil": (
        "Record that a duty was fulfilled",
        (
            _DUTY,
            Field(name="reference", en="the proof, as the number of a receipt", needed=True),
            _NOTE,
            Field(name="file", en="the name of the file that proves it, which stays where it is"),
            Field(name="sha256", en="its SHA-256, in hex"),
            Field(name="size", en="its octets", kind=Kind.NUMBER),
        ),
    ),
    "happened": (
        "Record a confirmation, a report received, a clue to a crime",
        (
            Field(name="what", en="what it was", needed=True, choices=tuple(Occurrence)),
            Field(name="at", en="when it was so", kind=Kind.MOMENT, needed=True),
            _NOTE,
        ),
    ),
    "dispute": ("Hold the recorded clue to a crime to be a mistake", (REASON,)),
    "withdraw": ("Agree, as the second person, that there was no clue to a crime", ()),
    "move": (
        "Change the state of the case",
        (Field(name="move", en="how", needed=True, choices=tuple(Move)), Field(name="reason", en="why")),
    ),
    "note": ("Write something down", (Field(name="text", en="without personal data", needed=True),)),
}
_LINK = (
    Field(name="kind", en="how they hang together", needed=True, choices=BY_A_PERSON),
    Field(name="other", en="the number of the other case", needed=True),
)
SEVERAL_ACTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "merge": ("Let the case go into another", (Field(name="into", en="the case that stays", needed=True), REASON)),
    "split": ("Let an alert become a case of its own", (Field(name="alert", en="its number", needed=True), REASON)),
    "link": ("Say how it hangs together with another", (*_LINK, Field(name="reason", en="why"))),
    "unlink": ("Take that back", (*_LINK, REASON)),
}
NOTICE_ACTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "settle": (
        "Say what a fact of the notice is",
        (
            Field(name="name", en="the name of the fact", needed=True),
            Field(name="zh", en="as it stands in the text", needed=True),
            Field(name="en", en="the same in English", needed=True),
            REASON,
        ),
    ),
    "redraft": (
        "Fill in the notice anew from the facts",
        (Field(name="template", en="by this template; that of the last draft, or of the playbook, unless given"),),
    ),
    "edit": (
        "Replace the text",
        (
            _DIGEST,
            *(Field(name=name, en=f"`{name}` of the content", needed=True) for name in ("title_zh", "body_zh")),
            *(Field(name=name, en=f"`{name}` of the content", needed=True) for name in ("title_en", "body_en")),
            Field(name="stage", en="how far the handling is", needed=True, choices=tuple(Stage)),
            Field(name="grade", en="the grade, as it is unless given", choices=(KEEP, NO_GRADE, *Grade)),
            *(
                Field(name=name, en="of who answers", needed=True)
                for name in ("unit_zh", "unit_en", "phone", "hotline")
            ),
            *(Field(name=name, en="what a correction corrects") for name in ("change_zh", "change_en")),
        ),
    ),
    "submit": (
        "Answer for the text and the check list",
        (
            _DIGEST,
            Field(name="check", en="every item of the check list", kind=Kind.TEXTS, needed=True),
            Field(name="due", en="when it is to be published; at once unless given", kind=Kind.MOMENT),
        ),
    ),
    "approve": ("Approve the exact text as the second person: it is published, at once or at its time", (_DIGEST,)),
    "call-off": ("Call off what waits for its time", (_DIGEST,)),
    "withdraw": (
        "Take the published notice back",
        (Field(name="reason", en="why, from a closed list", needed=True, choices=tuple(WithdrawalReason)),),
    ),
}
_ID = {"call-off": "callOffNotice"}


class ApiActs:
    """The acts on cases, and their notices."""

    def __init__(self, pages: Pages, shown: CasePages, cases: ApiCases) -> None:
        self._acts, self._notices = CaseActs(pages, shown), NoticePages(pages, shown)
        self._several = SeveralCases(pages, shown)
        self._office, self._shown, self._cases = pages.office, shown, cases

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        case, notice = "/cases/{case}", "/cases/{case}/notice"
        return (
            *(
                act_route(f"{case}/{name}", f"{name}Case", *told, self._then(getattr(self._acts, name)), CASE_LINE)
                for name, told in CASE_ACTS.items()
            ),
            *(
                act_route(f"{case}/{name}", f"{name}Case", *told, self._then(getattr(self._several, name)), CASE_LINE)
                for name, told in SEVERAL_ACTS.items()
            ),
            ApiRoute(
                method="GET",
                path=notice,
                name="showNotice",
                summary="The notice as it stands",
                run=self._notice,
                answers=NOTICE,
            ),
            *(
                act_route(
                    f"{notice}/{name}",
                    _ID.get(name, f"{name}Notice"),
                    *told,
                    self._noticed(self._of_notice(name)),
                    NOTICE,
                )
                for name, told in NOTICE_ACTS.items()
            ),
        )

    def _of_notice(self, name: str) -> Act:
        return getattr(self._notices, name.replace("-", "_"))  # type: ignore[no-any-return]

    def _then(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["case"])
            return self._cases.line(at["case"])

        return run

    def _noticed(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["case"])
            return self._notice(desk, at)

        return run

    def _notice(self, desk: Desk, at: At) -> Any:
        case, cases = self._shown.find(at["case"]), self._office.cases
        return notice_json(case, cases.facts(case.id), cases.problems(case.id), desk.person)
