"""A sheet as PDF that anybody can read and search offline: it holds those letters of its font that it shows."""

from collections.abc import Iterator
from functools import cache
from itertools import batched

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, VAlign
from fpdf.fonts import FontFace

from incident.sheets.line_breaking import broken
from incident.sheets.sheet import Block, Bullets, Fields, Grid, Heading, Paragraph, Sheet, printable, rows_of

_FONT = "noto"
_MARGIN = 25.0
"""Of the page, mm on each side."""
_WIDTH = 210 - 2 * _MARGIN
_TITLE, _HEADING, _BODY, _SMALL = 18.0, 13.0, 10.5, 8.5
"""Sizes of letters in pt."""
_LINE = 1.65
"""Height of a line, in sizes of its letters."""
_MM = 25.4 / 72
_PADDING = 1.6
_SHARES = {2: (27, 73), 3: (22, 53, 25)}
_MOST_LINES = 20
"""Of one row of a table: a longer one is told in several, since a row stands on one page."""
UNDRAWABLE = "〓"
"""What stands for a letter that the font does not have."""
_PAGES = "\uf8ff"
"""Stands for the number of pages until that is known; for private use, so nobody else's text is taken for it."""
_GREY = (240, 240, 240)
_RED = (164, 0, 0)


def pdf_of(sheet: Sheet) -> bytes:
    """The file: the same *sheet* gives the same bytes. A letter that the font lacks shows as a geta mark."""
    sheet = printable(sheet)
    pdf = _Pdf(sheet)
    pdf.add_page()
    pdf.lines(sheet.title, _TITLE, align=Align.C)
    pdf.ln(3)
    for block in sheet.blocks:
        pdf.block(block)
    return bytes(pdf.output())


class _Pdf(FPDF):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.sheet = sheet
        self.add_font(_FONT, fname=pylopdf_fonts_zh_cn.sans_path())
        self.set_font(_FONT, size=_BODY)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_title(sheet.title)
        self.set_lang(sheet.language)
        self.set_creation_date(sheet.made_at)
        self.set_producer("Yingbi")
        self.alias_nb_pages(_PAGES)

    def header(self) -> None:
        """What stands at the head of every page."""
        self.set_font(_FONT, size=_SMALL)
        self.set_text_color(*_RED)
        self.set_y(10)
        for mark in self.sheet.marks:
            self.lines(mark, _SMALL, align=Align.C)
        self.set_text_color(0, 0, 0)
        self.set_y(max(_MARGIN, self.get_y() + 4))

    def footer(self) -> None:
        """What stands at the foot of every page."""
        number = f"{self.page_no()} / {_PAGES}"
        self.set_font(_FONT, size=_SMALL)
        for place, line in enumerate(self.broken(self.sheet.footer, _WIDTH - 25, _SMALL)):
            self.set_y(-18 + place * _SMALL * _MM * 1.3)
            self.cell(_WIDTH - 25, 5, line)
        self.set_xy(-_MARGIN - 25, -18)
        self.cell(25, 5, number, align=Align.R)
        self.set_font(_FONT, size=_BODY)

    def lines(self, text: str, size: float, *, indent: float = 0, align: Align = Align.L) -> None:
        """Write *text* from here on, in letters of *size* pt."""
        self.set_font(_FONT, size=size)
        for line in self.broken(text, _WIDTH - indent, size):
            self.set_x(_MARGIN + indent)
            self.cell(_WIDTH - indent, size * _MM * _LINE, line, align=align, new_x="LMARGIN", new_y="NEXT")
        self.set_font(_FONT, size=_BODY)

    def broken(self, text: str, width: float, size: float) -> list[str]:
        """The lines of *text* in letters of *size* pt that are no wider than *width* mm."""
        inner = (width - 2 * self.c_margin - 0.2) / (size * _MM)
        return list(broken(_drawable(text), inner, _ems))

    def block(self, block: Block) -> None:
        """Write *block* from here on."""
        match block:
            case Heading(text):
                if self.will_page_break(3 * _HEADING * _MM * _LINE):
                    self.add_page()
                self.ln(2)
                self.lines(text, _HEADING)
            case Paragraph(text):
                self.lines(text, _BODY)
                self.ln(1.5)
            case Bullets(items):
                for item in items:
                    for place, line in enumerate(self.broken(item, _WIDTH - 6, _BODY)):
                        self.set_x(_MARGIN)
                        self.cell(6, _BODY * _MM * _LINE, "" if place else "·", align=Align.C)
                        self.cell(_WIDTH - 6, _BODY * _MM * _LINE, line, new_x="LMARGIN", new_y="NEXT")
                self.ln(1.5)
            case Fields():
                self._table(rows_of(block), headed_rows=True)
            case Grid():
                self._table(block, headed_rows=False)

    def _table(self, grid: Grid, *, headed_rows: bool) -> None:
        number = len(grid.head or grid.rows[0] if grid.rows else ())
        if not number:
            return
        shares = _SHARES.get(number) if headed_rows else None
        widths = [_WIDTH * share / 100 for share in shares] if shares else [_WIDTH / number] * number
        size = _BODY if number <= 3 else _SMALL
        self.set_font(_FONT, size=size)
        filled = FontFace(fill_color=_GREY)
        with self.table(
            width=_WIDTH,
            col_widths=tuple(widths),
            text_align=Align.L,
            v_align=VAlign.T,
            line_height=size * _MM * 1.45,
            padding=_PADDING,
            borders_layout=TableBordersLayout.ALL,
            first_row_as_headings=bool(grid.head),
            headings_style=filled,
        ) as table:
            for row in (grid.head, *grid.rows) if grid.head else grid.rows:
                for part in self._parts(row, widths, size):
                    cells = table.row()
                    for place, text in enumerate(part):
                        cells.cell(text, style=filled if headed_rows and place == 0 else None)
        self.set_font(_FONT, size=_BODY)
        self.ln(3)

    def _parts(self, row: tuple[str, ...], widths: list[float], size: float) -> Iterator[list[str]]:
        """*row* in as many rows as it takes for each to stand on one page."""
        columns = [
            ["\n".join(part) for part in batched(self.broken(text, width - 2 * _PADDING, size), _MOST_LINES)]
            for text, width in zip(row, widths, strict=True)
        ]
        for place in range(max(len(column) for column in columns)):
            yield [column[place] if place < len(column) else "" for column in columns]


def _drawable(text: str) -> str:
    widths = _widths()
    return "".join(letter if letter in widths or letter.isspace() else UNDRAWABLE for letter in text)


def _ems(text: str) -> float:
    """How wide *text* is, in sizes of its letters."""
    widths = _widths()
    return sum(widths.get(letter, 1.0) for letter in text)


@cache
def _widths() -> dict[str, float]:
    """How wide each letter is that the font has, in sizes of the letter."""
    with TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True) as font:
        em, advances = font["head"].unitsPerEm, font["hmtx"].metrics
        return {chr(code): advances[name][0] / em for code, name in font.getBestCmap().items()}
