"""What is read in a text that is escaped or packed, and where it stands in it."""

import base64
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.recognisers.normalise import DIGITS_ELSEWHERE, normalise
from policies.recognisers.readings import may_say_more, packed, readings
from policies.recognisers.scan import may_hold_personal_data, scan

MOBILE = "13800138000"
SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda char: "".join(f"%{byte:02X}" for byte in char.encode()),
    lambda char: "".join(f"~{byte:02x}" for byte in char.encode()),
    lambda char: f"\\u{ord(char):04x}",
    lambda char: f"\\\\\\\\u{ord(char):04X}",
    lambda char: f"\\u{{{ord(char):06x}}}",
    lambda char: f"&#{ord(char)};",
    lambda char: f"&#x{ord(char):x};",
    lambda char: f"&amp;#{ord(char)};",
    lambda char: f"\\{ord(char):06x} ",
    lambda char: "".join(f"\\x{byte:02x}" for byte in char.encode()),
    lambda char: char if char.isascii() else "".join(f"\\{byte:03o}" for byte in char.encode()),
    lambda char: f"<b>{char}</b>",
]
spelled = st.tuples(st.sampled_from("张三丰é1380"), st.sampled_from(SPELLINGS)).map(
    lambda pair: (pair[0], pair[1](pair[0]))
)


@given(st.lists(spelled, min_size=1, max_size=12))
def test_each_character_is_found_where_it_is_written(letters: list[tuple[str, str]]) -> None:
    text = "".join(written for _, written in letters)
    found = [reading for reading in readings(text) if reading.rounds]
    said = "".join(char for char, _ in letters)
    if text == said:
        assert not found
        return
    (reading,) = found
    assert reading.text == said
    ends = [sum(len(written) for _, written in letters[:number]) for number in range(len(letters) + 1)]
    for number, (char, written) in enumerate(letters):
        start, end = reading.span(number, number + 1)
        assert ends[number] <= start < end <= ends[number + 1]
        assert written == char or end - start >= 1


@given(st.sampled_from(SPELLINGS), st.text("见，。 \n", max_size=5), st.text("见，。 \n", max_size=5))
def test_a_number_is_hidden_where_it_is_written(spelling: Callable[[str], str], before: str, after: str) -> None:
    written = "".join(map(spelling, MOBILE))
    (hit,) = scan(before + written + after)
    assert hit.category == "mobile"
    hidden = (before + written + after)[hit.start : hit.end]
    assert "".join(map(spelling, MOBILE[1:-1])) in hidden


@given(st.text("张三 \u3000\u200b李a1", max_size=20))
def test_what_stands_between_chinese_characters_is_left_out(text: str) -> None:
    for reading in readings(text):
        assert all(text[slice(*reading.span(place, place + 1))] == char for place, char in enumerate(reading.text))


@pytest.mark.parametrize("before", ["", "/photo/", "a_b-", "data:text/plain;base64,", "见"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_read_from_where_it_begins(before: str, encode: Callable[[bytes], bytes]) -> None:
    token = encode(f"?>~电话{MOBILE}".encode()).decode()
    text = f"{before}{token} end"
    assert any(held.endswith(MOBILE) for _, _, held, _ in packed(text))
    assert [hit.category for hit in scan(text)] == ["mobile"]
    (hit,) = scan(text)
    assert text[hit.start : hit.end].endswith(token)


@given(st.text("axZ5", max_size=4), st.sampled_from(["13504415846", MOBILE]))
def test_base64_and_hexadecimal_digits_are_read_whatever_letters_stand_before(before: str, number: str) -> None:
    for written in (base64.b64encode(number.encode()).decode(), number.encode().hex()):
        assert [hit.category for hit in scan(before + written)] == ["mobile"]


def test_base64_is_read_wherever_a_window_of_it_begins() -> None:
    token = base64.b64encode(f"{'.' * 30}{MOBILE}{'.' * 30}".encode()).decode()
    digits = f"{'.' * 30}{MOBILE}{'.' * 30}".encode().hex()
    assert all(scan(written[cut:]) for written in (token, digits) for cut in range(30))


@pytest.mark.parametrize(
    "text",
    [
        "/static/admin/css/responsive_rtl.css",
        "col-md-offset-3 js-Something-Or-Other",
        "d41d8cd98f00b204e9800998ecf8427e",
        "550e8400-e29b-41d4-a716-446655440000",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "a < b && c > d",
        "100% sure, 50%ige",
        "C:\\new\\data",
        "AT&T &c",
        "1.2 3.4, 5.6 7.8",
        "M210.5 294.9 22.3 20.02z",
        "1,2,3,4,5,6,7,8,9,10,11",
    ],
)
def test_what_holds_nobody_is_left_alone(text: str) -> None:
    assert scan(text) == ()


@given(
    st.lists(
        st.sampled_from(["\\", "%", "&#1", "<a ", "~3", "张 三", "MTM4MDAxMzgwMDA", "138", "0", ";", ">"]), max_size=12
    )
)
def test_the_gate_is_open_wherever_something_is_found(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert may_say_more(text) or not [*readings(text), *packed(text)]
    assert may_hold_personal_data(text) or not scan(text)


def test_digits_of_other_scripts_are_what_unicode_says() -> None:
    read = normalise(DIGITS_ELSEWHERE).text
    assert read == "".join(str(unicodedata.digit(char)) for char in DIGITS_ELSEWHERE)


pieces_of_escapes = st.sampled_from(
    [*"%~\\&<>/!#;x{}u09afAFde \u3000\u200b张三", "%e6", "%E6", "~fa", "%b0", "&amp", "<b", "<!-- -->", "\\u5f20"]
)


@given(st.lists(pieces_of_escapes, max_size=12).map("".join))
@example("%fa%ce%ec")
@example("~fa~ce")
def test_every_text_that_has_a_reading_opens_the_gate(text: str) -> None:
    assert next(readings(text), None) is None or may_hold_personal_data(text)
