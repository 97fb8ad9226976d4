import csv
import io
import json

import pytest

from console.search.event_export import export_of, harmless
from console.search.event_rows import COLUMNS, Cell, row_of
from console.search.journal import Format
from tests.console.bureau import FIELDS
from tests.siem.events import digest, document


def worded(column: str, cell: Cell) -> str:
    return "、".join(cell) if isinstance(cell, list) else str(cell)


HOSTILE = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "＝1+1", " =1", "\t=1", 'a\nb,"c"', "\u202eevil", "'=1")
ROWS = [row_of(document(number, caller=text, operation=text, fields=FIELDS)) for number, text in enumerate(HOSTILE)]


def test_a_spreadsheet_reads_back_what_there_is_and_calculates_nothing() -> None:
    file = export_of(ROWS, Format.CSV, worded)
    assert file.startswith(b"\xef\xbb\xbf"), "the mark by which a spreadsheet knows UTF-8"
    head, *lines = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    assert head == [words.zh for words in COLUMNS.values()]
    assert len(lines) == len(HOSTILE)
    for line in lines:
        assert len(line) == len(head)
        for cell in line:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), cell
    caller = list(COLUMNS).index("caller")
    assert [line[caller].removeprefix("'") for line in lines][:2] == list(HOSTILE[:2])
    assert "⟨U+202E⟩evil" in [line[caller] for line in lines]


def test_a_program_reads_every_event_of_a_line() -> None:
    lines = export_of(ROWS, Format.JSON_LINES, worded).splitlines()
    assert [json.loads(line)["caller"] for line in lines] == list(HOSTILE)


@pytest.mark.parametrize("form", Format)
def test_no_digest_is_given_out(form: Format) -> None:
    rows = [row_of(document(n, caller=digest(n), caller_kind="citizen", subjects=(digest(n + 1),))) for n in range(5)]
    assert b"e1:" not in export_of(rows, form, worded)


@pytest.mark.parametrize("cell", ["clerk-wang", "GET /x", "10.0.0.1", "", "5"])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell
