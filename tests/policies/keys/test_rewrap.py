import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import DataKey, DataKeys
from policies.keys.rewrap import Counts, Rewrap, UnreadableRow, csv_header, csv_rows, json_rows
from policies.transforms.encrypt import Cipher

OLD, NEW, GONE = (DataKey(f"0000000{letter}", letter.encode() * 32) for letter in "abc")
BEFORE = Cipher(DataKeys(OLD.id, {OLD.id: OLD}), "field")
KEYS = DataKeys(NEW.id, {OLD.id: OLD, NEW.id: NEW})
AFTER = Cipher(KEYS, "field")
LOST = Cipher(DataKeys(GONE.id, {GONE.id: GONE}), "field")
STORED = ("application.mobile", "person.phone")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=12)


def rewrapped(data: bytes, kind: str = "csv", **fields: str) -> tuple[bytes, Counts]:
    work = Rewrap(KEYS, "hall", fields, "application", Counts(), STORED)
    rows = csv_rows if kind == "csv" else json_rows
    return b"".join(work.row(raw, pieces) for raw, pieces in rows(io.BytesIO(data))), work.counts


def token(value: str, field: str = "application.mobile", cipher: Cipher = BEFORE) -> str:
    return cipher.encrypt(value.encode(), "hall", field)


def opened(text: str, field: str = "application.mobile") -> str:
    assert text.split(".")[1] == NEW.id
    return AFTER.decrypt(text, "hall", field).decode()


def csv_of(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_in_csv_every_token_is_made_anew_and_every_other_byte_stays(rows: list[tuple[str, str]]) -> None:
    data = csv_of([["note", "mobile"], *([note, token(mobile)] for note, mobile in rows)])
    out, counts = rewrapped(data)
    read = list(csv.reader(io.StringIO(out.decode(), newline="")))[1:]
    assert [(note, opened(mobile)) for note, mobile in read] == rows
    assert (counts.rows, counts.made_anew, counts.failed) == (len(rows) + 1, len(rows), 0)
    assert len(out) == len(data)
    again, after = rewrapped(out)
    assert (again, after.made_anew, after.current) == (out, 0, len(rows))


@given(st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=4), st.booleans())
def test_in_json_lines_too(rows: list[dict[str, str]], ascii_only: bool) -> None:
    made = [{**row, "mobile": token("13800138000"), "more": [{"mobile": token("x")}]} for row in rows]
    data = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in made).encode()
    out, counts = rewrapped(data, "json")
    read = [json.loads(line) for line in out.split(b"\n")[:-1]]
    assert [opened(row["mobile"]) for row in read] == ["13800138000"] * len(rows)
    assert [opened(row["more"][0]["mobile"]) for row in read] == ["x"] * len(rows)
    for row, before in zip(read, rows, strict=True):
        assert {name: row[name] for name in before if name not in ("mobile", "more")} == {
            name: value for name, value in before.items() if name not in ("mobile", "more")
        }
    assert (counts.made_anew, counts.failed) == (2 * len(rows), 0)


FAILING = {
    "of an unknown key": token("x", cipher=LOST),
    "moved from another field": token("x", "application.name"),
    "altered": token("x")[:-2] + "AA",
    "within a text": f"see {token('x')}",
    "cut": token("x")[:-4],
}


@pytest.mark.parametrize("case", FAILING)
def test_what_does_not_open_stays_and_is_counted(case: str) -> None:
    rows = [["mobile", "note"], [FAILING[case], "1"], [token("y"), "2"]]
    out, counts = rewrapped(csv_of(rows))
    read = list(csv.reader(io.StringIO(out.decode())))
    assert read[1] == rows[1]
    assert opened(read[2][0]) == "y"
    assert (counts.made_anew, counts.failed) == (1, 1)
    line = json.dumps({"mobile": FAILING[case]}).encode()
    out, counts = rewrapped(line, "json")
    assert (out, counts.failed) == (line, 1)


def test_values_that_were_never_encrypted_are_counted() -> None:
    """In the columns of fields that are stored encrypted, whatever they are called, and in no other."""
    rows = [
        ["id", "mobile", "电话", "name"],
        ["1", token("y"), "13800138000", "张三"],
        ["2", "13900139000", "", "李四"],
        ["3", "bad", " ", f"{token('z', 'application.name')}"],
        ["4", "y1.0000000a", "d1.", ""],
    ]
    out, counts = rewrapped(csv_of(rows), 电话="person.phone")
    assert (counts.plain, counts.made_anew, counts.failed) == (5, 2, 0)
    assert [row[1:3] for row in csv.reader(io.StringIO(out.decode()))][2:] == [row[1:3] for row in rows[2:]]


@pytest.mark.parametrize(
    ("value", "plain"),
    [("13800138000", 1), (13800138000, 1), (True, 1), (["1", {"mobile": 2.5}], 2), (None, 0), ("", 0), (token("y"), 0)],
    ids=["text", "number", "truth", "within", "null", "empty", "token"],
)
def test_so_are_those_in_json(value: object, plain: int) -> None:
    line = json.dumps({"id": 7, "mobile": value, "name": "张三", "more": {"note": 1}}).encode()
    out, counts = rewrapped(line, "json")
    assert (counts.plain, counts.failed) == (plain, 0)
    assert plain == 0 or out == line


def test_a_plain_value_in_another_encoding_is_one() -> None:
    _, counts = rewrapped("手机,备注\n乂，镕丂,\n　,\n".encode("gb18030"), 手机="person.phone")
    assert (counts.rows, counts.plain) == (3, 2)


def test_a_column_may_be_called_otherwise_than_its_field() -> None:
    data = csv_of([["手机", "name"], [token("y", "person.phone"), token("z", "application.name")]])
    out, counts = rewrapped(data, 手机="person.phone")
    read = list(csv.reader(io.StringIO(out.decode())))[1]
    assert (opened(read[0], "person.phone"), opened(read[1], "application.name")) == ("y", "z")
    assert counts.failed == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_bytes_of_other_encodings_stay(encoding: str) -> None:
    text = f'手机,备注\n{token("y", "p.m")},"乂，镕\n丂"\n'
    out, counts = rewrapped(text.encode(encoding), 手机="p.m")
    assert out.decode(encoding).endswith(',"乂，镕\n丂"\n')
    assert (counts.rows, counts.made_anew) == (2, 1)
    assert csv_header(text.split("\n")[0].encode(encoding)) == ["手机", "备注"]


def test_the_same_token_twice_is_made_anew_where_it_belongs() -> None:
    """A copy in another column does not open there: it was moved."""
    same = token("y")
    out, counts = rewrapped(csv_of([["note", "mobile"], [same, same]]))
    read = list(csv.reader(io.StringIO(out.decode())))[1]
    assert read[0] == same
    assert opened(read[1]) == "y"
    assert (counts.made_anew, counts.failed) == (1, 1)


def test_rows_that_are_longer_or_shorter_than_the_header_are_rows() -> None:
    out, counts = rewrapped(f"mobile\n{token('y')},{token('z')}\n\n".encode())
    assert (counts.rows, counts.made_anew, counts.failed) == (3, 1, 1)
    assert out.endswith(b"\n\n")


UNREADABLE = [("json", b"{\n"), ("json", b"\xff\n"), ("json", b"[" * 99999), ("csv", b"a\rb\n")]


@pytest.mark.parametrize(("kind", "data"), UNREADABLE, ids=range(4))
def test_what_cannot_be_read_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(UnreadableRow):
        rewrapped(data, kind)
