from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_multipart import FormParser
from python_multipart.multipart import Field
from python_multipart.multipart import File as ParsedFile

from policies.formats.masker import Withheld
from policies.formats.sent_form import Coding, File, Part, coding_of
from tests.effort import examples

CODING = Coding("xx")
HEAD = 'Content-Disposition: form-data; name="a"'
PNG = b"\x89PNG\r\n\x1a\n\x00--x\r\n-- \xff"

NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\%'), min_size=1, max_size=20
).filter(lambda name: name.strip().lower() not in ("_charset_", "_method") and "--xx" not in name)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda value: "--xx" not in value)
FILES = st.builds(
    File,
    name=NAMES,
    media_type=st.sampled_from(["image/png", "application/pdf", ""]),
    content=st.binary(max_size=60).filter(lambda content: b"--xx" not in content),
)
PARTS = st.lists(st.builds(Part, NAMES, VALUES) | st.builds(lambda name, file: Part(name, file=file), NAMES, FILES))


def form(head: str = HEAD, value: str = "b") -> bytes:
    return f"--xx\r\n{head}\r\n\r\n{value}\r\n--xx--\r\n".encode()


@given(PARTS)
def test_what_is_written_is_read(parts: list[Part]) -> None:
    data = CODING.write(parts)
    assert CODING.read(data) == parts
    assert CODING.write(CODING.read(data)) == data


@given(PARTS)
def test_another_reader_finds_the_same_in_it(parts: list[Part]) -> None:
    found: list[tuple[str, str | bytes]] = []

    def field(said: Field) -> None:
        found.append((bytes(said.field_name or b"").decode(), bytes(said.value or b"").decode()))

    def file(said: ParsedFile) -> None:
        said.file_object.seek(0)
        found.append((bytes(said.field_name or b"").decode(), said.file_object.read()))

    parser = FormParser("multipart/form-data", field, file, boundary=b"xx")
    parser.write(CODING.write(parts))
    parser.finalize()
    assert found == [(part.name, part.value if part.file is None else part.file.content) for part in parts]


@given(st.lists(st.tuples(NAMES, VALUES)))
def test_pairs_that_are_url_encoded(pairs: list[tuple[str, str]]) -> None:
    data = urlencode(pairs).encode()
    assert Coding().read(data) == [Part(name, value) for name, value in pairs]
    assert Coding().write(Coding().read(data)) == data


