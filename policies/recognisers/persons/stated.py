"""Names that the form of a text states whatever a tagger makes of them: on a sheet, in a list of a family, with blanks
within.

Where the form says that a name stands there, characters that no given name has, and surnames that are words, count too.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from policies.recognisers.persons.labels import is_somebody
from policies.recognisers.persons.patterns import BEHIND_VEILED, ENDS, FOLLOWS
from policies.recognisers.persons.peoples import is_word_of_names
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    COMPOUND,
    GIVEN,
    HONORIFICS,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)

_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
_TITLE = "同学|同志|先生|女士|老师|[两二三四五六七八九十](?:位|人|名)|等[两二三四五六七八九十]"
_ONE = f"(?<![{_HAN}])[{_HAN}](?=[^{_HAN}]|$|{_TITLE})"
_BLANK = "[ 　]{1,4}"
_SURNAME_ALONE = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(ALL_SURNAMES))}])"
_SPACED = re.compile(
    f"(?<![{_HAN}][ 　])(?<![{_HAN}])"
    f"(?:{_SURNAME_ALONE}{_BLANK}{_ONE}(?:{_BLANK}{_ONE})?|[欧司上诸东]{_BLANK}{_ONE}{_BLANK}{_ONE})"
    f"(?=$|[，,、。：:（(；;]|[ 　]{{2,}}|[ 　][{_HAN}]{{2}}|{_TITLE}|[0-9])"
)
_SPACED_BEHIND_LABEL = re.compile(
    "(?:姓[ 　]*名|联系人|申请人|户主|负责人|经办人)[ 　]*[:：][ 　]*"
    f"({_SURNAME_ALONE}{_BLANK}[{_HAN}](?:{_BLANK}[{_HAN}])?)(?![{_HAN}])"
)
"""A name whose characters stand apart, as in tables: 张 三."""
_ON_SHEET = re.compile(
    rf"(?:^|(?<=[。；;\n:：、]))([{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,3}}|[{_HAN}]{{5,8}})"
    r"(?:[，,：: 　]{1,3}|[（(])(?=(?:男|女|[\u4e00-\u9fff]{1,3}族)(?:[，,、。；;： 　）)\t/]|$))"
)
"""What stands first and before a sex or a people."""
_BY_NAME = re.compile(
    "(?:绰号|外号|诨名|诨号|网名|艺名|笔名|化名|小名|乳名|昵称)(?:为|叫|是)?[：:]?"
    f'[“"‘「]([{_HAN}A-Za-z0-9]{{2,6}})[”"’」]'
)
_RELATIVES = (
    "(?:前妻|前夫|长子|次子|三子|幼子|长女|次女|三女|幼女|独子|独女|儿媳|妻子|丈夫|儿子|女儿|父亲|母亲|公公|婆婆|岳父|岳母|"
    "[妻夫子女父母兄弟姐妹](?![子夫儿婿方士亲妻人兄弟姐妹]))"
)
_IN_FAMILY = re.compile(
    rf"(?:^|(?<=[，,、；;：:（( 　])){_RELATIVES}[ 　]?[:：]?([{_HAN}]{{2,4}})(?=[，,、；;。（(）) 　]|$)"
)
_DOUBLED = re.compile(
    "(?:儿子|女儿|孙子|孙女|外孙|外孙女|侄子|侄女|弟弟|妹妹|哥哥|姐姐|[他我你她]家|孩子叫|宝宝叫|小名|乳名|宝贝)[ "
    "　：:]?"
    f"((?P<twice>[{''.join(sorted(GIVEN))}])(?P=twice))"
)
"""What children are called by at home: 强强."""
_NO_CHILD = frozenset(
    (
        "常常 天天 刚刚 多多 大大 小小 快快 年年 月月 日日 家家 早早 久久 远远 高高 深深 清清 明明 静静 稳稳 真真 实实 "
        "时时 一一 万万 千千 双双 连连 重重 洋洋 纷纷 好好 人人 个个 样样 回回 同同 好好"
    ).split()
)
_ITS_TITLE = re.compile(f"(?<=.)(?:{'|'.join(HONORIFICS)})$")
ORGANISATION = tuple("公司 集团 中心 局 部 厅 处 科 室 所 院 校 厂 店 社 会 组 村 站 行 网 报 委 办 队 馆".split())
"""What is called so at its end is nobody."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a sentence."""

    start: int
    end: int
    why: str
    score: float


