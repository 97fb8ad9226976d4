import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.kernel.library import KERNEL
from policies.recognisers.first_look import may_open
from policies.recognisers.gate import asked
from policies.recognisers.labelled import LABELLED
from policies.recognisers.normalise import INVISIBLE, LOOK_ALIKE, NUMERALS, TRADITIONAL
from policies.recognisers.persons.names import ANNOUNCING, FOLLOWING
from policies.recognisers.table import TABLE, Recogniser

WORDS = [*ANNOUNCING, *FOLLOWING, *(word for row in LABELLED for word in row.words)]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
BACK = {simple: code for code, simple in TRADITIONAL.items()}
pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: word.translate(BACK)),
    st.sampled_from(WORDS).map(lambda word: word.upper().translate(WIDE)),
    st.sampled_from(list("0123456789Xx -._/·()（），。、:：@＠\\%~&<京使AEG\n\u3000\u00a0今天的会议讨论")),
    st.text(st.sampled_from("0123456789"), min_size=3, max_size=5),
    st.sampled_from(list(map(chr, NUMERALS))),
    st.sampled_from([*LOOK_ALIKE, "\u212a", "\u017f", "\U0001f600", "\ud83d", INVISIBLE[-1], "eyJ", "WJ"]),
    st.characters(),
)


@given(st.lists(pieces, max_size=30).map("".join))
@example("(0571)8827123")
@example("138，0013：8000、138 001（3800）0")
@example("1\u20283\u2212800\u2500138\u30fc000")
@example("一 二 三 四 五 六 七 八 九 〇 一")
def test_what_opens_the_gate_is_looked_at(text: str) -> None:
    if not may_open(text):
        assert asked(text) == set()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.category}-{row.shortest}")
@settings(max_examples=20)
@given(data=st.data(), before=st.text("今天的会 \n", max_size=5))
def test_every_candidate_is_looked_at(row: Recogniser, data: st.DataObject, before: str) -> None:
    assert may_open(before + data.draw(st.from_regex(row.pattern, fullmatch=True)))


@pytest.mark.skipif(KERNEL is None, reason="the kernel is not built: every text goes to the gate")
def test_most_texts_are_done_with_at_once() -> None:
    for text in (
        "今天的会议讨论了城市道路的改造方案，参加的代表发表了意见（见附件）。",
        "2026-11-26",
        "2026-11-26T09:14:07+08:00",
        "第3页共10页2026年11月26日",
        "",
        "an ordinary sentence",
        "第3栋1单元502室",
    ):
        assert not may_open(text)
        assert asked(text) == set()


@pytest.mark.skipif(KERNEL is None, reason="the kernel is not built: every text goes to the gate")
def test_a_long_text_is_looked_at_to_its_end() -> None:
    """Its beginning by itself first."""
    for place in (0, 4_090, 4_096, 8_000):
        assert may_open("字" * place + "13800138000" + "字" * (9_000 - place))
    assert not may_open("字" * 9_000)
