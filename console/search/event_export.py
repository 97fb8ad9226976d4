"""Findings as a file: CSV for a spreadsheet, JSON lines for a program. No value, no digest, nothing that calculates.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and callers choose what stands in some:
such a cell gets an apostrophe before it. Source: OWASP, CSV Injection.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping

from console.search.event_rows import COLUMNS, Cell, EventRow
from console.search.journal import Format
from console.visible import visible

MOST_ROWS = 10_000
MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON_LINES: "application/x-ndjson",
}
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_BOM = "\ufeff"
"""Without it the desk's spreadsheet reads UTF-8 as something else."""

type Worded = Callable[[str, Cell], str]
"""A column and a cell in it: the cell in words."""


def export_of(rows: Iterable[EventRow], form: Format, worded: Worded) -> bytes:
    """The file. *worded* is asked for the words of codes where people read it."""
    match form:
        case Format.CSV:
            return _csv(rows, worded)
        case Format.JSON_LINES:
            return b"".join(json.dumps(row.cells(), ensure_ascii=False).encode() + b"\n" for row in rows)


def harmless(cell: str) -> str:
    """*cell* as a spreadsheet takes for text, with what it would not show written out."""
    shown = str(visible(cell))
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) or shown.startswith(_FORMULA) else shown


def _csv(rows: Iterable[EventRow], worded: Worded) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([each.zh for each in COLUMNS.values()])
    for row in rows:
        cells = row.cells()
        writer.writerow([harmless(worded(name, cells[name])) for name in COLUMNS])
    return (_BOM + out.getvalue()).encode()
