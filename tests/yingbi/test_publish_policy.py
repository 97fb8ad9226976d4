import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.keys import Signer, Verifier, make_secret
from proxy.board import Board
from proxy.published import read_programs
from tests.gateway import GOOD
from yingbi.home import Home
from yingbi.publish_policy import PolicyPublisher
from yingbi.told import hear, tell

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    shutil.copytree(GOOD, home.policies)
    for folder in (home.published, home.run):
        folder.mkdir()
    make_secret(home.private_key("program"))
    return home


def publisher(home: Home) -> PolicyPublisher:
    return PolicyPublisher(home, Board(home.board), Signer(home.private_key("program")), lambda: NOW)


def settled(made: PolicyPublisher) -> bool:
    """Whether two looks in a row lead to a publication."""
    return made.step() or made.step()


def test_what_is_whole_is_published(home: Home) -> None:
    made = publisher(home)
    made.publish()
    assert made.now.generation == Board(home.board).programs == 1
    assert list(made.now.programs) == ["people"]
    assert not settled(made)


def test_a_changed_file_is_published_once_it_stays_as_it_is(home: Home) -> None:
    made = publisher(home)
    made.publish()
    grants = home.policies / "grants.yaml"
    text = grants.read_text("utf-8")
    grants.write_text(text + "\n# half", "utf-8")
    assert not made.step()
    grants.write_text(text.replace("2027", "2028") + "\n# whole", "utf-8")
    assert not made.step()
    assert made.step()
    assert made.now.generation == 2


def test_what_changes_nothing_is_not_published(home: Home) -> None:
    made = publisher(home)
    made.publish()
    (home.policies / "notes.txt").write_text("hello")
    assert settled(made)
    assert made.now.generation == 1


def test_a_broken_file_leaves_the_programs_and_every_finding(home: Home) -> None:
    made = publisher(home)
    made.publish()
    before = made.now.programs
    (home.policies / "catalogue.yaml").write_text("categories: 3\nextra: 1\n")
    assert settled(made)
    assert (made.now.generation, made.now.programs) == (1, before)
    assert {finding.code for finding in made.now.findings} >= {"wrong-form", "unknown-key"}
    shutil.copyfile(GOOD / "catalogue.yaml", home.policies / "catalogue.yaml")
    assert settled(made)
    assert (made.now.generation, made.now.findings) == (1, ())


def test_a_folder_that_is_gone_is_a_finding(home: Home) -> None:
    made = publisher(home)
    made.publish()
    shutil.rmtree(home.policies)
    assert settled(made)
    assert [finding.code for finding in made.now.findings] == ["unreadable-folder"]
    assert made.now.generation == 1


def test_an_earlier_start_s_programs_are_taken_up_and_never_an_older_generation(home: Home) -> None:
    publisher(home).publish()
    home.board.unlink()  # the machine was started again
    again = publisher(home)
    assert (again.now.generation, list(again.now.programs)) == (1, ["people"])
    assert Board(home.board).programs == 1
    system = home.policies / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("人员库", "人口库"), "utf-8")
    again.publish()
    assert again.now.generation == 2
    verifier = Verifier(Signer(home.private_key("program")).public_bytes)
    programs, generation = read_programs(home.published, verifier, {}, 1)
    assert (programs["people"][0].title_zh, generation) == ("人口库", 2)


def test_programs_put_back_from_an_older_copy_are_published_anew(home: Home, tmp_path: Path) -> None:
    """Workers refuse what is older than the board says, though nothing but its number may have changed since."""
    publisher(home).publish()
    kept = shutil.copytree(home.published, tmp_path / "kept")
    Board(home.board).programs = 4
    shutil.rmtree(home.published)
    shutil.copytree(kept, home.published)
    again = publisher(home)
    again.publish()
    _, generation = read_programs(home.published, Verifier(Signer(home.private_key("program")).public_bytes), {}, 0)
    assert again.now.generation == Board(home.board).programs == generation == 5


def test_a_file_that_no_text_names_is_told_and_leaves_the_programs(home: Home) -> None:
    made = publisher(home)
    made.publish()
    shutil.copyfile(GOOD / "systems" / "people.yaml", os.fsdecode(bytes(home.policies) + b"/systems/\xff.yaml"))
    assert settled(made)
    tell(home.told("supervisor"), {"findings": [finding.as_json() for finding in made.now.findings]})
    (finding,) = hear(home.told("supervisor"))["findings"]
    assert (finding["file"], finding["code"]) == (r"systems/\xff.yaml", "file-name")
    assert made.now.generation == 1
