"""What stands behind the names of fields, in texts of which nothing else is known."""

import json
from urllib.parse import quote

import pytest

from policies.documents.labels import LONGEST_KEYED, keyed_in, labelled_in, may_be_keyed

NAME = "贺芷兰"
WITHIN = json.dumps({"xm": NAME, "zt": "1"}, ensure_ascii=False)


def keyed(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in keyed_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"/list?xm={NAME}&page=2", [NAME]),
        (f"/list?xm={quote(NAME)}&dz={quote('竹林巷8号')}", [quote(NAME), quote("竹林巷8号")]),
        (f"app://info?xm={quote(quote(NAME))}", [quote(quote(NAME))]),
        (f"/l?姓名={NAME}&xm={NAME}", [NAME]),
        (f"xm={NAME};zt=1", [NAME]),
        (f"/edit?user[name]={NAME}&user[id]=1", [NAME]),
        (f"/edit?user%5Bname%5D={quote(NAME)}", [quote(NAME)]),
        (f"[WARN] user.realName={NAME}, ip=10.0.0.1", [NAME]),
        (WITHIN, [NAME]),
        (json.dumps(WITHIN, ensure_ascii=False), [NAME]),
        (json.dumps({"xm": NAME}), [json.dumps(NAME)[1:-1]]),
        (quote(WITHIN), [quote(NAME)]),
        (f'{{"姓名": "{NAME}"}}', [NAME]),
        (f"<p><xm>{NAME}</xm></p>", [NAME]),
        (f"&lt;xm&gt;{NAME}&lt;/xm&gt;", [NAME]),
        (f"contact_name: {NAME}！真的", [NAME]),
        (f"address={'巷' * 2 * LONGEST_KEYED}", ["巷" * LONGEST_KEYED]),
    ],
)
def test_values_behind_keys_that_tell_are_found_however_they_are_spelled(text: str, found: list[str]) -> None:
    assert keyed(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "utm_source=wechat&utm_medium=menu",
        "/img?name=logo.png&size=3",
        "name=pageNo&x=1",
        "title=关于开展社保核定的通知",
        "xm=项目",
        "user.name=admin",
        "user[name]=超级管理员",
        f"xm={quote('项目')}",
        "xm=&dz=",
        "xm=不详;dz=无",
        "xm=贺**&sjh=138****6125",
        "msg=姓名不能为空",
        "2026-11-28T01:44:00+08:00",
        "https://www.example.gov.cn/art/index.html?id=33",
        '{"code": 0, "msg": "成功", "data": null}',
    ],
)
def test_nobodys_values_are_left(text: str) -> None:
    assert not keyed(text)


@pytest.mark.parametrize("text", ["2026-11-28T01:44:00", "https://www.example.cn/a", "比例3:1", "a=1&page=2", "受理"])
def test_a_text_without_a_telling_key_is_known_at_a_glance(text: str) -> None:
    assert not may_be_keyed(text)


@pytest.mark.parametrize(
    "value",
    "同心路8号 略阳县城关镇8号 见龙路8号 请水村3组 保密路8号 无锡市滨湖区8号".split(),
)
def test_a_place_that_begins_like_nothing_said_is_a_value(value: str) -> None:
    assert [(start, end) for start, end, _ in labelled_in(f"住址：{value}")] == [(3, 3 + len(value))]


@pytest.mark.parametrize(
    "value", "同上 同户籍地址 见附件1 详见通知 略 无 / -- 暂无固定住所 见下表 请填写 请拨打下列号码 保密 无此人".split()
)
def test_a_label_behind_which_nothing_is_said_tells_of_nothing(value: str) -> None:
    assert not [*labelled_in(f"住址：{value}")]
