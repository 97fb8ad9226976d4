"""The question before the tagger: it may say yes for nothing, never no where the tagger finds something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.find import find
from policies.recognisers.may_name import SHORTEST, may_name, may_name_in_lines, sentences_that_may
from policies.recognisers.prose import find_in_prose
from tests.bench.marked_texts import kinds, marked_texts
from tests.bench.written import KINDS, Written
from tests.policies.recognisers.weights_here import the_tagger


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_the_tagger_finds_lies_beyond_the_sentences_that_may_name_somebody(kind: str) -> None:
    _asked_first(KINDS[kind](77, 120))


@pytest.mark.parametrize("kind", kinds())
def test_neither_does_anything_in_texts_written_one_by_one(kind: str) -> None:
    _asked_first(marked_texts(kind))


def _asked_first(written: list[Written]) -> None:
    the_tagger()
    texts = [each.text for each in written]
    for text, hits in zip(texts, find_in_prose(texts), strict=True):
        spans = [*sentences_that_may(text)]
        for hit in hits:
            assert any(start <= hit.start and hit.end <= end for start, end in spans), text[hit.start : hit.end]
            assert may_name(text, 1)


@pytest.mark.parametrize(
    ("text", "may"),
    {
        "路灯不亮，请来修": True,
        "王小明来过了吗": False,  # too short to be read
        "王小明昨天来过了": True,
        "ｗａｎｇ　王小明": True,
        "No Chinese here, Wang": False,
        "哈哈哈哈呵呵呵呵呵": True,  # as foreign names are spelled
        "的的的的的的的的的": False,
        "的的的的签名：伏羲": True,
        "的的的的的伏羲": False,
        "": False,
    }.items(),
)
def test_what_may_name_somebody(text: str, may: bool) -> None:
    assert may_name(text) is may
    assert may_name_in_lines(f"短\n{text}\n短") or not may


@given(st.lists(st.text("王路x9 \r\u2028", max_size=12), max_size=6))
def test_lines_that_may_name_somebody_are_none_that_is_passed_over(lines: list[str]) -> None:
    assert may_name_in_lines("\n".join(lines)) or not any(map(may_name, lines))


def test_of_short_lines_none_is_read() -> None:
    assert not may_name_in_lines("\n".join(["王小明", "待受理", "x" * 99, "3号窗口"] * 50))
    assert may_name_in_lines("王" * (SHORTEST - 1) + "\n" + "王" * SHORTEST)


@pytest.mark.parametrize(
    "text",
    [
        "申请人车牌浙A12345",
        "申请人单位已盖章",
        "申请人应当到场",
        "申请人向本局提出",
        "负责人单据不全",
        "申请人时间不够",
    ],
)
def test_what_begins_like_a_name_behind_a_word_that_announces_one_is_nobodys(text: str) -> None:
    assert [hit.category for hit in find(text) if hit.category == "person"] == []
