import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.choose import Choice
from policies.formats.json import body as json_body
from policies.formats.json import keys as json_keys
from policies.formats.json import stream as json_stream
from policies.formats.json import table as json_table
from policies.formats.json.body import JsonMasker
from policies.formats.json.nodes import Node, Object, Rows, Value
from policies.formats.masker import Kind, Withheld
from tests.effort import examples
from tests.policies.formats.masking import (
    AGE,
    DIGESTER,
    ID_NO,
    NAME,
    NOTHING,
    PUBLIC,
    RECORD,
    REMARK,
    SECRET,
    UNDECLARED,
    action,
    cuts,
    in_pieces,
    tally,
    whole,
)

LIST = Object({"rows": RECORD, "total": Value(PUBLIC)}, Value(UNDECLARED))
TABLE = Object({"rows": Rows("columns", RECORD), "columns": Value(PUBLIC)}, Value(UNDECLARED))


def masked(body: str | bytes, node: Node = RECORD) -> str:
    data = body.encode() if isinstance(body, str) else body
    return whole(lambda: JsonMasker(node, UNDECLARED, tally()), data).decode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"name": "张三丰"}', '{"name":"张**"}'),
        ('{"id_no": "11010519491231002X"}', '{"id_no":"**************002X"}'),
        ('{"mobile": "13800138000"}', '{"mobile":"138****8000"}'),
        ('{"mobile": 13800138000}', '{"mobile":null}'),
        ('{"mobile": "1380"}', '{"mobile":"****"}'),
        ('{"mobile": ""}', '{"mobile":""}'),
        ('{"mobile": null}', '{"mobile":null}'),
        ('{"mobile": ["13800138000", "13900139000"]}', '{"mobile":["138****8000","139****9000"]}'),
        ('{"mobile": {"home": "13800138000"}}', '{"mobile":{"home":"***"}}'),
        ('{"address": "幸福路1号"}', '{"address":"幸福路1号"}'),
        ('{"unknown": "张三", "n": 7, "b": true, "x": null}', '{"unknown":"***","n":null,"b":null,"x":null}'),
        ('{"unknown": {"deep": ["张三", {"more": 1}]}}', '{"unknown":{"deep":["***",{"more":null}]}}'),
        ('{"secret": "x", "id": 1}', '{"id":1}'),
        ('{"secret": {"x": 1}, "id": 1}', '{"id":1}'),
        ('{"remark": "/l?xm=贺芷兰&p=2", "id": 1}', '{"remark":"/l?xm=***&p=2","id":1}'),
        ('{"remark": {"xm": "贺芷兰"}, "id": 1}', '{"remark":{"xm":"***"},"id":1}'),
        ('{"remark": "电话13800138000", "id": 1}', '{"remark":"电话***","id":1}'),
        ('{"remark": "张三丰来过", "name": "张三丰"}', '{"remark":"***来过","name":"张**"}'),
        ('{"id": 12345678901234567890123}', '{"id":12345678901234567890123}'),
        ('{"id": -0.5, "x": 1}', '{"id":-0.5,"x":null}'),
        ('{"id": "\\u5f20"}', '{"id":"张"}'),
        ('{"n\\u0061me": "张三"}', '{"name":"张**"}'),
        ('{"11010519491231002X": 1, "13800138000": 2}', '{"***1":null,"***2":null}'),
        ('{"id": 1, "张三": 2, "a b.c": 3, "x\\u0000": 4}', '{"id":1,"***1":null,"a b.c":null,"***2":null}'),
        ('"张三"', '"***"'),
        ("[]", "[]"),
        ('[{"name": "张三"}, [{"name": "李四"}], "王五"]', '[{"name":"张**"},[{"name":"李**"}],"***"]'),
        (b'\xef\xbb\xbf{"id": 1}', '{"id":1}'),
        ('{"name": "张三", "name": "李四"}', '{"name":"李**"}'),  # what leaves has one reading
        (
            '{"name": "张三", "id": 12345678901234567890123, "name": "李四"}',
            '{"name":"李**","id":12345678901234567890123}',
        ),
    ],
)
def test_what_becomes_of_a_record(body: str | bytes, expected: str) -> None:
    assert masked(body) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        {"secret": "欧阳若曦"},
        {"secret": ["王五", {"x": "欧阳若曦"}]},
        {"name": ["欧阳若曦"]},
        {"name": [["欧阳若曦"]]},
        {"name": "欧阳若曦"},
        {"new": ["欧阳若曦"]},
        {"new": {"deep": ["欧阳若曦"]}},
        {"new": [{"deep": "欧阳若曦"}]},
        {"id": [{"deep": "欧阳若曦"}]},
    ],
    ids=json.dumps,
)
def test_what_a_field_hides_is_hidden_in_the_free_text_of_its_record(hidden: dict[str, object]) -> None:
    for remark, shown in (("去欧阳若曦家", "去***家"), (["去欧阳若曦家", ["晴"]], ["去***家", ["晴"]])):
        for record in ({"remark": remark, **hidden}, {**hidden, "remark": remark}):
            assert json.loads(masked(json.dumps(record)))["remark"] == shown
            assert [each["remark"] for each in json.loads(masked(json.dumps([record, record])))] == [shown, shown]


