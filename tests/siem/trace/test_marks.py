"""Whom the index names for a serial, on every index."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.store import EventStore
from siem.record.event import Phase
from siem.record.mark import Mark, new_mark
from siem.trace.marks import MOST_ASKED, Bearer, bearers_of
from tests.contract.backends import BACKENDS, SOON, opened
from tests.siem.events import NINE, digest, document

MARK, OTHER = new_mark(), new_mark()


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as open_store:
        yield open_store()


def found(store: EventStore, *marks: Mark, hours: int = 1) -> list[Bearer]:
    return list(bearers_of(store, marks, NINE, NINE + timedelta(hours=hours), SOON))


def test_the_exchange_and_what_it_showed_are_told(store: EventStore) -> None:
    def part(number: int, phase: Phase, *people: int) -> dict[str, object]:
        subjects = tuple(map(digest, people))
        return document(
            number, exchange="e", phase=phase, mark=MARK, subjects=subjects, posts=("hall",), source_ip="10.0.0.1"
        )

    store.append([part(1, Phase.OPEN), part(2, Phase.SHOWN, 1, 2), part(3, Phase.SHOWN, 2, 3)], SOON)
    store.append([document(9, mark=MARK, subjects=()), document(4, mark=OTHER), document(5)], SOON)
    (bearer,) = found(store, MARK)
    assert (bearer.event, bearer.caller, bearer.posts) == ("6YQ3K0M9ZT-1", "clerk-wang", ("hall",))
    assert (bearer.at, bearer.source) == (NINE + timedelta(seconds=1), "10.0.0.1")
    assert (bearer.subjects, bearer.again) == (3, 1)


def test_what_no_event_knows_is_nobodys(store: EventStore) -> None:
    store.append([document(4, mark=OTHER)], SOON)
    assert [(each.mark, each.event) for each in found(store, MARK, OTHER)] == [(MARK, ""), (OTHER, "6YQ3K0M9ZT-4")]
    assert found(store, OTHER, hours=0)[0].at is None


def test_no_more_are_asked_for_than_anybody_reads(store: EventStore) -> None:
    assert len(found(store, *[MARK] * (MOST_ASKED + 1))) == MOST_ASKED
