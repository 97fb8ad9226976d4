"""Which texts head something, and what: labels of personal data, headings of what is nobody's, kinds of fields."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from policies.recognisers.field_names.category import category_of_key, is_label_of
from policies.recognisers.persons.behind_labels import answers
from policies.recognisers.persons.labels import Asks, asked_by
from policies.recognisers.weights import are_there, tagger

FREE_TEXT = "free_text"
HIDDEN = "***"
LONGEST_LABEL = 24
"""Characters: what is longer is a text."""
LONGEST_NAME = 64
"""Characters of the name of a field in ASCII, which has no spaces."""
_IS_NAME = re.compile(r"[A-Za-z_][\w.:$\[\]-]*", re.ASCII)
MOST_DIGITS = 4
"""Of a label, as in 2026年联系电话: what has more is a label with its value behind it, as in 电话010-82345678."""
MOST_LISTED = 3
"""Commas in a label: what has as many lists what a register holds."""
PLAIN_HEADINGS = frozenset(
    "序号 编号 单位 单位名称 部门 科室 职务 岗位 类别 类型 事项 日期 时间 年份 月份 金额 数量 合计 小计 状态 结果 级别 "
    "等级 来源 区县 街道 社区 村 备注 项目 名称 内容 说明 原因 用途 标准 方式 关系 称谓 年龄 照片 学校 班级 专业 职称 "
    "工作单位 所在单位 所属单位 工号 分机 分机号 房号 工资 补贴 补助 得分 成绩 笔试 面试 总分 排名 名次 学号 "
    "开户行 开户银行 id no type status date time amount total unit department count".split()
)
"""Headings of what is nobody's: never a value, whatever stands before them."""
_ENDS_OF_PLAIN = tuple(
    "理由 意见 要求 情况 范围 时间 日期 原因 数量 金额 合计 年度 期限 时限 编码 科目 标准 类别 类型 "
    "方式 结果 状态 等级 级别 种类 人数 户数 次数 面积 比例".split()
)
"""How others of them end: 申请理由, 营业时间."""
_LONGEST_PLAIN = 8
_ACCOUNTS = frozenset("账号 账户 帐号 帐户".split())
"""In a table of a document, a bank account; the same word in an interface is more often a login."""


def tells(text: str) -> bool:
    """Whether *text* is a label of personal data, and nothing in which something has been hidden."""
    longest = LONGEST_NAME if _IS_NAME.fullmatch(text) else LONGEST_LABEL
    if len(text) > longest or text[:1].isdigit() or HIDDEN in text or sum(map(str.isdigit, text)) > MOST_DIGITS:
        return False
    return text.count("、") < MOST_LISTED and category_of_heading(text) is not None


def is_label_under(head: str, text: str) -> bool:
    """Whether *text* under *head* is a label as well, and no value that ends as one does: 高血压病史, 本科学历."""
    said = text.strip()
    if not tells(said):
        return False
    category = category_of_heading(said)
    return said.isascii() or not head or category_of_heading(head) != category or is_label_of(said, category or "")


def is_nobodys(text: str) -> bool:
    """Whether *text* is a heading of what is nobody's, and no name, whatever it looks like."""
    said = text.strip().lower()
    return said in PLAIN_HEADINGS or (len(said) <= _LONGEST_PLAIN and said.endswith(_ENDS_OF_PLAIN) and not tells(said))


def is_heading(text: str) -> bool:
    """Whether *text* heads what stands below or behind it, somebody's or not: then it is nobody's itself."""
    return is_nobodys(text) or tells(text)


@lru_cache(maxsize=16_384)
def category_of_heading(text: str) -> str | None:
    """The category of personal data that stands under the heading or behind the label *text*, if it says any."""
    return "bank_card" if text.strip().rstrip(":：").rstrip() in _ACCOUNTS else category_of_key(text)


_NAME = "姓名"
_REMARK = re.compile("[（(][^（）()]*[)）]|[ \u3000]")


def asks_for_somebody(text: str) -> bool:
    """Whether *text* may head a column of people, though as often it is what somebody is: 组长, 河长（乡级）."""
    return len(text) <= LONGEST_LABEL and not tells(text) and asked_by(_REMARK.sub("", text)) is Asks.SOMEBODY


def key_under(head: str, text: str) -> str:
    """What heads *text* under *head*: that of a name where *head* asks for somebody and *text* is one. Words count
    there that are names besides: 医生, 盛夏.
    """
    if not head or not asks_for_somebody(head) or not are_there():
        return head
    return _NAME if answers(_REMARK.sub("", head), text.strip(), tagger().lexicon) else head


_TYPE = (
    r"(?:N?VAR)?CHAR2?|(?:BIG|TINY|SMALL)?INT(?:EGER)?|DATE(?:TIME)?|TIMESTAMP|STRING|NUMBER|NUMERIC|DECIMAL|TEXT|CLOB"
)
KIND = re.compile(
    "(?:字符|字符串|文本|日期|时间|日期时间|数值|数字|整数|整|浮点|布尔|枚举|长整|双精度|金额)(?:型|类型)?"
    rf"|(?:{_TYPE})(?:\([0-9, ]+\))?(?:[ \t].*)?,?"
    "|(?:本科|大专|专科|高中|中专|初中|硕士|博士|研究生)(?:学历)?(?:及其?)?以[上下](?:学历|文化程度)?",
    re.IGNORECASE,
)
"""What a catalogue says that a field is to be, 字符型, VARCHAR(64) NOT NULL, or that whoever applies is: 本科及以上."""


def describes_field(texts: Sequence[str]) -> bool:
    """Whether *texts*, the cells of a row, say what a field is called and what it holds: xm, 姓名, or phone, string."""
    for here, there in pairwise(texts):
        if not tells(here.strip()):  # as of most cells, of which there are many
            continue
        category = category_of_heading(here.strip())
        of_same = here.isascii() and not there.isascii() and category_of_heading(there.strip()) == category
        if of_same or KIND.fullmatch(there.strip()):
            return True
    return False
