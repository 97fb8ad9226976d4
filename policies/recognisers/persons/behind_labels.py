"""Names behind a label and a sign: 网格长：方圆, 审核（签字）：白雪, 成员：左右、解放, 文/苗青.

What such a label asks for is told by what it is made of (`labels.py`). Behind one that only somebody answers,
what could be a name is one though it be a word of the language; behind one that an outcome answers as well, outcomes
are none.
"""

import re
from collections.abc import Container, Iterator

from policies.recognisers.persons.labels import Asks, asked_by
from policies.recognisers.persons.peoples import is_word_of_names
from policies.recognisers.persons.rare_surnames import LABELLED, WORDY
from policies.recognisers.persons.stated import ORGANISATION, Found
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    COMPOUND,
    GIVEN,
    HONORIFICS,
    MODIFYING,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)

_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
_BEGINS = f"(?:^|(?<=[^{_HAN}]))"
_IN_BRACKETS = "(?:[（(][^（()）:]{1,12}[）)])?"
_LABEL = f"{_BEGINS}([{_HAN}]{{2,12}}|[{_HAN}](?:[ ]{{1,6}}[{_HAN}]){{1,2}}){_IN_BRACKETS}[ ]{{0,8}}[:：][ 　_]{{0,8}}"
_LABELLED = re.compile(f"{_LABEL}(?=[{_HAN}])")
_LATIN = re.compile(
    rf"{_LABEL}([A-Z][A-Za-z'’\-]+(?:[ ·.][A-Z][A-Za-z'’\-]*\.?){{0,3}})"
    rf"(?=$|[ 　]?[，,。；;、（(\n]|[ 　]{{1,4}}[{_HAN}])"
)
"""A name in Latin letters, all that stands behind a label up to a sign or the next label."""
_NO_LATIN = frozenset(
    "None Null Unknown Admin Administrator Test User Manager Name Yes No Root System Guest Staff Team".split()
)
"""Words that stand behind labels of persons and are nobody's name."""
_BEFORE = re.compile(f"{_LABEL}$")
_CHARGED = re.compile("(?:责任|负责|联系|联络)人[ ]?:|(?:管理|联络|专管|专)员[ ]?:")
"""Who is charged with what stands before, which is no name: 包保责任人."""
_BYLINE = re.compile(
    f"{_BEGINS}([文图摄]|撰文|摄影|摄像|文字|图片|供图|供稿|编辑|责编|美编|校对|翻译|制图|作者|记者|编译|通讯员)"
    f"(?:[ ]?[/／|｜][ ]?|(?<=[（(][{_HAN}]{{2}})[ 　]{{1,4}}|(?<=[（(][{_HAN}]{{3}})[ 　]{{1,4}})(?=[{_HAN}])"
)
_COMPOUND = f"(?:{'|'.join(COMPOUND)})"
_ITEM = re.compile(
    f"(?P<apart>(?:{_COMPOUND}|[{_HAN}])(?:[ 　]{{1,4}}[{_HAN}](?![{_HAN}·:：]))+)"
    f"|[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,3}}|[{_HAN}]{{2,8}}"
)
_APART_BEHIND_BLANK = re.compile(
    f"{_BEGINS}([{_HAN}]{{2,8}})[ 　]{{1,2}}"
    f"((?:{_COMPOUND}|[{''.join(sorted(ALL_SURNAMES))}])[ 　]{{1,4}}[{_HAN}])(?![{_HAN}·:：])"
)
"""A name whose characters stand apart, behind whoever bears it: 申请人 李 四."""
_NEXT = re.compile(f"{_IN_BRACKETS}(?:[、/／][ 　]?|[ 　]{{1,4}})(?=[{_HAN}])")
"""What stands between two that a label is answered by."""
_STOPS = re.compile(f"(?![{_HAN}A-Za-z0-9·])(?![ 　]?[:：])(?!{_IN_BRACKETS}[ 　]{{0,8}}[:：])")
"""Where an answer is over, and was no label."""
_TITLE = re.compile(f"(?<=.)(?:{'|'.join(HONORIFICS)})$")
_MOST_GIVEN, _LONGEST_APART, _OF_FOUR = 2, 3, 4
_NEVER_LAST = frozenset("等们了吗呢吧啊的着也")
"""What no answer ends with that is a name."""
_NO_ANSWER = frozenset(
    (
        "单位 单独 单人 全体 全部 全员 全家 全国 全班 全校 官方 公司 公安 应届 常驻 常设 常规 常年 相关 相应 符合 齐全 "
        "支部 党员 党委 家属 同学 同事 师生 亲属 孙子 别人 司法 计划 关系 任何 房东 项目 单号 金额 车辆 应急 经过 "
        "谢谢 明白 应该 万岁 安静 方便 相信 经常 常常 祝贺 祝福 同意 成交 明确 安排 左边 黄色 白色 蓝色"
    ).split()
)
"""What answers how many, of what kind or from where, or is said, but is nobody's name."""
_OUTCOMES = frozenset(
    "成功 成立 严格 全面 关闭 连续 方案 施行 应用 单据 万元 强烈 康复 解除 查实 查封 查收 温和 宽松 景气 高危".split()
)
"""What came of something, in words that begin like a name."""
_OF_A_STATE = frozenset("性整全备格化型类级率度量色态效误常妥毕讫净温班牌分价具章表件品物料材票证据线")
"""What words of states, kinds, measures and things end with."""
_OF_A_KIND = frozenset("性型类级率班牌温段期号")
"""What ends no name of somebody."""
_COUNTING = frozenset("全双单初")
"""Surnames that say how many or which in front of a word."""
_DAY = re.compile("周[一二三四五六日末](?:$|[至到和或])")
_WORDY = frozenset(WORDY) | frozenset(LABELLED)
"""Surnames that are words far more often."""
BORNE = frozenset(
    "和平 向阳 时间 万一 向前 向上 文化 文明 文章 明天 童年 蓝天 春天 夏天 冬天 秋天 江南 江苏 叶子 孔雀 章程".split()
)
"""Words that begin like a name, and are somebody's sooner than what came of something."""


