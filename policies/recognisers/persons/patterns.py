"""The patterns that tell where a person's name stands, begins and ends in a sentence."""

import re
from collections.abc import Iterable

from policies.recognisers.alternatives import one_of
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.words import (
    AFTERWARDS,
    ALL_SURNAMES,
    COMPOUND,
    HONORIFICS,
    ROLES,
)

_HAN = "\u4e00-\u9fff\u3400-\u4dbf"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SURNAME = f"(?:{_any_of(COMPOUND)}|[{''.join(sorted(ALL_SURNAMES))}])"
_LINK = '[ 　]*(?:为|是|叫|系)?[ 　]*[:：,，=|（(“"【\\[]?[ 　]*'
BEHIND_ROLE = re.compile(f"({one_of(ROLES)})({_LINK})(?={_SURNAME}|[{WORDY}][{_HAN}])")
"""A role, what stands behind it, and then a character that surnames begin with."""
OF_NO_LABEL = re.compile('[系，,=|“"【\\[]')
"""What stands between a role and a name, but hardly between a label and what it announces."""
ROLE = re.compile(f"{one_of(ROLES)}{_LINK}$")
ROLE_FIRST = re.compile(one_of(ROLES))
SURNAME_AND_TITLE = re.compile(
    f"(?:^|(?<=[和跟与找问叫请让给向对是说听被把由，,。！：:、 “]))({_SURNAME})(?=(?:{_any_of(HONORIFICS)}))"
)
HONORIFIC = re.compile(f"(?:副|老)?(?:{_any_of(HONORIFICS)})$")
NEXT_HONORIFIC = re.compile(f"(?:{_any_of(HONORIFICS)})")
FOLLOWS = re.compile(f"(?:{_any_of(AFTERWARDS)})")
FOLLOWS_LONG = re.compile(f"(?:{_any_of(tuple(word for word in AFTERWARDS if len(word) > 1))})")
SOMEBODY = re.compile(
    f"[ 　]*[，,:：（(/、\t ][ 　]*(?:男|女|[{_HAN}]{{1,4}}族|中共|群众|党员|[0-9]{{4}}年|[0-9]{{1,3}}岁|身份证|"
    "本科|大专|中专|高中|硕士|博士|研究生|中国国籍|现任|历任|曾任|出生|电话|手机|联系|1[3-9][0-9]{9})"
)
"""What is said of a person behind the name, and of hardly anything else."""
VEILED = re.compile(f"{_SURNAME}(?:某某|某[甲乙丙丁]|某|[×＊*○xX]{{1,2}}|[{_HAN}][×＊*○])(?![A-Za-z0-9])")
VEILED_OF_A_WORD = re.compile(f"[{WORDY}](?:某某|某[甲乙丙丁]|某)(?![种个些人年月日地处一])")
PERSONAL_HONORIFIC = re.compile("先生|女士|小姐|老师|医生|警官|律师|师傅")
DOT = re.compile("[·•・]")
LATIN = re.compile(
    r"[A-Z][a-z]+ [A-Z]{2,}(?![A-Za-z])|[A-Z]{2,} [A-Z][a-z]+(?![A-Za-z])"
    r"|[A-Z][a-z]+(?:[ ·][A-Z][a-z]*\.?){1,3}(?![A-Za-z])|[A-Z]{2,}(?: [A-Z]{2,}){1,2}(?![A-Za-z])"
)
ENDS = re.compile(rf"$|[^{_HAN}A-Za-z0-9]")
BEGINS = re.compile(rf"^|(?<=[^{_HAN}A-Za-z0-9])")
IN_LIST = re.compile(
    f"(?<=[、，, 和与及])({_SURNAME}[{_HAN}]{{1,2}})"
    "(?=[、，, 和与及等。均]|[一二三四五六七八九]位|[一二两三四五六七八九]人|$)"
)
NICKNAME = "小老阿"
OF_KIN = re.compile(
    f"([{''.join(sorted(ALL_SURNAMES))}])(?=[姐哥叔姨婶嫂伯](?:[，。！？家说的你我在和跟让请要给电]|$))"
)
"""A surname before what elders are called: 王姐家."""
OF_A_CLAN = re.compile(
    f"({_SURNAME})(?=姓(?:男|女|业主|住户|村民|居民|商户|租客|租户|房东|老板|员工|司机|车主|顾客|患者|学生|老人|老汉|市民|"
    "同事|夫妇|兄弟|青年|少年))"
)
"""Of whom a text tells the surname alone: 计姓住户."""
CALLED = re.compile(
    f"(?:^|(?<=[听跟和找让叫问给对与请像被把@，。！：、 ]))[{NICKNAME}][{''.join(sorted(ALL_SURNAMES))}]"
    "(?=说|讲|问|约|来|请|告诉|和|跟|打|他|她|的|你|您|也|去|帮|把|已|今天|明天|昨天|上午|下午|刚|[，。！：、]|$)"
)
NICKNAME_AND_TITLE = re.compile(
    f"(?<![大中])[小老][{''.join(sorted(ALL_SURNAMES))}](?=(?:同志|师傅|医生|大夫|老师|护士|警官|经理|主任|书记)(?!们))"
)
LATIN_NAME = re.compile("[A-Z][a-z]+(?:[ ·][A-Z][a-z]*)*")
LONGEST_PART = 8
BEHIND_VEILED = frozenset("和同因在以用向有无自至能可会发代到出来去要为所又方作不名下等男女")
"""What stands behind a half hidden name, and is hardly its last character."""
LEADS = re.compile(
    "(?:前|副|候任)?(?:总统|总理|首相|外长|财长|防长|议长|国王(?!子)|女王|王子|公主|亲王|王储|王后|酋长|教皇|大主教|外交部长|国防部长|财政部长|国家主席)"
)
OFFICES = "总工董导局处科队所院姐哥叔姨婶嫂伯"
"""What somebody is called by, in one character behind the surname."""
SURNAME_AND_PERSONAL_TITLE = re.compile(
    f"(?:^|(?<=[为由给与和及致找请叫，,。、：: ]))([{WORDY}])"
    f"(?=(?:先生|女士|小姐)(?!们|会|[的及和与]?[^{_HAN}]?(?:先生|女士)))"
)
"""A surname that is a word far more often, before what only a person is called by: 年女士."""
PERSONAL_TITLE = re.compile("(?:先生|女士|小姐|同学)(?!们|会|录|聚会)")