FAMILY = Object(
    {"remark": Value(REMARK), "kin": RECORD, "columns": Value(PUBLIC), "rows": Rows("columns", RECORD)},
    Value(UNDECLARED),
)


@pytest.mark.parametrize(
    "kin",
    [
        {"kin": {"name": "欧阳若曦"}},
        {"kin": {"remark": "晴", "name": "欧阳若曦"}},
        {"kin": {"id": 1, "secret": "欧阳若曦"}},
        {"kin": {"new": {"deep": "欧阳若曦"}}},
        {"kin": ["欧阳若曦"]},
        {"kin": [{"name": "李四"}, {"name": "欧阳若曦"}]},
        {"kin": [{"id": 1, "name": "李四"}, {"id": 2, "name": "欧阳若曦"}]},
        {"kin": [{"id": 1, "secret": "李四"}, {"id": 2, "secret": "欧阳若曦"}]},
        {"kin": [{"remark": "晴", "name": "李四"}, {"remark": "晴", "name": "欧阳若曦"}]},
        {"columns": ["id", "name"], "rows": [[1, "李四"], [2, "欧阳若曦"]]},
    ],
    ids=json.dumps,
)
def test_what_a_record_within_a_record_hides_is_hidden_in_the_free_text_of_both(kin: dict[str, object]) -> None:
    for record in ({"remark": "去欧阳若曦家", **kin}, {**kin, "remark": "去欧阳若曦家"}):
        shown = json.loads(masked(json.dumps([record, {"remark": "去欧阳若曦家", "kin": {"id": 1}}]), FAMILY))
        # ... and not in that of another record
        assert [each["remark"] for each in shown] == ["去***家", "去欧阳若曦家"]


def test_what_records_treated_as_a_table_hide_is_hidden_in_the_free_text_of_each_by_itself() -> None:
    body = [{"remark": "欧阳若曦和李四光", "kin": {"id": 1, "name": name}} for name in ("欧阳若曦", "李四光")]
    shown = json.loads(masked(json.dumps(body), FAMILY))
    assert [each["remark"] for each in shown] == ["***和李四光", "欧阳若曦和***"]


def test_one_declaration_for_every_shape_an_envelope_takes() -> None:
    node = Object({"total": Value(PUBLIC)}, other=RECORD, items=RECORD)
    assert masked('{"total": 2, "7": {"name": "张三"}}', node) == '{"total":2,"7":{"name":"张**"}}'
    assert masked('[{"name": "张三"}]', node) == '[{"name":"张**"}]'
    assert masked('{"other": "张三"}', node) == '{"other":"***"}'


