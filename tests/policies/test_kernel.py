"""The kernel does what Python would, or refuses; whatever it is given, it reads and writes nothing else."""

import hashlib
import json
import shutil
import sys
import warnings
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.kernel import library
from policies.kernel.library import END, KERNEL, LEAVE, LIBRARY, PUT, SHOWN, TAKEN, Kernel, Plan, Spans, mask_of, piece
from policies.transforms.positions import REDACTED, keep, least_hidden, seen
from policies.transforms.spec import Keep, Redact

if KERNEL is None:
    if shutil.which("rustc"):
        raise AssertionError("there is a Rust compiler, and no kernel: build/kernel.log has the details")
    warnings.warn("NO KERNEL: there is no Rust compiler here, so nothing of it is tested", stacklevel=1)
    pytest.skip("there is no Rust compiler on this machine", allow_module_level=True)

RECORD = piece(TAKEN, b'{"a":') + piece(SHOWN, b',"b":') + piece(TAKEN, b',"c":') + piece(END, b"}")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\\', min_codepoint=0x20), max_size=12)


def spelled(*rows: tuple[Any, Any, Any]) -> bytes:
    return ",".join(
        json.dumps(dict(zip("abc", row, strict=True)), ensure_ascii=False, separators=(",", ":")) for row in rows
    ).encode()


def split(records: bytes, template: bytes = RECORD, groups: int = 2, most: int = 9) -> Spans | None:
    assert KERNEL is not None
    made = KERNEL.masked(Plan(template, [PUT] * groups, None), records, most)
    if made is None:
        return None
    assert made.woven is made.digests is None
    return made.spans


@pytest.mark.parametrize("value", ["true", "false", "null", "0", "-1", "123456789012345678", '""', '"张三"', '"a\x7f"'])
def test_what_is_shown_is_what_is_spelled_again_as_it_stands(value: str) -> None:
    records = f'{{"a":"x","b":{value},"c":null}}'.encode()
    spans = split(records)
    assert spans is not None
    assert (spans.number, list(spans.counts)[:4]) == (1, [1, 0, 0, 1])
    places = [(*begins, *ends) for begins, ends in map(spans.of, range(2))]
    assert [records[begin:end] for begin, end in places] == [b'"x"', b"null"]


@pytest.mark.parametrize(
    "records",
    [
        *(f'{{"a":"x","b":{value},"c":null}}' for value in ("1.5", "1e3", "-0", "01", "1234567890123456789", "-", "")),
        *(f'{{"a":"x","b":{value},"c":null}}' for value in ("{}", "[]", "tru", '"\\n"', '"\x1f"', '"')),
        *(f'{{"a":{value},"b":1,"c":null}}' for value in ("1", "true", "[]", "nul")),
        '{"a":"x", "b":1,"c":null}',
        '{"b":1,"a":"x","c":null}',
        '{"a":"x","b":1,"c":null},',
        '{"a":"x","b":1,"c":null}{"a":"x","b":1,"c":null}',
        '{"a":"x","b":1,"c":null},{"a":"x","b":1}',
        '{"a":"x","b":1,"c":null',
        '{"a":"x","b":1,"c":null} ',
        "",
    ],
)
def test_nothing_else_is_taken_for_alike(records: str) -> None:
    assert split(records.encode()) is None


def test_what_is_no_utf8_is_refused() -> None:
    for octets in (b"\xff", b"\xed\xa0\x80", b"\xe5\xbc", b"\xc0\xaf", b"\xf5\x80\x80\x80"):
        assert split(b'{"a":"' + octets + b'","b":1,"c":null}') is None


def test_more_records_than_there_is_room_for_are_refused() -> None:
    assert split(spelled(("x", 1, "y")) + b"," + spelled(("x", 1, "y")), most=1) is None


