"""Sentences as the tagger is given them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.sentences import LONGEST, sentences_in, tagged
from tests.policies.recognisers.weights_here import the_tagger

PARTS = {
    "two sentences": ("他来了。我走了！", ["他来了。", "我走了！"]),
    "what holds no Chinese": ("ABC 123.\n他来了", ["他来了"]),
    "nothing": ("", []),
    "a long one at its last comma": ("一" * 100 + "，" + "二" * 100, ["一" * 100 + "，", "二" * 100]),
    "one without any": ("三" * (LONGEST + 3), ["三" * LONGEST, "三" * 3]),
}


@pytest.mark.parametrize(("text", "parts"), PARTS.values(), ids=PARTS)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [part for _, part in sentences_in(text)] == parts


@given(st.text("他来了。！？；\n，、 A1", max_size=400))
def test_sentences_stand_where_they_say_and_leave_out_no_chinese(text: str) -> None:
    left = list(text)
    for start, part in sentences_in(text):
        assert text[start : start + len(part)] == part
        assert len(part) <= LONGEST
        left[start : start + len(part)] = [""] * len(part)
    assert not any("\u4e00" <= char <= "\u9fff" for char in "".join(left))


def test_many_texts_are_tagged_as_each_alone() -> None:
    texts = ["申请人张伟明来电。他住在杭州市。", "", "没有人", "王芳\n李强"]
    together = tagged(texts, the_tagger())
    assert together == [tagged([text], the_tagger())[0] for text in texts]
    assert [kind for sentence in together[0] for _, _, kind in sentence.words].count("PER") == 1
