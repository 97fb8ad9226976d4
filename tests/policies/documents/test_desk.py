"""Documents on a desk: what nothing heads and no words announce is hidden, and the copy opens."""

import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence

import docx
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from policies.documents.desk import found_in, masked_file, texts_in
from tests.policies.documents.made import MOBILE, packed, saved

type Rows = Sequence[Sequence[object]]
PEOPLE = ("李雷", "韩梅", "王小明", "赵敏", "陈思远", "欧阳震华")


def sheet(rows: Rows, *more: Callable[[openpyxl.Workbook], object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for each in more:
        each(book)
    return saved(book.save)


def paragraphs(*texts: str) -> bytes:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    return saved(document.save)


def said_in(data: bytes) -> str:
    """Everything that the package *data* says, read by nothing of ours."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [html.unescape(archive.read(name).decode("utf-8", "replace")) for name in archive.namelist()]
        return "\n".join([*archive.namelist(), *parts, *("".join(re.findall(r">([^<]*)", part)) for part in parts)])


CASES: dict[str, tuple[str, bytes, tuple[str, ...], tuple[str, ...]]] = {
    "a column of names without a head": (
        "a.xlsx", sheet([(name, "办结") for name in PEOPLE]), PEOPLE, ("办结",),
    ),
    "names between what is nobody's": (
        "a.xlsx", sheet([(1, "李雷", "民政局"), (2, "赵敏", "教育局"), ("小计", "金额", "平安")]), ("李雷", "赵敏"),
        ("民政局", "教育局", "小计", "金额", "平安"),
    ),
    "a name and a number in one cell": (
        "a.xlsx", sheet([("事项", "联系"), ("补贴", f"李雷（{MOBILE}）")]), ("李雷", MOBILE), ("事项", "补贴"),
    ),
    "a list of names in a text": (
        "a.docx", paragraphs("拟录用：", *PEOPLE, "公示期满"), PEOPLE, ("拟录用", "公示期满"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_hidden_and_what_stays(name: str) -> None:
    file, data, gone, stays = CASES[name]
    before, after = said_in(data), said_in(masked_file(file, data)[0])
    assert [each for each in (*gone, *stays) if each not in before] == []
    assert [each for each in gone if each in after] == []
    assert [each for each in stays if each not in after] == []
    assert {text.text for text in texts_in(file, data) if found_in(text)}


def _names(book: openpyxl.Workbook) -> None:
    for name, text in {
        "李雷": "Sheet!$A$1",
        "韩梅": "Sheet!$A$2",
        "名单": "Sheet!$A$1:$B$2",
        "某": "赵敏!$A$1",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    for title in ("李雷", "赵敏", "情况"):
        book.create_sheet(title)
    checks = DataValidation(type="list", formula1='"李雷,其他"')
    assert book.active is not None
    book.active.add_data_validation(checks)
    checks.add("F3")


def test_what_formulas_look_up_has_a_name_of_its_own_that_they_can_read() -> None:
    data, _ = masked_file("a.xlsx", sheet([("姓名", "李雷")], _names))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Sheet", "___", "___2", "情况"]
    assert {name: each.attr_text for name, each in book.defined_names.items()} == {
        "___": "Sheet!$A$1", "___2": "Sheet!$A$2", "名单": "Sheet!$A$1:$B$2", "某": "#REF!",
    }  # fmt: skip
    assert book["Sheet"].data_validations.dataValidation[0].formula1 == '"***,其他"'


def test_a_font_keeps_its_name_whosever_it_could_be() -> None:
    styles = (
        '<w:fonts xmlns:w="urn:w"><w:font w:name="方正小标宋简体"/><w:rFonts w:eastAsia="冬青黑体"/></w:fonts>'.encode()
    )
    with zipfile.ZipFile(io.BytesIO(paragraphs("x"))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()} | {"word/fontTable.xml": styles}
    with zipfile.ZipFile(io.BytesIO(masked_file("a.docx", packed(held))[0])) as archive:
        assert archive.read("word/fontTable.xml") == styles
