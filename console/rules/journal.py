"""The journal of detection rules: who proposed which, who put it live or withdrew it; and what that adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from console import sealed_journal
from console.sealed_journal import SealedJournal
from incident.ids import Bilingual, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Somebody would have a file of rules live, or gone."""

    number: int
    file: str
    """`many_subjects.yml`."""
    text: str
    """Of the file; empty where it shall go."""
    instead_of: str
    """The text of what was in force under that name; empty where nothing was."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutLive:
    """What was proposed is in force from now on."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What was proposed will not be put live."""

    number: int
    reason: str


type Fact = Proposed | PutLive | Withdrawn
Entry = sealed_journal.Entry[Fact]


class BrokenRuleJournal(sealed_journal.BrokenJournal):
    """The journal of rules is not as it was written."""

    of = Bilingual(zh="规则记录", en="rules")


JOURNAL = SealedJournal[Fact]("yingbi rule journal 1", Fact, BrokenRuleJournal)


class Standing(StrEnum):
    """How far a proposal has come."""

    WAITING = "waiting"
    LIVE = "live"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A file of rules that somebody proposed, and what became of it."""

    fact: Proposed
    at: datetime
    by: PersonId
    standing: Standing = Standing.WAITING
    settled_at: datetime | None = None
    settled_by: PersonId | None = None
    remark: str = ""
    """Why it was withdrawn."""


@dataclass(slots=True)
class RuleState:
    """All of it. Grows with each entry that is added."""

    proposals: dict[int, Proposal] = field(default_factory=dict)
    """By number, oldest first."""
    live: dict[str, int] = field(default_factory=dict)
    """By file, the proposal that was put live last."""

    def add(self, entries: Iterable[Entry]) -> None:
        """Take *entries* in, in order."""
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        by = PersonId(entry.by.id)
        match entry.fact:
            case Proposed() as fact:
                self.proposals[fact.number] = Proposal(fact=fact, at=entry.at, by=by)
            case PutLive(number=number):
                file = self.proposals[number].fact.file
                if file in self.live:
                    before = self.live[file]
                    self.proposals[before] = replace(self.proposals[before], standing=Standing.REPLACED)
                self._settle(number, Standing.LIVE, entry.at, by)
                self.live[file] = number
            case Withdrawn(number=number, reason=reason):
                self._settle(number, Standing.WITHDRAWN, entry.at, by, reason)
            case _:
                assert_never(entry.fact)

    def _settle(self, number: int, standing: Standing, at: datetime, by: PersonId, remark: str = "") -> None:
        self.proposals[number] = replace(
            self.proposals[number], standing=standing, settled_at=at, settled_by=by, remark=remark
        )
