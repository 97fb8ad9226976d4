"""PDFs of real producers, and of whoever hides something in one: after masking nobody finds anything in them."""

import io
from collections.abc import Callable

import pikepdf
import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from reportlab.pdfgen.canvas import Canvas

from policies.documents.painted.pdf_work import UNSIGNED
from policies.documents.painted.radicals import unified
from policies.formats.found import by_category
from policies.formats.masker import Withheld
from tests.policies.documents.drawn import (
    GUIDE,
    add_operators,
    changed,
    encoded,
    lines,
    picture,
    printed,
    report,
)
from tests.policies.documents.masked import CANARIES, ID_NO, MAIL, MOBILE, NAME, found_in, masked, texts
from tests.policies.formats.masking import tally

FLAT = "王一一一"
"""Letters of which nearly nothing is drawn."""
PLAIN = report(lines(GUIDE))


def test_a_printed_page_is_masked_and_what_is_about_nobody_stays_text() -> None:
    counted = tally()
    made = masked(printed(), "pdf", counted=counted)
    found = found_in(made)
    assert [canary for canary in CANARIES if canary in found] == []
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert [GUIDE in unified(page.extract_text()) for page in pages] == [False, True, False]
    assert [len(page.images) for page in pages] == [1, 0, 1]
    assert [by_category(counted.found)[each].number for each in ("resident_id", "mobile", "email")] == [1, 1, 1]


def test_whoever_only_looks_is_told_everything() -> None:
    told = texts(printed(), "pdf")
    everything = " ".join(text for _, text, _ in told)
    assert [canary for canary in CANARIES if canary not in everything] == []
    assert ("第 1 页 / page 1", NAME, "姓名") in told
    assert ("文档属性 / properties", f"{NAME}的申请", "") in told


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_columns_of_a_page_that_is_turned_tell_as_they_do_on_any_other(turn: int) -> None:
    made = report(lambda canvas: [canvas.drawString(*each) for each in ((72, 700, "姓名"), (72, 676, "大牛"))])
    told = texts(changed(made, lambda document: document.pages[0].rotate(turn, relative=False)), "pdf")
    assert ("第 1 页 / page 1", "大牛", "姓名") in told


def _vertical(canvas: Canvas) -> None:
    canvas.rotate(90)
    canvas.drawString(100, -300, f"身份证号：{ID_NO}")


def _invisible(canvas: Canvas) -> None:
    text = canvas.beginText(72, 700)
    text.setFont("STSong-Light", 12)
    text.setTextRenderMode(3)
    text.textOut(f"手机号 {MOBILE}")
    canvas.drawText(text)


def _outside(canvas: Canvas) -> None:
    canvas.drawString(-400, 700, f"手机号 {MOBILE}")


def _letter_by_letter(canvas: Canvas) -> None:
    for place, digit in reversed(list(enumerate(ID_NO))):
        canvas.drawString(72 + 7 * place, 700, digit)


def _beside(canvas: Canvas) -> None:
    canvas.drawString(72, 700, GUIDE)
    canvas.bookmarkPage("here")
    canvas.addOutlineEntry(f"{NAME} {ID_NO}", "here")
    canvas.setAuthor(NAME)
    canvas.setKeywords([ID_NO])
    canvas.linkURL(f"https://example.cn/?id={ID_NO}", (72, 690, 200, 712))
    canvas.textAnnotation(f"{NAME} {MOBILE}", (300, 690, 320, 710))


def _filled_in(canvas: Canvas) -> None:
    canvas.drawString(72, 730, GUIDE)
    canvas.acroForm.textfield(name=f"p{MOBILE}", value=MAIL, x=72, y=700, width=300, height=20)


@pytest.mark.parametrize(
    "draw",
    [
        lines(f"申请人：{NAME}，手机号{MOBILE}"),
        lines("身份证号：" + ID_NO[:9], ID_NO[9:] + "，已核验"),
        lines("姓名", NAME, "手机号", MOBILE),
        lines(f"户主：{FLAT}，手机号{MOBILE}"),
        _vertical,
        _invisible,
        _outside,
        _letter_by_letter,
        _beside,
        _filled_in,
    ],
    ids=[
        "a sentence",
        "a number on two lines",
        "headings above values",
        "flat letters",
        "on its side",
        "invisible",
        "outside of the page",
        "letter by letter, backwards",
        "properties, bookmark, link, note",
        "form",
    ],
)
def test_nothing_is_left_of_what_a_report_says(draw: Callable[[Canvas], object]) -> None:
    made = report(draw, lines(GUIDE), title=f"{NAME} {ID_NO}")
    found = found_in(masked(made, "pdf"))
    assert [canary for canary in (*CANARIES, FLAT) if canary in found] == []
    assert GUIDE in found


