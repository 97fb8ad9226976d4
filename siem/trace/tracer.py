"""Finds the callers whose accesses can explain a sample.

Only what was shown in clear explains it. The subjects of the sample that somebody was shown in clear are taken as drawn
from all that are known; each caller's part is judged by `siem.trace.likelihood`, over the whole time and over the
busiest 24 hours. The one who explains most comes first; then what they explain is left out, and the others are judged
by the rest: so those who shared a leak are found one after the other, and nobody is for having seen the same people.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.digest import Digester
from siem.index.condition import AllOf, Condition, Exists, In, Is, Not, fold
from siem.index.fields import DIGESTS_IN
from siem.index.sightings import Seer
from siem.index.store import EventStore
from siem.record.ecs import Document
from siem.trace.candidate import Candidate
from siem.trace.evidence import Taken, detail_of
from siem.trace.found import Trace
from siem.trace.judging import Judging
from siem.trace.sample import Sample

CANDIDATES = 40
"""Of so many callers the volume is asked exactly; of the others it is known roughly."""
DETAILED = 10
"""Of so many callers, and of every source, the events are read."""
READ = 2_000
"""Events of one caller that are read for it."""

_MILLISECOND = timedelta(milliseconds=1)


def trace(
    store: EventStore,
    digesters: Sequence[Digester],
    sample: Sample,
    start: datetime,
    end: datetime,
    timeout: timedelta,
) -> Trace:
    """Who was shown the identifiers of *sample* with start <= `@timestamp` < end.

    *digesters* are of all epochs whose keys there are; *timeout* bounds each question to the index. Raises
    StoreUnavailable.
    """
    places = {
        fold(digest): place for digester in digesters for place, digest in enumerate(digester.each(sample.identifiers))
    }
    asking = _Asking(store, places, start, end, timeout)
    candidates, masked = asking.candidates()
    shown = frozenset(place for each in candidates for place in each.matched)
    epochs = tuple(digester.epoch for digester in digesters)
    known, ranked = asking.judged(candidates, shown, epochs)
    judging = Judging(known, shown, len(candidates))
    sources, explained = judging.sources(ranked)
    for each in sources:
        if each.detail is None:
            asking.read(each)
    return Trace(
        sample=sample,
        start=start,
        end=end,
        epochs=epochs,
        known=known,
        compared=len(candidates),
        shown=len(shown),
        masked_only=len(masked - shown),
        never=len(sample.identifiers) - len(shown | masked),
        explained=len(explained),
        verdict=judging.verdict(len(sources), len(explained)),
        callers=tuple(judging.suspects(ranked, sources, len(sample.identifiers))),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked of the index."""

    store: EventStore
    places: Mapping[str, int]
    """Where each digest stands in the sample."""
    start: datetime
    end: datetime
    timeout: timedelta

    def candidates(self) -> tuple[list[Candidate], frozenset[int]]:
        """Who was shown any of the sample in clear, and what of it was shown in another form."""
        by_seer: dict[Seer, Candidate] = {}
        masked = set()
        digests = sorted(self.places)
        for at in range(0, len(digests), DIGESTS_IN):
            part = digests[at : at + DIGESTS_IN]
            for sighting in self.store.sightings(part, self.start, self.end, self.timeout):
                place = self.places[sighting.subject]
                if sighting.is_clear:
                    new = Candidate(sighting.seer, sighting.first, sighting.last)
                    by_seer.setdefault(sighting.seer, new).note(sighting, place)
                else:
                    masked.add(place)
        return list(by_seer.values()), frozenset(masked)

    def judged(
        self, candidates: Sequence[Candidate], shown: frozenset[int], epochs: Sequence[str]
    ) -> tuple[int, list[Candidate]]:
        """How many subjects are known, and the likeliest candidates in order, the first of them in detail."""
        if not candidates:
            return 0, []
        volumes = self.store.volumes(epochs, self.start, self.end, self.timeout)
        known = max(volumes.known, len(shown))
        for each in candidates:
            each.seen = max(volumes.of.get(each.seer, 0), len(each.matched))

        def chance(candidate: Candidate) -> tuple[float, Seer]:
            return candidate.log10_chance(known, shown, frozenset()), candidate.seer

        first = sorted(candidates, key=chance)[:CANDIDATES]
        volumes_of = self.store.volume([each.seer for each in first], self.start, self.end, self.timeout)
        for each, seen in zip(first, volumes_of, strict=True):
            each.seen = max(seen, len(each.matched))
        first.sort(key=chance)
        for each in first[:DETAILED]:
            self.read(each)
        return known, sorted(first, key=chance)

    def read(self, candidate: Candidate) -> None:
        """Look at the events of *candidate*."""
        digests = [digest for digest, place in self.places.items() if place in candidate.matched]
        subjects = In("yingbi.subjects", frozenset(digests[:DIGESTS_IN]))
        condition = AllOf((*_who(candidate.seer), Is("yingbi.disclosure", "clear"), subjects))
        end = candidate.last + _MILLISECOND
        found = self.store.search(condition, candidate.first, end, self.timeout)
        documents: list[Document] = list(itertools.islice(found, READ))
        if not documents:
            return  # gone from the index in between
        detail = detail_of(candidate.seer, documents, self.places, is_whole=len(documents) < READ)
        since, until = detail.peak_span
        (seen,) = self.store.volume([candidate.seer], since, until + _MILLISECOND, self.timeout)
        candidate.detail = detail
        candidate.peak = Taken(detail.peak_subjects, max(seen, len(detail.peak_subjects)), since, until)


def _who(seer: Seer) -> tuple[Condition, ...]:
    if seer.caller:
        return (Is("user.id", seer.caller),)
    return Not(Exists("user.id")), Is("source.ip", seer.address) if seer.address else Not(Exists("source.ip"))
