import json
from pathlib import Path

import pytest

from siem.baseline.calendar import read_calendar
from siem.baseline.watch import Baselines
from tests.siem.events import digest
from yingbi.home import Home
from yingbi.known import Known
from yingbi.settings import Settings


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"listed": [digest(1)], "relatives": {"clerk-wang": [digest(2)]}}))
    return path


def test_the_lists_are_as_their_files_are_now(tmp_path: Path, people: Path) -> None:
    known, baselines = Known(Settings(home=tmp_path, known_people=str(people))), Baselines(read_calendar())
    assert known.renew(baselines) == ""
    assert baselines.listed == {digest(1)}
    assert baselines.relatives == {"clerk-wang": frozenset({digest(2)})}
    assert baselines.canaries == frozenset()
    Home(tmp_path).canaries.write_text(f"{digest(9)}\n")
    people.write_text(json.dumps({"listed": [digest(1), digest(3)]}))
    assert known.renew(baselines) == ""
    assert baselines.listed == {digest(1), digest(3)}
    assert not baselines.relatives
    assert baselines.canaries == {digest(9)}
    fresh = Baselines(read_calendar())
    known.give(fresh)
    assert (fresh.listed, fresh.canaries) == (baselines.listed, baselines.canaries)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda people, canaries: people.unlink(), "known.json"),
        (lambda people, canaries: people.write_text("[1"), "known.json"),
        (lambda people, canaries: people.write_text(json.dumps({"listed": 7})), "known.json"),
        (lambda people, canaries: canaries.write_text("330123199001011234\n"), "canaries.txt:1"),
    ],
    ids=["gone", "no JSON", "no list", "a person and no digest"],
)
def test_a_list_that_cannot_be_read_stays_as_it_was_and_that_is_said(
    tmp_path: Path, people: Path, spoil: object, said: str
) -> None:
    canaries = Home(tmp_path).canaries
    canaries.write_text(f"{digest(9)}\n")
    known, baselines = Known(Settings(home=tmp_path, known_people=str(people))), Baselines(read_calendar())
    known.renew(baselines)
    assert callable(spoil)
    spoil(people, canaries)
    trouble = known.renew(baselines)
    assert said in trouble
    assert " / " in trouble
    assert "330123" not in trouble
    assert baselines.listed == {digest(1)}
    assert baselines.canaries == {digest(9)}
    assert known.renew(baselines) == trouble
