"""What names of fields say in Chinese government and business interfaces: pinyin, initials, English words, labels.

A name is a role and a base, as in `fddbrsfzjhm` (法定代表人 + 身份证件号码): a role is passed over, the base decides.
"""

import functools
import re
import unicodedata

from policies.recognisers.key_codes import CATEGORY_OF_CODE, item_in
from policies.recognisers.key_labels import LABELS, OTHERS_IN_CHINESE, PEOPLE_IN_CHINESE
from policies.recognisers.key_morphemes import (
    ABBREVIATED,
    ADJECTIVES,
    COMPOSED,
    DOERS,
    MONEY,
    OF_MONEY,
    OTHER_CARDS,
    PINYIN,
    PINYIN_OF_MONEY,
    PINYIN_THINGS,
    UNSURE,
    VERBS,
)
from policies.recognisers.key_phrases import asked_in_label, is_signed
from policies.recognisers.key_readings import as_heard, in_pinyin, initials_of, spellings
from policies.recognisers.key_short import short_forms, without_vowels
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
from policies.recognisers.key_wrappers import unwrapped
from policies.recognisers.normalise import TRADITIONAL
from policies.recognisers.pinyin import SYLLABLE

_LISTED = {
    word.lower(): category for listed in (LABELS, BASES) for category, words in listed.items() for word in words.split()
} | CATEGORY_OF_CODE
_LEAST_SPELLED = 3
"""Characters of labels of what tells something of a person that are spelled in pinyin: 主诉 sounds as 住宿 does."""
_OTHERS = set[str]().union(*map(spellings, OTHERS_IN_CHINESE), map(initials_of, OTHERS_IN_CHINESE))
_SPELLED = {
    spelled: category
    for label, category in _LISTED.items()
    if category not in ("free_text", "coordinates") and (category not in QUASI or len(label) >= _LEAST_SPELLED)
    for spelled in spellings(label)
    if spelled not in _OTHERS
}
"""What labels are called in letters."""
_CATEGORY_OF = _SPELLED | _LISTED
_LEAST_HEARD = 7
"""Letters of a label in pinyin that is known though its sounds are taken for each other: xinming, shengfenzheng."""
_AS_HEARD = {
    as_heard(full): _CATEGORY_OF[full]
    for label in _LISTED
    if len(full := in_pinyin(label)) >= _LEAST_HEARD and full in _CATEGORY_OF
}
_ENDS_AS_HEARD = sorted(_AS_HEARD, key=len, reverse=True)
_THINGS_AS_HEARD = tuple(map(as_heard, PINYIN_THINGS))
_PEOPLE = frozenset(ROLES).union(
    *map(spellings, PEOPLE_IN_CHINESE),
    (initials for label in PEOPLE_IN_CHINESE if len(initials := initials_of(label)) >= _LEAST_SPELLED),
)
"""Whose a field is, in English and in letters for Chinese."""
_IN_FULL = short_forms(ROLES, THINGS) | ABBREVIATED
_CHINESE = frozenset(word for word in _CATEGORY_OF if not word.isascii() and len(word) > 1)
_SIZES_OF_CHINESE = sorted(set(map(len, _CHINESE)), reverse=True)
_CHINESE_FRIENDS = tuple(word for word in FALSE_FRIENDS if not word.isascii())
_LEAST_ENDING = 8
"""Letters of a label in pinyin that says the same behind whatever stands before it."""
_PINYIN = sorted(
    {*PINYIN, *(full for label in _LISTED if len(full := in_pinyin(label)) >= _LEAST_ENDING and full in _SPELLED)},
    key=len,
    reverse=True,
)
_COMMON = frozenset("person_name mobile landline email address".split())
"""What things have as well: a name, a telephone, an address."""
_AS_SIMPLIFIED = TRADITIONAL | str.maketrans(
    "別詳狀況現處實際訊職業學黨貫時間斷過殘單結納稅產審歲屬關係親婦兒孫爺媽寶種類條來歸個啟復員雙據賬戶車訴"
    "補貼發領寫錄農稱樓層棟區縣鎮鄉術藥廠廳構書籤簽選項內備註說總數額費繳經濟營務運輸遞貨購買賣離異縮舊師團隊領導",
    "别详状况现处实际讯职业学党贯时间断过残单结纳税产审岁属关系亲妇儿孙爷妈宝种类条来归个启复员双据账户车诉"
    "补贴发领写录农称楼层栋区县镇乡术药厂厅构书签签选项内备注说总数额费缴经济营务运输递货购买卖离异缩旧师团队领导",
)
"""Labels in traditional characters, which name the same fields."""
_OF_NUMBER = ("number", "no", "num", "numb", "nbr", "code", "haoma", "hao", "号码", "编号")
"""What names of numbers end with as well as with `no` and 号."""
_MORE = frozenset("dtl detl dtls detail details info str text txt desc line xx".split())
"""What is said behind the name of a field that says more of the same."""
_SHOWN_AS = frozenset("text value val str desc txt show display input old new code name dm mc".split())
"""What is said behind the name of a field of how it is shown."""
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
_REACHED = frozenset("bill invoice notify link login bank account handler register contract order".split())
"""Things before a telephone, a mail or an address by which somebody is reached for them."""
_ACCOUNTS = ("账号", "账户", "帐号", "帐户", "卡号", "卡卡号", "工资卡")
_EITHER = re.compile("[/、及]")
_PAID = re.compile("[款钱薪存]|储蓄|[入到进转出]账|[打发报]卡|金(?!额)")
"""Before 账号 and the like, they say that money is paid to it or from it."""
_LATIN_IN_LABELS = ("qq", "email", "vin", "openid", "unionid")
_NAMED = re.compile("(?:[人者生员户客师童孩亲友民婴]|[业房机户船车]主)名$")
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_IN_BRACKETS = re.compile(r"[(（]([\u4e00-\u9fff]{2,8})[)）]$")
"""Whose a number is, or of what, said last: 档案编号(驾驶证)."""
_PATH = re.compile(r"^[^\s]*?[.\[/][0-9]+\]?[.\[/](?=[^0-9])")
"""What leads to an element of a list in a key that is a path: contacts.0.tel."""
_ASKING = re.compile(r"(?<=[\u4e00-\u9fff])(?:是|为)(?:什么|多少|谁|哪里|哪儿)?(?:呢|吗)?[??]?$|[??]$")
"""How labels end that ask: 姓名是?"""
_DROPPED = re.compile(r"[\s_\-.·:：*/\\#'\"@$%`{}~^!?=+|&]+")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_OF_LENGTH = re.compile(r"(?:[a-z]*id|[a-z]*(?:sfzh?|sfzhm|zjh|zjhm|idcard|card|idno|certno))(?:15|18)")
"""How many digits a number has, behind it: ID18."""
_LATIN = re.compile(r"[a-z0-9]+")
_NUMBERED = re.compile(r"[0-9]+$|(?<=\D)[0-9]{1,2}(?=\D)")
_MANY = ("s", "es", "list", "array", "列表")
_VOWEL = re.compile("[aeiou]")
"""What English words have, and initials of pinyin seldom."""
_STAFF_APART = re.compile(r"[b-df-hj-np-tw-z]{2,5}y$")
"""Initials of 某某员 as a word by themselves."""
_WHETHER = re.compile(r"(?:is|has|sf(?![zr]))[a-z]")
_OF_SOMEBODY = re.compile(r"[a-z]{1,6}r$")
"""Initials of 某某人."""
_OF_SOMEBODY_APART = re.compile(r"[b-df-hj-np-tw-z]{1,6}r$")
"""The same as a word by itself, among which those of English are: color, attr."""
_WHO_DOES = re.compile(r"[a-z]{3}(?:er|or|ee|ant|ist|person|man|woman)$")
"""How English words end for whoever does something, or has it done to them: claimant, trustee."""
_OF_STAFF = re.compile(r"[a-z]{2,5}[yr]$")
"""Initials of 某某员 and of 某某人."""
_LEAST_OF_SOMEBODY = 7
_SOMEBODY_IN_PINYIN = re.compile(rf"{SYLLABLE}{{1,4}}ren(?:xm)?")
_LEAST_UNPREFIXED = 4
"""Letters of initials that say what they mean behind letters that nobody knows."""
_SAYING = re.compile("[b-df-hj-np-tw-z]{2,}(?:dz|zz|xz|zl|hm|zjh|sfzh)")
"""Initials that end in those of an address (地址, 住址, 详址, 坐落) or a number (号码)."""
_LONGEST_ROLE = 6
_SHORTEST_SUFFIX = 2
_SHORTEST_OF_SJ = 3
_BARE = frozenset("name nm nme mc mingcheng title no code id number num type text value content".split())
"""Words that, without what stands around them, say nothing."""
_CODED = ("dm", "mc", "code", "name", "cd", "nm", "mingcheng", "daima", "代码", "名称")
_SPELLED_NAMES = ("xmpy", "xmhz", "xmqp")
"""姓名拼音, 姓名汉字, 姓名全拼."""
_ADDRESSES, _MORE_OF_ADDRESS = ("dz", "zz", "zd", "zl"), ("xx", "xz", "mc", "ms")
"""地址, 住址, 住地, 坐落, and behind them 信息, 详址, 名称, 描述."""
_INITIALS = frozenset(
    "xzz "
    "sfzh sfzhm sfzmhm sfzjhm sfzjh gmsfhm gmsfzhm gmsfzh zjhm sjhm yddh lxdh lxfs gddh bgdh jtdh dzyx dzyj xxdz lxdz "
    "jtzz jtdz txdz jzdz hjdz hkszd yhkh khyhzh sbkh ybkh gjjzh tyshxydm hphm cphm clsbdh hzhm csrq hyzk zzmm "
    "nsrsbh sjh sfz".split()
)


def key_that_tells(category: str) -> str:
    """What a field may be called that holds *category*; empty where no name says that."""
    return BASES.get(category, "").partition(" ")[0]


def is_label_of(text: str, category: str) -> bool:
    """Whether *text* is one of the Chinese labels of *category*: then it stands for a value, and is none."""
    return not text.isascii() and _LISTED.get(text.strip()) == category


@functools.lru_cache(maxsize=8192)
def category_of_key(key: str) -> str | None:
    """The category of personal data that a field or a label called *key* holds, as far as its name says; else None."""
    told = _category_of(key)
    if told is None and not key.isascii() and (bracket := _IN_BRACKETS.search(key)) is not None:
        told = _of_label(bracket[1] + key[: bracket.start()])
    if told is None:
        bare = (each for each in unwrapped(unicodedata.normalize("NFKC", key).strip()) if each.lower() not in _BARE)
        told = next(filter(None, map(_category_of, bare)), None)
    return told


def _category_of(key: str) -> str | None:
    plain = unicodedata.normalize("NFKC", key).translate(_AS_SIMPLIFIED).replace("联络", "联系")
    plain = _ASKING.sub("", _PATH.sub("", plain))
    words = _DROPPED.sub("", plain).lower()
    if words in FALSE_FRIENDS or words in UNSURE:
        return None
    if words in _CATEGORY_OF:
        return _CATEGORY_OF[words]
    words = _NUMBERED.sub("", _DROPPED.sub("", _BRACKETS.sub("", plain)).lower())
    words = words or _NUMBERED.sub("", _DROPPED.sub("", plain).lower()).strip("()[]【】<>")
    if words in FALSE_FRIENDS or not words:
        return None
    if (item := item_in(plain.lower())) is not None:
        return item
    if _OF_LENGTH.fullmatch(_DROPPED.sub("", plain).lower()) is not None:
        return "resident_id"
    if words in _CATEGORY_OF:
        return _CATEGORY_OF[words]
    if words in NAMING_ROLES:
        return "person_name"
    if (numbered := _as_number(words)) is not None:
        return numbered
    many = next((end for end in _MANY if words.endswith(end) and words.removesuffix(end) in _CATEGORY_OF), None)
    if many is not None and (many not in ("s", "es") or _VOWEL.search(words) is not None):
        return _CATEGORY_OF[words.removesuffix(many)]
    if not _LATIN.fullmatch(words):
        return _of_label(words) or _of_either(plain)
    each = [word.lower() for word in _WORDS.findall(plain) if not word.isdigit()]
    each = _turned([word if word in _CATEGORY_OF else _in_full(word) for word in each])
    if "".join(each) in _CATEGORY_OF and "".join(each) not in FALSE_FRIENDS:
        return _CATEGORY_OF["".join(each)]
    if len(each) > 1 and each[-1] in _MORE:
        each = each[:-1]
        if "".join(each) in _CATEGORY_OF:
            return _CATEGORY_OF["".join(each)]
    told = _of_words(each) or _of_pinyin(words) or _of_initials(words) or _role_behind(each)
    return told or _of_tail(words)


