"""What names of fields say in Chinese government and business interfaces: pinyin, initials, English words, labels.

A name is a role and a base, as in `fddbrsfzjhm` (法定代表人 + 身份证件号码): a role is passed over, the base decides.
"""

import functools
import re
import unicodedata

from policies.recognisers.key_words import (
    BASES,
    CHINESE_THINGS,
    FALSE_FRIENDS,
    NAMING_ROLES,
    PUBLIC_LINES,
    QUASI,
    ROLES,
    THINGS,
)

_CATEGORY_OF = {word.lower(): category for category, words in BASES.items() for word in words.split()}
_CHINESE = sorted((word for word in _CATEGORY_OF if not word.isascii() and len(word) > 1), key=len, reverse=True)
_COMMON = frozenset("person_name mobile landline email address".split())
"""What things have as well: a name, a telephone, an address."""
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_DROPPED = re.compile(r"[\s_\-.·:：*/\\#'\"]+")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LATIN = re.compile(r"[a-z0-9]+")
_NUMBERED = re.compile(r"[0-9]+$|(?<=\D)[0-9]{1,2}(?=\D)")
_MANY = ("s", "es", "list", "array", "列表")
_WHETHER = re.compile(r"(?:is|has|sf(?!z))[a-z]")
_OF_SOMEBODY = re.compile(r"[a-z]{1,6}r$")
"""Initials of 某某人."""
_LEAST_UNPREFIXED = 4
"""Letters of initials that say what they mean behind letters that nobody knows."""
_SHORTEST_SUFFIX = 2
_CODED = ("dm", "mc", "code", "name", "代码", "名称")
_INITIALS = frozenset(
    "sfzh sfzhm sfzmhm sfzjhm sfzjh gmsfhm gmsfzhm gmsfzh zjhm sjhm yddh lxdh lxfs gddh bgdh jtdh dzyx dzyj xxdz lxdz "
    "jtzz jtdz txdz jzdz hjdz hkszd yhkh khyhzh sbkh ybkh gjjzh tyshxydm hphm cphm clsbdh hzhm csrq hyzk zzmm".split()
)


@functools.lru_cache(maxsize=8192)
def category_of_key(key: str) -> str | None:
    """The category of personal data that a field or a label called *key* holds, as far as its name says; else None."""
    plain = unicodedata.normalize("NFKC", key)
    words = _DROPPED.sub("", plain).lower()
    if words in FALSE_FRIENDS:
        return None
    if words in _CATEGORY_OF:
        return _CATEGORY_OF[words]
    words = _NUMBERED.sub("", _DROPPED.sub("", _BRACKETS.sub("", plain)).lower())
    if words in FALSE_FRIENDS or not words:
        return None
    if words in _CATEGORY_OF:
        return _CATEGORY_OF[words]
    if words in NAMING_ROLES:
        return "person_name"
    if (many := next((end for end in _MANY if words.removesuffix(end) in _CATEGORY_OF), None)) is not None:
        return _CATEGORY_OF[words.removesuffix(many)]
    if not _LATIN.fullmatch(words):
        return _of_label(words)
    return _of_words([each.lower() for each in _WORDS.findall(plain)]) or _of_initials(words)


def _of_label(words: str) -> str | None:
    """What a Chinese label says by its end."""
    for coded in _CODED:
        stem = words.removesuffix(coded)
        if stem != words and _CATEGORY_OF.get(stem) in QUASI:
            return _CATEGORY_OF[stem]
    base = next((word for word in _CHINESE if words.endswith(word)), None)
    if base is None:
        return None
    category = _CATEGORY_OF[base]
    before = words.removesuffix(base)
    theirs = PUBLIC_LINES if category in ("mobile", "landline") else CHINESE_THINGS if category in _COMMON else ()
    if before.startswith("是否") or before.endswith(tuple(theirs)):
        return None
    return None if category == "free_text" else category


def _of_words(words: list[str]) -> str | None:
    """What the words of a name in English, or in pinyin word by word, say by their end."""
    words = [word for word in words if not word.isdigit()]
    if len(words) < 2 or words[0] in ("is", "has", "show", "enable", "need", "min", "max"):
        return None
    for start in range(len(words)):
        category = _CATEGORY_OF.get("".join(words[start:]))
        if category is None:
            continue
        if "".join(words[start:]) in FALSE_FRIENDS:
            return None
        before = words[:start]
        if category in _COMMON and before and before[-1] in THINGS and before[-1] != "user":
            return None
        if category == "person_name" and words[start:] == ["name"] and not _names_somebody(before):
            return None
        return category if category != "free_text" or not before else None
    return None


def _names_somebody(before: list[str]) -> bool:
    """Whether a name that these words stand before is that of a person."""
    return (
        not before
        or any("".join(before[start:]) in ROLES for start in range(len(before)))
        or (_OF_SOMEBODY.match(before[-1]) is not None and before[-1] not in THINGS)
    )


def _is_role(word: str) -> bool:
    return word in ROLES or _OF_SOMEBODY.match(word) is not None


def _of_initials(words: str) -> str | None:
    """What initials of pinyin, or English words without anything between them, say."""
    if _WHETHER.match(words):
        return None
    for coded in _CODED:
        stem = words.removesuffix(coded)
        if stem != words and _CATEGORY_OF.get(stem) in QUASI:
            return _CATEGORY_OF[stem]
    for start in range(1, len(words) - _SHORTEST_SUFFIX + 1):
        role, base = words[:start], words[start:]
        if base in _CATEGORY_OF and base != "name" and role not in THINGS and _is_role(role):
            return _CATEGORY_OF[base]
        if base in ("name", "mc") and (role in ROLES or role in NAMING_ROLES) and role not in ("user", "head"):
            return "person_name" if base == "name" or role in NAMING_ROLES else None
        if base in _INITIALS and len(base) >= _LEAST_UNPREFIXED:
            return _CATEGORY_OF[base]
    return None
