"""The check that the evasion suite rests on: it finds the planted person in each spelling that it claims to undo."""

import base64
import gzip
import html
import json
import unicodedata
import urllib.parse
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.readings import any_of
from tests.spellings import MOBILE, NAME, PLANTED, told_by

TEXT = " ".join(PLANTED)
RAW = TEXT.encode()

SPELLED = {
    "UTF-8": RAW,
    "GBK": TEXT.encode("gbk"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without a mark": TEXT.encode("utf-16-be"),
    "UTF-7": TEXT.encode("utf-7"),
    "gzip": gzip.compress(RAW),
    "gzip behind something": b"{}" + gzip.compress(RAW),
    "deflate": zlib.compress(RAW),
    "raw deflate": zlib.compress(RAW, wbits=-15),
    "brotli": brotli.compress(RAW),
    "zstd": zstandard.compress(RAW),
    "gzip in gzip": gzip.compress(gzip.compress(RAW)),
    "base64": base64.b64encode(RAW),
    "base64 behind letters": b'{"a":"xy' + base64.b64encode(RAW) + b'"}',
    "base64 of base64": base64.b64encode(base64.b64encode(RAW)),
    "base32": base64.b32encode(RAW),
    "hexadecimal": RAW.hex().encode(),
    "percent": urllib.parse.quote(TEXT).encode(),
    "percent twice": urllib.parse.quote(urllib.parse.quote(TEXT)).encode(),
    "JSON": json.dumps(TEXT).encode(),
    "JSON in JSON": json.dumps(json.dumps(TEXT)).encode(),
    "references": "".join(f"&#{ord(char)};" for char in TEXT).encode(),
    "references in hexadecimal, twice": html.escape("".join(f"&#x{ord(char):x};" for char in TEXT)).encode(),
    "CSS": "".join(f"\\{ord(char):06x}" for char in TEXT).encode(),
    "JavaScript": "".join(f"\\x{ord(char):02x}" if char < "\x80" else char for char in TEXT).encode(),
    "tags within": "<b>".join(TEXT).encode(),
    "a comment within": "<!-- -->".join(TEXT).encode(),
    "full width": TEXT.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).encode(),
    "hidden characters": "\u200b".join(TEXT).encode(),
    "separators": "-".join(TEXT).encode(),
    "from behind": TEXT[::-1].encode(),
    "Chinese numerals": TEXT.translate(str.maketrans("0123456789", "〇一二三四五六七八九")).encode(),
}


@pytest.mark.parametrize("case", SPELLED)
def test_a_person_is_read_in_any_spelling(case: str) -> None:
    assert told_by(SPELLED[case]) == set(PLANTED)


@pytest.mark.parametrize("number", [b"1.3800138e10", b"1.3800138E+10", b"0x3368d6510", b"13800138000.0"])
def test_a_number_is_read_in_any_spelling(number: bytes) -> None:
    assert told_by(b'{"x": %s}' % number) == {MOBILE}


@pytest.mark.parametrize("masked", ["张**", "138****8000", "**************002X", "张某三 138 0013 900", ""])
def test_masks_tell_nothing(masked: str) -> None:
    assert told_by(masked.encode()) == set()


def test_ascii_is_read_as_utf_16_only_where_it_was_packed() -> None:
    """Three letters of a name may be printable ASCII in UTF-16: who receives them as such sees ASCII."""
    alone = NAME.encode("utf-16-le")
    assert alone.isascii()
    assert told_by(alone) == set()
    assert told_by(f"{NAME} 1".encode("utf-16-le")) == told_by(base64.b64encode(alone + b"\0 ")) == {NAME}


SPELLING: list[Callable[[str], bytes]] = [
    *(lambda text, codec=codec: text.encode(codec) for codec in ("utf-8", "gb18030", "utf-32-le")),
    lambda text: f"{text} ".encode("utf-16-le"),
    lambda text: "".join(f"&#{ord(char)};" for char in text).encode(),
    lambda text: "\u3000".join(text).encode(),
    lambda text: json.dumps(text).encode(),
    lambda text: urllib.parse.quote(text, safe="").encode(),
]
PACKING: list[Callable[[bytes], bytes]] = [
    bytes,
    gzip.compress,
    zlib.compress,
    brotli.compress,
    base64.b64encode,
    base64.urlsafe_b64encode,
    lambda data: data.hex().encode(),
]


@given(
    planted=st.sampled_from(PLANTED),
    spell=st.sampled_from(SPELLING),
    packing=st.lists(st.sampled_from(PACKING), max_size=3),
    others=st.lists(st.binary(max_size=40) | st.sampled_from([*SPELLED.values(), b"{}", b""]), max_size=2),
    is_last=st.booleans(),
)
def test_a_value_is_read_in_any_packing_whatever_was_read_before(
    planted: str,
    spell: Callable[[str], bytes],
    packing: list[Callable[[bytes], bytes]],
    others: list[bytes],
    is_last: bool,
) -> None:
    data = spell(planted)
    for pack in packing:
        data = pack(data)
    before = [told_by(other) for other in others]
    assert told_by(*([*others, data] if is_last else [data, *others])) == {planted}.union(*before)
    assert [told_by(other) for other in others] == before


def test_what_held_nothing_at_the_last_layer_is_unpacked_where_it_is_met_before() -> None:
    held = base64.b64encode(zlib.compress(NAME.encode()))
    packed = base64.b64encode(base64.b64encode(base64.b64encode(held)))
    assert told_by(packed) == set(), "more layers than are taken off"
    assert told_by(held) == {NAME}


def test_a_reading_is_left_out_only_where_no_character_could_tell() -> None:
    sought = "0〇零丰建"
    finds = any_of(sought).search
    codes = [
        code for code in range(0x110000) if any(char in unicodedata.normalize("NFKC", chr(code)) for char in sought)
    ]
    assert len(codes) > len(sought)
    assert all(finds(chr(code)) for code in codes)