def test_what_may_be_passed_over_is_none_of_the_characters_that_the_kernel_masks() -> None:
    """What `keep` would pass over, the kernel leaves to Python: it knows the others by ranges."""
    (template,) = (piece(TAKEN, b'{"a":') + piece(END, b"}"),)
    for start in range(0x20, sys.maxunicode, 4096):
        characters = [
            chr(code)
            for code in range(start, min(start + 4096, sys.maxunicode + 1))
            if chr(code) not in '"\\' and not 0xD800 <= code < 0xE000
        ]
        for character in characters:
            if seen(character) != character or start < 0x1000:
                records = f'{{"a":"{character}bcdefgh"}}'.encode()
                spans = split(records, template, 1)
                assert spans is not None
                assert KERNEL is not None
                woven = KERNEL.weave(records, spans, [mask_of(Keep(2, 2, None))], b"", [])
                if seen(character) != character:
                    assert woven == [0], hex(ord(character))
                elif woven != [0]:
                    assert woven == f'{{"a":"{keep(2, 2, None)(f"{character}bcdefgh")}"}}'.encode()


@st.composite
def keeps(draw: st.DrawFn) -> Keep:
    first, last = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    least = least_hidden(first, last)
    return Keep(first, last, draw(st.none() | st.integers(least, least + 4)))


values = st.none() | texts | st.text("0123456789aZ张三李四·-", max_size=20)


@given(st.lists(st.tuples(values, texts | st.booleans(), values), min_size=1, max_size=5), keeps())
@example([("", "", None)], Keep(0, 0, None))
@example([("𠮷", "", "a b")], Keep(1, 0, 1))
def test_masks_are_those_of_python_or_left_to_it(rows: list[tuple[Any, Any, Any]], spec: Keep) -> None:
    assert KERNEL is not None
    records, mask = spelled(*rows), keep(spec.first, spec.last, spec.fill)
    spans = split(records)
    assert spans is not None
    made = [[value and mask(value) for value, _, _ in rows], [value and REDACTED for _, _, value in rows]]
    masks = [mask_of(spec), mask_of(Redact())]
    woven, at_once = KERNEL.weave(records, spans, masks, b"", []), KERNEL.masked(Plan(RECORD, masks, None), records, 9)
    assert at_once is not None
    assert at_once.woven == (None if woven == [0] else woven)
    assert list(at_once.unknown) == (woven if woven == [0] else [])
    if woven == [0]:
        put = [json.dumps(text, ensure_ascii=False).encode() for text in made[0]]
        ends = [sum(map(len, put[: number + 1])) for number in range(len(put))]
        woven = KERNEL.weave(records, spans, [PUT, mask_of(Redact())], b"".join(put), ends)
    else:
        assert all(value is None or seen(value) == value for value, _, _ in rows)
    assert woven == spelled(*zip(made[0], (shown for _, shown, _ in rows), made[1], strict=True))
    gathered = ["".join(f"{value or ''}\n" for value in (row[0], row[2])) for row in rows]
    assert KERNEL.gather(records, spans, {0, 1}) == gathered
    assert KERNEL.gather(records, spans, {1}) == [f"{value or ''}\n" for _, _, value in rows]
    assert KERNEL.weave(records, spans, [LEAVE, LEAVE], b"", []) == records


identifiers = st.from_regex("[0-9A-Za-z]{18}", fullmatch=True)


@given(st.binary(min_size=32, max_size=64), st.lists(identifiers, min_size=1, max_size=5))
def test_digests_are_those_of_the_standard_library(key: bytes, names: list[str]) -> None:
    assert KERNEL is not None
    records = spelled(*(("x", 1, name) for name in names))
    spans = split(records)
    assert spans is not None
    state = KERNEL.keyed(key)
    octets = KERNEL.digests(state, records, spans, 1)
    made = KERNEL.masked(Plan(RECORD, [PUT, PUT], 1), records, 5, state)
    assert made is not None
    assert made.digests == octets
    assert octets == b"".join(
        hashlib.blake2b(name.upper().encode(), key=key, digest_size=16).digest() for name in names
    )


