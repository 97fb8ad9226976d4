"""What pinyin that is written out, and initials of it, say by their end: jiatingzhuzhi, fddbrsfzjhm."""

import re

from policies.recognisers.field_names.meanings import (
    AS_HEARD,
    CATEGORY_OF,
    CODED,
    LEAST_HEARD,
    LISTED,
    OF_SOMEBODY,
    OF_SOMEBODY_APART,
    PEOPLE,
    SOMEBODY_IN_PINYIN,
    SPELLED,
    STAFF_APART,
    is_role,
)
from policies.recognisers.field_names.morphemes import (
    BEHIND_ROLES,
    COMPOSED,
    OF_PEOPLE_ALONE,
    PAID,
    PAID_BASES,
    PINYIN,
    PINYIN_OF_MONEY,
    PINYIN_THINGS,
    SHARED,
)
from policies.recognisers.field_names.readings import as_heard, in_pinyin
from policies.recognisers.field_names.words import NAMING_ROLES, QUASI, ROLES, THINGS

_ENDS_AS_HEARD = sorted(AS_HEARD, key=len, reverse=True)
_THINGS_AS_HEARD = tuple(map(as_heard, PINYIN_THINGS))
_LEAST_ENDING = 8
"""Letters of a label in pinyin that says the same behind whatever stands before it."""
_PINYIN = sorted(
    {*PINYIN, *(full for label in LISTED if len(full := in_pinyin(label)) >= _LEAST_ENDING and full in SPELLED)},
    key=len,
    reverse=True,
)
_WHETHER = re.compile(r"(?:is|has|sf(?![zr]))[a-z]")
_OF_STAFF = re.compile(r"[a-z]{2,5}[yr]$")
"""Initials of 某某员 and of 某某人."""
_LEAST_OF_SOMEBODY = 7
LEAST_UNPREFIXED = 4
"""Letters of initials that say what they mean behind letters that nobody knows."""
_SAYING = re.compile("[b-df-hj-np-tw-z]{2,}(?:dz|zz|xz|zl|hm|zjh|sfzh)")
"""Initials that end in those of an address (地址, 住址, 详址, 坐落) or a number (号码)."""
_LONGEST_ROLE = 6
_SHORTEST_SUFFIX = 2
_SHORTEST_OF_SJ = _SHORTEST_OF_JG = 3
_CONSONANTS = re.compile("[b-df-hj-np-tw-z]+")
_INITIALS = frozenset(
    "xzz csny "
    "sfzh sfzhm sfzmhm sfzjhm sfzjh gmsfhm gmsfzhm gmsfzh zjhm sjhm yddh lxdh lxfs gddh bgdh jtdh dzyx dzyj xxdz lxdz "
    "jtzz jtdz txdz jzdz hjdz hkszd yhkh khyhzh sbkh ybkh gjjzh tyshxydm hphm cphm clsbdh hzhm csrq hyzk zzmm "
    "nsrsbh sjh sfz".split()
)


def of_pinyin(words: str) -> str | None:
    """What pinyin that is written out says by its end."""
    if words.endswith("mingcheng") and words.removesuffix("mingcheng") in PEOPLE:
        return "person_name"
    if len(words) >= _LEAST_OF_SOMEBODY and SOMEBODY_IN_PINYIN.fullmatch(words) is not None:
        return "person_name"
    base = next((word for word in _PINYIN if words.endswith(word)), None)
    of_account = words.endswith(("zhanghao", "zhanghu", "kahao", "kahaoma"))
    if base is None and of_account and any(word in words for word in PINYIN_OF_MONEY):
        return "bank_card"
    if base is None:
        return _of_sounds(words) if len(words) >= LEAST_HEARD else None
    return None if words.removesuffix(base).endswith(tuple(PINYIN_THINGS)) else CATEGORY_OF[base]


def _of_sounds(words: str) -> str | None:
    """What pinyin says by its end in which sounds are taken for each other."""
    heard = as_heard(words)
    end = next((end for end in _ENDS_AS_HEARD if heard.endswith(end)), None)
    return None if end is None or heard.removesuffix(end).endswith(_THINGS_AS_HEARD) else AS_HEARD[end]


def of_initials(words: str) -> str | None:
    """What initials of pinyin, or English words without anything between them, say."""
    if _WHETHER.match(words):
        return None
    for coded in CODED:
        stem = words.removesuffix(coded)
        if stem != words and CATEGORY_OF.get(stem) in QUASI:
            return CATEGORY_OF[stem]
    if len(words) > _LONGEST_ROLE - 1 and words.endswith(("fddbr", "frdb", "lxr", "fzr", "jbr", "dlr")):
        return "person_name"
    if len(words) > len("dxz") + 1 and words.endswith(("dxz", "dxxdz")) and _CONSONANTS.fullmatch(words) is not None:
        return "address"  # 迁入地详址
    if len(words) <= _LONGEST_ROLE and words[-3:] in NAMING_ROLES and words[-1] == "r":
        return "person_name"
    for start in range(1, len(words) - _SHORTEST_SUFFIX + 1):
        role, base = words[:start], words[start:]
        if base in ("yhzh", "zhhm"):  # by itself that of a user (用户) as well
            return "bank_card"
        if base in _INITIALS and (len(base) >= LEAST_UNPREFIXED or start > 1):
            return CATEGORY_OF[base]
        if len(base) > LEAST_UNPREFIXED and start > 1 and base in LISTED and _CONSONANTS.fullmatch(base) is not None:
            return LISTED[base]
        if base in BEHIND_ROLES and (role in PEOPLE or OF_SOMEBODY_APART.fullmatch(role) is not None):
            return BEHIND_ROLES[base]
        if base == "qm" and len(role) > len(base) and role.endswith(COMPOSED):
            return BEHIND_ROLES[base]
        if role in PAID and base in PAID_BASES:
            return PAID_BASES[base]
        if len(base) >= LEAST_UNPREFIXED and start > 1 and _SAYING.fullmatch(base) is not None and base in LISTED:
            return LISTED[base] if LISTED[base] not in QUASI else None
        if base == "sj" and (
            OF_SOMEBODY.match(role) is None or (len(role) < _SHORTEST_OF_SJ and role != "fr")
        ):  # 时间 more often than 手机
            continue
        if base == "jg" and len(role) < _SHORTEST_OF_JG:  # 机构 and 结果 more often than 籍贯
            return None
        if base == "xm" and (_OF_STAFF.match(role) or (len(role) > 2 and role.endswith(COMPOSED))):
            return "person_name"
        if (
            base == "mc"
            and len(role) > 2
            and not role.endswith("qy")
            and (OF_SOMEBODY.match(role) or STAFF_APART.match(role))
        ):
            return "person_name"
        if role in SHARED and base in OF_PEOPLE_ALONE:
            return CATEGORY_OF[base]
        if base == "qq" and role not in ROLES:
            continue
        if base in CATEGORY_OF and base != "name" and role not in THINGS and is_role(role):
            return CATEGORY_OF[base]
        if base in ("name", "nm", "mc") and (role in PEOPLE or role in NAMING_ROLES) and role not in ("user", "head"):
            return "person_name" if base != "mc" or role in NAMING_ROLES else None
    return None
