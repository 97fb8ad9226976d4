"""What people do about the duties of a case: its scope and grade, its clocks, what the reports state."""

from datetime import datetime

from incident import acts
from incident.acting import Acting
from incident.duty import stating
from incident.duty.clocks import ProofFile
from incident.duty.duties import Grade, Occurrence
from incident.duty.forms import Form, fill
from incident.ids import CaseId, DutyId, PersonId
from incident.sheets.sheet import Sheet


class DutyActs(Acting):
    """The acts of who answers for what the law asks."""

    def happened(self, case: CaseId, by: PersonId, what: Occurrence, at: datetime, note: str = "") -> None:
        """Record a human confirmation, a report received or a clue to a crime, at the time it was so."""
        now = self.now()
        self.record(case, by, lambda known: acts.happened(known, what, at, note, now), note)

    def reassess(self, case: CaseId, by: PersonId, look_back_hours: int) -> None:
        """Count again who is affected, up to now."""
        now = self.now()
        self.record(case, by, lambda known: acts.reassess(known, now, look_back_hours))

    def grade(self, case: CaseId, by: PersonId, grade: Grade, reason: str) -> None:
        """Grade the incident, whatever the engine suggested."""
        self.record(case, by, lambda _: acts.grade(grade, reason), reason)

    def move_clock(self, case: CaseId, duty: DutyId, by: PersonId, start: datetime, reason: str) -> None:
        """Let a clock run from another time; it shows for ever."""
        now = self.now()
        self.record(case, by, lambda known: acts.move_clock(known, duty, start, reason, now), reason)

    def judge_duty(self, case: CaseId, duty: DutyId, by: PersonId, reason: str, *, applies: bool) -> None:
        """Decide whether a duty exists in this case."""
        self.record(case, by, lambda known: acts.judge_duty(known, duty, reason, applies=applies), reason)

    def fulfil(
        self,
        case: CaseId,
        duty: DutyId,
        by: PersonId,
        reference: str,
        note: str = "",
        file: ProofFile | None = None,
    ) -> None:
        """Record that a duty was fulfilled, with its proof."""
        now = self.now()
        texts = (reference, note, file.name if file else "")
        self.record(case, by, lambda known: acts.fulfil(known, duty, reference, note, now, file), *texts)

    def state_item(self, case: CaseId, by: PersonId, item: str, text: str) -> None:
        """State an item of the reports that no log can know."""
        self.record(case, by, lambda known: stating.state(known, item, text), text)

    def form(self, case: CaseId, form: Form, marks: tuple[str, ...] = ()) -> Sheet:
        """The *form* about the case as its facts stand now."""
        return fill(self.get(case), form, self.rules.press, self._scan, self.now(), marks)
