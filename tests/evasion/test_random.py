"""Random exchanges: bodies that hold the planted person anywhere, spelled, packed, declared and damaged in any way."""

import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.evasion.cases import CELL
from tests.front import VERSIONS, Front
from tests.rig import ID_NO, MOBILE, NAME, Rig
from tests.scripted import saying

PLANTED = [
    NAME,
    ID_NO,
    MOBILE,
    f"联系人{NAME}，电话{MOBILE}",
    f"请查看{NAME}的身份证{ID_NO}号码有误",
    int(MOBILE),
    int(ID_NO[:17]),
]
KEYS = ["name", "id_no", "mobile", "note", "home", "phone", "x", "raw", "items", "data", NAME, MOBILE]
"""All but those of public fields, and of an error, whose free text hides only what is announced."""
SAID_ALONE = st.sampled_from(PLANTED)


def values(depth: int) -> st.SearchStrategy[Any]:
    within = SAID_ALONE if not depth else SAID_ALONE | objects(depth - 1) | st.lists(values(depth - 1), max_size=3)
    return within | st.sampled_from(["", None, True, 7, "没有"])


def objects(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(KEYS), values(depth), max_size=4)


def as_json(value: Any, is_escaped: bool) -> bytes:
    return json.dumps(value, ensure_ascii=is_escaped).encode()


JSON_BODIES = st.builds(as_json, objects(3) | st.lists(objects(2), max_size=3), st.booleans())
CELLS = st.sampled_from([NAME, ID_NO, MOBILE, f'"a\n{NAME}\nb c d"', "", "x"])
COLUMNS = ["name", "id_no", "mobile", "note", "x", "y"]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=2, max_size=5, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=4))
    delimiter, end = draw(st.sampled_from([",", ";", "\t"])), draw(st.sampled_from(["\r\n", "\n"]))
    return end.join(delimiter.join(row) for row in [columns, *rows, [""]]).encode()


BESIDE = st.sampled_from(
    [
        f"<p>{NAME}</p>", f'<p title="{NAME}">', f"<!-- {NAME} {MOBILE} -->", f"<script>x='{NAME}{MOBILE}'</script>",
        f"<p>138<b>0013</b>8000 {ID_NO}</p>", f'<a href="/{MOBILE}?x={NAME}">', f"<svg><text>{NAME}</text></svg>", "<td>",
        f"<style>p {{ --x: '{NAME}' }}</style>", "</table>", "<div>", "<p>没有</p>", "<br>", f"<title>{NAME}</title>",
        "".join(f"&#{ord(char)};" for char in f"{NAME} {MOBILE}"), f'<input type="hidden" name="x" value="{NAME}">',
    ]
)  # fmt: skip
WHOLE_CELL = f"<table><tr>{CELL}</tr></table>"
PAGES = st.lists(BESIDE, max_size=6).map(lambda beside: "".join([WHOLE_CELL, *beside]).encode())
TEXTS = st.lists(st.sampled_from([f"联系人{NAME}，", MOBILE, ID_NO, "，电话", "\n", "，没有", " "]), max_size=6).map(
    lambda parts: "，".join(parts).encode()
)
BODIES = {
    "application/json": JSON_BODIES,
    "application/problem+json": JSON_BODIES,
    "text/csv": tables(),
    "text/html": PAGES,
    "text/plain": TEXTS,
}
PACKED = [
    gzip.compress,
    zlib.compress,
    brotli.compress,
    zstandard.compress,
    lambda data: zlib.compress(data, wbits=-15),
]
CHARSETS = ["utf-8", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"]


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """An answer, byte for byte."""
    said = draw(st.sampled_from(sorted(BODIES)))
    body = draw(BODIES[draw(st.just(said) | st.sampled_from(sorted(BODIES)))])
    charset = draw(st.just("") | st.sampled_from(CHARSETS))
    lines = [f"Content-Type: {said}" + (f"; charset={charset}" if charset else "")]
    if draw(st.integers(0, 5)) == 0:
        body = body.decode().encode(draw(st.sampled_from(CHARSETS)), "replace")
    if draw(st.integers(0, 5)) == 0:
        body = draw(st.sampled_from(PACKED))(body)
        lines += draw(st.sampled_from([[], ["Content-Encoding: gzip"], ["Content-Encoding: identity"]]))
    if draw(st.integers(0, 5)) == 0:
        body = body[: draw(st.integers(0, len(body)))]
    lines += draw(st.sampled_from([[], [f"X-Name: {MOBILE}"], [f'ETag: "{MOBILE}"'], [f"Set-Cookie: a={MOBILE}"]]))
    status = draw(st.sampled_from([200, 201, 203, 206, 299, 403, 404, 422, 500, 503]))
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=3)))
    if draw(st.booleans()):
        pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
    elif draw(st.booleans()):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"HTTP/1.1 {status} {MOBILE}", *lines, "", ""]).encode() + body


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=examples(150))
@given(answer=answers())
def test_no_answer_tells_of_the_person(secured_rig: Rig, version: str, answer: bytes) -> None:
    received = Front(secured_rig, version).ask(saying(answer))
    assert not received.tells
    assert received.is_whole
    assert received.status >= 200
