"""Names the values of a JSON document that are personal data, by their keys or by what they say: `find_values`.
`told_in` names those alone of which keys tell.

What a telling key holds is personal whatever it looks like: typing errors are personal data too. A value is named by
its JSON Pointer (RFC 6901). Where a string holds JSON, the pointer goes on into it, as if it were parsed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from policies.recognisers.find import find, find_each, reported
from policies.recognisers.key_guesses import guessed, is_of_project, is_organisation, is_place
from policies.recognisers.key_morphemes import PROJECTS
from policies.recognisers.key_tables import Columns, by_name, columns_of, is_rows, is_single_row, named_by_first
from policies.recognisers.key_words import FALSE_FRIENDS, PEOPLE, QUASI, THINGS
from policies.recognisers.keys_cn import category_of_key, is_label_of
from policies.recognisers.names import COMPOUND_SURNAMES, SURNAMES
from policies.recognisers.table import Hit

DEEPEST = 64
"""Levels, those of JSON in strings counted as well. What lies deeper is named as a whole."""
BY_KEY = "key"
_SURE = 0.95
_MAY_BE_JSON = re.compile(r"\s*[\[{]")
_SAYS_NOTHING = re.compile(
    r"\W*(?:[是否有无男女]|暂无|没有|不详|未知|未填写?|待补|n/?a|null|none|nil|true|false|yes|no|y|n)?\W*"
)
"""What forms are filled in with where there is nothing to say. The sexes are said by their own keys."""
_NAME = re.compile(
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{1,8}}(?:[·•・][\u4e00-\u9fff]{{1,8}})+"
)
_NAME_KEYS = frozenset(("name", "mc", "title", "fullname"))
_VALUES = frozenset(
    "value val text content number no num code hm detail full line raw answer ans reply v a display".split()
)
"""Keys of what a value consists of, or of the value of a field of a form."""
_CHANGED = frozenset("old new before after oldval newval".split())
"""Keys of what a field held before somebody changed it, and of what it holds since."""
_FIELDS = frozenset(
    (
        "q n "
        "key name label title field code fieldname itemname prop k column question attribute attr attrname paramname "
        "itemcode fieldcode paramcode attrcode itemkey fieldkey id questiontitle questionname fieldlabel fieldtitle "
        "itemtitle itemlabel"
    ).split()
)
"""Keys of what a field of a form is called."""
_OF_TYPE = frozenset("value val number no num v account".split())
"""Keys of what is of the type that stands beside."""
_KINDS = frozenset("type kind contacttype contactway channel system".split())
_PARTS_OF_NAME = frozenset("first last family given middle full prefix suffix".split())
"""Keys of what a name consists of, in an object of its own."""
_REACHED_AT = frozenset("home work office own main other primary secondary personal emergency daytime evening".split())
"""Keys of telephones and mailboxes of one person, in an object of their own."""
_LANGUAGES = frozenset("zh en cn tw hk zhcn zhtw enus local native latin pinyin py".split())
"""Keys of what one value is called in several languages."""
_SAME = _VALUES | _LANGUAGES | _CHANGED
_INSIDE = {
    "person_name": _SAME | _PARTS_OF_NAME,
    **dict.fromkeys(("mobile", "landline", "email"), _SAME | _REACHED_AT),
}
"""By what an object holds, the keys in it that say no more; else `_SAME`."""
_PASSED = frozenset("node edges _source properties".split())
"""Keys of what only wraps an element: what stands above them says what it is."""
_RESOURCES = frozenset("Patient Person RelatedPerson Practitioner".split())
"""Resources of FHIR that are people."""
_NO_TELEPHONE = ("url", "other")
_OF_ONE = frozenset("resident_id mobile landline birth_date sex".split())
_NO_ADDRESS = frozenset("code type id status level lat lng".split())
_TYPES = frozenset("zjlx zjlb certtype idtype cardtype certificatetype 证件类型 证件种类".split())
_BY_TYPE = {
    "护照": "passport",
    "passport": "passport",
    **dict.fromkeys(("通行证", "居住证", "回乡证", "台胞证", "permit"), "permit"),
    **dict.fromkeys(("信用代码", "营业执照"), "uscc"),
}
_FORMS = {
    "passport": re.compile("E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[GDSP][0-9]{8}"),
    "permit": re.compile("[HM][0-9]{8}(?:[0-9]{2})?|C[A-Z0-9][0-9]{7}"),
}
"""By what certificates are, numbers that no others have."""
_BESIDE_PROJECTS = frozenset("xmbh xmdm xmlx xmfl xmzt xmje je tzje ysje".split())
"""Numbers, kinds, states and amounts of projects."""
_CODES_OF_PLACES = frozenset("adcode areacode regioncode citycode districtcode villagecode xzqh xzqhdm xzqdm".split())
_OF_KIND = re.compile("(?:[Tt]ype|TYPE|[Kk]ind|lx|LX|类型|种类)$")
_OF_DRIVER = re.compile("jsz|jiazhao|jiashi|driv|驾驶证|驾照")
_ARCHIVE = re.compile("[0-9]{12}")
"""Form of the number of a driver's archive: that of a licence itself is the resident ID."""
_OF_PART = frozenset("role type relation identity gx 称谓 身份 角色 类型".split())
"""Keys of what part somebody has."""
_ASKS = re.compile("请(?:输入|填写|选择)|不能为空|格式(?:不|错|有)|必填|不(?:合法|正确|符合)|长度(?:不|应)")
"""In messages about a field, which stand under its name as well."""
_OF_UNIT = re.compile("[a-z](?:dw|jg|bm|gs|qy)$|(?:单位|机构|部门|公司|企业)$")
"""How keys of units, institutions, departments, companies and businesses end, in initials and in Chinese."""
_TIME = re.compile(r"20[0-9]{2}[\-/年][01]?[0-9][\-/月][0-3]?[0-9]")
_OF_NUMBER = re.compile("(?:[Nn]umber|NUMBER|号码?)$")
_LEAST_OF_TEXT = 7
"""Characters of running text: what is shorter is read by what it is called."""
_HAN = re.compile("[\u4e00-\u9fff]")
_OF_DEVICE = re.compile(
    r"(?:(?:last|login|client|user|remote|terminal|dl|zd|yh)_?){0,2}(?P<kind>ip|mac)(?:_?(?:addr(?:ess)?|dz|v[46]))?",
    re.IGNORECASE,
)
"""Keys of the address of a device, whosever it is; not that of a server or a gateway."""
_WEB = re.compile(r"(?:[a-z]+://|[0-9]{1,3}(?:\.[0-9]{1,3}){3})", re.IGNORECASE)


