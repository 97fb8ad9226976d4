"""A sheet as a document of Word (ECMA-376), to be completed by hand where somebody wants to."""

from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from incident.sheets.sheet import Block, Bullets, Fields, Grid, Heading, Paragraph, Sheet, printable, rows_of

_LETTERS = "Noto Sans SC"
_STYLES = ("Normal", "Title", "Heading 1", "List Bullet", "Header", "Footer")
_WIDTH = Mm(160)
_SHARES = {2: (0.27, 0.73), 3: (0.22, 0.53, 0.25)}
_LONGEST_PROPERTY = 255
"""Characters that `python-docx` takes."""
_RED, _BLACK = RGBColor(0xA4, 0, 0), RGBColor(0, 0, 0)


def docx_of(sheet: Sheet) -> bytes:
    """The file. Its marks stand in the header of every page, footer and page number in the footer."""
    sheet = printable(sheet)
    document = Document()
    _prepare(document, sheet)
    document.add_paragraph(sheet.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in sheet.blocks:
        _add(document, block)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _prepare(document: WordDocument, sheet: Sheet) -> None:
    for name in _STYLES:
        style = document.styles[name]
        style.font.name = _LETTERS
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]  # the theme's letters are Latin, and would win
        fonts.set(qn("w:eastAsia"), _LETTERS)
        style.font.color.rgb = _BLACK
    for name, size in (("Normal", 11), ("Title", 18), ("Heading 1", 13)):
        document.styles[name].font.size = Pt(size)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run("\n".join(sheet.marks))
    run.bold, run.font.color.rgb = True, _RED
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{sheet.footer}    " if sheet.footer else "")
    _page_number(foot)
    properties = document.core_properties
    properties.title, properties.language = sheet.title[:_LONGEST_PROPERTY], sheet.language
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = sheet.made_at


def _page_number(paragraph: WordParagraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _add(document: WordDocument, block: Block) -> None:
    match block:
        case Heading(text):
            document.add_paragraph(text, style="Heading 1")
        case Paragraph(text):
            document.add_paragraph(text)
        case Bullets(items):
            for item in items:
                document.add_paragraph(item, style="List Bullet")
        case Fields():
            _table(document, rows_of(block), headed_rows=True)
        case Grid():
            _table(document, block, headed_rows=False)


def _table(document: WordDocument, grid: Grid, *, headed_rows: bool) -> None:
    rows = (grid.head, *grid.rows) if grid.head else grid.rows
    if not rows:
        return
    number = len(rows[0])
    shares = _SHARES.get(number, ()) if headed_rows else ()
    table = document.add_table(len(rows), number, style="Table Grid")
    table.autofit = False
    for place, column in enumerate(table.columns):
        column.width = round(_WIDTH * shares[place]) if shares else round(_WIDTH / number)
    for row, texts in zip(table.rows, rows, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = table.columns[place].width or 0
            run = cell.paragraphs[0].add_run(text)
            run.bold = (headed_rows and place == 0) or (bool(grid.head) and row is table.rows[0]) or None
    if grid.head:
        _repeat(table.rows[0])
        for cell in table.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()


def _repeat(row: object) -> None:
    """Let *row* stand at the head of the table on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]
