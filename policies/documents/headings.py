"""What heads the cells of a table: the cell above them, or the label before them, as forms have it.

Which of the two a table is, its rows tell: below the head of a list no cell is a label, but for a second row of the
head and for remarks. In doubt a cell is both headed by what stands above it and what stands before it, and what tells
of a column goes on telling until a row that is plainly a head says otherwise: it is hidden rather than shown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from policies.recognisers.behind_labels import answers
from policies.recognisers.keys_cn import category_of_key
from policies.recognisers.person_labels import Asks, asked_by
from policies.recognisers.pet_names import may_be_called
from policies.recognisers.weights import are_there, tagger

HIDDEN = "***"
LONGEST_LABEL = 24
"""Characters: what is longer is a text."""
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
    "理由 意见 要求 情况 范围 时间 日期 原因 数量 金额 合计 年度 期限 编码 科目 标准 类别 类型".split()
)
"""How others of them end: 申请理由, 营业时间."""
_LONGEST_PLAIN = 8
_MAY_HEAD = re.compile("[\u4e00-\u9fffA-Za-z_/()（）·]{2,12}")
"""What may head a column, by its characters."""
_LEAST_OF_LIST = 3
"""Columns of a list whose head only its shape tells: a form has two beside each other as well."""

_ACCOUNTS = frozenset("账号 账户 帐号 帐户".split())
"""In a table of a document, a bank account; the same word in an interface is more often a login."""

type Row = Mapping[int, str]
"""The texts of the cells of a row that are not empty, by their columns."""


def tells(text: str) -> bool:
    """Whether *text* is a label of personal data, and nothing in which something has been hidden."""
    if len(text) > LONGEST_LABEL or text[:1].isdigit() or HIDDEN in text or sum(map(str.isdigit, text)) > MOST_DIGITS:
        return False
    return text.count("、") < MOST_LISTED and category_of_heading(text) is not None


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


FREE_TEXT = "free_text"
FEWEST_BOXES = 6
"""Cells beside each other with one character each that are one value: forms have a box for each digit of a number."""


def boxes_in(row: Row) -> list[list[int]]:
    """The columns of *row* whose cells are the boxes of one value, for each such value."""
    found: list[list[int]] = []
    for column in sorted(column for column, text in row.items() if len(text.strip()) == 1):
        if found and column - found[-1][-1] == 1:
            found[-1].append(column)
        else:
            found.append([column])
    return [columns for columns in found if len(columns) >= FEWEST_BOXES]


@dataclass(slots=True)
class _Seen:
    """What the cells of one row look like."""

    row: Row
    labels: set[int]
    """Columns whose cells are labels."""
    describes: bool = field(default=False, init=False)
    """Whether it says what a field is called and holds."""
    headish: set[int] = field(init=False)
    """Those, and the columns whose cells are headings of what is nobody's."""

    def __post_init__(self) -> None:
        self.headish = self.labels | {c for c, text in self.row.items() if is_nobodys(text)}

    @property
    def asking(self) -> set[int]:
        """The columns whose cells may head people, see `asks_for_somebody`."""
        return {c for c, text in self.row.items() if c not in self.headish and asks_for_somebody(text)}

    @property
    def is_list_shaped(self) -> bool:
        """Whether a label has no value beside it, for a heading stands there: such a row is the head of a list."""
        order = sorted(self.row)
        pairs = pairwise(order)
        return any(
            here in self.headish and there in self.labels and (here in self.labels or there - here == 1)
            for here, there in pairs
        )

    @property
    def is_plainly_head(self) -> bool:
        """Whether most of its cells are headings, and they stand beside each other."""
        return 2 * len(self.headish) > len(self.row) and self.is_list_shaped

    def is_second_row_of(self, above: "_Seen") -> bool:
        """Whether it is the second row of the head *above*, whose cells are merged down to it or parted in it."""
        return bool(self.labels) and self.headish == self.row.keys() and min(self.row) > min(above.row)


def _asks(seen: _Seen, below: _Seen) -> bool:
    """Whether a row *seen* first, in which nothing tells, may be the head of a list of people: `_reads_like_head`."""
    asking = seen.asking
    others = [text.strip() for column, text in seen.row.items() if column not in seen.headish | asking]
    return (
        bool(asking)
        and len(seen.row) >= _LEAST_OF_LIST
        and len(below.row) > 1
        and below.row.keys() <= seen.row.keys()
        and not below.labels
        and not below.asking & asking
        and min(below.row) not in below.headish
        and all(_MAY_HEAD.fullmatch(text) and not may_be_called(text) for text in others)
    )


