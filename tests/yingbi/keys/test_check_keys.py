import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gateway import GOOD
from yingbi.check import check_all
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.journal import Act
from yingbi.keys.status import KeyWatch, facts_of, problems_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    make_folders(home)
    shutil.copytree(GOOD, home.policies, dirs_exist_ok=True)
    make_keys(home, lambda: NOW)
    KeyStore(home, lambda: NOW).make_missing(["people", "removed"])
    return home


def codes(home: Home, days: float = 0, root_days: int = 365) -> list[tuple[str, str]]:
    found = check_all(home, NOW + timedelta(days=days), root_key_days=root_days)
    return [(finding.at.file, finding.code) for finding in found]


def test_of_fresh_keys_there_is_nothing_to_say(home: Home) -> None:
    assert codes(home) == []
    assert codes(home, 30) == []


DAMAGE: dict[str, tuple[Callable[[Home], object], list[tuple[str, str]]]] = {
    "a ring that is gone": (
        lambda home: (home.keyrings / "people.json").unlink(),
        [("keys/rings/people.json", "no-keyring")],
    ),
    "a ring that is torn": (
        lambda home: (home.keyrings / "people.json").write_text("{"),
        [("keys/rings/people.json", "no-keyring")],
    ),
    "the ring of a system that is no longer declared": (lambda home: (home.keyrings / "removed.json").unlink(), []),
    "the root key gone": (
        lambda home: (home.keys / "root-1.key").unlink(),
        [("keys/rings/people.json", "no-keyring"), ("keys", "no-root-key")],
    ),
    "a ring open to others": (
        lambda home: (home.keyrings / "people.json").chmod(0o640),
        [("keys/rings/people.json", "keys-open-to-others")],
    ),
    "the folder open to others": (lambda home: home.keys.chmod(0o755), [("keys", "keys-open-to-others")]),
    "the root key open to others": (
        lambda home: (home.keys / "root-1.key").chmod(0o604),
        [("keys/root-1.key", "keys-open-to-others"), ("keys/rings/people.json", "no-keyring")],
    ),
    "a public half open to others": (
        lambda home: (home.keys / "program.pub").touch(0o644),
        [],
    ),
    "an altered journal": (
        lambda home: home.key_journal.write_text("{}\n"),
        [("key-journal.jsonl", "key-journal-broken")],
    ),
    "the list of epochs gone": (
        lambda home: (home.keys / "epochs.json").unlink(),
        [("keys/epochs.json", "no-epochs")],
    ),
    "canaries of another epoch": (
        lambda home: home.canaries.write_text(f"# ours\n7:{'a' * 32}  # register: one\n"),
        [("canaries.txt", "old-canaries")],
    ),
    "canaries of this epoch": (lambda home: home.canaries.write_text(f"1:{'a' * 32}\n7:{'a' * 32}\n"), []),
    "no keys yet": (lambda home: (shutil.rmtree(home.keys), home.key_journal.replace(home.root / "moved")), []),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_what_is_wrong_with_keys_is_found(home: Home, case: str) -> None:
    damage, found = DAMAGE[case]
    damage(home)
    assert codes(home) == found


def test_old_keys_are_told_and_those_that_nobody_has_proved(home: Home) -> None:
    assert codes(home, 31, root_days=31) == [("keys/rings/people.json", "escrow-unproved")]
    assert codes(home, 31, root_days=30)[1:] == [("keys/root-1.key", "root-key-old")]
    store = KeyStore(home, lambda: NOW)
    store.note(Act.PROVED, backup="ab", keys=[f"people/{store.data_keys('people').current.id}"])
    assert codes(home, 31) == []
    store.rotate(["people"])
    assert codes(home, 31) == [("keys/rings/people.json", "escrow-unproved")]
    KeyStore(home, lambda: NOW + timedelta(days=31)).rotate_root()
    assert codes(home, 60, root_days=30)[1:] == []


def test_what_is_told_of_keys_is_read_again_once_they_change(home: Home) -> None:
    store = KeyStore(home, lambda: NOW)
    watch = KeyWatch(home, store)
    first = watch.facts()
    assert watch.facts() is first
    store.rotate(["people"])
    assert [system["old"] for system in watch.facts()["systems"]] == [1, 0]
    assert problems_of(watch.facts()) == []
    (home.keyrings / "people.json").write_text("{")
    assert "people" in problems_of(watch.facts())[0]
    (home.keys / "root-1.key").unlink()
    assert "根密钥丢失" in problems_of(watch.facts())[-1]
    home.key_journal.write_text("{}\n")
    assert "altered" in problems_of(facts_of(home, store))[-1]
