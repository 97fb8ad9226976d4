"""Keyrings: what was written is read, what was altered in one bit is not, and every key does what its state allows."""

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import BadToken, DataKey, DataKeys
from policies.keys.key_files import make_secret
from policies.keys.keyring import (
    BadKeyring,
    Keyring,
    KeyState,
    new_keyring,
    open_keyring,
    read_keyring,
    revoked,
    rotated,
    wrapped_anew,
    write_keyring,
)
from policies.keys.root_key import (
    KeyUnavailable,
    NotUnwrapped,
    RootKey,
    file_root_key,
    root_numbers,
    root_path,
    roots_in,
)

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for number in (1, 2, 10):
        make_secret(root_path(folder, number))
    return folder


@pytest.fixture(scope="module")
def root(folder: Path) -> RootKey:
    return file_root_key(root_path(folder, 1))


@pytest.fixture(scope="module")
def ring(root: RootKey) -> Keyring:
    """A ring with a revoked, an old and a current key."""
    ring = rotated(rotated(new_keyring("hall", root, NOW), root, NOW), root, NOW)
    return revoked(ring, ring.keys[0].id, "遗失 / lost", root, NOW)


def uses_of(keys: DataKeys) -> dict[str, bytes]:
    return {key.id: key.for_use("test") for key in keys}


# -- the root key


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_what_was_wrapped_is_unwrapped_under_its_context_only(root: RootKey, data: bytes, context: bytes) -> None:
    wrapped = root.wrap(data, context)
    assert root.unwrap(wrapped, context) == data
    assert root.wrap(data, context) != wrapped
    with pytest.raises(NotUnwrapped):
        root.unwrap(wrapped, context + b"x")


def test_another_root_key_and_an_altered_text_open_nothing(folder: Path, root: RootKey) -> None:
    wrapped = root.wrap(b"data", b"context")
    with pytest.raises(NotUnwrapped):
        file_root_key(root_path(folder, 2)).unwrap(wrapped, b"context")
    for altered in (b"", wrapped[:5], wrapped[:-1], wrapped + b"\0", bytes([wrapped[0] ^ 1]) + wrapped[1:]):
        with pytest.raises(NotUnwrapped):
            root.unwrap(altered, b"context")


def test_a_root_key_that_is_gone_open_to_others_or_cut_says_so(tmp_path: Path) -> None:
    gone = file_root_key(tmp_path / "root-1.key")
    make_secret(tmp_path / "root-2.key")
    (tmp_path / "root-2.key").chmod(0o640)
    (tmp_path / "root-3.key").write_bytes(b"short")
    (tmp_path / "root-3.key").chmod(0o600)
    for root in (gone, *roots_in(tmp_path).values()):
        with pytest.raises(KeyUnavailable):
            root.wrap(b"", b"")
        with pytest.raises(KeyUnavailable):
            root.unwrap(b"", b"")


def test_the_newest_root_key_is_the_one_with_the_highest_number(folder: Path) -> None:
    (folder / "root-03.key").touch()
    (folder / "root-x.key").touch()
    assert root_numbers(folder) == [1, 2, 10]
    assert list(roots_in(folder)) == ["root-1", "root-2", "root-10"]


# -- reading and writing


def test_what_was_written_is_read(folder: Path, root: RootKey, ring: Keyring) -> None:
    assert read_keyring(write_keyring(ring, root), "hall", roots_in(folder)) == ring


def test_nothing_in_the_file_is_a_key(root: RootKey, folder: Path, ring: Keyring) -> None:
    written = write_keyring(ring, root)
    for path in folder.glob("root-*.key"):
        assert path.read_bytes() == b"" or path.read_bytes() not in written
    assert all(key not in written for key in uses_of(open_keyring(ring, roots_in(folder), with_revoked=True)).values())


@given(st.data())
def test_one_altered_byte_and_it_is_no_keyring(folder: Path, root: RootKey, ring: Keyring, data: st.DataObject) -> None:
    written = write_keyring(ring, root)
    at = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[at]))
    altered = written[:at] + bytes([byte]) + written[at + 1 :]
    try:
        assert read_keyring(altered, "hall", roots_in(folder)) == ring  # as where a blank stands between two words
        assert json.loads(altered) == json.loads(written)
    except BadKeyring:
        pass