def _reads_like_head(seen: _Seen, below: _Seen) -> bool:
    """Whether a row *seen* first may be nothing but the head of a list: no cell of it may be somebody's name, and the
    row *below* is parted alike and begins with no heading, as those of a table with a column for each person do.
    """
    others = [text.strip() for column, text in seen.row.items() if column not in seen.headish]
    return (
        len(seen.row) >= _LEAST_OF_LIST
        and seen.row.keys() == below.row.keys()
        and (below.describes or min(below.row) not in below.headish)
        and all(_MAY_HEAD.fullmatch(text) and not may_be_called(text) for text in others)
    )


class Headings:
    """Follows one table from row to row. *is_label*: whether a text is the label of something."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self._is_label = is_label
        self._heads: dict[int, str] = {}
        self._label_columns: set[int] = set()
        """Where rows that begin with a label have further ones."""
        self._held: dict[int, set[int]] = {}
        """By the column of a label before more than one value, where these stand."""
        self._below = _Seen({}, set())
        """What was last looked at as the row that follows: it is the next row."""

    @property
    def heads(self) -> Mapping[int, str]:
        """What stands above the cells of the rows to come, by their columns, as far as is known."""
        return self._heads

    def keys(self, row: Row, following: Row | None) -> dict[int, str | None]:
        """What heads each cell of *row*, empty where nothing does; None for a cell that is a heading itself.

        *following* is the next row that is not empty; None where there is none.
        """
        seen = self._below if self._below.row == row else self._seen(row)
        self._below = below = self._seen(following or {})
        telling = {column: head for column, head in self._heads.items() if self._is_label(head)}
        is_plain = seen.is_plainly_head
        is_values = not is_plain and any(
            column in telling and any(map(str.isdigit, text))
            for column, text in row.items()
            if column not in seen.headish
        )
        """Whether it is a row of a list, and a label in it a remark."""
        is_open = bool(seen.labels) and bool(below.row) and not is_values
        is_head = is_open and (not below.labels or below.is_second_row_of(seen))
        is_list = is_head and (seen.is_list_shaped or (not self._heads and _reads_like_head(seen, below)))
        held = {} if is_list else self._held_in(seen, below, beside_only=is_values)
        found: dict[int, str | None] = {}
        for column in row:
            if column in seen.headish:
                found[column] = None
            elif column in held and not (is_values and column in telling):
                found[column] = row[held[column]]
            elif is_head:
                found[column] = None if is_plain else telling.get(column)
            else:
                found[column] = key_under(self._heads.get(column, ""), row[column])
        if not self._heads and not seen.labels and _asks(seen, below):
            self._take(seen, is_plain=True)
        if is_head:
            self._take(seen, is_plain=is_plain)
            self._spread(seen, below)
        elif is_open:
            self._take_labels(seen, below, is_plain=is_plain)
        return found

    def _seen(self, row: Row) -> _Seen:
        seen = _Seen(row, {column for column, text in row.items() if self._is_label(text)})
        if describes_field([row[column] for column in sorted(row)]):
            seen.labels, seen.describes = set(), True  # what is described tells of nothing beside it
        return seen

    def _take(self, seen: _Seen, *, is_plain: bool) -> None:
        """Let the cells of a head tell of what stands below: what is no label ends what tells only if *is_plain*."""
        for column, text in seen.row.items():
            if is_plain or column in seen.labels or not self._is_label(self._heads.get(column, "")):
                self._heads[column] = text

    def _take_labels(self, seen: _Seen, below: _Seen, *, is_plain: bool) -> None:
        """Let the labels that have no value behind them tell of what stands below."""
        for column in seen.labels - below.headish:
            if is_plain or column + 1 not in seen.row or column + 1 in seen.headish:
                self._heads[column] = seen.row[column]

    def _spread(self, seen: _Seen, below: _Seen) -> None:
        """Let a heading tell of the columns that it is parted into."""
        if not below.is_second_row_of(seen):
            return
        for column in below.row.keys() - seen.row.keys():
            left = max((each for each in seen.row if each < column), default=column)
            if left in seen.labels:
                self._heads[column] = seen.row[left]

    def _held_in(self, seen: _Seen, below: _Seen, *, beside_only: bool) -> dict[int, int]:
        """By the column of a value, that of the label before it.

        The first label of a row tells of all values behind it, up to an empty cell or the next label: a table may have
        a column for each person.
        """
        order = sorted(seen.row)
        held = {there: here for here, there in pairwise(order) if here in seen.labels and there not in seen.headish}
        first = min(seen.labels, default=None)
        if first is None or beside_only:
            return held
        for each in (seen, below):
            if each.row and min(each.row) in each.headish:
                self._label_columns |= each.labels - {min(each.row), first}
        before, held_before = first, self._held.get(first, set())
        for column in order[order.index(first) + 1 :]:
            if column in seen.headish or (column in self._label_columns and column not in held):
                break
            if column in held or column - before == 1 or column in held_before:
                held[column] = first
                self._held.setdefault(first, set()).add(column)
                before = column
        return held
