"""Office documents made by real programs: masked, opened again, and searched for what must be in no part of them."""

import io
import re
import struct
import zipfile

import docx
import openpyxl
import pptx
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.documents.desk import categories_in, texts_in
from policies.documents.document import Bounds
from policies.documents.registry import Inner, document_in, opened
from policies.formats.masker import Withheld
from tests.policies.documents.made import (
    CANARIES,
    CARD,
    HEAD,
    ID_NO,
    KEPT,
    MOBILE,
    NAME,
    OFFICE,
    OTHER,
    canaries_in,
    masked,
    parts,
    rewritten,
    workbook,
)
from tests.policies.formats.masking import RECORD, tally

MADE = {name: make() for name, make in OFFICE.items()}
TITLES = {"序号": "id", "姓名": "name", "身份证号": "id_no", "手机号": "mobile", "住址": "address", "备注": "remark"}


@pytest.mark.parametrize("kind", MADE)
def test_nothing_planted_is_left_in_any_part(kind: str) -> None:
    assert len(canaries_in(MADE[kind])) >= 7
    assert canaries_in(masked(MADE[kind])) == set()


def test_a_workbook_opens_again_with_all_else() -> None:
    book = openpyxl.load_workbook(io.BytesIO(masked(MADE["xlsx"])))
    sheet, hidden = book["名单"], book["隐藏"]
    assert [cell.value for cell in sheet[2]][:6] == list(HEAD)
    assert [cell.value for cell in sheet[3]][:6] == [1, "***", "***", "***", "***", "***来过，找***，电话***"]
    assert (sheet["A1"].value, sheet["H3"].value, sheet["H4"].value) == (KEPT, None, "=A3+A4")
    assert sheet["A3"].comment.text == "***的电话***"
    assert (sheet["A4"].hyperlink.target, sheet.row_dimensions[4].hidden) == ("mailto:***", True)
    assert [[cell.value for cell in row] for row in hidden] == [
        ["姓名", "***", "性别", "***"], ["银行卡号", "***", "电子邮箱", "***"], ["出生日期", "***", None, KEPT],
    ]  # fmt: skip
    assert (hidden.sheet_state, book.properties.creator, book.properties.lastModifiedBy) == ("hidden", "***", "***")


def test_a_text_opens_again_with_all_else() -> None:
    document = docx.Document(io.BytesIO(masked(MADE["docx"])))
    assert [each.text for each in document.paragraphs] == [KEPT, "申请人***，身份证***，已受理。"]
    assert {run.font.size.pt for run in document.paragraphs[1].runs if run.font.size} == {12}
    form, listed = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert form == [["姓名", "***", "手机号", "***"], ["住址", "***", "电子邮箱", "***"]]
    assert listed == [["序号", "姓名", "银行卡号"], ["1", "***", "***"], ["2", "", "***"]]
    assert document.sections[0].header.paragraphs[0].text == "联系人***"


def test_slides_open_again_with_all_else() -> None:
    slide = pptx.Presentation(io.BytesIO(masked(MADE["pptx"]))).slides[0]
    assert [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] == [KEPT, "电话***，请联系***"]
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        [*HEAD[1:3], "单位"],
        ["***", "***", KEPT],
    ]
    assert slide.notes_slide.notes_text_frame.text == "***来电，***"


@pytest.mark.parametrize("kind", MADE)
def test_parts_in_which_nothing_is_hidden_stay_octet_for_octet(kind: str) -> None:
    before, after = parts(MADE[kind]), parts(masked(MADE[kind]))
    gone = before.keys() - after.keys()
    assert gone <= {"docProps/thumbnail.jpeg"}
    same = [name for name in after if after[name] == before[name]]
    assert len(same) > len(after) // 2
    for name in same:
        assert not re.search("|".join(CANARIES), before[name].decode("utf-8", "replace")), name


@pytest.mark.parametrize("kind", MADE)
def test_a_mask_of_a_mask_is_the_same(kind: str) -> None:
    once = masked(MADE[kind])
    assert parts(masked(once)) == parts(once)


def test_declared_columns_are_masked_as_declared_and_subjects_counted() -> None:
    counted = tally()
    out = masked(MADE["xlsx"], record=RECORD, titles=TITLES, counted=counted)
    sheet = openpyxl.load_workbook(io.BytesIO(out))["名单"]
    shown = [1, "张**", "*" * 14 + "002X", "138****8000", "云州市幸福路7号", "***来过，找***，电话***"]
    assert [cell.value for cell in sheet[3]][:6] == shown
    assert [cell.value for cell in sheet[4]][:4] == [2, "欧**", "*" * 14 + "002X", "138****8000"]
    assert (len(counted.subjects), counted.fields[2], counted.fields[3]) == (1, 3, 2)
    assert counted.has_nameless is True, "in the hidden form nobody says whose name it is"


