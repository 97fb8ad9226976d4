"""A sheet as a file of any kind."""

from collections.abc import Callable, Mapping

from incident.sheet import Sheet, SheetFormat, text_of
from incident.sheet_docx import docx_of
from incident.sheet_html import html_of
from incident.sheet_pdf import pdf_of

_MADE: Mapping[SheetFormat, Callable[[Sheet], bytes]] = {
    SheetFormat.HTML: html_of,
    SheetFormat.DOCX: docx_of,
    SheetFormat.PDF: pdf_of,
    SheetFormat.TEXT: lambda sheet: text_of(sheet).encode(),
}


def file_of(sheet: Sheet, kind: SheetFormat) -> bytes:
    """*sheet* as a file of this *kind*."""
    return _MADE[kind](sheet)