def names_behind_labels(text: str, words: Container[str]) -> Iterator[Found]:
    """Such names in *text*, normalised or not. *words* are those of the language."""
    for match in _LABELLED.finditer(text) if ":" in text or "：" in text else ():
        asks = asked_by("".join(match[1].split()))
        if asks is not None:
            yield from _answers(text, match.end(), asks, words)
    for match in _LATIN.finditer(text) if ":" in text or "：" in text else ():
        is_name = match[2] not in _NO_LATIN and (match[2] != match[2].upper() or " " in match[2])
        if is_name and asked_by("".join(match[1].split())) is Asks.SOMEBODY:
            yield Found(*match.span(2), "context", 0.8)
    for match in _APART_BEHIND_BLANK.finditer(text):
        if asked_by(match[1]) is Asks.SOMEBODY and match[0] not in words:
            yield Found(*match.span(2), "context", 0.75)
    for match in _BYLINE.finditer(text):
        yield from _answers(text, match.end(), Asks.SOMEBODY, words)


def is_no_answer(text: str, start: int, end: int, words: Container[str]) -> bool:
    """Whether what stands from *start* to *end* of *text* is a label of a person, or behind one and an outcome."""
    if text.startswith(":", end) and text[end - 1] in "长员" and end - start > 2 and asked_by(text[start:end]):
        return True  # the label itself: 楼栋长
    if _CHARGED.match(text, end):
        return True
    label = _BEFORE.search(text, max(0, start - 32), start)
    asks = None if label is None else asked_by("".join(label[1].split()))
    item = None if asks is None else _ITEM.match(text, start)
    if asks is None or item is None or item.end() < end or not _STOPS.match(text, item.end()):
        return False
    return _is_answer(text[item.start() : item.end()], asks, words) is False


def answers(label: str, value: str, words: Container[str]) -> bool:
    """Whether *value*, which stands under the heading *label*, is somebody.

    Under 医生 or 组长 stands how many there are, and of what kind, as often as who: a word, or what is as short, is a
    name only if all behind its surname is what given names are made of (盛夏), and nothing is counted (全天).
    """
    if asked_by(label) is not Asks.SOMEBODY or _ITEM.fullmatch(value) is None:
        return False
    if value not in BORNE and (value[:2] in NOT_A_NAME or value in MODIFYING):
        return False
    is_short = value in words or len(value) == _MOST_GIVEN
    if is_short and (value[0] in _COUNTING or not all(char in GIVEN for char in value[1:])):
        return False
    return _is_answer(value, Asks.SOMEBODY, words) is True


