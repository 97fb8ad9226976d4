import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.formats.csv_body import CsvMasker
from policies.formats.json.body import JsonMasker
from policies.formats.masker import Masker, Tally, Withheld
from policies.formats.multipart_body import LONGEST_HEAD, MOST_PARTS, MultipartMasker, boundary_in
from tests.effort import examples
from tests.policies.formats.masking import DIGESTER, RECORD, UNDECLARED, cuts, in_pieces, tally

ID_NO = "11010519491231002X"
PERSON = f'{{"id": 1, "name": "张三丰", "id_no": "{ID_NO}"}}'
SHOWN = '{"id":1,"name":"张**","id_no":"**************002X"}'


def of_part(media_type: str, charset: str) -> tuple[Masker, str] | None:
    match media_type:
        case "application/json":
            return JsonMasker(RECORD, UNDECLARED, tally()), media_type
        case "text/csv":
            return CsvMasker(RECORD, UNDECLARED, tally(), charset or "utf-8"), f"{media_type}; charset=utf-8"
        case _:
            return None


def make() -> MultipartMasker:
    return MultipartMasker("x", of_part, Tally(DIGESTER))


def masked(body: str, places: list[int] | None = None) -> str:
    made: list[MultipartMasker] = []

    def once() -> Masker:
        made.append(make())
        return made[-1]

    out = in_pieces(once, body.encode(), places or [])
    return out.decode().replace(made[0].boundary, "OURS")


def parts(*contents: str, said: str = "application/json") -> str:
    return "".join(f"--x\r\nContent-Type: {said}\r\n\r\n{each}\r\n" for each in contents) + "--x--\r\n"


def test_each_part_is_masked_by_its_type() -> None:
    body = (
        f"--x\r\ncontent-type: application/json\r\nContent-ID: <{ID_NO}>\r\n\r\n{PERSON}\r\n"
        '--x\r\nContent-Disposition: form-data; name="rows"\r\nContent-Type: text/csv; charset="utf-8"\r\n\r\n'
        "id,name\r\n1,张三丰\r\n\r\n"
        '--x\r\nContent-Disposition: attachment; filename="张三丰.csv"\r\nContent-Type: text/csv\r\n\r\nid\n1\r\n--x--'
    )
    assert masked(body) == (
        f"--OURS\r\nContent-Type: application/json\r\n\r\n{SHOWN}\r\n"
        '--OURS\r\nContent-Type: text/csv; charset=utf-8\r\nContent-Disposition: form-data; name="rows"\r\n\r\n'
        "id,name\r\n1,张**\r\n\r\n"
        "--OURS\r\nContent-Type: text/csv; charset=utf-8\r\n\r\nid\n1\r\n--OURS--\r\n"
    )


