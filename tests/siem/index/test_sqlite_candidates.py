from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from siem.index.candidates import Amount, Candidate, Question, Reached
from siem.index.condition import Is
from siem.index.sqlite import SqliteStore
from tests.contract.backends import SOON
from tests.siem.events import NINE, digest, document

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MIDNIGHT = NINE.replace(hour=0) + DAY
CLEAR, MASKED = Is("yingbi.disclosure", "clear"), Is("yingbi.disclosure", "masked")
TEN_PEOPLE = Reached((CLEAR,), Amount.DIFFERENT, "yingbi.subjects", 10, HOUR)
BOTH = Reached((TEN_PEOPLE, MASKED), Amount.PARTS, "", 2, DAY)

NUMBERS = count()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "index")) as store:
        yield store


def sees(caller: str, people: int, **other: Any) -> list[dict[str, Any]]:
    """So many people, seen half before midnight and half after it."""
    return [
        document(
            next(NUMBERS),
            at=MIDNIGHT + (n - people / 2) * MINUTE,
            caller=caller,
            subjects=(digest(n),),
            **{"source_ip": "10.0.0.1", **other},
        )
        for n in range(people)
    ]


def asked(store: SqliteStore, reached: Reached, *group: str) -> list[Candidate]:
    found = store.candidates([Question(reached, group)], MIDNIGHT - HOUR, MIDNIGHT + HOUR, SOON)
    return sorted(found, key=lambda each: each.group)


@pytest.mark.parametrize("group", [("user.id",), ("user.id", "source.ip"), ("user.id", "service.name")])
def test_two_days_are_added_up_and_parts_may_lie_on_either(store: SqliteStore, group: tuple[str, ...]) -> None:
    store.append([*sees("nine", 9), *sees("ten", 10), *sees("nul\0", 10)], SOON)
    ten = asked(store, TEN_PEOPLE, *group)
    assert [dict(each.group)["user.id"] for each in ten] == ["nul\0", "ten"]
    assert asked(store, BOTH, *group) == []
    store.append(sees("ten", 1, disclosure="masked"), SOON)
    assert [dict(each.group)["user.id"] for each in asked(store, BOTH, *group)] == ["ten"]


def test_the_tallies_of_all_are_read_where_too_many_come_to_enough(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append([event for n in range(6, 14) for event in sees(f"clerk-{n}", n)], SOON)
    known = asked(store, TEN_PEOPLE, "user.id")
    assert [each.group for each in known] == [(("user.id", f"clerk-{n}"),) for n in (10, 11, 12, 13)]
    monkeypatch.setattr("siem.index.sqlite_candidates.MOST_GROUPS", 2)
    assert asked(store, TEN_PEOPLE, "user.id") == known


def test_a_group_that_no_column_tells_apart_is_counted_by_its_facets(store: SqliteStore) -> None:
    store.append([*sees("a", 4, system="hall"), *sees("b", 4, system="hall"), *sees("c", 7, system="portal")], SOON)
    events = Reached((CLEAR,), Amount.EVENTS, "", 8, HOUR)
    assert [each.group for each in asked(store, events, "service.name")] == [(("service.name", "hall"),)]
    assert [each.group for each in asked(store, events)] == [()]
    callers = Reached((CLEAR,), Amount.DIFFERENT, "user.id", 2, HOUR)
    assert [each.group for each in asked(store, callers, "service.name")] == [(("service.name", "hall"),)]
