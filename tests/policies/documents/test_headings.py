"""What heads the cells of tables and forms: the cases that people make."""

import pytest

from policies.documents.headings import Headings, tells

LIST = {0: "序号", 1: "姓名", 2: "身份证号", 3: "备注"}

CASES: dict[str, tuple[list[dict[int, str]], list[dict[int, str | None]]]] = {
    "a list": (
        [LIST, {0: "1", 1: "甲", 2: "2", 3: "丙"}, {1: "乙"}],
        [dict.fromkeys(range(4)), {0: "序号", 1: "姓名", 2: "身份证号", 3: "备注"}, {1: "姓名"}],
    ),
    "a list under a title": ([{0: "某某名单"}, LIST, {1: "甲"}], [{0: ""}, dict.fromkeys(range(4)), {1: "姓名"}]),
    "a form": (
        [{0: "姓名", 1: "甲", 2: "性别", 3: "女"}, {0: "手机号", 1: "1", 2: "住址", 3: "街"}],
        [{0: None, 1: "姓名", 2: None, 3: "性别"}, {0: None, 1: "手机号", 2: None, 3: "住址"}],
    ),
    "a form of one row": ([{0: "姓名", 1: "甲"}], [{0: None, 1: "姓名"}]),
    "one label, and it could be either": (
        [{0: "姓名", 1: "甲", 2: "单位"}, {0: "乙", 1: "丙", 2: "局"}],
        [{0: None, 1: "姓名", 2: None}, {0: "姓名", 1: "甲", 2: "单位"}],
    ),
    "two lists, one below the other": (
        [LIST, {1: "甲"}, {0: "手机号", 1: "姓名"}, {0: "1", 1: "乙"}],
        [dict.fromkeys(range(4)), {1: "姓名"}, dict.fromkeys(range(2)), {0: "手机号", 1: "姓名"}],
    ),
    "words": ([{0: "办结", 1: "甲"}, {0: "在办"}], [{0: "", 1: ""}, {0: ""}]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_heads_each_cell(name: str) -> None:
    rows, expected = CASES[name]
    headings = Headings(tells)
    following = [*rows[1:], None]
    assert [headings.keys(row, after) for row, after in zip(rows, following, strict=True)] == expected


@pytest.mark.parametrize(
    ("text", "is_label"),
    [("姓名", True), ("手机号：", True), ("xm", True), ("张三", False), ("13800138000", False), ("", False),
     ("身份证号" * 9, False), ("单位", False)],
)  # fmt: skip
def test_labels_are_short_and_tell_of_somebody(text: str, is_label: bool) -> None:
    assert tells(text) is is_label
