"""Values that formulas and formats of numbers put together, and that charts repeat, in files of real programs."""

import io
import zipfile

import openpyxl
import pptx
import pytest
import xlsxwriter
from openpyxl.worksheet.datavalidation import DataValidation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from policies.documents.desk import masked_file, texts_in
from policies.documents.formulas import around_text, as_digits, joined_cells, shown_as, with_joined
from tests.policies.documents.made import parts

MOBILE, NAME = "13957184107", "花若锦"


def book_of(*cells: object) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cell in cells:
        book.active.append([cell])
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def column_of(data: bytes) -> list[object]:
    sheet = openpyxl.load_workbook(io.BytesIO(masked_file("a.xlsx", data)[0])).active
    assert sheet is not None
    return [row[0].value for row in sheet]


@pytest.mark.parametrize(
    "formula",
    [
        '=CONCATENATE("139","57184107")',
        '="1395718"&"4107"',
        "=1395718&4107",
        '=CONCATENATE("电话","139","57184107")',
        '=IF(A1="","",_xlfn.CONCAT("1395718","4107"))',
        f'=IF(A1="甲","{MOBILE}","")',
    ],
)
def test_a_formula_that_puts_a_value_together_goes(formula: str) -> None:
    assert column_of(book_of("甲", formula)) == ["甲", None]


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(A1:A9)",
        '=IF(A1>100,"甲类","乙类")',
        "=VLOOKUP(A2,Sheet!A:B,2,0)",
        '="合计"&SUM(B1:B4)&"元"',
        "=DATE(2026,11,27)",
        '=CONCATENATE("第",A1,"组")',
    ],
)
def test_a_formula_that_tells_nothing_stays(formula: str) -> None:
    assert column_of(book_of("甲", formula)) == ["甲", formula]


def test_what_a_check_of_a_cell_puts_together_goes() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.add_data_validation(DataValidation(type="custom", formula1='C1="13957"&"184107"', sqref="C1"))
    part = parts(masked_file("a.xlsx", _saved(book))[0])["xl/worksheets/sheet1.xml"].decode()
    assert "184107" not in part
    assert "<formula1>#REF!</formula1>" in part


def test_a_formula_that_cells_share_goes_from_all_of_them() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        for row in range(1, 4):
            sheet.write_formula(row, 1, "=A9", None, "q")
        sheet.write_formula(1, 2, "=A9", None, "r")
    shares = {
        "B2": (b"<f>A9</f><v>q", f'<f t="shared" ref="B2:C4" si="0">"{MOBILE}"&amp;A2</f><v>{MOBILE}'.encode()),
        "C2": (b"<f>A9</f><v>r", b'<f t="shared" si="0"/><v>c'),
        "B3": (b"<f>A9</f><v>q", b'<f t="shared" si="0"/><v>d'),
        "B4": (b"<f>A9</f><v>q", b"<f>A9</f><v>e"),
    }
    given = parts(written.getvalue())
    part = given["xl/worksheets/sheet1.xml"]
    for old, new in shares.values():
        part = part.replace(old, new, 1)
    out = parts(masked_file("a.xlsx", _packed({**given, "xl/worksheets/sheet1.xml": part}))[0])
    left = out["xl/worksheets/sheet1.xml"].decode()
    assert "shared" not in left, "who shares a formula that is gone makes the file a broken one"
    assert "<f>A9</f><v>e</v>" in left
    assert MOBILE not in left


def _packed(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return written.getvalue()


@pytest.mark.parametrize("code", ['"139"00000000', "\\1\\3\\900000000", '"139"0000"-"0000'])
def test_a_format_that_puts_digits_before_a_number_counts(code: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"], book.active["A2"] = 57184107, 57184107
    book.active["A1"].number_format = code
    assert column_of(_saved(book)) == ["***", 57184107]


@pytest.mark.parametrize("code", ['"139"@', '0;0;0;"139"@', "\\1\\3\\9@"])
@pytest.mark.parametrize("in_place", [True, False])
def test_a_format_that_puts_digits_before_a_text_counts(code: str, in_place: bool) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"constant_memory": in_place}) as book:
        sheet = book.add_worksheet()
        for row, (text, number_format) in enumerate(
            [("57184107", code), ("甲类", code), ("57184107", "@"), ("57184107", '"139"0')]
        ):
            sheet.write_string(row, 0, text, book.add_format({"num_format": number_format}))
    left = ["***", "甲类", "57184107", "57184107"]
    if not in_place:
        left[2:] = ["***", "***"]  # one shared string: what hides it counts
    assert column_of(written.getvalue()) == left


def test_a_format_that_says_a_value_itself_goes() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = 7
    book.active["A1"].number_format = "".join(f"\\{digit}" for digit in MOBILE)
    part = parts(masked_file("a.xlsx", _saved(book))[0])["xl/styles.xml"].decode()
    assert 'formatCode="General"' in part


