"""A sheet as one HTML page that prints on A4: no script, nothing loaded from anywhere."""

from collections.abc import Iterator
from html import escape

from incident.sheets.sheet import Block, Bullets, Fields, Grid, Heading, Paragraph, Sheet, printable, rows_of

_STYLE = """
@page { size: A4; margin: 18mm 22mm }
body { max-width: 46rem; margin: 1.5rem auto; padding: 0 1rem; color: #111; background: #fff;
  font: 1rem/1.7 "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif }
h1 { font-size: 1.5rem; text-align: center } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem }
p { margin: .5rem 0 } p, td, li { white-space: pre-line; overflow-wrap: anywhere }
.marks { margin: 0 0 1rem; text-align: center; font-weight: bold; color: #a40000 }
.foot { margin-top: 1.5rem; border-top: 1px solid #767676; font-size: .85rem }
.frame { width: 100%; border-collapse: collapse } .frame > * > tr > td { padding: 0; white-space: normal }
.table { width: 100%; border-collapse: collapse; margin: .75rem 0 }
.table th, .table td { border: 1px solid #767676; padding: .3rem .6rem; text-align: left; vertical-align: top }
.table th { background: #f0f0f0; font-weight: bold } .table tbody th { width: 26% } .source { font-size: .85rem }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 11pt } tr { break-inside: avoid-page } }
"""


def html_of(sheet: Sheet) -> bytes:
    """The page in UTF-8. Everything from *sheet* is escaped; its marks stand on each page that is printed."""
    sheet = printable(sheet)
    # A head of a table is the one thing that every browser repeats on each page that it prints.
    marks = "".join(f"<div>{escape(mark)}</div>" for mark in sheet.marks)
    head = f'<thead><tr><td><div class="marks">{marks}</div></td></tr></thead>' if marks else ""
    body = "".join(part for block in sheet.blocks for part in _block(block))
    foot = f'<p class="foot">{escape(sheet.footer)}</p>' if sheet.footer else ""
    page = (
        f'<!doctype html>\n<html lang="{escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<table class="frame" role="presentation">{head}<tbody><tr><td>\n'
        f"<h1>{escape(sheet.title)}</h1>\n{body}{foot}\n</td></tr></tbody></table>\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"<h2>{escape(text)}</h2>\n"
        case Paragraph(text):
            yield f"<p>{escape(text)}</p>\n"
        case Bullets(items):
            yield "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>\n"
        case Fields():
            yield from _table(rows_of(block), headed_rows=True)
        case Grid():
            yield from _table(block, headed_rows=False)


def _table(grid: Grid, *, headed_rows: bool) -> Iterator[str]:
    yield '<table class="table">'
    if grid.head:
        yield "<thead><tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in grid.head) + "</tr></thead>"
    yield "<tbody>\n"
    for row in grid.rows:
        first, *rest = row
        yield f'<tr><th scope="row">{escape(first)}</th>' if headed_rows else f"<tr><td>{escape(first)}</td>"
        for place, cell in enumerate(rest, 1):
            yield '<td class="source">' if headed_rows and place == 2 else "<td>"
            yield f"{escape(cell)}</td>"
        yield "</tr>\n"
    yield "</tbody></table>\n"
