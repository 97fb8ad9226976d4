"""What names of fields say in Chinese government and business interfaces: pinyin, initials, English words, labels.

A name is a role and a base, as in `fddbrsfzjhm` (法定代表人 + 身份证件号码): a role is passed over, the base decides.
Here a name is looked up as a whole; what its end says is read in `key_in_chinese`, `key_in_english`, `key_in_pinyin`.
"""

import functools
import re
import unicodedata

from policies.recognisers.field_names.codes import item_in
from policies.recognisers.field_names.in_chinese import of_label
from policies.recognisers.field_names.in_english import MORE, in_full, of_words, one_of, parted, role_behind, turned
from policies.recognisers.field_names.in_pinyin import LEAST_UNPREFIXED, of_initials, of_pinyin
from policies.recognisers.field_names.labels import PEOPLE_IN_CHINESE
from policies.recognisers.field_names.meanings import CATEGORY_OF, LISTED, as_number
from policies.recognisers.field_names.morphemes import UNSURE, VERBS
from policies.recognisers.field_names.words import BASES, FALSE_FRIENDS, NAMING_ROLES, THINGS
from policies.recognisers.field_names.wrappers import unwrapped
from policies.recognisers.normalise import TRADITIONAL

_AS_SIMPLIFIED = TRADITIONAL | str.maketrans(
    "別詳狀況現處實際訊職業學黨貫時間斷過殘單結納稅產審歲屬關係親婦兒孫爺媽寶種類條來歸個啟復員雙據賬戶車訴"
    "補貼發領寫錄農稱樓層棟區縣鎮鄉術藥廠廳構書籤簽選項內備註說總數額費繳經濟營務運輸遞貨購買賣離異縮舊師團隊領導",
    "别详状况现处实际讯职业学党贯时间断过残单结纳税产审岁属关系亲妇儿孙爷妈宝种类条来归个启复员双据账户车诉"
    "补贴发领写录农称楼层栋区县镇乡术药厂厅构书签签选项内备注说总数额费缴经济营务运输递货购买卖离异缩旧师团队领导",
)
"""Labels in traditional characters, which name the same fields."""
_EITHER = re.compile("[/、及]")
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_IN_BRACKETS = re.compile(r"[(（]((?:qq|QQ)?[\u4e00-\u9fff]{1,8})[)）]$")
"""Whose a number is, or what it is of whom, said last: 档案编号(驾驶证), 申请人（电话）."""
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
_BARE = frozenset("name nm nme mc mingcheng title no code id number num type text value content".split())
"""Words that, without what stands around them, say nothing."""
_SPELLED_NAMES = ("xmpy", "xmhz", "xmqp")
"""姓名拼音, 姓名汉字, 姓名全拼."""
_DISTRICTS = re.compile("(?:ssxq?|sxq|xzqh|xzqhmc)$")
"""省市县区, 行政区划 behind the initials of a place."""
_ADDRESSES, _MORE_OF_ADDRESS = ("dz", "zz", "zd", "zl"), ("xx", "xz", "mc", "ms")
"""地址, 住址, 住地, 坐落, and behind them 信息, 详址, 名称, 描述."""


def key_that_tells(category: str) -> str:
    """What a field may be called that holds *category*; empty where no name says that."""
    return BASES.get(category, "").partition(" ")[0]


def is_label_of(text: str, category: str) -> bool:
    """Whether *text* is one of the Chinese labels of *category*: then it stands for a value, and is none.

    Before a label only somebody may stand whose it is: 监护人姓名 is a label, 王学生 and 高血压病史 are values.
    """
    if text.isascii():
        return False
    said = _DROPPED.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text))).lower() or text.strip()
    if LISTED.get(said) == category:
        return True
    begun = (said[:at].removesuffix("的") for at in range(len(said)) if LISTED.get(said[at:]) == category)
    return any(whose in PEOPLE_IN_CHINESE for whose in begun)


