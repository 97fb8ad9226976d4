"""Lines that hold an address and nothing else, as people write them on parcels and into forms.

No part has to be spelled in full, and none to stand in its order: what tells is that the line says where in several
ways (a division, a town, a road, a number, an estate, a position) and says nothing else.
"""

import re

from policies.recognisers.addresses.parts import PROVINCE
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import PROVINCES_OF_PLATES

_SHORTEST, _LONGEST = 6, 70
_SIGNS = re.compile(
    "[〔。！？!?；;：:“”\"'《》=<>@…|]|^#|窗口|柜台|座位|货位|编号|以[上下内外]|[0-9]{6}"
    "|[令告函][ 　]?第?[0-9]+号|^[\u4e00-\u9fff]{0,4}(?:地址|住址|住所)[ 　]"
)
"""What no such line holds."""
_NUMBER = "(?:[0-9]+|[一二三四五六七八九十百零〇两]+|[A-Za-z][0-9]*|[甲乙丙丁])"
_DIVISION = re.compile("[省市区县旗州](?!场|民|委|级|域|长|中心|政)")
_TOWN = re.compile("街道|镇|乡(?!村)|苏木|开发区|高新区|工业区|工业园|农场|林场|新区|兵团|高教园")
_TOWN_ITSELF = re.compile("街道|镇|乡(?!村)")
_ZONE = re.compile("(?:工业|开发|产业|物流|商贸|居民)(?:区|园)$")
_ROAD = re.compile(
    "(?:[\u4e00-\u9fff]|[0-9])(?:大街|大道|马路|公路|胡同|路|街(?!道)|巷|弄|里(?!程)|村|庄|屯|社区|嘎查|寨|堡|坝|坪)"
    "(?!政|口碑|面|灯|线|费|桥|网)|[国省县乡]道|[GS][0-9]{3}"
)
_NUMBERED = re.compile(
    f"{_NUMBER}[ 　]?(?:号|栋|幢|单元|室|层|楼|组|队|连|排|座|门(?!诊)|院|区|铺|厅|弄|巷|社|期|户|街|委|"
    "厂房|房|馆|舍|公里处|作业[站区]|#)|"
    f"第{_NUMBER}(?:间|家)|[0-9]+[-－之][0-9]+|[A-Z][0-9]{{2,}}|[0-9]+[A-Z](?![A-Za-z])|"
    "[\u4e00-\u9fff][ 　]?[0-9]{3,4}$|(?i:room|rm|building|bldg|block|unit|flat|floor)[. ]{0,2}[0-9A-Z]+"
)
_ESTATE = re.compile(
    "小区|花园|家园|公寓|新村|新城|新苑|[苑邸府庭园]|大厦|大楼|广场|市场|商城|商贸城|轻纺城|家纺城|汽配城|服装城|建材城|家居城|"
    "宿舍|家属院|生活区|分拨中心|佳园|华庭|名都|嘉园|郦城|学园|校区|购物公园|公馆|商厦"
)
_POSITION = re.compile(
    "对面|旁边|隔壁|附近|路口|交汇|交叉口|交界|往[东南西北]|向[东南西北]|门口|门卫|后座|底商|院内|"
    "[东南西北]门|[东南西北](?:侧|邻|头|[0-9]+米)|楼上|楼下|首层|门面|旁(?!路)"
)
_BARRED = frozenset({"u", "r", "d", "vd", "ad"})
_NO_LINE = re.compile(
    "(?:局|(?<![0-9一二三四五六七八九十])委|厅|(?<![村居]委)会|办|政府|法院|检察院|派出所|中学|小学|幼儿园|公告|通知|方案|办法|规定|项目|工程|改造|建设|整治|治理|职责|情况|报告|年|月|班)$"
)
"""What lines about offices, schools and documents end with."""
_OTHERS = re.compile(
    "先生|女士|来电|申请人|性别|民族|籍贯|求职|学历|姓名|电话|手机|邮编|联系人|职务|年龄|出生|证号|号码(?!头)|车[次号牌]|航班"
    f"|[{PROVINCES_OF_PLATES}][A-Z][·•・]?[0-9A-Z]{{5}}"
)
"""Labels of what is no address, on a sheet that has become a line, and the plate of a car."""
_OFFICE = re.compile(
    "医院|学校|大学|学院|酒店|宾馆|银行|车站|门诊|厂(?!商)|公司|政府|供销社|商场|超市|幼儿园|公园|园区|科技园|产业园|创业园|[\u4e00-\u9fff]城(?![市区镇])"
)
_IN_HOUSE = re.compile(f"{_NUMBER}[ 　]?(?:号楼|栋|幢|单元|室|层|楼|座)|[楼层][ 　]?[A-Z]?[0-9]{{3,4}}")
FIRM = re.compile("(?:公司|集团|支行|分行|银行|合作社|研究院|事务所|委员会)$")
"""What a line ends with that names a firm by where it is."""
_BESIDE_A_NAME = re.compile("(?:斜?对面|旁边|隔壁|楼上|楼下)[\u4e00-\u9fff]{3,8}$|[东南西北]门[东南西北]?侧?[0-9]+米$")
_BESIDE = re.compile("斜?对面|旁边|隔壁|附近|楼上|楼下|院内|门口")
_WHERE = (_DIVISION, _TOWN, _ROAD, _NUMBERED, _ESTATE, _OFFICE, re.compile("写字楼|[A-Z0-9]$"))
_COMMA = re.compile("[ 　]?[，,][ 　]?")
_OF_NUMBER = re.compile(f"之{_NUMBER}$")
_TOWARDS = re.compile("[向往][东南西北]")
_FROM_DIVISION_TO_DOOR = re.compile(
    "(?:[\u4e00-\u9fff]{2,8}?(?:省|市|区|县|旗|州))+[\u4e00-\u9fff]{1,12}?(?:路|街|道|巷|村|镇|乡)[^省市县]*"
    f"{_NUMBER}(?:号楼|栋|幢|单元|室|层|楼|座|户|号)?$"
)
"""A line that begins with a division, goes on to a road or a village and ends with a number."""
_NAMES = frozenset({"LOC", "ORG", "nz", "nw"})
_AN_ESTATE = re.compile(
    "[\u4e00-\u9fff]{2,8}(?:小区|花园|家园|苑|公寓|新村|华庭|豪庭|雅居|公馆|嘉园|别墅|家属院)"
    "(?:[东南西北]区|[一二三四五六七八九十]{1,2}[区期])?"
)
_A_HOUSE = re.compile(f"[\u4e00-\u9fff·•・]{{3,12}}(?:[一二三四五六七八九十]期)?[ 　]?{_NUMBER}[ 　]?(?:栋|幢|号楼)")
_A_BOX = re.compile(
    f"[\u4e00-\u9fff·•・]{{3,12}}(?:[ 　]?{_NUMBER}[ 　]?(?:栋|幢|号楼|号门?|门)|[东南西北]门)?[\u4e00-\u9fff]{{0,6}}"
    "(?:自提柜|快递柜|丰巢柜?|驿站|代收点?|自提点|兔喜生活)"
)
_A_ROAD = re.compile("[\u4e00-\u9fff]{2,5}(?:[一二三四五六七八九十东南西北中]路|大道|大街)")
_NEAR_BY = re.compile(
    "[\u4e00-\u9fff]{2,8}(?:斜?对面|旁边|隔壁|后面|楼上|楼下)[\u4e00-\u9fff]{1,6}(?:店|铺|馆|超市|诊所|小院|平房|宿舍)"
)
"""What a shop or a house is near, and what it is."""
_VILLAGE = re.compile("(?:[圩墩岗畈冲垸塆湾坞垄塘岭埠桥井坎峪沟窑铺店楼营庄寨屯坝坪]|[村庄屯寨][东南西北]{1,2}[头首])$")
_IS = frozenset("是为在有被已")
"""What makes a sentence of a line, where it is read as a verb."""
_JOINS = frozenset("是为在有被已系因将把给让于由从")
"""What makes one behind somebody, a number or what is done (438号|因|违建), where no name is torn: 朝阳区|将|台西路."""
_SAYS = re.compile(
    "海拔|全长|总长|流域|面积|[高长宽深]达?约?[0-9]+(?:\\.[0-9]+)?(?:余|多)?米|[0-9万亿](?:平方|公里(?!处)|千米|次|处|起|例|辆|台)"
    "|[0-9]号(?:令$|文件|决定|决议|议案|提案|公告|通告)|列车|航班"
)
"""What says how large something is, how often it happens, or which document it is."""
_DIVIDES = re.compile("[省市区县旗州镇乡道]$")
_SAYING = frozenset({"v", "p"})
"""Kinds of words that join."""
_NO_ESTATE = re.compile("教学楼|办公楼|宿舍楼|实验楼|综合楼|门诊楼|住院楼|本[市区县楼]|所有|全部|部分|已建|在建|共")
"""What stands in no name of an estate."""
_VERBS_OF_PLACES = frozenset(
    "代收 自提 代签 自编 创业 交汇 交叉 交界 对面 往 向 建设 解放 和平 团结 前进 胜利 兴工 开发 生活 生产".split()
)


