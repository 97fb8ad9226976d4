"""What the forms of a manual step do: take it on, give it to somebody of its role, give it back."""

from starlette.responses import Response

from console.cases.acts import CaseActs
from console.cases.pages import CasePages
from console.cases.step_roles import handles, persons_for
from console.desk import Admitted
from console.forms import Mistyped
from console.pages import Pages
from incident.by_hand_acts import give_back, take
from incident.command import AskPerson
from incident.ids import CaseId, CommandKey, NotPermitted, PersonId


class StepActs:
    """One method per form."""

    def __init__(self, pages: Pages, shown: CasePages, acts: CaseActs) -> None:
        self._office, self._shown, self._acts = pages.office, shown, acts
        self._cases = pages.office.cases

    def take(self, desk: Admitted, case: str) -> Response:
        """Let the person who is named, or else who asks, do the step."""
        key = CommandKey(desk.form.get("key"))
        taker = PersonId(desk.form.get("person") or desk.person)

        def act() -> None:
            issued = self._shown.find(case).commands.get(key)
            asked = issued.command if issued else None
            if isinstance(asked, AskPerson) and taker not in persons_for(asked.assignee, self._office.accounts.all()):
                raise Mistyped(
                    "person", "这一步由预案指定的岗位承办", "the step is for the role that the playbook names"
                )
            if taker != desk.person and not handles(desk):
                raise NotPermitted("只能自己承办，不能交给别人", "you may take it yourself, and give it to nobody")
            self._cases.record(CaseId(case), desk.person, lambda known: take(known, key, taker))

        return self._acts.do(desk, case, f"take-{key}", act, "step-taken")

    def give_back(self, desk: Admitted, case: str) -> Response:
        """Let the step wait for anybody of its role again."""
        key, reason = CommandKey(desk.form.get("key")), desk.form.text("reason")

        def act() -> None:
            issued = self._shown.find(case).commands.get(key)
            if issued and issued.taken_by != desk.person and not handles(desk):
                raise NotPermitted("只能退回自己承办的步骤", "you may give back what you have taken yourself")
            self._cases.record(
                CaseId(case), desk.person, lambda known: give_back(known, key, desk.person, reason), reason
            )

        return self._acts.do(desk, case, f"give-back-{key}", act, "step-given-back")
