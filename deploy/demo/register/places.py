"""Where the register's people live and were first registered.

The town is invented, from its district down to the room. The region codes at the head of ID numbers are real, since
a code is judged by being in the list; those of one province will do.
"""

from random import Random

# Source: GB/T 2260, Zhejiang; as in force in 2026.
CURRENT_CODES = (
    "330102", "330105", "330106", "330108", "330109", "330110", "330226", "330327", "330122", "330127",
    "330203", "330205", "330206", "330212", "330225", "330281", "330302", "330303", "330324", "330326",
)  # fmt: skip

ABOLISHED_CODES = {
    "330103": 2021,
    "330104": 2021,
    "330183": 2014,
    "330185": 2017,
    "330204": 2016,
    "330283": 2016,
    "330322": 2015,
    "330621": 2013,
}
"""Code: the year it was given up. Who was registered before keeps it for life."""

DISTRICT = "浙江省澜洲市云溪区"

STREETS = (
    "云澜街道", "澄溪街道", "听枫街道", "松月街道", "栖禾街道", "望舒街道", "鹭鸣街道", "砚池街道",
    "竹隐镇", "桐荫镇", "青麦镇", "拾桥镇",
)  # fmt: skip

_ROADS = (
    "听松路",
    "澄湖路",
    "采薇路",
    "半山路",
    "问渠路",
    "知秋路",
    "云帆大道",
    "晚晴巷",
    "杏林街",
    "石渠街",
    "南塘路",
)
_ESTATES = ("溪语花园", "澜庭苑", "松风里", "枕水人家", "春和公寓", "云栖雅居", "禾木小区", "星河新村")
_VILLAGES = ("石桥村", "上坞村", "荷塘村", "柳溪村", "白鹭村", "樟树下村")


def region_code(random: Random, birth_year: int) -> str:
    """A code that the region of somebody born in *birth_year* can have had."""
    abolished = [code for code, year in ABOLISHED_CODES.items() if birth_year < year]
    if abolished and random.random() < 0.08:
        return random.choice(abolished)
    return random.choice(CURRENT_CODES)


def address(random: Random, street: str) -> str:
    """A dwelling in *street*: in towns half of them are village houses, else it ends with the room."""
    if street.endswith("镇") and random.random() < 0.5:
        return f"{DISTRICT}{street}{random.choice(_VILLAGES)}{random.randint(1, 16)}组{random.randint(1, 120)}号"
    building = f"{random.randint(1, 32)}幢{random.randint(1, 4)}单元"
    room = f"{random.randint(1, 26)}{random.randint(1, 4):02d}室"
    number = f"{random.choice(_ROADS)}{random.randint(1, 680)}号"
    return f"{DISTRICT}{street}{number}{random.choice(_ESTATES)}{building}{room}"
