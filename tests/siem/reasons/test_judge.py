"""Who is blamed for a look, and who is not: on every index, whatever the order in which things come."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.detect.alert import AlertStore
from siem.detect.definition import Level, RuleId
from siem.detect.silence import Silence, SilenceStore
from siem.index.progress import Span
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.reasons.case import ANYBODY, Case, People, Person, Told
from siem.reasons.declaration import Declaration, Kind, LookUp, Wanted
from siem.reasons.judge import Judge
from siem.reasons.store import CaseStore
from siem.record.event import CallerKind, Disclosure, Phase, Verdict
from tests.contract.backends import BACKENDS, SOON, opened
from tests.effort import examples
from tests.siem.events import NINE, digest, document

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DECLARED = Declaration(
    system="register",
    grace=2 * HOUR,
    exempt_posts=frozenset({"reception"}),
    exempt_callers=frozenset({"clerk-hotline"}),
    findings={Kind.NO_CASE: Wanted(level=Level.MEDIUM, people=3)},
)
MORNING = NINE - HOUR
EVENING = NINE + 9 * HOUR


class NobodyAnswers:
    def known_to(self, declared: Declaration, caller: str, since: datetime, needed: datetime) -> datetime | None:
        raise AssertionError("no look-up is declared")


class Office:
    """A judge on *store* with files of its own."""

    def __init__(self, store: EventStore, folder: Path, declared: Declaration = DECLARED) -> None:
        self.store = store
        self.folder = folder
        self.declared = declared
        self.asking: Any = NobodyAnswers()
        self.silences: list[Silence] = []
        self.cases = CaseStore(folder / "reasons.db")
        self.alerts = AlertStore(folder / "alerts.db")
        self.judge = self._new()

    def _new(self) -> Judge:
        return Judge(self.cases, self.store, self.alerts, self.asking, silences=lambda: self.silences, timeout=SOON)

    def restart(self) -> None:
        self.close()
        self.cases = CaseStore(self.folder / "reasons.db")
        self.alerts = AlertStore(self.folder / "alerts.db")
        self.judge = self._new()

    def close(self) -> None:
        self.cases.close()
        self.alerts.close()

    def tell(self, *cases: Case, as_of: datetime = EVENING) -> None:
        self.cases.take(Told(as_of=as_of, system="register", cases=cases))

    def look(self, *documents: dict[str, Any]) -> list[Span]:
        self.store.append(documents, SOON)
        times = [datetime.fromisoformat(each["@timestamp"]) for each in documents]
        return [Span(min(times), max(times))]

    def step(self, now: datetime = EVENING, spans: Sequence[Span] = ()) -> None:
        self.judge.step([self.declared], now, spans)

    def found(self) -> list[tuple[str, str, int, int]]:
        return sorted(
            (str(each.rule), str(each.group["user.id"]), each.event_count, each.subject_count)
            for each in self.alerts.latest()
        )


def looked(number: int, *people: int, minute: float = 0, **changes: Any) -> dict[str, Any]:
    at = NINE + (minute or number) * MINUTE
    return document(number, at=at, subjects=tuple(map(digest, people)), **changes)


def case(person: int, **changes: Any) -> Case:
    return Case(**{"person": digest(person), "number": digest(1000 + person), "since": NINE - DAY, **changes})


@pytest.fixture(params=BACKENDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with opened(request.param, tmp_path, request) as open_store, closing(Office(open_store(), tmp_path)) as made:
        made.tell(as_of=MORNING)
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with closing(SqliteStore(tmp_path / "index.db")) as store, closing(Office(store, tmp_path)) as made:
        made.tell(as_of=MORNING)
        yield made


FIVE = [looked(number, number, posts=("hall",)) for number in range(1, 6)]


def test_people_without_a_case_are_counted_in_words(office: Office) -> None:
    office.look(*FIVE)
    office.tell(case(1), case(2, handlers=("caller:clerk-wang",)))
    office.step()
    (alert,) = office.alerts.latest()
    assert alert.rule == "reason-no_case"
    assert alert.level is Level.MEDIUM
    assert alert.group == {"user.id": "clerk-wang", "service.name": "register"}
    assert (alert.event_count, alert.subject_count) == (3, 3)
    assert "hall clerk-wang" in alert.title
    assert "查看了 5 人，其中 3 人没有在办事项" in alert.title
    assert "looked up 5 people, 3 of whom have no open case" in alert.title
    assert "e1:" not in alert.title


def test_a_restart_finds_the_same_and_nothing_twice(office: Office) -> None:
    office.look(*FIVE[:4])
    office.tell()
    office.step()
    before = office.alerts.latest()
    office.restart()
    office.step()
    assert office.alerts.latest() == before
    office.look(FIVE[4])
    office.step(spans=[Span(NINE + 5 * MINUTE, NINE + 5 * MINUTE)])
    assert office.found() == [("reason-no_case", "clerk-wang", 5, 5)]


NO_REASON = {
    "of somebody else's case": [case(1, handlers=("caller:clerk-li",))],
    "of another post": [case(1, handlers=("post:archive",))],
    "closed long before": [case(1, until=NINE - 2 * DAY, since=NINE - 9 * DAY)],
    "opened after the grace": [case(1, since=NINE + MINUTE + 2 * HOUR + timedelta(seconds=1))],
    "of another person": [case(9)],
}
REASONS = {
    "of anybody": [case(1)],
    "of the caller": [case(1, handlers=("caller:clerk-li", "caller:clerk-wang"))],
    "of the post": [case(1, handlers=("post:hall",))],
    "of the office": [case(1, handlers=("attribute:office=3",))],
    "opened within the grace": [case(1, since=NINE + MINUTE + 2 * HOUR)],
    "closed a day ago": [case(1, until=NINE - 23 * HOUR)],
    "since ever": [case(1, since=None)],
    "one of several": [case(1, handlers=("post:archive",)), case(1, number=digest(77))],
}


@pytest.mark.parametrize(("cases", "explained"), [
    *(pytest.param(each, False, id=name) for name, each in NO_REASON.items()),
    *(pytest.param(each, True, id=name) for name, each in REASONS.items()),
])  # fmt: skip
def test_what_is_a_reason(desk: Office, cases: list[Case], explained: bool) -> None:
    desk.declared = Declaration(system="register", grace=2 * HOUR, findings={Kind.ONE_LOOK: Wanted(level=Level.LOW)})
    desk.look(looked(1, 1, posts=("hall",), attributes=("office=3",)))
    desk.tell(*cases)
    desk.step()
    assert (desk.found() == []) is explained


def test_a_person_known_by_the_key_before_is_the_same(desk: Office) -> None:
    desk.declared = Declaration(system="register", findings={Kind.ONE_LOOK: Wanted(level=Level.LOW)})
    desk.look(looked(1, 1, former_subjects=("e0:" + "a" * 32,)))
    desk.tell(Case(person="e0:" + "a" * 32, number=digest(3)))
    desk.step()
    assert desk.found() == []


def test_nobody_is_blamed_before_the_feed_has_told_of_the_time(desk: Office) -> None:
    desk.look(*FIVE)
    desk.tell(as_of=NINE + HOUR)
    desk.step()
    assert desk.found() == []
    assert desk.judge.waiting("register") == 5
    desk.tell(*map(case, range(1, 6)), as_of=EVENING)
    desk.step()
    assert (desk.found(), desk.judge.waiting("register")) == ([], 0)


def test_nobody_is_blamed_for_what_was_before_the_first_feed_or_without_one(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index.db")) as store, closing(Office(store, tmp_path)) as desk:
        desk.look(*FIVE)
        desk.step()
        assert desk.found() == []
        desk.tell(as_of=NINE + 3 * MINUTE)
        desk.tell()
        desk.step()
        assert desk.found() == [("reason-no_case", "clerk-wang", 3, 3)]


EXEMPT = {
    "a post": {"posts": ("reception", "hall")},
    "a caller": {"caller": "clerk-hotline"},
    "a system": {"caller_kind": CallerKind.SYSTEM},
    "masked": {"disclosure": Disclosure.MASKED},
    "withheld": {"verdict": Verdict.WITHHOLD},
    "the opening of a stream": {"phase": Phase.OPEN},
    "another system": {"system": "hall"},
}


@pytest.mark.parametrize("changes", EXEMPT.values(), ids=EXEMPT)
def test_who_is_not_asked_for_a_reason(office: Office, changes: dict[str, Any]) -> None:
    office.look(*(looked(number, number, **changes) for number in range(1, 9)))
    office.tell()
    office.step()
    assert office.found() == []


def test_a_list_is_no_look(desk: Office) -> None:
    desk.look(looked(1, *range(4)), looked(2, *range(10, 13)))
    desk.tell()
    desk.step()
    assert desk.found() == [("reason-no_case", "clerk-wang", 1, 3)]


def test_days_and_callers_are_counted_apart(desk: Office) -> None:
    desk.look(
        *(looked(number, number) for number in (1, 2)),
        *(looked(number, number, caller="clerk-li") for number in (3, 4)),
        *(looked(number, number, minute=24 * 60 + number) for number in (5, 6)),
        *(looked(number, 1) for number in range(7, 11)),
    )
    desk.tell(as_of=EVENING + DAY)
    desk.step(EVENING + DAY)
    assert desk.found() == []


KNOWN = {
    Kind.COLLEAGUES: (People.STAFF, Person(person=digest(1), caller="clerk-li")),
    Kind.LISTED: (People.LISTED, Person(person=digest(1))),
    Kind.RELATIVES: (People.RELATIVES, Person(person=digest(1), caller="clerk-wang")),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_people_of_a_list_are_found_at_once(office: Office, kind: Kind) -> None:
    people, person = KNOWN[kind]
    office.declared = Declaration(
        system="register", findings={kind: Wanted(level=Level.HIGH, respond="bulk-retrieval")}
    )
    office.cases.take(Told(as_of=MORNING, kind=people, people=(person,)))
    office.look(looked(1, 1, 2), looked(2, 3))
    office.step(NINE + 3 * MINUTE)
    (alert,) = office.alerts.latest()
    assert (alert.rule, alert.level, alert.respond) == (f"reason-{kind}", Level.HIGH, "bulk-retrieval")
    assert (alert.event_count, alert.subject_count) == (1, 1)


@pytest.mark.parametrize(("even_with_case", "found"), [(False, 0), (True, 1)])
def test_an_open_case_excuses_unless_it_is_declared_otherwise(
    desk: Office,
    even_with_case: bool,
    found: int,
) -> None:
    wanted = Wanted(level=Level.HIGH, even_with_case=even_with_case)
    desk.declared = Declaration(system="register", findings={Kind.RELATIVES: wanted})
    desk.cases.take(Told(as_of=MORNING, kind=People.RELATIVES, people=(KNOWN[Kind.RELATIVES][1],)))
    desk.tell(case(1))
    desk.look(looked(1, 1))
    desk.step()
    assert len(desk.found()) == found


def test_relatives_are_those_of_the_caller_and_colleagues_are_others(desk: Office) -> None:
    desk.declared = Declaration(
        system="register",
        findings={Kind.RELATIVES: Wanted(level=Level.HIGH), Kind.COLLEAGUES: Wanted(level=Level.HIGH)},
    )
    own = Person(person=digest(1), caller="clerk-wang")
    desk.cases.take(Told(as_of=MORNING, kind=People.STAFF, people=(own,)))
    desk.cases.take(Told(as_of=MORNING, kind=People.RELATIVES, people=(Person(person=digest(2), caller="clerk-li"),)))
    desk.look(looked(1, 1), looked(2, 2))
    desk.step()
    assert desk.found() == []


def test_a_silence_keeps_its_findings_apart(desk: Office) -> None:
    desk.silences = [
        Silence(
            id="S-1", rule=RuleId("reason-no_case"), caller="clerk-wang", since=NINE,
            until=NINE + 4 * MINUTE + timedelta(seconds=1), why="inventory", by="lin", ended_by="",
        )
    ]  # fmt: skip
    desk.look(*FIVE)
    desk.tell()
    desk.step()
    assert desk.found() == [("reason-no_case", "clerk-wang", 1, 1), ("reason-no_case/S-1", "clerk-wang", 4, 4)]


def test_an_alert_can_be_silenced_as_any_other(desk: Office, tmp_path: Path) -> None:
    desk.look(*FIVE)
    desk.tell()
    desk.step()
    (alert,) = desk.alerts.latest()
    with closing(SilenceStore(tmp_path / "silences.db")) as silences:
        silence = silences.add(alert, 7, "inventory", "lin", NINE - HOUR)
    desk.silences = [silence]
    desk.look(looked(6, 6))
    desk.step(spans=[Span(NINE + 6 * MINUTE, NINE + 6 * MINUTE)])
    assert desk.found()[-1] == (f"reason-no_case/{silence.id}", "clerk-wang", 6, 6)


class Answering:
    """Knows up to some time, and notes for whom it was asked."""

    def __init__(self, known: datetime | None) -> None:
        self.known = known
        self.asked: list[str] = []

    def known_to(self, declared: Declaration, caller: str, since: datetime, needed: datetime) -> datetime | None:
        assert since <= NINE - DAY
        assert needed == NINE + 5 * MINUTE + declared.grace
        self.asked.append(caller)
        return self.known


def test_a_look_up_that_is_not_answered_blames_nobody(desk: Office) -> None:
    columns = {"person": "id", "case": "no"}
    desk.declared = Declaration(
        system="register",
        look_up=LookUp(url="https://localhost/?c={caller}&s={since}", columns=columns),
        findings=DECLARED.findings,
    )
    desk.asking = Answering(None)
    desk.restart()
    desk.look(*FIVE)
    desk.step(NINE + HOUR)
    assert desk.asking.asked == [], "within the grace nothing is asked"
    desk.step()
    assert (desk.found(), desk.asking.asked) == ([], ["clerk-wang"])
    desk.asking.known = EVENING
    desk.step()
    assert desk.found() == [("reason-no_case", "clerk-wang", 5, 5)]


def test_what_comes_days_late_is_judged_with_its_day(desk: Office) -> None:
    desk.look(*FIVE[:2])
    desk.tell(as_of=EVENING)
    desk.step()
    later = EVENING + 4 * DAY
    desk.look(looked(50, 50, minute=4 * 24 * 60))
    desk.tell(as_of=later)
    desk.step(later)
    spans = desk.look(FIVE[4])
    desk.step(later, spans)
    assert desk.found() == [("reason-no_case", "clerk-wang", 3, 3)]


ROWS = [
    *(case(number) for number in (1, 2)),
    case(3, handlers=("caller:clerk-li",)),
    case(3, handlers=("caller:clerk-wang",), until=NINE + HOUR),
    case(4, until=NINE - 3 * DAY, since=NINE - 9 * DAY),
    case(4, since=NINE - 9 * DAY),
    case(5, handlers=(ANYBODY,), since=NINE + DAY),
]
LOOKS = [
    looked(number, number % 9 + 1, number % 4 + 1, caller=f"clerk-{'wang' if number % 3 else 'li'}")
    for number in range(1, 30)
]


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_of_events_and_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, shuffled: random.Random, steps: int
) -> None:
    found = []
    for looks, rows, parts in (
        (LOOKS, ROWS, 1),
        (shuffled.sample(LOOKS, len(LOOKS)), shuffled.sample(ROWS, len(ROWS)), steps),
    ):
        folder = tmp_path_factory.mktemp("office")
        with closing(SqliteStore(folder / "index.db")) as store, closing(Office(store, folder)) as desk:
            desk.tell(as_of=MORNING)
            for row in rows:
                desk.tell(row, as_of=MORNING)
            desk.tell()
            for part in range(parts):
                desk.step(spans=desk.look(*looks[part::parts]))
                if shuffled.random() < 0.3:
                    desk.restart()
            found.append(desk.found())
    assert found[0] == found[1]
    assert found[0]
