"""What heads the cells of tables and forms: the cases that people make."""

import pytest

from policies.documents.heading_words import tells
from policies.documents.headings import Headings

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
        [{0: None, 1: "姓名", 2: None}, {0: "姓名", 1: "", 2: "单位"}],
    ),
    "values that end as their labels do": (
        [
            {0: "姓名", 1: "既往史", 2: "电话"}, {0: "王学生", 1: "高血压病史", 2: "1"},
            {0: "李学生", 1: "无病史", 2: "本人电话"},
        ],
        [dict.fromkeys(range(3)), {0: "姓名", 1: "既往史", 2: "电话"}, {0: "姓名", 1: "既往史", 2: None}],
    ),
    "two lists, one below the other": (
        [LIST, {1: "甲"}, {0: "手机号", 1: "姓名"}, {0: "1", 1: "乙"}],
        [dict.fromkeys(range(4)), {1: "姓名"}, dict.fromkeys(range(2)), {0: "手机号", 1: "姓名"}],
    ),
    "a remark that is a label": (
        [LIST, {0: "1", 1: "甲", 2: "2", 3: "手机号"}, {0: "2", 1: "乙", 2: "3", 3: "无"}, {0: "3", 1: "丙"}],
        [
            dict.fromkeys(range(4)),
            {0: "", 1: "姓名", 2: "身份证号", 3: None},
            {0: "", 1: "姓名", 2: "身份证号", 3: ""},
            {0: "", 1: "姓名"},
        ],
    ),
    "a remark that is a label, in rows without numbers": (
        [{0: "姓名", 1: "住址", 2: "缺少"}, {0: "甲", 1: "东", 2: "无"}, {0: "乙", 1: "西", 2: "手机号"},
            {0: "丙", 1: "街", 2: "无"}],
        [dict.fromkeys(range(3)), {0: "姓名", 1: "住址", 2: "缺少"}, {0: "姓名", 1: "住址", 2: None},
            {0: "姓名", 1: "住址", 2: "手机号"}],
    ),
    "a new head that tells less": (
        [{0: "姓名", 1: "住址"}, {0: "甲", 1: "东"}, {0: "手机号", 1: "某某"}, {0: "1", 1: "西"}],
        [dict.fromkeys(range(2)), {0: "姓名", 1: "住址"}, {0: None, 1: "手机号"}, {0: "手机号", 1: "住址"}],
    ),
    "a head of two rows": (
        [
            {0: "序号", 1: "姓名", 2: "联系方式", 4: "住址"}, {2: "手机", 3: "微信"},
            {0: "1", 1: "甲", 2: "2", 3: "丁", 4: "街"}, {0: "2", 1: "乙", 3: "戊", 4: "路"},
        ],
        [
            dict.fromkeys((0, 1, 2, 4)), dict.fromkeys((2, 3)),
            {0: "序号", 1: "姓名", 2: "手机", 3: "微信", 4: "住址"}, {0: "序号", 1: "姓名", 3: "微信", 4: "住址"},
        ],
    ),
    "a head of two rows that begins with a title": (
        [{0: "人员", 2: "住址"}, {0: "姓名", 1: "手机"}, {0: "甲", 1: "1", 2: "街"}],
        [{0: "", 2: None}, dict.fromkeys((0, 1)), {0: "姓名", 1: "手机", 2: "住址"}],
    ),
    "a remark that is a label right below the head": (
        [{0: "姓名", 1: "住址", 2: "缺少"}, {0: "甲", 1: "东", 2: "手机号"}, {0: "乙", 1: "西"}],
        [{0: None, 1: None, 2: "住址"}, {0: "姓名", 1: "住址", 2: None}, {0: "姓名", 1: "住址"}],
    ),
    "a column for each person": (
        [{0: "姓名", 1: "甲", 2: "乙", 3: "丙"}, {0: "手机号", 1: "1", 3: "3"}, {0: "住址", 1: "街", 2: "路", 3: "巷"}],
        [
            {0: None, 1: "姓名", 2: "姓名", 3: "姓名"}, {0: None, 1: "手机号", 3: "手机号"},
            {0: None, 1: "住址", 2: "住址", 3: "住址"},
        ],
    ),
    "a column for each person, and a row of what is nobody's": (
        [{0: "姓名", 1: "甲", 2: "乙"}, {0: "工号", 1: "1", 2: "2"}],
        [{0: None, 1: "姓名", 2: "姓名"}, {0: None, 1: "", 2: ""}],
    ),
    "a form with a label that tells nothing": (
        [{0: "姓名", 1: "甲", 2: "工种", 3: "乙"}, {0: "手机号", 1: "1", 2: "住址", 3: "街"}],
        [{0: None, 1: "姓名", 2: "", 3: ""}, {0: None, 1: "手机号", 2: None, 3: "住址"}],
    ),
    "headings of what is nobody's": (
        [{0: "姓名", 1: "分机", 2: "房号"}, {0: "甲", 1: "2", 2: "1"}],
        [dict.fromkeys(range(3)), {0: "姓名", 1: "分机", 2: "房号"}],
    ),
    "a list with one telling heading": (
        [{0: "称谓", 1: "姓名", 2: "录用与否"}, {0: "父", 1: "甲", 2: "是"}],
        [dict.fromkeys(range(3)), {0: "称谓", 1: "姓名", 2: "录用与否"}],
    ),
    "a form whose last label tells nothing": (
        [{0: "姓名", 1: "王雪琴"}, {0: "住址", 1: "某路8号"}, {0: "险种", 1: "养老"}, {0: "请一次填清。"}],
        [{0: None, 1: "姓名"}, {0: None, 1: "住址"}, {0: "", 1: ""}, {0: ""}],
    ),
    "a list below the first rows of a form": (
        [{0: "填报人", 1: "王雪琴"}, {0: "姓名", 1: "班组"}, {0: "甲", 1: "一"}, {0: "乙", 1: "二"}],
        [{0: None, 1: "填报人"}, {0: None, 1: "姓名"}, {0: "姓名", 1: "班组"}, {0: "姓名", 1: "班组"}],
    ),
    "an address that heads nothing": (
        [{0: "住址", 1: "某省某市某路8号", 2: "某路9号"}, {0: "评分", 1: "92", 2: "88"}],
        [{0: None, 1: "住址", 2: "住址"}, {0: "住址", 1: "", 2: ""}],
    ),
    "a number in three columns below one head": (
        [{0: "姓名", 1: "手机", 4: "备注"}, {0: "甲", 1: "139", 2: "5718", 3: "1234", 4: "在"}],
        [dict.fromkeys((0, 1, 4)), {0: "姓名", 1: "手机", 2: "手机", 3: "手机", 4: "备注"}],
    ),
    "a count without a head behind a whole number": (
        [{0: "姓名", 1: "手机"}, {0: "甲", 1: "13957181234", 2: "3"}],
        [dict.fromkeys((0, 1)), {0: "姓名", 1: "手机", 2: ""}],
    ),
    "a heading that tells nothing behind one that is parted": (
        [{0: "序号", 1: "被征收人", 3: "安置方式"}, {1: "姓名", 2: "手机"}, {0: "1", 1: "甲", 2: "1", 3: "补偿"}],
        [dict.fromkeys((0, 1, 3)), dict.fromkeys((1, 2)), {0: "序号", 1: "姓名", 2: "手机", 3: "安置方式"}],
    ),
    "how many there are of a kind": (
        [{0: "岗位", 1: "人数", 2: "学历"}, {0: "记者", 1: "2", 2: "本科"}, {0: "检验", 1: "1", 2: "硕士"}],
        [dict.fromkeys(range(3)), {0: "岗位", 1: "人数", 2: ""}, {0: "岗位", 1: "人数", 2: ""}],
    ),
    "how many somebody counts": (
        [{0: "姓名", 1: "人数", 2: "学历"}, {0: "甲", 1: "2", 2: "本科"}],
        [dict.fromkeys(range(3)), {0: "姓名", 1: "人数", 2: "学历"}],
    ),
    "stations": (
        [{0: "序号", 1: "站名", 2: "到时"}, {0: "1", 1: "甲", 2: "8"}, {0: "2", 1: "乙", 2: "9"}],
        [dict.fromkeys(range(3)), {0: "序号", 1: "站名", 2: "到时"}, {0: "序号", 1: "站名", 2: "到时"}],
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
     ("身份证号" * 9, False), ("单位", False), ("联系方式", True), ("安置方式", False),
     ("电话13800138000", False), ("手机：138 0013 8000", False), ("联系电话2", True),
     ("账号", True), ("账户：", True), ("登录账号", False)],
)  # fmt: skip
def test_labels_are_short_and_tell_of_somebody(text: str, is_label: bool) -> None:
    assert tells(text) is is_label
