import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.gateway import GOOD
from yingbi.check import check_all, check_folder
from yingbi.handling_settings import Drill
from yingbi.home import Home
from yingbi.rules import SHIPPED, rule_files_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    shutil.copytree(GOOD, home.policies)
    return home


def test_what_is_shipped_is_right(home: Home) -> None:
    assert check_folder(Path(__file__).parents[2] / "tests" / "policies" / "good", NOW) == []
    assert check_all(home, NOW) == []


def test_a_rule_of_ones_own_stands_in_the_place_of_a_shipped_one(home: Home) -> None:
    home.rules.mkdir()
    own = home.rules / "canary.yml"
    own.write_text("title: mine\n")
    files = rule_files_of(home)
    assert [path.name for path in files] == sorted(path.name for path in files)
    assert own in files
    assert SHIPPED / "canary.yml" not in files
    (finding, *_) = check_all(home, NOW)
    assert (finding.at.file, finding.code) == ("rules/canary.yml", "rule-missing-key")
    own.unlink()
    own.mkdir()
    (finding,) = check_all(home, NOW)
    assert (finding.at.file, finding.code) == ("rules/canary.yml", "unreadable-file")


def test_a_canary_that_is_a_person_is_found_and_not_repeated(home: Home) -> None:
    home.canaries.write_text("# canaries\n330102199001011234\n")
    (finding,) = check_all(home, NOW)
    assert (finding.at.file, finding.at.line, finding.code) == ("canaries.txt", 2, "not-a-canary")
    assert "330102" not in str(finding)


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "another encoding": lambda path: path.write_bytes("# 诱饵".encode("gbk")),
    "a folder": Path.mkdir,
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_canaries_that_are_no_text_are_found(home: Home, case: str) -> None:
    UNREADABLE[case](home.canaries)
    (finding,) = check_all(home, NOW)
    assert (finding.at.file, finding.code) == ("canaries.txt", "unreadable-file")


def test_a_drill_names_a_playbook_that_there_is(home: Home) -> None:
    (home.root / "yingbi.toml").write_text('[[drills]]\nname = "q"\nplaybook = "no-such"\n')
    drills = [
        Drill(name="q", title="演练", playbook="no-such", lead="p-chen", first=date(2027, 1, 1)),
        Drill(name="r", title="演练", playbook="bulk-retrieval", lead="p-chen", first=date(2027, 1, 1)),
        Drill(name="s", title="演练", lead="p-chen", first=date(2027, 1, 1)),
    ]
    (finding,) = check_all(home, NOW, drills=drills)
    assert (finding.at.file, finding.at.line, finding.code) == ("yingbi.toml", 3, "drill-without-playbook")


def test_duties_of_ones_own_are_looked_through(home: Home) -> None:
    home.duties.mkdir()
    shutil.copy(Path(__file__).parents[2] / "deploy" / "duties" / "eu.yaml", home.duties)
    assert check_all(home, NOW) == []
    (home.duties / "own.yaml").write_text("duties: []\nreplaces: [no-such]\n")
    (finding,) = check_all(home, NOW)
    assert (str(finding.at), finding.code) == ("duties/own.yaml:2", "duties-replaces")
