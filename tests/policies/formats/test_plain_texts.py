import base64

from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.masker import Tally
from policies.formats.plain_texts import TOGETHER, says_something_known, tell_nothing, those_that_tell

HIDDEN = ["张三李四", "abcdef", "13800138000"]
spelled = st.sampled_from(
    [
        *HIDDEN,
        *(base64.b64encode(value.encode() * 2).decode() for value in HIDDEN),
        *("".join(f"\\u{ord(char):04x}" for char in value) for value in HIDDEN),
        "%61bcdef", "&#97;bcdef", "张 三 李 四", "2026-10-05T09:14:07+08:00", "YZ-2026-000123", "联系人王小明", "受理",
        "\n", "Y",
    ]
)  # fmt: skip


def _known(values: list[str]) -> KnownValues:
    found = KnownValues()
    for value in values:
        found.add(value)
    return found


@given(st.lists(st.lists(spelled, max_size=3).map("".join), max_size=4), st.lists(st.sampled_from(HIDDEN), max_size=3))
def test_texts_of_which_nothing_is_told_are_left_as_they_are(texts: list[str], hidden: list[str]) -> None:
    tally = Tally(Digester("test", bytes(32)))
    if tell_nothing(texts, hidden):
        assert [mask_free_text(text, _known(hidden), tally, typed=True) for text in texts] == texts


def test_plain_texts_tell_nothing_and_each_way_of_telling_is_seen() -> None:
    plain = ["受理", "2026-10-05T09:14:07+08:00", "YZ-2026-000123"]
    assert tell_nothing(plain, ())
    assert tell_nothing(plain, HIDDEN)
    for told in (
        "abcdef",
        "%61bcdef",
        base64.b64encode(b"abcdef" * 2).decode(),
        "yb~x",
        "13900139000",
        "a@b.cn",
        "联系人王小明",
        "/list?xm=贺芷兰&page=2",
        '{"dz": "竹林巷8号"}',
    ):
        assert not tell_nothing([*plain, told], HIDDEN), told


texts = st.lists(spelled, max_size=3).map("".join)


@given(
    st.lists(
        st.tuples(st.tuples(texts, texts), st.lists(st.sampled_from(HIDDEN), max_size=2)),
        max_size=2 * TOGETHER,
    )
)
def test_records_that_are_asked_about_at_once_are_each_left_as_they_are(
    records: list[tuple[tuple[str, str], list[str]]],
) -> None:
    tally = Tally(Digester("test", bytes(32)))
    found = those_that_tell([row for row, _ in records], [hidden for _, hidden in records])
    for number, (row, hidden) in enumerate(records):
        for place, text in enumerate(row):
            if (number, place) not in found:
                assert mask_free_text(text, _known(hidden), tally, typed=True) == text


@given(texts, st.lists(st.sampled_from(HIDDEN), max_size=2))
def test_what_holds_nothing_known_is_masked_the_same_whether_it_is_known_or_not(text: str, hidden: list[str]) -> None:
    tally = Tally(Digester("test", bytes(32)))
    if not says_something_known(text, hidden):
        assert mask_free_text(text, _known(hidden), tally, typed=True) == mask_free_text(text, None, tally, typed=True)


def test_one_text_that_tells_something_is_told_from_those_around_it() -> None:
    plain = ("受理", "2026-10-05T09:14:07+08:00", "YZ-2026-000123")
    records = [plain] * (2 * TOGETHER + 1)
    records[TOGETHER] = ("受理", "张三李四来过", "YZ-2026-000123")
    records[0] = ("联系人王小明", *plain[1:])
    assert those_that_tell(records, [HIDDEN] * len(records)) == {(TOGETHER, 1), (0, 0)}
    # What one record hides may be shown of another.
    assert those_that_tell(records, [()] * len(records)) == {(0, 0)}