class Value(msgspec.Struct, frozen=True):
    """A value that is personal data."""

    pointer: str
    category: str
    score: float
    why: str
    """`key`, or what `Hit.why` says of what was found in the value."""


def find_values(document: Any, *, prose: bool = False) -> list[Value]:
    """The personal values in the parsed *document*, in its order.

    *prose*: also the texts in which a tagger finds names or addresses; raises NoWeights.
    """
    return find_values_each([document], prose=prose)[0]


def find_values_each(documents: Sequence[Any], *, prose: bool = False) -> list[list[Value]]:
    """The same of each of *documents*: the tagger takes less time for many texts at once."""
    leaves = [list(_within(document, "", "", None, DEEPEST)) for document in documents]
    texts = list({str(leaf.value) for each in leaves for leaf in each if prose and leaf.is_text()})
    read = dict(zip(texts, find_each(texts, prose=True), strict=True)) if texts else {}
    return [[value for leaf in each for value in leaf.values(read)] for each in leaves]


def told_in(document: Any) -> dict[str, str]:
    """By their pointers, what the values in the parsed *document* hold of which the keys above and beside them tell."""
    leaves = _within(document, "", "", None, DEEPEST)
    return {leaf.pointer: leaf.category for leaf in leaves if leaf.category is not None and leaf.is_told()}


