import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import ndjson_body
from policies.formats.json.body import JsonMasker
from policies.formats.masker import Withheld
from policies.formats.ndjson_body import LONGEST_RECORD, NdjsonMasker, records_in
from tests.policies.formats.masking import DIGESTER, RECORD, UNDECLARED, cuts, in_pieces, tally, whole


def make() -> NdjsonMasker:
    return NdjsonMasker(JsonMasker(RECORD, UNDECLARED, tally()))


def masked(body: str) -> str:
    return whole(make, body.encode()).decode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"id": 1, "name": "张三丰"}\n{"id":2}\n', '{"id":1,"name":"张**"}\n{"id":2}\n'),
        ('{"id":1}\r\n{"id":2}', '{"id":1}\n{"id":2}\n'),
        ('\ufeff\n \r\n{"id":1}\n\n\n{"x":"张三"}\n', '{"id":1}\n{"x":"***"}\n'),
        ('"张三丰"\n[1,2]\n', '"***"\n[null,null]\n'),
        ('{"张三": 1}\n', '{"***1":null}\n'),
        # What a record hides is looked for in its own free text.
        ('{"remark":"李四","name":"李四"}\n{"remark":"李四"}', '{"remark":"***","name":"李**"}\n{"remark":"李四"}\n'),
        ('\x1e{"id": 1,\n "name": "张三丰"}\n\x1e{"id":2}\n', '\x1e{"id":1,"name":"张**"}\n\x1e{"id":2}\n'),
        ('\x1e\x1e{"id":2}\n', '\x1e{"id":2}\n'),
        ("", ""),
        (" \n", ""),
    ],
)  # fmt: skip
def test_what_becomes_of_records(body: str, expected: str) -> None:
    assert masked(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        '{"id":1}\n{"id":', '{"id":1}{"id":2}\n', '{"id":1},\n', '{"id":1}\n\x1e{"id":2}\n', '\x1e{"id":1}\n{"id":2}\n',
        '\x1e{"id":1}\n\x1e{"id":2}', "[\n1\n]\n", "NaN\n", "id,name\n1,张三\n", "\x1e12",
    ],
)  # fmt: skip
def test_what_is_no_row_of_records_is_withheld(body: str) -> None:
    with pytest.raises(Withheld, match="not_json"):
        masked(body)


def test_half_a_mark_is_no_body() -> None:
    with pytest.raises(Withheld):
        whole(make, b"\xef\xbb")


def test_a_record_is_not_held_without_end() -> None:
    endless = b'"' + b"x" * LONGEST_RECORD
    with pytest.raises(Withheld, match="too_large_to_mask"):
        in_pieces(make, endless, list(range(0, len(endless), 1000)))
    with pytest.raises(Withheld, match="too_large_to_mask"):
        whole(make, b'"' + b"x" * LONGEST_RECORD + b'"\n')


def test_subjects_are_noted_record_by_record() -> None:
    masker = make()
    masker.feed(b'{"id_no":"11010519491231002X"}\n')
    assert list(masker.tally.take().subjects) == [DIGESTER("11010519491231002X")]
    masker.feed(b'{"id_no":"330105196811044834"}\n')
    assert list(masker.tally.take().subjects) == [DIGESTER("330105196811044834")]


people = st.fixed_dictionaries(
    {"id": st.integers(), "name": st.text(max_size=6)}, optional={"remark": st.text(max_size=12), "new": st.text()}
)


@given(st.lists(people, max_size=6), st.booleans(), cuts)
def test_any_split_gives_the_same_records(rows: list[dict[str, object]], is_sequence: bool, places: list[int]) -> None:
    before = "\x1e" if is_sequence else ""
    body = "".join(f"{before}{json.dumps(row)}\n" for row in rows).encode()
    expected = whole(make, body)
    assert in_pieces(make, body, places) == expected
    assert in_pieces(make, body, list(range(len(body)))) == expected
    shown = [json.loads(record.removeprefix(b"\x1e")) for record in records_in(expected)]
    assert [row["id"] for row in shown] == [row["id"] for row in rows]


def test_records_are_read_as_they_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(records_in(b'\xef\xbb\xbf{"a":1}\n\n{"b":2}')) == [b'{"a":1}', b'{"b":2}']
    assert list(records_in(b'\x1e{"a":1}\n\x1e{"b":\n2}\n')) == [b'{"a":1}\n', b'{"b":\n2}\n']
    monkeypatch.setattr(ndjson_body, "LONGEST_RECORD", 4)
    with pytest.raises(Withheld):
        masked('{"id":1}\n')
