"""What the kernel finds is what Python finds: spans, categories, scores and why. Python is the reference."""

import base64
import functools
import itertools
import random
import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.kernel.library import KERNEL
from policies.recognisers import compiled
from policies.recognisers import scan as scanner
from policies.recognisers.around import OTHERS
from policies.recognisers.candidates import MIXED, hits_of
from policies.recognisers.find import find
from policies.recognisers.hits import Hits
from policies.recognisers.labelled import LABELLED, PATTERNS
from policies.recognisers.normalise import LOOK_ALIKE, NUMERALS, normalise
from policies.recognisers.patterns import Programs, Unsupported
from policies.recognisers.persons.names import ANNOUNCING, FOLLOWING
from policies.recognisers.scan import scan
from policies.recognisers.table import TABLE, Hit
from tests.bench import invented
from tests.policies.recognisers import test_find, test_table

pytestmark = pytest.mark.skipif(KERNEL is None, reason="the kernel is not built: Python finds all")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
WORDS = sorted({*(word for row in TABLE for word in row.context), *OTHERS, *ANNOUNCING, *FOLLOWING})
LABELS = sorted({word for row in LABELLED for word in row.words})
LETTERS = list(
    "0123456789Xx IlO-._/·•・,，:：;；。、@()（）|~+=#¥第京沪AEGDF警转万元年月日号的"
    "\n\t\u3000\u00a0aBkK\u212a\u017f\u0130"
)


def of_a_kind(kind: str, seed: int) -> str:
    return invented.KINDS[kind](random.Random(seed))


identifiers = st.builds(of_a_kind, st.sampled_from(sorted(invented.KINDS)), st.integers(0, 10_000))
wrong = st.builds(lambda text, digit: text[:-1] + digit, identifiers, st.sampled_from("0123456789Xx"))
spread = st.builds(
    lambda text, between, every: between.join(text[at : at + every] for at in range(0, len(text), every)),
    identifiers,
    st.sampled_from([" ", "-", "  ", " - ", ".", "/", "·", "_", "\u200b"]),
    st.integers(1, 8),
)
pieces = st.one_of(
    identifiers,
    identifiers.map(lambda text: text.translate(WIDE)),
    wrong,
    spread,
    identifiers.map(lambda text: text.replace("0", "O").replace("1", "l")),
    identifiers.map(lambda text: base64.b64encode(text.encode()).decode()),
    st.sampled_from(WORDS),
    st.sampled_from(LABELS),
    st.sampled_from(LABELS).map(str.upper),
    st.sampled_from(LETTERS),
    st.sampled_from([*LOOK_ALIKE, *NUMERALS.keys()]).map(lambda char: chr(char) if isinstance(char, int) else char),
    st.sampled_from(
        ["王小明", "张三", "阿不都·热合曼", "男", "汉族", "已婚", "佛教", "高血压", "群众", "+86", "eyJ", "62"]
    ),
    st.sampled_from(["\u200b", "\ufeff", "\u0301", "\U0001f600", "\ud83d", "\U00020bb7", "\x01", "²"]),
    st.text("0123456789", min_size=1, max_size=22),
    st.characters(),
)
texts = st.lists(pieces, max_size=14).map("".join)


def both(text: str) -> tuple[Sequence[Hit], Sequence[Hit]]:
    return find(text), scan(text)


def by_python[T](work: Callable[[], T]) -> T:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "KERNEL", None)
        return work()


@settings(max_examples=400)
@given(texts)
@example("身份证 1 11010519491231002X，订单号13800138000")
@example("62" * 40)
@example("(0571)88271234转801,(0571 8827 1234")
@example("账号 4539 5787 6362 1486 4539，流水号卡号4539578763621486")
@example("(027)2\u200b3687968〇")
def test_what_is_reported_and_hidden_is_the_same(text: str) -> None:
    assert both(text) == by_python(lambda: both(text))


