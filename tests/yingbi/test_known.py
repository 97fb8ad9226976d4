from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.baseline.calendar import read_calendar
from siem.baseline.watch import Baselines
from siem.reasons.case import People, Person, Told
from siem.reasons.store import CaseStore
from tests.siem.events import NINE, digest
from yingbi.home import Home
from yingbi.known import Known


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def cases(home: Home) -> Iterator[CaseStore]:
    """What the detecting process keeps of what was imported."""
    with closing(CaseStore(home.reason_store)) as made:
        yield made


def take(cases: CaseStore, kind: People, people: dict[str, str], minutes: int = 0) -> None:
    """A list is imported: each digest with whose it is."""
    listed = tuple(Person(person=person, caller=caller) for person, caller in people.items())
    cases.take(Told(as_of=NINE + timedelta(minutes=minutes), kind=kind, people=listed))


def test_the_lists_are_as_they_were_imported_last(home: Home, cases: CaseStore) -> None:
    known, baselines = Known(home), Baselines(read_calendar())
    take(cases, People.LISTED, {digest(1): ""})
    take(cases, People.RELATIVES, {digest(2): "clerk-wang", digest(4): "clerk-wang"})
    take(cases, People.STAFF, {digest(5): "clerk-li"})
    assert known.renew(baselines) == ""
    assert baselines.counting.listed == {digest(1)}
    assert baselines.counting.relatives == {"clerk-wang": frozenset({digest(2), digest(4)})}
    assert baselines.canaries == frozenset()
    home.canaries.write_text(f"{digest(9)}\n")
    take(cases, People.LISTED, {digest(1): "", digest(3): ""}, minutes=1)
    take(cases, People.RELATIVES, {}, minutes=1)
    assert known.renew(baselines) == ""
    assert baselines.counting.listed == {digest(1), digest(3)}
    assert not baselines.counting.relatives
    assert baselines.canaries == {digest(9)}
    fresh = Baselines(read_calendar())
    known.give(fresh)
    assert (fresh.counting.listed, fresh.canaries) == (baselines.counting.listed, baselines.canaries)


def test_where_nothing_was_imported_nobody_is_known(home: Home) -> None:
    known, baselines = Known(home), Baselines(read_calendar())
    assert known.renew(baselines) == ""
    home.reason_store.touch()  # as the detecting process does at its start
    assert known.renew(baselines) == ""
    assert (baselines.counting.listed, baselines.counting.relatives) == (frozenset(), {})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda home: home.reason_store.unlink(), "reasons.db"),
        (
            lambda home: home.reason_store.write_bytes(b"no database, and long enough to be none" * 100),
            "the file of cases",
        ),
        (lambda home: home.canaries.write_text("330123199001011234\n"), "canaries.txt:1"),
    ],
    ids=["gone", "no database", "a person and no digest"],
)
def test_a_list_that_cannot_be_read_stays_as_it_was_and_that_is_said(
    home: Home, spoil: Callable[[Home], object], said: str
) -> None:
    with closing(CaseStore(home.reason_store)) as cases:
        take(cases, People.LISTED, {digest(1): ""})
    home.canaries.write_text(f"{digest(9)}\n")
    known, baselines = Known(home), Baselines(read_calendar())
    known.renew(baselines)
    spoil(home)
    trouble = known.renew(baselines)
    assert said in trouble
    assert " / " in trouble
    assert "330123" not in trouble
    assert baselines.counting.listed == {digest(1)}
    assert baselines.canaries == {digest(9)}
    assert known.renew(baselines) == trouble
