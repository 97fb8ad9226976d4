"""What is masked where it stands is what parsing, masking and spelling makes of it, to the last octet."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.choose import EVERYBODYS
from policies.formats.json import in_place as json_in_place
from policies.formats.json.body import JsonMasker
from policies.formats.json.frame import frame_of
from policies.formats.json.in_place import cut_out, masked_in_place
from policies.formats.json.nodes import Node, Object, Value
from policies.formats.masker import Kind, Tally, Withheld
from policies.transforms.spec import Replace
from tests.effort import examples
from tests.policies.formats import masking
from tests.policies.formats.masking import (
    ADDRESS,
    AGE,
    NAME,
    PUBLIC,
    REMARK,
    UNDECLARED,
    action,
    tally,
    whole,
)

HOME = Object(
    {"street": Value(ADDRESS), "phone": Value(action(10, Replace('a"b\\'))), "city": Value(PUBLIC)}, Value(PUBLIC)
)
RECORD = Object(masking.RECORD.children | {"age": Value(AGE), "home": HOME}, Value(UNDECLARED), subject="id_no")
OF_OBJECTS = Object({"home": HOME, "name": Value(NAME)}, Value(UNDECLARED), subject="home")
"""Of which nobody can read whom they are about."""
LOOSE = Object(RECORD.children, Value(REMARK), subject="id_no")
"""In which whatever is not known to is free text."""
ANSWER = Object(
    {
        "rows": RECORD,
        "total": Value(PUBLIC),
        "by": Value(NAME),
        "of": RECORD,
        "secret": Value(action(11, kind=Kind.BLOCK)),
    },
    Value(UNDECLARED),
)
NODES: list[Node] = [RECORD, ANSWER, Object({"data": ANSWER}, Value(UNDECLARED)), LOOSE]

names = st.sampled_from(["张三", "李四"]) | st.text("张三李四王é\U00020000a1", max_size=4)
home = st.tuples(names, names, names | st.booleans()).map(
    lambda row: dict(zip(("street", "phone", "city"), row, strict=True))
)
remarks = st.one_of(
    names,
    st.sampled_from(
        [
            "材料齐全",
            "张三来过",
            "来过的还有李四和张三，电话13800138000",
            "2026-10-05T09:14:07+08:00",
            "YZ-2026-000123",
            "电话13800138000",
            "5byg5LiJ5byg5LiJ",
            "",
            "a&lt;b",
        ]
    ),
    st.just("张三").map(lambda name: base64.b64encode(f"x{name}y{name}".encode()).decode()),
)
fields: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(-5, 10**6),
    "name": names,
    "id_no": st.from_regex("[1-9][0-9]{16}[0-9X]", fullmatch=True) | st.from_regex("[A-Z][0-9]{1,4}", fullmatch=True),
    "mobile": st.from_regex("1[3-9][0-9]{9}", fullmatch=True),
    "address": names | st.none(),
    "age": st.integers(0, 99).map(str),
    "home": home,
    "remark": remarks,
    "secret": names,
    "zz": names,
    "zzz": names,
}
odd = st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.just("") | st.text(max_size=6)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, Node]:
    """A list of records that are mostly alike with what stands around it, and its node."""
    chosen = draw(
        st.lists(st.sampled_from(["id", "name", "mobile", "address", "age", "home"]), min_size=1, unique=True)
    )
    chosen.insert(draw(st.integers(0, len(chosen))), draw(st.sampled_from(["id_no"] * 9 + ["zz"])))
    chosen += draw(
        st.sampled_from([[], [], [], [], ["zzz"], ["zzz"], ["remark"], ["remark"], ["remark", "zzz"], ["secret"]])
    )
    made = draw(st.lists(st.tuples(*(fields[key] for key in chosen)), min_size=2, max_size=5))
    records = [dict(zip(chosen, row, strict=True)) for row in made]
    if draw(st.integers(0, 5)) == 0:
        records[-1] = dict(reversed(records[-1].items()))
    for number in draw(st.sampled_from([[], [], [], [], [], [0], [-1], [0, -1]])):
        records[number][draw(st.sampled_from(chosen))] = draw(odd)
    answer: Any = {"total": 1, "rows": records, "by": "张三"}
    if draw(st.integers(0, 9)) == 0:
        answer["of"] = {"name": "张三", "id_no": draw(fields["id_no"])}
    around = draw(st.integers(0, 3))
    value = [records, answer, {"data": answer}, records][around]
    spelled = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return spelled, NODES[around]


pieces = st.sampled_from(
    [
        *(bytes((code,)) for code in b'",{}[]: \\\n\0\xff'),
        *(b"null", b"1e3", b"-0", b"01", b"0.5", b"{}", b"},{", b"[{", b"}]", b'"rows":[]', b'"rows":[null],'),
        *(b'"name":"\xe5\xbc\xa0\xe4\xb8\x89"', b',"name":"x"'),
    ]
)
edits: st.SearchStrategy[list[tuple[float, int, bytes]]] = st.just([]) | st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 3), pieces), min_size=1, max_size=2
)


def edited(body: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, taken, put in edits:
        place = int(where * len(body))
        body = body[:place] + put + body[place + taken :]
    return body


def outcome(node: Node, body: bytes, least_bytes: int, *, is_first: bool = True) -> tuple[bytes | str, dict[str, Any]]:
    """What becomes of *body*, or why it is withheld, and what was counted."""
    found = tally()
    if is_first:
        for each in NODES:
            assert isinstance(each, Object)
            each.templates.clear()
            each.frames.clear()
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(json_in_place, "LEAST_BYTES", least_bytes)
        try:
            shown: bytes | str = whole(lambda: JsonMasker(node, UNDECLARED, found), body)
        except Withheld as withheld:
            return withheld.reason, {}
    flags = {"nameless": found.has_nameless, "unreadable": found.has_unreadable}
    return shown, {"fields": dict(found.fields), "subjects": list(found.subjects), "found": dict(found.found), **flags}


@given(bodies(), edits)
@settings(max_examples=examples(600))
@example((b'{"a":"x[{"id":1,"name":"y"},{"id":2,"name":"z"}]y"}', ANSWER), [])
@example((b'{"rows":[{"id":1,"name":"y"},{"id":2,"name":"z"}],"rows":[]}', ANSWER), [])
@example((b'{"rows":[],"rows":[{"id":1,"name":"y"},{"id":2,"name":"z"}]}', ANSWER), [])
@example((b'{"x":{"rows":[{"id":1,"name":"y"},{"id":2,"name":"z"}]},"rows":[null]}', ANSWER), [])
@example((b'[{"id":1,"name":"y"},{"id":2,"name":"z"}{"id":3,"name":"z"}]', RECORD), [])
@example((b'[{"id":1,"name":"y"},{"id":2,"name":"z","name":"w"},{"id":3,"name":"z"}]', RECORD), [])
@example((b'[{"id":1,"name":"y"},"name",{"id":3,"name":"z"}]', RECORD), [])
@example((b'[{"id":1,"name":"y\x01"},{"id":3,"name":"z"}]', RECORD), [])
@example((b'[{"id":1,"address":"\xed\xa0\x80"},{"id":3,"address":"z"}]', RECORD), [])
@example((b'[{"id":1,"id_no":"1 2"},{"id":3,"id_no":""}]', RECORD), [])
@example(
    (
        b'[{"id_no":"A1","name":"\xe5\xbc\xa0\xe4\xb8\x89","remark":"\xe5\xbc\xa0\xe4\xb8\x89"},{"id_no":"A1","name":"x","remark":null}]',
        RECORD,
    ),
    [],
)
@example((b'[{"id_no":"A1","name":"xyz","remark":"ok"},{"id_no":"A1","name":"xyz","remark":"xyz"}]', RECORD), [])
@example((b'[{"id_no":"A1","zz":"13800138000"},{"id_no":"A1","zz":null}]', LOOSE), [])
@example((b'[{"id_no":"A1","zz":7},{"id_no":"A1","zz":true}]', LOOSE), [])
@example((b'[{"home":{"street":"x","phone":"1"},"id":7},{"home":{"street":null,"phone":null},"id":8}]', RECORD), [])
@example((b'{"rows":[{"id_no":"A1","name":"y"},{"id_no":"A2","name":"z"}],"of":{"id_no":"A3","name":"w"}}', ANSWER), [])
@example((b'{"secret":"x","rows":[{"id":1,"name":"y"},{"id":2,"name":"z}]}', ANSWER), [])
@example((b'[{"home":{"city":"x","zz":"1"},"name":"y"},{"home":{"city":"z","zz":"2"},"name":"w"}]', OF_OBJECTS), [])
def test_in_place_or_parsed_a_body_becomes_the_same(
    answer: tuple[bytes, Node], edits: list[tuple[float, int, bytes]]
) -> None:
    body, node = edited(answer[0], edits), answer[1]
    assert outcome(node, body, 0) == outcome(node, body, len(body) + 1)


@given(st.lists(bodies(), min_size=1, max_size=3), bodies(), edits)
@settings(max_examples=examples(200))
def test_what_a_body_becomes_does_not_depend_on_those_before(
    before: list[tuple[bytes, Node]], answer: tuple[bytes, Node], edits: list[tuple[float, int, bytes]]
) -> None:
    body, node = edited(answer[0], edits), answer[1]
    alone = outcome(node, body, 0)
    for place, (earlier, around) in enumerate([*before, answer]):
        outcome(around, earlier, 0, is_first=place == 0)
    assert outcome(node, body, 0, is_first=False) == alone


def test_records_written_as_the_last_ones_were_need_no_look_at_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(keys: list[str]) -> bytes | None:
        body = json.dumps([dict.fromkeys(keys, "x")] * 200, separators=(",", ":")).encode()
        return masked_in_place(RECORD, body[1:-1], tally())

    RECORD.templates.clear()
    assert shown(["id_no", "name"])
    looks: list[object] = []
    monkeypatch.setattr(json_in_place, "template_of", lambda _, first: looks.append(first))
    assert shown(["id_no", "name"])
    assert not looks
    assert shown(["name", "id_no"]) is None
    assert looks


def test_a_record_of_any_depth_is_withheld_as_others_are() -> None:
    body = b'[{"id":1,"x":%s1%s},{"id":2,"x":""}]' % (b'{"a":' * 1000, b"}" * 1000)
    assert outcome(RECORD, body, 0) == outcome(RECORD, body, len(body) + 1) == ("nested_too_deeply", {})


@pytest.mark.parametrize("path", [[], ["rows"], ["data", "rows"]])
def test_a_long_list_of_records_that_are_alike_is_not_parsed(path: list[str]) -> None:
    home = {"street": "幸福路1号", "phone": "05718888"}
    body = [
        {"id": number, "name": "张三", "id_no": f"{number:018}", "address": None if number % 3 else "x", "home": home}
        for number in range(400)
    ]
    data: Any = body
    for key in reversed(path):
        data = {"total": 7, key: data}
    spelled = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    node = NODES[len(path)]
    RECORD.templates.clear()
    cut = cut_out(spelled)
    assert cut is not None
    before, records, behind = cut
    counted: Tally = tally()
    frame = frame_of(node, before, behind, undeclared=UNDECLARED, tally=counted, choice=EVERYBODYS)
    assert frame is not None
    assert (frame.items, list(frame.path)) == (RECORD, path)
    shown = masked_in_place(frame.items, records, counted)
    assert shown is not None
    assert json.loads(b"[" + shown + b"]")[7]["name"] == "张**"
    assert len(counted.subjects) == 400
    assert counted.fields[ADDRESS.field] == 134 + 400


@pytest.mark.parametrize(
    ("remark", "shown"),
    [
        ("材料齐全", "材料齐全"),
        ("2026-10-05T09:14:07", "2026-10-05T09:14:07"),
        ("电话13800138000", "电话***"),
        ("张三来过", "***来过"),
        ("张三的姐姐", "***的姐姐"),
        (None, None),
    ],
)
def test_texts_are_masked_in_place_as_well(remark: str | None, shown: str | None) -> None:
    rows = [{"name": "张三", "id_no": f"{1:018}", "remark": text} for text in ("办结", remark)] * 50
    spelled = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    RECORD.templates.clear()
    counted = tally()
    masked = masked_in_place(RECORD, spelled[1:-1], counted)
    assert masked is not None
    assert [each["remark"] for each in json.loads(b"[" + masked + b"]")] == ["办结", shown] * 50
    assert counted.fields[REMARK.field] == (50 if remark is None else 100)
    assert counted.found["mobile:pattern,context"] == (50 if remark == "电话13800138000" else 0)


def test_after_a_body_whose_objects_tell_something_some_are_parsed_at_once() -> None:
    node = Object(
        {
            "name": Value(NAME),
            "id_no": masking.RECORD.children["id_no"],
            "home": Object({"note": Value(REMARK)}, Value(PUBLIC)),
        },
        Value(PUBLIC),
    )

    def shown(remark: str) -> bytes | None:
        rows = [{"name": "张三", "id_no": f"{1:018}", "home": {"note": remark, "city": "x"}}] * 50
        spelled = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
        return masked_in_place(node, spelled[1:-1], tally())

    assert shown("办结")
    assert shown("电话13800138000") is None
    assert [shown("办结") is None for _ in range(json_in_place.PASSED_OVER + 1)] == [True] * 15 + [False]


def test_no_more_templates_are_remembered_than_pays() -> None:
    node = Object({"name": Value(NAME)}, Value(UNDECLARED))
    for number in range(20):
        rows = [{"name": "张三", f"key{number}": "x" * 400} for _ in range(70)]
        body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
        assert body.count(b"***") == 0
        assert whole(lambda: JsonMasker(node, UNDECLARED, tally()), body).count(b'"***"') == 70
    assert len(node.templates) <= 8 + 1  # one of them is the last as well
