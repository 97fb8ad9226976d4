"""What a tagger takes for somebody's name, and is a place, a firm called after its founder, or a word."""

import re
from collections.abc import Container, Sequence

from policies.recognisers.persons.given_names import surname_length
from policies.recognisers.persons.patterns import NEXT_HONORIFIC, ROLE
from policies.recognisers.persons.words import ALL_SURNAMES, COMPOUND, NOT_A_NAME, TRANSLITERATING

_LONGEST_VILLAGE = 3
_OF_A_COUNTRY = re.compile(
    f"[{''.join(sorted(TRANSLITERATING))}]{{0,4}}"
    "(?:(?:人民|民主|联邦|社会主义)*共和国|王国|公国|联邦|半岛|群岛|山脉|海峡|高原|战争)"
)
"""Behind what is spelled like a name, and is a country's or a region's."""
_OF_A_VILLAGE = re.compile(
    "[庄集沟店营屯堡桥湾坡岭坪寨]"
    "(?:党支部|党总支|村|乡|镇|小学|中学|派出所|火车站|车站|地区|等地|大桥|水库|收费站|立交)"
)
"""The last character of what is called like somebody, and what stands behind a village."""
_VILLAGE = re.compile("[\u4e00-\u9fff]家[村庄屯寨湾沟桥]")
"""What is called like somebody, and is a village."""
_OF_A_FIRM = re.compile("[\u4e00-\u9fff]{0,7}?(?:集团|有限公司|股份公司|有限责任公司|体育用品|商行|连锁店)")
_IS_A_FIRM = re.compile("[\u4e00-\u9fff]{2}(?:高科|股份|控股|实业|重工|药业|证券|银行|置业|物流)")
"""What a firm is called by at the exchange: 张江高科."""
_OF_A_SERVICE = re.compile("(?:出行|优选|租车|智驾)(?:A[Pp][Pp]|公众号|小程序|客户端|平台|[上下]架)")
"""Behind whom a service on the telephone is called after: 曹操|出行App."""
_OF_MEMORY = re.compile(
    "[\u4e00-\u9fff]{0,6}?(?:奖(?![给励金状牌])|基金会)|[\u4e00-\u9fff]{0,2}(?:机场|定律|定理|效应|公式|猜想|综合征|大坝|纪念堂|纪念馆|"
    "故居|医科大学|医学院|理工学院|学院|图书馆|博物馆|体育馆|体育场|音乐厅|艺术节|工坊)"
)
"""Behind whom something is called after: 诺贝尔物理学奖."""
_OF_A_SHOP = re.compile(
    "[\u4e00-\u9fff]{0,6}(?:理发店|包子铺|餐饮店|饭店|酒店|诊所|药店|超市|商店|商行|门市部|经营部|服务部|加工厂|[食茶糕点面饭]馆|家政|工作室)"
    "(?=$|[，,。；;、 \t（(）)|])"
)
"""What a shop is called behind the name of its founder."""
_HOUSE = 4
"""Characters of the name of a house that its founder's whole name begins."""
_OF_TRADE = "堂斋坊阁"
_HOUSES = "堂斋坊轩楼阁居记庄园府"
_OF_A_HOUSE = re.compile(
    "[堂斋坊阁](?![弟哥姐妹兄叔伯侄主长屋])|记(?=[生老]抽|蚝油|酱油|烧鹅|火锅|茶餐厅|食品|卤味|腊味|小笼|月饼)"
)
"""What an old house of trade is called behind the name of its founder: 胡庆余|堂."""
_BY_A_HOUSE = re.compile("旁边?|对面|隔壁|门[口前]|附近|那[家边]|[总分]店|二楼|吃饭")
"""What is said of where a house stands, behind its name: 金鼎轩|旁边."""
_NATURAL = re.compile(
    "[东西南北偏]{1,3}风|(?:雷阵|阵|暴|冻|雨夹|[小中大]到[中大暴])[雨雪]|[\u4e00-\u9fff]{1,2}[瓜菇椒葱蒜薯鳝蟹虾糕饼粥醋]|[\u4e00-\u9fff]{2}[街巷弄]"
)
"""Winds, rains, what is eaten, lanes: no given name ends so."""
_OF_A_STAMP = re.compile("公网安备|ICP备")
"""In the footer of a page."""
_IS_A_PLACE = re.compile("(?:社|报|网|在|于|[抵到]达|飞抵|前往|赴|离开|返回)$")
_AT_A_PLACE = re.compile(
    "[0-9]{1,2}月[0-9]{1,2}日[电讯]|会[见晤谈]|举[行办]|召开|签署|开幕|闭幕|揭晓|落幕|打响|进行|出席|发表"
)
"""Before and behind a place: 新华社阿斯塔纳9月8日电, 在阿斯塔纳会见."""
_NO_FIRM = frozenset({"v", "p", "u", "c", "w", "r", "d", "TIME"})
"""Words that stand in no name of a firm."""
_CAPITALS = frozenset(
    (
        "华盛顿 雅加达 马尼拉 青瓦台 白金汉 伊斯兰堡 达沃斯 马德里 利雅得 万隆 金边 文莱 阿布扎比 布鲁塞尔 伯尔尼 "
        "乌鲁木齐 克拉玛依 吐鲁番 阿克苏 库尔勒 呼和浩特 齐齐哈尔 佳木斯 香格里拉 日喀则 格尔木 德令哈 阿勒泰 石河子 "
        "图木舒克 "
        "锡林浩特 鄂尔多斯 巴彦淖尔 乌兰察布 乌兰浩特 满洲里 "
        "哈瓦那 安卡拉 马斯喀特 莫斯科 唐宁街 马赛 里昂 曼谷 曼彻斯特 米兰 都灵 柏林 华沙 安曼 巴黎 伦敦 赵州桥"
    ).split()
)
"""Cities and seats of governments that read like names."""


