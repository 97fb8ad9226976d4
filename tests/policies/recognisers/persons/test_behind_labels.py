"""Names behind a label and a sign, and what is said there that is nobody's."""

import itertools

import pytest

from policies.recognisers.prose import find_in_prose
from tests.policies.recognisers.weights_here import the_tagger

LABELS = "签名 审核 网格长 包保责任人 拟稿 经手 主讲 领队 带班 监交人 值班员 作者 会签 签发 质检".split()
WORDS = "和平 高兴 向阳 方圆 安康 白雪 江海 时间 田野".split()
OUTCOMES = (
    "通过 合格 完整 无误 正常 佚名 已验证 待定 有效 进行中 全体 单位 管理员 符合 明确 本刊编辑部 市民政局 周三 良性"
).split()
PEOPLE = {
    "several": ("成员：左右、解放（组员）、牛百岁", ["左右", "解放", "牛百岁"]),
    "with blanks between": ("列席：关山 常胜 王强", ["关山", "常胜", "王强"]),
    "spread": ("组　长：黎　明", ["黎　明"]),
    "with brackets behind the label": ("审核（签字）：白雪", ["白雪"]),
    "with a title": ("批准人：方圆主任", ["方圆"]),
    "with two labels on a line": ("审核：万里 复核：江河", ["万里", "江河"]),
    "of surnames that are in no list but this": ("领队：和平，带队：平凡", ["和平", "平凡"]),
    "apart, in a row": ("名单：张　强 李　娜 欧阳峰 司马　光", ["张　强", "李　娜", "欧阳峰", "司马　光"]),
    "apart, behind a blank": ("申请人 李 四 于昨日提交材料", ["李 四"]),
    "of a byline": ("摄影/路畅 文/水生 编辑/高兴", ["路畅", "水生", "高兴"]),
    "ending like an office or a particle": ("签收人：申时行；经营者：符良才", ["申时行", "符良才"]),
}
NOBODY = {
    "what came of it": "收件：成功",
    "how many": "成员：若干",
    "a label": "主讲：待定 领队：嘉宾",
    "what is no label": "专长：书法 时长：万年 状态：安康 心情：高兴",
    "how far it is": "审批：进行中",
    "what a list of things holds": "复核：金额、单价 登记：时间、地点 受理：海关、边检 施工：路面、管线",
    "things": "领用：文具 盖章：公章 检测：水质",
    "days": "值班：周一至周五",
    "what is within a word": "登记：时间段",
}


def people(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in find_in_prose([text])[0] if hit.category == "person_name"]


@pytest.fixture(autouse=True)
def _tagger() -> None:
    the_tagger()


@pytest.mark.parametrize(("label", "name"), [*itertools.product(LABELS, WORDS)])
def test_words_behind_labels_are_names(label: str, name: str) -> None:
    assert people(f"{label}：{name}") == [name]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_are_nobody(outcome: str) -> None:
    assert [label for label in LABELS if people(f"{label}：{outcome}")] == []


@pytest.mark.parametrize(("text", "names"), PEOPLE.values(), ids=PEOPLE)
def test_people(text: str, names: list[str]) -> None:
    assert people(text) == names


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_nobody(text: str) -> None:
    assert people(text) == []