# As browsers and HTTP clients write them.
READ = {
    "of a browser": (b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--xx--\r\n', [Part("a", "b")]),
    "without a last line end": (form()[:-2], [Part("a", "b")]),
    "of nothing": (b"--xx--\r\n", []),
    "of an empty value": (form(value=""), [Part("a", "")]),
    "of lines": (form(value="1\r\n2\n3\r\n"), [Part("a", "1\r\n2\n3\r\n")]),
    "of a file that was not chosen": (
        form(f'{HEAD}; filename=""\r\nContent-Type: application/octet-stream', ""),
        [Part("a", file=File("", "application/octet-stream", b""))],
    ),
    "of a file": (
        f'--xx\r\n{HEAD}; filename="照片.png"\r\nContent-Type: image/png\r\n\r\n'.encode() + PNG + b"\r\n--xx--\r\n",
        [Part("a", file=File("照片.png", "image/png", PNG))],
    ),
    "of text that says so": (form(f"{HEAD}\r\ncontent-type: text/plain; charset=UTF-8"), [Part("a", "b")]),
    "of a name twice": (form()[:-8] + form(), [Part("a", "b"), Part("a", "b")]),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_is_read(case: str) -> None:
    data, parts = READ[case]
    assert CODING.read(data) == parts


UNREADABLE = {
    "nothing": b"",
    "no form": b"a=b",
    "something before it": b"x\r\n" + form(),
    "a line end before it": b"\r\n" + form(),
    "something behind it": form() + b"x",
    "a second form behind it": form() + form(),
    "no end": form()[:-4],
    "an end that is cut": form()[:-3],
    "no parts between its ends": b"--xx\r\n--xx--\r\n",
    "another boundary": form().replace(b"--xx", b"--xy"),
    "blanks behind a boundary": form().replace(b"--xx\r\n", b"--xx \r\n"),
    "bare line feeds": form().replace(b"\r\n", b"\n"),
    "a bare line feed before a boundary": form(value="b\n--xx\r\n" + HEAD.replace("a", "c") + "\r\n\r\nd"),
    "a boundary in a value": form(value="--xx"),
    "a longer boundary": form(value="b\r\n--xxx"),
    "an end in a value": form(value="b\r\n--xx--"),
    "no line between head and value": form().replace(b"\r\n\r\n", b"\r\n"),
    "no head": b"--xx\r\n\r\nb\r\n--xx--\r\n",
    "no name": form("Content-Disposition: form-data"),
    "an empty name": form('Content-Disposition: form-data; name=""'),
    "a name without quotation marks": form("Content-Disposition: form-data; name=a"),
    "two names": form(f'{HEAD}; name="c"'),
    "a name in two spellings": form(f"{HEAD}; name*=utf-8''c"),
    "a file name in two spellings": form(f"{HEAD}; filename=\"x\"; filename*=utf-8''c"),
    "a continued name": form('Content-Disposition: form-data; name*0="a"; name*1="b"'),
    "an escaped quotation mark": form('Content-Disposition: form-data; name="a\\"b"'),
    "a quotation mark spelled as in an address": form('Content-Disposition: form-data; name="a%22"'),
    "a line end spelled as in an address": form('Content-Disposition: form-data; name="a%0d%0A"'),
    "a NUL in a name": form('Content-Disposition: form-data; name="a\0"'),
    "a name that is no UTF-8": form().replace(b'"a"', b'"\xff"'),
    "a folded head": form('Content-Disposition: form-data;\r\n name="a"'),
    "a line feed in the head": form(f"{HEAD}\nX: 1"),
    "another disposition": form('Content-Disposition: attachment; name="a"'),
    "the head twice": form(f"{HEAD}\r\n{HEAD}"),
    "two types": form(f"{HEAD}\r\nContent-Type: text/plain\r\nContent-Type: text/plain"),
    "a type before the disposition": form(f"Content-Type: text/plain\r\n{HEAD}"),
    "a long head": form(f"{HEAD}\r\nContent-Type: text/{'x' * 3000}"),
    "an encoding": form(f"{HEAD}\r\nContent-Transfer-Encoding: base64"),
    "another charset": form(f"{HEAD}\r\nContent-Type: text/plain; charset=utf-7"),
    "a part of another kind": form(f"{HEAD}\r\nContent-Type: application/json"),
    "parts in a part": form(f"{HEAD}\r\nContent-Type: multipart/mixed; boundary=y", "--y\r\n\r\nb\r\n--y--"),
    "a method of its own": form('Content-Disposition: form-data; name="_method"', "DELETE"),
    "a charset of its own": form('Content-Disposition: form-data; name="_charset_"', "gbk"),
    "a value that is no UTF-8": form().replace(b"\r\nb\r\n", b"\r\n\xff\r\n"),
    "too many parts": form()[:-8] * 2001 + b"--xx--\r\n",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_could_be_read_in_two_ways_is_not_read(case: str) -> None:
    with pytest.raises(Withheld, match="not_a_form"):
        CODING.read(UNREADABLE[case])


@pytest.mark.parametrize(
    "data", [b"a=x;mobile=1", b"a=1&_charset_=utf-16", b"a=1&_method=DELETE", b"a=1&_Method=PUT", b"a=1&%5Fmethod=PUT"]
)
def test_pairs_that_another_reader_may_see_otherwise_are_not_read(data: bytes) -> None:
    with pytest.raises(Withheld, match="not_a_form"):
        Coding().read(data)


@pytest.mark.parametrize("value", ["--xx", "a\r\n--xx--\r\n", "\r\n--xx\r\n\r\n"])
def test_a_value_that_would_end_its_part_is_not_written(value: str) -> None:
    with pytest.raises(Withheld, match="not_a_form"):
        CODING.write([Part("a", value)])


WRITTEN_IN = {
    "application/x-www-form-urlencoded": Coding(),
    "application/x-www-form-urlencoded; charset=UTF-8": Coding(),
    "application/x-www-form-urlencoded; charset=gbk": None,
    "multipart/form-data; boundary=----WebKitFormBoundaryaB3": Coding("----WebKitFormBoundaryaB3"),
    "Multipart/Form-Data;boundary=0f": Coding("0f"),
    "multipart/form-data": None,
    "multipart/form-data; boundary=": None,
    'multipart/form-data; boundary="x"': None,
    "multipart/form-data; boundary=x; boundary=y": None,
    "multipart/form-data; charset=utf-8; boundary=x": None,
    "multipart/form-data; boundary=x y": None,
    f"multipart/form-data; boundary={'x' * 71}": None,
    "multipart/mixed; boundary=x": None,
    "application/json": None,
    "": None,
}


@pytest.mark.parametrize("content_type", WRITTEN_IN)
def test_how_a_form_is_written(content_type: str) -> None:
    assert coding_of(content_type) == WRITTEN_IN[content_type]


SIGNS = st.sampled_from([b"--xx", b"--xx--", b"\r\n", b"%", b"&", b";", b'"'])
CHANGES = st.tuples(st.floats(0, 1), st.integers(0, 4), SIGNS | st.binary(max_size=3))


@settings(max_examples=examples(40))
@given(st.sampled_from([CODING, Coding()]), PARTS, st.lists(CHANGES, max_size=3))
def test_a_form_with_anything_changed_is_read_as_it_is_written_again_or_refused(
    coding: Coding, parts: list[Part], changes: list[tuple[float, int, bytes]]
) -> None:
    data = bytearray(coding.write([part for part in parts if part.file is None or coding is CODING]))
    for share, length, octets in changes:
        at = int(share * len(data))
        data[at : at + length] = octets
    try:
        read = coding.read(bytes(data))
    except Withheld:
        return
    assert coding.read(coding.write(read)) == read