COARSE = Object({"age": Value(AGE), "gone": Value(NOTHING), "id": Value(PUBLIC)}, Value(UNDECLARED))
AGES = [
    ({"age": 37, "gone": "x", "id": 1}, {"age": 30, "gone": None, "id": 1}),
    ({"age": "41岁", "gone": 7, "id": 2}, {"age": "40-49岁", "gone": None, "id": 2}),
    ({"age": True, "gone": "", "id": 3}, {"age": None, "gone": None, "id": 3}),
    ({"age": 12345678901234567890123, "gone": None, "id": 4}, {"age": None, "gone": None, "id": 4}),
    ({"age": None, "gone": False, "id": 5}, {"age": None, "gone": None, "id": 5}),
    ({"age": [37, "44"], "gone": [1], "id": 6}, {"age": [30, "40-49"], "gone": None, "id": 6}),
]


@pytest.mark.parametrize("body", [*([record] for record in AGES), AGES[:3], AGES, AGES[4:]], ids=len)
def test_a_number_becomes_that_of_its_band_and_a_null_keeps_its_key(body: list[tuple[object, object]]) -> None:
    """One record by itself, records treated field by field, and the parser that keeps every digit."""
    sent, expected = ([pair[place] for pair in body] for place in (0, 1))
    for text, shown in ((json.dumps(sent), expected), (json.dumps(sent[0]), expected[0])):
        assert json.loads(masked(text, COARSE)) == shown
        assert json.loads(in_pieces(lambda: JsonMasker(COARSE, UNDECLARED, tally()), text.encode(), [7, 9])) == shown


def test_a_declared_key_stays_whatever_its_script() -> None:
    node = Object({"姓名": Value(NAME)}, Value(UNDECLARED))
    assert masked('{"姓名": "张三", "李四": 1}', node) == '{"姓名":"张**","***1":null}'


def test_a_table_by_its_columns() -> None:
    body = '{"rows": [[1, "张三", "x"], {"name": "李四"}], "columns": ["id", "name", "new"]}'
    assert masked(body, TABLE) == '{"rows":[[1,"张**","***"],{"name":"李**"}],"columns":["id","name","new"]}'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not_json"),
        ('{"id": 1', "not_json"),
        ('{"id": 1}}', "not_json"),
        ('{"id": NaN}', "not_json"),
        ('{"id": "\\ud800"}', "not_json"),
        (b'{"id": "\xff"}', "not_json"),
        ("jsonp({})", "not_json"),
        ("[" * 100 + "]" * 100, "nested_too_deeply"),
        ("[" * 100_000, "not_json"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "bytes",
)
def test_what_is_not_clear_is_withheld(body: str | bytes, reason: str) -> None:
    with pytest.raises(Withheld) as withheld:
        masked(body)
    assert withheld.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        '{"rows": [[1]], "columns": ["id", "name"]}',
        '{"rows": [[1, 2]], "columns": ["id", "id"]}',
        '{"rows": [[1, 2]], "columns": ["id", 7]}',
    ],
)
def test_a_table_that_does_not_fit_its_columns_is_withheld(body: str) -> None:
    with pytest.raises(Withheld, match="table_not_as_declared"):
        masked(body, TABLE)


def test_a_table_without_columns_is_hidden() -> None:
    assert masked('{"rows": [["张三"]], "columns": null}', TABLE) == '{"rows":[["***"]],"columns":null}'


def test_counts_what_was_treated_and_who_it_is_about() -> None:
    masker = JsonMasker(LIST, UNDECLARED, tally())
    rows = [{"id": n, "name": "张三", "id_no": "11010519491231002X", "address": "x", "new": 1} for n in range(3)]
    whole(lambda: masker, json.dumps({"rows": rows, "total": 3}).encode())
    assert dict(masker.tally.fields) == {0: 3, 2: 3, 3: 3, 5: 3}
    assert list(masker.tally.subjects) == [DIGESTER("11010519491231002X")]
    masker.tally.take()
    assert not masker.tally.fields
    assert not masker.tally.subjects


