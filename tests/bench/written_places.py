"""Invented addresses in real divisions, as whole lines and as people write them in prose."""

import random

_DIVISIONS = (
    ("浙江省", "杭州市", "西湖区"),
    ("浙江省", "宁波市", "鄞州区"),
    ("浙江省", "温州市", "乐清市"),
    ("江苏省", "南京市", "鼓楼区"),
    ("江苏省", "苏州市", "昆山市"),
    ("江苏省", "盐城市", "射阳县"),
    ("广东省", "广州市", "天河区"),
    ("广东省", "深圳市", "南山区"),
    ("广东省", "东莞市", ""),
    ("四川省", "成都市", "武侯区"),
    ("四川省", "绵阳市", "三台县"),
    ("湖北省", "武汉市", "洪山区"),
    ("湖南省", "长沙市", "岳麓区"),
    ("湖南省", "张家界市", "永定区"),
    ("河南省", "郑州市", "中原区"),
    ("河南省", "周口市", "沈丘县"),
    ("山东省", "济南市", "历下区"),
    ("山东省", "青岛市", "黄岛区"),
    ("福建省", "厦门市", "思明区"),
    ("福建省", "泉州市", "晋江市"),
    ("安徽省", "合肥市", "蜀山区"),
    ("江西省", "南昌市", "青山湖区"),
    ("陕西省", "西安市", "雁塔区"),
    ("河北省", "石家庄市", "裕华区"),
    ("辽宁省", "沈阳市", "和平区"),
    ("黑龙江省", "哈尔滨市", "道里区"),
    ("云南省", "昆明市", "五华区"),
    ("贵州省", "贵阳市", "云岩区"),
    ("甘肃省", "兰州市", "城关区"),
    ("", "北京市", "朝阳区"),
    ("", "北京市", "海淀区"),
    ("", "上海市", "浦东新区"),
    ("", "上海市", "徐汇区"),
    ("", "天津市", "河西区"),
    ("", "重庆市", "渝北区"),
    ("广西壮族自治区", "南宁市", "青秀区"),
    ("内蒙古自治区", "包头市", "昆都仑区"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区"),
    ("宁夏回族自治区", "银川市", "兴庆区"),
    ("海南省", "海口市", "龙华区"),
    ("吉林省", "延边朝鲜族自治州", "延吉市"),
    ("云南省", "大理白族自治州", "大理市"),
)  # fmt: skip
_TOWNS = (
    "柳湾镇",
    "青石镇",
    "双溪街道",
    "望湖街道",
    "三里铺镇",
    "白鹭乡",
    "长桥街道",
    "东林镇",
    "石板滩镇",
    "新塘街道",
    "大河乡",
)
_VILLAGES = (
    "王家村",
    "李庄村",
    "前进村",
    "红旗村",
    "杨柳村",
    "下陈村",
    "东头村",
    "石桥社区",
    "枫林社区",
    "翠苑社区",
    "小张庄",
)
_ROADS = (
    "柳浪路", "映月路", "青松大街", "和顺街", "长兴路", "文渊西路", "紫薇南路", "中山北路",
    "人民路", "解放大道", "芙蓉东街",
    "学院路", "振兴一路", "滨河大道", "建设路", "曙光巷", "槐花胡同", "东风西路", "梧桐里",
    "清泉街", "科技三路", "环城东路",
)  # fmt: skip
_ESTATES = (
    "碧水花园", "阳光小区", "翠湖苑", "金桂名都", "锦绣华庭", "东方新城", "望江公寓", "银杏家园",
    "紫金城", "幸福里", "云栖雅苑",
    "铁路新村", "教师公寓", "和平里小区", "天鹅湾", "丽景苑", "龙湖时代天街", "万象公馆",
)  # fmt: skip
_BUILDINGS = ("金茂大厦", "恒昌广场", "天域中心", "鸿图大厦", "星海国际大厦", "科创园", "国贸中心", "长信商务楼")


def address_line(chance: random.Random) -> str:
    """An address by itself, in any of the ways in which people give one."""
    return _address(chance, complete=0.6, bare=0.25)


def address_in_prose(chance: random.Random) -> str:
    """An address as it stands within a sentence."""
    return _address(chance, complete=0.75, bare=0.08)


def _address(chance: random.Random, *, complete: float, bare: float) -> str:
    province, city, district = chance.choice(_DIVISIONS)
    if chance.random() < bare:
        province, city = _bare(province), city.removesuffix("市") if district else city
    if chance.random() > complete:
        province = ""
        if chance.random() < 0.4:
            city = "" if district else city
    town = chance.choice(_TOWNS) if chance.random() < 0.35 else ""
    village = chance.random() < 0.25
    return province + city + district + town + (_in_village(chance) if village else _in_town(chance))


def _bare(province: str) -> str:
    for ending in ("壮族自治区", "维吾尔自治区", "回族自治区", "自治区", "省"):
        province = province.removesuffix(ending)
    return province


def _in_village(chance: random.Random) -> str:
    number = chance.randrange(1, 220)
    group = f"{chance.choice('一二三四五六七八')}组" if chance.random() < 0.5 else f"{chance.randrange(1, 19)}组"
    return chance.choice(_VILLAGES) + chance.choice(
        (f"{group}{number}号", f"{number}号", group, f"{number}号附{number % 7 + 1}号")
    )


def _in_town(chance: random.Random) -> str:
    road = f"{chance.choice(_ROADS)}{chance.randrange(1, 999)}" + chance.choice(("号", "号", "号", "弄", "-2号"))
    within = _in_building(chance)
    match chance.randrange(5):
        case 0:
            return road
        case 1:
            return chance.choice(_ESTATES) + within
        case 2:
            storey = f"{chance.choice('ABC')}座{chance.randrange(3, 32)}{chance.choice(('层', '楼'))}"
            return f"{road}{chance.choice(_BUILDINGS)}{storey}"
        case 3:
            return road + chance.choice(_ESTATES) + within
        case _:
            return road + within


def _in_building(chance: random.Random) -> str:
    house = f"{chance.randrange(1, 40)}{chance.choice(('栋', '幢', '号楼', '座'))}"
    room = f"{chance.randrange(1, 32)}0{chance.randrange(1, 9)}"
    return chance.choice(
        (
            f"{house}{chance.randrange(1, 5)}单元{room}室",
            f"{house}{room}室",
            f"{house}{room}",
            f"{house}{chance.randrange(1, 5)}单元{room}",
            f"{chance.randrange(1, 40)}-{chance.randrange(1, 5)}-{room}",
            f"{house}{chance.choice('一二三四')}单元{chance.randrange(2, 19)}层{room}号",
        )
    )
