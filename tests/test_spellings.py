"""The check that the evasion suite rests on: it finds the planted person in each spelling that it claims to undo."""

import base64
import gzip
import html
import json
import urllib.parse
import zlib

import brotli
import pytest
import zstandard

from tests.spellings import MOBILE, PLANTED, told_by

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
