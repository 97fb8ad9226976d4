"""The detector: runs the rules over what is new in the index and turns what they find into alerts.

Each step reads the new events once, for all rules, and lets them pass exact windows. Windows are only a shortcut: one
that is missing (a new caller, a restart) or that an event comes too late for is made again from the index, with those
of the other rules about the same caller. So what is found depends on the events alone and neither on the order in which
they arrived nor on when the detector ran.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched

from siem.detect.alert import Alert, AlertStore
from siem.detect.correlate import Window, key_of
from siem.detect.custom import Custom
from siem.detect.definition import EVERY_EVENT, Finding, Group, Rule
from siem.detect.look import Place, condition_at, events_at, merged
from siem.detect.matcher import Matcher
from siem.detect.quiet import Known, Quiet, least_of
from siem.detect.silence import Silence, covering
from siem.detect.waiting import Waiting
from siem.index.condition import EVERYTHING, Condition, values_of
from siem.index.progress import Span
from siem.index.store import EventStore
from siem.record.ecs import Document
from siem.record.event import EventId

LATENESS = timedelta(seconds=60)
"""Events that others ship are found though they appear so late. Those of our own shipper are found however late."""
LOOK_BACK = timedelta(days=7)
"""How far back a detector looks that has never run."""

_OVERLAP = timedelta(seconds=2)
_SWEEP_EVERY = timedelta(seconds=20)
_NOTE_EVERY = timedelta(seconds=10)
_BATCH = 500
"""So many events are held in memory, to look up together who is met in them for the first time."""
_MOST_WINDOWS = 50_000
_MOST_SEEN = 500_000
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

type _Of = tuple[int, Group]
"""A rule, by its place, and a group of it."""


class Detector:
    """Applies *rules* to the events of *store* and keeps what they find in *alerts*. One at a time for each index."""

    def __init__(
        self,
        rules: Sequence[Rule],
        store: EventStore,
        alerts: AlertStore,
        *,
        silences: Callable[[], Sequence[Silence]] = tuple,
        custom: Callable[[], Custom] = Custom,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self.rules = rules
        self.store = store
        self.alerts = alerts
        self.timeout = timeout
        self._silences = silences
        self._custom = custom
        self._matcher = Matcher(rules)
        self._least = [least_of(rule.counted) for rule in rules]
        self._layouts = [rule.layout for rule in rules]
        self._quiet = {
            fields: Quiet([rules[n] for n, own in enumerate(self._layouts) if own == fields], self._read)
            for fields in self._layouts
            if fields is not None
        }
        self._windows: OrderedDict[_Of, Window] = OrderedDict()
        self._seen: dict[EventId, datetime] = {}
        self._waiting = Waiting(alerts.fresh)
        self._owed: list[Span] = []
        self._done_to: datetime | None = None
        self._swept_at: datetime | None = None
        self._noted_at: datetime | None = None

    def of(self, rules: Sequence[Rule]) -> "Detector":
        """One of *rules*, some of this one's, that takes up where this one is, or failed."""
        other = Detector(
            rules, self.store, self.alerts, silences=self._silences, custom=self._custom, timeout=self.timeout
        )
        other._owed = list(self._owed)
        if self._done_to is not None:
            other._done_to = min([self._done_to, *self._waiting.since()])
        return other

    def step(self, now: datetime, spans: Iterable[Span] = (), *, noting: bool = True) -> list[Alert]:
        """The alerts that new events made or changed.

        *spans*: when the events happened that were shipped since the last step (`Progress.spans`). *noting*: whether
        what was looked at is looked at for good; not where other rules have yet to. Raises StoreUnavailable where index
        or alerts do not answer; the next step then makes up for this one.
        """
        self._owed = merged([*self._owed, *spans])
        before = self.alerts.sequence()
        if self._done_to is None:
            self._done_to = self.alerts.detected_to() or now - LOOK_BACK
        sweeping = self._swept_at is None or not self._swept_at <= now < self._swept_at + _SWEEP_EVERY
        self._owed = merged([*self._owed, self._recent(self._done_to, now, sweeping=sweeping)])
        try:
            silences = self._silences()
            self._look_at(self._new_events(self._owed, now), silences)
            self._look_again(silences)
            for finding in self._waiting.due():
                self.alerts.join(finding, self._evidence(finding), now)
            if noting:
                self._note(now)
        except BaseException:
            # Windows may have passed events whose findings were not kept: look at all of them again.
            self._seen.clear()
            raise
        self._owed, self._done_to = [], now
        if sweeping:
            self._swept_at = now
        return self.alerts.since(before)

    def _recent(self, done_to: datetime, now: datetime, *, sweeping: bool) -> Span:
        """What to look at whether or not anybody told us of it. A sweep also finds events a fast clock dated ahead."""
        since = min(done_to, now)
        return Span(since - LATENESS, _FAR) if sweeping else Span(since - _OVERLAP, max(done_to, now) + _OVERLAP)

    def _new_events(self, spans: Sequence[Span], now: datetime) -> Iterator[Document]:
        """The events of *spans*, in order, that were not looked at before."""
        self._forget(now)
        for span in spans:
            for document in self.store.search(EVERYTHING, span.first, span.last + _TICK, self.timeout):
                event = document["event"]["id"]
                if event not in self._seen:
                    self._seen[event] = now
                    yield document

    def _forget(self, now: datetime) -> None:
        """Let go of what was seen longer ago than any step looks back, or of what is too much."""
        old = now - 2 * LATENESS
        while self._seen:
            event, at = next(iter(self._seen.items()))
            if at >= old and len(self._seen) <= _MOST_SEEN:
                break
            del self._seen[event]

    def _look_again(self, silences: Sequence[Silence]) -> None:
        """Look at what was too much to wait with the rest, for the rules of which nothing waits any more."""
        for number, rule in enumerate(self.rules):
            span = self._waiting.left_out(rule)
            if span is not None:
                documents = self.store.search(rule.condition, span.first, span.last + _TICK, self.timeout)
                self._look_at(documents, silences, only=number)

    def _look_at(self, documents: Iterable[Document], silences: Sequence[Silence], only: int | None = None) -> None:
        """Let *documents* pass the windows of the rules, all or *only* one, and have what is found wait."""
        custom = self._custom()
        reached: defaultdict[_Of, list[datetime]] = defaultdict(list)
        new_from: dict[_Of, datetime] = {}
        to_replay: dict[_Of, datetime] = {}
        for document, numbers in self._met(documents, only):
            key = key_of(document)
            for of in self._counting(document, key[0], numbers):
                new_from.setdefault(of, key[0])
                if self.rules[of[0]].threshold == EVERY_EVENT:
                    reached[of].append(key[0])
                elif of in to_replay:
                    continue
                elif (window := self._windows.get(of)) is None or window.last is None or key <= window.last:
                    to_replay[of] = key[0]
                elif window.add(document):
                    reached[of].append(key[0])
        for condition, since in self._together(to_replay):
            reached |= self._replay(condition, since)
        for (number, group), times in reached.items():
            rule = self.rules[number]
            for at in times:
                if custom.covers(rule, group, at):
                    continue
                self._waiting.add(rule, covering(silences, rule, group, at), group, at, new_from[number, group])

    def _met(self, documents: Iterable[Document], only: int | None) -> Iterator[tuple[Document, Sequence[int]]]:
        """*documents*, each with the rules whose condition it satisfies, once those who do something are known."""
        for batch in batched(documents, _BATCH):
            satisfied = [self._matcher.satisfied(document) if only is None else (only,) for document in batch]
            if self.store.together > 1:
                self._meet(batch, satisfied)
            yield from zip(batch, satisfied, strict=True)

    def _meet(self, documents: Sequence[Document], satisfied: Sequence[Sequence[int]]) -> None:
        """Have looked up together who is met for the first time, where an index answers that sooner."""
        places: defaultdict[tuple[str, ...], dict[Place, datetime]] = defaultdict(dict)
        for document, numbers in zip(documents, satisfied, strict=True):
            at, _ = key_of(document)
            for fields in {self._layouts[number] for number in numbers}:
                if fields is not None and len(fields) == 1:
                    for value in values_of(document, fields[0]):
                        places[fields].setdefault(((fields[0], value),), at)
        for fields, of_fields in places.items():
            for batch in batched(of_fields.items(), self.store.together):
                self._quiet[fields].meet(dict(batch))

    def _counting(self, document: Document, at: datetime, numbers: Iterable[int]) -> Iterator[_Of]:
        """The rules of *numbers* that the event can matter to, each with a group that it counts for.

        Of those whose groups are too quiet for anything, none.
        """
        places: dict[tuple[str, ...], tuple[Place, Known] | None] = {}
        for number in numbers:
            fields = self._layouts[number]
            if fields is None:
                yield from ((number, group) for group in self.rules[number].groups_of(document))
                continue
            if fields not in places:
                values = [value for name in fields for value in values_of(document, name)]
                place = tuple(zip(fields, values, strict=False))
                is_whole = len(values) == len(fields)
                places[fields] = (place, self._quiet[fields].seen(place, document, at)) if is_whole else None
            found = places[fields]
            if found is not None and (
                (of := (number, found[0])) in self._windows or found[1].enough(self._least[number])
            ):
                yield of

    def _read(self, places: Sequence[Place], since: datetime) -> Iterator[Document]:
        return self.store.search(events_at(places), since, _FAR + _TICK, self.timeout)

    def _together(self, to_replay: Mapping[_Of, datetime]) -> Iterator[tuple[Condition, Mapping[_Of, datetime]]]:
        """What satisfies the windows to be made again, those together that are made of the events of one place."""
        places: defaultdict[Place, dict[_Of, datetime]] = defaultdict(dict)
        for (number, group), since in to_replay.items():
            rule = self.rules[number]
            fields, *others = rule.counted.layouts
            if others:
                yield rule.condition_of(group), {(number, group): since}
            else:
                values = (value for _, value in group)
                places[tuple(zip(fields, values, strict=True))][number, group] = since
        for place, of_place in places.items():
            numbers = sorted({number for number, _ in of_place})
            yield condition_at([self.rules[number] for number in numbers], [place]), of_place

    def _replay(self, condition: Condition, since: Mapping[_Of, datetime]) -> dict[_Of, list[datetime]]:
        """When, from so long *since* on, each threshold was reached. Makes the windows from the index."""
        start = min(at - self.rules[number].counted.reach for (number, _), at in since.items())
        windows = {of: Window(self.rules[of[0]].counted, of[1]) for of in since}
        reached: dict[_Of, list[datetime]] = {of: [] for of in since}
        for document in self.store.search(condition, start, _FAR + _TICK, self.timeout):
            at, _ = key_of(document)
            for number in self._matcher.satisfied(document):
                for group in self.rules[number].groups_of(document):
                    window = windows.get((number, group))
                    if window is not None and window.add(document) and at >= since[number, group]:
                        reached[number, group].append(at)
        for of, window in windows.items():
            self._windows[of] = window
            self._windows.move_to_end(of)
        while len(self._windows) > _MOST_WINDOWS:
            self._windows.popitem(last=False)
        return reached

    def _evidence(self, finding: Finding) -> Iterator[Document]:
        """The events that belong to *finding* and are not yet its alert's."""
        since, rule, group = self.alerts.evidence_from(finding), finding.rule, finding.group
        for document in self.store.search(rule.condition_of(group), since, finding.last_at + _TICK, self.timeout):
            if group in rule.groups_of(document):
                yield document

    def _note(self, now: datetime) -> None:
        if self._noted_at is None or not self._noted_at <= now < self._noted_at + _NOTE_EVERY:
            self.alerts.note_detected(min([now, *self._waiting.since()]))
            self._noted_at = now
