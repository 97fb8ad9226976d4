"""OFD: values that are an object for each character, the glyphs beside them, and what is signed."""

import re

import pytest

from policies.documents.desk import masked_file, texts_in
from policies.documents.document import Bounds
from policies.formats.found import by_category
from policies.formats.masker import Withheld
from tests.policies.documents.made import KEPT, canaries_in, fixed, masked, packed, parts, signed
from tests.policies.formats.masking import tally

PAGE = "Doc_0/Pages/Page_0/Content.xml"


def said(data: bytes) -> list[str]:
    return re.findall(r"<ofd:TextCode[^>]*>([^<]*)", parts(data)[PAGE].decode())


def test_values_across_objects_are_hidden_at_their_length() -> None:
    before, counted = fixed(), tally()
    after = masked(before, counted=counted)
    assert canaries_in(after) == set()
    assert [len(text) for text in said(after)] == [len(text) for text in said(before)]
    assert said(after)[:5] == [KEPT, "姓名", "***", "申请人", "****"]
    assert said(after)[5:17] == ["电话", *"*" * 11]
    assert said(after)[17:] == ["身份证" + "*" * 9, "*" * 9]
    assert by_category(counted.found)["mobile"].number >= 1


def test_glyphs_are_forgotten_where_their_text_is_hidden_and_nowhere_else() -> None:
    page = parts(masked(fixed()))[PAGE].decode()
    objects = re.findall(r"<ofd:TextObject.*?</ofd:TextObject>", page)
    assert [("Glyphs" in each) for each in objects] == ["*" not in each for each in objects]


def page_of(*rows: tuple[float, tuple[str, ...]]) -> bytes:
    """A page with a row of words at each height."""
    objects = "".join(
        f'<ofd:TextObject ID="{int(y)}{column}" Boundary="{20 + 40 * column} {y} {4 * len(text)} 4">'
        f'<ofd:TextCode X="0" Y="3">{text}</ofd:TextCode></ofd:TextObject>'
        for y, texts in rows
        for column, text in enumerate(texts)
    )
    page = f'<ofd:Page xmlns:ofd="x"><ofd:Layer ID="1">{objects}</ofd:Layer></ofd:Page>'
    return packed({"OFD.xml": b"<OFD/>", PAGE: page.encode()})


def test_the_columns_of_a_list_are_masked_and_what_stands_far_below_is_not() -> None:
    head = ("姓名", "住址", "医保卡号")
    rows = ((10, head), (16, ("大牛", "村头", "B1")), (22, ("二妞", "河东", "B2")), (80, ("请备", "齐全", "材料")))
    shown = [*head, "**", "**", "**", "**", "**", "**", "请备", "齐全", "材料"]
    assert said(masked(page_of(*rows))) == shown


def boxed(*texts: tuple[float, float, str], layers: int = 1) -> bytes:
    """A page whose objects are all as large as it, each with a text at a place; the last lie on further layers."""
    objects = [
        f'<ofd:TextObject ID="{number}" Boundary="0 0 210 297" Size="4">'
        f'<ofd:TextCode X="{x}" Y="{y}" DeltaX="g {len(text) - 1} 4">{text}</ofd:TextCode></ofd:TextObject>'
        for number, (x, y, text) in enumerate(texts)
    ]
    each = len(objects) // layers
    on = ("".join(objects[at : at + each]) for at in range(0, len(objects), each))
    whole = "".join(f'<ofd:Layer ID="{number}">{said}</ofd:Layer>' for number, said in enumerate(on))
    return f'<ofd:Page xmlns:ofd="x"><ofd:Content>{whole}</ofd:Content></ofd:Page>'.encode()


