"""A line is an address where it says nothing else: nobody is told of in it, nothing done or measured."""

import pytest

from policies.recognisers.scan import scan
from tests.policies.recognisers.weights_here import the_tagger


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("被困在宜昌市西陵区东山大道95号清江大厦6楼", "宜昌市西陵区东山大道95号清江大厦6楼"),
        ("爸妈在遂宁市船山区遂州中路438号开面馆", "遂宁市船山区遂州中路438号"),
        ("安庆市迎江区人民路12号因违建被拆", "安庆市迎江区人民路12号"),
        ("案发地临沂市兰山区金雀山路10号系临街商铺", "临沂市兰山区金雀山路10号"),
        ("朝阳区将台西路9号海润公寓5号楼1203", "朝阳区将台西路9号海润公寓5号楼1203"),
        ("由拳路88号2幢301", "由拳路88号2幢301"),
        ("高阳县高米街7号", "高阳县高米街7号"),
        ("G204国道300公里处往东50米李家村", "G204国道300公里处往东50米李家村"),
    ],
)
def test_an_address_is_what_of_a_line_says_where(line: str, address: str) -> None:
    the_tagger()
    assert [line[hit.start : hit.end] for hit in scan(line, prose=True) if hit.category == "address"] == [address]


@pytest.mark.parametrize(
    "line",
    [
        "三峡大坝高185米",
        "珠江流域面积45万平方公里",
        "沪昆高铁G1371次",
        "南京路步行街游客多",
        "王府井大街夜景美",
        "成都路口红绿灯故障3处",
        "泰山路海拔300米",
        "新区管委会第12号文件",
        "市政府第35号令",
    ],
)
def test_no_address_is_a_line_that_says_how_large_or_how_many(line: str) -> None:
    the_tagger()
    assert not [hit for hit in scan(line, prose=True) if hit.category == "address"]
