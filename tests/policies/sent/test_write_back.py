import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from policies.formats.html.controls import ABSENT
from policies.formats.html.forms import Carried, Held
from policies.formats.masker import Action, Kind, Tally, Withheld
from policies.formats.sent_form import Coding, File, Part
from policies.program import OperationRule, Program
from policies.program_shapes import FileRule, HtmlShapes, ObjectShape, RowsShape, Shape
from policies.sent.json import JsonWalk
from policies.sent.settling import Settling
from policies.sent.write_back import FileRefused, MaskReturned, NotAsDeclared, WriteRules
from policies.transforms.spec import (
    AgeBand,
    AmountBand,
    Area,
    CoverBefore,
    Dictionary,
    Grid,
    Null,
    Reach,
    Replace,
    Shift,
    Spec,
)
from policies.view import Views
from tests.policies.compiled import GOOD, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.policies.test_view import CLERK, NOBODY

PROGRAM = program()
URL_ENCODED = Coding()
RULES = WriteRules(PROGRAM)
POST: OperationRule = next(operation for operation in PROGRAM.operations if operation.id == "POST /people")


def dropping(*names: str) -> list[Action]:
    """What nobody gets, where the fields *names* are dropped."""
    return [
        replace(action, kind=Kind.DROP) if field.name in names else action
        for field, action in zip(PROGRAM.fields, NOBODY.actions, strict=True)
    ]


def form_of(
    rules: WriteRules,
    data: bytes,
    shapes: HtmlShapes,
    opened: Callable[[str], Carried],
    actions: Sequence[Action],
    coding: Coding = URL_ENCODED,
    **more: Any,
) -> bytes:
    parts = coding.read(data)
    kept = rules.form(parts, shapes, opened, actions, **more)
    return data if kept == parts else coding.write(kept)


def sent_form(data: str, carried: Carried | None = None, actions: Sequence[Action] = NOBODY.actions) -> str:
    assert POST.body.html is not None
    return form_of(RULES, data.encode(), POST.body.html, lambda token: carried or {}, actions).decode()


def settled(
    rules: WriteRules,
    data: bytes,
    shape: Shape,
    actions: Sequence[Action],
    *,
    labels: tuple[str, str] | None = None,
    **more: Any,
) -> bytes:
    return JsonWalk(labels, [Settling(rules, actions, **more)]).sent(data, shape)


def sent_json(value: object, actions: Sequence[Action] = NOBODY.actions, *, replaces: bool = False) -> object:
    assert POST.body.json is not None
    return json.loads(settled(RULES, json.dumps(value).encode(), POST.body.json, actions, replaces=replaces))


def test_a_form_without_masks_is_sent_as_it_came() -> None:
    data = "name=%E5%BC%A0%E4%B8%89&mobile=13800138000&x=+1"
    assert sent_form(data) == data


def test_a_mask_is_replaced_by_the_value_the_form_carried() -> None:
    carried = {"mobile": [("138****8000", "13800138000")]}
    assert sent_form("mobile=138****8000&city=x&yingbi-sealed=token", carried) == "mobile=13800138000&city=x"
    assert sent_form("mobile=+138****8000%0D%0A&yingbi-sealed=token", carried) == "mobile=13800138000"


def test_a_new_value_is_sent_whatever_the_form_carried() -> None:
    data = "mobile=13900139000&yingbi-sealed=token"
    assert sent_form(data, {"mobile": [("138****8000", "13800138000")]}) == "mobile=13900139000"


def test_undeclared_controls_and_choices_are_restored_as_declared_ones_are() -> None:
    carried = {"new": [("***", "张三")], "name": [("***3", "7")], "box": [("***4", "on"), ("***5", ABSENT)]}
    sent = sent_form("new=***&name=***3&box=***4&box=***5&yingbi-sealed=t", carried)
    assert sent == "new=%E5%BC%A0%E4%B8%89&name=7&box=on"
    for data in ("name=***3", "city=***12", "new=***"):
        with pytest.raises(MaskReturned):
            sent_form(data)