def is_address_line(sentence: Sentence) -> bool:
    """Whether all of *sentence*, which is a whole text, is one address."""
    text = sentence.text.strip()
    if len(text) > _LONGEST or _SIGNS.search(text) is not None or _NO_LINE.search(text) is not None:
        return False
    if _OTHERS.search(text) is not None or says_something(sentence) or not _are_parts(text):
        return False
    is_estate = _is_estate(sentence, text)
    if is_estate or len(text) < _SHORTEST:
        return is_estate
    last = max((start for start, _, kind in sentence.words if kind != "w"), default=0)
    is_whole = _FROM_DIVISION_TO_DOOR.match(text) is not None
    for start, end, kind in sentence.words:
        word = sentence.text[start:end]
        if kind == "PER" and start == last and _VILLAGE.search(word) is None:
            return False
        if _OF_NUMBER.match(word) is None and (kind in _BARRED or (kind == "xc" and not word.isascii())):
            return False
        if (kind == "v" and word in _IS) or (kind in _SAYING and word in _JOINS and _is_sentence(sentence, start)):
            return False
        if kind == "v" and len(word) > 1 and not is_whole and not _is_of_places(word):
            return False
        if kind == "TIME" and word[-1] in "年月日时分":
            return False
    return _NEAR_BY.fullmatch(text) is not None or _says_where(sentence, text)