def test_what_stands_beside_a_declared_column_and_is_not_declared_is_masked() -> None:
    book = openpyxl.Workbook()
    for row in (("name", "别的", "id_no"), (NAME, "甲", ID_NO), (NAME, "乙", "")):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    counted = tally()
    out = openpyxl.load_workbook(io.BytesIO(masked(written.getvalue(), record=RECORD, counted=counted)))
    assert [[cell.value for cell in row] for row in out.active][1] == ["张**", "***", "*" * 14 + "002X"]
    assert counted.has_nameless is True


HOSTILE: dict[str, tuple[bytes, str]] = {
    "not whole": (MADE["xlsx"][:-40], "document_malformed"),
    "nothing but a beginning": (b"PK\x03\x04", "document_malformed"),
    "no document": (b"hello", "document_malformed"),
    "of an older Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "document_legacy"),
    "with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "document_encrypted",
    ),
    "something before it": (b"x" + MADE["docx"], "document_malformed"),
    "macros": (rewritten(MADE["xlsx"], xl__vbaProject_dot_bin=b"x"), "document_active"),
    "an embedded object": (rewritten(MADE["docx"], word__embeddings__x_dot_bin=b"x"), "document_active"),
    "a picture": (rewritten(MADE["docx"], word__media__x_dot_emf=b"x"), "document_within_undeclared"),
    "links to other workbooks": (
        rewritten(MADE["xlsx"], xl__externalLinks__externalLink1_dot_xml=b"<x/>"), "document_active",
    ),
    "revisions of a workbook": (rewritten(MADE["xlsx"], xl__revisions__x_dot_xml=b"<x/>"), "document_revisions"),
    "a way out": (rewritten(MADE["xlsx"], **{"..__x_dot_xml": b"<x/>"}), "document_malformed"),
    "an entity": (
        rewritten(MADE["docx"], word__x_dot_xml=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        "document_doctype",
    ),
    "broken XML": (rewritten(MADE["docx"], word__document_dot_xml=b"<x><y></x>"), "document_malformed"),
    "another charset": (
        rewritten(MADE["docx"], word__document_dot_xml='<?xml version="1.0" encoding="gbk"?><x/>'.encode("gbk")),
        "document_malformed",
    ),
    "wide characters": (
        rewritten(MADE["docx"], word__document_dot_xml=f"<x>{NAME}</x>".encode("utf-16")), "document_malformed",
    ),
    "a bomb": (rewritten(MADE["xlsx"], xl__x_dot_xml=b" " * 30_000_000), "too_large_to_mask"),
    "elements in elements": (
        rewritten(MADE["docx"], word__x_dot_xml=b"<x>" * 5_000 + b"</x>" * 5_000), "too_large_to_mask",
    ),
}  # fmt: skip


def with_changes(old: bytes, new: bytes) -> bytes:
    part = parts(MADE["docx"])["word/document.xml"]
    assert old in part
    return rewritten(MADE["docx"], word__document_dot_xml=part.replace(old, new, 1))


CHANGES: dict[str, tuple[bytes, bytes, str]] = {
    "what was inserted": (b"<w:r>", b"<w:ins w:id='1' w:author='x'/><w:r>", "document_revisions"),
    "what was deleted": (b"<w:r>", b"<w:del w:id='1'/><w:r>", "document_revisions"),
    "a field that fetches": (
        b"<w:t>", b"<w:instrText> DDEAUTO c:\\\\x.exe </w:instrText><w:t>", "document_active",
    ),
    "another file within": (b"<w:body>", b"<w:body><w:altChunk r:id='x'/>", "document_active"),
}  # fmt: skip


def test_a_number_in_a_run_of_its_own_is_found_behind_another_number() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph(f"电话{MOBILE}")
    paragraph.add_run(ID_NO)
    written = io.BytesIO()
    document.save(written)
    assert docx.Document(io.BytesIO(masked(written.getvalue()))).paragraphs[0].text == "电话******"


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_withheld_and_says_why(name: str) -> None:
    data, reason = HOSTILE[name]
    with pytest.raises(Withheld, match=f"^{reason}$"):
        masked(data)


@pytest.mark.parametrize(
    "part", ["word/x.txt", "word/media/x.bmp", "word/fonts/x.odttf", "word/fonts/x.ttf", "word/x.bin"]
)
def test_what_nobody_can_read_is_withheld_when_it_is_looked_at_as_when_it_is_masked(part: str) -> None:
    data = rewritten(MADE["docx"], **{part.replace("/", "__").replace(".", "_dot_"): MOBILE.encode() * 20})
    for looked in (masked, lambda data: list(texts_in("a.docx", data))):
        with pytest.raises(Withheld, match=r"^document_(within_undeclared|active)$"):
            looked(data)


