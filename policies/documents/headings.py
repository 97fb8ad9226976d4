"""What heads the cells of a table: the cell above them, or the label before them, as forms have it.

Which of the two a table is, its rows tell: below the head of a list no cell is a label. In doubt a cell is both headed
by what stands above it and what stands before it, so that it is hidden rather than shown.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from policies.recognisers.keys_cn import category_of_key

HIDDEN = "***"
LONGEST_LABEL = 24
"""Characters: what is longer is a text."""
_PLAIN = frozenset(
    "序号 编号 单位 单位名称 部门 科室 职务 岗位 类别 类型 事项 日期 时间 年份 月份 金额 数量 合计 小计 状态 结果 级别 "
    "等级 来源 区县 街道 社区 村 id no type status date time amount total unit department count".split()
)
"""Headings of what is nobody's: never a value, whatever stands before them."""

type Row = Mapping[int, str]
"""The texts of the cells of a row that are not empty, by their columns."""


def tells(text: str) -> bool:
    """Whether *text* is a label of personal data, and nothing in which something has been hidden."""
    return len(text) <= LONGEST_LABEL and not text[:1].isdigit() and HIDDEN not in text and _is_telling(text)


@lru_cache(maxsize=16_384)
def _is_telling(text: str) -> bool:
    return category_of_key(text) is not None


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


class Headings:
    """Follows one table from row to row. *is_label*: whether a text is the label of something."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self._is_label = is_label
        self._heads: dict[int, str] = {}

    def keys(self, row: Row, following: Row | None) -> dict[int, str | None]:
        """What heads each cell of *row*, empty where nothing does; None for a cell that is a heading itself.

        *following* is the next row that is not empty; None where there is none.
        """
        labels = {column for column, text in row.items() if self._is_label(text)}
        is_head = bool(labels) and following is not None and not any(map(self._is_label, following.values()))
        if is_head:
            self._heads = dict(row)
        order = sorted(row)
        before = dict(zip(order[1:], order, strict=False))
        # Where one label stands beside another, the first has no value there: it is the head of a list.
        is_list = is_head and any(before.get(column) in labels for column in labels)
        found: dict[int, str | None] = {}
        for column, text in row.items():
            label = before.get(column)
            if column in labels or text.strip().lower() in _PLAIN:
                found[column] = None
            elif label in labels and not is_list:
                assert label is not None
                found[column] = row[label]
            else:
                found[column] = None if is_head else self._heads.get(column, "")
        return found
