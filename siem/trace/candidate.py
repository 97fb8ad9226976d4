"""One caller who may be the source of a sample, and how well chance explains what they were shown of it."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from siem.index.sightings import Seer, Sighting
from siem.trace.evidence import PEAK, Detail, Taken
from siem.trace.found import Peak, Suspect


@dataclass(slots=True, eq=False)
class Candidate:
    """What is known of them so far."""

    seer: Seer
    first: datetime
    last: datetime
    matched: set[int] = field(default_factory=set, repr=False)
    """The places in the sample of whom they were shown in clear."""
    seen: int = 0
    """How many subjects they were shown in clear in all."""
    peak: Taken | None = None
    detail: Detail | None = None

    def note(self, sighting: Sighting, place: int) -> None:
        """They were shown the subject at *place* of the sample."""
        self.matched.add(place)
        self.first, self.last = min(self.first, sighting.first), max(self.last, sighting.last)

    def log10_chance(self, known: int, drawn: frozenset[int], explained: frozenset[int]) -> float:
        """How likely it is that *drawn*, of *known* subjects, agrees so well by chance, once *explained* is left out.

        Over the whole time, or over the busiest part of it, corrected for how many such parts there are.
        """
        whole = self._whole().log10_chance(known, drawn, explained)
        if self.peak is None:
            return whole
        parts = max(1, math.ceil((self.last - self.first) / PEAK))
        return min(whole, self.peak.log10_chance(known, drawn, explained) + math.log10(parts))

    def odds(self, known: int, drawn: frozenset[int]) -> float:
        """How many times as often they were shown a subject of *drawn* as another: Haldane's odds ratio, the greater
        of the whole time's and the peak's.
        """
        return max(taken.odds(known, drawn) for taken in (self._whole(), self.peak) if taken is not None)

    def suspect(
        self, rank: int, *, identifiers: int, shown: int, likelihood: float, newly: int, is_source: bool
    ) -> Suspect:
        """The same for who reads the answer."""
        detail, peak = self.detail, self.peak
        return Suspect(
            rank=rank,
            caller=detail.name if detail else self.seer.caller or self.seer.address,
            kind=detail.kind if detail else "",
            posts=detail.posts if detail else (),
            is_source=is_source,
            matched=len(self.matched),
            newly=newly,
            coverage=len(self.matched) / identifiers,
            coverage_shown=len(self.matched) / shown,
            seen=self.seen,
            precision=len(self.matched) / self.seen,
            likelihood=likelihood,
            first_at=self.first,
            last_at=self.last,
            days=detail.days if detail else 0,
            order=detail.order if detail else 0.0,
            peak=Peak(first_at=peak.first, last_at=peak.last, matched=len(peak.subjects), seen=peak.seen)
            if peak
            else None,
            systems=detail.systems if detail else (),
            operations=detail.operations if detail else (),
            events=detail.events if detail else (),
            is_whole=detail is not None and detail.is_whole,
        )

    def _whole(self) -> Taken:
        return Taken(frozenset(self.matched), self.seen, self.first, self.last)
