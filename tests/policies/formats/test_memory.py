"""A masker holds a window of a body, or a page up to a bound: what it remembers does not grow with what has passed."""

import json
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from policies.formats.csv_body import CsvMasker
from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import LARGEST_PAGE
from policies.formats.json import body as json_body
from policies.formats.json import stream as json_stream
from policies.formats.json.body import JsonMasker
from policies.formats.masker import Masker, Withheld
from policies.formats.ndjson_body import NdjsonMasker
from policies.formats.text_body import TextMasker
from policies.formats.xml.body import XmlMasker
from policies.recognisers.scan import make_ready
from tests.policies.formats.html.test_body import SHAPE, seal
from tests.policies.formats.json.test_body import LIST
from tests.policies.formats.masking import RECORD, REMARK, UNDECLARED, tally
from tests.policies.formats.xml.test_body import shape

MEBIBYTE = 1024 * 1024
STREAM = 20 * MEBIBYTE
"""Of most streams: five times what may be held at most."""
FEW = MEBIBYTE // 2
"""Of those that are all tags and brackets."""
PIECE = 48 * 1024
SHOWN = "没有什么" * 500


def _repeated(head: bytes, row: bytes, tail: bytes, size: int) -> Iterator[bytes]:
    yield head
    for _ in range(size // len(row)):
        yield row
    yield tail


def _number(number: int) -> str:
    return f"138{number:08d}"


def _rows_of_csv() -> Iterator[bytes]:
    yield b"id,name,mobile,address,remark\r\n"
    for number in range(STREAM // 6300):
        yield f'{number},张三{number},{_number(number)},"{SHOWN}\n""",电话{_number(number)}\r\n'.encode()


def _rows_of_json() -> Iterator[bytes]:
    yield b'{"total": 1, "rows": ['
    for number in range(STREAM // 6300):
        row = {"id": number, "name": f"张三{number}", "mobile": _number(number), "address": SHOWN, "remark": "x"}
        yield json.dumps(row, ensure_ascii=False).encode() + b","
    yield b'{"id": 1}]}'


def _lines_of_json() -> Iterator[bytes]:
    for number in range(STREAM // 6300):
        row = {"id": number, "name": f"张三{number}", "mobile": _number(number), "address": SHOWN, "remark": "x"}
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _rows_of_html(size: int) -> Iterator[bytes]:
    yield b"<table>"
    for number in range(size // 6300):
        cells = f'<td class="col-name">张三{number}</td><td class="col-mobile">{_number(number)}</td>'
        yield f'<tr>{cells}<td class="col-address">{SHOWN}</td></tr>'.encode()
    yield b"</table>"


_ELEMENT = f'<person name="张三丰"><mobile>13800138000</mobile><address>{SHOWN}</address></person>\n'.encode()


def _lines_of_text() -> Iterator[bytes]:
    for number in range(STREAM // 6000):
        yield (f"电话{_number(number)}" if number % 20 == 0 else SHOWN).encode() + b"\n"


STREAMS: dict[str, tuple[str, Callable[[], Iterator[bytes]], int]] = {
    "csv": ("csv", _rows_of_csv, 4),
    "csv of many short records": ("csv", lambda: _repeated(b"id,name\r\n", b"1,\r\n", b"", FEW), 4),
    "json": ("json", _rows_of_json, 6),
    "ndjson": ("ndjson", _lines_of_json, 4),
    "xml": ("xml", lambda: _repeated(b"<people>", _ELEMENT, b"</people>", STREAM), 3),
    "xml of many short elements": ("xml", lambda: _repeated(b"<people>", b"<x/>", b"</people>", FEW), 3),
    "xml of blanks": ("xml", lambda: _repeated(b"<people>", b" <!--x-->" + b" " * 99, b"</people>", FEW), 6),
    "html": ("html", lambda: _rows_of_html(LARGEST_PAGE * 9 // 10), 9),
    "html without a block": ("html", lambda: _repeated(b"<p>", b"<b></b><!--x--> ", b"", FEW), 8),
    "html of short scripts": ("html", lambda: _repeated(b"", b"<script>x</script>", b"", FEW), 10),
    "text": ("text", _lines_of_text, 2),
    "text of one line": ("text", lambda: _repeated(b"", SHOWN.encode(), b"", STREAM), 2),
}
"""Format, pieces, and how many MiB may be held for it at most."""

ENDLESS: dict[str, tuple[str, Callable[[], Iterator[bytes]], int]] = {
    "a cell that never ends": ("csv", lambda: _repeated(b'id,address\r\n1,"', b"x\n" * 99, b"", STREAM), 6),
    "a record of quotes": ("csv", lambda: _repeated(b'id,address\r\n1,"', b'""' * 99, b"", STREAM), 6),
    "a string that never ends": ("json", lambda: _repeated(b'{"rows": [{"name": "', b"\\u5f20" * 99, b"", STREAM), 20),
    "a key that never ends": ("json", lambda: _repeated(b'{"', b"x" * 99, b"", STREAM), 6),
    "a number that never ends": ("json", lambda: _repeated(b'{"total": ', b"1" * 99, b"", STREAM), 6),
    "a line that never ends": ("ndjson", lambda: _repeated(b"", b'["x"],' * 16, b"", STREAM), 6),
    "an element that never ends": ("xml", lambda: _repeated(b"<people><person>", b"<a>x</a>", b"", STREAM), 12),
    "a comment in XML that never ends": ("xml", lambda: _repeated(b"<x><!--", b"x" * 64, b"", STREAM), 12),
    "text between records that never ends": ("xml", lambda: _repeated(b"<people>", b"x" * 64, b"", STREAM), 8),
    "white space": ("json", lambda: _repeated(b"", b" " * 64, b"", STREAM), 5),
    "brackets": ("json", lambda: _repeated(b"", b"[" * 64, b"", STREAM), 12),
    "a comment that never ends": ("html", lambda: _repeated(b"<!--", b"x" * 64, b"", STREAM), 12),
    "an attribute that never ends": ("html", lambda: _repeated(b'<a title="', b"x" * 64, b"", STREAM), 12),
    "a text that never ends": ("html", lambda: _repeated(b"<p>", b"x" * 64, b"", STREAM), 12),
    "a field that never ends": ("html", lambda: _repeated(b'<td class="col-name">', b"<p>x" * 99, b"", STREAM), 30),
    "a page that never ends": ("html", lambda: _rows_of_html(STREAM), 6),
    "elements in elements": ("html", lambda: _repeated(b"", b"<div>" * 99, b"", STREAM), 7),
    "a form of controls without end": (
        "html", lambda: _repeated(b"<form>", b'<input name="mobile" value="13800138000">', b"", STREAM), 12,
    ),
}  # fmt: skip


peaks: list[float] = []
"""Of all streams so far, in MiB: one that was withheld has no other way to tell."""


def make(kind: str) -> Masker:
    match kind:
        case "csv":
            return CsvMasker(RECORD, UNDECLARED, tally(), "utf-8")
        case "json":
            return JsonMasker(LIST, UNDECLARED, tally())
        case "ndjson":
            return NdjsonMasker(JsonMasker(RECORD, UNDECLARED, tally()))
        case "xml":
            return XmlMasker(shape(), UNDECLARED, tally(), "")
        case "html":
            return HtmlMasker(SHAPE, tally(), "utf-8", seal)
        case _:
            return TextMasker(REMARK, tally(), "utf-8")


def _pieces(rows: Iterator[bytes]) -> Iterator[bytes]:
    """*rows* as they would arrive: joined to pieces that end anywhere."""
    waiting = b""
    held: list[bytes] = []
    length = 0
    for row in rows:
        held.append(row)
        length += len(row)
        if length >= PIECE:
            waiting += b"".join(held)
            held, length = [], 0
            while len(waiting) >= PIECE:
                yield waiting[:PIECE]
                waiting = waiting[PIECE:]
    yield waiting + b"".join(held)


@pytest.fixture(scope="module", autouse=True)
def recognisers() -> None:
    """What looks into texts is loaded once by a process: no stream holds it."""
    make_ready()


def most_held(masker: Masker, rows: Iterator[bytes]) -> tuple[float, int]:
    """How many MiB were held at most while *rows* passed, and how many bytes came out. Raises Withheld."""
    passed = 0
    tracemalloc.start()
    try:
        for piece in _pieces(rows):
            for out in masker.feed(piece):
                passed += len(out)
                masker.tally.take()
        passed += sum(map(len, masker.close()))
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        peaks.append(peak / MEBIBYTE)
    return peaks[-1], passed


@pytest.mark.parametrize("name", STREAMS)
def test_what_passes_is_not_held(name: str) -> None:
    kind, rows, most = STREAMS[name]
    held, passed = most_held(make(kind), rows())
    assert passed > FEW // 2
    assert held < most


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_withheld_before_it_fills_the_memory(name: str) -> None:
    kind, rows, most = ENDLESS[name]
    with pytest.raises(Withheld):
        most_held(make(kind), rows())
    assert peaks[-1] < most


def test_small_elements_weigh_what_they_are_written_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the speller makes of each holds 4 KiB until it is let go: thirty thousand of them are 120 MiB."""
    monkeypatch.setattr(json_body, "WHOLE_BYTES", 128 * 1024)
    monkeypatch.setattr(json_stream, "UNIT_BYTES", 1024)
    held, _ = most_held(make("json"), _repeated(b'{"x": [', b"[{},1],", b"1]}", 256 * 1024))
    assert held < 2


def test_an_object_of_endless_keys_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_body, "WHOLE_BYTES", 16 * 1024)
    monkeypatch.setattr(json_stream, "UNIT_BYTES", 4 * 1024)
    monkeypatch.setattr(json_stream, "MOST_KEYS", 5_000)
    with pytest.raises(Withheld, match="too_many_keys"):
        most_held(make("json"), iter([b'{"a":1', *(b',"%d":1' % number for number in range(10_000))]))
    assert peaks[-1] < 3
