"""Documents of a structure that no program writes: whatever comes of one, no number that was planted leaves."""

import copy
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pikepdf
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from policies.formats.masker import Withheld
from tests.policies.documents import made
from tests.policies.documents.drawn import changed, lines, report
from tests.policies.documents.masked import ID_NO, MOBILE, found_in
from tests.policies.documents.masked import masked as masked_pages

MADE: dict[str, bytes] = {**{kind: make() for kind, make in made.OFFICE.items()}, "ofd": made.fixed()}
_WHOLE = re.compile(rf"(?<![0-9A-Za-z_.:;#-])(?:{made.MOBILE}|{made.CARD}|{made.ID_NO}|{made.MAIL})(?![0-9A-Za-z_.:-])")
quickly = settings(
    phases=[__import__("hypothesis").Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    deadline=None,
)


def _nothing_leaves(held: dict[str, bytes]) -> None:
    try:
        out = made.masked(made.packed(held))
    except Withheld:
        return
    for content in made.parts(out).values():
        assert not _WHOLE.search(content.decode("utf-8", "replace"))


@pytest.mark.property
@settings(quickly, max_examples=25)
@given(st.sampled_from(sorted(MADE)), st.data())
def test_elements_that_stand_where_none_should(kind: str, drawn: st.DataObject) -> None:
    held = made.parts(MADE[kind])
    name = drawn.draw(st.sampled_from(sorted(name for name in held if name.endswith((".xml", ".rels")))))
    root = ElementTree.fromstring(held[name])
    for _ in range(drawn.draw(st.integers(1, 4))):
        elements = list(root.iter())
        one, other = (elements[drawn.draw(st.integers(0, len(elements) - 1))] for _ in range(2))
        match drawn.draw(st.sampled_from(["take", "put", "rename", "say", "attribute"])):
            case "take" if len(one):
                one.remove(one[0])
            case "put":
                one.insert(0, copy.deepcopy(other))
            case "rename":
                one.tag = other.tag
            case "say":
                one.text, one.tail = f"电话{made.MOBILE}", made.ID_NO
            case _:
                one.set(drawn.draw(st.sampled_from(["name", "val", "r", "t", "Target", "{urn:x}y"])), made.MOBILE)
    held[name] = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    _nothing_leaves(held)


@pytest.mark.property
@settings(quickly, max_examples=25)
@given(st.sampled_from(sorted(MADE)), st.data())
def test_parts_that_are_missing_exchanged_or_too_many(kind: str, drawn: st.DataObject) -> None:
    held = made.parts(MADE[kind])
    names = sorted(held)
    for _ in range(drawn.draw(st.integers(1, 3))):
        one, other = drawn.draw(st.sampled_from(names)), drawn.draw(st.sampled_from(names))
        match drawn.draw(st.sampled_from(["exchange", "leave out", "add"])):
            case "exchange":
                held[one], held[other] = held.get(other, b""), held.get(one, b"")
            case "leave out":
                held.pop(one, None)
            case _:
                ending = drawn.draw(st.sampled_from([".xml", ".rels", ".bin", ".txt", ".vml", ".png", ""]))
                held[f"{one}x{ending}"] = f"<x>电话{made.MOBILE}</x>".encode()
    _nothing_leaves(held)


def _values(document: pikepdf.Pdf) -> list[Callable[[], object]]:
    objects = list(document.objects)
    return [
        lambda: MOBILE,
        lambda: Name.Form,
        lambda: 7,
        lambda: Array([0, 0, MOBILE]),
        lambda: Dictionary(Type=Name.Page, Contents=MOBILE),
        lambda: document.make_stream(f"BT /F1 12 Tf (tel {MOBILE}) Tj ET".encode(), Subtype=Name.Form),
        *(lambda each=each: each for each in objects[:12]),
    ]


@pytest.mark.property
@settings(quickly, max_examples=6)
@given(st.data())
def test_objects_of_a_pdf_that_are_others(drawn: st.DataObject) -> None:
    def change(document: pikepdf.Pdf) -> None:
        things = [each for each in document.objects if isinstance(each, Dictionary | pikepdf.Stream)]
        for _ in range(drawn.draw(st.integers(1, 4))):
            thing = drawn.draw(st.sampled_from(things))
            keys = [*sorted(set(thing.keys()) - {"/Length"}), "/Annots", "/Alt", "/XObject"]
            key, values = drawn.draw(st.sampled_from(keys)), _values(document)
            if key in thing and drawn.draw(st.booleans()):
                del thing[key]
            else:
                thing[key] = values[drawn.draw(st.integers(0, len(values) - 1))]()

    try:
        data = changed(PAGES, change)
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        reject()
    try:
        found = found_in(masked_pages(data, "pdf"))
    except Withheld:
        return
    assert not [canary for canary in (MOBILE, ID_NO) if canary in found]


PAGES = report(lines("办事指南", f"身份证号 {ID_NO}"), lines("请携带材料"), title=MOBILE)