@settings(max_examples=200)
@given(texts)
def test_each_row_finds_the_same(text: str) -> None:
    """Whether the gate opens for it or not."""
    read = normalise(text).text.replace("\u0130", "I").replace("\uffff", "")
    told = compiled.compiled().identify(read, sum(compiled.compiled().known[row] for row in TABLE))
    assert told is not None
    assert told.hits == [hit for row in TABLE for hit in hits_of(row, read)]
    for number, pattern in enumerate(PATTERNS):
        told = compiled.compiled().identify(read, compiled.compiled().known[number])
        assert told is not None
        assert [(hit.start, hit.end) for hit in told.hits] == [each.span("value") for each in pattern.finditer(read)]
    told = compiled.compiled().identify(read, compiled.compiled().known[MIXED])
    assert told is not None
    assert told.alike == [each.span() for each in MIXED.finditer(read)]


def test_the_kernel_knows_every_row() -> None:
    """A row that it does not know is found all the same, and slowly, and so is all where nothing reads for several."""
    assert {*TABLE, *range(len(LABELLED)), MIXED} <= set(compiled.compiled().known)
    assert compiled.compiled().automaton is not None


def test_what_reads_for_several_rows_is_no_more_than_faster() -> None:
    made, text = compiled.compiled(), "".join(of_a_kind(kind, 7) + "，" for kind in invented.KINDS)
    every = sum(made.known.values())
    told = made.identify(text, every, compiled.CHOSEN)
    assert told is not None
    assert len(told.hits) > len(invented.KINDS) / 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "automaton", None)
        assert made.identify(text, every, compiled.CHOSEN) == told


def test_every_word_has_two_characters_at_least() -> None:
    """The kernel finds words by their first two."""
    assert all(len(word) > 1 for word in (*WORDS, *LABELS))


def test_no_word_for_what_is_nobodys_ends_as_what_may_not_stand_behind_one() -> None:
    """The kernel looks for none where the candidate stands directly behind such a character."""
    assert not any(word[-1] in ",，。；、;\n0123456789" for word in OTHERS)


def test_the_tables_of_cases_say_the_same() -> None:
    cases = {case for _, case in (*test_table.TABLES, *test_find.TABLES)} | set(test_find.OTHERS)
    for text in (case.replace("[", "").replace("]", "") for case in cases):
        assert both(text) == by_python(functools.partial(both, text)), text


def test_what_opens_no_gate_is_not_read_again() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "_told", None)
        assert both("今天的会议讨论了城市道路的改造方案。") == ([], ())


def test_what_a_check_digit_proves_is_not_unpacked() -> None:
    """It would be hidden as a whole anyway, and nearly all digits can be read as some octets."""
    code = of_a_kind("uscc", 1)
    looked_at: list[str] = []

    def looks(text: str) -> list[object]:
        looked_at.append(text)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "packed", looks)
        for kernel in (KERNEL, None):
            patch.setattr(compiled, "KERNEL", kernel)
            assert [hit.category for hit in find(f"代码{code}")] == ["uscc"]
            assert looked_at == []
            find(f"代码{code}a")
            assert looked_at == [f"{code}a"]
            looked_at.clear()


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "a@a.",
        "1-1 1.",
        "身份证",
        "qq号 卡号",
        "1",
        "13800138000 ",
        "62",
        "- ",
        "a@",
        "0(86)",
        "l0",
        "订单号,",
        "91",
        "病" * 9,
        "E1",
    ],
)
def test_hostile_texts_take_time_by_their_length(piece: str) -> None:
    """Each attempt at a pattern has its limit of steps, and none of these comes near it."""
    text = piece * (1 << 20 >> len(piece).bit_length())
    every = sum(compiled.compiled().known.values())
    assert compiled.compiled().identify(text, every, compiled.JOINED, unpacks=True) is not None


EXPRESSIONS = [
    "a{2,4}?b",
    "(?:(a)|b)(?(1)c|d)",
    "(?P<x>[ab]{1,2})-(?P=x)",
    "(?i:[k-s]x)",
    "(?<=ab)c(?!d)",
    "^a|b\\Z",
    "[^a-c\\s]x",
    "(?:a[bc]?){2,4}(?:c|ca)x",
    "(?:[ -]?[ab]){2,4}(?!d)a",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_patterns_mean_what_re_means(expression: str) -> None:
    pattern, chance = re.compile(expression), random.Random(expression)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "MIXED", pattern)
        made = compiled.Compiled()
    found = 0
    for _ in range(2_000):
        text = "".join(chance.choices("abcdkKxs\u212a\u017f -", k=12))
        told = made.identify(text, made.known[pattern])
        assert told is not None
        assert told.alike == [each.span() for each in pattern.finditer(text)], text
        found += len(told.alike)
    assert found


