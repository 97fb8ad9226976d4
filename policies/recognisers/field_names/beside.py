"""What is told of each value of an object by its key, by the keys above it and by those beside it: `told_beside`."""

import re
from collections.abc import Mapping
from typing import Any

from policies.recognisers.field_names.category import category_of_key
from policies.recognisers.field_names.guesses import OF_OTHERS, guessed, is_of_project, is_organisation, is_place
from policies.recognisers.field_names.meanings import CATEGORY_OF
from policies.recognisers.field_names.morphemes import PROJECTS
from policies.recognisers.field_names.words import FACTS, FALSE_FRIENDS, PEOPLE, QUASI, THINGS
from policies.recognisers.persons.names import COMPOUND_SURNAMES, SURNAMES

_NAME = re.compile(
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{1,8}}(?:[·•・][\u4e00-\u9fff]{{1,8}})+"
)
_NAME_KEYS = frozenset(("name", "mc", "title", "fullname"))
_VALUES = frozenset(
    "值 内容 答案 回答 字段值 属性值 填写内容 "
    "value val text content number no num code hm detail full line raw answer ans reply v a display".split()
)
"""Keys of what a value consists of, or of the value of a field of a form."""
_CHANGED = frozenset("old new before after oldval newval".split())
"""Keys of what a field held before somebody changed it, and of what it holds since."""
_FIELDS = frozenset(
    (
        "q n 字段 字段名 字段名称 名称 项目 项 问题 题目 标题 标签 属性 属性名 "
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
    "birth_date": _SAME | {"date", "year", "month", "day"},
    **dict.fromkeys(("mobile", "landline", "email"), _SAME | _REACHED_AT),
}
"""By what an object holds, the keys in it that say no more; else `_SAME`."""
_RESOURCES = frozenset("Patient Person RelatedPerson Practitioner".split())
"""Resources of FHIR that are people."""
_NO_TELEPHONE = ("url", "other")
_OF_ONE = frozenset("resident_id mobile landline birth_date sex".split())
_OF_SOMEBODY = frozenset("person_name resident_id birth_date sex".split())
"""What only people have, and so say of the initials before them that these are somebody's."""
_INITIALS_OF_WHOM = (2, 3, 4)
"""Letters of them."""
_OF_THINGS_TOO = frozenset("jg gj xl mz kh sj zb bz hh wx yx".split())
"""Initials that are those of things as well, which people have: 机构, 价格, 状态."""
_PART_OF_NAME = frozenset("number no num account".split())
"""Keys that say what they hold together with the one above: {"identity": {"number": …}}."""
_NO_ADDRESS = frozenset("use usage code type id status level lat lng".split())
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
_OF_UNIT = re.compile("[a-z](?:dw|jg|bm|gs|qy)$|(?:单位|机构|部门|公司|企业)$")
"""How keys of units, institutions, departments, companies and businesses end, in initials and in Chinese."""


def told_beside(value: Mapping[str, Any], above: str, category: str | None) -> dict[str, str | None]:
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
        elif own is None and word in _PART_OF_NAME and (whole := CATEGORY_OF.get(above.lower() + word)) is not None:
            told[key] = whole
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
    if not key.isascii() or not whose.isalpha() or whose in PROJECTS:
        return None
    if whose != key:
        is_told = any(own in _OF_ONE and name.lower().startswith(whose) for name, own in told.items())
        return "person_name" if is_told else None
    return next(filter(None, (_of_the_same(key[:end], key[end:], told) for end in _INITIALS_OF_WHOM)), None)


def _of_the_same(whose: str, what: str, told: Mapping[str, str | None]) -> str | None:
    """What initials hold that begin with *whose* and end with *what*, where others tell that these are somebody's."""
    category = None if whose in OF_OTHERS or what in _OF_THINGS_TOO else CATEGORY_OF.get(what)
    if category is None:
        return None
    others = (name.lower() for name, own in told.items() if own in _OF_SOMEBODY)
    beside = (name.removeprefix(whose) for name in others if name.startswith(whose))
    return category if any(CATEGORY_OF.get(other) in _OF_SOMEBODY for other in beside) else None


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
    if last in OF_OTHERS or last in THINGS or last.removesuffix("s") in THINGS or _OF_UNIT.search(last) is not None:
        return False
    if not FACTS.isdisjoint(map(str.lower, value)) and not any(own in _OF_ONE for own in told.values()):
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
