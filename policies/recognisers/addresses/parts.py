"""What addresses are made of: the endings of divisions, roads, estates, buildings and rooms, from the largest down."""

import re
from dataclasses import dataclass

_PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 "
    "海南 四川 贵州 云南 陕西 甘肃 青海 台湾 "
    "内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
).split()
PROVINCE = re.compile(
    f"(?:中国)?(?:{'|'.join(_PROVINCES)})(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)?"
)

NO_NAME = frozenset('的是与了着过被把将对从向给请你我他她您其该本那哪及或到住，。、；：:（）()"“”,')
"""Characters that stand in no name of a place."""
NO_DIVISION = re.compile(
    "(?:辖|校|景|社|小|灾|山|园|片|厂|库|牧|学|病|战|市|城|郊|专|特)区|"
    "[\u4e00-\u9fff]*(?:[专等候超]|服务|休息|办事|功能|自助)区|[\u4e00-\u9fff]*[0-9A-Za-z]+区|[百千万各每多几数]{1,2}[县区市]|(?:县|城|都|超|股|门|夜|集|闹)市|人行|本县|各[市县区]"
)
"""What ends like a division, and is none."""
NO_ROAD = frozenset(
    (
        "占道 经营 报道 说道 知道 渠道 通道 上街 逛街 上路 让路 修路 带路 出路 走路 公里 心里 家里 这里 那里 哪里 "
        "手里 夜里 城里 村里 县里 市里 镇里 店里 屋里 院里 楼里 街道 隧道 轨道 管道 车道 "
        "一条 两条 这条 那条 每条 "
        "基线 无线 有线 曲线 路线 航线 光线 视线 底线 界线 一线 连线 前线 内线 支线 干线 产线 直线 红线 双线 单线 复线 "
        "阶段 时段 手段 露营 运营 国营 民营"
    ).split()
)
"""Words that end like the name of a road, a lane or a village, and are none."""
OF_HERE = re.compile("(?:本|我)[市县区]$")
"""What stands before a division of the town where a text is written: 本市虹口区."""
NUMBER = "(?:[0-9]+|[一二三四五六七八九十百零〇两]+|[A-Za-z][0-9]*|[甲乙丙丁])"


@dataclass(frozen=True, slots=True)
class Named:
    """A kind of part that is a name and an ending."""

    rank: int
    """From 0, the largest, to 5, the smallest: parts stand in that order."""
    longest: int
    """Characters before the ending."""
    ending: re.Pattern[str]


DIVISION, TOWN, ROAD, HOUSE, BUILDING, TAIL = range(6)
NAMED = (
    Named(DIVISION, 7, re.compile("自治州|自治县|自治旗|地区|(?:市|区|县|旗|盟|州)(?!场|民|政|委|级|域|长|中心)")),
    Named(
        TOWN,
        6,
        re.compile(
            "街道办事处|街道|镇|乡|苏木|开发区|高新区|工业园?区|(?:软件|科技|产业|物流|创业|创意)园区?(?:[一二三四五]期)?|大学城|农场|林场|牧场|新区|兵团"
        ),
    ),
    Named(
        ROAD,
        7,
        re.compile(
            f"(?:村民委员会|居民委员会|行政村|自然村|新村|村委会|居委会|社区|嘎查|村|庄|屯|寨|坊|湾|坪|沟|坡|堡|"
            f"营)(?:第?{NUMBER}(?:组|队|社|屯))?"
        ),
    ),
    Named(
        ROAD,
        8,
        re.compile(
            "(?:大街|大道|大路|马路|公路|国道|省道|胡同|环路|路|街|巷|弄|里|道|条|段|(?<![热专在])线)"
            f"(?:[东南西北中](?![侧面角边])(?:路|街|段|巷|里)?|{NUMBER}(?:路|街|巷|条|段)|辅路|支路|支弄)?(?:[东西南北中]段)?|(?<=[东南西北河])沿(?=[0-9甲乙丙丁])"
        ),
    ),
    Named(ROAD, 4, re.compile("(?:村民小组|小组|组|生产队|队)(?![织成长合员件建装团伍友列形])")),
    Named(
        HOUSE,
        12,
        re.compile(
            "(?:小区|花园|家园|公寓|新村|新城|新苑|苑|大厦|大楼|广场|中心|名都|华庭|豪庭|雅居|山庄|别墅|"
            "公馆|邸|(?<!政)府|天街|基地|码头|学园|校区|会所|时代|国际|城|湾|里|园区|园|庭|轩|阁|居|院|宿舍|家属院|家属楼|楼|"
            "商场|市场|酒店|宾馆|旅[社馆]|招待所|饭店|加油站|供销社|网吧|学校|大学|学院|医院|厂|公司|"
            "座)(?:[ 　]?[一二三四五六七八九十0-9东南西北]{1,2}(?:期|区|苑|里|村|组团))?"
        ),
    ),
)

_CROSS = (
    "[\u4e00-\u9fff]{1,6}?(?:大?路|大?街|大道|道|巷|马路)[ 　]?"
    "(?:交叉路?口|交叉处|交汇处?|交界处?|交口|相交处|十字路口|十字|路口|口)"
    "(?:[东南西北]{1,2}(?:角|侧|面)|往?[东南西北]{1,2}[0-9]+米)?"
)
CROSSING = re.compile(f"[ 　]?[与和][ 　]?{_CROSS}")
"""What stands behind the first of two roads that cross."""
CROSSED = re.compile(f"(?<=[路街道巷]){_CROSS}")
"""The same with no word between: 中山西路宝盖路口."""