def test_values_of_one_name_are_told_apart_by_their_masks() -> None:
    carried = {"mobile": [("138****8000", "13800138000"), ("139****9000", "13900139000")]}
    sent = sent_form("mobile=139****9000&mobile=138****8000&yingbi-sealed=t", carried)
    assert sent == "mobile=13900139000&mobile=13800138000"
    with pytest.raises(MaskReturned):  # nobody can tell which of the two is meant
        sent_form("mobile=138****8000&yingbi-sealed=t", {"mobile": [("138****8000", "1"), ("138****8000", "2")]})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("mobile=138****8000", "person.mobile"),  # the form carried nothing
        ("mobile=139****9000&yingbi-sealed=t", "person.mobile"),
        ("name=%E5%BC%A0**", "person.name"),
        ("id_no=**************002X", "person.id_no"),
        ("new=***", "undeclared"),
        ("name=***", "person.name"),
    ],
)
def test_a_mask_that_cannot_be_undone_is_refused(data: str, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_form(data)
    assert refused.value.field == field


def test_a_carried_value_counts_only_for_its_own_mask() -> None:
    """A new value that happens to look like a mask of another number is not replaced by the old one."""
    with pytest.raises(MaskReturned):
        sent_form("mobile=139****9000&yingbi-sealed=t", {"mobile": [("138****8000", "13800138000")]})


def test_a_field_may_be_dropped() -> None:
    assert sent_form("note=***&city=x") == "city=x"
    assert sent_json({"note": "***", "city": "x"}) == {"city": "x"}


@pytest.mark.parametrize("data", ["a=1&b", "a=%ff", "a=\u00e9", "&".join(["a=1"] * 3000)])
def test_a_form_that_cannot_be_read_with_certainty_is_withheld(data: str) -> None:
    with pytest.raises(Withheld, match="not_a_form"):
        sent_form(data)


def test_json_without_masks_is_sent_as_it_came() -> None:
    data = b'{"name" : "\\u5f20", "city": null, "home": null, "n": 12345678901234567890123}'
    assert POST.body.json is not None
    assert settled(RULES, data, POST.body.json, NOBODY.actions) == data


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"mobile": "138****8000"}, "person.mobile"),
        ({"home": {"phone": "***"}}, "home.phone"),
        ({"new": {"deep": ["***"]}}, "undeclared"),
        ({"city": "***2"}, "person.city"),
        ([{"name": "张**"}], "person.name"),
        # What a number or a truth value became:
        ({"mobile": None}, "person.mobile"),
        ({"home": {"phone": None}}, "home.phone"),
        ({"new": None}, "undeclared"),
        # What keys that could tell of somebody became:
        ({"***1": "x"}, "undeclared"),
        ({"home": {"***2": 1}}, "undeclared"),
        ({"new": {"***": {}}}, "undeclared"),
        ([{"city": "x", "***12": "x"}], "undeclared"),
    ],
)
def test_a_mask_in_json_is_refused(value: object, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_json(value)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"mobile": ["13800138000"]}, "person.mobile"),
        ({"mobile": [None]}, "person.mobile"),
        ({"mobile": []}, "person.mobile"),
        ({"mobile": {}}, "person.mobile"),
        ({"mobile": {"13800138000": 1}}, "person.mobile"),
        ([[{"name": {"张三": None}}]], "person.name"),
        ({"home": {"phone": [[]]}}, "home.phone"),
        # Names near declared ones:
        ({"Mobile": "13800138000"}, ""),
        ({"mobile": "13800138000", "MOBILE": "13900139000"}, ""),
        ({"home": {" phone": "x"}}, ""),
        ([{"Home": {}}], ""),
    ],
)
def test_what_is_nearly_as_it_is_declared_is_refused(value: object, field: str) -> None:
    with pytest.raises(NotAsDeclared) as refused:
        sent_json(value)
    assert refused.value.field == field


