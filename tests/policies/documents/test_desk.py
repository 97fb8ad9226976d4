"""Documents on a desk: what nothing heads and no words announce is hidden, and the copy opens."""

import csv
import html
import io
import json
import random
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, unquote_plus, urlencode
from xml.sax.saxutils import quoteattr

import docx
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from policies.documents.desk import found_in, masked_file, texts_in
from policies.documents.document import Bounds
from policies.documents.look import Look
from policies.documents.registry import mask
from policies.formats.masker import Tally, Withheld
from policies.formats.prose import Prose
from policies.prose_rule import ProseRule
from tests.bench.key_grammar import names
from tests.bench.system_keys import VALUES
from tests.policies.documents.made import MOBILE, packed, saved
from tests.policies.formats.masking import DIGESTER, REMARK, UNDECLARED

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
    "paragraphs behind paragraphs that are labels": (
        "a.docx", paragraphs("姓名：", "大牛", "微信号", "x-9", "申请人", "提交材料", "住址：", "村头", "办结"),
        ("大牛", "x-9", "村头"), ("提交材料", "办结"),
    ),
    "values torn over paragraphs": (
        "a.docx", paragraphs(
            "请联系138", "00138000，住云州市幸福路", "7号2单元301室，", "共 3", "5号", "证件110105 1949", "1231002X。",
        ),
        ("00138000", "幸福路", "301室", "1231002X"), ("共 3", "5号"),
    ),
}  # fmt: skip


