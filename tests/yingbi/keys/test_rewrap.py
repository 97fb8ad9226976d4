"""The job over real files: stopped anywhere it goes on, and what it writes is what it would have written in one go."""

import csv
import io
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from policies.keys.key_files import Signer
from policies.keys.rewrap import Counts
from policies.transforms.encrypt import Cipher
from policies.transforms.sealed import FIELD
from proxy.published import publish_programs
from tests.gateway import ROOT
from tests.policies.compiled import program
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.rewrap import EVERY_ROWS, Job, rewrap
from yingbi.settings import HOME

CLINIC = program("clinic", ROOT / "tests" / "stored" / "policies")
HALL = msgspec.structs.replace(
    CLINIC,
    system="hall",
    fields=tuple(
        msgspec.structs.replace(field, name=field.name.replace("patient.", "application.")) for field in CLINIC.fields
    ),
)
"""A system that stores mobile numbers of applications encrypted."""
ROWS = 3 * EVERY_ROWS + 17


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyStore:
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME, str(home.root))
    make_folders(home)
    make_keys(home, now)
    store = KeyStore(home, now)
    store.make_missing(["hall"])
    publish_programs(home.published, {"hall": HALL}, 1, Signer(home.private_key("program")))
    return store


@pytest.fixture
def file(tmp_path: Path, store: KeyStore) -> Path:
    """Rows under a key that has been rotated since."""
    cipher = Cipher(store.data_keys("hall"), FIELD)
    out = io.StringIO()
    rows = ([number, cipher.encrypt(f"{number}".encode(), "hall", "application.mobile")] for number in range(ROWS))
    csv.writer(out).writerows([["id", "mobile"], *rows])
    path = tmp_path / "rows.csv"
    path.write_text(out.getvalue(), newline="")
    store.rotate(["hall"])
    return path


def job_of(store: KeyStore, file: Path) -> Job:
    return Job(
        file=file,
        system="hall",
        record="application",
        fields={},
        keys=store.data_keys("hall"),
        stored=frozenset({"application.mobile"}),
    )


def values_in(store: KeyStore, path: Path) -> list[str]:
    keys = store.data_keys("hall")
    cipher = Cipher(keys, FIELD)
    with path.open(newline="") as text:
        tokens = [row[1] for row in csv.reader(text)][1:]
    assert {token.split(".")[1] for token in tokens} == {keys.current.id}
    return [cipher.decrypt(token, "hall", "application.mobile").decode() for token in tokens]


def test_all_rows_are_made_anew(store: KeyStore, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "rewrap", "--system", "hall", "--record", "application", str(file)]) == 0
    said = capsys.readouterr()
    assert f"{ROWS + 1:,} rows" in said.out
    assert "rows" in said.err
    job = job_of(store, file)
    assert values_in(store, job.out) == [str(number) for number in range(ROWS)]
    assert not job.note.exists()
    assert not job.out.stat().st_mode & 0o077


def test_plain_values_are_told_and_are_not_fine(
    store: KeyStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("id,mobile\n1,13800138000\n2,\n3,bad\n")
    asked = ["keys", "rewrap", "--system", "hall", "--record", "application", str(path)]
    assert main(asked) == 1
    said = capsys.readouterr().out
    assert [line.split()[-1] for line in said.splitlines() if "plain " in line] == ["2"]
    assert "13800138000" not in said
    assert job_of(store, path).out.read_bytes() == path.read_bytes()
    path.write_text("id,mobile\n1,\n")
    assert main(asked) == 0


def test_without_a_policy_in_force_plain_values_cannot_be_counted(
    store: KeyStore, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(file.parent / "home")
    publish_programs(home.published, {}, 2, Signer(home.private_key("program")))
    assert main(["keys", "rewrap", "--system", "hall", "--record", "application", str(file)]) == 1
    assert "were not counted" in capsys.readouterr().err
    assert values_in(store, job_of(store, file).out) == [str(number) for number in range(ROWS)]


class Stopped(Exception):
    pass


def test_a_job_that_was_stopped_goes_on_where_it_was(store: KeyStore, file: Path) -> None:
    job, told = job_of(store, file), []

    def stop(counts: Counts, share: float) -> None:
        told.append((counts.rows, share))
        if len(told) in (1, 3):
            raise Stopped

    for _ in range(2):
        with pytest.raises(Stopped):
            rewrap(job, stop)
        with job.out.open("ab") as out:
            out.write(b"what was written after the note, and may be half a row")
    counts = rewrap(job, stop)
    assert [rows for rows, _ in told] == [EVERY_ROWS, 2 * EVERY_ROWS, 3 * EVERY_ROWS]
    assert 0 < told[0][1] < told[1][1] < told[2][1] < 1
    assert (counts.rows, counts.made_anew, counts.failed) == (ROWS + 1, ROWS, 0)
    assert values_in(store, job.out) == [str(number) for number in range(ROWS)]


def test_a_job_that_was_killed_goes_on(store: KeyStore, file: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from yingbi.keys import rewrap
from yingbi.clock import now
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
store = KeyStore(Home(Path({str(file.parent / "home")!r})), now)
keys = store.data_keys("hall")
stored = frozenset({{"application.mobile"}})
job = rewrap.Job(
    file=Path({str(file)!r}), system="hall", record="application", fields={{}}, keys=keys, stored=stored
)
rewrap.rewrap(job, lambda counts, share: os.kill(os.getpid(), signal.SIGKILL))
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == -signal.SIGKILL
    job = job_of(store, file)
    assert job.note.exists()
    assert rewrap(job, lambda counts, share: None).made_anew == ROWS
    assert values_in(store, job.out) == [str(number) for number in range(ROWS)]


@pytest.mark.parametrize("change", ["the file", "the key"])
def test_what_has_changed_meanwhile_is_begun_anew(store: KeyStore, file: Path, change: str) -> None:
    def stop(counts: Counts, share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rewrap(job_of(store, file), stop)
    if change == "the file":
        file.write_text("id,mobile\n1,2\n")
    else:
        store.rotate(["hall"])
    job = job_of(store, file)
    counts = rewrap(job, lambda counts, share: None)
    assert counts.rows == (2 if change == "the file" else ROWS + 1)
    if change == "the key":
        assert len(values_in(store, job.out)) == ROWS


def test_what_a_revoked_key_made_opens_only_where_that_is_asked_for(store: KeyStore, file: Path) -> None:
    before = next(key.id for key in store.data_keys("hall") if key.id != store.data_keys("hall").current.id)
    store.revoke("hall", before, "lost")
    asked = ["keys", "rewrap", "--system", "hall", "--record", "application"]
    assert main([*asked, str(file)]) == 1
    assert job_of(store, file).out.read_bytes() == file.read_bytes()
    assert main([*asked, "--with-revoked", str(file)]) == 0
    assert len(values_in(store, job_of(store, file).out)) == ROWS


@pytest.mark.parametrize(
    ("name", "data", "more", "code", "said"),
    [
        ("rows.xlsx", b"", [], 3, ".csv"),
        ("rows.ndjson", b"{}\n{\n", [], 3, ":2"),
        ("rows.csv", b"a\n", ["--field", "a"], 2, "COLUMN=FIELD"),
        ("rows.csv", b"", [], 0, ""),
    ],
)
def test_what_cannot_be_rewrapped_is_said(
    store: KeyStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    data: bytes,
    more: list[str],
    code: int,
    said: str,
) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["keys", "rewrap", "--system", "hall", *more, str(tmp_path / name)]) == code
    assert said in capsys.readouterr().err