def is_of_a_thing(
    text: str, start: int, end: int, words: Sequence[tuple[int, int, str]], known: Container[str]
) -> bool:
    """Whether what is tagged as a name from *start* to *end* is none. *words*: what the tagger reads; *known*: all."""
    name = text[start:end]
    if "什么" in name or (text[start : start + 2] in NOT_A_NAME and name in known):
        return True
    is_at = _AT_A_PLACE.match(text, end) and _IS_A_PLACE.search(text, max(0, start - 3), start)
    if is_at and not surname_length(text, start):
        return True
    if name in _CAPITALS and not NEXT_HONORIFIC.match(text, end):
        return True
    if (_NATURAL.fullmatch(name) and not NEXT_HONORIFIC.match(text, end)) or _OF_A_STAMP.search(text, start, end + 1):
        return True
    has_surname = text[start] in ALL_SURNAMES or text[start : start + 2] in COMPOUND
    if not has_surname and _OF_A_COUNTRY.match(text, end):
        return True
    is_told = NEXT_HONORIFIC.match(text, end) or ROLE.search(text, max(0, start - 12), start)
    if _VILLAGE.fullmatch(name) and not is_told:
        return True
    if end - start <= _LONGEST_VILLAGE and _OF_A_VILLAGE.match(text, end - 1):
        return True
    is_of_trade = _OF_A_SERVICE.match(text, end) or _IS_A_FIRM.fullmatch(name)
    if is_of_trade and not ROLE.search(text, max(0, start - 12), start):
        return True
    if _OF_A_SHOP.match(text, end) and not ROLE.search(text, max(0, start - 12), start):
        return True
    if end - start == _HOUSE and name[-1] in _OF_TRADE and surname_length(text, start) == 1 and not is_told:
        return True
    if _OF_A_HOUSE.match(text, end) or (name[-1] in _HOUSES and _BY_A_HOUSE.match(text, end)):
        return True
    firm = _OF_A_FIRM.match(text, end) or _OF_MEMORY.match(text, end)
    return (
        firm is not None
        and not ROLE.search(text, max(0, start - 12), start)
        and not any(kind in _NO_FIRM for at, _, kind in words if end <= at < firm.end())
    )
