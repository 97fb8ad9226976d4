"""Documents made by the libraries that most programs make them with, and full of what must not leave."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import docx
import openpyxl
import pptx
from docx.shared import Pt
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from pptx.util import Inches

from policies.choose import EVERYBODYS, Choice
from policies.documents.document import Bounds
from policies.documents.look import Look
from policies.documents.registry import NAMES, mask
from policies.formats.json.nodes import Object
from policies.formats.masker import Tally
from tests.policies.formats.masking import REMARK, UNDECLARED, tally

NAME, ID_NO, MOBILE, CARD = "张三丰", "11010519491231002X", "13800138000", "6222021234567890128"
OTHER = "欧阳震华"
MAIL = "zhangsanfeng@example.cn"
CANARIES = (NAME, ID_NO, MOBILE, CARD, OTHER, MAIL, "19491231")
MOMENT = datetime(2026, 11, 26, tzinfo=UTC).replace(tzinfo=None)
HEAD = ("序号", "姓名", "身份证号", "手机号", "住址", "备注")
KEPT = "云州市政务服务中心"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    sheet.append([KEPT, None, None])
    sheet.append(HEAD)
    sheet.append([1, NAME, ID_NO, int(MOBILE), "云州市幸福路7号", f"{NAME}来过，找{OTHER}，电话{MOBILE}"])
    sheet.append([2, OTHER, ID_NO, 1.3800138e10, "", "办结"])
    sheet["H3"] = f'=IF(C3="{ID_NO}","{NAME}","")'
    sheet["H4"] = "=A3+A4"
    sheet["A3"].comment = Comment(f"{NAME}的电话{MOBILE}", OTHER)
    sheet["A4"].hyperlink = f"mailto:{MAIL}"
    sheet.oddHeader.center.text = f"联系人{NAME}"
    sheet.row_dimensions[4].hidden = True
    checks = DataValidation(type="list", formula1=f'"{NAME},{OTHER}"')
    sheet.add_data_validation(checks)
    checks.add("F3")
    sheet.add_table(Table(displayName="Table1", ref="A2:F4"))
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    for row in (
        ("姓名", NAME, "性别", "女"),
        ("银行卡号", int(CARD), "电子邮箱", MAIL),
        ("出生日期", "19491231", None, KEPT),
    ):
        hidden.append(row)
    book.defined_names["who"] = DefinedName("who", attr_text=f'"{NAME}"')
    book.properties.creator, book.properties.lastModifiedBy = NAME, OTHER
    book.properties.title = f"{NAME}等人名单"
    return saved(book.save)


def text() -> bytes:
    document = docx.Document()
    document.add_heading(KEPT, 1)
    paragraph = document.add_paragraph()
    for piece in ("申请人", NAME[:1], NAME[1:], "，身份证", ID_NO[:7], ID_NO[7:12], ID_NO[12:], "，已受理。"):
        paragraph.add_run(piece).font.size = Pt(12)
    form = document.add_table(2, 4)
    for row, texts in enumerate((("姓名", NAME, "手机号", MOBILE), ("住址", "幸福路7号", "电子邮箱", MAIL))):
        for column, words in enumerate(texts):
            form.cell(row, column).text = words
    listed = document.add_table(3, 3)
    for row, line in enumerate((("序号", "姓名", "银行卡号"), ("1", OTHER, CARD), ("2", "", CARD))):
        for column, words in enumerate(line):
            listed.cell(row, column).text = words
    section = document.sections[0]
    section.header.paragraphs[0].text = f"联系人{NAME}"
    section.footer.paragraphs[0].text = f"电话{MOBILE}"
    document.add_comment(paragraph.runs, f"{NAME}的身份证{ID_NO}", author=OTHER, initials="OY")
    document.core_properties.author, document.core_properties.last_modified_by = NAME, OTHER
    document.core_properties.comments = f"{NAME}，{MOBILE}"
    return saved(document.save)


def slides() -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    assert slide.shapes.title is not None
    slide.shapes.title.text = KEPT
    frame = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(1)).text_frame
    for piece in ("电话138", "0013", "8000，请联系", NAME):
        frame.paragraphs[0].add_run().text = piece
    table = slide.shapes.add_table(2, 3, Inches(1), Inches(3), Inches(8), Inches(1)).table
    for row, texts in enumerate((("姓名", "身份证号", "单位"), (NAME, ID_NO, KEPT))):
        for column, words in enumerate(texts):
            table.cell(row, column).text = words
    assert slide.notes_slide.notes_text_frame is not None
    slide.notes_slide.notes_text_frame.text = f"{NAME}来电，{MAIL}"
    show.core_properties.author = OTHER
    return saved(show.save)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    written = io.BytesIO()
    save(written)
    return written.getvalue()


def fixed() -> bytes:
    """An OFD (GB/T 33190) as programs write it: a number with an object for each of its digits, glyphs beside texts."""

    def objects(y: float, *texts: tuple[float, str]) -> str:
        return "".join(
            f'<ofd:TextObject ID="{int(y)}{int(x)}" Boundary="{x} {y} {4 * len(text)} 4" Font="3" Size="4">'
            f'<ofd:CGTransform CodePosition="0" CodeCount="{len(text)}" GlyphCount="{len(text)}">'
            f"<ofd:Glyphs>{' '.join(str(700 + number) for number in range(len(text)))}</ofd:Glyphs></ofd:CGTransform>"
            f'<ofd:TextCode X="0" Y="3" DeltaX="g {len(text)} 4">{text}</ofd:TextCode></ofd:TextObject>'
            for x, text in texts
        )

    page = (
        '<?xml version="1.0" encoding="UTF-8"?><ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content>'
        '<ofd:Layer ID="1" Type="Body">'
        + objects(10, (20, KEPT))
        + objects(30, (20, "姓名"), (60, NAME), (120, "申请人"), (132, OTHER))
        + objects(50, (20, "电话"), *((30 + 4 * place, digit) for place, digit in enumerate(MOBILE)))
        + objects(70, (20, f"身份证{ID_NO[:9]}"), (20 + 4 * 12, ID_NO[9:]))
        + "</ofd:Layer></ofd:Content></ofd:Page>"
    )
    main = (
        '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:Title>{NAME}</ofd:Title><ofd:Author>{OTHER}</ofd:Author><ofd:CustomDatas>"
        f'<ofd:CustomData Name="电话">{MOBILE}</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    held = {
        "OFD.xml": main,
        "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="x"/>',
        "Doc_0/Pages/Page_0/Content.xml": page,
    }
    return packed({name: text.encode() for name, text in held.items()})


def packed(held: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in held.items():
            archive.writestr(name, part)
    return written.getvalue()


SIGNATURES = '<ofd:Signatures xmlns:ofd="urn:o"><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'
SIGNATURE = '<?xml version="1.0"?>\n<!-- x --><ofd:Signature xmlns:ofd="urn:o"><ofd:Seal>{}</ofd:Seal></ofd:Signature>'


def signed(data: bytes) -> bytes:
    """The OFD in *data* as a program that seals it writes it: a list of signatures, each with its value and seal."""
    held = parts(data)
    held["OFD.xml"] = held["OFD.xml"].replace(
        b"</ofd:DocRoot>", b"</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>"
    )
    held["Doc_0/Signs/Signatures.xml"] = SIGNATURES.encode()
    held["Doc_0/Signs/Sign_0/Signature.xml"] = SIGNATURE.format(NAME).encode()
    held |= dict.fromkeys(("Doc_0/Signs/Sign_0/SignedValue.dat", "Doc_0/Signs/Sign_0/Seal.esl"), NAME.encode())
    return packed(held)


OFFICE: dict[str, Callable[[], bytes]] = {"xlsx": workbook, "docx": text, "pptx": slides}


def masked(
    data: bytes,
    *formats: str,
    said: str = "",
    record: Object | None = None,
    counted: Tally | None = None,
    bounds: Bounds | None = None,
    titles: dict[str, str] | None = None,
    choice: Choice = EVERYBODYS,
) -> bytes:
    look = Look(UNDECLARED, REMARK, counted or tally(), record=record, titles=titles, choice=choice)
    return mask(data, look, formats or NAMES, bounds or Bounds(), said)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def canaries_in(data: bytes) -> set[tuple[str, str]]:
    """Each part in which something planted stands, and what it is; as it stands, or across tags."""
    found = set()
    for name, part in parts(data).items():
        texts = (part.decode("utf-8", "replace"), "".join(_texts(part)))
        found |= {(name, canary) for canary in CANARIES for said in texts if canary in said}
    return found


def _texts(part: bytes) -> list[str]:
    return re.findall(r">([^<]*)", part.decode("utf-8", "replace"))


def rewritten(data: bytes, **changed: bytes | None) -> bytes:
    """*data* with other parts: names with `__` for `/`, None for one that goes."""
    held = parts(data)
    for name, part in changed.items():
        held[name.replace("__", "/").replace("_dot_", ".")] = part or b""
    return packed(held)