WITHHELD = {
    "nothing": "", "no parts": "--x--\r\n", "no end": parts(PERSON)[:-8], "half an end": parts(PERSON)[:-3],
    "a preamble": "张三丰\r\n" + parts(PERSON), "an epilogue": parts(PERSON) + "张三丰",
    "parts behind the end": parts(PERSON) * 2,
    "a bare line end": f"--x\nContent-Type: application/json\n\n{PERSON}\n--x--\n",
    "a bare line end before the end": f"--x\r\nContent-Type: application/json\r\n\r\n{PERSON}\n--x--\r\n",
    "a part without a type": f"--x\r\n\r\n{PERSON}\r\n--x--\r\n",
    "two types": f"--x\r\nContent-Type: application/json\r\nContent-Type: text/csv\r\n\r\n{PERSON}\r\n--x--\r\n",
    "an encoding": parts(PERSON, said="application/json\r\nContent-Transfer-Encoding: base64"),
    "a header of nobody": f"--x\r\nContent-Type: application/json\r\nX-Name: x\r\n\r\n{PERSON}\r\n--x--\r\n",
    "a folded header": f"--x\r\nContent-Type: application/json\r\n x: y\r\n\r\n{PERSON}\r\n--x--\r\n",
    "a header within a header": parts(PERSON, said="application/json\r\nContent-ID: x\nContent-Encoding: gzip"),
    "a name that is not ASCII": parts(PERSON, said="application/json\r\nContent-张: x"),
    "a delimiter in a part": parts(f'{{"a": "--x {PERSON}"}}'),
    "blanks behind a delimiter": parts(PERSON).replace("--x\r", "--x \r"),
    "a part of nobody's type": parts(PERSON, said="application/pdf"),
    "parts in parts": parts(parts(PERSON), said="multipart/mixed; boundary=x"),
    "a part that is not what it says": parts("id,name\r\n1,张三丰"), "a part that is cut": parts(PERSON[:-1]),
    "a delimiter at once": "--x\r\nContent-Type: text/csv\r\n\r\n--x--\r\n",
    "a long head": parts(PERSON, said=f"application/json\r\nContent-ID: {'x' * LONGEST_HEAD}"),
    "many parts": parts(*["1"] * (MOST_PARTS + 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", WITHHELD)
def test_what_could_be_parted_otherwise_is_withheld(case: str) -> None:
    body = WITHHELD[case]
    for places in ([], list(range(min(len(body.encode()), 5_000)))):
        with pytest.raises(Withheld):
            masked(body, places)


def test_what_all_parts_show_is_counted() -> None:
    masker = make()
    masker.feed(parts(PERSON, PERSON).encode())
    assert list(masker.tally.subjects) == [DIGESTER(ID_NO)]
    assert masker.tally.fields[2] == 2


@given(st.lists(st.sampled_from([PERSON, "[1]", '"\\r\\n--"', '"-"', '"\r"']), min_size=1, max_size=3), cuts)
def test_any_split_gives_the_same_parts(contents: list[str], places: list[int]) -> None:
    body = parts(*contents)
    try:
        expected = masked(body)
    except Withheld:
        with pytest.raises(Withheld):
            masked(body, places)
        return
    assert masked(body, places) == expected
    assert masked(body, list(range(len(body.encode())))) == expected


@pytest.mark.parametrize(
    ("said", "boundary"),
    [
        ("multipart/mixed; boundary=x", "x"), ('multipart/form-data;boundary="a b"', ""),
        ("MULTIPART/Mixed; Boundary=x1", "x1"),
        ('multipart/mixed; boundary="a:b"', "a:b"), ("multipart/byteranges; boundary=x", ""), ("multipart/mixed", ""),
        ("multipart/x-mixed-replace; boundary=x", ""), ("multipart/mixed; boundary=x; boundary=y", ""), ("", ""),
        ("multipart/mixed; boundary=" + "x" * 71, ""), ("multipart/mixed; charset=x; boundary=y", ""),
    ],
)  # fmt: skip
def test_what_parts_a_body_is_read_strictly(said: str, boundary: str) -> None:
    assert boundary_in(said) == boundary


PIECES = (b"--x", b"--x--", b"\r\n", b"\r\n\r\n", b"Content-Type: text/csv", b"charset=gbk", b'"', PERSON.encode())
CHANGES = st.tuples(st.floats(0, 1), st.integers(0, 6), st.sampled_from(PIECES) | st.binary(max_size=3))


@settings(max_examples=examples(40))
@given(st.lists(CHANGES, max_size=4), cuts)
def test_a_body_with_anything_changed_is_masked_or_withheld(
    changes: list[tuple[float, int, bytes]], places: list[int]
) -> None:
    rows = parts(f"id,id_no\r\n1,{ID_NO}", said="text/csv")
    data = bytearray((parts(PERSON).removesuffix("--x--\r\n") + rows).encode())
    for share, length, octets in changes:
        at = int(share * len(data))
        data[at : at + length] = octets
    try:
        out = in_pieces(make, bytes(data), places)
    except Withheld:
        return
    assert ID_NO.encode() not in out
