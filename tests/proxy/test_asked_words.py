"""What is written for asking to see a record whole is recorded for good: nothing of anybody may stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.asked_words import MOST_DIGITS, tells_of_somebody, wrong_with_case

CASE, REASON = "大厅-2026/118", "核对申请人提交的证件号码与登记是否一致"
CASES = (
    "2026",
    CASE,
    "云政-2026/15",
    "受理2026-0117",
    "信访受理20261126001",
    "C-2026-0117",
    "浙0106民初1234号",
    "GD20261126001",
)
NO_CASES = (
    "",
    "陈杰涛1",
    "chenjietao1",
    "chenjietao2026",
    "chen-jie-tao-2026",
    "2026欧阳陈杰涛",
    "一九六七五八六六一二五",
    "YZ-1",
    "2026 118",
    "2026_118",
    "1" * 41,
)
REASONS = (
    REASON,
    "窗口核对材料原件是否一致",
    "突发火情，须逐户电话通知撤离",
    "2026年11月26日来访，核对登记",
    "申请人在3号窗口，证件第2页看不清",
    "核对街道2026年第3号文件所附名单",
    "申请人在这里3号窗口，材料看不清",
    "to compare the certificate with the register",
    "统一核对一次，看是否一致，三天内办结",
)
TELLING = (
    "电话一九六七五八六六一二五核对",
    "电话 1 9 6 7 5 8 6 6 1 2 5 核对",
    "电话1，9，6，7，5，8，6，6，1，2，5核对",
    "电话一、九、六、七、五、八、六、六、一、二、五",
    "电话1甲9甲6甲7甲5甲8甲6甲6甲1甲2甲5甲",
    "电话壹玖陆柒 伍捌陆陆 壹贰伍核对",
    "核对住址光明路12号3幢501室",
    "住光明路12号的申请人，核对登记",
    "住光明路１２号的申请人，核对登记",
    "住光明路一百二十号的申请人",
    "核对中山北街 8-3 号的登记信息",
    "核对申请人3幢501室的登记",
    "核对申请人三单元五〇一室登记",
    "核对申请人12号楼的登记信息",
    "核对申请人8栋1201的登记信息",
    "核对邮箱 chen at qq dot com",
    "核对邮箱 chen(at)qq(dot)com",
    "核对邮箱 chen 艾特 qq 点 com",
    "核对邮箱 chen＠qq。com 登记",
    "核对邮箱 chen#163.ｃｏｍ 登记",
)


@pytest.mark.parametrize("case", CASES)
def test_a_number_of_a_case_may_be_written(case: str) -> None:
    assert wrong_with_case(case) is None
    assert tells_of_somebody(case, REASON) is None


@pytest.mark.parametrize("case", NO_CASES)
def test_a_name_with_a_digit_is_no_number_of_a_case(case: str) -> None:
    assert wrong_with_case(case) is not None


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_that_tells_of_nobody_may_be_written(reason: str) -> None:
    assert tells_of_somebody(CASE, reason) is None


@pytest.mark.parametrize("reason", TELLING)
def test_a_reason_that_tells_of_somebody_may_not(reason: str) -> None:
    told = tells_of_somebody(CASE, reason)
    assert told is not None
    assert not set("12345678901") <= set("".join(told)), "no value is told"


@given(
    st.lists(st.sampled_from("0123456789０１２３〇一二三四五六七八九壹贰"), min_size=MOST_DIGITS + 1, max_size=18),
    st.text(st.sampled_from("甲乙丙 ，。、-·是的"), max_size=3),
)
def test_no_number_is_written_with_anything_between_its_digits(digits: list[str], between: str) -> None:
    assert tells_of_somebody(CASE, f"核对登记{between.join(digits)}信息") is not None
