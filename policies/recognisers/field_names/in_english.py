"""What the words of a name in English, or in pinyin word by word, say by their end: nameOfApplicant, zjhm_sqr."""

import re

from policies.recognisers.field_names.meanings import (
    CATEGORY_OF,
    CODED,
    COMMON,
    LISTED,
    OF_NUMBER,
    OF_SOMEBODY_APART,
    PEOPLE,
    SOMEBODY_IN_PINYIN,
    STAFF_APART,
    as_number,
    is_role,
)
from policies.recognisers.field_names.morphemes import (
    ABBREVIATED,
    ADJECTIVES,
    DOERS,
    OF_MONEY,
    OTHER_CARDS,
    QUALIFIERS,
    VERBS,
)
from policies.recognisers.field_names.short import short_forms, without_vowels
from policies.recognisers.field_names.words import FALSE_FRIENDS, QUASI, ROLES, THINGS

_IN_FULL = short_forms(ROLES, THINGS) | ABBREVIATED
MORE = frozenset("dtl detl dtls detail details info str text txt desc line xx".split())
"""What is said behind the name of a field that says more of the same."""
_SHOWN_AS = frozenset("text value val str desc txt show display input old new code name dm mc".split())
"""What is said behind the name of a field of how it is shown."""
_REACHED = frozenset("bill invoice notify link login bank account handler register contract order".split())
"""Things before a telephone, a mail or an address by which somebody is reached for them."""
_VOWEL = re.compile("[aeiou]")
"""What English words have, and initials of pinyin seldom."""
_LEAST_OF_WORD, _LEAST_BASE = 4, 3
"""Letters of whose a field is and of what it holds, without anything between them."""
_LONG_THINGS = tuple(word for word in THINGS if len(word) > _LEAST_OF_WORD)
_ENGLISH_BASES = frozenset(
    word for word in LISTED if len(word) >= _LEAST_BASE and word.isascii() and _VOWEL.search(word) is not None
)
_OF_THINGS = (["jg"], ["gj"])
"""Initials of what people have (籍贯, 国籍) that mean an office, a result or a tool more often."""
_OF_SOMEBODY_BEFORE_SJ = re.compile(r"[b-df-hj-np-tw-z]{2,6}r$|fr$")
_WHO_DOES = re.compile(r"[a-z]{3}(?:er|or|ee|ant|ist|person|man|woman)$")
"""How English words end for whoever does something, or has it done to them: claimant, trustee."""


def role_behind(words: list[str]) -> str | None:
    """What a name says whose role stands behind it, or that says last how the value is shown: zjhm_sqr, xm_text."""
    if len(words) < 2 or words[-1] in THINGS or not (words[-1] in _SHOWN_AS or is_role(words[-1], OF_SOMEBODY_APART)):
        return None
    category = CATEGORY_OF.get("".join(words[:-1])) or of_words(words[:-1])
    if words[-1] in ("relation", "relationship"):  # what somebody is to another
        return None
    is_base = words[-1] not in ROLES and CATEGORY_OF.get(words[-1], "person_name") != "person_name"
    if is_base or "".join(words[-2:]) in CATEGORY_OF:
        return None  # the holder of an account is no account, and csny (出生年月) nobody of staff
    if words[:-1] == ["yhzh"] and words[-1] not in _SHOWN_AS:
        return "bank_card"
    if words[-2] in ADJECTIVES and words[-1] not in _SHOWN_AS:
        return None
    if words[-1] in ("code", "name", "dm", "mc") and category not in QUASI:
        return None
    return None if category == "free_text" else category


