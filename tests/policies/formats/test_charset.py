import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import charset
from policies.formats.charset import Charset
from policies.formats.masker import Withheld
from tests.policies.formats.masking import cuts


def read(name: str, data: bytes, places: list[int]) -> str:
    decoder = Charset(name)
    ends = sorted({min(place, len(data)) for place in places} | {len(data)})
    pieces = [decoder.decode(data[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    return "".join([*pieces, decoder.decode(b"", final=True)])


@pytest.mark.parametrize("name", ["gbk", "GB2312", "x-gbk", "cp936", "gb18030"])
@given(text=st.text("张三丰找 0123é<>\n", min_size=1, max_size=80), cuts=cuts)
def test_utf_8_under_another_name_is_withheld(name: str, text: str, cuts: list[int]) -> None:
    data = text.encode()
    if any(char > "\u07ff" for char in text):
        with pytest.raises(Withheld, match="wrong_charset"):
            read(name, data, cuts)


@given(st.text("张三丰找联通的一是了我不人在他有这 0123<>\n", max_size=300), cuts)
def test_gbk_is_read(text: str, cuts: list[int]) -> None:
    assert read("gbk", text.encode("gbk"), cuts) == text


@pytest.mark.parametrize("text", ["联通", "", "no name", "a联通b", "銆備竴銆備簩 张三"])
def test_gbk_that_could_be_utf_8_by_chance_is_read(text: str) -> None:
    """The last begins like UTF-8 with three bytes to a character and turns out to be none."""
    assert read("gbk", text.encode("gbk"), list(range(60))) == text


def test_what_stays_in_doubt_is_held_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charset, "LONGEST_DOUBT", 10)
    decoder = Charset("gbk")
    assert decoder.decode(b"abc") == "abc"
    assert decoder.decode("张".encode() + b"1") == ""
    with pytest.raises(Withheld, match="wrong_charset"):
        decoder.decode("张三丰张三丰张三丰张三丰".encode())


@pytest.mark.parametrize(("name", "reason"), [("utf-16", "unknown_charset"), ("", "unknown_charset")])
def test_an_unknown_charset_is_withheld(name: str, reason: str) -> None:
    with pytest.raises(Withheld, match=reason):
        Charset(name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "iso2022_jp_2", "iso2022_kr"])
@pytest.mark.parametrize("name", ["utf-8", "gb18030"])
def test_a_charset_whose_bytes_could_be_text_of_another_is_withheld(name: str, codec: str) -> None:
    """Whoever keeps the file reads it as what it is: between any two digits of it stands nothing."""
    with pytest.raises(Withheld, match="wrong_charset"):
        read(name, "<td class='col-name'>三</td> 13800138000".encode(codec), list(range(40)))
