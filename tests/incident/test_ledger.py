import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from incident.facts.case import Noted, Opened
from incident.ids import ENGINE, CaseId
from incident.incident import Case
from incident.journal import Fact, verify
from incident.ledger import Ledger
from incident.store import CaseStore, Conflict
from tests.incident.office import TEN, alert, new_database

OPENED = Opened(title="x", level="high", alert=None, book="", main=None, playbooks={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    engine = new_database(tmp_path)
    yield CaseStore(engine)
    engine.dispose()


def opened(ledger: Ledger) -> CaseId:
    return ledger.open(OPENED, day=TEN.date(), at=TEN, by=ENGINE, playbooks={})


def note(ledger: Ledger, case: CaseId, text: str) -> bool:
    return ledger.record(case, lambda _: [Noted(text=text)], at=TEN, by=ENGINE)


def notes(case: Case) -> list[str]:
    return [entry.fact.text for entry in case.entries if isinstance(entry.fact, Noted)]


def test_a_case_that_is_not_there(store: CaseStore) -> None:
    with pytest.raises(KeyError):
        Ledger(store).get(CaseId("C-1"))


def test_nothing_to_record_is_nothing(store: CaseStore) -> None:
    ledger = Ledger(store)
    case = opened(ledger)
    assert not ledger.record(case, lambda _: (), at=TEN, by=ENGINE)
    assert len(ledger.get(case).entries) == 1


def test_a_refusal_writes_nothing(store: CaseStore) -> None:
    ledger = Ledger(store)
    case = opened(ledger)

    def refuse(_: Case) -> Sequence[Fact]:
        raise PermissionError

    with pytest.raises(PermissionError):
        ledger.record(case, refuse, at=TEN, by=ENGINE)
    assert len(ledger.get(case).entries) == 1


def test_who_decided_on_an_old_state_decides_again(store: CaseStore) -> None:
    mine, yours = Ledger(store), Ledger(store)
    case = opened(mine)
    yours.refresh()
    note(mine, case, "one")
    seen: list[list[str]] = []

    def decide(known: Case) -> Sequence[Fact]:
        seen.append(notes(known))
        return [Noted(text="two")]

    yours.record(case, decide, at=TEN, by=ENGINE)
    assert seen == [[], ["one"]]
    mine.refresh()
    assert notes(mine.get(case)) == ["one", "two"]
    verify(mine.get(case).entries)


def test_two_who_open_for_one_alert(store: CaseStore) -> None:
    mine, yours = Ledger(store), Ledger(store)
    told = Opened(title="x", level="high", alert=alert(), book="", main=None, playbooks={})
    case = mine.open(told, day=TEN.date(), at=TEN, by=ENGINE, playbooks={})
    with pytest.raises(Conflict):
        yours.open(told, day=TEN.date(), at=TEN, by=ENGINE, playbooks={})
    yours.refresh()
    assert [each.id for each in yours.all()] == [case]


def test_many_threads_lose_nothing(store: CaseStore) -> None:
    ledgers = [Ledger(store), Ledger(store)]
    case = opened(ledgers[0])

    def write(name: str, ledger: Ledger) -> None:
        for number in range(10):
            note(ledger, case, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name, ledgers[place % 2])) for place, name in enumerate("abcd")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledgers[0].refresh()
    written = notes(ledgers[0].get(case))
    assert sorted(written) == sorted(f"{name}{number}" for name in "abcd" for number in range(10))
    verify(ledgers[0].get(case).entries)
