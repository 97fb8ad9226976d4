"""Estates and sites whose names end with no word for one, told by the house, the flat or the room behind them."""

import re

_PHASE = "(?:[一二三四五六七八九十0-9]{1,2}期)"
_HOUSES = "(?:[0-9]{1,3}[A-Za-z]?|[A-Za-z][0-9]{0,2}|[一二三四五六七八九十]{1,3})[ 　]?(?:栋|幢|号楼|座|单元|#)"
_FLAT = "(?:[0-9]|[A-Za-z][0-9]|[一二三四五六七八九十]+(?:单元|层|楼|室))"
_ROOM = "[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}"
_NAME = "[\u4e00-\u9fff·•・]"
_NUMBERS_OF_OTHERS = "电话|手机|邮编|分机|传真|编号|工号|微信|尾号|密码|面积|租金|价格|热线|航班|车次|公交|地铁"
_NO_LAST = "(?<![家人们员主号码编型版本单柜架位库排箱盒袋册卷表页图章节比件批])"
"""How no estate is called at its end: whose house it is, or what else numbers stand behind."""
UNIT = re.compile("[0-9]+(?:栋|幢|号楼|座|单元|号院)|[0-9]+-[0-9]+-[0-9]+")
TAGGED = re.compile(f"[\u4e00-\u9fff]{{2,10}}?(?={_PHASE}?[0-9]+(?:栋|幢|号楼|座)[0-9]+(?:单元|[-－室]))")
"""Before a house and a flat of it, where the tagger sees a place: 锦绣江南二期11幢1单元."""
WITHIN = re.compile(f"{_NAME}{{2,10}}?(?=[ 　]?(?:{_PHASE}[ 　]?)?(?:{_HOUSES}|{_ROOM}))")
"""Between a road or a division and a house: 北干街道金色钱塘3幢."""
ALONE = re.compile(
    f"{_NAME}{{3,10}}?{_NO_LAST}(?=[ 　]?(?:{_PHASE}[ 　]?)?(?:{_HOUSES}[ 　]?{_FLAT}|{_ROOM}(?![0-9-])))"
)
"""With nothing of an address before, before a house and a flat of it: 金域华府7#3-502."""
SOUGHT = re.compile(f"{_NAME}{{4,10}}(?=[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9-]))")
"""The same where what stands before says that a place follows: 搬到龙湖花千树7-301."""
HAMLET = re.compile(
    "(?<=[村庄屯寨会区镇乡道组队社])[\u4e00-\u9fff]{2,5}(?=[0-9]+(?:-[0-9]+)?号)|(?<=[路街巷])[\u4e00-\u9fff]{2,5}(?=[0-9]+号院)"
)
"""Between a village, a town or a road and a house, whatever it ends with: 羊石村西湖底12号."""
BESIDE = re.compile(
    "[\u4e00-\u9fff]{2,8}?(?:[中小大]学|幼儿园|公园|大厦|超市|银行|诊所|药房|桥头|[村居]委会|[场院校厂店馆所站桥庙寺塔库塘])(?:斜?对面|[东南西北]{1,2}[侧边面角]|[东南西北]{1,2}[0-9]+米|旁边?|隔壁|门口)"
)
"""What somebody is found beside, behind a road or a village: 姚港路一号桥菜场西侧."""
BEFORE_ROOM = re.compile(
    f"(?![^0-9]*(?:{_NUMBERS_OF_OTHERS}|[约共近超达]))[\u4e00-\u9fff]{{2,8}}"
    "(?=[ 　]?[0-9]{3,4}(?:室|房(?![主东屋产])|[，。；,;、）)]|$"
    "|(?![0-9A-Za-z年月日元个人次户万亩平米公吨辆名份号路线件台套%.:：/-])))"
)
"""Between a road or a house and a room, whatever it ends with: 68号领世商务1709."""
OF_NAMES = frozenset({"LOC", "ORG", "nz", "nw", "n", "s", "a", "vn", "f", "PER"})
"""What the words are that places are called by."""
FOR_USE = re.compile(
    "(?:教学|办公|综合|实验|宿舍|门诊|住院|行政|图书|医技|航站|候机|候车|主|附|副|裙|本|该|整|两|这|那)(?:大?楼|大厦)"
)
"""Buildings that stand everywhere and are called after their use alone."""
