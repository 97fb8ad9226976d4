"""What the forms of a case do: each is one act of `incident.cases`, by the person who is signed in."""

from collections.abc import Callable

from starlette.responses import Response

from console.cases.pages import CasePages
from console.cases.step_roles import may_answer
from console.cases.targets import check_target
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped, Typed
from console.pages import Pages
from incident.acts import MOST_CONTAINMENT
from incident.command import AskPerson, Containment
from incident.duty.clocks import ProofFile
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Move
from incident.ids import CaseId, CommandKey, DutyId, NotPermitted

INPUT = "input:"
"""What the names of fields begin with that a question asks to fill in."""
MOST_LOOK_BACK_HOURS = 24 * 31


class CaseActs:
    """One method per form."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._pages = pages
        self._shown = shown
        self._cases = pages.office.cases
        self._zone = pages.moments.zone

    def answer(self, desk: Admitted, case: str) -> Response:
        """Answer a question with yes or no."""
        form = desk.form
        key = CommandKey(form.get("key"))

        def act() -> None:
            issued = self._shown.find(case).commands.get(key)
            if issued and isinstance(issued.command, AskPerson) and not may_answer(desk, issued.command):
                raise NotPermitted("这一步不由您的岗位办理", "this is not for your role to answer")
            match form.get("answer"):
                case "yes":
                    inputs = form.starting(INPUT)
                    self._cases.complete(CaseId(case), key, desk.person, inputs=inputs, note=form.text("note"))
                case "no":
                    self._cases.decline(CaseId(case), key, desk.person, form.text("note"))
                case _:
                    raise Mistyped("answer", "请选择一项", "one of the choices has to be taken")

        return self.do(desk, case, f"answer-{key}", act, "answered")

    def retry(self, desk: Admitted, case: str) -> Response:
        """Try again what failed."""
        key = CommandKey(desk.form.get("key"))
        return self.do(
            desk, case, f"answer-{key}", lambda: self._cases.retry(CaseId(case), key, desk.person), "retried"
        )

    def contain(self, desk: Admitted, case: str) -> Response:
        """Contain at once."""
        form = desk.form
        most = int(MOST_CONTAINMENT.total_seconds() // 3600)

        def act() -> None:
            office, found = self._pages.office, self._shown.find(case)
            if handle := form.get("of"):
                kind, target = self._shown.target(desk, found, handle)
                system, known = "", True
            else:
                kind = form.choice("kind", Containment)
                known = check_target(form, kind, found, self._shown.systems(), office.events, office.now())
                system, target = (form.text(name, most=LONGEST_LINE) for name in ("system", "target"))
            self._cases.contain(
                CaseId(case),
                desk.person,
                kind,
                system=system,
                target=target,
                hours=form.number("hours", least=1, most=most),
                reason=form.text("reason"),
                known=known,
            )

        return self.do(desk, case, form.get("form") or "contain", act, "contained")

    def lift(self, desk: Admitted, case: str) -> Response:
        """Want a measure taken back before it ends."""
        key = CommandKey(desk.form.get("key"))

        def act() -> None:
            self._cases.ask_lift(CaseId(case), key, desk.person, desk.form.text("reason"))

        return self.do(desk, case, f"lift-{key}", act, "lift-asked")

    def agree(self, desk: Admitted, case: str) -> Response:
        """Agree, as the second person, that a measure is taken back."""
        key = CommandKey(desk.form.get("key"))
        return self.do(
            desk, case, f"agree-{key}", lambda: self._cases.agree_lift(CaseId(case), key, desk.person), "lifted"
        )

    def reassess(self, desk: Admitted, case: str) -> Response:
        """Count again who is affected."""

        def act() -> None:
            hours = desk.form.number("hours", least=0, most=MOST_LOOK_BACK_HOURS)
            self._cases.reassess(CaseId(case), desk.person, hours)

        return self.do(desk, case, "reassess", act, "reassessed")

    def grade(self, desk: Admitted, case: str) -> Response:
        """Grade the incident."""

        def act() -> None:
            grade = desk.form.choice("grade", Grade)
            self._cases.grade(CaseId(case), desk.person, grade, desk.form.text("reason"))

        return self.do(desk, case, "grade", act, "graded")

    def judge(self, desk: Admitted, case: str) -> Response:
        """Decide whether a duty is owed."""
        duty = DutyId(desk.form.get("duty"))

        def act() -> None:
            applies = desk.form.get("applies")
            if applies not in ("yes", "no"):
                raise Mistyped("applies", "请选择一项", "one of the choices has to be taken")
            reason = desk.form.text("reason")
            self._cases.judge_duty(CaseId(case), duty, desk.person, reason, applies=applies == "yes")

        return self.do(desk, case, f"judge-{duty}", act, "judged")

    def clock(self, desk: Admitted, case: str) -> Response:
        """Let a clock run from another time."""
        duty = DutyId(desk.form.get("duty"))

        def act() -> None:
            start = desk.form.moment("start", self._zone)
            self._cases.move_clock(CaseId(case), duty, desk.person, start, desk.form.text("reason"))

        return self.do(desk, case, f"clock-{duty}", act, "clock")

    def fulfil(self, desk: Admitted, case: str) -> Response:
        """Record that a duty was fulfilled."""
        duty = DutyId(desk.form.get("duty"))

        def act() -> None:
            reference = desk.form.text("reference", most=LONGEST_LINE)
            self._cases.fulfil(CaseId(case), duty, desk.person, reference, desk.form.text("note"), _proof(desk.form))

        return self.do(desk, case, f"fulfil-{duty}", act, "fulfilled")

    def happened(self, desk: Admitted, case: str) -> Response:
        """Record a confirmation, a report received, a clue to a crime."""

        def act() -> None:
            what = desk.form.choice("what", Occurrence)
            at = desk.form.moment("at", self._zone)
            self._cases.happened(CaseId(case), desk.person, what, at, desk.form.text("note"))

        return self.do(desk, case, "happened", act, "happened")

    def dispute(self, desk: Admitted, case: str) -> Response:
        """Hold the recorded clue to a crime to be a mistake."""

        def act() -> None:
            self._cases.dispute_clue(CaseId(case), desk.person, desk.form.text("reason"))

        return self.do(desk, case, "dispute", act, "lift-asked")

    def withdraw(self, desk: Admitted, case: str) -> Response:
        """Agree, as the second person, that there was no clue to a crime."""
        return self.do(
            desk, case, "withdraw", lambda: self._cases.withdraw_clue(CaseId(case), desk.person), "clue-withdrawn"
        )

    def move(self, desk: Admitted, case: str) -> Response:
        """Change the state of the case."""

        def act() -> None:
            self._cases.act(CaseId(case), desk.form.choice("move", Move), desk.person, desk.form.text("reason"))

        return self.do(desk, case, "move", act, "moved")

    def note(self, desk: Admitted, case: str) -> Response:
        """Write something down."""

        def act() -> None:
            self._cases.note(CaseId(case), desk.person, desk.form.needed("text"))

        return self.do(desk, case, "note", act, "noted")

    def do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str) -> Response:
        """Carry out *act* for the case, or show it again as it is now."""
        self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/cases/{case}",
            again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case)),
        )


def _proof(form: Typed) -> ProofFile | None:
    """The file that proves a fulfilment, where one is named: its digest and size say which, and it is not sent here."""
    name = form.text("file", most=LONGEST_LINE)
    if not (name or form.get("sha256").strip()):
        return None
    size = form.number("size", least=1, most=999_999_999)
    return ProofFile(name=name, sha256=form.text("sha256", most=LONGEST_LINE).lower(), size=size)
