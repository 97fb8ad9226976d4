import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.detect.definition import Level
from siem.notify.message import KINDS, MOST_BYTES, Kind, Words, cut, key_of, text_of
from tests.siem.notify.alerts import message

CONSOLE = "https://console.example.gov.cn"


def test_one_message_says_what_is_needed_and_where_to_look() -> None:
    text = text_of([message(systems=("register",))], CONSOLE, language="both", internal=False)
    assert text.title == "【影壁】新告警（高） A-000001 / [Yingbi] new alert (high) A-000001"
    for said in (
        "短时间查看大量不同的人 / Many different people seen in a short time",
        "30 次访问，涉及 300 人",
        "系统：register",
        "时间：2026-11-23 17:00（北京时间）",
        "要做什么：确认凭证是否被盗。",
    ):
        assert said in text.body, said
    assert text.body.endswith(f"\n{CONSOLE}/alerts/A-000001")


def test_who_it_is_about_is_told_to_internal_channels_alone() -> None:
    assert "clerk-wang" in text_of([message()], CONSOLE, language="zh", internal=True).body
    told = text_of([message()], CONSOLE, language="zh", internal=False)
    assert "clerk-wang" not in told.title + told.body
    several = text_of([message(1), message(2)], CONSOLE, language="zh", internal=True)
    assert "clerk-wang" not in several.title + several.body


@pytest.mark.parametrize(("language", "not_there"), [("zh", "Many different"), ("en", "短时间")])
def test_a_channel_reads_one_language_where_it_says_so(language: str, not_there: str) -> None:
    text = text_of([message()], CONSOLE, language=language, internal=False)
    assert not_there not in text.title + text.body
    assert "/alerts/A-000001" in text.body


def test_many_messages_become_one_that_counts_them() -> None:
    messages = [message(1, level=Level.CRITICAL), *(message(number) for number in range(2, 13))]
    text = text_of(messages, CONSOLE, language="both", internal=False)
    assert text.title == "【影壁】另有 12 条消息 / [Yingbi] 12 more alerts"
    assert "严重 1，高 11 / critical 1, high 11" in text.body
    assert "A-000001" in text.body
    assert "……还有 4 条" in text.body
    assert text.body.endswith(f"\n{CONSOLE}/alerts")


@given(st.text(max_size=3000), st.integers(1, 40), st.sampled_from(["zh", "en", "both"]))
def test_no_text_is_too_long_and_each_keeps_its_link(words: str, number: int, language: str) -> None:
    each = message(title=Words(zh=words, en=words), advice=Words(zh=words * 2, en=words))
    text = text_of([each] * number, CONSOLE, language=language, internal=True)
    assert len(text.title.encode()) + len(text.body.encode()) <= MOST_BYTES
    assert text.body.split("\n")[-1].startswith(f"{CONSOLE}/alerts")


@given(st.text(), st.integers(3, 60))
def test_what_is_cut_is_a_beginning(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found.encode()) <= most
    assert found == text or text.startswith(found.removesuffix("…"))


def test_the_key_is_of_what_is_sent_together() -> None:
    one, other = message(1), message(2)
    assert key_of([one, other]) == key_of([message(1), message(2)])
    assert len({key_of([one]), key_of([other]), key_of([one, other]), key_of([other, one])}) == 4


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(Kind)
