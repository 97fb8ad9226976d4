"""What is told of cases may come in any order, twice and in part, and is forgotten in time."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.reasons.case import Case, People, Person, Told
from siem.reasons.store import CaseStore
from tests.siem.events import NINE, digest

DAY = timedelta(days=1)
CASES = st.lists(
    st.builds(
        Case,
        person=st.sampled_from([digest(1), digest(2)]),
        number=st.sampled_from([digest(8), digest(9)]),
        since=st.sampled_from([None, NINE, NINE + DAY]),
        until=st.sampled_from([None, NINE + 2 * DAY, NINE + 3 * DAY]),
        handlers=st.sampled_from([("*",), ("caller:a",), ("caller:a", "post:b")]),
    ),
    max_size=6,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    with closing(CaseStore(tmp_path / "reasons.db")) as store:
        yield store


def told(*cases: Case, days: int = 0, source: str = "feed") -> Told:
    return Told(as_of=NINE + days * DAY, system="register", source=source, cases=cases)


def all_of(store: CaseStore) -> list[Case]:
    found = store.cases_of("register", [digest(1), digest(2)])
    return sorted((each for cases in found.values() for each in cases), key=str)


@given(cases=CASES, shuffled=st.randoms(use_true_random=False), cut=st.integers(0, 6))
def test_the_order_of_what_is_told_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cases: list[Case], shuffled: random.Random, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("cases")
    other = shuffled.sample(cases, len(cases))
    with closing(CaseStore(folder / "one.db")) as one, closing(CaseStore(folder / "two.db")) as two:
        one.take(told(*cases))
        two.take(told(*other[cut:]))
        two.take(told(*other[:cut]))
        two.take(told(*other))
        assert all_of(one) == all_of(two)


def test_a_case_that_has_ended_stays_ended(store: CaseStore) -> None:
    opened = Case(person=digest(1), number=digest(9), since=NINE)
    store.take(told(Case(person=digest(1), number=digest(9), since=NINE, until=NINE + DAY)))
    store.take(told(opened))
    (case,) = all_of(store)
    assert case.until == NINE + DAY
    store.take(told(Case(person=digest(1), number=digest(9), since=NINE + 2 * DAY)))
    assert len(all_of(store)) == 2, "what is opened again is open again"


def test_since_when_and_up_to_when_was_told(store: CaseStore) -> None:
    assert store.source("register", "feed") is None
    for days in (3, 1, 2):
        store.take(told(days=days))
    source = store.source("register", "feed")
    assert source is not None
    assert (source.first, source.last) == (NINE + DAY, NINE + 3 * DAY)
    assert store.source("register", "caller:a") is None
    assert store.source("hall", "feed") is None


def test_what_ended_or_was_told_of_long_ago_is_forgotten(store: CaseStore) -> None:
    ended = Case(person=digest(1), number=digest(8), until=NINE + DAY)
    store.take(told(ended, Case(person=digest(1), number=digest(9)), Case(person=digest(2), number=digest(9))))
    store.take(told(Case(person=digest(2), number=digest(9)), days=5))
    store.forget_before("register", NINE)
    assert store.count("register") == 3
    store.forget_before("register", NINE + 4 * DAY)
    assert [case.person for case in all_of(store)] == [digest(2)]
    assert store.count("register") == 1


def test_the_newest_list_of_people_stands(store: CaseStore) -> None:
    for days, caller in ((2, "b"), (1, "a")):
        people = (Person(person=digest(1), caller=caller), Person(person=digest(days + 1), caller=caller))
        store.take(Told(as_of=NINE + days * DAY, kind=People.STAFF, people=people))
    assert store.people(People.STAFF) == {digest(1): {"b"}, digest(3): {"b"}}
    assert store.people(People.LISTED) == {}
    assert store.count_people(People.STAFF) == 2


def test_who_reads_before_anything_was_written_finds_nothing(tmp_path: Path) -> None:
    with closing(CaseStore(tmp_path / "none.db", read_only=True)) as store:
        assert (store.count("register"), store.count_people(People.STAFF)) == (0, 0)
        assert store.cases_of("register", [digest(1)]) == {}
        assert store.judged_to("register") is None
        assert not (tmp_path / "none.db").exists()
        (tmp_path / "none.db").touch()
        assert store.count("register") == 0
