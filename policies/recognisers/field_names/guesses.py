"""What fields hold whose names say it only together with what stands in them: `ywxm` is an English name (英文姓名) or
an item of business (业务项目), `userName` a person or an account, `zl` where a house lies (坐落) or some papers (资料).
"""

import functools
import re
from typing import Any

from policies.recognisers.field_names.morphemes import DOERS, PROJECTS
from policies.recognisers.field_names.words import FALSE_FRIENDS, ROLES, THINGS
from policies.recognisers.field_names.wrappers import unwrapped
from policies.recognisers.normalise import normalise
from policies.recognisers.persons.names import COMPOUND_SURNAMES, SURNAMES
from policies.recognisers.persons.pinyin import SYLLABLE, is_name_in_pinyin
from policies.recognisers.persons.words import ALL_SURNAMES, TRANSLITERATING

_NAMES = frozenset(
    (
        "accountname acctnm username usernm usrname usrnm loginname nickname alias receiver sender yg bg ygmc bgmc "
        "mfmc syr fx zwm ywm pym creator creatorname createby createdby createuser createusername updateby "
        "updatedby updater updateuser modifier modifiedby auditor auditby approver approvedby reviewer operator "
        "oper author assignee responsible principal manager leader linkname vipname loanname 用户 用户名 用户名称 "
        "昵称 作者 创建人 操作员 czy khmc lawyer uname toname fromname czzt fr "
        "zwx ywx caller people persons members attendees participants names 称呼 签名 签字 "
        "lastmodifier lastmodifiedby lastupdatedby lastupdater sname tname"
    ).split()
)
_PLACES = frozenset("zl zlwz weizhi wz location street position place didian szwz 位置 地点 坐落位置".split())
_ACCOUNTS = frozenset("yhzh zh zhanghao account acct pan accountid acctid 账号 帐号 账户".split())
_PHONES = frozenset("cell lxsj number callee caller callno dial 号码".split())
_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
LIKE_NAME = re.compile(
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])(?:[ ]{{0,3}}[{_HAN}*某×○]){{1,2}}"
    rf"|[{_HAN}]{{1,8}}(?:[·•・.][{_HAN}]{{1,8}})+"
)
"""A name in Chinese characters, some of them perhaps hidden or set apart."""
_ALONE = ALL_SURNAMES
"""Surnames that people leave it at."""
_TITLED = re.compile(
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])[{_HAN}]{{0,2}}(?:先生|女士|小姐|太太|师傅|同志|阿姨|大爷|大妈|老师|医生)"
)
_REMARK = re.compile(r"[ ]*[(（\[][^()（）\[\]]{1,12}[)）\]]$")
_LIKE_PLACE = re.compile(
    rf"(?=[^\n]{{0,60}}[{_HAN}])[^\n]{{1,60}}?[0-9一二三四五六七八九十](?:号|幢|栋|座|单元|室|弄|组|楼|户|队)"
)
_NUMBER = re.compile(r"[0-9*][0-9*xX() +\-]*")
_LIKE_PHONE = re.compile(r"1[3-9][0-9*]{9}$|0[0-9]{2,3}-?[2-8][0-9]{6,7}$")
_LEAST_OF_ACCOUNT, _LEAST_OF_PHONE, _MOST_OF_PHONE = 12, 7, 15
_SOMEBODY = re.compile("[a-z]{0,4}[b-df-hj-np-tw-z][b-df-hj-mp-tw-z]r|[a-z]{2,4}ry")
"""Initials of 某某人, of 某某人员, and not of 内容."""
_OF_ACCOUNT = re.compile("(?!(?:bdc|fc|td|xk|yy|zc|zg|jg|sy|xw|by|jh|lh|cs|hg|js|pz|dj)?(?:q|z|zs)?zh$)[a-z]{2,8}zh")
"""Initials of an account (账号), and not of the number of a certificate (证号)."""
_OF_PERSONS = re.compile(
    "[员者师警官妇]$|[校院园局处科主站所队组班村镇区市楼会]长$|对象$|主体$|代表$|领导$|书记$|干部$|主任$|选手$|家属$|亲属$|[河湖林田路栋元组]长$|法官|医生|护士|司机|账户名称?$|户名$|家庭成员$|管家$|(?:[人者员]|[业房机户船车]主)(?:信息|情况)$|农户$|租户$"
)
"""How labels of people end, and of other things as well."""
_ACTING = re.compile(
    rf"(?:{'|'.join(DOERS)})(?:full)?(?:name|nm)$|^(?:{SYLLABLE}){{1,4}}(?:yuan|zhang|zhe|guan|sheng|zhu|jing|hu|ke|fang|duixiang|laoshi|xuanshou|jiashu)$"
)
"""How names of fields end for whoever does something, a machine or an office perhaps."""
_ACTING_ALONE = re.compile("[A-Z]?[a-z]{2,}(?:er|or|ee|ant|ist)|[A-Z]{3,}(?:ER|OR|EE|ANT|IST)")
_WRAPPED_NAME = re.compile(
    "(?:[a-zA-Z]_|[a-z]+:|str_?|vc_?|txt_?|lbl_?|hid_?|edt_?|tb_?|sbj_?|[cfsvtpn](?=N))(?:[Nn]ame|NAME)"
)
"""A mere name in a wrapping that says nothing: c_name, txtName."""
_OF_ORGANISATION = re.compile(rf"[{_HAN}A-Za-z()]{{2,60}}(?:(?<=公司|集团|政府)|(?<=合作社|委员会|事务所))")
_OF_PROJECT = re.compile(
    rf"[{_HAN}A-Za-z0-9()]{{0,60}}(?<=工程|项目|改造|建设|采购|服务|系统|平台|补贴|补助|津贴|低保|救助|救济|供养|抚恤|保险)"
)
_LEAST_OF_PROJECT = 4
"""Characters of what projects are called, where only what stands beside says that it is one."""
_OF_PLACE = re.compile(rf"[{_HAN}]{{1,10}}家[村庄屯寨]|[{_HAN}]{{2,10}}[区县]")
_LIKE_DISTRICT = re.compile(rf"[{_HAN}]{{1,20}}[村镇乡县市区州盟旗省屯寨庄路街]")
_OF_PLACE_IN_INITIALS = re.compile("([b-df-hj-np-tw-z]{2,4})(?:dz|zz|zl)")
"""Initials of an address (地址, 住址, 坐落), and whose."""
OF_OTHERS = frozenset(
    "sx lc cl "
    "dw gs qy jg bm zc jy bg xx yy wz ip mac lj tp wj hy hd kc sb xm gc sg ck dp fw wd ws yl jc gz ct tc xt jk".split()
)
"""Initials of units, businesses, offices, schools, sites, links, meetings and the like."""
_INITIALS = re.compile(rf"[a-z]{{3,8}}|{SYLLABLE}+xm")
_MANY = re.compile("(?:_?[Ll]ist|_?[Aa]rray|s)$")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def guessed(key: str, value: Any) -> str | None:
    """What the field *key*, of which the name alone does not tell, holds where *value* says the same; else None."""
    if isinstance(value, list):
        if not value or not all(isinstance(each, str | int) for each in value):
            return None
        each = {guessed(_MANY.sub("", key), one) for one in value}
        return each.pop() if len(each) == 1 else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = normalise(str(value)).text.strip()
    return next(filter(None, (_guessed(words, text, names=names) for words, names in _read(key))), None)


