"""The detector: runs the rules over what is new in the index and turns what they find into alerts.

Each step reads the new events once and lets them pass exact windows. Windows are only a shortcut: one that is missing
(a new caller, a restart) or that an event comes too late for is made again from the index. So what is found depends on
the events alone and neither on the order in which they arrived nor on when the detector ran.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from siem.detect.alert import Alert, AlertStore
from siem.detect.correlate import Window, key_of
from siem.detect.definition import EVERY_EVENT, Finding, Group, Rule, RuleId
from siem.detect.look import Runs, extend
from siem.detect.silence import Silence, covering, hushed
from siem.index.ship import Span
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document
from siem.record.event import EventId

LATENESS = timedelta(seconds=60)
"""Events that others ship are found though they appear so late. Those of our own shipper are found however late."""
LOOK_BACK = timedelta(days=7)
"""How far back a detector looks that has never run."""

_OVERLAP = timedelta(seconds=2)
_SWEEP_EVERY = timedelta(seconds=20)
_NOTE_EVERY = timedelta(seconds=10)
_MOST_WINDOWS = 10_000
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Detector:
    """Applies *rules* to the events of *store* and keeps what they find in *alerts*. One at a time for each index."""

    def __init__(
        self,
        rules: Sequence[Rule],
        store: EventStore,
        alerts: AlertStore,
        *,
        silences: Callable[[], Sequence[Silence]] = tuple,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self.rules = rules
        self.store = store
        self.alerts = alerts
        self.timeout = timeout
        self._silences = silences
        self._windows: OrderedDict[tuple[RuleId, Group], Window] = OrderedDict()
        self._seen: defaultdict[RuleId, dict[EventId, datetime]] = defaultdict(dict)
        self._owed: list[Span] = []
        self._done_to: datetime | None = None
        self._swept_at: datetime | None = None
        self._noted_at: datetime | None = None

    def step(self, now: datetime, spans: Iterable[Span] = ()) -> list[Alert]:
        """The alerts that new events made or changed.

        *spans*: when the events happened that were shipped since the last step (`Progress.spans`). Raises
        StoreUnavailable where index or alerts do not answer; the next step then makes up for this one.
        """
        self._owed = merged([*self._owed, *spans])
        before = self.alerts.sequence()
        if self._done_to is None:
            self._done_to = self.alerts.detected_to() or now - LOOK_BACK
        sweeping = self._swept_at is None or not self._swept_at <= now < self._swept_at + _SWEEP_EVERY
        self._owed = merged([*self._owed, self._recent(self._done_to, now, sweeping=sweeping)])
        try:
            silences = self._silences()
            for rule in self.rules:
                self._apply(rule, self._owed, silences, now)
            self._note(now)
        except StoreUnavailable:
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

    def _apply(self, rule: Rule, spans: Sequence[Span], silences: Sequence[Silence], now: datetime) -> None:
        reached: defaultdict[Group, list[datetime]] = defaultdict(list)
        new_from: dict[Group, datetime] = {}
        to_replay: dict[Group, datetime] = {}
        for document in self._new_events(rule, spans, now):
            key = key_of(document)
            for group in rule.groups_of(document):
                new_from.setdefault(group, key[0])
                window = self._windows.get((rule.id, group))
                if rule.threshold == EVERY_EVENT:
                    reached[group].append(key[0])
                elif group in to_replay:
                    continue
                elif window is None or window.last is None or key <= window.last:
                    to_replay[group] = key[0]
                elif window.add(document):
                    reached[group].append(key[0])
        for group, since in to_replay.items():
            reached[group] = self._replay(rule, group, since, now)
        for group, times in reached.items():
            runs: defaultdict[Silence | None, Runs] = defaultdict(list)
            for at in times:
                extend(runs[covering(silences, rule, group, at)], at, self.alerts.fresh)
            for silence, found in runs.items():
                for first, last in found:
                    self._join(hushed(rule, silence), group, first, last, new_from[group], now)

    def _join(
        self, rule: Rule, group: Group, first: datetime, last: datetime, new_from: datetime, now: datetime
    ) -> None:
        finding = Finding(rule=rule, group=group, first_at=first, last_at=last, new_from=new_from)
        since = self.alerts.evidence_from(finding)
        self.alerts.join(finding, self._events_of(rule, group, since, last), now)

    def _new_events(self, rule: Rule, spans: Sequence[Span], now: datetime) -> Iterator[Document]:
        """The events of *spans*, in order, that the rule is about and that were not looked at before."""
        seen = self._seen[rule.id]
        for event in [event for event, at in seen.items() if at < now - 2 * LATENESS]:
            del seen[event]
        for span in spans:
            for document in self.store.search(rule.condition, span.first, span.last + _TICK, self.timeout):
                _, event = key_of(document)
                if event not in seen:
                    seen[event] = now
                    yield document

    def _replay(self, rule: Rule, group: Group, since: datetime, now: datetime) -> list[datetime]:
        """When, from *since* on, the threshold was reached. Makes the group's window from the index."""
        window = Window(rule.counted, group)
        reached: list[datetime] = []
        for document in self._events_of(rule, group, since - rule.counted.reach, _FAR):
            at, event = key_of(document)
            if window.add(document) and at >= since:
                reached.append(at)
            self._seen[rule.id][event] = now
        self._windows[rule.id, group] = window
        self._windows.move_to_end((rule.id, group))
        if len(self._windows) > _MOST_WINDOWS:
            self._windows.popitem(last=False)
        return reached

    def _events_of(self, rule: Rule, group: Group, first: datetime, last: datetime) -> Iterator[Document]:
        for document in self.store.search(rule.condition_of(group), first, last + _TICK, self.timeout):
            if group in rule.groups_of(document):
                yield document

    def _note(self, now: datetime) -> None:
        if self._noted_at is None or not self._noted_at <= now < self._noted_at + _NOTE_EVERY:
            self.alerts.note_detected(now)
            self._noted_at = now


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same times in spans that lie apart, earliest first."""
    apart: list[Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        if apart and span.first <= apart[-1].last:
            apart[-1] = Span(apart[-1].first, max(apart[-1].last, span.last))
        else:
            apart.append(span)
    return apart