def _say(document: pikepdf.Pdf, text: str) -> None:
    document.pages[0].Resources["/Properties"] = Dictionary(P0=Dictionary(ActualText=text, Alt=text))
    add_operators(
        document,
        ([Name.Span, Dictionary(ActualText=text)], "BDC"),
        ([], "EMC"),
        ([Name.Span, Name.P0], "BDC"),
        ([], "EMC"),
    )


def _hold_a_drawing(document: pikepdf.Pdf) -> None:
    """One that nothing draws."""
    unused = document.make_stream(f"({MOBILE}) Tj".encode(), Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    document.pages[0].Resources["/XObject"] = Dictionary(Unused=unused)
    document.pages[0].Contents = document.make_stream(
        document.pages[0].Contents.read_bytes() + f"\n% {ID_NO}\n".encode()
    )


def _tag(document: pikepdf.Pdf) -> None:
    document.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Dictionary(Alt=ID_NO, T=NAME))
    document.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=MOBILE)]))
    document.pages[0].obj["/PieceInfo"] = Dictionary(X=Dictionary(Private=MOBILE))
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [NAME]
        metadata["pdf:Keywords"] = ID_NO


def _run(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=f"app.alert('{MOBILE}')")
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=ID_NO))
    document.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array(["x", Dictionary(S=Name.JavaScript, JS=MOBILE)]))
    )


def _describe(document: pikepdf.Pdf) -> None:
    """Texts in the places of what a drawing is made with."""
    resources = document.pages[0].Resources
    resources.Font["/F1"] = pikepdf.String(MOBILE)
    for font in (font for font in resources.Font.values() if isinstance(font, Dictionary)):
        font["/CIDToGIDMap"] = font["/BaseFont2"] = pikepdf.String(ID_NO)
        for inner in font.get("/DescendantFonts", Array()):
            inner.FontDescriptor["/FontFamily"] = pikepdf.String(MAIL)
            inner.CIDSystemInfo["/Ordering"] = pikepdf.String(ID_NO)


@pytest.mark.parametrize(
    "change", [lambda document: _say(document, f"{NAME} {ID_NO}"), _hold_a_drawing, _tag, _run, _describe]
)
def test_nothing_is_left_of_what_no_page_draws(change: Callable[[pikepdf.Pdf], object]) -> None:
    made = changed(PLAIN, change)
    assert any(canary in found_in(made) for canary in CANARIES)
    found = found_in(masked(made, "pdf"))
    assert [canary for canary in CANARIES if canary in found] == []
    assert GUIDE in found
    assert "JavaScript" not in found
    assert "Launch" not in found


def test_an_earlier_revision_is_gone() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(report(lines(f"手机号 {MOBILE}"))), incremental=True)
    writer.pages[0][pypdf.generic.NameObject("/Contents")] = writer._add_object(pypdf.generic.DecodedStreamObject())
    written = io.BytesIO()
    writer.write(written)
    assert written.getvalue().count(b"startxref") == 2
    found = found_in(masked(written.getvalue(), "pdf"))
    assert MOBILE not in found


def test_a_scan_is_read_by_eye_with_the_text_that_somebody_laid_under_it() -> None:
    made = picture([f"联系电话 {MOBILE}", "备注 无"], (520, 240), 36)

    def draw(canvas: Canvas) -> None:
        _invisible(canvas)
        canvas.drawInlineImage(made, 20, 40, 260, 120)

    scan = masked(report(draw, size=(300, 200)), "pdf")
    assert MOBILE not in found_in(scan)
    with pypdfium2.PdfDocument(scan) as document:
        shown = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    read = " ".join(text for _, text, _ in texts(encoded(shown, "png"), "png"))
    assert "联系电话" in read
    assert MOBILE[3:] not in read


def test_letters_without_meaning_are_read_by_eye() -> None:
    """As fonts have them whose makers want nothing to be copied."""

    def forget(document: pikepdf.Pdf) -> None:
        del document.pages[2], document.pages[0]
        document.pages[0].MediaBox = Array([0, 642, 400, 842])
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing:
                del thing["/ToUnicode"]

    made = masked(changed(printed(), forget), "pdf")
    assert [len(page.images) for page in pypdf.PdfReader(io.BytesIO(made)).pages] == [1]


def _sign(document: pikepdf.Pdf) -> None:
    field = Dictionary(FT=Name.Sig, T="s", V=Dictionary(Type=Name.Sig, Contents=b"x"))
    document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]))


