"""The journal of playbooks of others: who proposed which text, who agreed or withdrew it; and what that adds up to."""

import hashlib
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
    """Somebody would have cases led by a playbook of others."""

    number: int
    name: str
    """By which rules and cases name it: the stem of its file."""
    text: str
    """All of it, to the last octet."""
    reason: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Another person agreed to the very text with that digest."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """It is not used, or used no more."""

    number: int
    reason: str


type Fact = Proposed | Agreed | Withdrawn
Entry = sealed_journal.Entry[Fact]


class BrokenPlaybookJournal(sealed_journal.BrokenJournal):
    """The journal of playbooks is not as it was written."""

    of = Bilingual(zh="预案记录", en="playbooks")


JOURNAL = SealedJournal[Fact]("yingbi playbook journal 1", Fact, BrokenPlaybookJournal)


class Standing(StrEnum):
    """How far a proposal has come."""

    WAITING = "waiting"
    AGREED = "agreed"
    REPLACED = "replaced"
    """Two people agreed to another text of that name since."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A text that somebody proposed, and what became of it."""

    fact: Proposed
    at: datetime
    by: PersonId
    standing: Standing = Standing.WAITING
    agreed_at: datetime | None = None
    agreed_by: PersonId | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: PersonId | None = None
    remark: str = ""
    """Why it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Agreements:
    """What of all this counts."""

    agreed: dict[str, str] = field(default_factory=dict)
    """By name, the digest of the text that two people agree to."""
    withdrawn: frozenset[str] = frozenset()
    """Digests of texts that were withdrawn after two had agreed: whoever signed them, until two agree anew."""


@dataclass(slots=True)
class PlaybookState:
    """All of it. Grows with each entry that is added."""

    proposals: dict[int, Proposal] = field(default_factory=dict)
    """By number, oldest first."""

    def add(self, entries: Iterable[Entry]) -> None:
        """Take *entries* in, in order."""
        for entry in entries:
            self._add(entry)

    @property
    def agreements(self) -> Agreements:
        """What counts now."""
        found = [each for each in self.proposals.values() if each.agreed_by]
        agreed = {each.fact.name: each.fact.digest for each in found if each.standing is Standing.AGREED}
        gone = {each.fact.digest for each in found if each.standing is Standing.WITHDRAWN}
        return Agreements(agreed, frozenset(gone - {*agreed.values()}))

    def _add(self, entry: Entry) -> None:
        by = PersonId(entry.by.id)
        match entry.fact:
            case Proposed() as fact:
                self.proposals[fact.number] = Proposal(fact=fact, at=entry.at, by=by)
            case Agreed(number=number):
                name = self.proposals[number].fact.name
                for each in self.proposals.values():
                    if each.standing is Standing.AGREED and each.fact.name == name:
                        self.proposals[each.fact.number] = replace(each, standing=Standing.REPLACED)
                self.proposals[number] = replace(
                    self.proposals[number], standing=Standing.AGREED, agreed_at=entry.at, agreed_by=by
                )
            case Withdrawn(number=number, reason=reason):
                self.proposals[number] = replace(
                    self.proposals[number],
                    standing=Standing.WITHDRAWN,
                    withdrawn_at=entry.at,
                    withdrawn_by=by,
                    remark=reason,
                )
            case _:
                assert_never(entry.fact)
