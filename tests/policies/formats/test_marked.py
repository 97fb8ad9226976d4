"""A serial in what a masker made: in its place however the body came, and nothing of the body is lost."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester
from policies.formats.marked import HELD, before_root, field, footer, member_of_lines, meta, table
from policies.formats.masker import Masker, Tally
from policies.marking import Csv, Xml

SERIAL = "YB-7K3M-Q9TV-2C"


class AsItIs:
    """Lets everything through: what is masked is no matter here."""

    def __init__(self) -> None:
        self.tally = Tally(Digester("1", b"k" * 32))

    def feed(self, data: bytes) -> list[bytes]:
        return [data] if data else []

    def close(self) -> list[bytes]:
        return []


type Marker = Callable[[Masker], Masker]


def through(marker: Marker, *pieces: bytes) -> bytes:
    masker = marker(AsItIs())
    out = [made for piece in pieces for made in masker.feed(piece)] + masker.close()
    assert b"" not in out
    return b"".join(out)


COLUMN = partial(table, serial=SERIAL, where=Csv.COLUMN)
LINE = partial(table, serial=SERIAL, where=Csv.LINE)
COMMENT = partial(table, serial=SERIAL, where=Csv.COMMENT)
META = partial(meta, serial=SERIAL)
FIELD = partial(field, serial=SERIAL, name="_mark")
LINES = partial(member_of_lines, serial=SERIAL, name="_mark")
BEFORE = partial(before_root, serial=SERIAL, where=Xml.COMMENT)
INSTRUCTION = partial(before_root, serial=SERIAL, where=Xml.INSTRUCTION)


def page(masker: Masker) -> Masker:
    return footer(meta(masker, SERIAL), SERIAL)


LAST = f'<p class="yingbi-mark">&#32534;&#21495; / serial {SERIAL}</p>'
M = f'"_mark":"{SERIAL}"'
META_ELEMENT = f'<meta name="yingbi-mark" content="{SERIAL}">'
MARKED: dict[str, tuple[Marker, str, str]] = {
    "a column": (COLUMN, "a,b\r\n1,2\r\n", f"a,b,yingbi_mark\r\n1,2,{SERIAL}\r\n"),
    "a column, no last end": (COLUMN, "a\tb\n1\t2", f"a\tb\tyingbi_mark\n1\t2\t{SERIAL}"),
    "a column, quoted lines": (COLUMN, 'a;"b\r\n,x"\n"1\n""";2\n', f'a;"b\r\n,x";yingbi_mark\n"1\n""";2;{SERIAL}\n'),
    "a column, empty lines": (COLUMN, "a\n\n1\n", f"a,yingbi_mark\n\n1,{SERIAL}\n"),
    "a column of nothing": (COLUMN, "", ""),
    "a line": (LINE, "a,b\r\n1,2\r\n", f"a,b\r\n1,2\r\n{SERIAL}\r\n"),
    "a line behind an open end": (LINE, "a\n1", f"a\n1\r\n{SERIAL}\r\n"),
    "a comment": (COMMENT, "a\n1\n", f"a\n1\n# {SERIAL}\r\n"),
    "a comment of nothing": (COMMENT, "", ""),
    "a page": (
        page,
        "<!doctype html><html><head lang='>'><title>x</title></head><body>y</body></html>\n",
        f"<!doctype html><html><head lang='>'>{META_ELEMENT}<title>x</title></head><body>y{LAST}</body></html>\n",
    ),
    "a page with a header": (META, "<header>x</header>", "<header>x</header>"),
    "a page in capitals": (META, "<HTML><HEAD ><", f"<HTML><HEAD >{META_ELEMENT}<"),
    "a piece of a page": (page, "<p>x</p>", f"<p>x</p>{LAST}"),
    "a page of nothing": (page, "", ""),
    "a page whose head is far away": (META, "x" * HELD + "<head>", "x" * HELD + "<head>"),
    "a long page": (page, f"<head>{'x' * 50_000}</body>", f"<head>{META_ELEMENT}{'x' * 50_000}{LAST}</body>"),
    "an object": (FIELD, ' {"a": 1}', f' {{"_mark":"{SERIAL}","a": 1}}'),
    "an empty object": (FIELD, "{ }", f'{{ "_mark":"{SERIAL}"}}'),
    "a list": (FIELD, '[{"a": 1}]', '[{"a": 1}]'),
    "a text": (FIELD, '"{"', '"{"'),
    "blanks": (FIELD, "  ", "  "),
    "lines": (LINES, '{"a":{"b":1}}\n{}\n\n{"c":"{"}', f'{{{M},"a":{{"b":1}}}}\n{{{M}}}\n\n{{{M},"c":"{{"}}'),
    "a sequence": (LINES, '\x1e{"a":1}\n\x1e[{}]\n', f'\x1e{{"_mark":"{SERIAL}","a":1}}\n\x1e[{{}}]\n'),
    "a document": (BEFORE, '<?xml version="1.0"?>\n<a/>', f'<?xml version="1.0"?><!-- {SERIAL} -->\n<a/>'),
    "a document that does not say so": (BEFORE, "<a/>", f"<!-- {SERIAL} --><a/>"),
    "an instruction": (INSTRUCTION, "\ufeff<?xml v?><a/>", f"\ufeff<?xml v?><?yingbi-mark {SERIAL}?><a/>"),
    "a document of nothing": (BEFORE, "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("marker", "body", "marked"), MARKED.values(), ids=MARKED)
def test_the_serial_stands_in_its_place_however_the_body_comes(marker: Marker, body: str, marked: str) -> None:
    data = body.encode()
    assert through(marker, data).decode() == marked
    if len(data) < 1000:
        assert through(marker, *(data[place : place + 1] for place in range(len(data)))).decode() == marked


TEXTS = st.text(st.sampled_from('a,;\t"\r\n {}<>/?!-head[]:1\x1e'), max_size=60)
MARKERS = {"column": COLUMN, "line": LINE, "page": page, "field": FIELD, "lines": LINES, "before": BEFORE}


@pytest.mark.parametrize("marker", MARKERS.values(), ids=MARKERS)
@given(body=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_any_split_gives_the_same(marker: Marker, body: str, cuts: list[int]) -> None:
    data, places = body.encode(), sorted({0, *cuts, len(body.encode())})
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    assert through(marker, *pieces, data[places[-1] :]) == through(marker, data)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), min_size=2, max_size=5))
def test_a_table_stays_the_table_that_it_was(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    marked = through(COLUMN, file.getvalue().encode("utf-8", "replace")).decode()
    read = list(csv.reader(io.StringIO(marked, newline=""), strict=True))
    assert read[0] == ["a", "b", "yingbi_mark"]
    assert {row[2] for row in read[1:]} == {SERIAL}
    again = list(csv.reader(io.StringIO(file.getvalue().encode("utf-8", "replace").decode(), newline="")))
    assert [row[:2] for row in read] == again


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=4))
def test_an_object_has_one_member_more(found: dict[str, int | str]) -> None:
    found.pop("_mark", None)
    assert json.loads(through(FIELD, json.dumps(found).encode())) == {"_mark": SERIAL, **found}
    lines = through(LINES, b"".join(json.dumps(found).encode() + b"\n" for _ in range(3))).splitlines()
    assert [json.loads(line) for line in lines] == [{"_mark": SERIAL, **found}] * 3


def test_a_document_is_read_as_before() -> None:
    document = b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a><a><b>x</b></a>'
    assert ElementTree.fromstring(through(INSTRUCTION, document)).findtext("b") == "x"