SCRAMBLED = bytes(44) + b"cmap" + bytes(12) + b"glyf" + struct.pack(">III", 0, 60, 16)
"""As a font in a text is, whose first 32 octets nobody can read."""


@pytest.mark.parametrize(
    "font", [SCRAMBLED, struct.pack("<I", 60) + bytes(30) + b"LP" + bytes(24)], ids=["in a text", "in slides"]
)
def test_a_font_stays_as_it_is(font: bytes) -> None:
    data = rewritten(MADE["docx"], word__fonts__x_dot_odttf=font)
    assert parts(masked(data))["word/fonts/x.odttf"] == font
    assert list(texts_in("a.docx", data))


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_and_what_fetches_is_withheld(name: str) -> None:
    old, new, reason = CHANGES[name]
    with pytest.raises(Withheld, match=f"^{reason}$"):
        masked(with_changes(old, new))


def test_a_document_that_is_not_what_it_says_is_withheld() -> None:
    for formats, said in ((("xlsx", "docx"), "docx"), (("docx",), "docx"), (("docx",), "")):
        with pytest.raises(Withheld, match="not_as_said"):
            masked(MADE["xlsx"], *formats, said=said)


def test_too_many_cells_parts_and_octets_are_withheld() -> None:
    for bounds in (Bounds(cells=10), Bounds(parts=5), Bounds(octets=100), Bounds(unpacked=1_000), Bounds(seconds=-1)):
        with pytest.raises(Withheld, match="too_large_to_mask"):
            masked(MADE["xlsx"], bounds=bounds)


def test_a_name_that_stands_twice_is_withheld() -> None:
    written = io.BytesIO(MADE["docx"])
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<x/>")
    with pytest.raises(Withheld, match="document_doubled"):
        masked(written.getvalue())