def _answers(text: str, start: int, asks: Asks, words: Container[str]) -> Iterator[Found]:
    """The names from *start* on that answer a label. Beside an item that is nobody, words are nobody as well."""
    items: list[re.Match[str]] = []
    item = _ITEM.match(text, start)
    while item is not None and _STOPS.match(text, item.end()):
        if items and text[item.start() - 1] in " 　" and text[item.end() : item.end() + 1] in ("/", "／", "|", "｜"):
            break  # the next label
        items.append(item)
        goes_on = _NEXT.match(text, item.end())
        item = _ITEM.match(text, goes_on.end()) if goes_on is not None else None
    verdicts = [each["apart"] is not None or _is_answer(each[0], asks, words) for each in items]
    is_of_things = False in verdicts or (asks is not Asks.SOMEBODY and None in verdicts)
    for each, verdict in zip(items, verdicts, strict=True):
        if each["apart"] is not None:
            yield from _apart(text, *each.span())
        elif verdict and (each[0] not in words or not is_of_things):
            title = _TITLE.search(each[0])
            yield Found(each.start(), each.end() - (0 if title is None else len(title[0])), "context", 0.8)


def _apart(text: str, start: int, end: int) -> Iterator[Found]:
    """The names from *start* to *end*, whose characters stand apart: one of three at most, or several of two."""
    places = [match.span() for match in re.finditer(r"\S+", text[start:end])]
    size = len(places) if len(places) <= _LONGEST_APART else 2
    names = [places[at : at + size] for at in range(0, len(places), size)]
    firsts = [text[start + name[0][0] : start + name[0][1]] for name in names]
    if len(names[-1]) == size and all(first in ALL_SURNAMES or first in COMPOUND for first in firsts):
        for name in names:
            yield Found(start + name[0][0], start + name[-1][1], "context", 0.8)


def _is_answer(value: str, asks: Asks, words: Container[str]) -> bool | None:
    """Whether *value*, all that stands behind a label, is somebody, with a title or without; None where only others can
    tell.
    """
    title = _TITLE.search(value)
    name = value if title is None else value[: title.start()]
    if value in NOBODY or value in _NO_ANSWER or (value in words and asked_by(value) is not None):
        return False
    if title is not None and (name in ALL_SURNAMES or name in COMPOUND):
        return value not in words
    if name in _NO_ANSWER or _DAY.match(name) or name[-1] in _OF_A_KIND:
        return False
    if asks is not Asks.SOMEBODY and len(name) <= _MOST_GIVEN and name[-1] in _OF_A_STATE:
        return False
    if name.endswith(ORGANISATION) and not name.endswith("行"):
        return False
    if is_word_of_names(name) or "·" in name:
        return True
    size = 2 if name[:2] in COMPOUND else 1
    given = name[size:]
    if not given or given[-1] in _NEVER_LAST:
        return None
    if size > 1 and len(given) <= _MOST_GIVEN:
        return True
    if len(given) > _MOST_GIVEN or (name[0] not in ALL_SURNAMES and name[0] not in _WORDY):
        return _is_long(name, asks, words) or (False if name in words else None)
    if name in words:
        return _is_borne(name, asks)
    if asks is not Asks.SOMEBODY and len(given) > 1 and (name[:2] in words or name[1:] in words):
        return name[:2] not in NOT_A_NAME and all(char in GIVEN for char in given)
    return name[0] in ALL_SURNAMES or all(char in GIVEN for char in given) or None


def _is_borne(name: str, asks: Asks) -> bool:
    """Whether *name*, a word that begins like one, is somebody's rather than what came of something."""
    if asks is Asks.SOMEBODY:
        return name[0] in ALL_SURNAMES or all(char in GIVEN for char in name[1:])
    if name in BORNE:
        return True
    is_outcome = name in _OUTCOMES or name in NOT_A_NAME or name[-1] in _OF_A_STATE
    return name[0] in ALL_SURNAMES and not is_outcome


def _is_long(name: str, asks: Asks, words: Container[str]) -> bool:
    """Whether *name* may be spelled from another language, or is of four characters behind a surname of one."""
    if len(name) <= _MOST_GIVEN or name in words:
        return False
    holds_word = any(name[at : at + 2] in words for at in range(len(name) - 1))
    if len(name) == _OF_FOUR and name[0] in ALL_SURNAMES and all(char in GIVEN for char in name[1:]) and not holds_word:
        return True
    return all(char in TRANSLITERATING for char in name) and (asks is Asks.SOMEBODY or not holds_word)
