"""Judges looks by the cases that are known, off the data path, and turns what has no reason into alerts.

A look is judged for want of a case only once those who know of cases have told of the time up to the end of its
grace: where nobody has told, nobody is blamed. What is found depends on the events and on what was told, in whatever
order they came: the looks of a day are judged together, and anew whenever one of them is due. Nothing is kept but up to
when all was judged: after a restart the days that are not done are read from the index again, and an alert has each
event once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from siem.detect.alert import Alert, AlertStore
from siem.detect.definition import Group
from siem.detect.run import LATENESS
from siem.detect.silence import Silence, covering, hushed
from siem.index.condition import AllOf, In, Is
from siem.index.fields import KEYWORDS_IN
from siem.index.progress import Span
from siem.index.store import EventStore
from siem.reasons.case import FEED, Case, People
from siem.reasons.declaration import Declaration, Kind
from siem.reasons.finding import finding_of, rule_of
from siem.reasons.look import Look, look_of, looks_at
from siem.reasons.store import CaseStore
from siem.reasons.watched import FAR, REMEMBERED, Watched, midnight
from siem.record.ecs import Document

type Bare = tuple[Look, frozenset[str]]
"""A look, and the people of it for whom there is no reason."""

_TICK = timedelta(microseconds=1)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_AT_ONCE = ((Kind.COLLEAGUES, People.STAFF), (Kind.LISTED, People.LISTED), (Kind.RELATIVES, People.RELATIVES))


class Asking(Protocol):
    """Asks the system behind for the cases of one caller."""

    def known_to(self, declared: Declaration, caller: str, since: datetime, needed: datetime) -> datetime | None:
        """Up to when the caller's cases open since *since* are in the store; asks where that is before *needed*.

        None where it never was told. Whether and how often it asks is its own affair; failing is no error.
        """


class Judge:
    """Judges the looks in *store* at the systems that are declared. One at a time for each file of cases."""

    def __init__(
        self,
        cases: CaseStore,
        store: EventStore,
        alerts: AlertStore,
        asking: Asking,
        *,
        silences: Callable[[], Sequence[Silence]] = tuple,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self.cases = cases
        self.store = store
        self.alerts = alerts
        self.asking = asking
        self.timeout = timeout
        self._silences = silences
        self._watched: dict[str, Watched] = {}

    def step(self, declarations: Sequence[Declaration], now: datetime, spans: Iterable[Span] = ()) -> list[Alert]:
        """The alerts that were made or changed.

        *spans*: when the events happened that were shipped since the last step. Raises StoreUnavailable; the next step
        then makes up for this one.
        """
        before = self.alerts.sequence()
        earliest = min((span.first for span in spans), default=FAR)
        for declared in declarations:
            watched = self._watched.setdefault(declared.system, Watched())
            watched.owed_from = min(watched.owed_from, earliest)
            try:
                self._judge(declared, watched, now)
            except BaseException:
                again = self._watched[declared.system] = Watched()  # what was read and not judged is read again
                again.owed_from = earliest
                raise
        return self.alerts.since(before)

    def waiting(self, system: str) -> int:
        """How many looks at *system* wait for those who know of cases."""
        watched = self._watched.get(system)
        return len(watched.due) if watched else 0

    def _judge(self, declared: Declaration, watched: Watched, now: datetime) -> None:
        new = list(self._new_looks(declared, watched, now))
        silences = self._silences()
        for kind, people in _AT_ONCE:
            if kind in declared.findings and new:
                self._judge_known(declared, kind, self.cases.people(people), watched, new, silences, now)
        if {Kind.NO_CASE, Kind.ONE_LOOK} & set(declared.findings):
            watched.due.update((look.event, look) for look in new)
            self._judge_days(declared, watched, silences, now)
        done = min((look.at for look in watched.due.values()), default=now)
        self.cases.note_judged(declared.system, max(done, now - REMEMBERED))
        self.cases.forget_before(declared.system, now - declared.keep)
        watched.forget(now)

    def _new_looks(self, declared: Declaration, watched: Watched, now: datetime) -> Iterator[Look]:
        """The looks that were not read before; at first those of every day that is not done."""
        oldest = midnight(now - REMEMBERED)
        if watched.read_to is None:
            since = midnight(min(watched.owed_from, self.cases.judged_to(declared.system) or oldest))
        else:
            since = min(watched.owed_from, watched.read_to - LATENESS)
            if not watched.has(since):
                since = midnight(since)  # a day is judged as a whole
        for document in self.store.search(looks_at(declared.system), max(since, oldest), FAR, self.timeout):
            look = look_of(document, declared)
            if look is not None and watched.add(look):
                yield look
        watched.read_to, watched.owed_from = now, FAR

    def _judge_known(
        self,
        declared: Declaration,
        kind: Kind,
        known: Mapping[str, frozenset[str]],
        watched: Watched,
        new: Sequence[Look],
        silences: Sequence[Silence],
        now: datetime,
    ) -> None:
        """Find, at once, who looked at people of a list."""
        excusing = not declared.findings[kind].even_with_case
        for caller, day in sorted({(look.caller, look.day) for look in new}):
            looks = sorted(watched.of(caller, day))
            listed = ((look, _people_of(kind, known, look)) for look in looks)
            bare = [(look, people) for look, people in listed if people]
            if excusing:
                bare = self._without_case(replace(declared, grace=timedelta(0)), bare)
            if bare:
                self._tell(declared, kind, looks, bare, silences, now)

    def _judge_days(self, declared: Declaration, watched: Watched, silences: Sequence[Silence], now: datetime) -> None:
        """Find who, on any day of which a look is due, looked at people with whom no case is open."""
        waiting = defaultdict(list)
        for look in watched.due.values():
            if look.at + declared.grace <= now:
                waiting[look.caller, look.day].append(look)
        for (caller, day), due in sorted(waiting.items()):
            needed = max(due).at + declared.grace
            first, known_to = self._known(declared, caller, needed, now)
            ready = [look for look in due if known_to is not None and look.at + declared.grace <= known_to]
            if not ready or known_to is None:
                continue
            looks = [each for each in sorted(watched.of(caller, day)) if each.at + declared.grace <= known_to]
            counted = [(look, frozenset(person for person, _ in look.persons)) for look in looks if look.at >= first]
            bare = self._without_case(declared, counted)
            for kind in (Kind.NO_CASE, Kind.ONE_LOOK):
                if kind in declared.findings:
                    self._tell(declared, kind, looks, bare, silences, now)
            for look in ready:
                del watched.due[look.event]

    def _known(
        self, declared: Declaration, caller: str, needed: datetime, now: datetime
    ) -> tuple[datetime, datetime | None]:
        """From when, and up to when, the cases of *caller* are known; None where they are not."""
        first, known = _FIRST, now
        if declared.feed is not None or declared.look_up is None:
            told = self.cases.source(declared.system, FEED)
            if told is None:
                return first, None
            first, known = told.first, min(known, told.last)
        if declared.look_up is not None:
            since = midnight(now - REMEMBERED) - declared.after_close
            answered = self.asking.known_to(declared, caller, since, needed)
            if answered is None:
                return first, None
            known = min(known, answered)
        return first, known

    def _without_case(self, declared: Declaration, bare: Sequence[Bare]) -> list[Bare]:
        """Of the people of *bare*, those with whom no case was open that explains the look."""
        digests = {digest for look, _ in bare for pair in look.persons for digest in pair if digest}
        cases = self.cases.cases_of(declared.system, digests)
        found = []
        for look, people in bare:
            explained = {pair[0] for pair in look.persons if _is_explained(declared, look, pair, cases)}
            if people - explained:
                found.append((look, people - explained))
        return found

    def _tell(
        self,
        declared: Declaration,
        kind: Kind,
        looks: Sequence[Look],
        bare: Sequence[Bare],
        silences: Sequence[Silence],
        now: datetime,
    ) -> None:
        """Join what was found of one caller's day, *bare* of its *looks*, to an alert where it is enough for one."""
        wanted = declared.findings[kind]
        people: set[str] = set()
        enough: datetime | None = None
        for look, shown in bare:
            people |= shown
            if enough is None and len(people) >= wanted.people:
                enough = look.at
        if enough is None:
            return
        group: Group = (("user.id", looks[0].caller), ("service.name", declared.system))
        seen = len({person for look in looks for person, _ in look.persons})
        last = bare[-1][0]
        rule = rule_of(declared, kind, wanted, who=_named(last), day=last.at, seen=seen, count=len(people))
        of_silence: dict[Silence | None, list[Bare]] = {}
        for look, shown in bare:
            of_silence.setdefault(covering(silences, rule, group, look.at), []).append((look, shown))
        for silence, part in of_silence.items():
            first = max(enough, part[0][0].at) if kind is Kind.NO_CASE else part[0][0].at
            finding = finding_of(hushed(rule, silence), group, min(first, part[-1][0].at), part[-1][0].at)
            self.alerts.join(finding, self._evidence(declared, part), now)

    def _evidence(self, declared: Declaration, bare: Sequence[Bare]) -> Iterator[Document]:
        """The events of *bare*, as far as the index has them still; of their subjects only those without a reason."""
        shown = {look.event: people for look, people in bare}
        first, last = bare[0][0].at, bare[-1][0].at
        condition = AllOf((looks_at(declared.system), Is("user.id", bare[0][0].caller)))
        if len(shown) <= KEYWORDS_IN:
            condition = AllOf((condition, In("event.id", frozenset(shown))))
        for document in self.store.search(condition, first, last + _TICK, self.timeout):
            people = shown.get(document["event"]["id"])
            if people is not None:
                yield {**document, "yingbi": {**document["yingbi"], "subjects": sorted(people)}}


def _people_of(kind: Kind, known: Mapping[str, frozenset[str]], look: Look) -> frozenset[str]:
    """Those at whom *look* was who are of a list, *known* with the callers whose they are."""
    found = set()
    for pair in look.persons:
        callers = next((known[digest] for digest in pair if digest in known), None)
        if callers is None:
            continue
        own = look.caller in callers
        if kind is Kind.LISTED or own is (kind is Kind.RELATIVES):
            found.add(pair[0])
    return frozenset(found)


def _is_explained(
    declared: Declaration, look: Look, pair: tuple[str, str], cases: Mapping[str, Sequence[Case]]
) -> bool:
    return any(
        case.explains(look.at, look.who, grace=declared.grace, after_close=declared.after_close)
        for digest in pair
        for case in cases.get(digest, ())
    )


def _named(look: Look) -> str:
    return f"{'、'.join(look.posts)} {look.caller}".strip()
