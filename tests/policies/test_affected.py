"""Who is found in a file of digests: exactly those who were written, by any epoch, and nobody once it is altered."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import affected as module
from policies.affected import (
    RECORD_BYTES,
    AffectedTable,
    Incident,
    Marked,
    NotKnown,
    read_affected,
    shown_of,
    write_affected,
    write_digests,
)
from policies.keys.key_files import BadSignature, Signer, Verifier, make_secret

NAME = "C-20261123-001.digests"
DIGESTS = st.builds(
    lambda epoch, number: f"{epoch}:{number:032x}", st.sampled_from(["1", "2", "10"]), st.integers(0, 40)
)


def incident(folder: Path, persons: Iterable[Marked], *, is_whole: bool = True) -> Incident:
    with (folder / NAME).open("wb") as file:
        written = write_digests(file, sorted(persons))
    return Incident(is_counted=True, is_whole=is_whole, file=NAME, parts=written.parts)


@given(persons=st.dictionaries(DIGESTS, st.booleans()), size=st.integers(1, 7))
def test_exactly_those_are_found_who_were_written(
    persons: dict[str, bool], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("affected")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MOST_IN_PART", size)
        made = incident(folder, persons.items())
    assert sum(part.count for part in made.parts) == len(persons)
    for epoch in ("1", "2", "10", "3"):
        for number in range(42):
            digest = f"{epoch}:{number:032x}"
            nobody = [f"{other}:{'f' * 32}" for other in ("1", "2", "10") if other != epoch]
            assert shown_of(folder, made, [digest, *nobody]) == persons.get(digest)


def test_the_hash_is_that_of_a_scope() -> None:
    digests = [f"1:{number:032x}" for number in range(9_000)]
    written = write_digests(BytesIO(), ((digest, True) for digest in digests))
    assert written.persons_hash == hashlib.sha256("\n".join(digests).encode()).hexdigest()
    assert [part.count for part in written.parts] == [4096, 4096, 808]


def test_clear_goes_before_masked_where_a_person_has_two_digests(tmp_path: Path) -> None:
    old, new = "1:" + "0" * 32, "2:" + "0" * 32
    made = incident(tmp_path, [(old, True), (new, False)])
    assert shown_of(tmp_path, made, [new, old]) is True
    assert shown_of(tmp_path, made, [new]) is False


@pytest.mark.parametrize("at", range(2 * RECORD_BYTES))
def test_a_byte_that_is_another_tells_nothing(tmp_path: Path, at: int) -> None:
    digests = [f"1:{number:032x}" for number in (1, 2)]
    made = incident(tmp_path, [(digest, True) for digest in digests])
    data = bytearray((tmp_path / NAME).read_bytes())
    data[at] ^= 1
    (tmp_path / NAME).write_bytes(data)
    for digest in (*digests, "1:" + "f" * 32):
        with pytest.raises(NotKnown):
            shown_of(tmp_path, made, [digest])


def test_who_is_not_found_where_not_everybody_was_counted_is_told_nothing(tmp_path: Path) -> None:
    made = incident(tmp_path, [("1:" + "1" * 32, True)], is_whole=False)
    assert shown_of(tmp_path, made, ["1:" + "1" * 32]) is True
    with pytest.raises(NotKnown):
        shown_of(tmp_path, made, ["1:" + "2" * 32])
    with pytest.raises(NotKnown):
        shown_of(tmp_path, incident(tmp_path, [("2:" + "1" * 32, True)]), ["1:" + "2" * 32])
    with pytest.raises(NotKnown):
        shown_of(tmp_path, Incident(is_counted=False, is_whole=True), ["1:" + "2" * 32])


@pytest.mark.parametrize("digests", [["1:" + "2" * 32, "1:" + "1" * 32], ["1:" + "1" * 32] * 2, ["1:11"], ["1:zz"]])
def test_what_is_not_sorted_or_no_digest_is_not_written(digests: list[str]) -> None:
    with pytest.raises(ValueError, match=r"sorted|digest|fromhex"):
        write_digests(BytesIO(), [(digest, True) for digest in digests])


def test_a_table_counts_only_as_it_was_signed(tmp_path: Path) -> None:
    make_secret(tmp_path / "key")
    signer = Signer(tmp_path / "key")
    table = AffectedTable(generation=3, until=datetime(2026, 11, 23, tzinfo=UTC), incidents=(incident(tmp_path, []),))
    data = write_affected(table, signer)
    verifier = Verifier(signer.public_bytes)
    assert read_affected(data, verifier) == table
    with pytest.raises(BadSignature):
        read_affected(data.replace(b'generation\\":3', b'generation\\":4'), verifier)
    with pytest.raises(ValueError, match="not the bytes"):
        read_affected(data[:-2], verifier)


@pytest.mark.parametrize("name", ["../x.digests", "a/b.digests", "overlay.json", "/etc/x.digests"])
def test_a_table_names_no_file_but_its_own(tmp_path: Path, name: str) -> None:
    make_secret(tmp_path / "key")
    signer = Signer(tmp_path / "key")
    made = Incident(is_counted=True, is_whole=True, file=name)
    data = write_affected(AffectedTable(until=datetime(2026, 11, 23, tzinfo=UTC), incidents=(made,)), signer)
    with pytest.raises(ValueError, match="not the bytes"):
        read_affected(data, Verifier(signer.public_bytes))