def shared(*rows: tuple[str, ...]) -> bytes:
    """A workbook whose cells share their strings."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return written.getvalue()


def rows_of(data: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet]


def test_what_was_overwritten_in_every_cell_is_hidden_in_the_shared_strings() -> None:
    data = shared(("某某", "甲乙"))
    strings = parts(data)["xl/sharedStrings.xml"].replace(b"</sst>", "<si><t>丙丁</t></si></sst>".encode())
    out = masked(rewritten(data, xl__sharedStrings_dot_xml=strings))
    assert "丙丁".encode() not in parts(out)["xl/sharedStrings.xml"]
    assert rows_of(out) == [["某某", "甲乙"]]


def test_a_string_that_is_shown_in_one_cell_and_hidden_in_another_is_hidden_in_both() -> None:
    data = shared(("id", "name"), ("某某", "甲乙"), ("丙丁", "某某"), ("甲乙", "戊己"))
    assert rows_of(masked(data, record=RECORD)) == [
        ["id", "name"], ["***", "***"], ["丙丁", "***"], ["***", "戊**"],
    ]  # fmt: skip


def test_a_string_that_is_hidden_in_two_ways_is_hidden_whole() -> None:
    data = shared(("name", "id_no"), ("11010519491231002X", ID_NO))
    assert rows_of(masked(data, record=RECORD))[1] == ["***", "***"]


def test_what_the_file_itself_is_made_of_stays_where_it_reads_like_somebodys_value() -> None:
    values = ("main", "2006", "relationships", "worksheets", "application", "sheet1")
    for kind, data in (("xlsx", shared(("姓名",), *((value,) for value in values))), ("docx", words_in_table(values))):
        out = masked(data)
        after = parts(out)
        for name in after:
            if name == "[Content_Types].xml" or name.endswith(".rels"):
                assert b"***" not in after[name], name
        if kind == "xlsx":
            assert rows_of(out) == [["姓名"], *([["***"]] * len(values))]
        else:
            said = [cell.text for cell in docx.Document(io.BytesIO(out)).tables[0].columns[0].cells]
            assert said == ["姓名", *["***"] * len(values)]


def test_what_links_lead_to_outside_is_hidden_where_it_is_somebodys() -> None:
    book = openpyxl.Workbook()
    for row in (("微信号", "链接"), ("zhaoliu-seven", "甲")):
        book.active.append(row)
    book.active["B2"].hyperlink = "https://example.com/zhaoliu-seven"
    written = io.BytesIO()
    book.save(written)
    out = openpyxl.load_workbook(io.BytesIO(masked(written.getvalue())))
    assert out.active["B2"].hyperlink.target == "https://example.com/***"


def words_in_table(values: tuple[str, ...]) -> bytes:
    """A text with a list of one column."""
    document = docx.Document()
    table = document.add_table(len(values) + 1, 1)
    for row, value in zip(table.rows, ("姓名", *values), strict=True):
        row.cells[0].text = value
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_a_number_with_a_box_for_each_digit_is_one_value() -> None:
    row = ("身份证号", *ID_NO, "单位")
    sheet = rows_of(masked(shared(row, ("甲乙", *"abcdefg"))))
    assert sheet[0] == ["身份证号", *"*" * 18, "单位"]
    assert sheet[1][1:8] == [*"abcdefg"]
    document = docx.Document()
    table = document.add_table(1, 12)
    for cell, words in zip(table.row_cells(0), ("联系方式", *MOBILE), strict=True):
        cell.text = words
    written = io.BytesIO()
    document.save(written)
    out = docx.Document(io.BytesIO(masked(written.getvalue())))
    assert "".join(cell.text for cell in out.tables[0].row_cells(0)) == "联系方式***"


def test_the_items_of_a_pivot_table_go_whatever_they_are() -> None:
    items = f'<s v="甲乙"/><n v="{MOBILE}"/><d v="1949-12-31T00:00:00"/><x v="1"/>'
    records = f"<pivotCacheRecords><r>{items}</r></pivotCacheRecords>"
    out = masked(rewritten(MADE["xlsx"], xl__pivotCache__pivotCacheRecords1_dot_xml=records.encode()))
    assert parts(out)["xl/pivotCache/pivotCacheRecords1.xml"] == (
        b'<pivotCacheRecords><r><s v="***"/><n v="0"/><d v="1900-01-01T00:00:00"/><x v="1"/></r></pivotCacheRecords>'
    )


def test_authors_are_hidden_and_their_names_wherever_else_they_stand() -> None:
    people = '<people><shape name="甲乙丙"/><person author="甲乙丙"><presenceInfo userId="甲乙丙"/></person></people>'
    out = masked(rewritten(MADE["docx"], word__people_dot_xml=people.encode()))
    assert parts(out)["word/people.xml"].decode() == (
        '<people><shape name="***"/><person author="***"><presenceInfo userId="***"/></person></people>'
    )


def test_what_charts_remember_of_cells_is_hidden_where_the_cells_are() -> None:
    chart = f"<c:chart xmlns:c='x'><c:strCache><c:pt><c:v>{NAME}</c:v></c:pt></c:strCache></c:chart>".encode()
    out = masked(rewritten(MADE["xlsx"], xl__charts__chart1_dot_xml=chart))
    assert b"<c:v>***</c:v>" in parts(out)["xl/charts/chart1.xml"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
@given(st.sampled_from(sorted(MADE)), st.data())
def test_a_mutated_document_is_masked_or_withheld(kind: str, drawn: st.DataObject) -> None:
    held = parts(MADE[kind])
    name = drawn.draw(st.sampled_from([name for name in held if name.endswith((".xml", ".rels"))]))
    part = bytearray(held[name])
    for _ in range(drawn.draw(st.integers(1, 4))):
        at = drawn.draw(st.integers(0, len(part)))
        part[at : at + drawn.draw(st.integers(0, 9))] = drawn.draw(
            st.one_of(
                st.binary(max_size=6), st.sampled_from([b"<", b">", b"/>", b"<!--", b"&#", b'"', b"<x/>", b"]]>"])
            )
        )
    held[name] = bytes(part)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for each, content in held.items():
            archive.writestr(each, content)
    try:
        out = masked(written.getvalue())
    except Withheld:
        return
    for content in parts(out).values():
        # Digits that the mutation has put beside a number make another of it.
        assert not _WHOLE.search(content.decode("utf-8", "replace"))


_WHOLE = re.compile(rf"(?<![0-9A-Za-z_.:;#-])(?:{MOBILE}|{CARD}|{ID_NO})(?![0-9A-Za-z_.:-])")


@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_a_damaged_package_is_masked_or_withheld(at: int, octets: bytes) -> None:
    data = bytearray(MADE["xlsx"])
    at %= len(data)
    data[at : at + len(octets)] = octets
    try:
        out = masked(bytes(data))
    except Withheld:
        return
    assert canaries_in(out) == set()


def test_what_is_looked_for_is_all_that_is_masked() -> None:
    for name, data in MADE.items():
        document, within = opened(data, (name,), Bounds())
        assert isinstance(within, Inner)
        texts = [each.text for each in document.texts(data, within)]
        assert document_in(data) is document
        if name != "xlsx":  # of a workbook the cells are told
            assert {NAME, OTHER} <= {each for each in (NAME, OTHER) if any(each in text for text in texts)}
        assert any(MOBILE in text for text in texts)
    assert workbook()[:2] == b"PK"


@pytest.mark.parametrize("code", ["&C", "&L", '&R&"Arial,Regular"&10&KFF0000'])
def test_a_footer_is_looked_through_whose_label_stands_behind_a_code(code: str) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet().set_footer(f"{code}填表人：{NAME}")
    texts = texts_in("a.xlsx", written.getvalue())
    assert [found for text in texts for found in categories_in(text)] == ["person_name"]
    assert canaries_in(masked(written.getvalue())) == set()
