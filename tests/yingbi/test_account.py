from pathlib import Path

import pytest

from yingbi.account import NotDone, add, disable, lines_of, reset
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.up import _alone


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    return home


def test_accounts_are_made_listed_and_ended(home: Home) -> None:
    first = add(home, "press2", "P-017", ["press"])
    assert len(first) >= 16
    assert reset(home, "press2") != first
    (line,) = lines_of(home)
    assert line.split() == ["press2", "P-017", "press"]
    disable(home, "press2")
    assert lines_of(home)[0].endswith("disabled")


def test_no_person_is_two_of_the_three(home: Home) -> None:
    add(home, "officer2", "P-020", ["officer", "press"])
    with pytest.raises(NotDone, match="/"):
        add(home, "auditor2", "P-020", ["auditor"])


def test_what_cannot_be_done_is_said(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NotDone, match="no such account"):
        disable(home, "nobody")
    with pytest.raises(NotDone, match="yingbi up makes it"):
        lines_of(Home(tmp_path / "nowhere"))
    with _alone(home), pytest.raises(NotDone, match="stop it first"):
        add(home, "press2", "P-017", ["press"])
