"""What is asked for is left whole, for the owner's eyes, and never without end."""

from pathlib import Path

import msgspec
import pytest

from policies.permits import read_asked
from proxy.asked import MOST_WAITING, NotTaken, leave, waiting
from tests.policies.test_permits import ASKED, KEY


def test_what_is_left_is_found_and_read(tmp_path: Path) -> None:
    leave(tmp_path / "asked", ASKED, KEY)
    (path,) = waiting(tmp_path / "asked")
    assert read_asked(path.read_bytes(), KEY) == ASKED
    assert path.stem == ASKED.id
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_where_nothing_was_left_nothing_waits(tmp_path: Path) -> None:
    assert list(waiting(tmp_path / "asked")) == []


def test_other_files_do_not_wait(tmp_path: Path) -> None:
    for name in ("prm-0123456789abcdef.new", "prm-0123.json", "overlay.json"):
        (tmp_path / name).touch()
    assert list(waiting(tmp_path)) == []


def test_no_more_wait_than_can_be_taken(tmp_path: Path) -> None:
    for number in range(MOST_WAITING - 1):
        (tmp_path / f"prm-{number:016x}.json").touch()
    leave(tmp_path, ASKED, KEY)
    with pytest.raises(NotTaken):
        leave(tmp_path, msgspec.structs.replace(ASKED, id="prm-ffffffffffffffff"), KEY)
    assert len(list(tmp_path.iterdir())) == MOST_WAITING


def test_where_the_disk_takes_nothing_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "asked").touch()
    with pytest.raises(NotTaken):
        leave(tmp_path / "asked", ASKED, KEY)


def test_nothing_unfinished_stays(tmp_path: Path) -> None:
    (tmp_path / f"{ASKED.id}.json").mkdir()
    with pytest.raises(NotTaken):
        leave(tmp_path, ASKED, KEY)
    assert [path.name for path in tmp_path.iterdir()] == [f"{ASKED.id}.json"]
