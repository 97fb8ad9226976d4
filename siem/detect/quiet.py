"""Callers who have not done enough yet for anything: the many, of whom no windows need be kept.

Of each is known how many events there were at most, and of how many people. What does not reach a threshold altogether
does not within any window either. An upper bound may be too high: then a window is made, which is exact.
"""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import assert_never

from siem.detect.definition import Correlation, Measure, Rule
from siem.detect.look import Place
from siem.index.candidates import SUBJECTS
from siem.index.condition import fold, values_of
from siem.index.fields import FIELDS
from siem.record.ecs import Document

MOST = 100_000
"""So many are known at a time."""
FEW = 200
"""Who had more events within reach than that is not quiet."""

type Read = Callable[[Sequence[Place], datetime], Iterator[Document]]
"""Reads the events of some places from some time on, and of those that differ from them in case only.

Several places are of one field, the same for all.
"""


@dataclass(slots=True)
class Known:
    """The most that a place can have come to."""

    since: datetime
    """From when on all that counts for an event is known."""
    events: float
    listed: float
    """Elements of the lists of subjects."""

    def enough(self, least: "Least") -> bool:
        """Whether a threshold that needs *least* can have been reached."""
        return self.events >= least.events and self.listed >= least.listed


@dataclass(frozen=True, slots=True)
class Least:
    """What a threshold is not reached without."""

    events: int
    listed: int


class Quiet:
    """What is known of the places of one layout of *rules*."""

    def __init__(self, rules: Sequence[Rule], read: Read) -> None:
        self._reach = max((rule.counted.reach for rule in rules), default=timedelta(0))
        self._read = read
        self._known: OrderedDict[Place, Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def seen(self, place: Place, document: Document, at: datetime) -> Known:
        """The most that *place* can have come to in any window that ends with *document*, which is an event of it."""
        known = self._known.get(place)
        if known is None or at < known.since:
            known = self._look_up(place, at)
        else:
            known.events += 1
            known.listed += _listed(document)
        self._keep(place, known)
        return known

    def meet(self, places: Mapping[Place, datetime]) -> None:
        """Look up together those of *places*, each of which has an event at its time, that are not known.

        Where one of them had very many events none is: each is looked up when it is seen.
        """
        new = {place: at for place, at in places.items() if place not in self._known or at < self._known[place].since}
        if not new:
            return
        counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        most = FEW * len(new)
        for document in islice(self._read(list(new), min(new.values()) - self._reach), most + 1):
            most -= 1
            ((name, _),) = next(iter(new))
            for value in values_of(document, name):
                counts = counted[fold(str(value))]
                counts[0] += 1
                counts[1] += _listed(document)
        if most < 0:
            return
        for place, at in new.items():
            ((_, value),) = place
            events, listed = counted[fold(str(value))]
            self._keep(place, Known(at, events, listed) if events <= FEW else Known(at, math.inf, math.inf))

    def _keep(self, place: Place, known: Known) -> None:
        self._known[place] = known
        self._known.move_to_end(place)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def _look_up(self, place: Place, at: datetime) -> Known:
        events = list(islice(self._read([place], at - self._reach), FEW + 1))
        if len(events) > FEW:
            return Known(at, math.inf, math.inf)
        return Known(at, len(events), sum(map(_listed, events)))


def least_of(counted: Correlation) -> Least:
    """What *counted* is not reached without."""
    threshold = counted.threshold
    match threshold.measure:
        case Measure.EVENT_COUNT:
            return Least(threshold.at_least, 0)
        case Measure.VALUE_COUNT if threshold.field == SUBJECTS:
            return Least(1, threshold.at_least)
        case Measure.VALUE_COUNT if not FIELDS[threshold.field].listed:
            return Least(threshold.at_least, 0)
        case Measure.VALUE_COUNT | Measure.VALUE_SUM:
            return Least(1, 0)
        case Measure.TEMPORAL | Measure.TEMPORAL_ORDERED:
            parts = [least_of(part.of) if isinstance(part.of, Correlation) else Least(1, 0) for part in counted.parts]
            place = threshold.at_least - 1
            events, listed = sorted(part.events for part in parts), sorted(part.listed for part in parts)
            return Least(events[place], listed[place])
        case measure:
            assert_never(measure)


def _listed(document: Document) -> int:
    return sum(1 for _ in values_of(document, SUBJECTS))