def _of_tail(words: str) -> str | None:
    """What initials say with more behind them: of an address, that it is a whole one; of a name, how it is spelled."""
    if words.endswith(_SPELLED_NAMES):
        return "person_name"
    ends = len(words) > _LEAST_UNPREFIXED and words.endswith(_MORE_OF_ADDRESS) and words[:-2].endswith(_ADDRESSES)
    return "address" if ends and _category_of(words[:-2]) == "address" else None


def _as_number(words: str) -> str | None:
    """What a name says that ends with another word for a number: idNum, phoneNum, 证件编号."""
    for end in _OF_NUMBER:
        stem = words.removesuffix(end)
        if stem and stem != words:
            for other in ("no", "号", "号码", "h", "hm", ""):
                category = _CATEGORY_OF.get(stem + other) if other or end not in ("code", "编号") else None
                if (end == "code" and category == "email") or (end == "no" and stem.endswith("id")):
                    continue
                if category is not None and category not in QUASI and category not in ("person_name", "address"):
                    return category
    return None


def _role_behind(words: list[str]) -> str | None:
    """What a name says whose role stands behind it, or that says last how the value is shown: zjhm_sqr, xm_text."""
    if len(words) < 2 or words[-1] in THINGS or not (words[-1] in _SHOWN_AS or _is_role(words[-1], _OF_SOMEBODY_APART)):
        return None
    category = _CATEGORY_OF.get("".join(words[:-1])) or _of_words(words[:-1])
    if words[-2] in ADJECTIVES and words[-1] not in _SHOWN_AS:
        return None
    if words[-1] in ("code", "name", "dm", "mc") and category not in QUASI:
        return None
    return None if category == "free_text" else category


