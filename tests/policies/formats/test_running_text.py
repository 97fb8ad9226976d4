"""A text that comes in pieces: what is shown of it is what a scan of the whole shows, and nothing goes too early."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.masker import Action, Kind, Withheld
from policies.formats.running_text import LONGEST_WAITING, RunningText
from tests.policies.formats.masking import NAME, PUBLIC, REMARK, action, tally
from tests.spellings import ID_NO, MOBILE
from tests.spellings import NAME as PERSON

PHRASES = (
    *(
        ID_NO,
        MOBILE,
        "138 0013 8000",
        "１３８００１３８０００",
        "138%2000138000",
        "&#49;&#51;800138000",
        "zhang@example.com",
    ),
    *("联系人：张三", "张三丰先生来电", "张 三丰先生", "诸葛孔明的电话", "阿里木·买买提先生", "一三八零零一三八零零零"),
    *("MTM4MDAxMzgwMDA=", "6222 0202 0001 2345 678", "eyJhbGciOiJub25lIn0.eyJwaG9uZSI6IjEzODAwMTM4MDAwIn0."),
    *(
        "。",
        "，",
        "好的",
        "x",
        " ",
        "\n",
        "the ",
        "12",
        "<b>",
        "</b>",
        "\\u0031",
        "%",
        "~",
        "a&b",
        "：",
        "、一",
        "；",
        "-",
        "1",
    ),
)
texts = st.lists(st.sampled_from(PHRASES), max_size=14).map("".join)
cuts = st.lists(st.integers(0, 300), max_size=20)


def run(text: str, places: list[int], what: Action = REMARK, known: KnownValues | None = None) -> list[str]:
    running = RunningText(what, tally(), known or KnownValues())
    bounds = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    pieces = [running.add(text[start:end]) for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True)]
    return [*pieces, running.finish()]


@given(texts, cuts)
def test_any_split_shows_what_a_scan_of_each_line_shows(text: str, places: list[int]) -> None:
    lines = [mask_free_text(line, None, tally(), typed=True) for line in text.split("\n")]
    assert "".join(run(text, places)) == "".join(run(text, []))
    if "\n" not in text:
        assert "".join(run(text, places)) == lines[0]


@given(texts, st.integers(0, 200))
def test_what_has_gone_is_never_the_beginning_of_a_value(text: str, place: int) -> None:
    """Whoever breaks off anywhere has shown nothing that the whole would have hidden."""
    running = RunningText(REMARK, tally(), KnownValues())
    gone = running.add(text[:place])
    assert "".join(run(text, [])).startswith(gone)


@given(texts, cuts)
def test_what_is_known_is_hidden_wherever_it_is_cut(text: str, places: list[int]) -> None:
    known = KnownValues()
    known.add(PERSON)
    assert PERSON not in "".join(run(f"{text}{PERSON}{text}", places, known=known))


def test_a_sentence_goes_when_it_ends() -> None:
    running = RunningText(REMARK, tally(), KnownValues())
    assert [running.add(piece) for piece in ("请", "稍等", "。", f"{MOBILE[:5]}", MOBILE[5:], "，", "好。")] == (
        ["", "", "请稍等。", "", "", "", "***，好。"]
    )
    assert running.finish() == ""


def test_a_text_without_an_end_waits_for_a_few_characters_only() -> None:
    shown = run("好" * 2000, list(range(2000)))
    assert len(shown[-1]) <= 256
    assert "".join(shown) == "好" * 2000


def test_what_never_ends_is_withheld() -> None:
    with pytest.raises(Withheld):
        run("1" * (LONGEST_WAITING + 1), list(range(0, LONGEST_WAITING, 1000)))


@pytest.mark.parametrize(
    ("what", "shown"),
    [(PUBLIC, MOBILE), (NAME, "******"), (action(7, kind=Kind.DROP), "******")],
    ids=["show", "mask", "drop"],
)
def test_what_is_not_scanned_goes_piece_by_piece(what: Action, shown: str) -> None:
    assert "".join(run(MOBILE, [5], what)) == shown


def test_what_is_blocked_is_withheld() -> None:
    with pytest.raises(Withheld):
        run("x", [], action(7, kind=Kind.BLOCK))


def test_a_long_word_that_is_over_goes_and_one_that_is_not_waits() -> None:
    word, blanks = "a" * 60_000, " " * 300
    assert run(word + blanks, [len(word)])[0] == ""
    assert "".join(run(word + blanks, [])) == word + blanks
