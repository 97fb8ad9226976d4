"""What the control process tells of its cases and records: numbers and states, for status, metrics and the demo.

INVARIANT 3: citizens among the callers are numbered, each time anew.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from console.installation import RecordState
from console.permits.state import PermitRecord
from incident.cases import Cases
from incident.drill import MARK
from incident.drill_plan import DrillPlan
from incident.drill_standing import standings
from incident.incident import Case
from incident.journal import BrokenJournal, verify
from incident.scope import CALLER_FIELD
from siem.detect.aliases import Aliases
from yingbi.drill_reminders import told_of
from yingbi.home import Home
from yingbi.told import tell

log = logging.getLogger("yingbi.control")

HIDDEN = "限制查看的案件 / a restricted case"
"""What stands for the title of a case that only named persons may open."""
MOST = 20
"""Cases told of, newest first."""


class Summary:
    """Tells of the newest cases, and of what was altered in the log and the journals, whenever that has changed."""

    def __init__(
        self,
        home: Home,
        cases: Cases,
        records: Callable[[], RecordState],
        policies: Callable[[], Mapping[str, Any]] = dict,
        permits: Callable[[], Iterable[PermitRecord]] = tuple,
        drills: Sequence[DrillPlan] = (),
    ) -> None:
        """*policies* is what is told of the folder of policies and the drafts, *permits* are those in force."""
        self._path = home.told("control")
        self._cases = cases
        self._told: dict[str, Any] | None = None
        self._records = records
        self._policies = policies
        self._permits = permits
        self._drills = drills
        self._at_start = {str(case.id): broken for case in cases.all() if (broken := _broken(case))}

    def tell(self) -> None:
        """Tell, if there is anything new."""
        cases = self._cases.all()
        numbers = Counter(case.state.value for case in cases)
        records = self._records()
        alias = Aliases()
        facts = {
            "cases": [_told(case, alias) for case in cases[:MOST]],
            "numbers": {**numbers},
            "broken_log": {start: f"{said.zh} / {said.en}" for start, said in records.log.items()},
            "broken_journals": {
                **self._at_start,
                **{case: f"{said.zh} / {said.en}" for case, said in records.journals.items()},
            },
            "broken_policies": f"{records.policies.zh} / {records.policies.en}" if records.policies else "",
            "broken_permits": f"{records.permits.zh} / {records.permits.en}" if records.permits else "",
            "broken_alerts": f"{records.alerts.zh} / {records.alerts.en}" if records.alerts else "",
            "broken_rules": f"{records.rules.zh} / {records.rules.en}" if records.rules else "",
            "broken_playbooks": f"{records.playbooks.zh} / {records.playbooks.en}" if records.playbooks else "",
            "broken_searches": f"{records.searches.zh} / {records.searches.en}" if records.searches else "",
            "drills": told_of(standings(self._drills, cases, self._cases.rules.press.zone, self._cases.now())),
            "policies": self._policies(),
            "permits": [_permit(record, alias) for record in self._permits()],
        }
        if facts != self._told:
            tell(self._path, {"pid": os.getpid(), **facts})
            self._told = facts


def _broken(case: Case) -> str:
    """Where the journal of *case* has been altered, or nothing. Every journal is looked at once, at the start."""
    try:
        verify(case.entries)
    except BrokenJournal as problem:
        log.error("journal_broken case=%s", case.id)
        return str(problem)
    return ""


def _permit(record: PermitRecord, alias: Aliases) -> dict[str, Any]:
    fact = record.fact
    return {
        "permit": fact.permit,
        "kind": fact.kind.value,
        "caller": alias(fact.caller),
        "system": fact.system,
        "until": record.until.isoformat(),
    }


def _told(case: Case, alias: Aliases) -> dict[str, Any]:
    alerts = list(case.alerts.values())
    restricted = case.handling.restricted
    title = HIDDEN if restricted else case.title
    return {
        "id": case.id,
        "title": f"【{MARK.zh} {MARK.en}】{title}" if case.drill else title,
        "tlp": case.handling.tlp.label,
        "restricted": restricted,
        "drill": case.drill,
        "state": case.state.value,
        "level": case.level,
        "opened_at": case.opened_at.isoformat(),
        "alerts": [alert.id for alert in alerts],
        "callers": []
        if restricted
        else sorted({alias(alert.group[CALLER_FIELD]) for alert in alerts if CALLER_FIELD in alert.group}),
        "raised_at": {alert.id: alert.raised_at.isoformat() for alert in alerts},
        "contained_at": case.contained_at.isoformat() if case.contained_at else None,
        "persons": case.scope.persons if case.scope else None,
        "grade": case.graded.grade.value if case.graded else None,
        "clocks": len(case.clocks),
        "questions": [HIDDEN if restricted else question.title for question in case.questions],
        "draft": case.notice.digest,
        "notice": case.notice_id,
        "published": sum(1 for version in case.notice.versions if version.withdrawn is None),
    }
