"""Texts with the truth about them: whose names and which addresses stand where. Everybody and every place is invented.

Templates of our own, in the manner of forms, of news, of short messages and of careers; names by how common surnames
and given names are; addresses of invented streets in real divisions. A seed makes the same texts again.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.written_places import address_in_prose, address_line
from tests.bench.written_templates import CAREERS, FORMS, HARD, MESSAGES, NEWS

_COMMON = {
    "王李": 70, "张": 65, "刘": 50, "陈": 45, "杨": 30, "黄": 22, "赵吴周": 20, "徐": 14,
    "孙马": 13, "朱": 12, "胡郭": 11,
    "何林": 10, "高罗": 9, "郑梁": 8, "谢宋": 7, "唐许韩邓冯": 6, "曹": 5,
}  # fmt: skip
_OTHERS = (
    "彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶"
    "贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪施牛樊葛邢安齐庞颜倪庄聂章鲁岳翟申耿关焦左柳甘祝包宁尚舒阮柯纪"
    "梅童凌毕单裴霍涂成苗谷盛冉蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤阳时穆农司卓古吉缪车项连芦麦褚娄窦戚岑景党"
    "宫费卜冷晏席卫米柏宗桂全楼"
)
_SURNAMES = "".join(surname * times for some, times in _COMMON.items() for surname in some) + _OTHERS
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "慕容", "令狐", "夏侯", "轩辕", "端木", "司徒", "东方")
_OF_MEN = (
    "伟强磊军勇杰涛明超刚平辉鹏飞宇浩斌波凯健俊峰龙亮建国志华文德海庆永成林东旭晨阳子轩博毅思远天佑家豪振宁立新福贵根生"
)
_OF_WOMEN = "芳娜秀英敏静丽艳娟霞燕玲桂兰红梅雪琳慧婷雅倩欣怡悦佳萍莉洁颖蓉晓梦瑶诗涵语桐淑珍凤云月琴翠莲春花彩玉"
_DOTTED = (
    "艾力·买买提", "阿依古丽·吐尔逊", "古丽娜尔·艾山", "买合木提·阿不都", "热依汗·依明", "迪丽努尔·卡德尔",
    "巴特尔·乌兰", "扎西·次仁", "努尔兰·叶尔肯", "玛依拉·沙塔尔", "伊力哈木·肉孜",
)  # fmt: skip
_FOREIGN = (
    "约翰·史密森", "玛丽亚·科斯坦", "彼得罗夫斯卡娅", "安德烈·伊万宁", "威廉姆斯", "卡洛斯·门德兹", "汉娜·施罗特",
    "佐藤美绪", "山口健治", "金正焕", "朴善英", "詹妮弗·洛克", "麦克莱恩", "费尔南德斯", "克里斯蒂娜",
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and what in it is personal: start, end and category of each."""

    text: str
    truth: tuple[tuple[int, int, str], ...]


def forms(seed: int, count: int) -> list[Written]:
    """Prose as forms and desks write it."""
    return _from(FORMS, seed, count)


def news(seed: int, count: int) -> list[Written]:
    """Prose as papers write it."""
    return _from(NEWS, seed, count)


def messages(seed: int, count: int) -> list[Written]:
    """Short messages, as people write them to everybody."""
    return _from(MESSAGES, seed, count)


def careers(seed: int, count: int) -> list[Written]:
    """Careers in a few sentences."""
    return _from(CAREERS, seed, count)


def hard_negatives(seed: int, count: int) -> list[Written]:
    """Sentences about nobody, in which surnames, brands and places stand."""
    return _from(HARD, seed, count)


def address_lines(seed: int, count: int) -> list[Written]:
    """Addresses, each a line by itself."""
    chance = random.Random(seed)
    lines = [address_line(chance) for _ in range(count)]
    return [Written(line, ((0, len(line), "address"),)) for line in lines]


KINDS: dict[str, Callable[[int, int], list[Written]]] = {
    "forms": forms,
    "news": news,
    "messages": messages,
    "careers": careers,
    "hard negatives": hard_negatives,
    "address lines": address_lines,
}


def person(chance: random.Random, *, plain: bool = False) -> str:
    """Somebody's name; *plain*: of a surname and one or two characters."""
    odds = 0 if plain else chance.random()
    if odds > 0.985:
        return chance.choice(_DOTTED)
    surname = chance.choice(_COMPOUND) if odds > 0.965 else chance.choice(_SURNAMES)
    given = chance.choice((_OF_MEN, _OF_WOMEN))
    return surname + "".join(chance.choices(given, k=1 if chance.random() < 0.25 else 2))


def _from(templates: tuple[str, ...], seed: int, count: int) -> list[Written]:
    chance = random.Random(seed)
    return [_filled(chance.choice(templates), chance) for _ in range(count)]


def _filled(template: str, chance: random.Random) -> Written:
    pieces: list[str] = []
    truth: list[tuple[int, int, str]] = []
    said: dict[str, tuple[str, str]] = {}
    length = end = 0
    for slot in _SLOT.finditer(template):
        pieces.append(template[end : slot.start()])
        length += len(pieces[-1])
        # A name that stands twice in a template is the same person's.
        text, category = said.setdefault(slot[1], _said(slot[1].rstrip("0123456789"), chance))
        if category:
            truth.append((length, length + len(text), category))
        pieces.append(text)
        length += len(text)
        end = slot.end()
    return Written("".join([*pieces, template[end:]]), tuple(truth))


def _said(slot: str, chance: random.Random) -> tuple[str, str]:
    match slot:
        case "name":
            return person(chance), "person_name"
        case "short":  # as friends call somebody
            return chance.choice("小老阿") + chance.choice(_SURNAMES[: -len(_OTHERS)]), "person_name"
        case "surname":
            return chance.choice(_SURNAMES), "person_name"
        case "foreign":
            return chance.choice(_FOREIGN), "person_name"
        case "veiled":
            return chance.choice(_SURNAMES[: -len(_OTHERS)]) + chance.choice(("某", "某某", "××", "*")), "person_name"
        case "address":
            return address_in_prose(chance), "address"
        case "mobile":
            return f"1{chance.choice('35789')}{chance.randrange(10**9):09d}", ""
        case "id":
            born = f"19{chance.randrange(50, 99)}0{chance.randrange(1, 9)}1{chance.randrange(10)}"
            return f"33010{chance.randrange(1, 9)}{born}{chance.randrange(1000):03d}X", ""
        case "year":
            return str(chance.randrange(1950, 2024)), ""
        case "month":
            return str(chance.randrange(1, 13)), ""
        case "day":
            return str(chance.randrange(1, 29)), ""
        case "number":
            return str(chance.randrange(2, 400)), ""
        case "clause":
            return "".join(_clauses(chance)), ""
        case _:
            raise AssertionError(slot)


def _clauses(chance: random.Random) -> Iterator[str]:
    for _ in range(chance.randrange(1, 3)):
        yield chance.choice(HARD).rstrip("。！")
        yield "，"
