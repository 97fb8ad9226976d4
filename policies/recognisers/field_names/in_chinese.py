"""What a Chinese label says by its end: 紧急联系人电话, 家长签字, 补贴账号."""

import re

from policies.recognisers.field_names.meanings import CATEGORY_OF, CODED, COMMON
from policies.recognisers.field_names.morphemes import MONEY, OTHER_CARDS
from policies.recognisers.field_names.phrases import asked_in_label, is_signed
from policies.recognisers.field_names.words import CHINESE_THINGS, FALSE_FRIENDS, PUBLIC_LINES, QUASI

_CHINESE = frozenset(word for word in CATEGORY_OF if not word.isascii() and len(word) > 1)
_SIZES_OF_CHINESE = sorted(set(map(len, _CHINESE)), reverse=True)
_CHINESE_FRIENDS = tuple(word for word in FALSE_FRIENDS if not word.isascii())
_NOT_SOMEBODY = (
    "本人",
    "他人",
    "个人",
    "多人",
    "一人",
    "两人",
    "几人",
    "机器人",
    "残疾人",
    "工人",
    "军人",
    "老人",
    "成年人",
)
"""Labels that end as roles do, and ask something else."""
_ACCOUNTS = ("账号", "账户", "帐号", "帐户", "卡号", "卡卡号", "工资卡")
_PAID = re.compile("[款钱薪存]|储蓄|[入到进转出]账|[打发报]卡|金(?!额)")
"""Before 账号 and the like, they say that money is paid to it or from it."""
_LATIN_IN_LABELS = ("qq", "email", "vin", "openid", "unionid")
_CERTIFIED = re.compile("(?:[人者员户客亲友民]|[业房机户船车]主)(?:的)?证(?:件|号)$")
_NAMED = re.compile("(?:[人者生员户客师童孩亲友民婴]|[业房机户船车]主)名$")


def of_label(words: str) -> str | None:
    """What a Chinese label says by its end."""
    for coded in CODED:
        stem = words.removesuffix(coded)
        if stem != words and CATEGORY_OF.get(stem) in QUASI:
            return CATEGORY_OF[stem]
    if words.endswith(_CHINESE_FRIENDS):
        return None
    base = next((end for size in _SIZES_OF_CHINESE if (end := words[-size:]) in _CHINESE), None)
    base = base or next((word for word in _LATIN_IN_LABELS if words.endswith(word)), None)
    if base is None and words.endswith(_ACCOUNTS) and (_PAID.search(words) or any(word in words for word in MONEY)):
        return "bank_card"
    if base is None and (asked := asked_in_label(words)) is not None:
        return asked
    if base is None and _CERTIFIED.search(words) is not None:
        return "resident_id"
    if base is None and (_NAMED.search(words) is not None or is_signed(words)):
        return "person_name"
    if base is None:
        is_role = words.endswith("人") and len(words) > 2 and not words.endswith(_NOT_SOMEBODY)
        return "person_name" if is_role and not words.startswith("是否") else None
    category = CATEGORY_OF[base]
    before = words.removesuffix(base)
    if category == "person_name" and not base.endswith(("名", "名字")):
        return category if not before.startswith("是否") else None
    theirs = PUBLIC_LINES if category in ("mobile", "landline") else CHINESE_THINGS if category in COMMON else ()
    if before.startswith("是否") or before.endswith(tuple(theirs)):
        return None
    if base in ("卡号", "卡卡号"):
        return next((held for word, held in OTHER_CARDS.items() if word in before), category)
    return None if category == "free_text" else category
