"""The database of the gate that is kept, and what becomes of one that is not as it was."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import hyperscan
import pytest

from policies.recognisers.compiled_gate import Pattern, database_of, file_of, keep

FLAGS = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH
PATTERNS = [Pattern(3, "[0-9]{11}", FLAGS), Pattern(7, "身份证", FLAGS)]
OTHERS = [Pattern(5, "[0-9]{11}", FLAGS)]


def found(database: hyperscan.Database, text: str) -> set[int]:
    numbers: set[int] = set()
    scratch = hyperscan.Scratch(database)
    database.scan(text.encode(), match_event_handler=lambda number, *_: numbers.add(number), scratch=scratch)
    return numbers


def asked(patterns: Sequence[Pattern], folder: Path) -> list[set[int]]:
    database = database_of(patterns, folder)
    return [found(database, text) for text in ("身份证", "13812345678", "1381234567", "身份证 13812345678")]


def for_another(database: bytes) -> bytes:
    """*database* as another processor would have written it: which one stands behind sixteen octets."""
    other = database[:16] + bytes([database[16] ^ 1]) + database[17:]
    return hashlib.sha256(other).digest() + other


AS_COMPILED = [{7}, {3}, set(), {3, 7}]


def test_what_is_kept_finds_what_is_compiled(tmp_path: Path) -> None:
    assert asked(PATTERNS, tmp_path / "nowhere") == AS_COMPILED
    keep([PATTERNS], tmp_path / "gate")
    assert asked(PATTERNS, tmp_path / "gate") == AS_COMPILED


def test_it_is_read(tmp_path: Path) -> None:
    keep([OTHERS], tmp_path)
    file_of(OTHERS, tmp_path).rename(file_of(PATTERNS, tmp_path))
    assert asked(PATTERNS, tmp_path) == [set(), {5}, set(), {5}]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + data,
        lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        lambda data: for_another(data[32:]),
    ],
    ids=["empty", "cut", "twice", "a bit", "another processor"],
)
def test_what_is_not_as_it_was_is_compiled_anew(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    keep([PATTERNS], tmp_path)
    kept = file_of(PATTERNS, tmp_path)
    whole = kept.read_bytes()
    kept.write_bytes(spoil(whole))
    assert asked(PATTERNS, tmp_path) == AS_COMPILED
    keep([PATTERNS], tmp_path)
    assert kept.read_bytes() == whole


def test_other_patterns_are_another_file(tmp_path: Path) -> None:
    keep([OTHERS], tmp_path)
    assert asked(PATTERNS, tmp_path) == AS_COMPILED
    keep([PATTERNS], tmp_path)
    assert list(tmp_path.iterdir()) == [file_of(PATTERNS, tmp_path)]
    assert len({file_of([Pattern(3, "[0-9]{11}", flags)], tmp_path) for flags in (FLAGS, 0)}) == 2