def test_a_list_is_sent_where_all_may_see_what_it_holds() -> None:
    for value in ({"city": ["云州", {"x": "雾州"}], "new": [{"x": [1]}]}, {"name": ["张三"]}):
        assert sent_json(value, CLERK.actions) == value
    with pytest.raises(NotAsDeclared):
        sent_json({"name": ["张三"]})
    assert POST.body.json is not None
    for changed in (b'{"name": ["x"]}', b'{"new": {"name": "x"}}', b'[{"new": [{"x.Name": "x"}]}]'):
        assert settled(RULES, changed, POST.body.json, CLERK.actions) == changed
        with pytest.raises(NotAsDeclared) as refused:
            settled(RULES, changed, POST.body.json, CLERK.actions, sends=NOBODY.actions)
        assert refused.value.field == "person.name"
    assert POST.body.html is not None
    with pytest.raises(NotAsDeclared) as refused:
        form_of(RULES, b"new%5Bname%5D=x", POST.body.html, lambda token: {}, CLERK.actions, sends=NOBODY.actions)
    assert refused.value.field == "person.name"


@pytest.mark.parametrize(
    "name", ["Mobile", "mobile[]", "mobile[0][1]", "ｍobile", " mobile", "mobile\0", "m\u00adobile"]
)
def test_a_control_near_a_declared_one_is_refused(name: str) -> None:
    with pytest.raises(NotAsDeclared):
        sent_form(urlencode({"city": "x", name: "13800138000"}))
    with pytest.raises(NotAsDeclared):
        sent_form(urlencode({"mobile": "13800138000", name: ""}))


def test_json_that_names_a_key_twice_is_withheld() -> None:
    assert POST.body.json is not None
    with pytest.raises(Withheld, match="key_stands_twice"):
        settled(RULES, b'{"name": "x", "name": "y"}', POST.body.json, NOBODY.actions)


def test_null_is_a_value_to_whoever_sees_the_field() -> None:
    assert sent_json({"name": None, "note": "x"}, CLERK.actions) == {"name": None, "note": "x"}
    assert sent_json({"note": None, "city": "x"}) == {"city": "x"}, "`note` is dropped where its mask comes back"


def test_a_record_that_is_replaced_holds_what_was_dropped_from_it() -> None:
    dropped = dropping("person.mobile", "person.note", "home.phone")
    whole = {"mobile": "13800138000", "home": {"phone": "13800138000"}}
    assert sent_json(whole, dropped, replaces=True) == whole, "what is dropped with `on_write: drop` may be absent"
    for record, field in (({"home": {"phone": "1"}}, "person.mobile"), ({**whole, "home": {}}, "home.phone")):
        assert sent_json(record, dropped) == record
        for body in (record, [record]):
            with pytest.raises(MaskReturned) as refused:
                sent_json(body, dropped, replaces=True)
            assert refused.value.field == field
    with pytest.raises(MaskReturned):
        sent_json({"mobile": None}, dropped)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The good policy with fields that are shown with a label beside them."""
    folder = tmp_path_factory.mktemp("labelled") / "policies"
    shutil.copytree(GOOD, folder)
    catalogue, system = folder / "catalogue.yaml", folder / "systems" / "people.yaml"
    catalogue.write_text(
        catalogue.read_text("utf-8").replace("  free_text:\n", "  free_text:\n    on_write: drop\n"), "utf-8"
    )
    fields = """      city: public
      who: {category: public, label: person_name}
      aide: {category: public, label: free_text}
      kin: {category: free_text, label: person_name}
      kind: public
