import base64
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.trace import opened as module
from siem.trace.opened import BadSample, opened
from siem.trace.sample import read_sample
from tests.chromium import Chromium
from tests.e2e.browser import browsing

ANNA, BENNO, MOBILE = "11010519491231002X", "330105198803140019", "13800138000"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
ODF = " ".join(f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("table", "text"))
TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def packed(**files: str | bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, content in files.items():
            writing.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return archive.getvalue()


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


DOCUMENTS = {
    "a Word file, its numbers in several runs": packed(
        **{"[Content_Types]_xml": TYPES},
        word__document_xml=f"<w:document {W}><w:body><w:p>\n  <w:r><w:t>甲 110105</w:t></w:r>\n"
        "  <w:r><w:t>19491231</w:t></w:r><w:proofErr/><w:r><w:t>002X</w:t></w:r></w:p>"
        f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{BENNO}</w:t></w:r></w:p></w:tc>"
        f"<w:tc><w:p><w:r><w:t>{MOBILE}</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>",
    ),
    "the comments and the head of one": packed(
        **{"[Content_Types]_xml": TYPES},
        word__document_xml=f"<w:document {W}/>",
        word__header1_xml=f"<w:hdr {W}><w:p><w:r><w:t>{ANNA}</w:t></w:r></w:p></w:hdr>",
        word__comments_xml=f"<w:comments {W}><w:p><w:r><w:t>{BENNO}</w:t><w:tab/><w:t>{MOBILE}</w:t></w:r></w:p>"
        "</w:comments>",
    ),
    "slides": packed(
        **{"[Content_Types]_xml": TYPES},
        ppt__slides__slide1_xml=f"<p {A}><a:p><a:r><a:t>{ANNA}</a:t></a:r><a:br/><a:r><a:t>{BENNO}</a:t></a:r></a:p>"
        "</p>",
        ppt__notesSlides__notesSlide1_xml=f"<p {A}><a:p><a:r><a:t>{MOBILE}</a:t></a:r></a:p></p>",
    ),
    "a table of OpenDocument": packed(
        content_xml=f"<table:table {ODF}><table:table-row><table:table-cell><text:p>{ANNA}</text:p></table:table-cell>"
        f"<table:table-cell><text:p>{BENNO}</text:p></table:table-cell></table:table-row>"
        f"<text:h>{MOBILE}</text:h></table:table>"
    ),
    "an OFD file": packed(
        OFD_xml="<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>",
        Doc_0__Pages__Page_0__Content_xml="<ofd:Page xmlns:ofd='http://www.ofdspec.org/2016'>"
        f"<ofd:TextObject><ofd:TextCode>{ANNA}</ofd:TextCode></ofd:TextObject>"
        f"<ofd:TextObject><ofd:TextCode>{BENNO}</ofd:TextCode></ofd:TextObject>"
        f"<ofd:TextObject><ofd:TextCode>{MOBILE}</ofd:TextCode></ofd:TextObject></ofd:Page>",
    ),
    "a workbook of several sheets": workbook([["姓名", "号码"], ["甲", ANNA]], [[BENNO, int(MOBILE)]]),
    "lists and a picture in a ZIP": packed(
        **{"a.csv": f"id\n{ANNA}\n".encode(), "b.txt": BENNO.encode("gb18030"), "c.png": b"\x89PNG\xff\xff"},
        **{"d.xlsx": workbook([[MOBILE]])},
    ),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents_are_looked_through(case: str) -> None:
    assert sorted(read_sample(DOCUMENTS[case]).identifiers) == sorted((ANNA, BENNO, MOBILE))


def test_a_column_of_a_workbook_is_read_by_name_or_number() -> None:
    book = workbook([["姓名", "身份证号", "手机"], ["甲", ANNA, int(MOBILE)], [], ["乙", BENNO, None]])
    for column in ("身份证号", "2"):
        assert read_sample(book, column).identifiers == (ANNA, BENNO)
    assert read_sample(book, "手机").identifiers == (MOBILE,)
    assert read_sample(packed(**{"list.xlsx": book}), "手机").identifiers == (MOBILE,)


def test_a_number_that_a_workbook_has_rounded_is_told_as_such() -> None:
    sample = read_sample(workbook([["id"], [int(BENNO)], [ANNA]]), "id")
    assert (sample.identifiers, sample.rounded) == ((ANNA,), 1)


@pytest.mark.browser
def test_a_pdf_is_looked_through(chromium: Chromium) -> None:
    page = f"<meta charset=utf-8><h1>名单</h1><table><tr><td>甲<td>{ANNA}<tr><td>乙<td>{BENNO}</table><p>电话 {MOBILE}"
    with browsing(chromium) as browser:
        browser.get(f"data:text/html;base64,{base64.b64encode(page.encode()).decode()}")
        printed = base64.b64decode(browser.driver.print_page())
    assert printed.startswith(b"%PDF")
    assert read_sample(printed).identifiers == (ANNA, BENNO, MOBILE)
    assert read_sample(packed(**{"list.pdf": printed})).identifiers == (ANNA, BENNO, MOBILE)


BAD = {
    "a document has no columns": (DOCUMENTS["slides"], "id", "has no columns"),
    "an entity": (
        packed(content_xml=f'<!DOCTYPE a [<!ENTITY b "{ANNA}">]><a>&b;</a>'),
        None,
        "declares a document type",
    ),
    "no XML": (packed(content_xml=f"<a>{ANNA}"), None, "damaged"),
    "half a ZIP": (DOCUMENTS["slides"][:200], None, "damaged"),
    "an older Office": (bytes.fromhex("d0cf11e0a1b11ae1") + ANNA.encode(), None, "older Office"),
    "half a PDF": (b"%PDF-1.7\n" + ANNA.encode(), None, "damaged"),
    "too many files": (packed(**{f"{number}.txt": "" for number in range(10_001)}), None, "too many files"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.filterwarnings("ignore")
def test_an_error_says_what_to_do_and_nothing_of_the_sample(case: str) -> None:
    data, column, why = BAD[case]
    with pytest.raises(BadSample, match=why) as wrong:
        read_sample(data, column)
    assert " / " in str(wrong.value)
    assert ANNA not in str(wrong.value)
    assert wrong.value.__cause__ is None


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    bomb = packed(**{"a.txt": "0" * 1_000_001})
    assert len(bomb) < 10_000
    with pytest.raises(BadSample, match="once it is unpacked"):
        opened(bomb)


@pytest.mark.property
@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_whatever_a_damaged_file_holds_no_error_repeats_it(case: str, data: st.DataObject) -> None:
    whole = bytearray(DOCUMENTS[case])
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    said = ""
    try:
        read_sample(bytes(whole))
    except BadSample as problem:
        said = str(problem)
    assert not any(each in said for each in (ANNA, BENNO, MOBILE))
