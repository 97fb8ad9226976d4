"""Each kind of file says what the sheet says, all of it, on every page what belongs there, and nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import docx
import pypdf
import pypdfium2
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from incident.sheets.docx import docx_of
from incident.sheets.html import html_of
from incident.sheets.pdf import UNDRAWABLE, pdf_of
from incident.sheets.sheet import Bullets, Field, Fields, Grid, Heading, Paragraph, Sheet, text_of, texts_of
from tests.incident.office import TEN

SHEET = Sheet(
    title="网络安全事件报告（首报）",
    marks=("演练，不得对外报送 / DRILL", "内部资料"),
    footer="青石区政务服务和数据管理局 · C-20261123-001",
    made_at=TEN,
    blocks=(
        Heading("一、基本情况"),
        Paragraph("依据《国家网络安全事件报告管理办法》第七条。\n<b>A line</b> of English & “quotes”."),
        Fields((Field("单位", "青石区", "设置"), Field("人数", "以明文显示 1,234 人", "C-20261123-001#12"))),
        Bullets(("停用账号", "保全日志")),
        Grid(("时间", "经过"), (("10:00", "告警"), ("10:01", "控制"))),
        Fields((Field("联系电话", "0570-8765000"),)),
    ),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def html_text(sheet: Sheet) -> str:
    shown = Shown()
    shown.feed(html_of(sheet).decode())
    return shown.text


def docx_text(sheet: Sheet) -> str:
    document = docx.Document(BytesIO(docx_of(sheet)))
    section = document.sections[0]
    parts = [each.text for each in (*section.header.paragraphs, *section.footer.paragraphs, *document.paragraphs)]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def pdf_pages(sheet: Sheet) -> list[str]:
    with pypdfium2.PdfDocument(pdf_of(sheet)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pdf_text(sheet: Sheet) -> str:
    return "\n".join(pdf_pages(sheet))


@pytest.mark.parametrize("told", [html_text, docx_text, pdf_text, text_of], ids=["html", "docx", "pdf", "txt"])
def test_every_text_stands_in_every_kind_of_file(told: object) -> None:
    said = squeezed(told(SHEET))  # type: ignore[operator]
    missing = [(place, text) for place, text in texts_of(SHEET) if squeezed(text) not in said]
    assert missing == []


def test_a_page_holds_no_markup_but_its_own() -> None:
    shown = Shown()
    shown.feed(html_of(SHEET).decode())
    assert not shown.tags & {"b", "script", "link", "img", "iframe"}
    assert b"&lt;b&gt;A line&lt;/b&gt;" in html_of(SHEET)


LONG = replace(SHEET, blocks=(*SHEET.blocks, Fields((Field("经过", "很长的一段经过，共 12 条。" * 400, "#3"),))))


def test_marks_footer_and_number_stand_on_every_page() -> None:
    pages = pdf_pages(LONG)
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert squeezed(page).startswith(squeezed("".join(SHEET.marks)))
        assert squeezed(page).endswith(squeezed(f"{SHEET.footer}{number}/{len(pages)}"))
    assert squeezed("".join(pages)).count("共12条。") == 400


def test_a_pdf_holds_only_the_letters_that_it_shows_and_says_what_it_is() -> None:
    file = pdf_of(LONG)
    assert len(file) < 60_000
    reader = pypdf.PdfReader(BytesIO(file))
    assert reader.metadata is not None
    assert reader.metadata.title == SHEET.title
    assert str(reader.root_object["/Lang"]) == "zh-CN"
    assert file == pdf_of(LONG)


def test_a_letter_that_the_font_lacks_is_seen_to_be_missing() -> None:
    assert f"甲{UNDRAWABLE}乙" in squeezed(pdf_text(replace(SHEET, blocks=(Paragraph("甲\U0001f600乙"),))))


def test_a_document_of_word_names_nobody_but_its_title() -> None:
    properties = docx.Document(BytesIO(docx_of(SHEET))).core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == (SHEET.title, "", "")


NASTY = "\x00\x1f\x0c\x85\u2028\ufffe\r\n\t{nb} \u202eabc\u0301 \U00020000" + "长" * 300 + "x" * 300


def test_whatever_people_type_can_be_made_a_file_of() -> None:
    sheet = replace(SHEET, title=NASTY, footer=NASTY, marks=(NASTY,), blocks=(Fields((Field(NASTY, NASTY, NASTY),)),))
    for told in (html_text, docx_text, pdf_text):
        assert squeezed(told(sheet)).count("长" * 9 + "x" * 9) >= 3
        assert "{nb}" in told(sheet)


@settings(max_examples=15, phases=[Phase.generate])
@given(st.text(max_size=200))
def test_any_text_can_be_made_a_page_and_a_document_of(text: str) -> None:
    sheet = replace(SHEET, title=text, footer=text, blocks=(Fields((Field(text, text, text),)), Bullets((text,))))
    assert html_of(sheet)
    assert docx_of(sheet).startswith(b"PK")