class _Leaf(msgspec.Struct, frozen=True):
    """A value that is looked at as a whole, or a key (*is_key*)."""

    pointer: str
    value: Any
    key: str
    """The nearest above."""
    category: str | None
    """What keys say that it holds."""
    is_key: bool = False

    def is_told(self) -> bool:
        """Whether keys tell of it."""
        if isinstance(self.value, dict | list):
            return True
        if self.category is None or (_is_flag(self.value) and not self._is_of_number() and self.category not in QUASI):
            return False
        return _says_something(str(self.value), self.category)

    def _is_of_number(self) -> bool:
        """Whether the key says that a number stands under it: 1 is one, then, and no flag."""
        return self.value == 1 and _OF_NUMBER.search(self.key) is not None

    def is_text(self) -> bool:
        """Whether it is running text, of which no key tells what it holds."""
        return isinstance(self.value, str) and not self.is_key and not self.is_told() and _is_running(self.value)

    def values(self, read: Mapping[str, Sequence[Hit]]) -> Iterator[Value]:
        """What of it is personal data. *read*: what was found in texts that were read as such."""
        if self.is_told():
            yield Value(self.pointer, reported(self.category or "free_text"), _SURE, BY_KEY)
            return
        text = str(self.value)
        if self.is_key:
            hits = list(find(text)[:1])
        else:
            hits = [hit for hit in (read[text] if text in read else find(text)) if _counts(hit, text, self.key)]
            if not hits and isinstance(self.value, str):
                hits = _of_device(self.key, text)
        best = {hit.category: hit for hit in sorted(hits, key=lambda hit: hit.score)}
        yield from (Value(self.pointer, hit.category, hit.score, hit.why) for hit in best.values())


def _within(value: Any, pointer: str, key: str, category: str | None, left: int) -> Iterator[_Leaf]:
    """*key*: the nearest above; *category*: what the keys above say that *value* holds."""
    match value:
        case dict() if left:
            yield from _in_object(value, pointer, key, category, left)
        case list() if left and category is None and (columns := named_by_first(value)):
            for number, row in enumerate(value[1:], 1):
                yield from _in_row(row, columns, f"{pointer}/{number}", left - 1)
        case list() if left:
            for number, inner in enumerate(value):
                yield from _within(inner, f"{pointer}/{number}", key, category, left - 1)
        case None | bool():
            return
        case dict() | list():
            yield _Leaf(pointer, value, key, category)
        case _:
            yield from _single(value, pointer, key, category, left)


