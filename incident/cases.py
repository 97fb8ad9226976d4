"""The cases of an installation: what the console and the composition root talk to.

The root tells `open_or_join` of alerts, calls `tick` every second or so, performs what `pending` lists and tells
`finished`; `changed` wakes it earlier. The console shows what `get` and `all` return and passes on what people do: each
act is recorded, and what follows from it too, before the call returns. All of it may be called from any thread.
"""

import re
from collections.abc import Mapping

from incident import acts, drill, lifting, withdrawing
from incident.command import Containment
from incident.duty_acts import DutyActs
from incident.facts.case import AlertFacts, Move, Noted
from incident.ids import CaseId, CommandKey, NotPermitted, PersonId, person
from incident.notice_acts import NoticeActs
from incident.person_acts import PersonActs
from incident.reported import Report, report_fact, unknown_to
from incident.several_acts import SeveralActs
from incident.validity import is_valid

_DIGEST = re.compile(r"\w+:[0-9a-f]{32,}", re.ASCII)
"""A citizen as the log names them: random letters and digits, in which a number is found by chance."""


class Cases(DutyActs, NoticeActs, PersonActs, SeveralActs):
    """All cases. Whoever acts is named by the human they are; what they may do by role is the console's business.

    Every act raises NotPermitted where a rule of the work forbids it, and KeyError where there is no such case.
    """

    def open_by_hand(
        self,
        title: str,
        level: str,
        by: PersonId,
        note: str,
        *,
        once: str = "",
        alert: AlertFacts | None = None,
        report: Report | None = None,
        book: str = "",
    ) -> CaseId:
        """A new case that a person opens, on a *report* from outside, or of *alert*, where they open it because of one.

        It is led by the playbook that the alert asks for; where there is no alert by *book*, for a loss, a letter or a
        report. Asked again with the same *once*, or for the same alert, it is the same case.
        """
        self.check_text(title, note)
        self._needs_book(book)
        named = alert.id if alert else f"form:{once}" if once else None
        told = (report_fact(report, self.now()),) if report else ()
        case = self.begin(title, alert, person(by), level=level, book=book, note=note, once=named, also=told)
        # The alert may have had its case before: then the report is new to that one.
        self.ledger.record(case, lambda known: unknown_to(known, told), at=self.now(), by=person(by))
        self.carry_on(case)
        return case

    def open_drill(self, title: str, level: str, by: PersonId, *, book: str, once: str, plan: str = "") -> CaseId:
        """A case for practice, by the playbook *book*, or by hand where that is empty. *plan*: the drill that was due.

        Asked again with the same *once*, it is the same case.
        """
        self.check_text(title)
        self._needs_book(book)
        alert = drill.invented_alert(once, title, level, book, self.now())
        case = self.begin(title, alert, person(by), once=alert.id, drill=True, plan=plan)
        self.carry_on(case)
        return case

    def _needs_book(self, name: str) -> None:
        if name and name not in self.rules.books:
            raise NotPermitted(f"没有预案“{name}”", f"there is no such playbook: `{name}`")
        if name and not is_valid(self.rules.books[name], self.now()):
            raise NotPermitted(f"预案“{name}”不在有效期内", f"the playbook `{name}` is not valid now")

    # -- what people do

    def act(self, case: CaseId, move: Move, by: PersonId, reason: str = "") -> None:
        """Change the state of the case."""
        now = self.now()
        self.record(case, by, lambda known: acts.move(known, move, reason, now), reason)

    def note(self, case: CaseId, by: PersonId, text: str) -> None:
        """Write something down."""
        self.record(case, by, lambda _: (Noted(text=text),), text)

    def contain(
        self,
        case: CaseId,
        by: PersonId,
        kind: Containment,
        *,
        system: str = "",
        target: str = "",
        hours: int,
        reason: str,
        known: bool = False,
    ) -> None:
        """Contain at once, beside the playbook.

        *known*: whether the case or the log names *target* already, as it does every account, citizens by digest. What
        is typed otherwise may be somebody's number.
        """
        now = self.now()
        typed = () if known or _DIGEST.fullmatch(target) else (target,)
        self.record(
            case,
            by,
            lambda known: acts.contain(
                known, kind, system=system, target=target, hours=hours, reason=reason, by=by, now=now
            ),
            reason,
            *typed,
        )

    def ask_lift(self, case: CaseId, tightening: CommandKey, by: PersonId, reason: str) -> None:
        """Want a tightening taken back before it ends."""
        now = self.now()
        self.record(case, by, lambda known: lifting.ask(known, tightening, reason, now), reason)

    def agree_lift(self, case: CaseId, tightening: CommandKey, by: PersonId) -> None:
        """Agree, as the second person, that a tightening is taken back."""
        now = self.now()
        self.record(case, by, lambda known: lifting.agree(known, tightening, by, now))

    def dispute_clue(self, case: CaseId, by: PersonId, reason: str) -> None:
        """Hold the recorded clue to a crime to be a mistake."""
        self.record(case, by, lambda known: withdrawing.ask(known, reason), reason)

    def withdraw_clue(self, case: CaseId, by: PersonId) -> None:
        """Agree, as the second person, that there was no clue to a crime."""
        self.record(case, by, lambda known: withdrawing.agree(known, by))

    def complete(
        self, case: CaseId, key: CommandKey, by: PersonId, *, inputs: Mapping[str, str] | None = None, note: str = ""
    ) -> None:
        """Answer a question with yes, or: it is done."""
        texts = (note, *(inputs or {}).values())
        now = self.now()
        self.record(
            case,
            by,
            lambda known: acts.answer(known, key, accepted=True, note=note, by=by, now=now, inputs=inputs),
            *texts,
        )

    def decline(self, case: CaseId, key: CommandKey, by: PersonId, reason: str) -> None:
        """Answer a question with no."""
        now = self.now()
        self.record(
            case, by, lambda known: acts.answer(known, key, accepted=False, note=reason, by=by, now=now), reason
        )

    def retry(self, case: CaseId, key: CommandKey, by: PersonId) -> None:
        """Try again what failed: *key* is the rescue question's, or that of a command that a person asked for."""
        self.record(case, by, lambda known: acts.retry(known, key))