@pytest.mark.parametrize(
    ("stored", "digits"),
    [
        ("1.3957184107E10", MOBILE),
        ("139571841070e-1", MOBILE),
        ("13957184107.000", MOBILE),
        ("+13957184107", MOBILE),
        ("12.5", "12.5"),
        ("007", "007"),
        ("1E400", "1E400"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_number_is_read_as_it_is_shown(stored: str, digits: str) -> None:
    assert as_digits(stored) == digits


def test_formats_and_formulas_say_what_they_show() -> None:
    assert shown_as('"139"00000000;[Red]0', "57184107") == MOBILE
    assert shown_as("#,##0", "57184107") == "57184107"
    assert around_text('0;0;0;"第1组："@"号"') == ("第1组：", "号")
    assert around_text('"139"00000000') == around_text("@") == ("", "")
    assert with_joined('A1&"甲"') == 'A1&"甲"'
    assert with_joined('"甲"&"乙"&A1&"丙"') == '"甲"&"乙"&A1&"丙"\n甲乙'


def test_a_cell_of_a_boolean_or_an_error_that_says_something_else_is_looked_at() -> None:
    given = parts(book_of("甲", 42))
    sheet = given["xl/worksheets/sheet1.xml"]
    for kind in (b"e", b"b"):
        changed = sheet.replace(b't="n"><v>42', b't="%s"><v>%s' % (kind, MOBILE.encode()))
        assert changed != sheet
        out = parts(masked_file("a.xlsx", _packed({**given, "xl/worksheets/sheet1.xml": changed}))[0])
        assert MOBILE.encode() not in out["xl/worksheets/sheet1.xml"]
        assert b't="str"' in out["xl/worksheets/sheet1.xml"]


def slides_with_a_chart() -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [NAME, "云州市"]
    data.add_series("联系电话", (int(MOBILE), 2))  # type: ignore[no-untyped-call]
    place = (Inches(1), Inches(2), Inches(4), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


def test_a_chart_and_the_workbook_behind_it_are_masked_and_open_again() -> None:
    out, _ = masked_file("a.pptx", slides_with_a_chart())
    chart = next(shape.chart for shape in pptx.Presentation(io.BytesIO(out)).slides[0].shapes if shape.has_chart)
    assert list(chart.plots[0].categories) == ["***", "云州市"]
    assert list(chart.plots[0].series[0].values) == [0, 2]
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [[cell.value for cell in row] for row in book.active] == [
        [None, "联系电话"], ["***", "***"], ["云州市", "***"],
    ]  # fmt: skip


def test_the_workbook_behind_a_chart_is_scanned() -> None:
    places = {text.place for text in texts_in("a.pptx", slides_with_a_chart()) if text.text == MOBILE}
    assert any(place.startswith("ppt/embeddings/") and place.endswith("B2") for place in places)
    assert any(place.startswith("ppt/charts/") for place in places)


def test_a_number_among_the_properties_stays_a_number() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet()
        book.set_custom_property("编号", 7)
        book.set_custom_property("手机", int(MOBILE), "number")
    properties = openpyxl.load_workbook(io.BytesIO(masked_file("a.xlsx", written.getvalue())[0])).custom_doc_props
    assert {each.name: each.value for each in properties.props} == {"编号": 7, "手机": 0}


@pytest.mark.parametrize(
    ("formula", "cells"),
    [
        ("A1&B1", [["A1", "B1"]]),
        ('$A$1&"-"&B1', [["A1", "", "B1"]]),
        ("CONCATENATE(A1,B1)", [["A1", "B1"]]),
        ('TEXTJOIN("",TRUE,A1,B1)', [["A1", "B1"]]),
        ("SUM(A1,B1)", []),
        ("A1+B1", []),
        ('A1&"号"', []),
        ("表!A1&B1", []),
    ],
)
def test_which_cells_a_formula_puts_together(formula: str, cells: list[list[str]]) -> None:
    assert [[piece.cell for piece in chain] for chain in joined_cells(formula)] == cells


@pytest.mark.parametrize("program", ["openpyxl", "xlsxwriter"])
def test_what_a_formula_without_a_value_puts_together_is_hidden_in_its_cells(program: str) -> None:
    row = [MOBILE[:3], MOBILE[3:], "=A1&B1", "办结", "=D1&E1", "受理"]
    if program == "openpyxl":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(row)
        data = _saved(book)
    else:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written) as made:
            made.add_worksheet().write_row(0, 0, row)
        data = written.getvalue()
    sheet = openpyxl.load_workbook(io.BytesIO(masked_file("a.xlsx", data)[0])).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["***", "***", "=A1&B1", "办结", "=D1&E1", "受理"]
    assert MOBILE in [text.text for text in texts_in("a.xlsx", data)]