def stated_names(text: str, words: Container[str]) -> Iterator[Found]:
    """Such names in *text*. *words* are those of the language."""
    for start, end in _spans(text, words):
        yield Found(start, end, "pattern", 0.85)


def _spans(text: str, words: Container[str]) -> Iterator[tuple[int, int]]:
    for match in _SPACED.finditer(text):
        yield match.span()
    for match in _SPACED_BEHIND_LABEL.finditer(text):
        yield match.span(1)
    for match in _BY_NAME.finditer(text):
        yield match.span(1)
    for match in _DOUBLED.finditer(text):
        if match[1] not in _NO_CHILD:
            yield match.span(1)
    for match in _ON_SHEET.finditer(text):
        if _may_be_name(match[1], words, strict=False):
            yield match.start(1) + _role_length(match[1]), match.end(1) - _title_length(match[1])
    for match in _IN_FAMILY.finditer(text):
        if _may_be_name(match[1], words, strict=True):
            yield match.span(1)


def is_doubled(name: str) -> bool:
    """Whether *name* may be what a child is called by at home, or is called: 甜甜."""
    return len(name) == 2 and name[0] == name[1] and name[0] in GIVEN and name not in _NO_CHILD


def _role_length(name: str) -> int:
    """Of how many characters what says who somebody is that *name*, of several parts with dots, begins with."""
    first = re.split("[·•・]", name)[0]
    sizes = range(len(first) - 2, 1, -1) if first != name else ()
    return next((size for size in sizes if is_somebody(first[:size])), 0)


def _title_length(name: str) -> int:
    """Of how many characters the title is that *name* ends with."""
    title = _ITS_TITLE.search(name)
    return len(title[0]) if title else 0


def unveiled(text: str, end: int, words: Container[str]) -> int:
    """Where a half hidden name ends that ends at *end*, with its last character where that is told: 赖某强."""
    last = text[end : end + 1]
    if text[end - 1] != "某" or last not in GIVEN or last in NEVER_LAST or last in BEHIND_VEILED:
        return end
    if text[end : end + 2] in words or text[end : end + 3] in words:
        return end
    goes_on = text[end + 1 : end + 3] in words or ENDS.match(text, end + 1) or FOLLOWS.match(text, end + 1)
    return end + 1 if goes_on else end


def _may_be_name(name: str, words: Container[str], *, strict: bool) -> bool:
    """Whether *name* may be one. *strict*: what begins it has to be a surname, or all of it a name of another "
    "people.
    """
    if name in NOT_A_NAME or name in NOBODY or name.endswith(ORGANISATION):
        return False
    if is_word_of_names(name) or "·" in name:
        return True
    size = 2 if name[:2] in COMPOUND else 1
    is_surname = name[0] in ALL_SURNAMES or name[0] in WORDY
    given = name[size:]
    if size == 2 and 1 <= len(given) <= 2 and name not in words:
        return given[-1] not in NEVER_LAST
    if is_surname and 1 <= len(given) <= 2 and given[-1] not in NEVER_LAST:
        in_use = all(char in GIVEN for char in given)
        return (in_use or name[0] in ALL_SURNAMES) and (name not in words or not strict or name[0] in ALL_SURNAMES)
    if all(char in TRANSLITERATING or char in GIVEN for char in name) and len(name) > 2:
        return name not in words
    return not strict and len(name) <= 3 and name not in words