@given(st.data())
def test_a_torn_file_is_no_keyring(folder: Path, root: RootKey, ring: Keyring, data: st.DataObject) -> None:
    written = write_keyring(ring, root).rstrip()
    cut = data.draw(st.integers(0, len(written) - 1))
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written[:cut], "hall", roots_in(folder))
    assert problem.value.code == "torn"


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", b'{"seal": 1}', b"[" * 100_000, b"\xff", b'{"seal": "AA=="}'])
def test_what_is_something_else_is_no_keyring(folder: Path, data: bytes) -> None:
    with pytest.raises(BadKeyring):
        read_keyring(data, "hall", roots_in(folder))


def test_a_revoked_key_is_not_brought_back_by_writing_so(folder: Path, root: RootKey, ring: Keyring) -> None:
    found = json.loads(write_keyring(ring, root))
    found["keys"][0] |= {"state": "old", "reason": "", "changed_at": None}
    with pytest.raises(BadKeyring) as problem:
        read_keyring(json.dumps(found).encode(), "hall", roots_in(folder))
    assert problem.value.code == "altered"


def test_the_ring_of_a_system_is_none_of_another(folder: Path, root: RootKey, ring: Keyring) -> None:
    written = write_keyring(ring, root)
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written, "register", roots_in(folder))
    assert problem.value.code == "wrong_system"
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written.replace(b'"hall"', b'"register"'), "register", roots_in(folder))
    assert problem.value.code == "altered"


def test_without_its_root_key_a_ring_says_which_way_it_is_wrong(
    tmp_path: Path, folder: Path, root: RootKey, ring: Keyring
) -> None:
    written = write_keyring(ring, root)
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written, "hall", roots_in(tmp_path))
    assert problem.value.code == "root_missing"
    (tmp_path / "root-1.key").write_bytes(root_path(folder, 2).read_bytes())
    (tmp_path / "root-1.key").chmod(0o644)
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written, "hall", roots_in(tmp_path))
    assert problem.value.code == "root_unavailable"
    (tmp_path / "root-1.key").chmod(0o600)
    with pytest.raises(BadKeyring) as problem:
        read_keyring(written, "hall", roots_in(tmp_path))
    assert problem.value.code == "altered"


# -- the life of a key


def test_a_rotation_leaves_what_there_was_openable(folder: Path, root: RootKey) -> None:
    first = new_keyring("hall", root, NOW)
    later = rotated(first, root, NOW + timedelta(days=1))
    assert [key.state for key in later.keys] == [KeyState.OLD, KeyState.CURRENT]
    assert later.generation == first.generation + 1
    before, after = open_keyring(first, roots_in(folder)), open_keyring(later, roots_in(folder))
    assert uses_of(after)[before.current.id] == before.current.for_use("test")
    assert after.current.id != before.current.id


def test_a_revoked_key_opens_nothing_but_for_the_job_that_asks_for_it(folder: Path, ring: Keyring) -> None:
    gone = ring.keys[0].id
    with pytest.raises(BadToken):
        open_keyring(ring, roots_in(folder)).of(gone)
    assert open_keyring(ring, roots_in(folder), with_revoked=True).of(gone).id == gone
    assert ring.keys[0].reason == "遗失 / lost"


def test_the_current_key_is_followed_when_it_is_revoked(folder: Path, root: RootKey) -> None:
    first = new_keyring("hall", root, NOW)
    later = revoked(first, first.current.id, "lost", root, NOW)
    assert [key.state for key in later.keys] == [KeyState.REVOKED, KeyState.CURRENT]
    assert list(uses_of(open_keyring(later, roots_in(folder)))) == [later.current.id]


def test_revoking_twice_keeps_the_first_reason_and_a_strange_key_is_none(root: RootKey, ring: Keyring) -> None:
    again = revoked(ring, ring.keys[0].id, "another", root, NOW + timedelta(days=1))
    assert again.keys == ring.keys
    with pytest.raises(KeyError):
        revoked(ring, "00000000", "lost", root, NOW)


def test_a_new_root_key_changes_no_data_key(folder: Path, ring: Keyring) -> None:
    roots = roots_in(folder)
    moved = wrapped_anew(ring, roots, roots["root-2"])
    before, after = (uses_of(open_keyring(each, roots, with_revoked=True)) for each in (ring, moved))
    assert before == after
    assert len(before) == 3
    del roots["root-1"]
    assert read_keyring(write_keyring(moved, roots["root-2"]), "hall", roots) == moved


# -- nothing that holds a key gives it away


HOLDERS = {
    "a data key": DataKey("0000000a", b"k" * 32),
    "data keys": DataKeys("0000000a", {"0000000a": DataKey("0000000a", b"k" * 32)}),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_a_key_is_neither_told_nor_copied(name: str) -> None:
    holder = HOLDERS[name]
    for told in (repr(holder), str(holder), f"{holder}", f"{holder!r}", f"{holder}"):
        assert "kkkk" not in told
        assert "6b6b" not in told
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(holder)
    assert not hasattr(holder, "__dict__") or b"k" * 32 not in vars(holder).values()


def test_a_data_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey("0000000a", b"short")
