import pytest

from incident.blank import is_blank


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\r\n", "\u00a0", "\u3000", "\u2003", "\u2028", "\u202f"),
        *("\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u202e\u202c", "\u2066\u2069"),
        *("\u0301", "\ufe0f", "\u034f", "\u180e", "\U000e0041", "\U000e0100", "\x00\x1b\x7f"),
        *("\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\ue000", "\ud800", "\u3000\u200b\u3164 "),
    ],
    ids=ascii,
)
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}见{text}")


@pytest.mark.parametrize("text", ["无", "-", "R-1", "é", "e\u0301", "\u200bx", "𠮷", "〇", "0"])
def test_what_shows_anything_is_not(text: str) -> None:
    assert not is_blank(text)