@functools.lru_cache(maxsize=8192)
def category_of_key(key: str) -> str | None:
    """The category of personal data that a field or a label called *key* holds, as far as its name says; else None."""
    told = _category_of(key)
    if told in (None, "person_name") and (bracket := _IN_BRACKETS.search(key)) is not None:
        told = _of_bracket(key[: bracket.start()], bracket[1]) or told
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
    if words in CATEGORY_OF:
        return CATEGORY_OF[words]
    words = _NUMBERED.sub("", _DROPPED.sub("", _BRACKETS.sub("", plain)).lower())
    words = words or _NUMBERED.sub("", _DROPPED.sub("", plain).lower()).strip("()[]【】<>")
    if words in FALSE_FRIENDS or not words:
        return None
    if (item := item_in(plain.lower())) is not None:
        return item
    if _OF_LENGTH.fullmatch(_DROPPED.sub("", plain).lower()) is not None:
        return "resident_id"
    if words in CATEGORY_OF:
        return CATEGORY_OF[words]
    if words in NAMING_ROLES:
        return "person_name"
    if (numbered := as_number(words)) is not None:
        return numbered
    many = next((end for end in _MANY if words.endswith(end) and words.removesuffix(end) in CATEGORY_OF), None)
    if many is not None and (many not in ("s", "es") or _VOWEL.search(words) is not None):
        return CATEGORY_OF[words.removesuffix(many)]
    if not _LATIN.fullmatch(words):
        return of_label(words) or _of_either(plain)
    each = [word.lower() for word in _WORDS.findall(plain) if not word.isdigit()]
    each = turned([word if word in CATEGORY_OF else in_full(word) for word in each])
    if "".join(each) in CATEGORY_OF and "".join(each) not in FALSE_FRIENDS:
        return CATEGORY_OF["".join(each)]
    if len(each) > 1 and each[-1] in MORE:
        if (told := of_words(each)) is not None:  # contactInfo is a telephone, contact is somebody
            return told
        each = each[:-1]
        if "".join(each) in CATEGORY_OF:
            return CATEGORY_OF["".join(each)]
    told = role_behind(each) or of_words(each) or of_pinyin(words) or of_initials(words) or _of_tail(words)
    told = told or of_words(one_of(each)) or (of_words(parted(words)) if len(each) == 1 else None)
    is_apart = told is None and len(each) > 1 and len(each[-1]) > LEAST_UNPREFIXED and each[0] not in VERBS
    is_apart = is_apart and _VOWEL.search(each[-1]) is None and each[-2] not in THINGS
    return of_initials(each[-1]) if is_apart else told


def _of_bracket(before: str, within: str) -> str | None:
    """What a label says by what stands within brackets at its end: whose it is, or of whoever it names, what."""
    whose, within = _DROPPED.sub("", before), within.lower()
    if whose in PEOPLE_IN_CHINESE or (whose.endswith("人") and of_label(whose) == "person_name"):
        return of_label(whose + within)
    return of_label(within + before) if _category_of(before) is None else None


def _of_tail(words: str) -> str | None:
    """What initials say with more behind them: of an address, that it is a whole one; of a name, how it is spelled."""
    if words.endswith(_SPELLED_NAMES):
        return "person_name"
    if (place := _DISTRICTS.search(words)) is not None and len(place[0]) < len(words):
        stem = _category_of(words[: place.start()])
        return stem if stem in ("address", "origin") else None
    ends = len(words) > LEAST_UNPREFIXED and words.endswith(_MORE_OF_ADDRESS) and words[:-2].endswith(_ADDRESSES)
    return "address" if ends and _category_of(words[:-2]) == "address" else None


def _of_either(label: str) -> str | None:
    """What a label says that is two, either of which the field may hold: 姓名/名称."""
    parts = [part for part in _EITHER.split(label) if part.strip()]
    return next(filter(None, map(category_of_key, parts)), None) if len(parts) == 2 else None
