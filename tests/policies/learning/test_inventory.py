"""What is noted of a system that is being learnt: enough to draft from, and never a value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.learning.inventory import (
    MOST_DISTINCT,
    MOST_FIELDS,
    MOST_OPERATIONS,
    MOST_SIBLINGS,
    MOST_TABLES,
    FieldNote,
    Inventory,
    Notes,
    OperationNote,
    merged,
    read_notes,
    write_notes,
)
from policies.learning.sketch import sketch
from policies.learning.words import template_of

KEY = b"k" * 32
ID_NO, NAME, MOBILE = "11010519491231002X", "欧阳若曦", "13800138000"
PLANTED = (
    ID_NO,
    NAME,
    MOBILE,
    "0571-88881234",
    "ruoxi.ouyang@example.cn",
    "6222021234567890128",
    "浙A12345",
    "5",
    "E12345678",
    "ouyangruoxi",
    "OuYang_Ruoxi2",
)
PERSON = {"xm": NAME, "sfzh": ID_NO, "sjh": MOBILE, "bz": f"请回电 {MOBILE}", "id": 7, "ok": True}


def noted(body: bytes, format_: str = "json", path: str = "/api/people") -> Inventory:
    inventory = Inventory()
    operation = inventory.operation("GET", path, iter(()))
    assert operation is not None
    sketch(inventory, operation, format_, body, "utf-8")
    return inventory


def places(inventory: Inventory) -> dict[str, int]:
    (operation,) = inventory.notes.operations.values()
    return {place: note.count for place, note in operation.fields.items()}


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/people/17/files", "/api/people/{key}/files"),
        ("/register/residents.json", "/register/residents.json"),
        ("/register/residents/5.json", "/register/residents/{key}.json"),
        ("/张三/x", "/{key}/x"),
        (f"/people/{ID_NO}", "/people/{key}"),
        ("/api/v2/list", "/api/v2/list"),
        ("/a/zhang@example.cn", "/a/{key}"),
        ("/", "/"),
    ],
)
def test_what_could_be_data_in_a_path_becomes_a_placeholder(path: str, template: str) -> None:
    assert template_of(path) == template


def test_parts_with_many_siblings_are_data_whatever_they_look_like() -> None:
    inventory = Inventory()
    for number in range(MOST_SIBLINGS + 3):
        inventory.operation("GET", f"/users/name{chr(97 + number)}/files", iter(()))
    assert {name: note.count for name, note in inventory.notes.operations.items()} == {
        "GET /users/{key}/files": MOST_SIBLINGS + 3
    }
    assert inventory.renamed("GET /users/namea/files") == "GET /users/{key}/files"


def test_json_is_noted_by_place_and_kind() -> None:
    inventory = noted(json.dumps({"total": 1, "rows": [PERSON, PERSON], "by": {ID_NO: {"xm": NAME}}}).encode())
    found = places(inventory)
    assert found["json /rows/*/sfzh"] == 2
    assert found["json /by/*/xm"] == 1
    (operation,) = inventory.notes.operations.values()
    assert operation.fields["json /rows/*/sfzh"].found == {"resident_id": 2}
    assert operation.fields["json /rows/*/bz"].within == {"mobile": 2}
    assert operation.fields["json /rows/*/xm"].short_han == 2
    assert operation.fields["json /rows/*/ok"].flags == 2


def test_rows_of_cells_are_noted_by_their_columns() -> None:
    body = {"columns": ["xm", "sfzh"], "rows": [[NAME, ID_NO], [NAME, ID_NO]]}
    inventory = noted(json.dumps(body).encode())
    assert places(inventory)["json /rows/*/sfzh"] == 2
    (operation,) = inventory.notes.operations.values()
    assert operation.tables == {"/rows": "columns"}


@pytest.mark.parametrize(
    "body",
    [
        {f"{NAME} {ID_NO}": ["maths", "music"], "rows": [[90, 80], [70, 60]]},
        {"rows": [{ID_NO: ["name", "mobile"], "rows": [[NAME, MOBILE], [NAME, MOBILE]]}]},
        {f"user{chr(97 + n // 26)}{chr(97 + n % 26)}": ["xm"] if n else [[NAME]] for n in range(70)},
    ],
)
def test_columns_that_something_of_somebodys_names_are_no_table(body: Any) -> None:
    inventory = noted(json.dumps(body).encode())
    (operation,) = inventory.notes.operations.values()
    assert operation.tables == {}


def test_no_key_that_could_be_a_value_is_kept_of_a_table() -> None:
    inventory = noted(b"{}")
    (name,) = inventory.notes.operations
    inventory.table(name, "/rows", ID_NO)
    for number in range(MOST_TABLES + 5):
        inventory.table(name, f"/rows{number}", "columns")
    tables = inventory.notes.operations[name].tables
    assert "/rows" not in tables
    assert len(tables) == MOST_TABLES
    assert inventory.notes.left_out == 5


def test_pages_are_noted_by_their_controls_and_cells() -> None:
    page = (
        f'<label for=a>身份证号</label><input id=a name=x value="{ID_NO}"><input type=password name=p value=s>'
        f'<textarea name=bz>{MOBILE}</textarea><td class="col-xm {ID_NO}">{NAME}</td>'
        "<select name=s><option value=1>a<option value=2 selected>b</select>"
    )
    inventory = noted(page.encode(), "html")
    assert places(inventory) == {"html control x": 1, "html control bz": 1, "html td.col-xm": 1, "html control s": 1}
    (operation,) = inventory.notes.operations.values()
    assert operation.fields["html control x"].labels == {"resident_id": 1}


def test_columns_of_csv_are_noted_where_its_first_record_names_them() -> None:
    assert places(noted(f"xm,姓名,sfzh\r\n{NAME},{NAME},{ID_NO}\r\n".encode(), "csv")) == {
        "csv xm": 1,
        "csv 姓名": 1,
        "csv sfzh": 1,
    }
    assert places(noted(f"{NAME},{ID_NO}\r\n{NAME},{ID_NO}\r\n".encode(), "csv")) == {}


@pytest.mark.parametrize("format_", ["json", "html", "csv", "text", "png"])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"<", b'{"a":' * 5000, b"<td class=", b'"' * 9, b"\0,\0\n\0"])
def test_what_cannot_be_read_is_passed_over(format_: str, body: bytes) -> None:
    noted(body, format_)


VALUES = st.sampled_from(PLANTED)
TREES = st.recursive(
    VALUES | st.integers(10**6, 10**17) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(VALUES | st.sampled_from(["xm", "rows"]), inner, max_size=4)
        | st.builds(
            lambda columns, rows: {columns: ["xm"], "rows": [[each] for each in rows]},
            VALUES,
            st.lists(inner, min_size=1, max_size=2),
        )
    ),
    max_leaves=12,
)


@given(
    tree=TREES,
    parts=st.lists(VALUES | st.sampled_from(["api", "people"]), min_size=1, max_size=4),
    query=st.lists(VALUES),
)
def test_no_value_is_kept(tree: Any, parts: list[str], query: list[str]) -> None:
    inventory = Inventory()
    operation = inventory.operation("GET", "/" + "/".join(parts), iter(query))
    assert operation is not None
    sketch(inventory, operation, "json", json.dumps(tree).encode(), "utf-8")
    cells = "".join(f'<td class="{value}">{value}</td><input name="{value}" value="{value}">' for value in PLANTED)
    sketch(inventory, operation, "html", cells.encode(), "utf-8")
    sketch(inventory, operation, "csv", f"{','.join(PLANTED)}\n{','.join(PLANTED)}".encode(), "utf-8")
    kept = write_notes({"people": inventory.notes}, KEY).partition(b"\n")[2].decode()
    assert not [value for value in PLANTED if len(value) > 1 and value in kept]


def test_memory_is_bounded() -> None:
    inventory = Inventory()
    for number in range(MOST_OPERATIONS + 50):
        word = "".join(chr(97 + number // 26**place % 26) for place in range(3))
        inventory.operation("GET", f"/{word}/{word}", iter(()))
    assert len(inventory.notes.operations) <= MOST_OPERATIONS
    many = {f"k{chr(97 + n // 26)}{chr(97 + n % 26)}": {f"j{chr(97 + m)}": m for m in range(26)} for n in range(55)}
    (name, *_) = inventory.notes.operations
    for number in range(5):
        wrapped = {f"w{chr(97 + number)}": many}
        sketch(inventory, name, "json", json.dumps(wrapped).encode(), "utf-8")
    assert sum(len(note.fields) for note in inventory.notes.operations.values()) <= MOST_FIELDS
    for number in range(1000):
        inventory.value(name, "json /wa/kaa/ja", f"v{number}")
    assert inventory.notes.operations[name].fields["json /wa/kaa/ja"].distinct == MOST_DISTINCT
    assert inventory.notes.left_out


def test_an_object_keyed_by_data_is_folded() -> None:
    body = {f"user{chr(97 + n // 26)}{chr(97 + n % 26)}": {"xm": NAME} for n in range(70)}
    assert places(noted(json.dumps(body).encode())) == {"json /*/xm": 70}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"zhangsan": 3, "li_si2": 4, "total": 7}, {"json /*": 2, "json /total": 1}),
        ({"staff": {"jsmith": {"done": 1}, "akim": {"done": 2}}}, {"json /staff/*/done": 2}),
        (
            {"staff": {"jsmith": {"done": 1}, "akim": {"late": 2}}},
            {"json /staff/jsmith/done": 1, "json /staff/akim/late": 1},
        ),
        ({"xingming": NAME, "leixing": 1, "size": 2}, {"json /xingming": 1, "json /leixing": 1, "json /size": 1}),
    ],
)
def test_a_key_that_could_be_a_name_or_tells_records_apart_is_folded(body: Any, expected: dict[str, int]) -> None:
    assert places(noted(json.dumps(body).encode())) == expected


def test_a_part_of_a_path_a_parameter_and_a_class_that_could_be_a_name_are_folded() -> None:
    inventory = noted(
        b'<td class="zhangsan col-xm">x</td><input name=wang.wu value=1>', "html", "/users/zhangsan/files"
    )
    assert list(inventory.notes.operations) == ["GET /users/{key}/files"]
    assert places(inventory) == {"html td.col-xm": 1, "html control *": 1}


def test_keys_that_change_from_answer_to_answer_are_data() -> None:
    inventory = noted(b'{"done": {"jsmith": 1, "all": 1}, "ok": 1}')
    (name,) = inventory.notes.operations
    for body in (
        b'{"done": {"akim": 2, "all": 3}}',
        b'{"done": {"bob": 3, "all": 4}, "ok": 1}',
        b'{"done": {"amy": 5}}',
    ):
        sketch(inventory, name, "json", body, "utf-8")
    assert places(inventory) == {"json /done/*": 7, "json /ok": 2}
    both = merged(iter([inventory.notes, noted(b'{"done": {"eve": 1, "all": 1}}').notes]))
    assert both.operations[name].fields.keys() == {"json /done/*", "json /ok"}


def test_fields_that_many_records_lack_are_no_data() -> None:
    inventory = noted(
        b'[{"id": 1, "status": 2, "place": 3}, {"id": 2, "status": 2, "reason": 3}, {"id": 3, "status": 1}]'
    )
    assert places(inventory).keys() == {f"json /*/{name}" for name in ("id", "status", "place", "reason")}


def test_notes_of_an_older_form_lose_what_would_not_be_kept_now() -> None:
    old = OperationNote(
        count=3,
        parameters={"zhangsan": 1, "page": 2},
        fields={
            "json /done/zhangsan/n": FieldNote(count=1),
            "json /done/lisi/n": FieldNote(count=2),
            "html td.li_si": FieldNote(count=1),
            "html control wangwu": FieldNote(count=1),
            "csv zhaoliu": FieldNote(count=1),
            "csv xm": FieldNote(count=4),
        },
        tables={"/rows": "zhangsan", "/zhangsan": "columns"},
    )
    kept = read_notes(write_notes({"people": Notes(operations={"GET /u/zhangsan": old})}, KEY), KEY)["people"]
    assert kept.operations == {
        "GET /u/{key}": OperationNote(
            count=3,
            parameters={"*": 1, "page": 2},
            fields={
                "json /done/*/n": FieldNote(count=3),
                "html td.*": FieldNote(count=1),
                "html control *": FieldNote(count=1),
                "csv *": FieldNote(count=1),
                "csv xm": FieldNote(count=4),
            },
            tables={"/*": "columns"},
        )
    }
    assert read_notes(write_notes({"people": kept}, KEY), KEY)["people"] == kept


def test_notes_are_read_back_with_the_key_they_were_written_with() -> None:
    notes = {"people": noted(json.dumps(PERSON).encode()).notes}
    data = write_notes(notes, KEY)
    assert read_notes(data, KEY) == notes
    for wrong, key in ((data, b"x" * 32), (data[:-1] + b" ", KEY), (b"", KEY), (data[1:], KEY)):
        with pytest.raises(ValueError, match="not what this installation"):
            read_notes(wrong, key)


def test_notes_of_several_workers_add_up() -> None:
    first, second = (noted(json.dumps(PERSON).encode()).notes for _ in range(2))
    both = merged(iter([first, second, Notes()]))
    (operation,) = both.operations.values()
    assert operation.count == 2
    assert operation.fields["json /sfzh"].found == {"resident_id": 2}
