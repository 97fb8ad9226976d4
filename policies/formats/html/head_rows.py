"""Which cells of the tables of a page a label of people heads: row by row, as they come.

A table whose head is known is a list. Of its rows nothing is asked any more but what stands in the columns that tell,
until a row is parted otherwise or says again what the head says: lists have thousands of rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from policies.documents.heading_words import tells
from policies.documents.headings import Headings
from policies.formats.html.labels import spans_of
from policies.formats.html.tokens import StartTag

MOST_UNHEADED = 32
"""Rows without any label after which a table that has shown none is a list without a head."""


@dataclass(slots=True)
class Table:
    """A table that is open. *is_telling*: whether a heading says that people stand under it."""

    is_telling: Callable[[str], bool]
    depth: int
    """How many elements are open around it."""
    _headings: Headings = field(default_factory=lambda: Headings(tells))
    _row: dict[int, list[str]] = field(default_factory=dict)
    _before: dict[int, str] | None = None
    """The row that waits for what follows."""
    _column: int = 0
    _spanned: dict[int, int] = field(default_factory=dict)
    """Columns that a cell of a row above reaches down into, and into how many rows more."""
    _head: frozenset[str] = frozenset()
    _width: int = 0
    _telling: tuple[int, ...] = ()
    _unheaded: int = 0
    cell: list[str] | None = None
    """The texts of the cell that is open."""
    is_list: bool = False
    """Whether no cell of the rows to come is a label, as far as is known."""

    def begin_row(self) -> Iterator[tuple[str, str]]:
        """A row begins. Gives what is known by now to stand under a telling heading, and that heading."""
        found = self._end_row()
        self.cell, self._column, self._row = None, 0, {}
        if self._spanned:
            self._spanned = {column: left - 1 for column, left in self._spanned.items() if left > 1}
        return found

    def begin_cell(self, tag: StartTag) -> None:
        """The cell of *tag* begins."""
        while self._column in self._spanned:
            self._column += 1
        self.cell = self._row[self._column] = []
        wide, deep = spans_of(tag) if tag.attributes else (1, 1)
        if deep > 1:
            self._spanned |= dict.fromkeys(range(self._column, self._column + wide), deep)
        self._column += wide

    def end(self) -> Iterator[tuple[str, str]]:
        """The table has ended. Gives the same as `begin_row`."""
        yield from self._end_row()
        if self._before is not None:
            yield from self._headed(self._before, None)

    def _end_row(self) -> Iterator[tuple[str, str]]:
        row = {column: text for column, texts in self._row.items() if (text := "".join(texts).strip())}
        if not row:
            return iter(())
        before, self._before = self._before, row
        return iter(()) if before is None else self._headed(before, row)

    def _headed(self, row: dict[int, str], following: dict[int, str] | None) -> Iterator[tuple[str, str]]:
        if self._head and len(row) <= self._width and self._head.isdisjoint(row.values()):
            heads = self._headings.heads
            return iter([(heads[column], row[column]) for column in self._telling if column in row])
        return iter(self._asked(row, following)) if self._head or not self.is_list else iter(())

    def _asked(self, row: dict[int, str], following: dict[int, str] | None) -> list[tuple[str, str]]:
        keys = self._headings.keys(row, following)
        heads = self._headings.heads
        is_headed = any(key is None for key in keys.values())
        self._unheaded = 0 if is_headed or heads else self._unheaded + 1
        self.is_list = self.is_list or self._unheaded >= MOST_UNHEADED
        if heads and all(key is None for key in keys.values()):
            self._head, self._width, self.is_list = frozenset(row.values()), max(row) + 1, True
        self._telling = tuple(column for column, head in heads.items() if self.is_telling(head))
        return [(key, row[column]) for column, key in keys.items() if key and self.is_telling(key)]