def _is_sentence(sentence: Sentence, at: int) -> bool:
    """Whether what joins at *at* stands behind a word that ends no division, in which a name may begin."""
    before = next(((start, end, kind) for start, end, kind in sentence.words if end == at), None)
    return before is not None and before[2] != "w" and _DIVIDES.search(sentence.text, *before[:2]) is None


def says_something(sentence: Sentence) -> bool:
    """Whether *sentence* tells how large, how often or how something is, as no address does."""
    words = [word for word in sentence.words if word[2] != "w"]
    return bool(_SAYS.search(sentence.text)) or (bool(words) and words[-1][2] == "a")


def _is_of_places(word: str) -> bool:
    """Whether a verb of two characters or more is the name of a place, or says where one is."""
    return word in _VERBS_OF_PLACES or _ROAD.search(word) is not None or _TOWARDS.match(word) is not None


def _are_parts(text: str) -> bool:
    """Whether each of the parts that commas divide *text* into says where; True where there is one alone."""
    parts = [part for part in _COMMA.split(text) if part.strip()]
    return len(parts) == 1 or all(any(where.search(part) for where in _WHERE) for part in parts)


def _is_estate(sentence: Sentence, text: str) -> bool:
    """Whether *text* is an estate and nothing else, a house in it, or where parcels are left there."""
    kinds = [kind for _, _, kind in sentence.words if kind != "w"]
    if _AN_ESTATE.fullmatch(text) is not None or _A_ROAD.fullmatch(text) is not None:
        return len(kinds) == 1 and kinds[0] in _NAMES
    if _A_HOUSE.fullmatch(text) is not None or _A_BOX.fullmatch(text) is not None:
        return _NO_ESTATE.search(text) is None and not {"v", "vd", "d", "p", "r", "u", "c"} & set(kinds[:-1])
    return False


def _says_where(sentence: Sentence, text: str) -> bool:
    is_in_division = (
        PROVINCE.match(text) is not None
        or _DIVISION.search(text) is not None
        or any(kind == "LOC" for _, _, kind in sentence.words)
    )
    town, road, number, estate, position = (
        pattern.search(text) is not None for pattern in (_TOWN, _ROAD, _NUMBERED, _ESTATE, _POSITION)
    )
    if _OFFICE.search(text) is not None and _IN_HOUSE.search(text) is not None:
        return True
    if _OFFICE.search(text) is not None and _BESIDE_A_NAME.search(text) is not None:
        return True
    if (is_in_division or town) and _BESIDE.search(text) is not None:
        return True
    if _ZONE.search(text) is not None and _TOWN_ITSELF.search(text) is not None:
        return True
    if number is False and FIRM.search(text) is not None:
        return False
    if is_in_division + town + road + number + estate + position < 2:
        return False
    return (
        (number and (road or estate or town or position))
        or ((is_in_division or town) and (road or (estate and town) or (number and is_in_division and len(text) > 10)))
        or (road and (estate or position))
    )
