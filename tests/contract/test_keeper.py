"""What `siem.index.store.Keeper` promises, held to by every index."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.condition import EVERYTHING
from siem.index.elastic import ElasticStore
from siem.index.elastic_keeper import ElasticKeeper
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore, Keeper
from tests.contract.backends import BACKENDS, SOON, login, opened
from tests.siem.events import NINE, document

DAY = timedelta(days=1)


@pytest.fixture(params=BACKENDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[EventStore, Keeper]]:
    with opened(request.param, tmp_path, request) as opener:
        store = opener()
        if isinstance(store, SqliteStore):
            yield store, store
        elif isinstance(store, ElasticStore):
            node = request.getfixturevalue("elasticsearch_node")
            with closing(ElasticKeeper([node.url], node.ca_file, login(node, "keeper"), prefix=store.prefix)) as keeper:
                yield store, keeper


def count(store: EventStore) -> int:
    return store.count(EVERYTHING, NINE - 9 * DAY, NINE + 9 * DAY, SOON)


def test_an_index_that_is_empty_has_nothing_to_let_go_of(index: tuple[EventStore, Keeper]) -> None:
    store, keeper = index
    keeper.prepare(SOON)
    assert keeper.drop_before(NINE.date(), SOON) == []
    assert count(store) == 0


def test_days_before_the_day_go_and_the_day_itself_stays(index: tuple[EventStore, Keeper]) -> None:
    store, keeper = index
    midnight = NINE.replace(hour=0)
    moments = [midnight - DAY, midnight - timedelta(microseconds=1), midnight, midnight + DAY]
    store.append([document(number, at=at) for number, at in enumerate(moments)], SOON)
    (dropped,) = keeper.drop_before(NINE.date(), SOON)
    assert "22" in dropped
    assert count(store) == 2
    assert store.newest(SOON) == midnight + DAY
    assert keeper.drop_before(NINE.date(), SOON) == []


def test_a_day_that_is_to_stay_stays_between_those_that_go(index: tuple[EventStore, Keeper]) -> None:
    store, keeper = index
    store.append([document(age, at=NINE - age * DAY) for age in range(1, 4)], SOON)
    evidence = (NINE - 2 * DAY).date()
    assert len(keeper.drop_before(NINE.date(), SOON, lambda day: day == evidence)) == 2
    assert count(store) == 1
    assert store.newest(SOON) == NINE - 2 * DAY
    assert len(keeper.drop_before(NINE.date(), SOON)) == 1


def test_what_comes_for_a_day_that_was_let_go_of_is_taken_again(index: tuple[EventStore, Keeper]) -> None:
    store, keeper = index
    store.append([document(1), document(2)], SOON)
    assert len(keeper.drop_before((NINE + DAY).date(), SOON)) == 1
    assert store.get(document(1)["event"]["id"], SOON) is None
    assert store.append([document(1), document(2), document(3)], SOON) == 3
    assert count(store) == 3


def test_preparing_twice_is_preparing_once_and_loses_nothing(index: tuple[EventStore, Keeper]) -> None:
    store, keeper = index
    store.append([document(1)], SOON)
    keeper.prepare(SOON)
    keeper.prepare(SOON)
    assert count(store) == 1
