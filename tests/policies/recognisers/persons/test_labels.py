"""Which labels ask for a person, by what they are made of."""

import pytest

from policies.recognisers.persons.labels import Asks, asked_by

SOMEBODY = (
    "包保责任人 监交人 接访人 值班员 讲解员 护林员 楼栋长 网格长 河长 作者 见习生 考生 麻醉师 检察官 选手 画家 焊工 "
    "助产士 业主 低保户 父亲 项目经理 分管领导 顾问 村医 领用人 申请人签字 经手 承办 主讲 主刀 领队 带班 拟稿 核稿 "
    "执笔 责编 摄影 制表 监考 列席 出席"
).split()
SOMEBODY_OR_OUTCOME = (
    "签名 审核 初审 复核 会签 校对 签发 记录 质检 验收 巡查 受理 值班 交接 借用 开票 定稿 人员".split()
)
NOBODY = (
    "单位 时间 内容 地点 结果 意见 状态 原因 增长 特长 时长 生长 发生 卫生 产生 动员 全员 个人 每人 用人 器官 或者 "
    "施工图 加工 完工 国家 厂家 账户 民主 中长期 通知家长 说了的人 请老师 关于考生"
).split()


@pytest.mark.parametrize("label", SOMEBODY)
def test_somebody(label: str) -> None:
    assert asked_by(label) is Asks.SOMEBODY


@pytest.mark.parametrize("label", SOMEBODY_OR_OUTCOME)
def test_somebody_or_an_outcome(label: str) -> None:
    assert asked_by(label) is Asks.SOMEBODY_OR_OUTCOME


@pytest.mark.parametrize("label", NOBODY)
def test_nobody(label: str) -> None:
    assert asked_by(label) is None
