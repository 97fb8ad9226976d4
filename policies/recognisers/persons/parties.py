"""Names that are words, behind who somebody is and before what only somebody does.

Such a word counts where a clause begins with who somebody is and ends behind the word, or goes on with what has a
person before it: 当事人和平对处罚无异议, 接班人黄河，. 申请人高兴地说 and 当事人和平解决 tell nobody. Elsewhere in a
clause it counts before what nothing but a person does: 由被监护人木槿签字.
"""

import re
from collections.abc import Iterator

from policies.recognisers.persons.behind_labels import BORNE
from policies.recognisers.persons.labels import Asks, asked_by
from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.patterns import BEGINS, ENDS
from policies.recognisers.persons.read import OF_THINGS, Read
from policies.recognisers.persons.stated import Found
from policies.recognisers.persons.words import ALL_SURNAMES, AMBIGUOUS, GIVEN, NOT_A_NAME

_HAN = "\u4e00-\u9fff"
_PARTY = re.compile(f"(?:^|(?<=[，,。；;:：（( ]))[{_HAN}]{{1,5}}?[人员长师者](?=[{_HAN}]{{2}})")
_ACTS = re.compile("[对因于向自从将把被持经](?!此|素)|因故|系|诉|称|自愿|自述|本人")
"""What stands behind somebody who does something, or has it done to him."""
_DOES = re.compile("每[日天周月]|负责|介绍|签字|陪同|带队|来电|来访|反映")
_ALONE_DOES = re.compile(
    "签[发字名收批]|代签|审签|[出到]庭|作证|[诉辩]称|供[述认]|自[述愿称]|来[电访信]|补正|已(?:批准|签字|审批|审核)|致电|反映|拒不|请求|见面|外出|休假|请假|[离入]职|名下"
    "|因[病故]|系[祖父母夫兄姐]|[（(]身份证|[，,][ 　]?(?:[男女][，,]|[0-9]{1,3}岁|[0-9]{4}年生)"
)
"""What nothing but a person does, or is."""
_SIGNS = frozenset({"签发", "签字", "签名", "代签"})
_HOW = frozenset(
    (
        "全程 全权 全体 全员 单方 同时 及时 平时 时时 和平 经常 常年 从严 明确 安全 应急 成批 连夜 任意 常常 同步 同意"
    ).split()
)
"""How somebody signs, in words that begin like a name."""
_LINKS = "与和由及被经给请向对"
"""What stands before another party of a clause."""
_LONGEST = 3


def names_of_parties(read: Read) -> Iterator[Found]:
    """Such names in what is *read*."""
    text = read.text
    first = {match.end() for match in _PARTY.finditer(text) if asked_by(match[0]) is Asks.SOMEBODY}
    first |= {end for start, end in read.somebodys if BEGINS.match(text, start) or text[start - 1] in _LINKS}
    for start in sorted(first.union(end for _, end in read.somebodys)):
        end, kind = read.word_over(start)
        name = text[start:end]
        if not 1 < len(name) <= _LONGEST or name not in read.known:
            continue
        acts = _ALONE_DOES.match(text, end)
        follows = _ACTS.match(text, end) or _DOES.match(text, end) or ENDS.match(text, end)
        is_first = start in first and follows is not None and _may_be_borne(name, kind)
        if is_first or (acts and _is_borne(name, kind, signs=acts[0] in _SIGNS)):
            yield Found(start, end, "context", 0.65)


def _may_be_borne(name: str, kind: str) -> bool:
    """Whether somebody first in a clause may be called by the word *name*."""
    is_name = name in BORNE or (kind not in OF_THINGS and name not in NOT_A_NAME and name[0] in ALL_SURNAMES)
    return is_name and all(char in GIVEN for char in name[1:])


def _is_borne(name: str, kind: str, *, signs: bool) -> bool:
    """Whether somebody may be called by the word *name*, which the tagger takes for a *kind* of word. *signs*: whether
    he signs, which hardly anything but how it is done stands before.
    """
    is_given = all(char in GIVEN for char in name[1:])
    if name in BORNE or (signs and is_given and name[0] in ALL_SURNAMES and name not in _HOW):
        return True
    if kind in OF_THINGS or name in NOT_A_NAME or name in _HOW:
        return False
    if name[0] in AMBIGUOUS:
        return is_given and kind in ("PER", "n", "nz", "LOC", "nw")
    return name[0] in SURNAMES or (name[0] in ALL_SURNAMES and is_given)
