"""What the journal of permits adds up to: each permit with its end and its reviews, each refusal."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from console.permits.journal import Began, Ended, Entry, Judgement, Opened, Refused, Reviewed
from incident.ids import PersonId
from policies.permits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The early end of a permit."""

    at: datetime
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody held of a permit."""

    at: datetime
    by: PersonId
    judgement: Judgement
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRecord:
    """One permit that was opened."""

    fact: Opened
    opened_at: datetime
    ended: Ending | None = None
    reviews: tuple[Review, ...] = ()

    @property
    def until(self) -> datetime:
        """When it ends, or was ended."""
        return min(self.fact.until, self.ended.at) if self.ended else self.fact.until

    @property
    def breaks_glass(self) -> bool:
        """Whether it is about every record of its system."""
        return self.fact.kind is Kind.BREAK_GLASS

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it and nobody has."""
        return self.fact.sampled and not self.reviews

    @property
    def is_improper(self) -> bool:
        """Whether a reviewer held it to be wrong."""
        return any(review.judgement is Judgement.IMPROPER for review in self.reviews)

    def is_live(self, now: datetime) -> bool:
        """Whether it counts at *now*."""
        return self.opened_at <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was asked for and not given."""

    fact: Refused
    at: datetime


@dataclass(slots=True)
class PermitState:
    """All of it. Grows with each entry that is added."""

    permits: dict[str, PermitRecord] = field(default_factory=dict)
    """By id, oldest first."""
    refused: dict[str, Refusal] = field(default_factory=dict)
    starts: list[tuple[datetime, str]] = field(default_factory=list)
    """Those of the log in which it is recorded what became of permits, oldest first."""

    def add(self, entries: Iterable[Entry]) -> None:
        """Take *entries* in, in order."""
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        match entry.fact:
            case Began(start=start):
                self.starts.append((entry.at, start))
            case Opened() as fact:
                self.permits[fact.permit] = PermitRecord(fact=fact, opened_at=entry.at)
            case Refused() as fact:
                self.refused[fact.permit] = Refusal(fact=fact, at=entry.at)
            case Ended(permit=permit, reason=reason):
                ending = Ending(at=entry.at, by=PersonId(entry.by.id), reason=reason)
                self.permits[permit] = replace(self.permits[permit], ended=ending)
            case Reviewed(permit=permit, judgement=judgement, remark=remark):
                review = Review(at=entry.at, by=PersonId(entry.by.id), judgement=judgement, remark=remark)
                found = self.permits[permit]
                self.permits[permit] = replace(found, reviews=(*found.reviews, review))
            case _:
                assert_never(entry.fact)