@pytest.mark.parametrize("rows", [1, 2])
def test_free_text_that_is_of_no_category_is_counted_in_no_list(rows: int) -> None:
    node = Object({"id": Value(PUBLIC), "note": Value(action(1, kind=Kind.SCAN, personal=False))}, Value(UNDECLARED))
    masker = JsonMasker(node, UNDECLARED, tally())
    whole(lambda: masker, json.dumps([{"id": 1, "note": "办结"}] * rows).encode())
    assert not masker.tally.fields


LABELLED = Object(
    {"id_no": Value(ID_NO, NAME, Object({"value": Value(ID_NO), "label": Value(NAME)}, Value(UNDECLARED)))},
    Value(UNDECLARED),
    subject="id_no",
)


@pytest.mark.parametrize("unit_bytes", [json_stream.UNIT_BYTES, 64])
@pytest.mark.parametrize("whole_bytes", [json_body.WHOLE_BYTES, 0])
def test_a_subject_with_a_label_beside_it_is_counted(
    monkeypatch: pytest.MonkeyPatch, unit_bytes: int, whole_bytes: int
) -> None:
    monkeypatch.setattr(json_body, "WHOLE_BYTES", whole_bytes)
    monkeypatch.setattr(json_stream, "UNIT_BYTES", unit_bytes)
    values: list[object] = [{"value": "11010519491231002X", "label": "张三"}, {"value": 7, "label": None}, "8", 9]
    values += [{"value": None, "label": "x"}, {"value": True}, {"label": "10"}, {"value": ["11"]}, ["12"], None, {}]
    masker = JsonMasker(LABELLED, UNDECLARED, tally())
    rows = json.dumps([{"id_no": value, "filling": "x" * unit_bytes} for value in values]).encode()
    shown = json.loads(whole(lambda: masker, rows))
    assert list(masker.tally.subjects) == [DIGESTER(known) for known in ("11010519491231002X", "7", "8", "9")]
    assert shown[0]["id_no"] == {"value": "**************002X", "label": "张**"}