def _in_object(
    value: dict[str, Any],
    pointer: str,
    above: str,
    category: str | None,
    left: int,
    named: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[_Leaf]:
    """*named*: what fields hold of which a table tells."""
    told = _told(value, above, category) | {key: held for key, held in named.items() if key in value}
    heading, columns = columns_of(value)
    is_table = any(is_rows(key, inner, columns) for key, inner in value.items() if key != heading)
    for key, inner in value.items():
        step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if any(map(str.isdigit, key)):
            yield _Leaf(step, key, "", None, is_key=True)
        if key == heading and is_table and isinstance(inner, list) and all(isinstance(each, str) for each in inner):
            continue
        if columns and is_rows(key, inner, columns) and is_single_row(inner, columns):
            yield from _in_row(inner, columns, step, left - 1)
        elif columns and is_rows(key, inner, columns):
            for number, row in enumerate(inner):
                yield from _in_row(row, columns, f"{step}/{number}", left - 2)
        else:
            yield from _within(inner, step, above if key in _PASSED else key, told[key], left - 1)


def _in_row(row: Any, columns: Columns, pointer: str, left: int) -> Iterator[_Leaf]:
    if isinstance(row, dict) and (named := by_name(columns)) and left > 0:
        yield from _in_object(row, pointer, "", None, left, named)
        return
    if not isinstance(row, list) or len(row) != len(columns):
        yield from _within(row, pointer, "", None, max(left, 0))
        return
    for number, (cell, (name, category)) in enumerate(zip(row, columns, strict=True)):
        yield from _within(cell, f"{pointer}/{number}", "", category or guessed(name, cell), max(left, 0))


def _told(value: Mapping[str, Any], above: str, category: str | None) -> dict[str, str | None]:
    """What is told of each value of an object, by its key, by the keys above it and by those beside it."""
    told = {key: category_of_key(key) for key in value}
    if value.get("resourceType") in _RESOURCES and "identifier" in value:
        told["identifier"] = "resident_id"
    named = {_bare(key): key for key in value}
    form = next((key for key in value if _named_by(key, value[key]) is not None), None)
    if _OF_KIND.search(above) is not None:  # a kind of certificates has a name and a code
        form = None
    if form is not None:
        held = _named_by(form, value[form])
        of_form = _OF_TYPE if _bare(form) in _KINDS else _VALUES
        if len(_CHANGED & named.keys()) > 1:  # by itself, `new` counts what is new as well
            of_form |= _CHANGED
        if form.lower() == "system":  # a program as well, with accounts and numbers of its own
            of_form = frozenset(("value",))
        told |= {named[word]: held for word in named if word in of_form or word.endswith(("value", "answer"))}
    for key, own in told.items():
        word = _bare(key)
        if key == form:
            told[key] = None
        elif word in _NAME_KEYS and own in (None, "person_name"):
            named_one = not is_organisation(value[key]) and _is_of_person(value, key, above, told)
            told[key] = "person_name" if named_one else None
        elif own == "person_name" and (is_organisation(value[key]) or _is_project(value, key, told)):
            told[key] = None
        elif own == "resident_id":
            is_archive = _OF_DRIVER.search(word) is not None and _ARCHIVE.fullmatch(str(value[key]).strip()) is not None
            told[key] = "driving_licence" if is_archive else _by_type(value, named, str(value[key])) or own
        elif own is None and category is not None and word not in FALSE_FRIENDS:
            inherits = (
                word not in _NO_ADDRESS
                if category == "address"
                else word.replace("_", "") in _INSIDE.get(category, _SAME)
            )
            told[key] = category if inherits else guessed(key, value[key])
        elif (
            own is None and word == "value" and above.lower() == "telecom" and value.get("system") not in _NO_TELEPHONE
        ):
            told[key] = "mobile"
        elif own is None:
            told[key] = guessed(key, value[key]) or _by_namesakes(word, told)
    return told


def _is_project(value: Mapping[str, Any], key: str, told: Mapping[str, str | None]) -> bool:
    """Whether `xm` is here what it is short for as well: a project (项目), as what it holds and stands beside says."""
    if key.lower() != "xm" or any(own in _OF_ONE for own in told.values()):
        return False
    beside = {name.lower().replace("_", "") for name in value}
    return is_of_project(value[key], beside_others=not beside.isdisjoint(_BESIDE_PROJECTS) and "xmmc" not in beside)


def _by_namesakes(key: str, told: Mapping[str, str | None]) -> str | None:
    """What initials mean that end in those of 姓名 and of 项目, where another field tells of the same somebody."""
    whose = key.removesuffix("xm").rstrip("_")
    if whose == key or not whose.isalpha() or not whose.isascii() or whose in PROJECTS:
        return None
    return (
        "person_name" if any(own in _OF_ONE and name.lower().startswith(whose) for name, own in told.items()) else None
    )


def _named_by(key: str, name: Any) -> str | None:
    """What the field of a form holds of which *name* stands under *key*: a label, one with its language, or a type."""
    if isinstance(name, list) and name and isinstance(name[0], dict):
        name = name[0].get("text")
    if _bare(key) not in _FIELDS | _KINDS or not isinstance(name, str):
        return None
    category = category_of_key(name)
    return None if _bare(key) == "id" and category in QUASI else category


def _bare(key: str) -> str:
    """*key* in small letters, without the marks of attributes and texts of XML in JSON: @name, #text, _text."""
    return key.lower().lstrip("@#_$") or key


def _is_of_person(value: Mapping[str, Any], key: str, above: str, told: Mapping[str, str | None]) -> bool:
    """Whether a field that is only called `name` names a person."""
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\u4e00-\u9fff]+", above)]
    last = words[-1] if words else ""
    if last in PEOPLE or last.removesuffix("s") in PEOPLE or category_of_key(above) == "person_name":
        return True
    if last in THINGS or last.removesuffix("s") in THINGS or _OF_UNIT.search(last) is not None:
        return False
    if key.lower() == "fullname" and told[key] is not None:
        return True
    text = value[key]
    coded = any(name.lower().replace("_", "") in _CODES_OF_PLACES for name in value)
    if is_place(text, beside_code=coded) and not any(own in _OF_ONE for own in told.values()):
        return False
    if key.lower() == "name" and _has_parts_of_name(text):
        return True
    if key.lower() == "title" or not isinstance(text, str):
        return False
    if text.endswith("族"):
        return False
    if any(key.lower() in _OF_PART and category_of_key(str(part)) == "person_name" for key, part in value.items()):
        return True
    beside = any(own not in (None, "free_text", "uscc") for name, own in told.items() if name != key)
    return beside or _NAME.fullmatch(text.strip()) is not None


