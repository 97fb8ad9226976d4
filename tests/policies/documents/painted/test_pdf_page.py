"""Which characters of a page are one cell, whatever breaks its reader puts between them."""

import pypdfium2 as pdfium
from reportlab.pdfgen.canvas import Canvas

from policies.documents.painted.pdf_page import PageText
from tests.policies.documents.drawn import report


def cells(*letters: tuple[float, float, str]) -> list[str]:
    def draw(canvas: Canvas) -> None:
        for left, bottom, letter in letters:
            canvas.drawString(left, bottom, letter)

    return [cell.text for cell in PageText(pdfium.PdfDocument(report(draw))[0]).cells]


def test_a_break_within_a_line_parts_nothing() -> None:
    assert cells((72, 700, "王"), (84, 706.4, "小"), (96, 700, "明")) == ["王小明"]


def test_what_stands_below_or_further_on_is_a_cell_of_its_own() -> None:
    assert cells((72, 700, "王"), (72, 660, "小"), (140, 660, "明")) == ["王", "小", "明"]
