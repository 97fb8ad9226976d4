"""What is known of names of fields before any is read: what whole names hold, whose, and what ends say of either."""

import re

from policies.recognisers.field_names.codes import CATEGORY_OF_CODE
from policies.recognisers.field_names.labels import LABELS, OTHERS_IN_CHINESE, PEOPLE_IN_CHINESE
from policies.recognisers.field_names.readings import as_heard, in_pinyin, initials_of, spellings
from policies.recognisers.field_names.words import BASES, QUASI, ROLES
from policies.recognisers.persons.pinyin import SYLLABLE

LISTED = {
    word.lower(): category for listed in (LABELS, BASES) for category, words in listed.items() for word in words.split()
} | CATEGORY_OF_CODE
"""What whole names and labels hold that are listed."""
_LEAST_SPELLED = 3
"""Characters of labels of what tells something of a person that are spelled in pinyin: 主诉 sounds as 住宿 does."""
_OTHERS = set[str]().union(*map(spellings, OTHERS_IN_CHINESE), map(initials_of, OTHERS_IN_CHINESE))
SPELLED = {
    spelled: category
    for label, category in LISTED.items()
    if category not in ("free_text", "coordinates") and (category not in QUASI or len(label) >= _LEAST_SPELLED)
    for spelled in spellings(label)
    if spelled not in _OTHERS
}
"""What labels are called in letters."""
CATEGORY_OF = SPELLED | LISTED
"""What whole names hold, listed or spelled."""
LEAST_HEARD = 7
"""Letters of a label in pinyin that is known though its sounds are taken for each other: xinming, shengfenzheng."""
AS_HEARD = {
    as_heard(full): CATEGORY_OF[full]
    for label in LISTED
    if len(full := in_pinyin(label)) >= LEAST_HEARD and full in CATEGORY_OF
}
"""The same by how labels sound."""
PEOPLE = frozenset(ROLES).union(
    *map(spellings, PEOPLE_IN_CHINESE),
    map(in_pinyin, PEOPLE_IN_CHINESE),
    (initials for label in PEOPLE_IN_CHINESE if len(initials := initials_of(label)) >= _LEAST_SPELLED),
)
"""Whose a field is, in English and in letters for Chinese."""
COMMON = frozenset("person_name mobile landline email address".split())
"""What things have as well: a name, a telephone, an address."""
OF_NUMBER = ("number", "no", "num", "numb", "nbr", "code", "haoma", "hao", "号码", "编号")
"""What names of numbers end with as well as with `no` and 号."""
STAFF_APART = re.compile(r"[b-df-hj-np-tw-z]{2,5}y$")
"""Initials of 某某员 as a word by themselves."""
OF_SOMEBODY = re.compile(r"[a-z]{1,6}r$")
"""Initials of 某某人."""
OF_SOMEBODY_APART = re.compile(r"[b-df-hj-np-tw-z]{1,6}r$")
"""The same as a word by itself, among which those of English are: color, attr."""
SOMEBODY_IN_PINYIN = re.compile(rf"{SYLLABLE}{{1,4}}ren(?:xm)?")
CODED = ("dm", "mc", "code", "name", "cd", "nm", "mingcheng", "daima", "代码", "名称")
"""How names end of codes, and of what codes stand for."""


def as_number(words: str) -> str | None:
    """What a name says that ends with another word for a number: idNum, phoneNum, 证件编号."""
    for end in OF_NUMBER:
        stem = words.removesuffix(end)
        if stem and stem != words:
            for other in ("no", "号", "号码", "h", "hm", ""):
                category = CATEGORY_OF.get(stem + other) if other or end not in ("code", "编号") else None
                if (end == "code" and category == "email") or (end == "no" and stem.endswith("id")):
                    continue
                if category is not None and category not in QUASI and category not in ("person_name", "address"):
                    return category
    return None


def is_role(word: str, of_somebody: re.Pattern[str] = OF_SOMEBODY) -> bool:
    """Whether *word* says whose a field is. *of_somebody*: how initials of people end here."""
    by_initials = of_somebody.match(word) is not None or STAFF_APART.match(word) is not None
    return word in PEOPLE or by_initials or SOMEBODY_IN_PINYIN.fullmatch(word) is not None
