"""Parts of addresses that a number begins or is: groups of villages, houses, buildings, storeys and rooms."""

import re

from policies.recognisers.addresses.parts import BUILDING, HOUSE, NUMBER, ROAD, TAIL, TOWN

_NOT_ONE = "(?!一(?:栋|幢|座|户|排|区|楼|层)(?![东南西北中左右单室])[\u4e00-\u9fff])"
"""One house of those that stand there: 14号一栋出租屋."""
_NO_HOUSE = (
    "(?!窗|登机|柜台|展位|检票|站台|线|码|文|令|公告|台风|机|选手|球|展|馆|车|电|卡|门诊|"
    "楼梯|上午|下午|晚|前(?!的)|之前|左右)"
)
"""What stands behind numbers that are those of something else."""
_FOR_TRADE = "商铺|铺位|门面房?|摊位|档口"
_NO_ROOM = "(?![主东屋产客租管价地间])"
"""What goes on behind 房 as a word that is no room's: 502房屋, 339号房主."""
_LETTERED = f"(?:[0-9]+[A-Za-z]|{NUMBER})"
_OF_CORPS = f"第?{NUMBER}(?:师(?![范傅生长部])|团(?:场|(?![队体结长员委伙圆购支课])))"
"""A division or a regiment of the corps that farms."""
_GROUP = f"第?{NUMBER}(?:村民小组|居民小组|小组|组|大队|小队|队|社|作业[站区]|管理区|分场|连(?![冠续任胜败线环锁接通]))"
_HOUSE = (
    "(?<![令告函])第?(?:自编|(?<=号)内)?(?:[甲乙丙丁附付新老]?[0-9]+[A-Za-z]?(?:[-－—~、至][0-9]+[A-Za-z]?)*"
    "|[一二三四五六七八九十百零〇]+|[甲乙丙丁])[ 　]?"
    "(?:号院|号[ 　]?楼(?![下上])|号[附付][0-9]+号|号之[一二三四五六七八九十0-9]+|号(?!线)|弄|巷|支弄|街坊"
    "|#(?:楼|栋)?)(?:院|[附付][0-9]+(?:号|室)?|-[0-9]+号?)?(?:至[0-9]+号)?"
    f"(?:{_FOR_TRADE}|厂房|仓库|库房?|停车场|出口|底商)?{_NO_HOUSE}"
)
_BUILDING = (
    f"(?:第?{_LETTERED}|[A-Z][0-9]{{1,2}}-[A-Z])"
    "(?:号楼(?!(?<=[0-9]{3}号楼)[下上])|号院|栋|幢|座|棟|舍(?![友监不得员])|期|区|排)(?:[至到][0-9]+(?:号楼|栋|幢|座))?"
    "|[东南西北前后中]排(?=第?[0-9一二三四五六七八九十])|[东南西北前后主](?:座|楼|区|门栋)?(?=[0-9一二三四五六七八九十])"
)
"""Of three digits it is a house of a road, below which something is: 128号|楼下."""
_ENTRANCE = f"(?:{NUMBER}|[东南西北中甲乙丙丁])[ 　]?(?:单元|梯|门(?!口)|口)"
_STOREY = (
    f"(?:地下|负|地下负)?{NUMBER}[ 　]?(?:[层層楼樓]|F(?![0-9A-Za-z]))(?!以[上下内外])"
    "(?:之[0-9一二三四五六七八九十]|[东西左右中][户室侧边手]?(?=$|[，。；,;、）)的]))?"
    f"|顶[楼层]|首层(?:之{NUMBER})?|架空层"
)
_OF_OLD_HOUSES = (
    "(?<=[号室元门])(?:[前后东西中偏正]{1,2}(?:楼|客堂|厢房?|屋|院)|[东南西北前后旁侧偏正]门(?!口)"
    "|亭子间|灶披?间|三层阁|过街楼)"
)
"""What a house is divided into that has no numbers within: 6号后客堂, 25号旁门."""
_ROOM = (
    f"{NUMBER}(?:室(?![一二两三四0-9]?[厅卫厨])|(?<=[0-9A-Za-z])户|铺(?!面)|店|档|房(?:间|{_NO_ROOM})|号房{_NO_ROOM}|号铺(?!面)|号室|号|柜){_NO_HOUSE}"
    "|第[0-9一二三四五六七八九十]+[户间](?![的人])|(?<=[座栋幢楼层号])(?:店面|门市)(?![部转出招])"
    "|(?<=[村组社院区])平房(?=$|[0-9，。；,;、）)])"
    f"|{NUMBER}号车位|[东西南北中]户|底商|地下车库|商业[0-9]+"
)
_BY_HYPHENS = (
    f"[0-9]{{1,4}}(?:[-－—][0-9A-Za-z]{{1,5}}){{1,4}}(?:室|号|户)?(?:{_FOR_TRADE})?"
    f"|[A-Za-z][-－]?[0-9]{{1,5}}(?:[-－][0-9A-Za-z]{{1,5}}){{0,3}}(?![0-9A-Za-z])(?:室|号)?(?:{_FOR_TRADE})?{_NO_HOUSE}"
    "|[0-9]{1,4}之[0-9一二三四五六七八九十]{1,4}(?:室|号)?"
)
_BARE = (
    "[0-9]{1,3}[A-HJ-NP-Z](?:[0-9]{3,4})?(?![0-9A-Za-z])(?:室|房)?"
    "|[0-9]{2,5}(?![0-9]*(?:栋|幢|号|[ 　]号|年|月|日|元|个|人|次|万|米|公里|%|[.．][0-9]|-))(?:室)?"
)
HOUSE_BY_ITSELF = re.compile("[0-9]+(?:栋|幢|号楼)(?=[0-9一二三四五]+(?:单元|层|楼|室|[0-9]))")
"""A house that is known to whoever lives there, with a flat behind it."""
NUMBERED = (
    (TOWN, re.compile(_OF_CORPS)),
    (ROAD, re.compile(_GROUP)),
    (HOUSE, re.compile(_HOUSE)),
    (BUILDING, re.compile(f"{_NOT_ONE}(?:{_BUILDING}|{_ENTRANCE}|{_STOREY}|{_OF_OLD_HOUSES}|{_ROOM})")),
    (TAIL, re.compile(f"{_BY_HYPHENS}|{_BARE}")),
)
"""Parts that a number begins or is."""
