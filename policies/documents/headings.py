"""What heads the cells of a table: the cell above them, or the label before them, as forms have it.

Which of the two a table is, its rows tell: below the head of a list no cell is a label, but for a second row of the
head and for remarks. In doubt a cell is both headed by what stands above it and what stands before it, and what tells
of a column goes on telling until a row that is plainly a head says otherwise: it is hidden rather than shown.
"""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise

from policies.documents.called import names_things
from policies.documents.heading_words import (
    FREE_TEXT,
    asks_for_somebody,
    category_of_heading,
    describes_field,
    is_label_under,
    is_nobodys,
    key_under,
)
from policies.recognisers.field_names.guesses import is_of_project
from policies.recognisers.persons.pet_names import may_be_called

_MAY_HEAD = re.compile("[\u4e00-\u9fffA-Za-z_/()（）·]{2,12}")
"""What may head a column, by its characters."""
_PIECE = re.compile("[0-9]{1,8}|[0-9]{1,7}[Xx]")
"""A group of the digits of a number: no number of somebody's is as short."""
_LEAST_OF_LIST = 3
"""Columns of a list whose head only its shape tells: a form has two beside each other as well."""

_PROJECT = "项目"
_OF_MANY = frozenset("sex ethnicity marriage party religion schooling".split())
"""Kinds of data that many share: behind them stands in statistics how many these are, or who is looked for."""
_HOW_MANY = re.compile("[\u4e00-\u9fff]{0,6}(?:人数|名额|户数|占比|比例)(?:[(（][^()（）]{1,6}[)）])?")
_OF_PROJECTS = frozenset({"xmbh", "xmmc", "xmdm", "xmlx"})
"""Columns of the numbers, names, codes and kinds of projects."""

type Row = Mapping[int, str]
"""The texts of the cells of a row that are not empty, by their columns."""
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
    def paired(self) -> set[int]:
        """The columns of labels that have a value beside them."""
        return {c for c in self.labels if c + 1 in self.row and c + 1 not in self.headish}

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


def _heads_things(seen: _Seen, below: _Seen) -> bool:
    """Whether a row *seen* first, in which nothing tells, is the head of a list of things by what one of it says."""
    texts = [text.strip() for text in seen.row.values()]
    return (
        len(texts) >= _LEAST_OF_LIST
        and seen.row.keys() == below.row.keys()
        and any(map(names_things, texts))
        and all(map(_MAY_HEAD.fullmatch, texts))
    )


def _heads_nothing(text: str) -> bool:
    """Whether *text* is a value by what it is made of, or may be somebody's name: no column has such a head."""
    return _MAY_HEAD.fullmatch(text) is None or may_be_called(text)


class Headings:
    """Follows one table from row to row. *is_label*: whether a text is the label of something."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self._is_label = is_label
        self._heads: dict[int, str] = {}
        self._label_columns: set[int] = set()
        """Where rows that begin with a label have further ones."""
        self._held: dict[int, set[int]] = {}
        """By the column of a label before more than one value, where these stand."""
        self._paired: set[int] = set()
        """The columns in which the row before has a label with a value beside it."""
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
        seen = self._below if self._below.row == row else self._seen(row, self._heads)
        own = {column: text for column, text in row.items() if column in seen.labels}
        self._below = below = self._seen(following or {}, {**self._heads, **own})
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
                head = self._heads.get(column) or self._parted(row, column)
                found[column] = self._key_under(head, row[column])
        if not self._heads and not seen.labels and _heads_things(seen, below):
            self._take(seen, set(), is_plain=True)
            return dict.fromkeys(row)
        if not self._heads and not seen.labels and _asks(seen, below):
            self._take(seen, set(), is_plain=True)
        if is_head:
            self._take(seen, {column for column in held if _heads_nothing(row[column])}, is_plain=is_plain)
            self._spread(seen, below)
        elif is_open:
            self._take_labels(seen, below, is_plain=is_plain)
        self._paired = seen.paired
        return found

    def _key_under(self, head: str, text: str) -> str:
        """What heads *text* under *head*, as the columns beside say."""
        if self._is_project(head, text):
            return _PROJECT
        return "" if category_of_heading(head) in _OF_MANY and self._counts_people() else key_under(head, text)

    def _counts_people(self) -> bool:
        """Whether a row tells of many, how many they are and of what kind, and of nobody."""
        heads = [each.strip() for each in self._heads.values()]
        told = {category_of_heading(head) for head in heads}
        return told <= {None, FREE_TEXT, *_OF_MANY} and any(map(_HOW_MANY.fullmatch, heads))

    def _is_project(self, head: str, text: str) -> bool:
        """Whether `xm` heads projects (项目) here, as *text* and the columns beside it say, and no names (姓名)."""
        if head.strip().lower() != "xm" or may_be_called(text):
            return False
        beside = {each.strip().lower() for each in self._heads.values()}
        return not beside.isdisjoint(_OF_PROJECTS) and is_of_project(text, beside_others=True)

    def _parted(self, row: Row, column: int) -> str:
        """The head of the number of which the cell in *column*, below no head of its own, is a piece; empty where it is
        none: some lists have a column for each group of digits, below one head that is merged over them.
        """
        first = column
        while first in row and not self._heads.get(first) and _PIECE.fullmatch(row[first]):
            first -= 1
        head = self._heads.get(first, "")
        is_parted = first < column and self._is_label(head) and _PIECE.fullmatch(row.get(first, "")) is not None
        return head if is_parted else ""

    def _seen(self, row: Row, above: Mapping[int, str]) -> _Seen:
        """*row* below the heads *above*. Under a list of them that tell, nothing is a label that ends as its own does:
        高血压病史 under 既往史, unless the row has as many others.
        """
        labels = {column for column, text in row.items() if self._is_label(text)}
        told = {column for column in row if column in above and self._is_label(above[column])}
        if labels <= told and len(told) >= _LEAST_OF_LIST:
            strict = {column for column in labels if is_label_under(above[column], row[column])}
            labels = strict if 2 * len(strict) < len(labels) else labels
        seen = _Seen(row, labels)
        if describes_field([row[column] for column in sorted(row)]):
            seen.labels, seen.describes = set(), True  # what is described tells of nothing beside it
        return seen

    def _take(self, seen: _Seen, values: Set[int], *, is_plain: bool) -> None:
        """Let the cells of a head tell of what stands below: what is no label ends what tells only if *is_plain*.

        *values*: columns of what stands behind labels and heads nothing. Nor do these, where a label with its value
        stands above them as well: forms have columns of labels.
        """
        of_form = {column for column in seen.paired & self._paired if column + 1 in values}
        for column, text in seen.row.items():
            if column in values or column in of_form:
                continue
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
