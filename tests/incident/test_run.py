"""Cut the journal anywhere, start again, and the case comes to the same end."""

import itertools
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from incident.command import Done, Failed, Question, Tighten
from incident.facts.case import Move
from incident.facts.run import Ending
from incident.graph import load_playbooks
from incident.ids import CommandKey
from incident.incident import Case
from incident.journal import Entry, verify
from incident.notice import read_notice
from incident.run import next_facts, outcome_facts
from incident.state import State
from incident.store import CaseStore
from tests.forked import run_forked
from tests.incident.mortal import CASE, Lives, Mortal, asked_for, walk_on
from tests.incident.office import CHEN, TEN, Office, Watch, alert, new_database
from tests.incident.test_graph import KINDS


class Ticking(Watch):
    """A clock that goes on by a millisecond each time it is looked at, so that each transaction has its own time."""

    def __call__(self) -> object:  # type: ignore[override]
        return self.move(milliseconds=1)


def an_office(folder: Path) -> Office:
    folder.mkdir(exist_ok=True)
    office = Office(folder=folder, engine=new_database(folder), watch=Ticking(TEN))
    office.record()
    return office


def transactions(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, ...]]:
    for _, group in itertools.groupby(entries, key=lambda entry: entry.at):
        yield tuple(group)


def kinds(case: Case) -> Counter[str]:
    return Counter(type(entry.fact).__name__ for entry in case.entries)


@pytest.mark.parametrize("automatic", [False, True], ids=["asked", "automatic"])
def test_every_crash_point(tmp_path: Path, automatic: bool) -> None:
    told = alert(automatic=automatic)
    whole = an_office(tmp_path / "whole")
    whole.cases.open_or_join(told)
    expected = walk_on(whole)
    assert expected.run_ended is Ending.SUCCEEDED
    parts = list(transactions(expected.entries))
    assert len(parts) > 35

    for cut in range(1, len(parts), 7 if automatic else 3):
        office = an_office(tmp_path / f"cut-{cut}")
        store = CaseStore(office.engine)
        texts = {book.digest: book.source for book in office.books.values()}
        store.open(parts[0], alert=told.id, playbooks=texts)
        for part in parts[1:cut]:
            store.append(part)
        office.watch.at = parts[cut - 1][-1].at
        office.restart()
        case = walk_on(office)
        verify(case.entries)
        assert case.run_ended is Ending.SUCCEEDED
        assert case.state is State.CONTAINED
        assert case.entries[: sum(map(len, parts[:cut]))] == expected.entries[: sum(map(len, parts[:cut]))]
        assert kinds(case) == kinds(expected), f"cut after {cut} transactions"
        assert asked_for(case) == asked_for(expected)
        assert {key: issued.attempts for key, issued in case.commands.items()} == dict.fromkeys(case.commands, 1)
        assert max(Counter(office.performed).values(), default=1) == 1, "each was pending once more at most"
        office.events.close()
        office.engine.dispose()
    whole.events.close()
    whole.engine.dispose()


def test_an_outcome_told_twice_is_recorded_once(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    (command,) = office.cases.pending()
    assert isinstance(command, Tighten)
    office.cases.finished(command.key, Done())
    entries = office.cases.get(CASE).entries
    office.cases.finished(command.key, Done())
    office.cases.finished(command.key, Failed(said="too late"))
    assert office.cases.get(CASE).entries == entries
    assert outcome_facts(office.cases.get(CASE), CommandKey(f"{CASE}.99.1"), Done()) == ()


def test_an_answer_after_the_time_limit_is_noted_and_changes_nothing(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    (command,) = office.cases.pending()
    office.watch.move(minutes=2)
    office.cases.tick()
    assert office.question(CASE, Question.STEP).title.startswith("人工停用账号")
    office.cases.finished(command.key, Done())
    case = office.cases.get(CASE)
    assert kinds(case)["Noted"] == 1
    assert office.question(CASE, Question.STEP)


def test_nothing_follows_in_a_case_that_has_ended(office: Office) -> None:
    library = {book.id: book for book in load_playbooks().values()}
    office.cases.open_or_join(alert(automatic=True))
    late = TEN + timedelta(days=365)
    assert next_facts(office.cases.get(CASE), library, late), "the block has a time limit"
    office.cases.act(CASE, Move.DISMISS, CHEN, "误报")
    assert next_facts(office.cases.get(CASE), library, late) == ()
    assert office.cases.pending() == ()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    office = an_office(folder)
    office.events.close()
    office.engine.dispose()
    return folder


@pytest.mark.parametrize(("place", "name"), list(enumerate(sorted(KINDS))))
def test_a_process_that_is_killed_twice_comes_to_the_end(place: int, name: str, prepared: Path, tmp_path: Path) -> None:
    """SIGKILL at a write, or between performing and telling: at other places of each playbook, 20 in all."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    for lives in (3 + 2 * place, 4 + 2 * place):
        run = run_forked("tests.incident.mortal", str(tmp_path), name, str(lives))
        assert run.returncode == -signal.SIGKILL, run.stderr
    Mortal.lives = Lives(10_000)
    office = Mortal(folder=tmp_path, engine=new_database(tmp_path))
    case = walk_on(office)
    verify(case.entries)
    assert case.run_ended is Ending.SUCCEEDED
    assert len(office.cases.all()) == 1
    orders = set((tmp_path / "overlay.log").read_text().splitlines())
    assert {order.partition(" ")[0] for order in orders} == {each.key for each in case.tightenings}
    assert len(orders) == len(case.tightenings), "asked more than once perhaps, but always for the same"
    notice = read_notice(tmp_path / "published" / "N-20261123-001.json")
    assert [version.number for version in notice.versions] == [1]
    office.events.close()
    office.engine.dispose()
