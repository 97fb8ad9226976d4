import pytest

from policies.recognisers.persons.pinyin import is_name_in_pinyin

NAMES = (
    "zhangsan lisi wangwu zhaoliu zhang_san Zhang-San ZhangSan wang.xiaoming2 xiaoming.wang ouyangruoxi Ouyang_Ruoxi "
    "li_lei08 LVBU zhugeliang huaqianfang yuanlongping sunwukong guoer chenxi LINDAIYU liuxiang003"
)
WORDS = (
    "id name page size mode module range change manage line language status total rows items address created_at "
    "updatedAt userName detail list message data value text field record filter offset limit "
    "bianhao leixing zhuangtai shijian danwei shixiang liyou xm sfzh lxdh households residents zhang x"
)


@pytest.mark.parametrize("text", NAMES.split())
def test_what_could_be_a_name_counts_as_one(text: str) -> None:
    assert is_name_in_pinyin(text)


@pytest.mark.parametrize(
    "text", [*WORDS.split(), "", "张三", "zhangsanlisiwangwu", "zhangsan 1234", "zhangsan@example.cn"]
)
def test_words_of_interfaces_and_what_is_more_than_a_name_are_none(text: str) -> None:
    assert not is_name_in_pinyin(text)