texts = st.text(st.sampled_from('张三李0123456789X":{}[],\\\n é\U00020000'), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
keys = st.sampled_from(["id", "name", "id_no", "mobile", "address", "secret", "rows", "total", "zzz", "13800138000"])
bodies = st.recursive(
    scalars | texts | st.just("11010519491231002X"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys | texts, inner, max_size=6),
    max_leaves=30,
)
NO_FREE_TEXT = Object({key: node for key, node in RECORD.children.items() if key != "remark"}, Value(UNDECLARED))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that a few hundred bytes are a large body."""
    monkeypatch.setattr(json_body, "WHOLE_BYTES", 20)
    monkeypatch.setattr(json_stream, "UNIT_BYTES", 10)


@given(bodies, cuts, st.sampled_from([None, 1, "\t"]), st.sampled_from([RECORD, LIST, NO_FREE_TEXT]))
@settings(max_examples=examples(400))
def test_any_split_and_any_size_limit_masks_alike(body: object, cuts: list[int], indent: int, node: Node) -> None:
    data = json.dumps(body, indent=indent, ensure_ascii=bool(indent)).encode("utf-8", "surrogatepass")

    def make() -> JsonMasker:
        return JsonMasker(node, UNDECLARED, tally())

    expected = whole(make, data)
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(json_body, "WHOLE_BYTES", 20)
        limits.setattr(json_stream, "UNIT_BYTES", 10)
        assert in_pieces(make, data, cuts) == expected
        assert whole(make, data) == expected
    assert whole(make, expected) == expected, "a mask of a mask is the same mask"


HOUSEHOLD = Object({"home": RECORD, "id_no": Value(ID_NO), "secret": Value(SECRET)}, Value(UNDECLARED), subject="id_no")
WITHIN = st.fixed_dictionaries(
    {"address": st.fixed_dictionaries({"id": st.text(max_size=2), "name": st.just("张三李")})}
)
MINGLED = Object(
    {
        "address": RECORD,
        "name": RECORD.children["name"],
        "id_no": Value(ID_NO),
        "mobile": RECORD.children["remark"],
        "total": RECORD.children["remark"],
        "rows": Object({"address": RECORD}, Value(UNDECLARED)),
    },
    Value(UNDECLARED),
    subject="id_no",
)
# Beyond 64 bits orjson rounds, where it reads: whether it does is not for a table to keep.
within_64_bits = scalars.filter(lambda value: not isinstance(value, int) or -(2**63) <= value < 2**64)
cells = (
    within_64_bits | texts | st.sampled_from(["11010519491231002X", "", 110105194912310021]) | st.just({"name": "张三"})
)


@given(
    st.data(),
    st.lists(keys | texts, min_size=1, max_size=5, unique=True),
    st.sampled_from([RECORD, HOUSEHOLD, MINGLED]),
)
@settings(max_examples=examples(300))
def test_a_table_of_records_is_masked_and_counted_like_each_by_itself(
    data: st.DataObject, names: list[str], node: Object
) -> None:
    columns = {
        name: data.draw(st.sampled_from([texts, cells, st.fixed_dictionaries({"id": cells, "name": texts}), WITHIN]))
        for name in names
    }
    records = data.draw(st.lists(st.fixed_dictionaries(columns), min_size=json_table.FEWEST_ROWS, max_size=8))
    together, apart = tally(), tally()
    table = whole(lambda: JsonMasker(node, UNDECLARED, together), json.dumps(records).encode())
    pieces = [whole(lambda: JsonMasker(node, UNDECLARED, apart), json.dumps(each).encode()) for each in records]
    assert table == b"[" + b",".join(pieces) + b"]"
    assert dict(together.fields) == dict(apart.fields)
    assert dict(together.found) == dict(apart.found)
    assert list(together.subjects) == list(apart.subjects)
    answer = {"rows": [[each[name] for name in names] for each in records], "columns": names}
    by_row = json.loads(
        whole(
            lambda: JsonMasker(Object({"rows": Rows("columns", node)}, Value(PUBLIC)), UNDECLARED, tally()),
            json.dumps(answer).encode(),
        )
    )
    assume(not any(map(json_keys.is_telling_key, names)))
    assert by_row["rows"] == [[each.get(name) for name in names] for each in json.loads(table)]


def test_no_more_is_remembered_of_what_answers_call_their_fields_than_pays() -> None:
    node = Object({"id": Value(PUBLIC)}, Value(UNDECLARED))
    for number in range(2 * json_table.MOST_TABLES):
        assert masked(json.dumps([{"id": 1, f"f{number}": "x"}] * 2), node) == (
            f'[{{"id":1,"f{number}":"***"}},{{"id":1,"f{number}":"***"}}]'
        )
    assert 0 < len(node.tables) <= json_table.MOST_TABLES
    for keys in (["id", "13800138000"], ["id", "张三"], ["id", *(f"f{n}" for n in range(json_table.WIDEST_TABLE))]):
        assert "x" not in masked(json.dumps([dict.fromkeys(keys, "x") | {"id": 1}] * 2), node)
        assert tuple(keys) not in node.tables


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_record_by_its_key_is_left_out_by_itself_in_a_list_as_well(times: int) -> None:
    record = Object({"city": Value(PUBLIC)}, Value(UNDECLARED), conditions=(("city", "person.city"),))
    choice = Choice(rows={"person.city": frozenset({"A"})})
    body = json.dumps([{"x": {"city": "A"}, "y": {"city": "B"}}] * times).encode()
    counts = tally()
    shown = whole(lambda: JsonMasker(Object({}, record), UNDECLARED, counts, choice), body)
    assert json.loads(shown) == [{"x": {"city": "A"}}] * times
    assert counts.left_out == times


def test_a_table_remembers_nothing_of_values() -> None:
    for name in ("张三", None, 7, ["张三"], {"x": "张三"}, "张三"):
        one = masked(json.dumps({"name": name, "id": 1}))
        assert masked(json.dumps([{"name": name, "id": 1}] * 2)) == f"[{one},{one}]"


@given(bodies, st.integers(0, 300), st.binary(max_size=3), cuts)
def test_damaged_bodies_are_withheld_or_masked_like_the_whole(
    body: object, at: int, damage: bytes, cuts: list[int]
) -> None:
    data = json.dumps({"rows": [body]}).encode()
    at = min(at, len(data))
    data = data[:at] + damage + data[at + len(damage) :]

    def outcome(limit: int) -> bytes | None:
        with pytest.MonkeyPatch.context() as limits:
            limits.setattr(json_body, "WHOLE_BYTES", limit)
            limits.setattr(json_stream, "UNIT_BYTES", 10)
            try:
                return in_pieces(lambda: JsonMasker(LIST, UNDECLARED, tally()), data, cuts)
            except Withheld as withheld:
                assume(withheld.reason != "key_stands_twice")  # of an object that is opened, no key can be taken back
                return None

    assert outcome(20) == outcome(10**6)


@pytest.mark.usefixtures("tiny")
def test_an_opened_object_that_names_a_key_twice_is_withheld() -> None:
    with pytest.raises(Withheld, match="key_stands_twice"):
        masked('{"id": 1, "rows": ["0123456789", "0123456789"], "id": 2}', LIST)


@pytest.mark.usefixtures("tiny")
def test_a_record_with_free_text_is_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    body = '{"remark": "张三丰来过", "address": "' + "x" * 100 + '", "name": "张三丰"}'
    assert masked(body) == '{"remark":"***来过","address":"' + "x" * 100 + '","name":"张**"}'
    monkeypatch.setattr(json_stream, "LARGEST_BYTES", 50)
    with pytest.raises(Withheld, match="too_large_to_mask"):
        in_pieces(lambda: JsonMasker(RECORD, UNDECLARED, tally()), body.encode(), list(range(100)))


def test_memory_stays_bounded() -> None:
    masker = JsonMasker(LIST, UNDECLARED, tally())
    row = json.dumps({"id": 1, "name": "张三", "zzz": "x" * 500}).encode()
    held = 0
    masker.feed(b'{"rows":[' + row)
    for _ in range(20_000):
        masker.feed(b"," + row)
        stream = masker._stream
        held = max(held, len(stream._text) if stream else 0)
    masker.feed(b"]}")
    masker.close()
    assert held < json_stream.UNIT_BYTES * 2 + json_body.WHOLE_BYTES


@settings(max_examples=examples(40))
@given(st.text("a(.;)/*!=-\n \u2028", max_size=8), st.text("();/* \n", max_size=4), st.data())
def test_a_document_with_anything_around_or_in_it_is_masked_or_withheld(
    before: str, behind: str, drawn: st.DataObject
) -> None:
    """A program may be wrapped around one (JSONP): that is none, and no part of it is read as one."""
    body = json.dumps([{"id": 1, "id_no": "11010519491231002X", "mobile": "13800138000"}])
    at = drawn.draw(st.integers(0, len(body)))
    whole_body = before + body[:at] + drawn.draw(st.text('[]{}:,"\\0', max_size=2)) + body[at:] + behind
    try:
        out = masked(whole_body)
    except Withheld:
        return
    assert (before + behind).strip() == ""
    assert not [each for each in ("11010519491231002X", "13800138000") if each in out]