XML: dict[str, tuple[str, tuple[str, ...]]] = {
    "pairs in attributes": (
        '<r><field name="xm" value="大牛"/><c n="sjh" v="17"/><attr key="mobile">18</attr>'
        '<attr key="zt">办结</attr></r>',
        ("大牛", "17", "18"),
    ),
    "a list of properties": (
        "<dict><key>xm</key><string>大牛</string><key>zt</key><string>办结</string><key>sjh</key><integer>17</integer>"
        "<key>jtzz</key><dict><key>a</key><string>村头</string></dict></dict>",
        ("大牛", "17", "村头"),
    ),
    "a name beside a value": (
        "<r><i><name>xm</name><type>s</type><value>大牛</value></i><i><text>17</text><label>手机号</label></i>"
        "<i><name>zt</name><value>办结</value></i></r>",
        ("大牛", "17"),
    ),
    "a value in an element of its own": (
        '<r><xm><value>大牛</value></xm><lxr><first>二</first><last>妞</last></lxr><p name="姓名"><value>三毛'
        "</value></p><jtzz><town>村头</town></jtzz><zt><value>办结</value></zt></r>",
        ("大牛", ">二<", ">妞<", "三毛", "村头"),
    ),
    "a table": (
        '<t><row><cell>姓名</cell><cell>手机</cell><cell>状态</cell></row><row><cell Index="2">17</cell>'
        "<cell>办结</cell></row><row><cell>大牛</cell><cell>18</cell><cell>在办</cell></row></t>",
        ("大牛", "17", "18"),
    ),
    "a sheet": (
        "<Table><Row><Cell><Data>姓名</Data></Cell><Cell><Data>状态</Data></Cell></Row>"
        "<Row><Cell><Data>大牛</Data></Cell><Cell><Data>办结</Data></Cell></Row></Table>",
        ("大牛",),
    ),
    "JSON in a text and in an attribute": (
        """<r d='{"sjh": "17"}'><d>[{"xm": "大牛", "zt": "办结"}]</d></r>""", ("大牛", "17"),
    ),
    "XML in a section and escaped": (
        "<r><d><![CDATA[<p><xm>大牛</xm></p>]]></d><e>&lt;xm&gt;二妞&lt;/xm&gt;&lt;zt&gt;办结&lt;/zt&gt;</e></r>",
        ("大牛", "二妞"),
    ),
    "a page in a section": ("<r><d><![CDATA[<p>姓名：大牛<br>状态：办结]]></d></r>", ("大牛",)),
    "an answer of SOAP": (
        '<s:Envelope xmlns:s="urn:s" xmlns:x="urn:x"><s:Body><e><key x:type="x:string">xm</key><value>'
        '大牛</value></e><r x:type="x:string">{"rows": [{"sjh": "17", "zt": "办结"}]}</r></s:Body></s:Envelope>',
        ("大牛", "17"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_what_stands_beside_a_value_in_xml_tells_what_it_is(name: str) -> None:
    whole, gone = XML[name]
    data = f"<?xml version='1.0'?>\n{whole}".encode()
    masked, _ = masked_file("a.xml", data)
    out = html.unescape(masked.decode())
    assert [each for each in gone if each in out] == []
    assert "办结" in out
    assert not [text for text in texts_in("a.xml", masked) if found_in(text) and "*" not in text.text]


def test_where_it_stands_is_told_by_line_element_and_cell() -> None:
    data = f'<r>\n<a>x</a>\n<b sjh="17">电话{MOBILE}</b>\n<d>\n{{"xm": "大牛"}}</d><x{MOBILE}>{MOBILE}</x{MOBILE}></r>'
    assert [text.place for text in texts_in("a.xml", data.encode()) if found_in(text)] == [
        "line 3 <b sjh>", "line 3 <b>", "line 4 <d> /xm", "line 5 <*>",
    ]  # fmt: skip
    book = sheet([("事项", "联系"), ("补贴", f"李雷（{MOBILE}）")])
    places = {text.place for text in texts_in("a.xlsx", book) if found_in(text)}
    assert places == {"docProps/core.xml", "xl/worksheets/sheet1.xml B2"}


_DSIG = (
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509SubjectName>李雷</ds:X509SubjectName>'
    "</ds:Signature>"
)
_SIGNS = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"


def signed_paragraphs() -> bytes:
    with zipfile.ZipFile(io.BytesIO(paragraphs(f"电话{MOBILE}"))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    link = f'<Relationship Id="s" Type="{_SIGNS}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    held["_rels/.rels"] = held["_rels/.rels"].replace(b"</Relationships>", link.encode())
    return packed({**held, "_xmlsignatures/origin.sigs": b"", "_xmlsignatures/sig1.xml": _DSIG.encode()})


SIGNED: dict[str, tuple[str, bytes, str]] = {
    "XML": ("a.xml", f"<r>{_DSIG}<xm>大牛</xm></r>".encode(), "<?yingbi unsigned-copy?>\n<r><xm>***</xm></r>"),
    "XML in a text": (
        "a.xml", f"<r><d>{html.escape(f'<e>{_DSIG}<xm>大牛</xm></e>')}</d></r>".encode(),
        "<r><d><?yingbi unsigned-copy?>\n<e><xm>***</xm></e></d></r>",
    ),
    "a text of Office": ("a.docx", signed_paragraphs(), "电话***"),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNED)
def test_a_copy_of_what_is_signed_is_made_where_it_is_asked_for_and_says_so(name: str) -> None:
    file, data, says = SIGNED[name]
    with pytest.raises(Withheld, match="answer_signed"):
        masked_file(file, data)
    out, counted = masked_file(file, data, unsigned_copy=True)
    said = said_in(out) if file.endswith("docx") else html.unescape(out.decode())
    assert counted.found["signature"] == 1
    assert (says in said, "<?yingbi unsigned-copy?>" in said) == (True, True)
    assert not [each for each in ("李雷", "xmlsignatures", "digital-signature", MOBILE) if each in said]
    if file.endswith("docx"):
        assert [each.text for each in docx.Document(io.BytesIO(out)).paragraphs] == ["电话***"]


def test_what_is_nothing_but_a_signature_has_no_copy_without_it() -> None:
    with pytest.raises(Withheld, match="answer_signed"):
        masked_file("a.xml", _DSIG.encode(), unsigned_copy=True)


def test_documents_in_texts_of_each_other_end() -> None:
    text = "<x>大牛</x>"
    for _ in range(9):
        text = f"<x>{html.escape(text)}</x>"
    with pytest.raises(Withheld, match="document_nested"):
        masked_file("a.xml", text.encode())


ENDING_AS_LABELS = {
    "姓名": "王学生", "既往史": "高血压病史", "文化程度": "大专学历", "户主": "李户主", "户籍地址": "农村户籍",
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.json", "a.xml", "a.form", "a.csv", "a.xlsx"])
def test_values_that_end_as_labels_do_are_hidden_under_these(name: str) -> None:
    keys, values = list(ENDING_AS_LABELS), list(ENDING_AS_LABELS.values())
    elements = "".join(f"<{key}>{value}</{key}>" for key, value in ENDING_AS_LABELS.items())
    files = {
        "a.json": json.dumps([ENDING_AS_LABELS, dict.fromkeys(keys, "某")], ensure_ascii=False).encode(),
        "a.xml": f"<r>{elements}</r>".encode(),
        "a.form": urlencode(ENDING_AS_LABELS).encode(),
        "a.csv": "\n".join(map(",".join, (keys, values, values))).encode(),
        "a.xlsx": sheet([keys, values, values]),
    }
    shown = masked_file(name, files[name])[0]
    said = said_in(shown) if name == "a.xlsx" else unquote_plus(shown.decode())
    assert [value for value in values if value in said] == []


@pytest.mark.parametrize("written", ["json", "ndjson", "csv", "xml", "attributes", "form"])
def test_nothing_is_left_of_a_value_whose_key_tells(written: str) -> None:
    chance = random.Random(20261128)
    values = VALUES | {"mobile": VALUES["phone"], "landline": VALUES["phone"]}
    for key, category in chance.sample([each for each in names() if each[1] in values], 200):
        value = chance.choice([each for each in values[category] if not isinstance(each, list)])
        if _FILLED_IN.search(str(value)) or (written in ("xml", "attributes") and not _OF_XML.fullmatch(key)):
            continue
        pairs = {"slbh": "A-1", key: value, "zt": "办结"}
        rows = io.StringIO()
        csv.writer(rows).writerows([pairs, pairs.values(), pairs.values()])
        name, text = {
            "json": ("a.json", json.dumps(pairs, ensure_ascii=False)),
            "ndjson": ("a.ndjson", f"{json.dumps(pairs)}\n" * 2),
            "csv": ("a.csv", rows.getvalue()),
            "xml": ("a.xml", f"<r>{''.join(f'<{k}>{html.escape(str(v))}</{k}>' for k, v in pairs.items())}</r>"),
            "attributes": ("a.xml", f"<r {' '.join(f'{k}={quoteattr(str(v))}' for k, v in pairs.items())}/>"),
            "form": ("a.form", urlencode(pairs)),
        }[written]
        shown = masked_file(name, text.encode())[0].decode()
        left = _read_back(written, shown, key)
        assert str(left).strip("*") == "", (key, value)


def _read_back(written: str, shown: str, key: str) -> object:
    match written:
        case "json" | "ndjson":
            return json.loads(shown.splitlines()[-1])[key]
        case "csv":
            return list(csv.reader(io.StringIO(shown)))[2][1]
        case "xml":
            return ET.fromstring(shown)[1].text
        case "attributes":
            return ET.fromstring(shown).get(key)
        case _:
            return dict(parse_qsl(shown))[key]


_FILLED_IN = re.compile("^(?:同户籍|未说明的性别)$")
"""What says nothing of anybody, in a table."""
_OF_XML = re.compile(r"[^\W\d][\w.-]*")


@pytest.mark.parametrize("name", CASES)
def test_what_is_hidden_and_what_stays(name: str) -> None:
    file, data, gone, stays = CASES[name]
    before, after = said_in(data), said_in(masked_file(file, data)[0])
    assert [each for each in (*gone, *stays) if each not in before] == []
    assert [each for each in gone if each in after] == []
    assert [each for each in stays if each not in after] == []
    assert {text.text for text in texts_in(file, data) if found_in(text)}


def test_the_gateway_reads_short_texts_of_documents_while_half_of_what_it_reads_is_left() -> None:
    data = sheet([(name, "办结") for name in PEOPLE])
    text = replace(REMARK, prose=8)
    for characters, is_hidden in ((1_000, True), (0, False)):
        counted = Tally(DIGESTER, prose=Prose(ProseRule(characters)))
        out = said_in(mask(data, Look(UNDECLARED, text, counted), ("xlsx",), Bounds()))
        assert [name not in out for name in PEOPLE] == [is_hidden] * len(PEOPLE)
        assert "办结" in out


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