@pytest.mark.parametrize("name", ["", None, "1" * 17, "1" * 19, "1" * 17 + " ", "张" * 6, "1" * 16 + "é"])
def test_no_other_identifiers_are_digested(name: str | None) -> None:
    assert KERNEL is not None
    records = spelled(("x", 1, "1" * 18), ("x", 1, name))
    spans = split(records)
    assert spans is not None
    assert KERNEL.digests(KERNEL.keyed(bytes(32)), records, spans, 1) is None
    made = KERNEL.masked(Plan(RECORD, [LEAVE, LEAVE], 1), records, 2, KERNEL.keyed(bytes(32)))
    assert made is not None
    assert (made.digests, made.woven) == (None, records)


numbers = st.lists(st.integers(0, 40) | st.just(2**32 - 1), max_size=12)


@given(st.binary(max_size=40), numbers, numbers, st.binary(max_size=9), numbers, st.integers(0, 4), st.binary())
def test_what_does_not_go_together_is_refused(
    records: bytes, both: list[int], told: list[int], put: bytes, ends: list[int], groups: int, template: bytes
) -> None:
    """Nobody gives it any of this: it must not read or write elsewhere if somebody did."""
    assert KERNEL is not None
    numbers = array("I", both)
    spans = Spans(len(both) // max(1, 2 * groups), groups, numbers, numbers)
    masks = [tuple(told[place : place + 4]) for place in range(0, len(told) - len(told) % 4, 4)]
    bounded = [(kind, first % 99, last % 99, fill % 99) for kind, first, last, fill in masks]
    KERNEL.weave(records, spans, bounded, put, ends)
    KERNEL.digests(bytes(64), records, spans, ends[0] if ends else 0)
    for pieces in (template, RECORD):
        KERNEL.masked(Plan(pieces, bounded, groups), records, 3, put)
    KERNEL.holds_packed(records, put)


def test_what_does_not_go_together_is_refused_without_a_panic(capfd: pytest.CaptureFixture[str]) -> None:
    """Which would be caught, and written where operators read what is wrong."""
    assert KERNEL is not None
    both, counts = array("I", [0, 1]), array("I", [0, 0])
    spans = Spans(1, 1, counts, both)
    with pytest.raises(AssertionError):
        KERNEL.gather(b'"', spans, {0})
    assert KERNEL.digests(bytes(64), b'"', replace(spans, groups=2**63), 0) is None
    assert capfd.readouterr().err == ""


def test_all_groups_of_which_the_kernel_does_not_know_the_mask_are_told_at_once() -> None:
    """Or to find them would take as long as to mask the records once for each of them."""
    assert KERNEL is not None
    records = spelled(("xyz", 1, "张三"), ("xyz", 2, "x y"), ("", 3, None))
    spans = split(records)
    assert spans is not None
    mask = mask_of(Keep(1, 0, None))
    assert KERNEL.weave(records, spans, [mask, mask], b"", []) == [1]
    assert KERNEL.weave(records, spans, [LEAVE, mask_of(Redact())], b"", []) != [1]
    records = spelled(("x y", 1, "张三"), ("xyz", 2, "x y"))
    spans = split(records)
    assert spans is not None
    assert KERNEL.weave(records, spans, [mask, mask], b"", []) == [0, 1]
    assert KERNEL.weave(records, spans, [LEAVE, mask], b"", []) == [1]


def test_a_library_that_was_built_of_other_sources_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (*LIBRARY.parent.glob("*.rs"), LIBRARY):
        shutil.copy(file, tmp_path)
    copied = tmp_path / LIBRARY.name
    Kernel(copied)
    with (tmp_path / "packed.rs").open("a", encoding="utf-8") as source:
        source.write("\n")
    with pytest.raises(ValueError, match="make venv"):
        Kernel(copied)
    with pytest.raises(OSError, match="nothing"):
        Kernel(tmp_path / "nothing")
    monkeypatch.setattr(library, "LIBRARY", copied)
    assert library._loaded() is None


units = st.lists(st.integers(0, 0xFFFF), max_size=40).map(lambda some: array("H", some))


@given(st.binary(max_size=60), st.tuples(units, units, units, units))
def test_tables_of_any_size_are_looked_at_or_refused(text: bytes, tables: "tuple[array[int], ...]") -> None:
    assert KERNEL is not None
    places = [place for table in tables for place in table.buffer_info()]
    assert KERNEL.may_open(text, places) in (True, False, None)
