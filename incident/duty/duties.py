"""Legal duties as data: whom to tell, from which recorded fact, within what time, and where it is written.

`law/cn.json` holds China's. What was read in the text of a law says so; every limit that no law sets is the
installation's own target and is shown as one to check with counsel, never as law.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from incident.codec import decode
from incident.duty.term import DayTerm
from incident.ids import Bilingual, DutyId


class Audience(StrEnum):
    """Whom a duty tells. The two clocks of a leak: each runs whatever becomes of the other."""

    AUTHORITY = "authority"
    PERSONS = "persons"


class Occurrence(StrEnum):
    """A fact of the case that a clock can run from."""

    ALERT = "alert"
    REPORT = "report"
    """Somebody outside the gateway told us."""
    CONFIRMATION = "confirmation"
    """A person of ours confirmed that it is real."""
    CRIME_CLUE = "crime_clue"
    HANDLED = "handled"
    """The handling of the incident ended."""


class Since(StrEnum):
    """What a duty's clock runs from."""

    AWARENESS = "awareness"
    """The earliest of alert, report received and human confirmation."""
    CRIME_CLUE = "crime_clue"
    HANDLED = "handled"


STARTED_BY: Mapping[Since, frozenset[Occurrence]] = {
    Since.AWARENESS: frozenset({Occurrence.ALERT, Occurrence.REPORT, Occurrence.CONFIRMATION}),
    Since.CRIME_CLUE: frozenset({Occurrence.CRIME_CLUE}),
    Since.HANDLED: frozenset({Occurrence.HANDLED}),
}


class Grade(StrEnum):
    """Grade of a network security incident, mildest first: 一般, 较大, 重大, 特别重大."""

    ORDINARY = "ordinary"
    LARGE = "large"
    MAJOR = "major"
    EXTREME = "extreme"

    @property
    def rank(self) -> int:
        """0 (mildest) to 3."""
        return tuple(Grade).index(self)


GRADE_NAMES: Mapping[Grade, Bilingual] = {
    Grade.ORDINARY: Bilingual(zh="一般", en="ordinary"),
    Grade.LARGE: Bilingual(zh="较大", en="relatively major"),
    Grade.MAJOR: Bilingual(zh="重大", en="major"),
    Grade.EXTREME: Bilingual(zh="特别重大", en="particularly major"),
}


class Standing(StrEnum):
    """How well a statement about the law is known."""

    CONFIRMED = "confirmed"
    """It stands in a text that was read."""
    CHECK = "check"
    """Partly seen, second hand or from memory: to be checked with counsel."""


class SetBy(StrEnum):
    """Who set a time limit."""

    LAW = "law"
    US = "us"
    """The law says "at once" or nothing: the limit is the installation's own target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a duty, a limit or a number is written."""

    text: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One legal duty."""

    id: DutyId
    audience: Audience
    name: Bilingual
    recipient: Bilingual
    channel: Bilingual
    content: tuple[str, ...]
    """What has to be said, in Chinese."""
    content_source: Source
    since: Since
    within: timedelta = timedelta(0)
    """Hours that pass everywhere alike; nothing where the limit is in days."""
    days: DayTerm | None = None
    limit: SetBy
    from_grade: Grade | None = None
    """The duty exists only from this grade on; None: always."""
    waived_when: Bilingual | None = None
    """On what ground it may be decided not to fulfil it; None: never."""
    sources: tuple[Source, ...]

    def due(self, start: datetime) -> datetime:
        """When the duty must be fulfilled at the latest, where its clock started at *start*. In UTC: hours that are
        counted on the clock of a place are one more or less where that is put forward or back between them.
        """
        return self.days.due(start) if self.days else start.astimezone(UTC) + self.within


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From how many persons on an incident has a grade, by number alone. The number itself counts."""

    grade: Grade
    persons: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmClause:
    """A clause that may raise the grade whatever the number. It suggests; a person decides."""

    id: str
    name: Bilingual
    categories: tuple[str, ...]
    """Kinds of personal data, one of which was shown in clear; empty means any."""
    persons: int
    """From how many persons on we suggest it: our own number, since the clause names none."""
    suggests: Grade
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTable:
    """The duties of one country and how it grades incidents."""

    duties: tuple[Duty, ...]
    thresholds: tuple[Threshold, ...]
    clauses: tuple[HarmClause, ...]

    def grade_by_number(self, persons: int) -> Grade:
        """The grade that the number of persons alone gives."""
        reached = [threshold.grade for threshold in self.thresholds if persons >= threshold.persons]
        return max(reached, key=lambda grade: grade.rank, default=Grade.ORDINARY)

    def clauses_met(self, clear: Mapping[str, int]) -> tuple[HarmClause, ...]:
        """The clauses that speak for a higher grade. *clear*: persons by category of data shown in clear."""
        return tuple(
            clause
            for clause in self.clauses
            if any(
                persons >= clause.persons
                for category, persons in clear.items()
                if not clause.categories or category in clause.categories
            )
        )


CHINA = Path(__file__).parent.parent / "law" / "cn.json"


def load_duties(path: Path = CHINA) -> DutyTable:
    """The table in the file at *path*. Raises ValueError that names file and place where it is none."""
    try:
        table: DutyTable = decode(DutyTable, json.loads(path.read_bytes()))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    ids = [duty.id for duty in table.duties]
    if len(set(ids)) != len(ids):
        raise ValueError(f"{path.name}: two duties have one id")
    return table
