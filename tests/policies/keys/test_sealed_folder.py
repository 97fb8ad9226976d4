"""A sealed folder gives back what was put there, or says that it is not that."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.keys.sealed_folder import NotAsSealed, SealedFolder

SECRET = b"k" * 32


@pytest.fixture
def folder(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "kept", SECRET, "evidence")


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 999], ids=["empty", "one", "many"])
def test_what_was_put_is_got_and_lies_nowhere_in_clear(folder: SealedFolder, tmp_path: Path, data: bytes) -> None:
    folder.put("a", data)
    assert folder.get("a") == data
    (file,) = (tmp_path / "kept").iterdir()
    assert len(data) < 2 or data[:64] not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    folder.put("a", b"other")
    assert SealedFolder(tmp_path / "kept", SECRET, "evidence").get("a") == b"other"


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_each_changed_octet_is_found(tmp_path_factory: pytest.TempPathFactory, place: int, flip: int) -> None:
    home = tmp_path_factory.mktemp("sealed")
    folder = SealedFolder(home, SECRET, "evidence")
    folder.put("a", b"the evidence")
    sealed = bytearray((home / "a").read_bytes())
    sealed[place % len(sealed)] ^= flip
    (home / "a").write_bytes(sealed)
    with pytest.raises(NotAsSealed):
        folder.get("a")


def test_what_was_cut_moved_replaced_or_taken_away_is_found(folder: SealedFolder, tmp_path: Path) -> None:
    folder.put("a", b"one")
    folder.put("b", b"two")
    a, b = tmp_path / "kept" / "a", tmp_path / "kept" / "b"
    whole = a.read_bytes()
    for wrong in (whole[:-1], whole[:10], b"", whole + b"x", b.read_bytes()):
        a.write_bytes(wrong)
        with pytest.raises(NotAsSealed):
            folder.get("a")
    folder.drop("a")
    folder.drop("a")
    with pytest.raises(NotAsSealed):
        folder.get("a")


def test_another_use_or_another_key_opens_nothing(folder: SealedFolder, tmp_path: Path) -> None:
    folder.put("a", b"one")
    for other in (
        SealedFolder(tmp_path / "kept", SECRET, "contacts"),
        SealedFolder(tmp_path / "kept", b"l" * 32, "evidence"),
    ):
        with pytest.raises(NotAsSealed):
            other.get("a")
