"""No field is stored encrypted before a backup of the keys was restored in a test."""

import os
import shutil
from pathlib import Path

import pytest

from policies.findings import Severity
from policies.keys.escrow import read_backup
from tests.gateway import GOOD
from tests.yingbi.publish.test_policy import NOW, publisher
from yingbi.check import check_all
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.escrow import make_escrow, prove, restored
from yingbi.keys.handling import KeyStore

CODE = "at-rest-unproved"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    make_keys(home, lambda: NOW)
    shutil.rmtree(home.policies, ignore_errors=True)
    shutil.copytree(GOOD, home.policies)
    declare(home, "mobile: {category: mobile, at_rest: token}")
    return home


def declare(home: Home, mobile: str) -> None:
    text = (GOOD / "systems" / "people.yaml").read_text("utf-8")
    assert "mobile: mobile" in text
    (home.policies / "systems" / "people.yaml").write_text(text.replace("mobile: mobile", mobile, 1), "utf-8")


def proved(home: Home, folder: Path) -> None:
    """The whole ceremony: a backup, its shares, a restoration, a comparison."""
    folder.mkdir()
    store = KeyStore(home, lambda: NOW)
    path, shares = make_escrow(home, store, folder, ())
    prove(home, store, read_backup(path.read_bytes()), restored(path, shares[:2]))


def test_it_begins_once_a_backup_was_proved_and_not_before(home: Home, tmp_path: Path) -> None:
    made = publisher(home)
    made.publish()
    assert made.now.generation == 0
    (refused,) = [finding for finding in made.now.findings if finding.code == CODE]
    assert (refused.at.file, refused.at.line) == ("systems/people.yaml", 21)
    assert "person.mobile" in refused.message
    assert not made.step()
    assert not made.step()
    proved(home, tmp_path / "backup")
    assert made.step()
    assert made.now.generation == 1
    assert any(field.at_rest for field in made.now.programs["people"].fields)


def test_who_checks_is_warned_before_a_system_has_any_key(home: Home, tmp_path: Path) -> None:
    def told() -> list[tuple[str, Severity]]:
        return [(finding.code, finding.severity) for finding in check_all(home, NOW) if finding.code == CODE]

    assert told() == [(CODE, Severity.WARNING)]
    made = publisher(home)
    made.publish()
    assert told() == [(CODE, Severity.WARNING)]
    proved(home, tmp_path / "backup")
    assert told() == []
    made.publish()
    KeyStore(home, lambda: NOW).rotate(["people"])
    assert told() == [], "what has begun goes on"


def test_what_is_in_force_stays_meanwhile(home: Home) -> None:
    declare(home, "mobile: mobile")
    made = publisher(home)
    made.publish()
    assert made.now.generation == 1
    declare(home, "mobile: {category: mobile, at_rest: token}")
    made.publish()
    assert made.now.generation == 1
    assert CODE in [finding.code for finding in made.now.findings]
    assert not any(field.at_rest for field in made.now.programs["people"].fields)


def test_what_has_begun_goes_on_under_a_new_key(home: Home, tmp_path: Path) -> None:
    made = publisher(home)
    made.publish()
    proved(home, tmp_path / "backup")
    made.publish()
    KeyStore(home, lambda: NOW).rotate(["people"])
    declare(home, "mobile: {category: mobile, at_rest: token, on_write: refuse}")
    made.publish()
    assert made.now.generation == 2


def test_a_broken_journal_lets_nothing_begin(home: Home, tmp_path: Path) -> None:
    made = publisher(home)
    made.publish()
    proved(home, tmp_path / "backup")
    journal = home.key_journal.read_bytes()
    home.key_journal.write_bytes(journal.replace(b"proved", b"rotated", 1))
    os.utime(home.key_journal)
    made.publish()
    assert made.now.generation == 0
    assert CODE in [finding.code for finding in made.now.findings]