def of_words(words: list[str]) -> str | None:
    """What the words of a name in English, or in pinyin word by word, say by their end."""
    words = [word for word in words if not word.isdigit()]
    if len(words) < 2 or words[0] in VERBS:
        return None
    if words[-1] in CODED and words[-1] not in ("name", "nm"):
        coded = CATEGORY_OF.get("".join(words[:-1])) or of_words(words[:-1])
        if coded in QUASI:
            return coded
    if words[-1] in CODED and CATEGORY_OF.get("".join(words[:-1])) in QUASI:
        return CATEGORY_OF["".join(words[:-1])]
    for start in range(len(words)):
        category = CATEGORY_OF.get("".join(words[start:])) or as_number("".join(words[start:]))
        if category is None and words[start:] in (["account"], ["acct"]) and start and words[start - 1] in OF_MONEY:
            return "bank_card"
        if category is None:
            continue
        if "".join(words[start:]) in FALSE_FRIENDS:
            return None
        before = words[:start]
        if words[start:] in _OF_THINGS and not (before and _is_whole_role(before[-1])):
            return None
        of_phone = before and (is_role(before[-1], _OF_SOMEBODY_BEFORE_SJ) or CATEGORY_OF.get(before[-1]) == "landline")
        if words[start:] == ["sj"] and not of_phone:  # 时间 more often than 手机
            return None
        if words[start:] in (["xing"], ["ming"]) and before and before[-1] not in PEOPLE | {"pinyin", "py"}:
            return None
        if words[start:][0] == "card" and "".join(before) in OTHER_CARDS:
            return OTHER_CARDS["".join(before)]
        reached = before and category != "person_name" and before[-1] in _REACHED
        named = category != "person_name" or words[-1] in ("name", "names") or words[start] == "name"
        whose = before[-1] if before and words[start] not in PEOPLE and "".join(before[-2:]) not in PEOPLE else ""
        reached = reached or (whose in DOERS and category in ("mobile", "landline"))
        if category in COMMON and named and whose in THINGS and not reached and whose != "user":
            return None
        if category == "person_name" and words[start] == "name" and not _names_somebody(before):
            return None
        return category if category != "free_text" or not before else None
    return None


def _is_whole_role(word: str) -> bool:
    """Whether *word* says whose a field is, and not in two letters only."""
    return len(word) > len("jg") and (is_role(word, OF_SOMEBODY_APART) or _WHO_DOES.search(word) is not None)


def in_full(word: str) -> str:
    """*word* as it is written in full; itself where it is not known to be short for another."""
    return _IN_FULL.get(word) or _IN_FULL.get(without_vowels(word), word)


def one_of(words: list[str]) -> list[str]:
    """*words* where the last is of many, as if it were of one: applicantNames; empty where it is of none."""
    last = words[-1] if words else ""
    return [*words[:-1], last[:-1]] if last.endswith("s") and not last.endswith("ss") else []


def parted(name: str) -> list[str]:
    """Whose *name* is and what, English words without anything between them; empty where it is not all of such.

    Whose it is may be any word that ends like whoever does something: transactormobile.
    """
    for start in range(_LEAST_OF_WORD, len(name) - _LEAST_BASE + 1):
        whose, base = name[:start], name[start:]
        if base not in _ENGLISH_BASES:
            continue
        of_which = () if CATEGORY_OF[base] == "person_name" else QUALIFIERS  # of an office, a home: its name
        while (stem := next((whose.removesuffix(each) for each in of_which if whose.endswith(each)), "")) != "":
            whose = stem
        is_doer = _WHO_DOES.search(whose) is not None and not whose.endswith(_LONG_THINGS)
        if len(whose) >= _LEAST_OF_WORD and (whose in PEOPLE or is_doer):
            return [whose, base]
    return []


def turned(words: list[str]) -> list[str]:
    """*words*, with whose it is before what it is: nameOfApplicant. A number of people is a count."""
    if "of" not in words[1:-1] or words[0] in ("next", "head"):
        return words
    at = words.index("of", 1)
    what, whose = words[:at], words[at + 1 :]
    return words if what[-1] in OF_NUMBER and whose[-1].removesuffix("s") in PEOPLE and len(what) == 1 else whose + what


def _names_somebody(before: list[str]) -> bool:
    """Whether a name that these words stand before is that of a person."""
    if len(before) > 1 and before[-1] in MORE | {"basic", "base", "data", "dto", "vo"}:
        before = before[:-1]
    return (
        not before
        or any("".join(before[start:]) in PEOPLE for start in range(len(before)))
        or (OF_SOMEBODY_APART.match(before[-1]) is not None and before[-1] not in THINGS)
        or STAFF_APART.match(before[-1]) is not None
        or SOMEBODY_IN_PINYIN.fullmatch(before[-1]) is not None
        or (_WHO_DOES.search(before[-1]) is not None and before[-1] not in THINGS and not before[-1].endswith("list"))
    )
