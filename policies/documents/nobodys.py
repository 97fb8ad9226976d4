"""What stands where a label tells of somebody, and is nobody's all the same by what it says.

A label hides what stands behind it whatever that is. But forms, tables and configurations name organisations where
people are named, public lines where telephones are, words of programs where they name anything, and say of what kind a
value is to be. Such a value is read as running text instead: what in it is somebody's is hidden as anywhere else.
"""

import re
from functools import lru_cache

from policies.documents.heading_words import KIND, category_of_heading, is_nobodys
from policies.recognisers.field_names.guesses import is_of_project
from policies.recognisers.normalise import normalise
from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.pet_names import may_be_called
from policies.recognisers.persons.pinyin import is_name_in_pinyin
from policies.recognisers.persons.words import ALL_SURNAMES

_HAN = "\u4e00-\u9fff"
LONGEST = 64
"""Characters of what is looked at: an organisation is called by fewer."""
_OF_PROGRAMS = re.compile(r"[a-z0-9_./:@*${}%\- ]+|[A-Z][A-Z0-9_]+|[a-z]+(?:[A-Z][a-z0-9]*)+")
_STEP = re.compile("[A-Z][a-z]+(?: [a-z0-9]+)+")
"""What a configuration calls a step that it takes: names of people begin each word with a capital."""
_LINK = re.compile(r"[a-z+]{2,12}://|/[a-z]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?$")
"""How an address of the web begins, or a path, or an address of the network: nobody lives there."""
_ROOM = re.compile("[0-9]{1,4}(?:[-#][0-9]{1,4}[A-Za-z]?){1,3}")
"""A house, its door and a room: 3-2-501."""
_NUMBERS = frozenset(
    "mobile landline resident_id bank_card bank_account uscc social_no medical_no passport permit plate vin "
    "driving_licence housing_fund".split()
)
_LONG_NUMBERS = _NUMBERS - {"mobile", "landline", "social_no", "medical_no", "housing_fund"}
_COUNT = re.compile("[0-9]{1,3}")
"""How many there are, or what they cost: 普通护照, 120. Nobody's number of that kind is as short."""
_NO_NUMBER = re.compile(r"[a-z_\- ]{3,}")
"""What programs say of such a number: `show`, `not null`."""
_DIGITS = re.compile("[0-9A-Za-z*×〇零一二两三四五六七八九十幺壹贰叁肆伍陆柒捌玖]")
_SPELLED = re.compile(f"[{_HAN}]+")
_GENERIC = frozenset("name address addr contact host".split())
"""Keys that programs call things by as well: what is a word of theirs behind one is nobody's."""
_CALLED = frozenset("name".split())
"""Those of them behind which a person stands only where that may be one's name."""
_ENDS_OF_ORGANISATIONS = (
    "公司 集团 政府 合作社 信用社 委员会 事务所 中心 学校 小学 中学 大学 学院 幼儿园 托儿所 医院 诊所 卫生院 "
    "卫生室 药房 药店 银行 支行 分行 分理处 营业部 营业所 办公室 服务部 服务站 服务所 经营部 门市部 商行 商店 "
    "超市 酒店 饭店 餐饮店 餐馆 旅馆 宾馆 村委会 居委会 协会 学会 商会 工会 联合会 基金会 研究院 研究所 设计院 "
    "派出所 管理处 管理所 管理站 办事处 街道办 党支部 支部 支队 大队 中队 报社 出版社 杂志社 旅行社 敬老院 养老院 "
    "福利院 护理院 图书馆 文化馆 博物馆 纪念馆 法院 检察院 局 厅 署 厂 专户 基本户"
).split()
_ORGANISATION = re.compile(
    f"[{_HAN}A-Za-z0-9()]{{2,60}}"
    f"(?:{'|'.join(_ENDS_OF_ORGANISATIONS)}|(?<=[省市县区州镇乡])第?[一二三四五六七八九十]+中)"
)
_OFFICE = re.compile(
    rf"[{_HAN}]{{2,12}}[局厅处部室站厂署办]|(?![{''.join(sorted(ALL_SURNAMES))}])[{_HAN}]{{2,12}}[科股]"
)
"""A part of an organisation."""
_PART_OF_ORGANISATION = re.compile(
    rf"[{_HAN}]{{1,20}}(?:局|厅|委|署|中心|政府|公司|医院|法院|检察院|学校|大学|学院|街道办?|办事处)[{_HAN}]{{2,8}}[科股处室部站办]"
)
"""One behind what it is a part of, whatever surname that begins with: 区医保局参保科."""
_LAST = frozenset("局厅处部室站厂署办科股中") | {each[-1] for each in _ENDS_OF_ORGANISATIONS}
"""How what is called so ends."""
_POST = re.compile(
    f"(?![{SURNAMES}])[{_HAN}]{{2,8}}(?:人员|领导|部门|科室|负责人|管理员|小组|专班|工作组|单位)|窗口|窗口人员|责任单位|(?:超级|系统|普通)?(?:管理|操作|审核|审批|维护)员|(?:匿名|普通|注册)?用户|游客"
)
"""Who does something, by the post: 窗口人员, 分管领导."""
_HOUSE = re.compile("[0-9一二三四五六七八九十](?:号|栋|幢|单元|室|层|楼)")
"""What tells where it is as well."""
_PUBLIC_LINE = re.compile(
    r"(?:0[0-9]{2,3}-?)?12[0-9]{3}|95[0-9]{3,4}|96[0-9]{3,4}|100(?:00|01|10|86)|11185|11183|[48]00-?[0-9]{3}-?[0-9]{4}"
)
"""The lines of the state, of carriers, banks and firms that anybody calls: 12345, 95598, 400-810-6666."""
_TO_FILL_IN = re.compile(
    r"[$#]?\{{1,2}[\w.]{1,40}\}{1,2}|\$\w{1,40}|(?:请(?:输入|填写|选择|填|选)|[必选]填|非必填)[^0-9]{0,20}"
    r"|[(]?(?:盖章|签章|签字|签名|公章|手印)[)]?[年月日 ]*|[ ○□◯☐]{0,3}男[ /、|○□◯☐]{0,6}女[ ○□◯☐]{0,3}"
    r"|(?:不能为空|不可为空|不得|必须|格式|长度|位数|为空|未填[写报全]|错误|有误|无效|不合法|不正确|不匹配|不一致|已存在|超长|重复|缺失)[^0-9]{0,30}"
    r"|应[当为](?:[^0-9]|[0-9]{1,2}(?![0-9])){2,30}|应当?为|未填|可(?:不填|为空|空|选填?)[^0-9]{0,20}"
    r"|[(]?(?:共|须?为)?[0-9]{1,2}(?:[\-~至到或][0-9]{1,2})?[位字](?:数字|号码|字符)?[)]?"
    r"|(?:[只仅不均]|全部|统一)?(?:保留|显示|遮[盖挡蔽]|隐[藏去]|脱敏|掩码|打码|屏蔽)"
    r"(?:[姓名前后首末尾中间全部其余到至和及第一二两三四五六七八九十位个字省市县区乡镇街道村级门牌以用星号代替为空不变,，、；;*×]"
    r"|[0-9]{1,2}(?![0-9])){0,30}"
    r"|[是系]?指[^0-9]{3,60}"
    r"|[X×*_□○〇 ]{2,}|(?:不能|不可|不得)为空[。！!]?"
)
"""What stands in the place of a value: in a template, in a field to be filled in, where it is told what it is to be or
what becomes of it.
"""
_NEXT_LABEL = re.compile(rf"([{_HAN}]{{2,8}})[ ]*:")
"""What a value begins with that is none: the label of the next one."""
_FEWEST_DIGITS_OF_DATE = 4
_DOCUMENT_NUMBER = re.compile(rf"[{_HAN}]{{2,12}}[〔\[(][0-9]{{4}}[〕\])]第?[0-9]+号")


