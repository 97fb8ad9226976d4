"""A plain text that has all come is read as on a desk; one that is long, or flows, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents.look import Look
from policies.formats.masker import Withheld
from policies.formats.text_body import TextMasker
from policies.formats.whole_text import LARGEST_READ, WholeTextMasker
from tests.policies.formats.masking import REMARK, UNDECLARED, cuts, in_pieces, tally, whole

NAME, OTHER, MOBILE, ID_NO = "褚云舒", "蓝一舟", "17787654312", "530102198703154427"
TOLD_BY_OTHER_LINES = {
    "below its label": (f"姓名\n{NAME}\n电话\n{MOBILE}\n", "姓名\n***\n电话\n***\n"),
    "a list of names": (f"名单：\n{NAME}\n{OTHER}\n宋清远\n", "名单：\n***\n***\n***\n"),
    "a table of Markdown": (
        f"| 姓名 | 事项 |\n| --- | --- |\n| {NAME} | 退费 |\n",
        "| 姓名 | 事项 |\n| --- | --- |\n| *** | 退费 |\n",
    ),
    "within marks": (f"身份证：**{ID_NO[:6]}**{ID_NO[6:]}。\n", "身份证：*****。\n"),
    "over two lines": (f"见{ID_NO[:9]}\n{ID_NO[9:]}。\n", "见***\n***。\n"),
    "nothing": ("办理时限\n五个工作日\n\n\t完\r\n", "办理时限\n五个工作日\n\n\t完\r\n"),
    "no word": ("\n \n", "\n \n"),
}


def masker(charset: str = "utf-8", *, takes_time: bool = True) -> WholeTextMasker:
    counted = tally()
    counted.takes_time = takes_time
    return WholeTextMasker(TextMasker(REMARK, counted, charset), Look(UNDECLARED, REMARK, counted), charset)


@pytest.mark.parametrize("case", TOLD_BY_OTHER_LINES)
@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_what_other_lines_tell_is_hidden_and_all_else_stays(case: str, charset: str) -> None:
    text, expected = TOLD_BY_OTHER_LINES[case]
    assert whole(lambda: masker(charset), text.encode(charset)).decode(charset) == expected


def test_a_mark_stays_and_what_stands_in_no_file_is_read_by_lines() -> None:
    assert whole(masker, f"\ufeff姓名\n{NAME}\n".encode()) == "\ufeff姓名\n***\n".encode()
    assert whole(masker, f"电话{MOBILE}\a\n".encode()) == "电话***\a\n".encode()
    assert whole(masker, b"") == b""


def test_what_is_found_is_counted() -> None:
    made = masker()
    whole(lambda: made, f"姓名\n{NAME}\n电话{MOBILE}\n".encode())
    assert made.tally.fields == {UNDECLARED.field: 1}
    assert made.tally.found == {"mobile:pattern,context": 1}


def test_a_long_text_and_one_that_has_no_time_are_read_by_lines() -> None:
    text = f"姓名\n{NAME}\n电话{MOBILE}\n"
    assert whole(lambda: masker(takes_time=False), text.encode()).decode() == f"姓名\n{NAME}\n电话***\n"
    long = text + "\n" * LARGEST_READ
    assert whole(masker, long.encode()).decode() == f"姓名\n{NAME}\n电话***\n" + "\n" * LARGEST_READ


def test_a_wrong_charset_is_withheld() -> None:
    with pytest.raises(Withheld, match="wrong_charset"):
        whole(masker, "姓名".encode("gbk"))


@given(st.lists(st.sampled_from([*(text for text, _ in TOLD_BY_OTHER_LINES.values()), "\n", "，"]), max_size=6), cuts)
def test_any_split_masks_alike(texts: list[str], cuts: list[int]) -> None:
    data = "".join(texts).encode()
    assert in_pieces(masker, data, cuts) == whole(masker, data)
