from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.candidates import Amount, Candidate, Question, Reached
from siem.index.condition import EVERYTHING
from siem.index.sqlite import SqliteStore
from siem.index.store import StoreUnavailable
from tests.contract.backends import SOON
from tests.siem.events import NINE, digest, document

HOUR = timedelta(hours=1)


def asked(amount: Amount, field: str, at_least: int, *group: str) -> Question:
    return Question(Reached((EVERYTHING,), amount, field, at_least, timedelta(minutes=10)), group or ("user.id",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "index.db")) as store:
        yield store


def found(store: SqliteStore, question: Question) -> list[Candidate]:
    return store.candidates([question], NINE, NINE + HOUR, SOON)


@pytest.mark.parametrize("batch", [1, 7, 700])
def test_the_same_person_seen_often_is_one_until_there_are_too_many_to_remember(store: SqliteStore, batch: int) -> None:
    events = [document(n, at=NINE + n * timedelta(seconds=1), subjects=(digest(n % 3),)) for n in range(250)]
    for first in range(0, len(events), batch):
        store.append(events[first : first + batch], SOON)
    assert found(store, asked(Amount.DIFFERENT, "yingbi.subjects", 4)) == []
    assert len(found(store, asked(Amount.DIFFERENT, "yingbi.subjects", 3))) == 1
    store.append([document(n, at=NINE, subjects=tuple(map(digest, range(900)))) for n in (800, 801)], SOON)
    assert len(found(store, asked(Amount.DIFFERENT, "yingbi.subjects", 900))) == 1


def test_a_group_of_too_many_tallies_is_a_candidate_uncounted(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siem.index.sqlite_candidates.MOST_TALLIES", 5)
    store.append([document(n, caller=f"clerk-{n}", at=NINE) for n in range(6)], SOON)
    by_service = asked(Amount.DIFFERENT, "user.id", 9, "service.name")
    assert [candidate.group for candidate in found(store, by_service)] == [(("service.name", "register"),)]
    store.append([document(n, caller=f"clerk-{n}", at=NINE, system="hall") for n in range(10, 14)], SOON)
    assert len(found(store, by_service)) == 1


def test_a_day_of_too_many_facets_is_not_tallied_and_anybody_is_a_candidate(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siem.index.sqlite_tally.MOST_FACETS", 3)
    hundred = asked(Amount.EVENTS, "", 100)
    for number in range(3):
        store.append([document(number, system=f"s-{number}")], SOON)
    assert found(store, hundred) == []
    store.append([document(3, system="s-3")], SOON)
    assert found(store, hundred) == [Candidate(0, (), [(NINE, NINE + HOUR)])]
    assert store.append([document(4, system="s-4"), document(5, system="s-5")], SOON) == 2


def test_what_was_undone_is_not_tallied(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [document(n, at=NINE, system="hall") for n in range(4)]
    with monkeypatch.context() as broken:
        broken.setattr("siem.index.sqlite_tally._ADD", "INSERT INTO nowhere VALUES (?, ?, ?, ?, ?, ?, ?)")
        with pytest.raises(StoreUnavailable):
            store.append(events, SOON)
    assert found(store, asked(Amount.EVENTS, "", 1)) == []
    assert store.append(events, SOON) == 4
    assert len(found(store, asked(Amount.EVENTS, "", 4))) == 1
    assert found(store, asked(Amount.EVENTS, "", 5)) == []