def is_nobodys_value(key: str, text: str) -> bool:
    """Whether *text*, which stands under the heading or behind the label *key*, is nobody's whatever that tells."""
    return len(text) <= LONGEST and _is_nobodys(key, text)


@lru_cache(maxsize=16_384)
def _is_nobodys(key: str, text: str) -> bool:
    category = category_of_heading(key)
    if is_generic(key, text):
        return True
    said = normalise(text).text.strip()
    if (following := _NEXT_LABEL.match(said)) is not None and is_nobodys(following[1]):
        return True
    if _TO_FILL_IN.fullmatch(said) or KIND.fullmatch(said) or _DOCUMENT_NUMBER.fullmatch(said):
        return True
    if category == "person_name":
        return (
            is_office(said)
            or _POST.fullmatch(said) is not None
            or (key.strip().lower() == "xm" and is_of_project(said, beside_others=False))
        )
    if category == "birth_date":
        return (said.isdecimal() and len(said) < _FEWEST_DIGITS_OF_DATE) or _DIGITS.search(said) is None
    if category not in _NUMBERS:
        return False
    if category in _LONG_NUMBERS and _COUNT.fullmatch(said) is not None:
        return True
    is_line = category in ("mobile", "landline") and _PUBLIC_LINE.fullmatch(said) is not None
    return is_line or (_DIGITS.search(said) is None and _SPELLED.fullmatch(said) is not None)


def is_office(text: str) -> bool:
    """Whether all of *text* is what an organisation or a part of one is called."""
    if len(text) > LONGEST or text.rstrip()[-1:] not in _LAST:
        return False  # as of most texts, of which there are many
    said = normalise(text).text.strip()
    if _HOUSE.search(said):
        return False
    if len(said) > 3 and (_ORGANISATION.fullmatch(said) or _PART_OF_ORGANISATION.fullmatch(said)):
        return True
    return _OFFICE.fullmatch(said) is not None


def is_generic(label: str, value: str) -> bool:
    """Whether *label* is a key that programs call things by, and *value* a word of theirs, and nobody's name."""
    category = category_of_heading(label)
    if category == "address" and _LINK.match(value):
        return True
    if category in _NUMBERS and _NO_NUMBER.fullmatch(value):
        return True
    last = label.rpartition(".")[2].rpartition("_")[2].lower()
    is_generic_key = last in _GENERIC and category in (None, "person_name", "address")
    is_of_program = _OF_PROGRAMS.fullmatch(value) is not None and _ROOM.fullmatch(value) is None
    if is_generic_key and is_of_program and not is_name_in_pinyin(value):
        return True
    if last in _CALLED and _STEP.fullmatch(value) is not None and not is_name_in_pinyin(value):
        return True
    is_called = label.strip().lower() in _CALLED and _SPELLED.fullmatch(value.strip()) is not None
    return is_called and not may_be_called(value)
