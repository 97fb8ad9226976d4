"""The ceremony with the real command: a backup, three shares, a restoration, and a proof of what it held."""

import contextlib
import itertools
import json
import os
import pty
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.forked import run_forked
from tests.gateway import ROOT
from tests.installation import YINGBI
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.escrow import proof_in, unproved
from yingbi.keys.handling import KeyStore


class Ceremony:
    """An installation that was never started, and four places outside of it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        make_folders(self.home)
        make_keys(self.home, now)
        self.store = KeyStore(self.home, now)
        self.store.make_missing(["hall", "register"])
        self.to = folder / "backup"
        self.places = [folder / f"stick-{number}" for number in (1, 2, 3)]
        for place in (self.to, *self.places):
            place.mkdir()

    def run(self, *arguments: object, typed: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "YINGBI_HOME": str(self.home.root)}
        return run_forked("yingbi.cli", "keys", *map(str, arguments), environment=environment, said=typed)

    def escrow(self) -> Path:
        ended = self.run("escrow", "--to", self.to, "--shares", *self.places)
        assert ended.returncode == 0, ended.stderr
        return sorted(self.to.iterdir(), key=lambda path: path.stat().st_mtime_ns)[-1]

    def share(self, number: int) -> Path:
        return sorted(self.places[number - 1].iterdir(), key=lambda path: path.stat().st_mtime_ns)[-1]

    def opening(self, backup: Path, numbers: Sequence[int] = (1, 3)) -> list[object]:
        return ["--from", backup, *(word for number in numbers for word in ("--share", self.share(number)))]

    def keys(self, folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }


@pytest.fixture
def at(tmp_path: Path) -> Ceremony:
    return Ceremony(tmp_path)


def test_any_two_shares_restore_every_key_into_an_empty_folder(at: Ceremony, tmp_path: Path) -> None:
    before = at.keys(at.home.keys)
    backup = at.escrow()
    for pair in itertools.combinations((1, 2, 3), 2):
        to = tmp_path / f"restored-{pair[0]}{pair[1]}"
        ended = at.run("restore", *at.opening(backup, pair), "--to", to)
        assert ended.returncode == 0, ended.stderr
        assert at.keys(to / "keys") == before
        assert all(not path.stat().st_mode & 0o077 for path in to.rglob("*"))
    again = at.run("restore", *at.opening(backup), "--to", tmp_path / "restored-12")
    assert (again.returncode, "no key is overwritten" in again.stderr) == (3, True)


def test_what_was_restored_works(at: Ceremony, tmp_path: Path) -> None:
    token = at.store.data_keys("hall").current.for_use("test")
    backup = at.escrow()
    assert at.run("restore", *at.opening(backup), "--to", tmp_path / "restored").returncode == 0
    store = KeyStore(Home(tmp_path / "restored"), now)
    assert store.data_keys("hall").current.for_use("test") == token
    assert [entry.act for entry in store.entries()] == [entry.act for entry in at.store.entries()][:-1]


def test_one_share_or_others_restore_nothing(at: Ceremony, tmp_path: Path) -> None:
    old = at.escrow()
    old_share = at.share(2)
    backup = at.escrow()
    to = tmp_path / "restored"
    one = at.run("restore", "--from", backup, "--share", at.share(1), "--to", to)
    twice = at.run("restore", "--from", backup, "--share", at.share(1), "--share", at.share(1), "--to", to)
    mixed = at.run("restore", "--from", backup, "--share", at.share(1), "--share", old_share, "--to", to)
    older = at.run("restore", *at.opening(old), "--to", to)
    for ended in (one, twice, mixed, older):
        assert ended.returncode == 3
        assert "share" in ended.stderr
    assert not to.exists()


def test_backup_and_shares_never_come_together(at: Ceremony) -> None:
    one, two, three = at.places
    for to, shares in (
        (at.to, [one, two, at.to]),
        (at.to, [one, two, two]),
        (at.to, [one, two, at.to / "inside"]),
        (at.to.parent, [one, two, three]),
        (at.home.root / "backup", [one, two, three]),
        (at.to, [one, two, at.home.keys]),
    ):
        ended = at.run("escrow", "--to", to, "--shares", *shares)
        assert ended.returncode == 3, ended.stdout
    assert [list(place.iterdir()) for place in (at.to, one, two, three)] == [[], [], [], []]
    backup = at.escrow()
    assert len({path.parent for path in (backup, at.share(1), at.share(2), at.share(3))}) == 4
    for number in (1, 2, 3):
        lines = re.findall(r"^ +[1-4]: .+$", at.share(number).read_text("utf-8"), re.MULTILINE)
        assert len(lines) == 4
        assert not any(line.strip() in backup.read_text() for line in lines)


def test_without_places_and_a_terminal_no_share_is_printed(at: Ceremony) -> None:
    ended = at.run("escrow", "--to", at.to)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert list(at.to.iterdir()) == []


def test_on_a_terminal_each_share_is_shown_alone_and_the_screen_cleared(at: Ceremony) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "YINGBI_HOME": str(at.home.root)}
    command = [str(YINGBI), "keys", "escrow", "--to", str(at.to)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"\n" * 6)
    shown = bytearray()
    with contextlib.suppress(OSError):  # the other end is closed
        while piece := os.read(ours, 65536):
            shown += piece
    assert process.wait() == 0
    screens = shown.decode().split("\033[3J\033[2J\033[H")
    assert [len(re.findall(r"[1-4]: \w{4} \w{4} \w{4} \w{4}  \w\w", screen)) for screen in screens] == [4, 4, 4, 0]


def test_a_share_is_typed_and_a_slip_asked_for_again(at: Ceremony, tmp_path: Path) -> None:
    backup = at.escrow()
    lines = re.findall(r"^ +([1-4]: .+)$", at.share(2).read_text("utf-8"), re.MULTILINE)
    typed = [lines[0], lines[1][:-1], lines[1].lower(), lines[2].partition(":")[2], lines[3]]
    opening = ["--from", backup, "--share", at.share(1), "--share", "-"]
    ended = at.run("restore", *opening, "--to", tmp_path / "restored", typed="\n".join(typed) + "\n")
    assert ended.returncode == 0, ended.stderr
    assert "line 2 is mistyped" in ended.stderr
    assert at.run("restore", *opening, "--to", tmp_path / "again", typed=lines[0] + "\n").returncode == 3


def test_a_share_file_that_is_none_is_told(at: Ceremony, tmp_path: Path) -> None:
    backup = at.escrow()
    at.share(1).write_text(at.share(1).read_text("utf-8").replace("    3: ", "    3: 0"), "utf-8")
    ended = at.run("restore", *at.opening(backup), "--to", tmp_path / "restored")
    assert (ended.returncode, "line 3" in ended.stderr) == (3, True)


# -- the proof


def test_a_proof_is_written_down_with_every_key_that_it_found(at: Ceremony) -> None:
    assert unproved(at.store) == ["hall", "register"]
    backup = at.escrow()
    assert unproved(at.store) == ["hall", "register"], "a backup that nobody has opened proves nothing"
    ended = at.run("escrow", "--prove", *at.opening(backup))
    assert ended.returncode == 0, ended.stderr
    assert unproved(at.store) == []
    proof = proof_in(at.store.entries())
    assert proof is not None
    assert proof.backup in backup.name
    assert len(proof.keys) == 2


def test_a_key_that_came_later_is_not_proved(at: Ceremony) -> None:
    backup = at.escrow()
    assert at.run("escrow", "--prove", *at.opening(backup)).returncode == 0
    ((_, key),) = at.store.rotate(["hall"])
    assert unproved(at.store) == ["hall"]
    ended = at.run("escrow", "--prove", *at.opening(backup))
    assert (ended.returncode, f"hall/{key}" in ended.stderr) == (3, True)
    assert unproved(at.store) == ["hall"]
    at.store.rotate_root()
    newer = at.escrow()
    assert at.run("escrow", "--prove", *at.opening(newer)).returncode == 0
    assert unproved(at.store) == []


@pytest.mark.parametrize("name", ["keys/fields.key", "keys/rings/hall.json", "keys/root-1.key"])
def test_a_backup_that_lacks_a_key_proves_nothing(at: Ceremony, name: str) -> None:
    """Whatever was lost or damaged before the backup was made shows when it is proved."""
    path = at.home.root / name
    kept = path.read_bytes()
    path.write_bytes(b"x" * 32 if name.endswith(".key") else kept.replace(b"hall", b"mall"))
    made = at.run("escrow", "--to", at.to, "--shares", *at.places)
    path.write_bytes(kept)
    if name == "keys/fields.key":
        backup = next(at.to.iterdir())
        ended = at.run("escrow", "--prove", *at.opening(backup))
        assert (ended.returncode, name in ended.stderr) == (3, True)
    else:
        assert made.returncode == 3
        assert list(at.to.iterdir()) == []
    assert unproved(at.store) == ["hall", "register"]


def test_no_output_and_no_file_outside_holds_a_key(at: Ceremony) -> None:
    secrets = [path.read_bytes() for path in at.home.keys.glob("*.key")]
    backup = at.escrow()
    proved = at.run("escrow", "--prove", *at.opening(backup))
    status = at.run("status", "--json")
    texts = [proved.stdout + proved.stderr, status.stdout, at.home.key_journal.read_text("utf-8"), backup.read_text()]
    for secret in secrets:
        assert not any(secret.hex() in text for text in texts)
    facts = json.loads(status.stdout)
    assert [system["proved"] for system in facts["systems"]] == [True, True]
    assert facts["escrow"]["proved_at"]
