"""Records that are treated by whose they are, or left out: only the owner's are shown, in any format and any split."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.choose import Choice
from policies.formats.csv_body import CsvMasker
from policies.formats.html.keys import AsTheyAre
from policies.formats.html.page import PageOfSomebody
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.json.body import WHOLE_BYTES, JsonMasker
from policies.formats.json.nodes import Node, Object, Rows, Value
from policies.formats.masker import Action, Kind, Masker, Withheld
from policies.formats.said import Said
from policies.formats.text_body import TextMasker
from policies.transforms.spec import Redact
from tests.policies.formats.masking import DIGESTER, PUBLIC, UNDECLARED, action, cuts, in_pieces, tally, whole

MINE, OTHER = "11010519491231002X", "440524188001010014"
CHOICE = Choice(tables={DIGESTER(MINE): 1})
OURS = Choice(rows={"person.city": frozenset({"云州", "7"})})

ID_NO, NAME, MOBILE = action(2, Redact()), action(3, Redact()), action(4, Redact())
BY_SUBJECT = Action(
    field=5, kind=Kind.MASK, apply=lambda _: "nobody's", apply_for=lambda value, of: f"{of[-4:]}-{value}"
)


def person(table: int = 0, *, conditions: bool = False, filtered: bool = False) -> Object:
    """The person by *table*: the second shows everything."""

    def value(act: Action) -> Value:
        return Value(action(act.field + 10, kind=Kind.SHOW) if table else act)

    return Object(
        {
            "id": Value(PUBLIC),
            "id_no": value(ID_NO),
            "name": value(NAME),
            "city": Value(PUBLIC),
            "shift": Value(BY_SUBJECT),
            "home": Object({"phone": value(MOBILE)}, Value(UNDECLARED)),
            "family": relative(table),
        },
        Value(UNDECLARED),
        subject="id_no",
        in_table=(lambda number: person(number, filtered=filtered)) if not filtered else None,
        conditions=(("city", "person.city"),) if filtered else (),
    )


def relative(table: int = 0) -> Object:
    """A record with a subject of its own, within the person."""
    name = action(NAME.field + 10, kind=Kind.SHOW) if table else NAME
    return Object(
        {"id_no": Value(ID_NO), "name": Value(name), "shift": Value(BY_SUBJECT)},
        Value(UNDECLARED),
        subject="id_no",
        in_table=relative,
    )


PEOPLE = Object({"items": person(), "total": Value(PUBLIC)}, Value(UNDECLARED))
FILTERED = Object({"items": person(filtered=True), "one": person(filtered=True)}, Value(UNDECLARED))
KEYED = Object({"items": Object({}, person(filtered=True))}, Value(UNDECLARED))


def masked(node: Node, value: Any, choice: Choice = CHOICE) -> Any:
    return json.loads(whole(json_masker(node, choice), json.dumps(value).encode()))


def json_masker(node: Node, choice: Choice = CHOICE) -> Callable[[], Masker]:
    return lambda: JsonMasker(node, UNDECLARED, tally(), choice)


def named(id_no: Any, name: str, **more: Any) -> dict[str, Any]:
    return {"id_no": id_no, "name": name, **more}


def test_the_own_record_is_shown_and_nobody_elses() -> None:
    mine, other = masked(PEOPLE, {"items": [named(MINE, "甲"), named(OTHER, "乙")]})["items"]
    assert mine == named(MINE, "甲")
    assert other == named("***", "***")


@pytest.mark.parametrize(
    ("record", "is_shown"),
    [
        (named(MINE.lower(), "甲"), True),
        (named("110105 1949-1231002x", "甲"), True),
        (named("１１０１０５１９４９１２３１００２Ｘ", "甲"), True),
        (named("110105491231002", "甲"), True),  # as it was written before 1999
        (named(None, "甲"), False),
        (named("", "甲"), False),
        (named([MINE], "甲"), False),
        (named({"id_no": MINE}, "甲"), False),
        (named(True, "甲"), False),
        ({"name": "甲"}, False),
        ({"name": "甲", "ID_NO": MINE}, False),
        ({"name": "甲", "id": MINE}, False),
        ({"name": "甲", "family": {"id_no": MINE}}, False),
        (named(OTHER, "甲", family=[named(MINE, "x")]), False),
        (named(OTHER, "甲", home={"id_no": MINE}), False),
        (named(f"{MINE} {OTHER}", "甲"), False),
    ],
)
def test_whose_it_is_says_the_subject_alone(record: dict[str, Any], is_shown: bool) -> None:
    (shown,) = masked(PEOPLE, {"items": [record]})["items"]
    assert (shown["name"] == "甲") is is_shown


def test_of_a_key_that_stands_twice_the_one_counts_that_is_shown() -> None:
    twice = f'{{"items": [{{"id_no": "{MINE}", "name": "甲", "id_no": "{OTHER}"}}]}}'.encode()
    (shown,) = json.loads(whole(json_masker(PEOPLE), twice))["items"]
    assert shown == named("***", "***")


def test_an_inner_record_decides_for_itself_and_one_without_a_subject_follows() -> None:
    value = named(MINE, "甲", home={"phone": "1"}, family=[named(OTHER, "乙"), named(MINE, "甲"), {"name": "丙"}])
    (shown,) = masked(PEOPLE, {"items": [value]})["items"]
    assert shown["home"] == {"phone": "1"}
    assert [each["name"] for each in shown["family"]] == ["***", "甲", "***"]
    value = named(OTHER, "乙", home={"phone": "1"}, family=[named(MINE, "甲")])
    (shown,) = masked(PEOPLE, {"items": [value]})["items"]
    assert shown["home"] == {"phone": "***"}
    assert shown["family"][0]["name"] == "甲"


def test_rows_without_the_subject_are_nobodys() -> None:
    table = Object({"columns": Value(PUBLIC), "rows": Rows("columns", person())}, Value(UNDECLARED))
    with_it = masked(table, {"columns": ["name", "id_no"], "rows": [["甲", MINE], ["乙", OTHER]]})
    assert with_it["rows"] == [["甲", MINE], ["***", "***"]]
    without = masked(table, {"columns": ["name", "id"], "rows": [["甲", MINE]]})
    assert without["rows"] == [["***", MINE]]


def test_what_depends_on_the_subject_is_hidden_of_nobody_knows_whom() -> None:
    def shift(**more: Any) -> dict[str, Any]:
        return {"shift": "a", **more}

    family = [shift(id_no=OTHER), shift(), shift(id_no="")]
    value = [shift(id_no=MINE.lower(), family=family), shift(id_no=OTHER), shift()]
    first, second, third = masked(PEOPLE, {"items": value})["items"]
    assert [each["shift"] for each in (first, second, third)] == ["002X-a", "0014-a", "nobody's"]
    assert [each["shift"] for each in first["family"]] == ["0014-a", "nobody's", "nobody's"]


def test_records_that_do_not_meet_the_condition_are_left_out_and_counted() -> None:
    items = [
        {"id": 1, "city": "云州"},
        {"id": 2, "city": "雾州"},
        {"id": 3},
        {"id": 4, "city": ["云州"]},
        {"id": 5, "city": 7},
    ]
    masker = JsonMasker(FILTERED, UNDECLARED, tally(), OURS)
    shown = json.loads(b"".join([*masker.feed(json.dumps({"items": items}).encode()), *masker.close()]))
    assert [each["id"] for each in shown["items"]] == [1, 5]
    assert masker.tally.left_out == 3
    assert masker.tally.take().left_out == 3
    assert masker.tally.left_out == 0


def test_nobody_is_noted_of_a_record_that_is_left_out() -> None:
    masker = JsonMasker(FILTERED, UNDECLARED, tally(), OURS)
    masker.feed(json.dumps({"items": [{"id_no": MINE, "city": "雾州"}, {"id_no": OTHER, "city": "云州"}]}).encode())
    masker.close()
    assert list(masker.tally.subjects) == [DIGESTER(OTHER)]


def test_keyed_records_and_rows_are_left_out_as_well() -> None:
    keyed = masked(KEYED, {"items": {"a": {"id": 1, "city": "云州"}, "b": {"id": 2, "city": "雾州"}}}, OURS)
    assert keyed["items"] == {"a": {"id": 1, "city": "云州"}}
    table = Object({"columns": Value(PUBLIC), "rows": Rows("columns", person(filtered=True))}, Value(UNDECLARED))
    rows = masked(
        table, {"columns": ["id", "city"], "rows": [[1, "云州"], [2, "雾州"], {"id": 3, "city": "雾州"}]}, OURS
    )
    assert rows["rows"] == [[1, "云州"]]


def test_a_single_record_cannot_be_left_out_so_the_answer_is_withheld() -> None:
    assert masked(person(filtered=True), {"id": 1, "city": "云州"}, OURS) == {"id": 1, "city": "云州"}
    for node, value in (
        (person(filtered=True), {"id": 1, "city": "雾州"}),
        (person(filtered=True), {"id": 1}),
        (FILTERED, {"one": {"id": 1, "city": "雾州"}}),
    ):
        with pytest.raises(Withheld, match="record_left_out"):
            masked(node, value, OURS)


def test_without_the_attribute_nothing_is_shown() -> None:
    nowhere = Choice(rows={"person.city": frozenset()})
    assert masked(FILTERED, {"items": [{"id": 1, "city": "云州"}, {"id": 2, "city": ""}]}, nowhere)["items"] == []


@pytest.mark.parametrize("value", ["x", 1, 0, False, ["x"], {"a": {"b": "x"}}, [{"a": 1}]])
def test_a_blocked_value_withholds_the_answer(value: Any) -> None:
    blocked = Object({"id": Value(PUBLIC), "secret": Value(action(3, kind=Kind.BLOCK))}, Value(UNDECLARED))
    for body in ({"secret": value}, [{"id": 1, "secret": None}, {"id": 2, "secret": value}]):
        with pytest.raises(Withheld, match="value_blocked"):
            masked(blocked, body)


@pytest.mark.parametrize("size", [10, 300_000])
def test_a_blocked_object_withholds_a_large_answer_however_large_it_is(size: int) -> None:
    blocked = Object({"id": Value(PUBLIC), "secret": Value(action(3, kind=Kind.BLOCK))}, Value(UNDECLARED))
    filler = {"id": "x" * 1000}
    for value in ({"a": {"b": "x" * size}}, {"a": "x" * size}, [{"a": "x" * size}], ["x" * size]):
        body = json.dumps([{"id": 1, "secret": value}, *[filler] * (WHOLE_BYTES // 1000)]).encode()
        with pytest.raises(Withheld, match="value_blocked"):
            whole(json_masker(blocked), body)


def test_an_empty_blocked_value_withholds_nothing() -> None:
    blocked = Object({"id": Value(PUBLIC), "secret": Value(action(3, kind=Kind.BLOCK))}, Value(UNDECLARED))
    body: list[Any] = [{"id": 1, "secret": None}, {"id": 2, "secret": ""}, {"id": 3}, {"id": 4, "secret": []}]
    assert masked(blocked, body) == body
    assert masked(blocked, body[:2]) == body[:2]


def test_text_is_blocked_as_a_whole() -> None:
    blocked = action(3, kind=Kind.BLOCK)
    assert whole(lambda: TextMasker(blocked, tally(), "utf-8"), b" \n") == b" \n"
    with pytest.raises(Withheld, match="value_blocked"):
        whole(lambda: TextMasker(blocked, tally(), "utf-8"), b"x")


# CSV


def csv_masker(record: Object, choice: Choice = CHOICE) -> Callable[[], Masker]:
    return lambda: CsvMasker(record, UNDECLARED, tally(), "utf-8", choice)


def test_rows_of_csv_are_treated_by_whose_they_are() -> None:
    body = f"id,name,id_no,shift\r\n1,甲,{MINE},a\r\n2,乙,{OTHER},a\r\n3,丙,,a\r\n4,丁,{MINE.lower()},a\r\n"
    assert whole(csv_masker(person()), body.encode()).decode() == (
        f"id,name,id_no,shift\r\n1,甲,{MINE},002X-a\r\n2,***,***,0014-a\r\n3,***,,nobody's\r\n4,丁,{MINE.lower()},002X-a\r\n"
    )
    assert whole(csv_masker(person()), "id,name\n1,甲\n".encode()) == b"id,name\n1,***\n"


def test_rows_of_csv_are_left_out() -> None:
    body = "id,city\n1,云州\n2,雾州\n3,\n4,云州"
    masker = CsvMasker(person(filtered=True), UNDECLARED, tally(), "utf-8", OURS)
    assert b"".join([*masker.feed(body.encode()), *masker.close()]).decode() == "id,city\n1,云州\n4,云州"
    assert masker.tally.left_out == 2
    assert whole(csv_masker(person(filtered=True), OURS), b"id,name\n1,x\n") == b"id,name\n"


def test_a_blocked_cell_withholds_csv() -> None:
    blocked = Object({"id": Value(PUBLIC), "secret": Value(action(3, kind=Kind.BLOCK))}, Value(UNDECLARED))
    assert whole(csv_masker(blocked), b'id,secret\n1,\n2,""\n') == b'id,secret\n1,\n2,""\n'
    with pytest.raises(Withheld, match="value_blocked"):
        whole(csv_masker(blocked), b"id,secret\n1,\n2,x\n")


# pages


def page_shape(table: int = 0, *, filtered: bool = False) -> HtmlShape:
    return HtmlShape(
        record=person(table, filtered=filtered),
        selectors=(Selector(element="td", css_class=re.compile("col-(?P<field>.+)")),),
        control=re.compile("(?P<field>.+)"),
        undeclared=UNDECLARED,
        in_table=None if filtered else page_shape,
    )


def page(shape: HtmlShape, choice: Choice = CHOICE, said: Said | None = None) -> Callable[[], Masker]:
    return lambda: PageOfSomebody(shape, tally(), "utf-8", lambda *form: "sealed", said, choice, AsTheyAre())


def row(id_no: str, name: str, **more: str) -> str:
    cells = {"id_no": id_no, "name": name, **more}
    return "<tr>" + "".join(f'<td class="col-{key}">{value}</td>' for key, value in cells.items() if value) + "</tr>"


@pytest.mark.parametrize(
    ("body", "is_shown"),
    [
        (row(MINE, "甲某"), True),
        (row(MINE, "甲某") + row(MINE, "甲某"), True),
        (f'<input name="id_no" value="{MINE}"><input name="name" value="甲某">', True),
        (row(MINE, "甲某") + row(OTHER, "乙某"), False),
        (row(MINE, "甲某") + row("", "乙某"), False),
        (row(MINE, "甲某") + '<input name="name" value="乙某">', False),
        (row(MINE, "甲某") + f'<script type="text/x-template">{row(OTHER, "乙某")}</script>', False),
        (f"<table><tr><td class=col-name>甲某</td></tr><tr><td class=col-id_no>{MINE}</td></tr></table>", True),
        (f'<p><td class="col-id_no">{MINE}</td></p>' + row(MINE, "甲某"), True),
        (f'<p><td class="col-id_no">{MINE}</td></p>' + row(MINE, "甲某") + row("", "乙某"), False),
        (
            f'<td class="col-id_no">{MINE}</td>' * 3 + '<td class="col-name">甲某</td><td class="col-name">乙某</td>',
            False,
        ),
        (row(MINE, "甲某") + f'<script type="text/x-template">{row("", "乙某")}</script>', False),
        (
            f"<tr><td class=col-id_no>{MINE}<td class=col-name>甲某"
            f"<tr><td class=col-name>乙某<td class=col-id_no>{OTHER}",
            False,
        ),
        (row("", "甲某"), False),
        (row("-", "甲某"), False),
        (row(OTHER, "甲某") + f"<p>{MINE}</p><input name='x' value='{MINE}'>", False),
    ],
)
def test_a_page_is_the_callers_where_all_in_it_are(body: str, is_shown: bool) -> None:
    shown = whole(page(page_shape()), body.encode()).decode()
    assert ("甲某" in shown) is is_shown
    assert "乙某" not in shown


def cells(tag: str, **fields: str) -> str:
    """A row that has a place for each of *fields*, empty ones as well."""
    return f"<{tag}>" + "".join(f'<td class="col-{key}">{text}</td>' for key, text in fields.items()) + f"</{tag}>"


def buttons(parting: str, *ticked: bool, value: str = "甲某") -> str:
    """Radio buttons that choose a name, each within elements of its own."""
    inputs = (f'<input type="radio" name="name" value="{value}"{" checked" if tick else ""}>' for tick in ticked)
    return "".join(parting.format(button) for button in inputs)


SAYS_WHOSE = f'<p><input name="id_no" value="{MINE}"></p>'


@pytest.mark.parametrize("parting", ["{}", "<label>{}男</label>", "<div>{}</div>", "<div><label>{}男</label></div>"])
@pytest.mark.parametrize("ticked", [(True, False), (False, True), (False, False, False)])
def test_a_group_of_radio_buttons_is_one_field(parting: str, ticked: tuple[bool, ...]) -> None:
    fields = f"{SAYS_WHOSE}<fieldset>{buttons(parting, *ticked)}</fieldset>"
    for body in (f'<form method="post">{fields}</form>', fields):
        assert whole(page(page_shape()), body.encode()).decode().count("甲某") == len(ticked), body


@pytest.mark.parametrize(
    "body",
    [
        f"<form>{SAYS_WHOSE}{buttons('{}', True)}</form><form>{buttons('{}', True)}</form>",
        f"{SAYS_WHOSE}{buttons('{}', True)}<form>{buttons('{}', True)}</form>",
        f'{SAYS_WHOSE}{buttons("{}", True)}<input name="name" value="甲某">',
        f"{SAYS_WHOSE}{buttons('{}', True, False).replace('radio', 'checkbox')}",
        f"{SAYS_WHOSE}<p>{buttons('{}', True)}<td class=col-shift>a</td></p><p>{buttons('{}', False)}</p>",
    ],
)
def test_what_is_no_group_of_radio_buttons_is_several_fields(body: str) -> None:
    assert "甲某" not in whole(page(page_shape()), body.encode()).decode()


EMPTY = pytest.mark.parametrize("empty", ["", " ", "&nbsp;", "<b></b>", "&#8203;"])
CONTAINER = pytest.mark.parametrize("tag", ["tr", "li", "dl", "article"])


@EMPTY
@CONTAINER
def test_a_row_that_does_not_say_whose_it_is_is_not_the_callers(tag: str, empty: str) -> None:
    for rows in (
        cells(tag, id_no=MINE, name=empty) + cells(tag, id_no=empty, name="乙某"),
        cells(tag, id_no=MINE, name=empty, city=empty) + cells(tag, name="乙某"),
        cells(tag, id_no=MINE, city="云州") + cells(tag, name="乙某"),
        cells(tag, name="乙某") + cells(tag, id_no=MINE, city="云州"),
        cells(tag, id_no=MINE, name=empty) + cells(tag, id_no=empty, name=empty) + cells(tag, id_no=empty, name="乙某"),
        cells(tag, id_no=MINE, name=empty) + '<input name="name" value="乙某">',
        cells(tag, id_no=MINE, city=f"云州<{tag}><td class=col-name>乙某</td></{tag}>"),
        '<input name="id_no" value=""><input name="name" value="乙某">' + cells(tag, id_no=MINE),
    ):
        assert "乙某" not in whole(page(page_shape()), rows.encode()).decode(), rows


@EMPTY
def test_the_callers_own_record_may_have_empty_places(empty: str) -> None:
    for body in (
        cells("tr", id_no=MINE, name="甲某", city=empty),
        cells("tr", id_no=MINE) + cells("tr", name="甲某") + cells("tr", city=empty),
        cells("tr", id_no=MINE, name=empty) + cells("tr", id_no=MINE, name="甲某"),
    ):
        assert "甲某" in whole(page(page_shape()), body.encode()).decode(), body


@EMPTY
@CONTAINER
def test_a_row_that_does_not_meet_the_condition_withholds_the_page(tag: str, empty: str) -> None:
    for rows in (
        cells(tag, name=empty, city="云州") + cells(tag, name="乙某", city=empty),
        cells(tag, name="甲某", city="云州") + cells(tag, id="2"),
        cells(tag, name=empty, city="云州") + cells(tag, name="乙某"),
    ):
        with pytest.raises(Withheld, match="record_left_out"):
            whole(page(page_shape(filtered=True), OURS), rows.encode())


def test_what_the_caller_has_said_proves_nothing_of_whose_a_page_is() -> None:
    body = f'<input name="id_no" value="{MINE}">{row("", "乙某")}'.encode()
    assert "乙某" in whole(page(page_shape()), body).decode()
    assert "乙某" not in whole(page(page_shape(), said=Said([MINE])), body).decode()


@pytest.mark.parametrize(
    "said",
    [
        "110105-19491231-002X",
        "110105 19491231 002x",
        "110105.19491231/002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105%2D19491231%2D002X",
        "110105\u200b19491231002X",
        "11010519491231002",
        "110105 19491231 002",
        "110105491231002",
        "110105-491231-002",
        "of 110105-19491231-002X, please",
        "of 110105 491231 002, please",
    ],
)
@pytest.mark.parametrize("repeated", [MINE, MINE.lower(), "110105491231002", "110105 19491231 002X"])
def test_what_the_caller_has_said_in_another_spelling_proves_nothing_either(said: str, repeated: str) -> None:
    body = row(repeated, "乙某").encode()
    assert "乙某" in whole(page(page_shape(), said=Said([OTHER])), body).decode()
    assert "乙某" not in whole(page(page_shape(), said=Said([said])), body).decode()


@pytest.mark.parametrize(("said", "names"), [("7-1", True), ("７１", True), ("no 71", True), ("7 of 1", False)])
def test_a_short_identifier_is_said_as_a_whole(said: str, names: bool) -> None:
    assert Said([said]).names("71") is names
    assert not Said([said]).names("")


def test_a_page_about_one_person_goes_by_that_person() -> None:
    assert "0014-a" in whole(page(page_shape()), row(OTHER, "乙", shift="a").encode()).decode()
    assert "002X-a" in whole(page(page_shape()), row(MINE, "甲", shift="a").encode()).decode()
    for body in (row(MINE, "甲", shift="a") + row(OTHER, "乙", shift="b"), row("", "甲", shift="a")):
        shown = whole(page(page_shape()), body.encode()).decode()
        assert "nobody's" in shown
        assert "-a" not in shown


@pytest.mark.parametrize(
    ("body", "is_shown"),
    [
        (row(OTHER, "乙", city="云州"), True),
        (row(OTHER, "乙", city="云州") + row(MINE, "甲", city="云州"), True),
        (row(OTHER, "乙", city="雾州"), False),
        (row(OTHER, "乙", city="云州") + row(MINE, "甲", city="雾州"), False),
        (row(OTHER, "乙", city="云州") + row(MINE, "甲"), False),
        ('<td class="col-city">云州</td>' + row(OTHER, "乙", city="云州") + row(MINE, "甲"), False),
        (row(OTHER, "乙"), False),
        ("<p>nothing</p>", False),
    ],
)
def test_a_page_with_a_record_that_is_left_out_is_withheld(body: str, is_shown: bool) -> None:
    masker = page(page_shape(filtered=True), OURS)
    if is_shown:
        assert "云州" in whole(masker, body.encode()).decode()
    else:
        with pytest.raises(Withheld, match="record_left_out"):
            whole(masker, body.encode())


@pytest.mark.parametrize(
    "body",
    [
        '<td class="col-name">x</td>',
        '<input name="name" value="x">',
        '<input type="checkbox" name="name">',
        '<textarea name="name">x</textarea>',
        '<select name="name"><option value="1">x</select>',
        '<select multiple name="name"><option value="1">x</select>',
        '<button name="name" value="x">y</button>',
        '<td class="col-id"><input name="name" value="x"></td>',
        '<script type="text/x-template"><td class="col-name">x</td></script><td class="col-name">x</td>',
    ],
)
def test_a_blocked_value_withholds_a_page(body: str) -> None:
    shape = HtmlShape(
        record=Object({"id": Value(PUBLIC), "name": Value(action(3, kind=Kind.BLOCK))}, Value(UNDECLARED)),
        selectors=(Selector(element="td", css_class=re.compile("col-(?P<field>.+)")),),
        control=re.compile("(?P<field>.+)"),
        undeclared=UNDECLARED,
    )
    with pytest.raises(Withheld, match="value_blocked"):
        whole(page(shape), body.encode())
    empty = '<td class="col-name"> </td><input name="name" value=""><select name="name"><option value="">-</select>'
    assert b"name" in whole(page(shape), empty.encode())


# any body, any split

records = st.fixed_dictionaries(
    {"name": st.sampled_from(["甲某", "乙某"])},
    optional={
        "id_no": st.sampled_from([MINE, OTHER, MINE.lower(), "", None]),
        "city": st.sampled_from(["云州", "雾州", None]),
        "family": st.lists(
            st.fixed_dictionaries({"name": st.just("丙某"), "id_no": st.sampled_from([MINE, OTHER])}), max_size=2
        ),
        "shift": st.just("a"),
        "home": st.just({"phone": "13800138000"}),
    },
)


@given(st.lists(records, max_size=5), st.booleans(), cuts)
def test_any_split_of_json_gives_the_same(people: list[dict[str, Any]], filtered: bool, places: list[int]) -> None:
    node, choice = (FILTERED, OURS) if filtered else (PEOPLE, CHOICE)
    body = json.dumps({"items": people}, ensure_ascii=False).encode()
    shown = whole(json_masker(node, choice), body)
    assert shown == in_pieces(json_masker(node, choice), body, places)
    for record, became in zip(people, json.loads(shown)["items"], strict=False):
        is_mine = not filtered and (record.get("id_no") or "").upper() == MINE
        if not filtered:
            assert (became["name"] == record["name"]) is is_mine


@given(st.lists(records, min_size=1, max_size=4), st.booleans(), st.integers(1, WHOLE_BYTES))
def test_a_large_body_is_treated_as_a_small_one(people: list[dict[str, Any]], filtered: bool, cut: int) -> None:
    """Above a size each record is treated by itself, and one of its fields may be as large as many records."""
    node, choice = (FILTERED, OURS) if filtered else (PEOPLE, CHOICE)
    small = json.loads(whole(json_masker(node, choice), json.dumps({"items": people}).encode()))["items"]
    filler = named(OTHER, "乙", city="云州", padding="x" * (WHOLE_BYTES // 2))
    body = json.dumps({"items": [*people, filler, filler, filler]}).encode()
    large = json.loads(in_pieces(json_masker(node, choice), body, [cut]))["items"]
    assert large[:-3] == small


@given(st.lists(records, max_size=6), st.booleans(), cuts)
def test_any_split_of_csv_gives_the_same(people: list[dict[str, Any]], filtered: bool, places: list[int]) -> None:
    record, choice = (person(filtered=True), OURS) if filtered else (person(), CHOICE)
    lines = [f"{each['name']},{each.get('id_no') or ''},{each.get('city') or ''}" for each in people]
    body = "\n".join(["name,id_no,city", *lines, ""]).encode()
    shown = whole(csv_masker(record, choice), body)
    assert shown == in_pieces(csv_masker(record, choice), body, places)
    if not filtered:
        for each, line in zip(people, shown.decode().split("\n")[1:], strict=False):
            assert line.startswith(each["name"]) is ((each.get("id_no") or "").upper() == MINE)


@given(st.lists(records, max_size=4), cuts)
def test_any_split_of_a_page_gives_the_same(people: list[dict[str, Any]], places: list[int]) -> None:
    body = "".join(row(each.get("id_no") or "", each["name"], shift=each.get("shift", "")) for each in people).encode()
    shown = whole(page(page_shape()), body)
    assert shown == in_pieces(page(page_shape()), body, places)
    ours = all((each.get("id_no") or "").upper() == MINE for each in people)
    assert ("某" in shown.decode()) is (bool(people) and ours)
