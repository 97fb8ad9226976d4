"""What reads like an address, and is a place that the public goes to, a stretch of a road, a plot of land or a number.

An address tells where somebody is to be found. A hall with its floors and windows, a room for meetings, a square or
what is built where are said of offices and of works: guides, agendas and notices are full of them.
"""

import re

_LABEL = re.compile(
    "(?:(?<![案事]发|走访|入户|家访|上门|走失|被盗|作案|发现|抓获|租赁|维修|安装|居住|居留|住宿|收货|送货|交货|见面|会面|约定|事故|死亡|出生|服务|服刑|执行|经营|送达|就读)(?:地点|场所|部位|点位)"
    "|(?<!工作|所在|所属|就业|服务|用人|现任|任职)(?:单位|机构|部门))(?:名称)?[ 　]*[:：]?[ 　]*$"
)
"""What says that an office's place follows, or its name."""
_LIVED_IN = re.compile(
    "[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}|[0-9](?:单元|栋|幢|户|号院)|[0-9甲乙]号(?!窗|[出入]口|门)|[0-9一二三四五六七八九十]号楼|小区|家属院|公寓|宿舍|家园|花园|新村|家中"
)
"""What tells of a house, to which an address goes whosever that is."""
_INSIDE = re.compile(
    "(?:窗口|窗|大厅|会议[室厅]|多功能厅|开标室|评标室|报告厅|接待室|调解室|礼堂|演播厅|阅览室|教室|考场|食堂|审判庭|"
    "服务区|站台|检票口|安检口|停车场|停车楼|[拍卖展览交易]{1,2}厅|"
    "(?:服务|接种|体检|交易|审批|办事|接待)(?:中心|大厅|站|门诊)[0-9一二三四五六七八九十A-Z]{1,3}[层楼区])"
)
"""What of a building the public goes to."""
_BEHIND = re.compile(f"(?:[0-9A-Z一二三四五六七八九十至、—\\-~]{{0,8}}号?)?{_INSIDE.pattern}")
_OPEN = re.compile(
    "(?:广场|公园|陵园|墓园|纪念[馆碑堂]|博物馆|图书馆|文化馆|美术馆|体育[场馆]|体育中心|奥体中心|会展中心|火车站|高铁站|汽车站|客运站|风景区|景区|"
    "水库|湿地|政府|大院|敬老院|福利院|(?:村民|居民)委员会|[村居]委会)$"
)
"""How a place is called that is open to all, or an office."""
_BESIDE = re.compile("[县区市旗].*(?:镇|乡|街道|路|街|村).*(?:斜?对面|旁边?|隔壁|[东南西北][侧面])$")
"""Beside such a building, where a road or a village within a division tells which."""
_STRETCH = re.compile("(?:全线|沿线|全段)$|以[东南西北](?:、|$)")
_COUNTED = re.compile("[0-9](?:[台套]|辆|副|人次|元|万元|吨|亩|公里|公斤)$")
_EXIT = re.compile("[0-9A-Za-z一二三四五六七八九十]号?(?:航站楼|候机楼|登机口|(?:出入|出站|进站|出|入)口)$")
"""By which way people go into what is open to all, or out of it."""
_GATE = re.compile(
    "(?:机场|车站|高铁站|火车站|景区|公园|体育[场馆]|博物[馆院])[0-9A-Za-z东南西北]{1,3}号?门(?:$|入园|[进入]场|安检|检票)"
)
"""The same of gates, which tell where somebody waits as well: where people go in, or nothing is said of it."""
_SIZE = re.compile(
    "(?:海拔|全长|总长|流域|面积|[高长宽深](?:度|达|约)?)[\u4e00-\u9fff]{0,3}?[0-9.]+(?:余|多)?[万亿]?(?:平方)?(?:公里|千米|米|公顷|亩)"
)
"""How large something is."""
_TRAIN = re.compile("[GDCZTKYSL][0-9]{1,4}次")
"""Of which the number may read like a room's."""
_CLOCK = re.compile("[:：][0-5][0-9](?![0-9])")
_HOUR = re.compile("(?<![0-9])[0-2]?[0-9]$")
_DIGIT = re.compile("[0-9]")


def is_public(text: str, start: int, end: int) -> bool:
    """Whether what reads like an address from *start* to *end* in the normal form *text* is nobody's."""
    said = text[start:end]
    if _COUNTED.search(text, start, end + 1) or (_CLOCK.match(text, end) and _HOUR.search(said)):
        return True
    if _LIVED_IN.search(said):
        return False
    if _BESIDE.search(said):
        return False
    if any(each.search(said) for each in (_EXIT, _GATE, _SIZE)) or _TRAIN.search(text, start, end + 1):
        return True
    if _STRETCH.search(said) or _INSIDE.search(said) or _BEHIND.match(text, end):
        return True
    if _OPEN.search(said) and not _DIGIT.search(said):
        return _is_bounded(text, start, end)
    return _LABEL.search(text, max(0, start - 16), start) is not None


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Whether it stands by itself, and not where a sentence tells who lives or was seen there."""
    before, behind = text[:start][-1:], text[end : end + 1]
    return (not before or before in ":：,，、；;|（(“ \t　") and (not behind or behind in ",，、；;。|）)” \t　\n")