def _of_either(label: str) -> str | None:
    """What a label says that is two, either of which the field may hold: 姓名/名称."""
    parts = [part for part in _EITHER.split(label) if part.strip()]
    return next(filter(None, map(category_of_key, parts)), None) if len(parts) == 2 else None


def _of_label(words: str) -> str | None:
    """What a Chinese label says by its end."""
    for coded in _CODED:
        stem = words.removesuffix(coded)
        if stem != words and _CATEGORY_OF.get(stem) in QUASI:
            return _CATEGORY_OF[stem]
    if words.endswith(_CHINESE_FRIENDS):
        return None
    base = next((end for size in _SIZES_OF_CHINESE if (end := words[-size:]) in _CHINESE), None)
    base = base or next((word for word in _LATIN_IN_LABELS if words.endswith(word)), None)
    if base is None and words.endswith(_ACCOUNTS) and (_PAID.search(words) or any(word in words for word in MONEY)):
        return "bank_card"
    if base is None and (asked := asked_in_label(words)) is not None:
        return asked
    if base is None and (_NAMED.search(words) is not None or is_signed(words)):
        return "person_name"
    if base is None:
        is_role = words.endswith("人") and len(words) > 2 and not words.endswith(_NOT_SOMEBODY)
        return "person_name" if is_role and not words.startswith("是否") else None
    category = _CATEGORY_OF[base]
    before = words.removesuffix(base)
    if category == "person_name" and not base.endswith(("名", "名字")):
        return category if not before.startswith("是否") else None
    theirs = PUBLIC_LINES if category in ("mobile", "landline") else CHINESE_THINGS if category in _COMMON else ()
    if before.startswith("是否") or before.endswith(tuple(theirs)):
        return None
    if base in ("卡号", "卡卡号"):
        return next((held for word, held in OTHER_CARDS.items() if word in before), category)
    return None if category == "free_text" else category