def _has_parts_of_name(name: Any) -> bool:
    """Whether *name* is an object, or a list of objects, whose keys are those of the parts of a person's name."""
    if isinstance(name, list):
        return bool(name) and all(map(_has_parts_of_name, name))
    return isinstance(name, dict) and len(_PARTS_OF_NAME.intersection(map(str.lower, name))) > 1


def _by_type(value: Mapping[str, Any], named: Mapping[str, str], number: str) -> str | None:
    """What a certificate is whose type stands beside its *number*; this tells where the type is only a code."""
    told = next((str(value[key]).lower() for word, key in named.items() if word.replace("_", "") in _TYPES), "")
    said = next((category for word, category in _BY_TYPE.items() if word in told), None)
    if said is None and told.isdigit():
        said = next((category for category, form in _FORMS.items() if form.fullmatch(number.strip().upper())), None)
    return said


def _single(value: Any, pointer: str, key: str, category: str | None, left: int) -> Iterator[_Leaf]:
    if isinstance(value, str) and left and _MAY_BE_JSON.match(value) is not None:
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            pass
        else:
            yield from _within(inner, pointer, key, category, left - 1)
            return
    yield _Leaf(pointer, value, key, category)


def _is_flag(value: Any) -> bool:
    return isinstance(value, int) and value in (0, 1)


def _says_something(text: str, category: str) -> bool:
    """Whether a value under a telling key is one: no word for nothing, no text in which somebody may be."""
    if category == "free_text":
        return False
    if category in ("sex", "marriage"):
        return bool(text.strip())
    if is_label_of(text, category) or _ASKS.search(text) is not None:
        return False
    if category == "address" and _WEB.match(text) is not None:
        return False
    if category == "mobile" and _TIME.match(text) is not None:  # sj is 时间 as well
        return False
    return _SAYS_NOTHING.fullmatch(text.lower()) is None


def _counts(hit: Hit, text: str, key: str) -> bool:
    """Whether what looks like somebody's number is one, under a key that says that it is a number of a thing."""
    alone = hit.end - hit.start >= len(text.strip())
    return not (alone and hit.why == "pattern" and hit.category != "email" and _is_of_thing(key))


def _of_device(key: str, text: str) -> list[Hit]:
    """The address of a device that *text* is, as it is found behind a label, where *key* says that it holds one."""
    told = _OF_DEVICE.fullmatch(key)
    if told is None:
        return []
    kind = told["kind"].lower()
    return [hit for hit in find(f"{kind}:{text.strip()}") if hit.category == kind]


def _is_running(text: str) -> bool:
    """Whether *text* is more than what something is called: a sentence, or several words."""
    return len(text) >= _LEAST_OF_TEXT and _HAN.search(text) is not None


_SERIAL = re.compile(
    r"(?:order|serial|trade|trace|batch|track|request|version|model|sku|hash|token|time(?:stamp)?|sn|seq|uuid|isbn|ean"
    r"|ddh|lsh|slbh|ywlsh|bh|bianhao|kddh|xlh|编号|单号|流水号?|序列号|型号|时间戳|受理号)(?:_?(?:no|id|number|code))?$",
    re.IGNORECASE,
)


def _is_of_thing(key: str) -> bool:
    return _SERIAL.search(key) is not None or key.lower() in FALSE_FRIENDS