LABELS = ((20, 20, "姓名"), (20, 40, "微信号"))
VALUES = ((40, 20, "大牛"), (40, 40, "x-9"))
TEMPLATES = b'<Document><TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/></Document>'
APART = {
    "objects as large as the page": {PAGE: boxed(*LABELS, *VALUES)},
    "values before their labels": {PAGE: boxed(*VALUES, *LABELS)},
    "labels on a layer of their own": {PAGE: boxed(*LABELS, *VALUES, layers=2)},
    "labels on the template": {
        PAGE: boxed(*VALUES), "Doc_0/Document.xml": TEMPLATES, "Doc_0/Tpls/Tpl_0/Content.xml": boxed(*LABELS),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_values_are_told_of_by_labels_wherever_in_the_file_these_lie(name: str) -> None:
    after = masked(packed({"OFD.xml": b"<OFD/>", **APART[name]}))
    assert sorted(said(after)) == sorted(
        ["**", "***"] if name.endswith("template") else ["**", "***", "姓名", "微信号"]
    )
    assert "微信号" in "".join(part.decode() for part in parts(after).values())


def test_annotations_and_lists_of_attachments_are_read_by_their_names() -> None:
    note = '<PageAnnot><Annot Creator="x"><Parameter Name="微信号">x-9</Parameter></Annot></PageAnnot>'
    tags = '<Tags><Tag name="xm" value="大牛"/></Tags>'
    after = parts(masked(packed({"OFD.xml": b"<OFD/>", "Doc_0/a.xml": note.encode(), "Doc_0/b.xml": tags.encode()})))
    assert b"x-9" not in after["Doc_0/a.xml"]
    assert "大牛" not in after["Doc_0/b.xml"].decode()


def test_a_number_of_two_objects_in_a_drawing_of_the_resources_is_one() -> None:
    each = '<TextObject Boundary="{} 0 99 9" Size="5"><TextCode X="0" Y="5">{}</TextCode></TextObject>'
    drawn = f"<Content>{each.format(0, '电话13800')}{each.format(22, '138000')}</Content>"
    unit = f"<CompositeGraphicUnit ID='3'>{drawn}</CompositeGraphicUnit>"
    made = packed({"OFD.xml": b"<OFD/>", "Doc_0/PublicRes.xml": f"<Res><Units>{unit}</Units></Res>".encode()})
    kept = re.findall("<TextCode[^>]*>([^<]*)", parts(masked(made))["Doc_0/PublicRes.xml"].decode())
    assert kept == ["电话*****", "******"]


def test_what_is_attached_is_masked_by_its_own_format_and_looked_for_as_well() -> None:
    data = packed({**parts(fixed()), "Doc_0/Attachs/a.csv": "姓名,状态\n大牛,办结\n".encode()})
    assert parts(masked_file("a.ofd", data)[0])["Doc_0/Attachs/a.csv"].decode() == "姓名,状态\n***,办结\n"
    with pytest.raises(Withheld, match="document_within_undeclared"):
        list(texts_in("a.ofd", packed({**parts(fixed()), "Doc_0/Attachs/x.docm": b"x"})))


def test_who_made_it_and_what_is_said_of_it_is_hidden() -> None:
    main = parts(masked(fixed()))["OFD.xml"].decode()
    assert re.findall(r">([^<]+)", main) == ["***", "***", "***", "Doc_0/Document.xml"]


WITHHELD = {
    "a signature": ({"Doc_0/Signs/Signatures.xml": b"<Signatures><Signature ID='1'/></Signatures>"}, "answer_signed"),
    "a seal": ({"Doc_0/Signs/Sign_0/Seal.esl": b"x"}, "answer_signed"),
    "an attachment": ({"Doc_0/Attachs/x.docm": b"x"}, "document_within_undeclared"),
    "a text that stands nowhere": (
        {PAGE: b"<Page><Layer><TextObject><TextCode>x</TextCode></TextObject></Layer></Page>"}, "document_malformed",
    ),
    "a document type": ({PAGE: b"<!DOCTYPE x><Page/>"}, "document_doctype"),
}  # fmt: skip


def test_a_copy_of_what_is_signed_bears_no_signature_and_says_so() -> None:
    with pytest.raises(Withheld, match="answer_signed"):
        masked(signed(fixed()))
    counted = tally()
    after, plain = (
        parts(masked(data, bounds=Bounds(unsigned_copy=True), counted=counted)) for data in (signed(fixed()), fixed())
    )
    assert by_category(counted.found)["signature"].number == 1
    assert set(after) == set(plain)
    assert after.pop("OFD.xml") == plain["OFD.xml"].replace(b"<ofd:OFD", b"<?yingbi unsigned-copy?>\n<ofd:OFD")
    assert after == {name: part for name, part in plain.items() if name != "OFD.xml"}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Doc_0/Signs/Sign_0/x.bin", b"x"),
        ("Res/x.dat", b"x"),
        (PAGE, b"<Page><Layer><TextObject><Signature/></TextObject></Layer></Page>"),
    ],
)
def test_what_belongs_to_no_signature_withholds_a_copy_as_well(name: str, part: bytes) -> None:
    with pytest.raises(Withheld):
        masked(packed({**parts(signed(fixed())), name: part}), bounds=Bounds(unsigned_copy=True))


@pytest.mark.parametrize("name", WITHHELD)
def test_what_cannot_be_masked_is_withheld(name: str) -> None:
    changed, reason = WITHHELD[name]
    with pytest.raises(Withheld, match=f"^{reason}$"):
        masked(packed({**parts(fixed()), **changed}))


def lines_of(*texts: str) -> bytes:
    """A page of OFD whose letters are of 4 mm and whose lines stand 6 mm below each other."""
    return packed(
        {"OFD.xml": b"<OFD/>", PAGE: boxed(*((10, 20 + 6 * number, text) for number, text in enumerate(texts)))}
    )


WRAPPED = {
    "a card": ("手机已经登记，委托代理人的卡号是62170085898995", "91539，请于本月底前核对。"),
    "a landline": ("上述材料由窗口统一受理，咨询请拨打座机028-72", "043965，节假日不受理。"),
    "an address of mail": ("材料请发送至本人所留的邮箱tian.wh32@mail.sz.gov.c", "n，逾期不予受理。"),
    "a plate": ("该车停放在单位门前的公共车位多日未移动，车牌粤A", "10698。"),
    "an identity number": ("证件5301021985", "03112046，"),
}
LEFT = {
    "a card": "62170085898995 91539",
    "a landline": "028-72 043965",
    "an address of mail": "tian.wh32@mail.sz.gov.c n",
    "a plate": "10698",
    "an identity number": "5301021985 03112046",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_value_that_goes_on_in_the_next_line_is_hidden_in_both(name: str) -> None:
    after = said(masked(lines_of(*WRAPPED[name])))
    assert [len(text) for text in after] == [len(text) for text in WRAPPED[name]]
    assert not any(part in text for part in LEFT[name].split() for text in after)
    assert after[1][-1] == WRAPPED[name][1][-1]


def test_what_stands_below_each_other_and_does_not_go_on_stays() -> None:
    rows = ("本批共收到预算指标文件编号6217008589", "8995915392017088", "累计受理件数为4036件，办结率达", "九成以上。")
    assert said(masked(lines_of(*rows))) == list(rows)