def _of_words(words: list[str]) -> str | None:
    """What the words of a name in English, or in pinyin word by word, say by their end."""
    words = [word for word in words if not word.isdigit()]
    if len(words) < 2 or words[0] in VERBS:
        return None
    if words[-1] in _CODED and words[-1] not in ("name", "nm"):
        coded = _CATEGORY_OF.get("".join(words[:-1])) or _of_words(words[:-1])
        if coded in QUASI:
            return coded
    if words[-1] in _CODED and _CATEGORY_OF.get("".join(words[:-1])) in QUASI:
        return _CATEGORY_OF["".join(words[:-1])]
    for start in range(len(words)):
        category = _CATEGORY_OF.get("".join(words[start:])) or _as_number("".join(words[start:]))
        if category is None and words[start:] in (["account"], ["acct"]) and start and words[start - 1] in OF_MONEY:
            return "bank_card"
        if category is None:
            continue
        if "".join(words[start:]) in FALSE_FRIENDS:
            return None
        before = words[:start]
        if words[start:] in (["xing"], ["ming"]) and before and before[-1] not in _PEOPLE | {"pinyin", "py"}:
            return None
        if words[start:][0] == "card" and "".join(before) in OTHER_CARDS:
            return OTHER_CARDS["".join(before)]
        reached = before and category != "person_name" and before[-1] in _REACHED
        named = category != "person_name" or words[-1] in ("name", "names") or words[start] == "name"
        whose = before[-1] if before and words[start] not in _PEOPLE else ""
        reached = reached or (whose in DOERS and category in ("mobile", "landline"))
        if category in _COMMON and named and whose in THINGS and not reached and whose != "user":
            return None
        if category == "person_name" and words[start] == "name" and not _names_somebody(before):
            return None
        return category if category != "free_text" or not before else None
    return None


def _in_full(word: str) -> str:
    return _IN_FULL.get(word) or _IN_FULL.get(without_vowels(word), word)


def _turned(words: list[str]) -> list[str]:
    """*words*, with whose it is before what it is: nameOfApplicant. A number of people is a count."""
    if "of" not in words[1:-1] or words[0] in ("next", "head"):
        return words
    at = words.index("of", 1)
    what, whose = words[:at], words[at + 1 :]
    return (
        words if what[-1] in _OF_NUMBER and whose[-1].removesuffix("s") in _PEOPLE and len(what) == 1 else whose + what
    )


def _names_somebody(before: list[str]) -> bool:
    """Whether a name that these words stand before is that of a person."""
    if len(before) > 1 and before[-1] in _MORE | {"basic", "base", "data", "dto", "vo"}:
        before = before[:-1]
    return (
        not before
        or any("".join(before[start:]) in _PEOPLE for start in range(len(before)))
        or (_OF_SOMEBODY_APART.match(before[-1]) is not None and before[-1] not in THINGS)
        or _STAFF_APART.match(before[-1]) is not None
        or _SOMEBODY_IN_PINYIN.fullmatch(before[-1]) is not None
        or (_WHO_DOES.search(before[-1]) is not None and before[-1] not in THINGS)
    )


