import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import text_body
from policies.formats.masker import Withheld
from policies.formats.text_body import TextMasker
from tests.policies.formats.masking import NAME, REMARK, cuts, in_pieces, tally, whole


def masked(body: bytes, charset: str = "utf-8") -> bytes:
    return whole(lambda: TextMasker(REMARK, tally(), charset), body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13800138000，\n身份证11010519491231002X。\r\n", "电话***，\n身份证***。\r\n"),
        ("没有个人信息\n", "没有个人信息\n"),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "GBK", "gb2312", "gb18030"])
def test_masks_lines(text: str, expected: str, charset: str) -> None:
    assert masked(text.encode(charset), charset) == expected.encode(charset)


def test_four_byte_characters_of_gb18030() -> None:
    text = "\U00020000：13800138000"
    assert masked(text.encode("gb18030"), "gbk") == "\U00020000：***".encode("gb18030")


@pytest.mark.parametrize(
    ("body", "charset", "reason"),
    [
        ("张三".encode("gbk"), "utf-8", "wrong_charset"),
        (b"\xff", "gb18030", "wrong_charset"),
        (b"\xe5\xbc", "utf-8", "wrong_charset"),
        (b"x", "utf-16", "unknown_charset"),
        (b"x", "latin-1", "unknown_charset"),
    ],
)
def test_a_wrong_charset_is_withheld(body: bytes, charset: str, reason: str) -> None:
    with pytest.raises(Withheld, match=reason):
        masked(body, charset)


def test_hidden_text_is_three_stars_a_line() -> None:
    assert whole(lambda: TextMasker(NAME, tally(), "utf-8"), "张三\n\n李四".encode()) == b"***\n\n***"


pieces = st.sampled_from(
    ["13800138000", "身份证号", "110105194912310021", "11010519491231002X", "x", "，", "\n", " ", "联系人王小明", "1"]
)


@given(st.lists(pieces, max_size=40).map("".join), cuts)
def test_any_split_masks_alike_and_windows_miss_nothing(text: str, cuts: list[int]) -> None:
    def make() -> TextMasker:
        return TextMasker(REMARK, tally(), "utf-8")

    data = text.encode()
    expected = whole(make, data)
    assert in_pieces(make, data, cuts) == expected
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(text_body, "LONGEST_LINE", 25)
        limits.setattr(text_body, "MARGIN", 60)
        assert in_pieces(make, data, cuts) == expected
        assert whole(make, data) == expected


def test_hits_across_windows_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_body, "LONGEST_LINE", 10)
    masker = TextMasker(REMARK, tally(), "utf-8")
    whole(lambda: masker, ("甲" * 5 + "13800138000" + "乙" * 400 + "13900139000").encode())
    assert masker.tally.found == {"mobile:pattern": 2}