"""
    text = system.read_text("utf-8").replace("      city: public\n", fields)
    system.write_text(text + "labels: {json: {value: value, label: label}}\n", "utf-8")
    return program(folder=folder)


def sent_labelled(labelled: Program, value: object, *, replaces: bool = False) -> object:
    shape = next(operation.body.json for operation in labelled.operations if operation.id == "POST /people")
    assert shape is not None
    rules, nobody = WriteRules(labelled), Views(labelled, SECRET).strictest
    return json.loads(
        settled(
            rules, json.dumps(value).encode(), shape, nobody.actions, labels=labelled.labels.json, replaces=replaces
        )
    )


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"who": {"value": 7, "label": "欧**"}}, "person.who label"),
        ([{"who": [{"label": "欧**"}]}], "person.who label"),
        ({"who": {"value": 7, "label": None}}, "person.who label"),
        ({"kind": {"value": 7, "label": "***"}}, "undeclared"),
        ({"who": {"value": 7, "more": "***"}}, "undeclared"),
        ({"who": {"value": {"value": "***"}}}, "undeclared"),
        ({"who": {"value": 7, "***1": 1}}, "undeclared"),
        ({"name": {"value": "欧**"}}, "person.name"),
        ({"kin": {"value": "x", "label": "欧**"}}, "person.kin label"),
    ],
)
def test_the_mask_of_a_label_in_json_is_refused(labelled: Program, value: object, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_labelled(labelled, value)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"who": {"value": 7, "label": ["欧阳修远"]}}, "person.who label"),
        ({"kin": [{"value": "x"}]}, "person.kin"),
        ({"kin": {"value": {"value": "x"}}}, "person.kin"),
        ({"kin": {"value": "x", "more": 1}}, "person.kin"),
        ({"who": {"Value": 7}}, ""),
    ],
)
def test_more_than_a_value_and_its_label_is_refused(labelled: Program, value: object, field: str) -> None:
    with pytest.raises(NotAsDeclared) as refused:
        sent_labelled(labelled, value)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"who": {"value": 7, "label": "欧阳修远"}}, {"who": {"value": 7, "label": "欧阳修远"}}),
        ({"who": {"value": None}, "aide": 8}, {"who": {"value": None}, "aide": 8}),
        ({"aide": {"value": 7, "label": "***"}}, {"aide": {"value": 7}}),
        ({"aide": [{"value": 7, "label": "***"}]}, {"aide": [{"value": 7}]}),
        ({"kin": {"value": "***", "label": "欧**"}, "city": "x"}, {"city": "x"}),
        ({"kin": "***", "city": "x"}, {"city": "x"}),
    ],
)
def test_a_label_in_json_is_sent_or_left_out(labelled: Program, value: object, sent: object) -> None:
    assert sent_labelled(labelled, value) == sent


def test_what_was_got_with_labels_does_not_come_back_masked(labelled: Program) -> None:
    answers = next(operation.answers for operation in labelled.operations if operation.id == "GET /people/{id}")
    masker = Views(labelled, SECRET).strictest.maskers.of(answers, "json", Tally(DIGESTER), "utf-8", lambda *form: "")
    assert masker is not None
    body = json.dumps({"id": 1, "who": {"value": 7, "label": "欧阳修远"}}).encode()
    got = json.loads(b"".join([*masker.feed(body), *masker.close()]))
    assert got == {"id": 1, "who": {"value": 7, "label": "欧**"}}
    with pytest.raises(MaskReturned):
        sent_labelled(labelled, got, replaces=True)
    del got["who"]["label"]
    assert sent_labelled(labelled, got, replaces=True) == got


def sent_table(columns: object, *rows: object) -> object:
    assert isinstance(POST.body.json, ObjectShape)
    table = ObjectShape(children={"rows": RowsShape("columns", POST.body.json)})
    body = {"columns": columns, "rows": rows}
    return json.loads(settled(RULES, json.dumps(body).encode(), table, NOBODY.actions))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ([1, "欧**", "x"], "person.name"),
        ([1, None, "x"], "person.name"),
        ([1, "x", "***"], "undeclared"),
        ({"name": "欧**"}, "person.name"),
    ],
)
def test_a_mask_in_a_row_of_cells_is_refused(row: object, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_table(["id", "name", "new"], [2, "张三", "x"], row)
    assert refused.value.field == field


def test_an_object_is_no_table() -> None:
    table = ObjectShape(children={"rows": RowsShape("columns", ObjectShape())})
    with pytest.raises(Withheld, match="table_not_as_declared"):
        settled(RULES, b'{"rows": {"mobile": "13800138000"}}', table, NOBODY.actions)
    with pytest.raises(NotAsDeclared):
        settled(RULES, b'{"Columns": ["mobile"], "rows": []}', table, NOBODY.actions)


def test_a_row_of_cells_that_fits_its_columns_is_sent() -> None:
    rows: list[object] = [[1, "张三"], {"name": "李四"}]
    assert sent_table(["id", "name"], *rows) == {"columns": ["id", "name"], "rows": rows}
    with pytest.raises(NotAsDeclared):
        sent_table(["id", "Name"], [1, "张三"])
    with pytest.raises(NotAsDeclared):
        sent_table(["id", "name"], [1, ["张三"]])
    for columns in (8, ["name"], ["id", 7], "id"):
        with pytest.raises(Withheld, match="table_not_as_declared"):
            sent_table(columns, [1, "欧**"])


@pytest.mark.parametrize("value", ["", "+", "%0D%0A"])
def test_an_empty_control_of_a_dropped_field_is_undone(value: str) -> None:
    dropped = dropping("person.mobile")
    sent = f"mobile={value}&city=x&yingbi-sealed=t"
    assert sent_form(sent, {"mobile": [("", "13800138000")]}, dropped) == "mobile=13800138000&city=x"
    assert sent_form(sent, {"mobile": [("", "")]}, dropped) == f"mobile={value}&city=x", "it was empty"
    assert sent_form(f"mobile={value}") == f"mobile={value}", "nothing was dropped for this caller"
    assert sent_form("mobile=13900139000", {"mobile": [("", "13800138000")]}, dropped) == "mobile=13900139000"
    for carried in ({}, {"mobile": [("", "1"), ("", "2")]}, {"mobile": [("", "1"), ("", "")]}):
        with pytest.raises(MaskReturned):  # the form is stale, or nobody can tell which is meant
            sent_form(sent, carried, dropped)


def test_an_empty_control_that_may_not_be_undone_is_refused_or_left_out() -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_form("name=&yingbi-sealed=t", {"name": [("", "张三")]}, dropping("person.name"))
    assert refused.value.field == "person.name"
    assert sent_form("note=&city=x&yingbi-sealed=t", {"note": [("", "x")]}, dropping("person.note")) == "city=x"


def dropped_everywhere(tmp_path: Path) -> Program:
    """The good policy with two fields dropped: one is restored where it comes back, one may not come back."""
    folder = tmp_path / "policies"
    shutil.copytree(GOOD, folder)
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("name: person_name", "name: {category: person_name, mask: drop}")
    system.write_text(
        text.replace("mobile: mobile", "mobile: {category: mobile, mask: drop, on_write: restore}"), "utf-8"
    )
    return program(folder=folder)


@pytest.mark.parametrize(
    ("mobile", "name", "sent"),
    [("13800138000", "", "mobile=13800138000&name="), ("", "", "mobile=&name="), ("13800138000", "张三", None)],
)
@pytest.mark.parametrize(
    "control",
    [
        '<input name="{}" value="{}">',
        '<textarea name="{}">{}</textarea>',
        '<select name="{0}"><option selected>{1}</select>',
    ],
)
def test_a_form_whose_dropped_controls_nobody_touched_changes_nothing(
    tmp_path: Path, control: str, mobile: str, name: str, sent: str | None
) -> None:
    dropping_program = dropped_everywhere(tmp_path)
    nobody = Views(dropping_program, SECRET).strictest
    kept: list[Carried] = []

    def seal(action: str, held: Held) -> str:
        kept.append(held.carried)
        return "sealed"

    page = f"<form method=post>{control.format('mobile', mobile)}{control.format('name', name)}</form>"
    body = next(operation.body for operation in dropping_program.operations if operation.id == "POST /people")
    masker = nobody.maskers.of(body, "html", Tally(DIGESTER), "utf-8", seal)
    assert masker is not None
    shown = b"".join([*masker.feed(page.encode()), *masker.close()]).decode()
    assert not any(value and value in shown for value in (mobile, name))
    assert body.html is not None
    rules = WriteRules(dropping_program)
    data = b"mobile=&name=&yingbi-sealed=sealed"
    if sent is None:
        with pytest.raises(MaskReturned) as refused:
            form_of(rules, data, body.html, lambda token: kept[0], nobody.actions)
        assert refused.value.field == "person.name"
    else:
        assert form_of(rules, data, body.html, lambda token: kept[0], nobody.actions).decode() == sent


WIDE_MASKS = {
    "a name": ("name", "张＊＊"),
    "small stars": ("name", "张﹡﹡"),
    "one of each": ("name", "张*＊"),
    "parted by a wide blank": ("name", "张＊\u3000＊"),
    "an ID number": ("id_no", "＊" * 14 + "002X"),
    "its last digits wide": ("id_no", "＊" * 14 + "００２Ｘ"),
    "a choice": ("city", "＊＊＊２"),
    "an undeclared one": ("new", "＊＊＊"),
}


@pytest.mark.parametrize("case", WIDE_MASKS)
def test_a_mask_in_full_width_is_one(case: str) -> None:
    field, value = WIDE_MASKS[case]
    with pytest.raises(MaskReturned):
        sent_json({field: value})
    with pytest.raises(MaskReturned):
        sent_form(urlencode({field: value}))
    assert RULES.path_holds_mask(f"/people/{value}")


def test_a_key_of_full_width_stars_is_a_hidden_key() -> None:
    with pytest.raises(MaskReturned):
        sent_json({"＊＊＊1": "x"})


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (Replace("（保密）"), "（保密）"),
        (Replace("（保密）"), "(保密)"),
        (Replace("N/A"), "Ｎ／Ａ"),
        (Dictionary(("Ａ", "B")), "A"),
        (Dictionary(("Ａ", "B")), "Ｂ"),
        (CoverBefore("："), "＊＊：x"),
    ],
)
def test_what_stands_for_a_value_is_known_in_either_width(spec: Spec, value: str) -> None:
    actions, rules = masking(spec)
    index = next(place for place, field in enumerate(PROGRAM.fields) if field.name == "person.mobile")
    assert rules.is_mask(actions[index], value)


def masking(spec: Spec) -> tuple[Sequence[Action], WriteRules]:
    """What nobody gets, and the rules, where mobile numbers become what *spec* makes of them."""
    fields = tuple(
        msgspec.structs.replace(field, mask=spec) if field.name == "person.mobile" else field
        for field in PROGRAM.fields
    )
    changed = msgspec.structs.replace(PROGRAM, fields=fields)
    return Views(changed, SECRET).strictest.actions, WriteRules(changed)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (Shift(30), '"1985-03-12"'),
        (Dictionary(("张", "王")), '"王"'),
        (Grid("0.01"), '"30.27"'),
        (Grid("0.01"), "30.27"),
        (Area(Reach.CITY), '"杭州市"'),
        (Area(Reach.CITY), "330100"),
        (AgeBand(every=10), "30"),
        (AmountBand(every=100), "1200.0"),
    ],
)
def test_a_mask_that_looks_true_is_meant_only_by_who_is_shown_it(spec: Spec, value: str) -> None:
    """A date moved by some days is a date: if it were refused to all, nobody could ever write one."""
    assert POST.body.json is not None
    nobody, rules = masking(spec)
    data = f'{{"mobile": {value}}}'.encode()
    with pytest.raises(MaskReturned):
        settled(rules, data, POST.body.json, nobody)
    assert settled(rules, data, POST.body.json, CLERK.actions) == data


@pytest.mark.parametrize(
    ("spec", "value"),
    [(Grid("0.01"), "30.274"), (AgeBand(every=10), "37"), (AgeBand(every=10), "true"), (Area(Reach.CITY), "330106")],
)
def test_a_value_that_stands_for_no_band_is_a_true_one(spec: Spec, value: str) -> None:
    assert POST.body.json is not None
    nobody, rules = masking(spec)
    data = f'{{"mobile": {value}}}'.encode()
    assert settled(rules, data, POST.body.json, nobody) == data


def test_a_null_that_stood_for_a_value_does_not_come_back_and_may_be_left_out() -> None:
    assert POST.body.json is not None
    nobody, rules = masking(Null())
    with pytest.raises(MaskReturned):
        settled(rules, b'{"mobile": null}', POST.body.json, nobody, replaces=True)
    assert settled(rules, b'{"city": "x"}', POST.body.json, nobody, replaces=True) == b'{"city": "x"}'


PARTED = Coding("xx")
SENDS_PICTURES = WriteRules(
    msgspec.structs.replace(
        PROGRAM,
        fields=tuple(
            msgspec.structs.replace(field, file=FileRule(("image/png", "image/webp"), 32))
            if field.name == "person.city"
            else field
            for field in PROGRAM.fields
        ),
    )
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
RIFF = b"RIFF\x18\n\0\0"


def sent_parts(*parts: Part, carried: Carried | None = None) -> list[Part]:
    assert POST.body.html is not None
    data = PARTED.write(parts)
    sent = form_of(SENDS_PICTURES, data, POST.body.html, lambda token: carried or {}, NOBODY.actions, PARTED)
    kept = PARTED.read(sent)
    assert (sent == data) == (kept == list(parts))
    return kept


def test_a_form_in_parts_is_restored_as_one_that_is_encoded() -> None:
    carried = {"mobile": [("138****8000", "13800138000")], "note": [("***", "一\r\n二")]}
    sent = sent_parts(Part("mobile", "138****8000"), Part("city", "x"), Part("yingbi-sealed", "t"), carried=carried)
    assert sent == [Part("mobile", "13800138000"), Part("city", "x")]
    assert sent_parts(Part("note", "***"), Part("city", "x")) == [Part("city", "x")]
    with pytest.raises(MaskReturned) as refused:
        sent_parts(Part("mobile", "138****8000"))
    assert refused.value.field == "person.mobile"


def test_a_true_value_that_would_end_its_part_is_not_put_back() -> None:
    """Whoever sends a form chooses what stands between its parts."""
    carried = {"mobile": [("138****8000", "1\r\n--xx--\r\n")]}
    with pytest.raises(Withheld, match="not_a_form"):
        sent_parts(Part("mobile", "138****8000"), Part("yingbi-sealed", "t"), carried=carried)


def test_a_file_is_sent_as_it_is_where_one_is_declared() -> None:
    picture = Part("city", file=File("x.png", "image/png", PNG))
    assert sent_parts(picture, Part("name", "张三")) == [picture, Part("name", "张三")]
    assert sent_parts(picture, Part("yingbi-sealed", "t")) == [picture]
    for kind in (b"VP8 ", b"VP8L", b"VP8X"):
        webp = Part("city", file=File("x.webp", "image/webp", RIFF + b"WEBP" + kind))
        assert sent_parts(webp) == [webp]
    nothing = Part("name", file=File("", "application/octet-stream", b""))
    assert sent_parts(nothing) == [nothing]


FILES = {
    "of no declared field": (Part("x", file=File("x.png", "image/png", PNG)), ""),
    "of a field without files": (Part("name", file=File("x.png", "image/png", PNG)), ""),
    "of a field that is sealed": (Part("yingbi-sealed", file=File("x.png", "image/png", PNG)), ""),
    "of another type": (Part("city", file=File("x.png", "image/gif", b"GIF89a")), "person.city"),
    "that says another type": (Part("city", file=File("x.png", "image/gif", PNG)), "person.city"),
    "that says no type": (Part("city", file=File("x.png", "", PNG)), "person.city"),
    "that is no picture": (Part("city", file=File("x.png", "image/png", b"name\r\n***")), "person.city"),
    "that is sound": (Part("city", file=File("x.webp", "image/webp", RIFF + b"WAVEfmt ")), "person.city"),
    "that is a film": (Part("city", file=File("x.webp", "image/webp", RIFF + b"AVI LIST")), "person.city"),
    "too large": (Part("city", file=File("x.png", "image/png", PNG + b"\0")), "person.city"),
    "without a name": (Part("city", file=File("", "text/csv", b"x")), "person.city"),
}


@pytest.mark.parametrize("case", FILES)
def test_any_other_file_is_refused(case: str) -> None:
    part, field = FILES[case]
    with pytest.raises(FileRefused) as refused:
        sent_parts(part)
    assert refused.value.field == field


def test_a_file_that_is_called_after_a_mask_is_refused() -> None:
    with pytest.raises(MaskReturned):
        sent_parts(Part("city", file=File("***.png", "image/png", PNG)))


def test_a_path_that_holds_what_somebody_was_shown() -> None:
    for path in ("/people/138****8000", "/people/***/x", "/people/张**", "/people/*"):
        assert RULES.path_holds_mask(path)
    for path in ("/people/13800138000", "/people/a*b*c", "/people"):
        assert not RULES.path_holds_mask(path)
