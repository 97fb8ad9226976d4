"""Addresses put together of what addresses are made of, in all the ways in which people spell them.

Names of roads, estates and villages are of random characters, so that whoever learns of them learns the form and no
list. Unlike those of `written_places` they go down to anything: a stretch of a road, a crossing, the shop next door.
"""

import random
from pathlib import Path

_CHINESE = "一二三四五六七八九十"


def _sections() -> dict[str, list[str]]:
    said = Path(__file__).with_name("written_sentences.txt").read_text("utf-8")
    parts = (part.partition("\n") for part in said.split("=== ")[1:])
    return {name: [item for item in items.replace("\n", "").split("|") if item] for name, _, items in parts}


class Addresses:
    """Made from the seed."""

    said = _sections()
    """What everything is made of, see `written_sentences.txt`."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def likely(self, share: float) -> bool:
        """Yes in that *share* of the cases."""
        return self.chance.random() < share

    def of(self, section: str) -> str:
        """One item of a section."""
        return self.chance.choice(self.said[section])

    def one(self, items: str) -> str:
        """One of *items*, which blanks divide; _ stands for nothing."""
        item = self.chance.choice(items.split())
        return "" if item == "_" else item

    def below(self, first: int, end: int) -> str:
        """A number, *end* exclusive."""
        return str(self.chance.randrange(first, end))

    def in_words(self) -> str:
        """A small number in words."""
        return self.chance.choice(_CHINESE) if self.likely(0.85) else f"十{self.chance.choice(_CHINESE[:6])}"

    def called(self, least: int = 1, most: int = 2) -> str:
        """What a place is called by: a character, and *least* to *most* others."""
        further = (self.of("further characters") for _ in range(self.chance.randint(least, most)))
        return self.of("first characters") + "".join(further)

    def divided(self) -> tuple[str, str, str]:
        """A province, a city and a district of it; a part may be empty."""
        province, city, district = self.of("divisions").split("/")
        return province, city, district

    def division(self) -> str:
        """A division as people write one: from the province, from the city, or the district alone."""
        province, city, district = self.divided()
        if self.likely(0.08):
            return (city if self.likely(0.4) else "") + self.of("zones")
        if self.likely(0.2):
            for ending in ("壮族自治区", "维吾尔自治区", "回族自治区", "自治区", "省"):
                province = province.removesuffix(ending)
        if self.likely(0.12) and district:
            city = city.removesuffix("市")
        if self.likely(0.04) and len(district) > 2:
            district = district.removesuffix("区")
        whole = (province + city + district, city + district, province + district, district or city, f"本市{district}")
        return self.chance.choices(whole, (40, 17, 4, 32, 5))[0]

    def town(self) -> str:
        """A town, a ward, or a zone beside them."""
        if self.likely(0.06):
            return self.one("经济 高新 工业 城南 城北 临空 循环经济") + self.one("开发区 工业园区 产业集聚区 工业区")
        if self.likely(0.04):
            return self.called(1, 1) + self.one("农场 林场 牧场 苏木 回族乡 彝族乡 民族乡")
        return self.called() + self.one("镇 镇 乡 街道 街道 街道 街道 街道办 街道办事处 街办")

    def village(self) -> str:
        """A village, with what is said of it in a register or without."""
        name = self.of("surnames") + self.of("villages") if self.likely(0.45) else self.called()
        if name[-1] not in "村庄屯寨" or self.likely(0.3):
            name += self.one("村 村 村 村 行政村 社区 村委会 村民委员会 嘎查")
        return name

    def hamlet(self) -> str:
        """A part of a village."""
        match self.chance.randrange(10):
            case 0 | 1 | 2:
                return self.of("surnames") + self.one(
                    "家组 家湾 家湾组 家屋场 家垄 家沟组 家院子 家坡 家大屋 家塆 家圩 家自然村 家岭组 家老屋 家冲组"
                )
            case 3 | 4 | 5 | 6:
                number = self.below(1, 25) if self.likely(0.5) else self.in_words()
                return self.one("_ 第") + number + self.one("组 组 队 社 村民小组 组 屯 小队 生产队 居民小组")
            case 7:
                return self.called(1, 1) + self.one("组 自然村 屯 队 寨 组 坪 坝 湾 片 小组 岭 坞")
            case 8:
                return self.one("东 南 西 北 中 前 后 上 下") + self.one("街 头 庄 片 区 寨 湾 组 巷 坡")
            case _:
                return self.one("新 老 东 西") + self.one("街 村 区") + self.below(1, 12) + self.one("排 号 巷")

    def road(self) -> str:
        """The name of a road."""
        base = self.of("usual roads") if self.likely(0.12) else self.called()
        if self.likely(0.05):
            base = self.one("纬 经") + self.in_words()
        kind = self.one("路 路 路 路 路 街 街 街 大道 大街 巷 胡同 弄 里 道 条 大路 马路 公路 横路 支路 环路 坊")
        if self.likely(0.18) and kind[-1] in "路街道":
            base += self.one("东 南 西 北 中")
        if self.likely(0.08):
            base += self.in_words()
        if self.likely(0.1) and kind in ("路", "街", "大道", "大街"):
            return base + kind + self.one("东 南 西 北 中") + self.one("路 街 段 段 巷 一巷 二巷 支弄 三里")
        if self.likely(0.06):
            return base + kind + self.in_words() + self.one("段 巷 街 条 横巷")
        return base + kind

    def number_in_road(self) -> str:
        """A house of a road."""
        number = self.below(1, 300)
        usual = f"{self.below(1, 1500)}号"
        unusual = (
            f"{number}弄",
            f"{self.one('甲 乙 丙 丁 附')}{number}号",
            f"{number}号{self.one('附 之 - 内')}{self.below(1, 9)}{self.one('号 _')}",
            f"{number}-{self.below(1, 30)}号",
            number + self.one("号院 号大院 号院内 号楼 号甲"),
            f"{self.in_words()}{self.one('十 百 _')}{self.in_words()}号",
            f"{number}号、{self.below(300, 500)}号",
            f"{number}巷{self.below(1, 80)}号",
        )
        return usual if self.likely(0.75) else self.chance.choice(unusual)

    def estate(self) -> str:
        """An estate, old or of builders who found a word for it."""
        old, word = self.called(), self.of("flourishes")
        built = self.of("builders") + self.one("_ _ ·") + (word if self.likely(0.6) else self.called(1, 1))
        base = self.chance.choices((old, word, built, word + self.of("flourishes")), (35, 20, 25, 20))[0]
        if self.likely(0.14):
            name = base + self.of("estates of no ending")
        elif self.likely(0.12):
            name = self.of("sites") + self.one("家属院 家属楼 宿舍 家属区 老家属院 教工宿舍 生活区 单身宿舍 福利房")
        elif self.likely(0.06):
            name = base + self.in_words() + self.one("村 区 里 坊 条")
        else:
            name = base + self.of("estates")
        if self.likely(0.15):
            name += self.chance.choice(
                (
                    f"{self.in_words()}期",
                    f"{self.below(1, 6)}期",
                    f"{self.one('东 南 西 北 A B C D')}区",
                    f"{self.in_words()}区",
                    self.one("东 南 西 北") + self.one("苑 院"),
                    f"第{self.in_words()}小区",
                )
            )
        return name

    def building(self) -> str:
        """A building that firms are in."""
        firm = self.one("天 地 海 国 中 华 东") + self.one("安 润 鼎 泰 隆 元 信 诚")
        base = self.chance.choice((self.called(), self.called(), self.of("flourishes"), self.of("builders"), firm))
        tower = (
            f"{self.one('A B C 东 南 西 北')}座",
            f"{self.one('A B C D')}{self.below(1, 5)}栋",
            f"{self.in_words()}期",
            f"{self.one('一 二 三 四')}号楼",
        )
        name = base + self.one("_ _ 国际 商务") + self.of("buildings")
        return name + (self.chance.choice(tower) if self.likely(0.35) else "")

    def house(self) -> str:
        """A house of an estate."""
        return self.chance.choice(
            (
                self.below(1, 60) + self.one("栋 幢 号楼 座 栋 号楼"),
                self.one("A B C D E F G H") + self.one("_ _ 1 2 3 7 12") + self.one("栋 幢 座 号楼 区3栋"),
                self.in_words() + self.one("栋 幢 号楼 单元 座"),
                f"{self.below(1, 40)}#{self.one('_ 楼')}",
                f"{self.below(1, 90)}号",
                self.one("甲 乙 丙 丁 老 新 东 西 南 北") + self.below(1, 9) + self.one("号楼 栋"),
            )
        )

    def staircase(self) -> str:
        """A staircase of a house."""
        number = self.below(1, 6) if self.likely(0.6) else self.one("一 二 三 四 东 西 中 甲 乙 A B")
        return number + self.one("单元 单元 单元 门 梯")

    def room(self) -> str:
        """A flat, an office, a storey, a stall, or where a car stands."""
        flat = f"{self.below(1, 33)}0{self.below(1, 9)}"
        storey = (self.below(1, 33) if self.likely(0.7) else self.in_words()) + self.one("层 楼")
        return self.chance.choice(
            (
                *(flat, flat, f"{flat}室", f"{flat}室", f"{flat}房", f"{flat}号"),
                storey + self.chance.choice(("", "", f"{self.below(1, 9)}号", f"{flat}室", "东户", "西户", flat)),
                storey
                + self.chance.choice(("", "西户", "左手", f"B{self.below(1, 40)}", f"{self.below(1, 99)}号铺位")),
                self.one("A B C D E") + flat,
                self.below(1, 33) + self.one("A B C D E F") + self.one("_ 室"),
                f"{flat}、{self.below(1, 33)}0{self.below(1, 9)}室",
                *(f"第{self.below(2, 30)}层", f"{self.one('东 西')}户", f"{self.below(2, 30)}F"),
                f"{self.one('地下车库 地库 负一层 地下停车场')}{self.one('_ A区 B1层 C')}{self.below(1, 999)}号车位",
                self.below(1, 200) + self.one("号商铺 号铺 号门面 号库房"),
                flat + self.one("教室 会议室 办公室"),
            )
        )

    def inside(self) -> str:
        """From the house of an estate to the door."""
        behind = self.one("地下室 顶楼 架空层 北侧平房 一楼东户 后面车棚 地下车库 快递柜 丰巢柜 楼下丰巢柜 自建房")
        dashed = (
            f"{self.below(1, 40)}-{self.one('_ 1- 2- 3-')}{self.below(1, 33)}0{self.below(1, 9)}{self.one('_ _ 室')}"
        )
        made = (
            dashed,
            self.house(),
            self.house() + self.staircase() + self.room(),
            self.house() + self.staircase(),
            self.house() + self.room(),
            self.house() + behind,
            f"{self.house()}-{self.room()}",
        )
        return self.chance.choices(made, (22, 18, 20, 10, 20, 5, 5))[0]

    def crossing(self) -> str:
        """Where two roads meet."""
        meet = self.one("交叉口 交叉口 路口 交汇处 交口 交界处 十字路口 丁字路口 交会处")
        side = self.one("_ _ _ 东北角 西南角 往南50米 东侧 南侧 北70米 西侧路北 东南侧")
        return self.road() + self.one("与 和 与 、 _") + self.road() + meet + side

    def beside(self) -> str:
        """A place by what it is near, or within what the public goes to."""
        site = self.of("sites")
        if self.likely(0.4):
            site = self.called(1, 1) + self.of("places of the public") if self.likely(0.5) else self.called(1, 1) + site
        near = self.one("对面 旁 旁边 斜对面 北侧 东侧 西侧 后面 隔壁 门口 西南角 东门 南门 后门 侧门")
        far = f"{self.one('往 向 _')}{self.one('东 南 西 北')}{self.one('_ 约')}{self.below(1, 90)}0米"
        storey = self.one("一楼 二楼 三楼 负一层 四层 B1层 A座 门诊楼 东楼 1号楼 5号楼")
        within = self.chance.choice(("", "东侧", f"{self.below(101, 900)}室", f"B{self.below(1, 99)}号商铺"))
        room = self.one("会议室 前台 大厅 培训室 门面 宴会厅 多功能厅 302教室 408会议室")
        gate = self.one(
            "北门 东门 南门 西门 正门 1号门 地下车库 停车场 东侧停车场 家属院 宿舍3号楼 学生公寓5栋206 后院"
        )
        return site + self.chance.choice(
            (near, near + self.of("shops"), far, far + self.of("shops"), storey + within, storey + room, gate)
        )

    def address(self) -> str:
        """An address of any kind, now and then with something between its parts."""
        return self._of_parts().strip()

    def _of_parts(self) -> str:
        division = self.division() if self.likely(0.62) else ""
        town = self.town() if self.likely(0.35 if division else 0.12) else ""
        road, number = self.road(), self.number_in_road()
        if division and self.likely(0.03):
            division += " " if town else self.chance.choice("的 ,，")
        if self.likely(0.02):
            road, number = f" {road} ", f"{number} "
        match self.chance.choices(range(8), (20, 20, 20, 14, 12, 4, 4, 6))[0]:
            case 0:
                town = town or (self.town() if self.likely(0.5 if division else 0.85) else "")
                part = self.village() + (self.hamlet() if self.likely(0.65) else "")
                ends = self.one("号 号 号 号附1号 -1号 户 号之二")
                return division + town + part + (self.below(1, 300) + ends if self.likely(0.4) else "")
            case 1:
                within = self.inside() if self.likely(0.3) else self.room() if self.likely(0.15) else ""
                return division + town + road + number + within
            case 2:
                way = road + (number if self.likely(0.6) else "") if self.likely(0.7) else ""
                return division + town + way + self.estate() + (self.inside() if self.likely(0.85) else "")
            case 3:
                way = road + (number if self.likely(0.75) else "")
                return division + town + way + self.building() + (self.room() if self.likely(0.7) else "")
            case 4:
                return self.estate() + (self.inside() if self.likely(0.85) else "")
            case 5:
                return (division if self.likely(0.4) else "") + self.crossing()
            case 6:
                return (division + road if self.likely(0.4) else "") + self.beside()
            case _ if self.likely(0.5):
                return division + town + road + self.one("_ _ 东段 中段 东侧 西侧 南侧 路口")
            case _:
                return self.building() + (self.room() if self.likely(0.8) else self.one("一楼 三层 地下停车场 B1层"))