@pytest.mark.parametrize("expression", ["(?:a|bc)+d", "\\w", "(?s:.)", "a++"])
def test_what_the_kernel_has_no_step_for_is_left_to_re(expression: str) -> None:
    programs = Programs()
    with pytest.raises(Unsupported):
        programs.add(re.compile(expression))
    assert not programs.code


@pytest.mark.parametrize("among", ["0123456789-. ", "6241380-. ,(", "aAzZ0189._-@"])
def test_more_states_than_are_kept_change_nothing(among: str) -> None:
    """Of the first there are more than that within its first hundred thousand characters."""
    chance = random.Random(among)
    long, text = ("".join(chance.choices(among, k=length)) for length in (300_000, 5_000))
    every = sum(compiled.compiled().known[row] for row in TABLE)
    assert compiled.compiled().identify(long, every) is not None
    told = compiled.compiled().identify(text, every)
    assert told is not None
    assert told.hits == [hit for row in TABLE for hit in hits_of(row, text)]


@pytest.mark.parametrize("begun_anew", [False, True])
def test_a_long_text_is_read_by_parts_as_in_one(begun_anew: bool) -> None:
    """Backward, four parts at a time; and as far as that goes, if states run out on the way."""
    chance = random.Random(7)
    kinds = sorted(invented.KINDS)
    lines = ["，".join(of_a_kind(chance.choice(kinds), chance.randrange(999)) for _ in range(6)) for _ in range(60)]
    text = "\n".join(lines)
    if begun_anew:
        text = "".join(chance.choices("0123456789-. ", k=100_000)) + "\n" + text
    made = compiled.Compiled() if begun_anew else compiled.compiled()
    told = made.identify(text, sum(made.known[row] for row in TABLE))
    assert told is not None
    assert len(told.hits) > 150
    assert told.hits == [hit for row in TABLE for hit in hits_of(row, text)]


def test_to_begin_anew_while_several_places_are_read_changes_nothing() -> None:
    """It comes to that within one match, and of four that are read together the others have got on by then."""
    chance, kinds = random.Random(8), sorted(invented.KINDS)
    texts = ["，".join(of_a_kind(chance.choice(kinds), chance.randrange(999)) for _ in range(9)) for _ in range(99)]
    usual, few = compiled.compiled(), compiled.Compiled(most_states=40)
    every = sum(usual.known[row] for row in TABLE)
    told = [few.identify(text, every) for text in texts]
    assert told == [usual.identify(text, every) for text in texts]
    assert sum(len(some.hits) for some in told if some is not None) > 400


def test_hits_are_a_sequence_of_what_is_made_when_it_is_looked_at() -> None:
    text = "".join(of_a_kind("mobile", seed) + "，" for seed in range(20))
    hits = find(text)
    every = list(hits)
    assert isinstance(hits, Hits)
    assert len(hits) == len(every) == 20
    assert [hits[place] for place in range(-20, 20)] == every + every
    assert hits == every == hits[:]
    assert hits[3:9:2] == tuple(every[3:9:2])
    assert hits != every[1:]
    assert repr(hits) == repr(every)
    with pytest.raises(IndexError):
        hits[20]


def test_numbers_that_do_not_fit_are_refused() -> None:
    """Whatever the tables hold: nothing is read that is not theirs, and nothing ends the process."""
    assert KERNEL is not None
    made = compiled.compiled()
    chance = random.Random(1)
    text = "联系人王小明，身份证11010519491231002X，手机13800138000，a@b.cn".encode("utf-32-le")
    for _, table in itertools.product(range(40), made.tables):
        old = table[:]
        place = chance.randrange(len(table))
        table[place] = chance.choice((0, 1, 7, table[place] ^ 1 << chance.randrange(16)))
        KERNEL.identify(text, (1 << 40) - 1, chance.randrange(3), True, made.automaton, made.given)
        table[:] = old
    assert find("手机13800138000") == [Hit(2, 13, "mobile", 0.95, "pattern,context")]
