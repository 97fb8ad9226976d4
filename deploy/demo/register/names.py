"""Invented names: common surnames with the characters that people choose, and names of two parts with a dot."""

from random import Random

# Surname, how it is spelled in an e-mail address, how often it comes.
_SURNAMES = (
    ("王", "wang", 72), ("李", "li", 71), ("张", "zhang", 68), ("刘", "liu", 54), ("陈", "chen", 50),
    ("杨", "yang", 31), ("黄", "huang", 26), ("赵", "zhao", 23), ("吴", "wu", 22), ("周", "zhou", 21),
    ("徐", "xu", 17), ("孙", "sun", 16), ("马", "ma", 14), ("朱", "zhu", 14), ("胡", "hu", 14), ("郭", "guo", 13),
    ("何", "he", 12), ("高", "gao", 11),
    ("林", "lin", 11), ("罗", "luo", 10), ("郑", "zheng", 10), ("梁", "liang", 9), ("谢", "xie", 8), ("宋", "song", 8),
    ("唐", "tang", 7), ("许", "xu", 7), ("韩", "han", 7), ("冯", "feng", 7), ("邓", "deng", 7), ("曹", "cao", 6),
    ("彭", "peng", 6), ("曾", "zeng", 6), ("肖", "xiao", 6), ("田", "tian", 5), ("董", "dong", 5), ("潘", "pan", 5),
    ("袁", "yuan", 5), ("蔡", "cai", 5), ("蒋", "jiang", 5), ("余", "yu", 5), ("于", "yu", 5), ("杜", "du", 5),
    ("叶", "ye", 5), ("程", "cheng", 4), ("魏", "wei", 4), ("苏", "su", 4), ("吕", "lv", 4), ("丁", "ding", 4),
    ("任", "ren", 4), ("卢", "lu", 4), ("姚", "yao", 3), ("沈", "shen", 3), ("钟", "zhong", 3), ("姜", "jiang", 3),
    ("崔", "cui", 3), ("谭", "tan", 3), ("陆", "lu", 3), ("范", "fan", 3), ("汪", "wang", 3), ("廖", "liao", 3),
    ("石", "shi", 2), ("金", "jin", 2), ("韦", "wei", 2), ("贾", "jia", 2), ("夏", "xia", 2), ("傅", "fu", 2),
    ("方", "fang", 2), ("邹", "zou", 2), ("熊", "xiong", 2), ("白", "bai", 2), ("孟", "meng", 2), ("秦", "qin", 2),
    ("诸葛", "zhuge", 1), ("欧阳", "ouyang", 3), ("上官", "shangguan", 1), ("司马", "sima", 1), ("东方", "dongfang", 1),
    ("司徒", "situ", 1), ("夏侯", "xiahou", 1), ("慕容", "murong", 1), ("令狐", "linghu", 1), ("皇甫", "huangfu", 1),
)  # fmt: skip
_WEIGHTS = tuple(weight for _, _, weight in _SURNAMES)

_MALE = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建亮成畅波国栋志文博子轩梓豪泽晨睿航"
_FEMALE = (
    "芳娜敏静丽艳娟霞秀兰英华玉萍红玲芬燕彩春菊珍莉桂凤洁梅琳素云莲真环雪荣爱妹香月莺媛艳瑞凡佳嘉琼勤欣怡诗涵梓萱雨桐"
)
_NEUTRAL = "文晓安宁思明一子可若景清远永家世海天中正新乐心"

_DOTTED = (
    ("阿不都拉", "买买提", "艾力", "吐尔逊", "卡德尔", "玉素甫", "艾尼瓦尔", "亚森"),
    ("阿依古丽", "古丽娜尔", "热依汗", "帕提古丽", "迪丽努尔", "米热古丽", "阿依夏木", "茹仙古丽"),
)  # men, women; the second part is the father's name

_ETHNICITIES = ("回族", "畲族", "苗族", "土家族", "壮族", "满族", "侗族", "蒙古族", "朝鲜族")
_DOTTED_ETHNICITY = "维吾尔族"

_DOMAINS = ("yunxi-mail.example", "lanzhou-post.example", "qingmai.example", "youjian.example")

type Surname = tuple[str, str]
"""The characters, and how they are spelled in an e-mail address."""


def surname(random: Random) -> Surname:
    """A surname, the common ones as often as they are; one of a hundred is compound."""
    (chosen,) = random.choices(_SURNAMES, _WEIGHTS)
    return chosen[:2]


def full_name(random: Random, family: Surname, *, male: bool) -> str:
    """*family* and one or two given characters."""
    characters = (_MALE if male else _FEMALE) + _NEUTRAL
    given = random.choice(characters)
    if random.random() < 0.8:
        given = random.choice(characters) + given
    return family[0] + given


def dotted_name(random: Random, *, male: bool) -> str:
    """A name and the father's, with a dot between."""
    men, women = _DOTTED
    return f"{random.choice(men if male else women)}·{random.choice(men)}"


def ethnicity(random: Random) -> str:
    """Of a household: nine of ten are Han."""
    number = random.random()
    if number < 0.015:
        return _DOTTED_ETHNICITY
    return random.choice(_ETHNICITIES) if number < 0.1 else "汉族"


def has_dotted_names(people: str) -> bool:
    """Whether the people of that ethnicity have names of two parts."""
    return people == _DOTTED_ETHNICITY


def email(random: Random, family: Surname, birth_year: int) -> str:
    """An address at a domain that can never exist (RFC 2606)."""
    letters = "".join(random.choices("abcdefghjklmnqrstwxyz", k=random.randint(1, 3)))
    number = random.choice((f"{birth_year}", f"{birth_year % 100:02d}", f"{random.randint(1, 999)}", ""))
    separator = random.choice((".", "_", ""))
    return f"{family[1]}{separator}{letters}{number}@{random.choice(_DOMAINS)}"
