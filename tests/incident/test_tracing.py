import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.draft import NoticeFact
from incident.ids import Bilingual
from incident.tracing import untraced, unwritten_quantities

VALUES = {
    "number": "N-20261123-001",
    "systems": "12345 热线系统",
    "discovered": ("2026年11月23日 18:05（北京时间）", "18:05 on 23 November 2026 (Beijing time)"),
    "persons": "1,234",
    "persons_masked": "57",
    "accounts": "2",
    "phone": "0570-8765000",
    "hotline": "12345",
    "police": "110",
}
FACTS = tuple(
    NoticeFact(
        name=name,
        label=Bilingual(zh=name, en=name),
        value=Bilingual(zh=value, en=value) if isinstance(value, str) else Bilingual(zh=value[0], en=value[1]),
        source="#1",
    )
    for name, value in VALUES.items()
)


@pytest.mark.parametrize(
    "text",
    [
        "共有 1,234 人，另有 57 人，2 个内部账号。",
        "1234 persons, a further 57 persons, 2 internal accounts.",
        "１２３４ 人",
        "2026年11月23日 18:05（北京时间），11月23日，23日，18:05",
        "at 18:05 on 23 November 2026 (Beijing time), on 23 November",
        "拨打 110 报警，或者 12345。编号 N-20261123-001，电话 0570-8765000。",
        "call the police at 110. Or call 12345 for help",
        "12345 热线系统中",
        "人数为 1,234。",
    ],
)
def test_what_a_fact_says_is_traced(text: str) -> None:
    assert untraced(text, FACTS) == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("共有 23 人", "23"),
        ("共有 18 人", "18"),
        ("共有 2026 人", "2026"),
        ("共有 110 人", "110"),
        ("共有 2 人", "2"),
        ("共有 001 人", "001"),
        ("1234 个账号", "1234"),
        ("57 条记录", "57"),
        ("持续 2 天", "2"),
        ("1,234 条", "1234"),
        ("23 persons", "23"),
        ("57 records", "57"),
        ("2 officials", "2"),
        ("1234 accounts", "1234"),
        ("11月24日", "11"),
        ("18:06", "18"),
        ("5年", "5"),
        ("电话 8765000", "8765000"),
        ("12,345 人", "12345"),
    ],
)
def test_the_same_digits_of_something_else_are_not(text: str, number: str) -> None:
    assert number in untraced(text, FACTS)


@given(st.integers(0, 99_999))
def test_of_persons_only_the_counts_of_persons_are_said(number: int) -> None:
    assert (untraced(f"共有 {number:,} 人", FACTS) == ()) is (number in (1234, 57))


def test_a_quantity_in_words_has_to_be_the_fact_s_own() -> None:
    said = NoticeFact(name="persons", label=FACTS[0].label, value=Bilingual(zh="三百余人", en="300"), source="#2")
    assert not unwritten_quantities("影响三百余人", (said,))
    assert unwritten_quantities("影响五百余人", (said,))
