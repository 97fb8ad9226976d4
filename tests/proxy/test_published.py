"""A worker takes only what is signed, whole, and not older than what it has."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from policies.keys.key_files import Signer, Verifier, make_secret
from policies.overlay import Overlay
from policies.permits import PermitTable
from policies.program import write_program
from proxy.published import (
    NotPublished,
    publish_overlay,
    publish_permits,
    publish_programs,
    read_programs,
    read_published_overlay,
    read_published_permits,
)
from tests.policies.compiled import program
from tests.policies.test_permits import TABLE

PEOPLE = program()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    make_secret(tmp_path / "own.key")
    return Signer(tmp_path / "own.key")


@pytest.fixture
def stranger(tmp_path: Path) -> Signer:
    make_secret(tmp_path / "stranger.key")
    return Signer(tmp_path / "stranger.key")


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> Path:
    publish_programs(tmp_path / "published", {"people": PEOPLE}, 5, signer)
    publish_overlay(tmp_path / "published", Overlay(generation=5), signer)
    publish_permits(tmp_path / "published", TABLE, signer)
    return tmp_path / "published"


def verifier(signer: Signer) -> Verifier:
    return Verifier(signer.public_bytes)


def current(folder: Path) -> Path:
    return folder / "programs" / "current.json"


def only_program(folder: Path) -> Path:
    (path,) = (path for path in (folder / "programs").glob("*.json") if path.name != "current.json")
    return path


def test_what_was_published_is_read(folder: Path, signer: Signer) -> None:
    programs, generation = read_programs(folder, verifier(signer), {}, 4)
    assert programs["people"][0] == PEOPLE
    assert generation == 5
    assert read_published_overlay(folder, verifier(signer)) == Overlay(generation=5)
    assert read_published_permits(folder, verifier(signer)) == TABLE


def test_what_is_known_is_not_read_again(folder: Path, signer: Signer) -> None:
    known, _ = read_programs(folder, verifier(signer), {}, 0)
    only_program(folder).unlink()
    again, _ = read_programs(folder, verifier(signer), known, 0)
    assert again["people"][0] is known["people"][0]


def test_no_overlay_at_all_is_an_empty_one(tmp_path: Path, signer: Signer) -> None:
    assert read_published_overlay(tmp_path, verifier(signer)) == Overlay()
    assert read_published_permits(tmp_path, verifier(signer)) == PermitTable()


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def replaced_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def altered(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"people", b"peoples", 1))


def later(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'\\"generation\\": 5', b'\\"generation\\": 6', 1))


def replaced_caller(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"e-wang", b"e-chen"))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "torn": torn,
    "zeros": lambda path: path.write_bytes(b"\0" * 4096),
    "not JSON": lambda path: path.write_bytes(b"\xff\xfe"),
    "not an object": lambda path: path.write_bytes(b"[]"),
    "a number": lambda path: path.write_bytes(b"7"),
    "nothing in it": lambda path: path.write_bytes(b"{}"),
    "numbers in it": lambda path: path.write_bytes(b'{"current": 1, "overlay": 1, "signature": 1}'),
    "nested without end": lambda path: path.write_bytes(b"[" * 200_000),
    "a folder": replaced_by_folder,
}


@pytest.mark.parametrize("case", [*DAMAGE, "gone", "altered", "a later generation"])
def test_a_damaged_list_of_programs_is_not_taken(folder: Path, signer: Signer, case: str) -> None:
    damage = {**DAMAGE, "gone": Path.unlink, "altered": altered, "a later generation": later}[case]
    damage(current(folder))
    with pytest.raises(NotPublished):
        read_programs(folder, verifier(signer), {}, 0)


@pytest.mark.parametrize("case", [*DAMAGE, "gone", "altered"])
def test_a_damaged_program_is_not_taken(folder: Path, signer: Signer, case: str) -> None:
    {**DAMAGE, "gone": Path.unlink, "altered": altered}[case](only_program(folder))
    with pytest.raises(NotPublished):
        read_programs(folder, verifier(signer), {}, 0)


@pytest.mark.parametrize("case", [*DAMAGE, "a later generation"])
def test_a_damaged_overlay_is_not_taken(folder: Path, signer: Signer, case: str) -> None:
    {**DAMAGE, "a later generation": later}[case](folder / "overlay.json")
    with pytest.raises(NotPublished):
        read_published_overlay(folder, verifier(signer))


@pytest.mark.parametrize("case", [*DAMAGE, "signed by nobody"])
def test_damaged_permits_are_not_taken(folder: Path, signer: Signer, case: str) -> None:
    {**DAMAGE, "signed by nobody": replaced_caller}[case](folder / "permits.json")
    with pytest.raises(NotPublished):
        read_published_permits(folder, verifier(signer))


@pytest.mark.parametrize("newer_than", [5, 6])
def test_an_older_publication_is_not_taken(folder: Path, signer: Signer, newer_than: int) -> None:
    with pytest.raises(NotPublished, match="older than those in force"):
        read_programs(folder, verifier(signer), {}, newer_than)


def test_what_a_stranger_signed_is_not_taken(folder: Path, signer: Signer, stranger: Signer) -> None:
    publish_programs(folder, {"people": PEOPLE}, 6, stranger)
    publish_overlay(folder, Overlay(generation=6), stranger)
    publish_permits(folder, TABLE, stranger)
    with pytest.raises(NotPublished):
        read_programs(folder, verifier(signer), {}, 0)
    with pytest.raises(NotPublished):
        read_published_overlay(folder, verifier(signer))
    with pytest.raises(NotPublished):
        read_published_permits(folder, verifier(signer))


def test_a_program_that_was_signed_but_is_another_systems_is_not_taken(folder: Path, signer: Signer) -> None:
    """A list that names another digest, or a file that holds another program: neither is what was published."""
    publish_programs(folder, {"hall": PEOPLE}, 6, signer)
    with pytest.raises(NotPublished, match="`hall`"):
        read_programs(folder, verifier(signer), {}, 0)


def test_a_program_in_the_place_of_another_is_not_taken(folder: Path, signer: Signer) -> None:
    other = write_program(msgspec.structs.replace(PEOPLE, timeout_s=599), signer)
    only_program(folder).write_bytes(other)
    with pytest.raises(NotPublished, match="`people`"):
        read_programs(folder, verifier(signer), {}, 0)


def test_a_signature_of_one_kind_is_none_of_another(folder: Path, signer: Signer) -> None:
    """An overlay cannot pass for a list of programs, though one key may have signed both."""
    overlay = json.loads((folder / "overlay.json").read_bytes())
    current(folder).write_text(json.dumps({"current": overlay["overlay"], "signature": overlay["signature"]}))
    with pytest.raises(NotPublished):
        read_programs(folder, verifier(signer), {}, 0)


def test_publishing_again_mends_what_the_disk_damaged(folder: Path, signer: Signer) -> None:
    torn(only_program(folder))
    publish_programs(folder, {"people": PEOPLE}, 6, signer)
    assert read_programs(folder, verifier(signer), {}, 5)[1] == 6


def test_nothing_half_written_is_ever_seen(folder: Path) -> None:
    """What is being written has another name until it is whole."""
    assert not list(folder.rglob("*.new"))
