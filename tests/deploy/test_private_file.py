from pathlib import Path

import pytest

from deploy.private_file import make_password, write_private


def test_it_is_the_owners_and_replaces_what_was_open_to_all(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"a longer text that was there")
    file.chmod(0o644)
    write_private(file, b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "taken", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first = make_password(tmp_path / "a")
    assert make_password(tmp_path / "a") == first
    assert len(first) >= 22
    assert make_password(tmp_path / "b") != first
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
