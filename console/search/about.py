"""The events of an alert or of a case, as a search that bears only its number: whom it is about may be a digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.cases.gate import may_open
from console.desk import Desk
from console.office import Office
from incident.facts.case import AlertFacts
from incident.ids import CaseId
from siem.detect.alert import Alert, AlertId
from siem.index.condition import AllOf, AnyOf, Condition, Is
from siem.index.fields import FIELDS, Kind

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class About:
    """What an alert or a case is about."""

    condition: Condition
    start: datetime
    end: datetime
    address: str
    """Of its page."""


def about(office: Office, number: str, desk: Desk) -> About | None:
    """What the alert or the case with that number is about; None where there is none that *desk* may know of.

    Raises StoreUnavailable.
    """
    if number.startswith("A-"):
        alert = office.alerts.get(AlertId(number))
        return _about([alert], f"/alerts/{alert.id}") if alert else None
    case = next((case for case in office.cases.all() if case.id == CaseId(number)), None)
    if case is None or not case.alerts or not may_open(case, desk):
        return None
    return _about(list(case.alerts.values()), f"/cases/{case.id}")


def _about(alerts: list[Alert] | list[AlertFacts], address: str) -> About:
    start = min(alert.first_at for alert in alerts)
    end = max(alert.last_at for alert in alerts)
    return About(
        AnyOf(tuple(_of_group(alert.group) for alert in alerts)),
        start.replace(second=0, microsecond=0),
        end.replace(second=0, microsecond=0) + _MINUTE,
        address,
    )


def _of_group(group: Mapping[str, str | int]) -> Condition:
    """A rule may group by a name of its own, which no event can be searched by."""
    return AllOf(
        tuple(
            Is(name, int(value) if FIELDS[name].kind is Kind.NUMBER else str(value))
            for name, value in group.items()
            if name in FIELDS
        )
    )