@functools.lru_cache(maxsize=8192)
def _read(key: str) -> tuple[tuple[str, bool], ...]:
    """The letters of *key* as it stands and without what wraps it, and of each whether it may name somebody."""
    letters = ((each, re.sub(r"[\s_\-.]+", "", each).lower().rstrip("0123456789")) for each in (key, *unwrapped(key)))
    return tuple((words, _may_name(words, each)) for each, words in letters)


def _guessed(words: str, text: str, *, names: bool) -> str | None:
    if names and is_like_name(text):
        return "person_name"
    if words in _PLACES and _LIKE_PLACE.match(text) is not None:
        return "address"
    initials = _OF_PLACE_IN_INITIALS.fullmatch(words)
    if initials is not None and initials[1] not in OF_OTHERS and _LIKE_PLACE.match(text) is not None:
        return "address"
    digits = sum(map(str.isdigit, text)) if _NUMBER.fullmatch(text) is not None else 0
    if (words in _ACCOUNTS or _OF_ACCOUNT.fullmatch(words) is not None) and digits >= _LEAST_OF_ACCOUNT:
        return "bank_card"
    may_be_phone = words in _PHONES or (
        (words.endswith(("dh", "hm", "号码")) or (words.removesuffix("sj") in ROLES and words not in FALSE_FRIENDS))
        and _LIKE_PHONE.match(text) is not None
    )
    return "mobile" if may_be_phone and _LEAST_OF_PHONE <= digits <= _MOST_OF_PHONE else None


def is_like_name(text: str) -> bool:
    """Whether all of the normalised *text* looks like the name of a person, with a remark behind it perhaps."""
    text = _REMARK.sub("", text)
    if text in _ALONE or _TITLED.fullmatch(text) is not None:
        return True
    return LIKE_NAME.fullmatch(text) is not None or (" " in text and is_name_in_pinyin(text))


def is_organisation(value: Any) -> bool:
    """Whether *value* is what an organisation is called, and nobody's name beside it."""
    return isinstance(value, str) and _OF_ORGANISATION.fullmatch(normalise(value).text.strip()) is not None


def is_of_project(value: Any, *, beside_others: bool) -> bool:
    """Whether *value* is what a project or an item is called. *beside_others*: whether it stands beside their facts."""
    text = normalise(value).text.strip() if isinstance(value, str) else ""
    if not text or is_like_name(text):
        return False
    spelled = all(char in TRANSLITERATING for char in text)
    of_words = beside_others and len(text) >= _LEAST_OF_PROJECT and not spelled and re.fullmatch(rf"[{_HAN}]+", text)
    return bool(of_words) or _OF_PROJECT.fullmatch(text) is not None


def is_place(value: Any, *, beside_code: bool) -> bool:
    """Whether *value* is what a village, a district or a county is called, or any place beside the code of one."""
    if not isinstance(value, str):
        return False
    text = value.strip()
    return _OF_PLACE.fullmatch(text) is not None or (beside_code and _LIKE_DISTRICT.fullmatch(text) is not None)


def _may_name(words: str, key: str) -> bool:
    """Whether a field may name somebody: by the word, by initials that end in those of 姓名, as whose it is."""
    if words in _NAMES or words.removesuffix("name") in _NAMES or words.endswith("jtcy"):
        return True
    if words.endswith("xm") and _INITIALS.fullmatch(words) is not None:
        return words.removesuffix("xm") not in PROJECTS
    if words in FALSE_FRIENDS:
        return False
    if _SOMEBODY.fullmatch(words) is not None and not words.endswith("addr"):
        return True
    if _OF_PERSONS.search(key) is not None:
        return True
    acting = _ACTING_ALONE.fullmatch(key) is not None and words not in THINGS
    if acting or _ACTING.search(words) is not None or _WRAPPED_NAME.fullmatch(key) is not None:
        return True
    last = next((word.lower() for word in reversed(_WORDS.findall(key))), "")
    return (last in ROLES or last == "person") and len(last) > 3 and last not in ("relation", "family")
