"""The journal of alerts: who acknowledged, took over, snoozed and closed which, and what the installation noted.

What was found lies in the file of alerts, which the detector alone writes; here lies what became of it. The file may go
on growing, so whatever a person decided on is written down with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console import sealed_journal
from console.sealed_journal import SealedJournal
from incident.ids import Bilingual, PersonId
from siem.detect.alert import AlertId
from siem.detect.definition import RuleId
from siem.detect.lifecycle import Disposition, Size


class Cause(StrEnum):
    """Why a snoozed alert is back."""

    OVER = "over"
    GREW = "grew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The installation saw an alert for the first time."""

    alert: AlertId
    rule: RuleId
    rule_name: str
    title: str
    group: Mapping[str, str]
    raised_at: datetime
    size: Size
    former: str
    """The alert of the same rule and group before it; empty where there is none."""
    quiet: bool
    """Whether nobody has to see to it."""
    escalates_at: datetime | None
    """Until when somebody has to have acknowledged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grew:
    """It is far larger, or graver, than when that was told last."""

    alert: AlertId
    size: Size
    escalates_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """Nobody acknowledged it in time."""

    alert: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """It was snoozed and waits for somebody again."""

    alert: AlertId
    cause: Cause
    size: Size
    escalates_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """It was closed and waits for somebody again: a person said so, or the same was found after that."""

    alert: AlertId
    reason: str
    """Empty where nobody did it."""
    size: Size
    escalates_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody sees to it. Where it was nobody's it is theirs."""

    alert: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """It is somebody's."""

    alert: AlertId
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """Nobody has to see to it until then, or until it has grown."""

    alert: AlertId
    until: datetime
    growth: int
    """In percent of `size`."""
    size: Size
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Somebody said what it was."""

    alert: AlertId
    disposition: Disposition
    size: Size
    reason: str


type Later = Grew | Escalated | Returned | Reopened | Acknowledged | Assigned | Snoozed | Closed
"""What can become of an alert once it was raised."""
type Fact = Raised | Later
Entry = sealed_journal.Entry[Fact]


class BrokenAlertJournal(sealed_journal.BrokenJournal):
    """The journal of alerts is not as it was written."""

    of = Bilingual(zh="告警处置记录", en="alerts")


JOURNAL = SealedJournal[Fact]("yingbi alert journal 1", Fact, BrokenAlertJournal)
