"""Short texts that do not say their coding: read as what they are, or not at all."""

import pytest

from policies.documents.plain import decoded, is_doubtful
from policies.formats.masker import Withheld

SIMPLIFIED = (
    "李大同", "王建国", "姓名：王建国", "电话：13812345678", "陈美玲", "林志明 先生", "住址：中正路五号", "开会",
    "张三", "他说明天来", "Name: 李大同", "请于三月一日前到大厅领取", "韩梅梅\n李雷\n", "赵堃 钱玥", "镕基",
)  # fmt: skip
TRADITIONAL = (
    "李大同", "王建國", "姓名：王建國", "電話：0912345678", "陳美玲", "林志明 先生", "住址：中正路五號", "通知", "開會",
    "申請人：陳美玲\n電話：02-23456789\n", "張三", "Name: 李大同", "王建國,0912345678", "價格",
)  # fmt: skip


@pytest.mark.parametrize("text", SIMPLIFIED)
def test_a_text_in_gbk_or_utf_8_is_read(text: str) -> None:
    assert decoded(text.encode("gb18030"))[0] == decoded(text.encode())[0] == text


@pytest.mark.parametrize("text", ["name", "a,b\n1,2\n", "Hello, world", "", "é", "№ 5", "x" * 399])
def test_a_text_that_is_hardly_chinese_is_read(text: str) -> None:
    assert decoded(text.encode())[0] == text


@pytest.mark.parametrize("codec", ["big5", "utf-16-le", "utf-16-be"])
def test_a_text_in_another_coding_is_not_read_as_if_it_were_in_ours(codec: str) -> None:
    for text in (*TRADITIONAL, *(SIMPLIFIED if codec != "big5" else ())):
        with pytest.raises(Withheld):
            decoded(text.encode(codec))
        assert is_doubtful(text.encode(codec))


def test_a_binary_file_is_no_text_whose_coding_is_in_doubt() -> None:
    assert not is_doubtful(bytes(range(64)))
    assert not is_doubtful("电话".encode())