def _seal(document: pikepdf.Pdf) -> None:
    """As programs seal: the field, its value, and what shows it on a page."""
    shown = document.make_stream(b"BT /F1 12 Tf 9 9 Td (SEALED) Tj ET", Type=Name.XObject, Subtype=Name.Form)
    shown.BBox = Array([0, 0, 90, 30])
    shown.Resources = document.pages[0].Resources
    box = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([300, 700, 390, 730]), F=4)
    field = Dictionary(FT=Name.Sig, T="s", V=Dictionary(Type=Name.Sig, Contents=NAME.encode()), AP=Dictionary(N=shown))
    made = document.make_indirect(Dictionary({**box, **field}))
    document.pages[0].Annots = Array([made])
    document.Root.AcroForm = Dictionary(Fields=Array([made]), SigFlags=3)


@pytest.mark.parametrize("sign", [_sign, _seal])
def test_a_copy_of_what_is_signed_bears_no_signature_and_says_so(sign: Callable[[pikepdf.Pdf], None]) -> None:
    data = changed(report(lines(GUIDE)), sign)
    with pytest.raises(Withheld, match="answer_signed"):
        masked(data, "pdf")
    counted = tally()
    made = masked(data, "pdf", counted=counted, unsigned_copy=True)
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert reader.metadata.subject == UNSIGNED
    assert "/AcroForm" not in reader.root_object
    said = unified(reader.pages[0].extract_text())
    assert GUIDE in said
    assert "SEALED" not in said
    assert by_category(counted.found)["signature"].number == 1


def _attach(document: pikepdf.Pdf) -> None:
    document.attachments["list.csv"] = ID_NO.encode()


def _attach_to_a_note(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))]
    )


def _be_huge(document: pikepdf.Pdf) -> None:
    document.pages[0].MediaBox = Array([0, 0, 14400, 14400])


def _be_a_form_of_another_kind(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))


def _draw_itself(document: pikepdf.Pdf) -> None:
    form = document.make_stream(b"/F Do", Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    document.pages[0].Resources["/XObject"] = Dictionary(F=form)
    add_operators(document, ([Name.F], "Do"))


REFUSED = {
    "password": (
        changed(PLAIN, lambda _: None, encryption=pikepdf.Encryption(user="u", owner="o")),
        "document_encrypted",
    ),
    "signed": (changed(PLAIN, _sign), "answer_signed"),
    "attachment": (changed(PLAIN, _attach), "document_within_undeclared"),
    "attachment of a note": (changed(PLAIN, _attach_to_a_note), "document_within_undeclared"),
    "XFA": (changed(PLAIN, _be_a_form_of_another_kind), "document_active"),
    "poster": (changed(PLAIN, _be_huge), "too_large_to_mask"),
    "cut off": (report(lines(f"手机号 {MOBILE}"), lines(GUIDE))[:-200], "document_malformed"),
    "nothing": (b"%PDF-1.7\n", "document_malformed"),
    "no PDF": (b"%PDF-1.7\n" + ID_NO.encode() * 100, "document_malformed"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_no_copy_can_be_made_of_is_withheld(data: bytes, reason: str) -> None:
    with pytest.raises(Withheld) as withheld:
        masked(data, "pdf")
    assert withheld.value.reason == reason


def test_a_drawing_that_draws_itself_ends() -> None:
    assert GUIDE in found_in(masked(changed(PLAIN, _draw_itself), "pdf"))


def test_what_anybody_can_open_is_masked_and_is_not_encrypted_any_more() -> None:
    made = report(lines(GUIDE), lines(f"手机号 {MOBILE}"))
    found = found_in(masked(changed(made, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="")), "pdf"))
    assert (GUIDE in found, MOBILE in found, "/Encrypt" in found) == (True, False, False)


def test_a_document_that_takes_too_long_is_withheld() -> None:
    with pytest.raises(Withheld) as withheld:
        masked(report(*[lines(GUIDE)] * 20), "pdf", seconds=0.01)
    assert withheld.value.reason == "too_large_to_mask"


@pytest.mark.property
@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12)), min_size=1, max_size=4)
)
def test_a_broken_file_lets_nothing_out(changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(BROKEN)
    for place, octets in changes:
        at = int(place * len(data))
        data[at : at + len(octets)] = octets
    try:
        found = found_in(masked(bytes(data), "pdf"))
    except Withheld:
        return
    assert [canary for canary in CANARIES if canary in found] == []


BROKEN = changed(
    report(lines(f"申请人：{NAME}，手机号{MOBILE}"), lines(GUIDE), title=ID_NO),
    lambda _: None,
    compress_streams=False,
)
