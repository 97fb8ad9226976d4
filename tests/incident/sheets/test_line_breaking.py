from hypothesis import given
from hypothesis import strategies as st

from incident.sheets.line_breaking import broken

LETTERS = st.sampled_from("网络安全，。《》（）“”ab1,.% 　\n-一")
NEVER_FIRST = set("，。》）”,.%")
NEVER_LAST = set("《（“")


def wide(text: str) -> float:
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def test_chinese_is_broken_anywhere_but_before_a_mark_and_english_between_words() -> None:
    assert list(broken("本报告依据《办法》第七条，A long word.", 6, wide)) == [
        "本报告依据",
        "《办法》第七",
        "条，A long",
        "word.",
    ]


def test_a_line_break_is_kept_and_an_empty_text_is_one_line() -> None:
    assert list(broken("一\n\n二", 9, wide)) == ["一", "", "二"]
    assert list(broken("", 9, wide)) == [""]


def test_what_is_wider_than_a_line_is_cut() -> None:
    assert list(broken("x" * 25, 5, wide)) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text(LETTERS, max_size=80), st.integers(3, 20))
def test_nothing_is_lost_and_nothing_runs_over(text: str, width: int) -> None:
    lines = list(broken(text, width, wide))
    assert all(wide(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(st.sampled_from("网络安全a1 ，。《》"), max_size=60))
def test_no_mark_stands_where_none_may(text: str) -> None:
    """Where marks do not stand in rows longer than a line."""
    lines = list(broken("".join(f"字{letter}字" for letter in text), 20, wide))
    assert not {line[0] for line in lines[1:] if line} & NEVER_FIRST
    assert not {line[-1] for line in lines[:-1] if line} & NEVER_LAST