def _of_pinyin(words: str) -> str | None:
    """What pinyin that is written out says by its end."""
    if words.endswith("mingcheng") and words.removesuffix("mingcheng") in _PEOPLE:
        return "person_name"
    if words.endswith(("zhanghao", "zhanghu", "kahao", "kahaoma")) and any(word in words for word in PINYIN_OF_MONEY):
        return "bank_card"
    if len(words) >= _LEAST_OF_SOMEBODY and _SOMEBODY_IN_PINYIN.fullmatch(words) is not None:
        return "person_name"
    base = next((word for word in _PINYIN if words.endswith(word)), None)
    if base is None:
        return _of_sounds(words) if len(words) >= _LEAST_HEARD else None
    return None if words.removesuffix(base).endswith(tuple(PINYIN_THINGS)) else _CATEGORY_OF[base]


def _of_sounds(words: str) -> str | None:
    """What pinyin says by its end in which sounds are taken for each other."""
    heard = as_heard(words)
    end = next((end for end in _ENDS_AS_HEARD if heard.endswith(end)), None)
    return None if end is None or heard.removesuffix(end).endswith(_THINGS_AS_HEARD) else _AS_HEARD[end]


def _is_role(word: str, of_somebody: re.Pattern[str] = _OF_SOMEBODY) -> bool:
    by_initials = of_somebody.match(word) is not None or _STAFF_APART.match(word) is not None
    return word in _PEOPLE or by_initials or _SOMEBODY_IN_PINYIN.fullmatch(word) is not None


def _of_initials(words: str) -> str | None:
    """What initials of pinyin, or English words without anything between them, say."""
    if _WHETHER.match(words):
        return None
    for coded in _CODED:
        stem = words.removesuffix(coded)
        if stem != words and _CATEGORY_OF.get(stem) in QUASI:
            return _CATEGORY_OF[stem]
    if len(words) > _LONGEST_ROLE - 1 and words.endswith(("fddbr", "frdb")):
        return "person_name"
    if len(words) <= _LONGEST_ROLE and words[-3:] in NAMING_ROLES and words[-1] == "r":
        return "person_name"
    for start in range(1, len(words) - _SHORTEST_SUFFIX + 1):
        role, base = words[:start], words[start:]
        if base in ("yhzh", "zhhm"):  # by itself that of a user (用户) as well
            return "bank_card"
        if base in _INITIALS and (len(base) >= _LEAST_UNPREFIXED or start > 1):
            return _CATEGORY_OF[base]
        if len(base) >= _LEAST_UNPREFIXED and start > 1 and _SAYING.fullmatch(base) is not None and base in _LISTED:
            return _LISTED[base] if _LISTED[base] not in QUASI else None
        if base == "sj" and (
            _OF_SOMEBODY.match(role) is None or (len(role) < _SHORTEST_OF_SJ and role != "fr")
        ):  # 时间 more often than 手机
            continue
        if base == "xm" and (_OF_STAFF.match(role) or (len(role) > 2 and role.endswith(COMPOSED))):
            return "person_name"
        if (
            base == "mc"
            and len(role) > 2
            and not role.endswith("qy")
            and (_OF_SOMEBODY.match(role) or _STAFF_APART.match(role))
        ):
            return "person_name"
        if base == "qq" and role not in ROLES:
            continue
        if base in _CATEGORY_OF and base != "name" and role not in THINGS and _is_role(role):
            return _CATEGORY_OF[base]
        if base in ("name", "nm", "mc") and (role in _PEOPLE or role in NAMING_ROLES) and role not in ("user", "head"):
            return "person_name" if base != "mc" or role in NAMING_ROLES else None
    return None
