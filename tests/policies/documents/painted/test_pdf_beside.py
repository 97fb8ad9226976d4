"""What a PDF says where no reader of pages looks: whoever scans is told of it, and no masked copy holds it."""

import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.policies.documents.drawn import GUIDE, add_operators, changed, lines, report
from tests.policies.documents.masked import MOBILE, found_in, masked, texts

PLAIN = report(lines(GUIDE))
TAG = Dictionary(ActualText=String(f"手机号 {MOBILE}"))


def _script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=document.make_stream(f'a("{MOBILE}")'.encode()))


def _label_of_pages(document: pikepdf.Pdf) -> None:
    document.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String(MOBILE))]))


def _of_a_program(document: pikepdf.Pdf) -> None:
    document.pages[0].PieceInfo = Dictionary(X=Dictionary(Private=String(MOBILE)))


def _about_a_page(document: pikepdf.Pdf) -> None:
    document.pages[0].Metadata = document.make_stream(f"<x>{MOBILE}</x>".encode(), Type=Name.Metadata)


def _tag_on_a_page(document: pikepdf.Pdf) -> None:
    add_operators(document, ([Name.Span, TAG], "BDC"), ([], "EMC"))


def _tree_of_tags(document: pikepdf.Pdf) -> None:
    document.Root.StructTreeRoot = Dictionary(K=document.make_indirect(Dictionary(S=Name.P, Alt=String(MOBILE))))


def _name_of_a_layer(document: pikepdf.Pdf) -> None:
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String(MOBILE)))
    document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary())


def _led_to_by_nothing(document: pikepdf.Pdf) -> None:
    document.Root.X = document.make_indirect(Dictionary(A=String(MOBILE)))


def written_on(data: bytes, drawing: bytes) -> bytes:
    """*data* with a later revision, in which the first page shows *drawing*."""
    with pikepdf.open(io.BytesIO(data)) as document:
        number = document.pages[0].Contents.objgen[0]
    at = len(data)
    size, root = (re.findall(rb"/%s ([^/>\n]+)" % key, data)[-1].strip() for key in (b"Size", b"Root"))
    before = re.findall(rb"startxref\s+(\d+)", data)[-1]
    added = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(drawing), drawing)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    end = b"trailer\n<</Size %s/Root %s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, before, at + len(added))
    return data + added + table + end


@pytest.mark.parametrize(
    "hide",
    [
        _script, _label_of_pages, _of_a_program, _about_a_page, _tag_on_a_page, _tree_of_tags, _name_of_a_layer,
        _led_to_by_nothing,
    ],
)  # fmt: skip
def test_what_stands_beside_the_pages_is_told_and_goes(hide: Callable[[pikepdf.Pdf], None]) -> None:
    made = changed(PLAIN, hide)
    assert [text for _, text, _ in texts(made, "pdf") if MOBILE in text]
    found = found_in(masked(made, "pdf"))
    assert (MOBILE in found, GUIDE in found) == (False, True)


@pytest.mark.parametrize("around", [(b"\n" + MOBILE.encode(), b""), (b"", MOBILE.encode() + b"\n")])
def test_what_stands_before_or_behind_a_document_is_told_and_goes(around: tuple[bytes, bytes]) -> None:
    behind, before = around
    made = before + PLAIN + behind
    assert ("文件首尾之外 / before or behind the document", MOBILE, "") in texts(made, "pdf")
    assert MOBILE not in found_in(masked(made, "pdf"))


def test_an_earlier_revision_is_told_and_goes() -> None:
    first = report(lambda canvas: canvas.drawString(72, 700, f"Tel {MOBILE}"))
    made = written_on(first, b"0 0 9 9 re f")
    told = texts(made, "pdf")
    assert ("以前的版本 / an earlier revision", f"Tel {MOBILE}", "") in told
    assert MOBILE not in found_in(masked(made, "pdf"))


def test_of_a_document_with_one_revision_none_is_told() -> None:
    for data in (PLAIN, changed(PLAIN, lambda _: None, linearize=True)):
        assert not [place for place, _, _ in texts(data, "pdf") if "版本" in place or "首尾" in place]


def test_names_that_nobody_sees_hold_no_number() -> None:
    def spelled(document: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/F" + MOBILE))
        document.pages[0].Resources["/Font"] = Dictionary({"/F" + MOBILE: font})
        add_operators(document, ([], "BT"), ([Name("/F" + MOBILE), 9], "Tf"), ([String("x")], "Tj"), ([], "ET"))

    assert MOBILE not in found_in(masked(changed(PLAIN, spelled), "pdf"))
