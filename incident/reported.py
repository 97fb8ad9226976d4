"""A report from outside that a case is opened on: what kind of reporter told us, and when. Nothing keeps who it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.acts import EARLIEST
from incident.duty.duties import Occurrence
from incident.facts.duty import Happened
from incident.ids import Bilingual, NotPermitted
from incident.incident import Case


class Reporter(StrEnum):
    """What kind of reporter."""

    CITIZEN = "citizen"
    OFFICE = "office"


REPORTER_NAMES = {
    Reporter.CITIZEN: Bilingual(zh="公民", en="a citizen"),
    Reporter.OFFICE: Bilingual(zh="其他单位", en="another office"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """That somebody outside told us."""

    by: Reporter
    received_at: datetime


def report_fact(report: Report, now: datetime) -> Happened:
    """The entry that clocks may run from (decision 20). Raises NotPermitted where the time cannot be meant."""
    if report.received_at > now:
        raise NotPermitted("收到报告的时间不能晚于现在", "a report cannot have been received in the future")
    if report.received_at < now - EARLIEST:
        days = EARLIEST.days
        raise NotPermitted(
            f"收到报告的时间早于 {days} 天以前，请核对年份",
            f"the report would have been received more than {days} days ago: look at the year",
        )
    name = REPORTER_NAMES[report.by]
    return Happened(what=Occurrence.REPORT, at=report.received_at, note=f"{name.zh} / {name.en}")


def unknown_to(case: Case, told: Sequence[Happened]) -> tuple[Happened, ...]:
    """Those of *told* that the journal of *case* does not hold."""
    known = {(event.what, event.at) for event in case.occurrences}
    return tuple(fact for fact in told if (fact.what, fact.at) not in known)
