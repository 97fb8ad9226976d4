"""Keys of an installation: made once, never in the place of lost ones; whatever stops a change, a next run ends it."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.keys.data_keys import BadToken
from policies.keys.epochs import Epoch, digester_in, read_epochs
from policies.transforms.encrypt import Cipher
from tests.forked import run_forked
from tests.gateway import ROOT
from tests.yingbi.change_keys import CHANGES
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.handling import KeysNotUsable, KeyStore
from yingbi.keys.journal import Act

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> KeyStore:
    make_folders(home)
    make_keys(home, lambda: NOW)
    store = KeyStore(home, lambda: NOW)
    store.make_missing(["hall", "register"])
    return store


def fingerprints(store: KeyStore) -> dict[str, bytes]:
    return {key.id: key.for_use("test") for name in store.systems() for key in store.data_keys(name, with_revoked=True)}


def acts(store: KeyStore) -> list[tuple[Act, str]]:
    return [(entry.act, entry.system) for entry in store.entries()]


# -- making


def test_every_system_has_a_ring_and_what_is_there_stays(home: Home, store: KeyStore) -> None:
    before = fingerprints(store)
    assert len(before) == 2
    store.make_root()
    store.make_missing(["hall", "register", "third"])
    assert fingerprints(store).items() > before.items()
    assert acts(store) == [(Act.ROOT_MADE, ""), *((Act.MADE, name) for name in ("hall", "register", "third"))]
    for path in (*home.keys.glob("*.key"), *home.keyrings.iterdir(), home.key_journal):
        assert not path.stat().st_mode & 0o077, path


def test_a_lost_ring_is_not_made_anew(home: Home, store: KeyStore) -> None:
    """Tokens may exist: with another key they would not open, and nobody would know why."""
    (home.keyrings / "hall.json").unlink()
    store.make_missing(["hall", "register"])
    assert not (home.keyrings / "hall.json").exists()
    assert "文件不在" in store.ring("hall").wrong
    with pytest.raises(KeysNotUsable, match=r"hall.*yingbi keys restore"):
        store.data_keys("hall")


def test_a_lost_root_key_is_not_made_anew(home: Home, store: KeyStore) -> None:
    (home.keys / "root-1.key").unlink()
    with pytest.raises(KeysNotUsable, match="yingbi keys restore"):
        store.make_root()
    store.make_missing(["third"])
    assert not (home.keyrings / "third.json").exists()
    for path in home.keyrings.iterdir():  # all keys are lost, and only the journal knows that there were some
        path.unlink()
    with pytest.raises(KeysNotUsable, match="yingbi keys restore"):
        store.make_root()


def test_with_an_altered_journal_nothing_is_made(home: Home, store: KeyStore) -> None:
    home.key_journal.write_bytes(home.key_journal.read_bytes().replace(b"hall", b"mall"))
    store.make_missing(["third"])
    assert not (home.keyrings / "third.json").exists()
    with pytest.raises(KeysNotUsable, match="key-journal"):
        store.systems()


def test_a_ring_that_was_made_and_not_written_down_is_written_down(home: Home, store: KeyStore) -> None:
    lines = home.key_journal.read_bytes().splitlines(keepends=True)
    home.key_journal.write_bytes(b"".join(lines[:-1]))
    store.make_missing(["hall", "register"])
    assert acts(store)[-1] == (Act.MADE, "register")


# -- changing


def test_rotation_keeps_old_tokens_open_and_revocation_does_not(store: KeyStore) -> None:
    token = Cipher(store.data_keys("hall"), "form").encrypt(b"x")
    (first,) = [key.id for key in store.data_keys("hall")]
    ((system, second),) = store.rotate(["hall"])
    assert (system, store.data_keys("hall").current.id) == ("hall", second)
    assert Cipher(store.data_keys("hall"), "form").decrypt(token) == b"x"
    assert store.revoke("hall", first, "遗失") == second
    with pytest.raises(BadToken):
        Cipher(store.data_keys("hall"), "form").decrypt(token)
    assert acts(store)[-2:] == [(Act.ROTATED, "hall"), (Act.REVOKED, "hall")]
    assert store.entries()[-1].reason == "遗失"


def test_what_is_not_there_is_neither_rotated_nor_revoked(store: KeyStore) -> None:
    before = acts(store)
    with pytest.raises(KeysNotUsable, match="00000000"):
        store.revoke("hall", "00000000", "lost")
    with pytest.raises(KeysNotUsable, match="nowhere"):
        store.rotate(["hall", "nowhere"])
    assert acts(store) == before


def test_a_new_root_key_lets_the_old_one_go_and_changes_no_key(home: Home, store: KeyStore) -> None:
    store.rotate(["hall"])
    before = fingerprints(store)
    assert store.rotate_root() == "root-2"
    assert [path.name for path in home.keys.glob("root-*")] == ["root-2.key"]
    assert fingerprints(store) == before
    assert store.rotate_root() == "root-3"
    assert fingerprints(store) == before


def test_a_root_key_stays_while_a_ring_cannot_be_read(home: Home, store: KeyStore) -> None:
    ring = home.keyrings / "register.json"
    ring.write_bytes(ring.read_bytes()[:-30])
    with pytest.raises(KeysNotUsable, match="register"):
        store.rotate_root()
    assert [path.name for path in home.keys.glob("root-*")] == ["root-1.key"]


def test_a_new_epoch_is_begun_with_a_reason_and_a_key_of_its_own(home: Home, store: KeyStore) -> None:
    make_keys(home, lambda: NOW)
    assert store.begin_epoch("遗失") == "2"
    assert read_epochs(home.keys) == [Epoch("1"), Epoch("2", NOW, "遗失")]
    assert digester_in(home.keys, NOW).former is not None
    assert (store.entries()[-1].act, store.entries()[-1].reason) == (Act.DIGESTS_BEGUN, "遗失")
    make_keys(home, lambda: NOW)
    assert len(read_epochs(home.keys)) == 2, "a start moves nothing"
    (home.keys / "epochs.json").unlink()
    make_keys(home, lambda: NOW)
    with pytest.raises(KeysNotUsable, match=r"epochs\.json"):
        store.begin_epoch("again")


# -- what stops a change


@pytest.mark.parametrize("change", CHANGES)
def test_killed_between_any_two_files_every_key_is_still_there(home: Home, store: KeyStore, change: str) -> None:
    """And the same command, run again, comes to its end."""
    before = fingerprints(store)
    for step in range(100):
        ended = run_forked("tests.yingbi.change_keys", str(home.root), str(step), change)
        now = fingerprints(store)
        assert before.items() <= now.items(), step
        assert {store.ring(name).wrong for name in ("hall", "register")} == {""}, step
        before = now
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
    else:
        pytest.fail("it never came to an end")
    assert step > 3
    assert len(list(home.keys.glob("*root-*"))) == 1
    assert digester_in(home.keys, NOW).epoch == ("2" if change == "begin an epoch" else "1")
    assert store.entries()


@pytest.mark.parametrize("change", CHANGES)
def test_on_a_full_disk_every_key_is_still_there(home: Home, store: KeyStore, change: str) -> None:
    before = fingerprints(store)
    command = [sys.executable, "-m", "tests.yingbi.change_keys", str(home.root), "1000", change, "full"]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert ended.returncode == 1
    assert b"OSError" in ended.stderr
    assert fingerprints(store) == before
    assert {store.ring(name).wrong for name in ("hall", "register")} == {""}
    assert [path.name for path in home.keys.rglob("*") if not path.stat().st_size] == [".lock"]
    assert store.entries()
