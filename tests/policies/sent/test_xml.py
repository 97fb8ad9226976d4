"""What the steps of one way through XML see, where, and what becomes of what is dropped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policies.formats.masker import Action
from policies.program_shapes import ObjectShape, Shape, ValueShape, XmlShapes
from policies.sent.json import DROPPED, Step, field_of
from policies.sent.subjects import KeptSubjects, SubjectChanged
from policies.sent.write_back import MaskReturned, NotAsDeclared
from policies.sent.xml import SettlingXml, XmlWalk
from tests.policies.sent.test_write_back import POST, PROGRAM, RULES, dropping
from tests.policies.test_view import NOBODY

RECORD = ObjectShape({"a": ValueShape(2), "b": ValueShape(4), "in": ObjectShape({"c": ValueShape(7)})})
SHAPES = XmlShapes(
    root=ObjectShape(
        {
            "{urn:x}all": ObjectShape(
                {"{urn:x}one": RECORD, "@{}of": ValueShape(5), "{}free": ObjectShape(other=ValueShape(6))}
            )
        }
    )
)


class Marking(Step):
    """Appends the index of its field to every text; drops the text `drop`, where it may; notes names and lists."""

    def __init__(self) -> None:
        self.named: list[str] = []
        self.many: list[int] = []

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        if isinstance(value, list) or isinstance(shape, ValueShape):
            self.many.append(field_of(shape))
        return value

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        self.named += sorted(value.keys() - declared.keys())

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        if value == "drop" and droppable:
            return DROPPED
        return f"{value}{field_of(shape)}" if value else value


def through(within: str, *more: Step) -> tuple[str, Marking]:
    marking = Marking()
    body = f'<all xmlns="urn:x">{within}</all>'
    sent = XmlWalk([marking, *more]).sent(body.encode(), SHAPES).decode()
    return sent.partition('<all xmlns="urn:x">')[2].removesuffix("</all>"), marking


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        ("<one><a>x</a><b> y </b><z>w</z></one>", "<one><a>x2</a><b> y4 </b><z>w0</z></one>"),
        ('<one a="x" z="w"/>', '<one a="x2" z="w0"/>'),
        ('<one><a xmlns="">x</a></one>', '<one><a xmlns="">x2</a></one>'),
        ("<one><in><c>x</c>y</in></one>", "<one><in><c>x7</c>y0</in></one>"),
        ("<one>x</one>", "<one>x0</one>"),
        ("<one><a><q>x</q>y</a></one>", "<one><a><q>x0</q>y0</a></one>"),
        ("<one><a><![CDATA[x]]><!-- - -->y</a></one>", "<one><a>xy2</a></one>"),
        ('<free xmlns=""><k>x</k></free>', '<free xmlns=""><k>x6</k></free>'),
        # left out with what holds it, but for text between elements, which nothing holds
        ("<one><a>drop</a><b>y</b></one>", "<one><b>y4</b></one>"),
        ('<one a="drop"><in>drop</in></one>', "<one><in>drop0</in></one>"),
    ],
)
def test_each_value_takes_all_steps(came: str, goes: str) -> None:
    assert through(came)[0] == goes


NIL = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil'


@pytest.mark.parametrize(
    ("came", "many"),
    [
        ("<one><a>x</a><a>y</a></one>", [2]),
        ('<one a="x"><a>y</a></one>', [2]),
        ("<one><a><q/></a></one>", [2]),
        ("<one><a k='v'>x</a></one>", [2]),
        (f'<one><a {NIL}="true">x</a></one>', [2]),
        (f'<one><a {NIL}="false">x</a></one>', []),
        ("<one><in><c>x</c></in><in><c>x</c></in></one>", []),
        ("<one><a>x</a></one><one><a>x</a></one>", []),
    ],
)
def test_more_than_a_single_value_is_a_list_or_an_object_to_the_steps(came: str, many: list[int]) -> None:
    assert through(came)[1].many == many


def test_names_that_nobody_declared_are_looked_at() -> None:
    assert through("<one><z q='v'/><a>x</a></one>")[1].named == ["z", "q"]


def test_where_to_read_on_is_not_sent() -> None:
    space = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    came = f'<one {space} i:schemaLocation="urn:x http://127.0.0.1:9/" i:type="x:One"/>'
    assert through(came)[0] == f'<one {space} i:type="x:One"/>'


@pytest.mark.parametrize(
    "came",
    [
        "<two/>",
        '<one xmlns=""/>',
        "<free/>",
        '<one><y:a xmlns:y="urn:y">x</y:a></one>',
        '<one xmlns:y="urn:y" y:a="x"/>',
        "<one><A>x</A></one>",
        '<one A="x"/>',
    ],
)
def test_what_a_lenient_reader_takes_for_declared_and_what_is_asked_besides_is_refused(came: str) -> None:
    with pytest.raises(NotAsDeclared):
        through(came)


@pytest.mark.parametrize("body", ["<all/>", '<two xmlns="urn:x"/>', '<all xmlns="urn:y"/>'])
def test_another_document_is_refused(body: str) -> None:
    with pytest.raises(NotAsDeclared):
        XmlWalk([Marking()]).sent(body.encode(), SHAPES)


def person() -> XmlShapes:
    assert POST.body.json is not None
    return XmlShapes(root=ObjectShape({"{}person": POST.body.json}))


def settled(within: str, actions: Sequence[Action] = NOBODY.actions, *, replaces: bool = False) -> str:
    """What is sent in the place of a person with *within*, by whoever is shown *actions*."""
    walk = XmlWalk([SettlingXml(RULES, actions, replaces=replaces)])
    sent = walk.sent(f"<person>{within}</person>".encode(), person()).decode()
    return sent.partition("<person>")[2].removesuffix("</person>")


@pytest.mark.parametrize(
    "empty", ["<mobile/>", "<mobile></mobile>", "<mobile> \n</mobile>", "<mobile><!-- --></mobile>"]
)
def test_an_empty_element_is_the_mask_of_what_is_dropped(empty: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        settled(empty, dropping("person.mobile"))
    assert refused.value.field == "person.mobile"
    assert settled(empty).startswith("<mobile"), "nothing is dropped for this caller"
    assert settled("<note/><city>x</city>", dropping("person.note")) == "<city>x</city>"


def test_a_record_that_is_replaced_holds_what_was_dropped_from_it() -> None:
    dropped = dropping("person.mobile", "home.phone")
    whole = "<mobile>13800138000</mobile><home><phone>13800138000</phone></home>"
    assert settled(whole, dropped, replaces=True) == whole
    for within, field in (
        ("<home><phone>1</phone></home>", "person.mobile"),
        ("<mobile>13800138000</mobile><home/>", "home.phone"),
    ):
        assert settled(within, dropped) == within
        with pytest.raises(MaskReturned) as refused:
            settled(within, dropped, replaces=True)
        assert refused.value.field == field


ID_NO = next(index for index, field in enumerate(PROGRAM.fields) if field.name == "person.id_no")


@pytest.mark.parametrize(
    "within",
    [
        "<id_no>1</id_no>",
        "<id_no/>",
        "<city>x</city><id_no><![CDATA[1]]></id_no>",
        "<home><id_no>1</id_no></home>",
        "<home id_no='1'/>",
        "<x><person.id_no>1</person.id_no></x>",
    ],
)
def test_nothing_in_xml_changes_whose_a_record_is(within: str) -> None:
    keeping = KeptSubjects(PROGRAM, frozenset({ID_NO})).step((), names_record=True)
    XmlWalk([keeping]).sent(f"<person>{within}</person>".encode(), person())
    with pytest.raises(SubjectChanged) as changed:
        keeping.check()
    assert changed.value.field == "person.id_no"
    other = KeptSubjects(PROGRAM, frozenset({ID_NO})).step((), names_record=True)
    XmlWalk([other]).sent(b"<person><city>x</city></person>", person())
    other.check()
