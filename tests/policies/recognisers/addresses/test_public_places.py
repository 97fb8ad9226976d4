"""Where the public goes is nobody's address; where somebody lives is one whatever stands around it."""

import pytest

from policies.recognisers.scan import scan
from tests.policies.recognisers.weights_here import the_tagger


@pytest.mark.parametrize(
    "text",
    [
        "办理地点：青禾县政务服务中心二楼21号窗口",
        "开标地点：青禾县公共资源交易中心二楼第三开标室",
        "地点：白马山烈士陵园；内容：敬献花篮",
        "东至文昌路以北、安平路以东",
        "本月新注册机动车1862辆，其中鲁Q号段1790辆",
        "徐州东 10:05到",
        "收款单位：青禾县会展中心　收款方式：转账",
        "浦东机场T2航站楼",
        "光谷广场5号出口",
        "西湖景区3号门入园",
        "黄河全长5464公里，流经九省区。",
        "京广线K528次列车晚点，请旅客注意。",
        "小白理发店",
        "申请人：云岭县石门村村民委员会",
        "田横街",
        "南风",
        "鲁公网安备37132102000018号",
        "荐书：《安娜·卡列尼娜》《简·爱》",
    ],
)
def test_nobody_is_found_in_what_is_public(text: str) -> None:
    """Neither an address nor a person."""
    the_tagger()
    assert not [hit for hit in scan(text, prose=True) if hit.category in ("address", "person_name")]


@pytest.mark.parametrize(
    "text",
    [
        "居住地点：青禾县安平路12号3单元401室",
        "案发地点：青禾县白塔镇石桥村18号",
        "师傅从青禾县安平路公园广场1号门接人",
        "青禾县安平路88号金都大厦面积120平方米",
        "工作单位：青禾县人民路88号民政局",
        "定于9时在望江县雷池大道12号县政务服务中心三楼开标室公开开标",
        "病人住在汉中门大街282号省中医院东院区住院部11楼",
    ],
)
def test_an_address_stays_one(text: str) -> None:
    """It goes to a house, or a label says that somebody is to be found there."""
    the_tagger()
    assert [hit for hit in scan(text, prose=True) if hit.category == "address"]
