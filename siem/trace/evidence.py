"""What speaks for one caller as the source of a sample: what they were shown of it, when, and in which order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from siem.index.condition import fold
from siem.index.sightings import Seer
from siem.record.ecs import Document
from siem.trace.likelihood import log10_chance, order_of

PEAK = timedelta(hours=24)
"""How long the busiest time is: who copies a register does not take longer."""
EVENTS_TOLD = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """Subjects of the sample that were shown within some time, and how many that caller was shown then in all."""

    subjects: frozenset[int] = field(repr=False)
    """By their place in the sample."""
    seen: int
    first: datetime
    last: datetime

    def log10_chance(self, known: int, drawn: frozenset[int], explained: frozenset[int]) -> float:
        """How likely it is that *drawn*, of *known*, agrees so well by chance, once *explained* is left out."""
        matched = len(self.subjects & drawn)
        seen = max(self.seen - len(self.subjects & explained), matched)
        # Volumes may be estimates: nobody was shown more than there is.
        least = seen + len(drawn) - matched
        return log10_chance(known=max(known - len(explained), least), seen=seen, drawn=len(drawn), matched=matched)

    def odds(self, known: int, drawn: frozenset[int]) -> float:
        """How many times as often a subject of *drawn* was shown as another of *known*: Haldane's odds ratio."""
        hit = len(self.subjects & drawn)
        others = max(self.seen - hit, 0)
        not_shown = max(known - others - len(drawn), 0)
        return (hit + 0.5) * (not_shown + 0.5) / ((len(drawn) - hit + 0.5) * (others + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the events of one caller say that showed something of the sample."""

    name: str
    """As the log spells it."""
    kind: str
    posts: tuple[str, ...]
    systems: tuple[str, ...]
    operations: tuple[str, ...]
    """The most frequent first."""
    events: tuple[str, ...]
    """The ids of the first of the peak."""
    days: int
    """On how many days, of UTC."""
    peak_span: tuple[datetime, datetime]
    peak_subjects: frozenset[int] = field(repr=False)
    order: float
    """How far the sample stands in the order in which it was shown, from -1 to 1."""
    is_whole: bool
    """Whether all of the events were read."""


def detail_of(seer: Seer, documents: Sequence[Document], places: Mapping[str, int], *, is_whole: bool) -> Detail:
    """What *documents*, of which there is at least one, say: by time, all of *seer*. *places* are by digest."""
    shown = [(_at(document), list(_places_in(document, places))) for document in documents]
    since, until = _peak(shown)
    in_peak = [each for each in shown if since <= each[0] <= until]
    subjects = frozenset(place for _, found in in_peak for place in found)
    everybody = {place for _, found in shown for place in found}
    told = in_peak if 2 * len(subjects) >= len(everybody) else shown
    appearing = list(dict.fromkeys(place for _, found in told for place in found))
    operations = Counter(document["yingbi"]["operation"] for document in documents)
    peak_documents = [document for document in documents if since <= _at(document) <= until]
    first = peak_documents[0]
    return Detail(
        name=first.get("user", {}).get("id", seer.address),
        kind=first["yingbi"]["caller_kind"],
        posts=tuple(first.get("user", {}).get("roles", ())),
        systems=tuple(sorted({document["service"]["name"] for document in documents})),
        operations=tuple(operation for operation, _ in operations.most_common(EVENTS_TOLD)),
        events=tuple(document["event"]["id"] for document in peak_documents[:EVENTS_TOLD]),
        days=len({_at(document).date() for document in documents}),
        peak_span=(since, until),
        peak_subjects=subjects,
        order=order_of(appearing),
        is_whole=is_whole,
    )


def _peak(shown: Sequence[tuple[datetime, list[int]]]) -> tuple[datetime, datetime]:
    """The first and last time of the `PEAK` in which most subjects were shown; the earliest of several."""
    within: Counter[int] = Counter()
    best, span = 0, (shown[0][0], shown[0][0])
    oldest = 0
    for at, found in shown:
        within.update(found)
        while at - shown[oldest][0] > PEAK:
            within.subtract(shown[oldest][1])
            oldest += 1
            within = +within
        if len(within) > best:
            best, span = len(within), (shown[oldest][0], at)
    return span


def _places_in(document: Document, places: Mapping[str, int]) -> Iterator[int]:
    subjects: Iterable[str] = document["yingbi"].get("subjects", ())
    return (places[digest] for digest in map(fold, subjects) if digest in places)


def _at(document: Document) -> datetime:
    return datetime.fromisoformat(document["@timestamp"])
