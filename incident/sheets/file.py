"""A sheet as a file of any kind."""

from incident.sheets.html import html_of
from incident.sheets.sheet import Sheet, SheetFormat, text_of


def file_of(sheet: Sheet, kind: SheetFormat) -> bytes:
    """*sheet* as a file of this *kind*."""
    match kind:
        case SheetFormat.HTML:
            return html_of(sheet)
        case SheetFormat.TEXT:
            return text_of(sheet).encode()
        # What writes these two takes a third of a second to load, and is for few of the sheets that people look at.
        case SheetFormat.DOCX:
            from incident.sheets.docx import docx_of

            return docx_of(sheet)
        case SheetFormat.PDF:
            from incident.sheets.pdf import pdf_of

            return pdf_of(sheet)
