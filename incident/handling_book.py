"""What people do about how cases are handled, under their names. What they may by role is the console's business.

Every act raises NotPermitted where a rule of the work forbids it, and KeyError where there is no such case.
"""

from collections.abc import Collection
from datetime import datetime

from incident import handling_acts as acts
from incident.cases import Cases
from incident.ids import CaseId, PersonId
from incident.marking import CaseRole, Tlp


class HandlingBook:
    """Roles, tasks, marks, restrictions and reviews of the cases of an installation."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    def give_role(self, case: CaseId, by: PersonId, role: CaseRole, persons: Collection[PersonId]) -> None:
        """Let *persons*, and nobody else, have *role* in the case."""
        self._cases.record(case, by, lambda known: acts.give_role(known, role, persons))

    def set_task(
        self,
        case: CaseId,
        by: PersonId,
        title: str,
        assignee: PersonId,
        due: datetime,
        *,
        lasting: bool = False,
        number: int = 0,
    ) -> None:
        """Give a task, or that of *number* anew; one that is *lasting* outlives the case."""
        now = self._cases.now()
        self._cases.record(
            case,
            by,
            lambda known: acts.set_task(known, title, assignee, due, now, lasting=lasting, number=number),
            title,
        )

    def finish_task(self, case: CaseId, by: PersonId, number: int, note: str) -> None:
        """Say that a task was done, and how."""
        self._cases.record(case, by, lambda known: acts.finish_task(known, number, note), note)

    def mark(self, case: CaseId, by: PersonId, tlp: Tlp, reason: str = "") -> None:
        """Say who may be told of the case."""
        self._cases.record(case, by, lambda known: acts.mark(known, tlp, reason), reason)

    def restrict(self, case: CaseId, by: PersonId, persons: Collection[PersonId], reason: str) -> None:
        """Let only *persons*, and *by*, open the case; everybody again where *persons* are none."""
        self._cases.record(case, by, lambda known: acts.restrict(known, persons, reason, by), reason)

    def read(self, case: CaseId, by: PersonId, page: str) -> None:
        """Record that *by* reads *page* of the case, where it is restricted and they are not named."""
        self._cases.record(case, by, lambda known: acts.read(known, page, by))

    def review(self, case: CaseId, by: PersonId, cause: str, lessons: str) -> None:
        """Write down what was learned, with the times as they are recorded now."""
        goals = self._cases.rules.goals
        self._cases.record(case, by, lambda known: acts.review(known, cause, lessons, goals), cause, lessons)
