from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from incident.facts.case import Noted, Opened
from incident.ids import CaseId, person
from incident.journal import Entry, Fact, entries_of, verify
from incident.store import CaseStore, Conflict
from tests.incident.office import CHEN, TEN, alert, new_database

ONE, TWO = CaseId("C-20261123-001"), CaseId("C-20261123-002")
DAY = date(2026, 11, 23)
OPENED = Opened(title="x", level="high", alert=alert(), book="", main=None, playbooks={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    engine = new_database(tmp_path)
    yield CaseStore(engine)
    engine.dispose()


def entries(case: CaseId, *facts: Fact, after: Entry | None = None) -> tuple[Entry, ...]:
    return entries_of(case, facts, after=after, at=TEN, by=person(CHEN))


def written(store: CaseStore, position: int = 0) -> list[Entry]:
    return [entry for _, entry in store.since(position)]


def test_what_is_appended_is_read_as_it_was(store: CaseStore) -> None:
    first = entries(ONE, OPENED, Noted(text="一"))
    store.open(first, alert="a-1", playbooks={})
    more = entries(ONE, Noted(text="二"), after=first[-1])
    store.append(more)
    assert tuple(written(store)) == first + more
    verify(written(store))


def test_reading_goes_on_from_where_it_was(store: CaseStore) -> None:
    store.open(entries(ONE, OPENED), alert=None, playbooks={})
    positions = [position for position, _ in store.since(0)]
    store.open(entries(TWO, OPENED), alert=None, playbooks={})
    assert [entry.case for entry in written(store, positions[-1])] == [TWO]
    assert written(store, positions[-1] + 1) == []


def test_one_alert_opens_one_case(store: CaseStore) -> None:
    store.open(entries(ONE, OPENED), alert="a-1", playbooks={})
    with pytest.raises(Conflict):
        store.open(entries(TWO, OPENED), alert="a-1", playbooks={})
    assert {entry.case for entry in written(store)} == {ONE}
    assert store.case_of("a-1") == ONE
    assert store.case_of("a-2") is None


def test_one_alert_joins_one_case(store: CaseStore) -> None:
    first = entries(ONE, OPENED)
    store.open(first, alert="a-1", playbooks={})
    store.append(entries(ONE, Noted(text="x"), after=first[-1]), alert="a-2")
    with pytest.raises(Conflict):
        store.open(entries(TWO, OPENED), alert="a-2", playbooks={})
    assert store.case_of("a-2") == ONE


def test_one_number_is_one_case(store: CaseStore) -> None:
    store.open(entries(ONE, OPENED), alert=None, playbooks={})
    with pytest.raises(Conflict):
        store.open(entries(ONE, OPENED), alert=None, playbooks={})


def test_two_who_write_the_same_entry_are_not_both_right(store: CaseStore) -> None:
    first = entries(ONE, OPENED)
    store.open(first, alert=None, playbooks={})
    store.append(entries(ONE, Noted(text="mine"), after=first[-1]))
    with pytest.raises(Conflict):
        store.append(entries(ONE, Noted(text="yours"), Noted(text="and more"), after=first[-1]))
    assert [entry.fact for entry in written(store)][1:] == [Noted(text="mine")], "all or none"


def test_numbers_are_counted_by_day(store: CaseStore) -> None:
    assert store.next_id(DAY) == ONE
    store.open(entries(ONE, OPENED), alert=None, playbooks={})
    assert store.next_id(DAY) == TWO
    assert store.next_id(date(2026, 11, 24)) == "C-20261124-001"


def test_after_the_thousandth_the_number_grows(store: CaseStore) -> None:
    for number in range(1, 1000):
        store.open(entries(CaseId(f"C-20261123-{number:03d}"), OPENED), alert=None, playbooks={})
    assert store.next_id(DAY) == "C-20261123-1000"


def test_a_text_of_a_playbook_is_kept_once(store: CaseStore) -> None:
    store.open(entries(ONE, OPENED), alert=None, playbooks={"d1": "text"})
    store.open(entries(TWO, OPENED), alert=None, playbooks={"d1": "another", "d2": "more"})
    assert (store.playbook("d1"), store.playbook("d2")) == ("text", "more")
    with pytest.raises(KeyError):
        store.playbook("d3")


def test_the_store_has_no_way_to_change_or_delete(store: CaseStore) -> None:
    public = {name for name in dir(store) if not name.startswith("_")}
    assert public == {
        "open",
        "append",
        "together",
        "since",
        "journal_of",
        "rows_since",
        "case_of",
        "playbook",
        "next_id",
    }
