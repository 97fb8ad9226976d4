"""Which of the values on a page belong to one record, told by how its elements lie in one another.

Pages show records as rows, cards or sections, and the fields of one in lines, below one another. Nothing says which of
them it is. So an element is one record only where nobody could read it as several: where all its values stand in one
line, or each part of it holds a single value and no field stands there twice. Otherwise each of its parts is judged by
itself: what stands in one is not said of what stands in another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from policies.formats.html.around import VOID
from policies.formats.html.parts import is_inline
from policies.formats.html.tokens import EndTag, Tag

DEEPEST = 512
"""Elements in one another. Browsers nest no deeper."""

_CELLS, _SECTIONS = frozenset({"td", "th"}), frozenset({"thead", "tbody", "tfoot"})
_TERMS = frozenset({"dt", "dd"})
_ENDED_BY = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "td", "th"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(_TERMS, (_TERMS, frozenset({"dl", "td", "th"}))),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"tr", "table"}))),
    **dict.fromkeys(_SECTIONS, (_SECTIONS, frozenset({"table"}))),
}
"""By the name of an element: which ones it ends where they are open, and which ones it does not reach out of."""
_END_UNSAID = frozenset("li p caption colgroup tr html head body".split()) | _TERMS | _CELLS | _SECTIONS
"""Elements whose end tags may be left out. Source: HTML Living Standard, 13.1.2.4."""
_BEGIN_UNSAID = frozenset({"html", "head", "body", "tbody", "colgroup"})
"""Elements whose start tags may be."""
_UNSEEN = frozenset({"base", "link", "meta", "script", "style"})
"""Elements that end no line and hold none."""
_DRAWN = frozenset({"svg", "math"})
_OF_CHOICES = frozenset({"option", "optgroup"})


_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 caption legend title".split())


@dataclass(frozen=True, slots=True)
class Shown:
    """A personal value that is shown in clear."""

    key: str
    """Of the field in the record."""
    value: str
    lines: int
    """How many it has."""
    is_heading: bool


@dataclass(slots=True)
class Row:
    """Values that belong together."""

    counts: Counter[int] = field(default_factory=Counter)
    """How often each field of the record, with a value or empty, by the index of its action."""
    subjects: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By `record.field`, what says whether the record is left out."""

    named: int = 0
    """How often it says whose it is, whether or not that proves anything."""
    shown: list["Shown"] = field(default_factory=list)
    """The personal values that are shown in clear."""
    groups: set[tuple[int, str]] = field(default_factory=set)
    """Fields with the groups of buttons that hold their values: however many buttons there are, one is ticked."""

    def count(self, index: int, group: str = "") -> None:
        """Count the field with this *index*. *group*: of the buttons that its value is one of, "" for none."""
        if group and (index, group) in self.groups:
            return
        self.counts[index] += 1
        if group:
            self.groups.add((index, group))

    def add(self, other: "Row") -> None:
        """Count what *other* holds as well."""
        self.counts += other.counts
        self.counts -= Counter(index for index, _ in self.groups & other.groups)
        self.groups |= other.groups
        self.subjects += other.subjects
        self.named += other.named
        self.shown += other.shown
        for name, values in other.values.items():
            self.values[name] += values


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    name: str
    parts: list[list[Row]] = field(default_factory=list)
    """The records in each of its parts that has ended."""
    line: Row = field(default_factory=Row)
    """What stands in the part that has not."""

    def end_line(self) -> None:
        if self.line.counts:
            self.parts.append([self.line])
            self.line = Row()


class Records:
    """Finds the records of one page as it is read. *fields*: how often each field stands in one of them."""

    def __init__(self, fields: Counter[int]) -> None:
        self._fields = fields
        self._open = [_Element("")]
        self._apart: list[Row] = []
        self.is_torn = False
        """Whether elements do not lie in one another, so that nobody can tell what belongs to what."""

    @property
    def line(self) -> Row:
        """What the next value belongs to, as far as it is known by now."""
        return self._open[-1].line

    def show(self, key: str, value: str, lines: int) -> None:
        """The field *key* stands here in clear, with a *value* of so many *lines*."""
        is_heading = any(element.name in _HEADINGS for element in self._open)
        self.line.shown.append(Shown(key, value, lines, is_heading))

    def take(self, tag: Tag) -> None:
        """An element begins or ends, with all that it ends."""
        if tag.name in _UNSEEN:
            return
        if isinstance(tag, EndTag):
            self._end(tag.name)
        elif tag.name in VOID:
            if not _stands_in_line(tag.name):  # a line ends, or a rule parts two
                self._open[-1].end_line()
        elif not (tag.ends_itself and any(element.name in _DRAWN for element in self._open)):
            self._begin(tag.name)

    @contextmanager
    def within(self) -> Iterator[None]:
        """What is read meanwhile stands in the element that is open, and ends before it does."""
        outer, self._open = self._open, [_Element("")]
        try:
            yield
        finally:
            self.is_torn |= not all(_stands_in_line(element.name) for element in self._open[1:])
            rows, self._open = self._ended(), outer
            self._put(rows, in_line=True)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is read meanwhile may stand anywhere in the page, or nowhere: it belongs to nothing around it."""
        outer, self._open = self._open, [_Element("")]
        try:
            yield
        finally:
            self._apart += self._ended()
            self._open = outer

    def all(self) -> list[Row]:
        """The records found; of one without a subject where two may be mingled. The page has ended."""
        return [Row() if self.is_torn or not self._is_one(row) else row for row in self.found()]

    def found(self) -> list[Row]:
        """The same, whatever may be mingled in them."""
        self._open = [_Element("", parts=[self._ended()])]
        return self._open[0].parts[0] + self._apart

    def _begin(self, name: str) -> None:
        if name in _ENDED_BY:
            self._end_others(*_ENDED_BY[name])
        elif name == self._open[-1].name == "p":
            self._close(len(self._open) - 1)
        if not _stands_in_line(name):
            self._open[-1].end_line()
        if len(self._open) >= DEEPEST:
            self.is_torn = True
        else:
            self._open.append(_Element(name))

    def _end_others(self, ended: frozenset[str], barrier: frozenset[str]) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].name in barrier:
                return
            if self._open[place].name in ended:
                self._close(place)
                return

    def _end(self, name: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            found = self._open[place].name
            if found == name:
                self._close(place)
                return
            if _stands_in_line(name) and not _stands_in_line(found):
                return  # to a browser, what is around it ends where it ends itself
            if not _may_end_unsaid(found):
                break
        if not _stands_in_line(name) and name not in _BEGIN_UNSAID:
            self.is_torn = True  # whoever wrote it took something else for what ends here

    def _close(self, place: int) -> None:
        """The element at *place* ends, with all that are open in it."""
        self.is_torn |= not all(_may_end_unsaid(element.name) for element in self._open[place + 1 :])
        while len(self._open) > place:
            element = self._open.pop()
            self._put(self._rows_of(element), in_line=_stands_in_line(element.name))

    def _put(self, rows: list[Row], *, in_line: bool) -> None:
        around = self._open[-1]
        if in_line and len(rows) == 1 and rows[0].counts.total() == 1:
            around.line.add(rows[0])  # one value, written in bold, is one value
            return
        if rows or not in_line:
            around.end_line()
        if rows:
            around.parts.append(rows)

    def _ended(self) -> list[Row]:
        """The records of all that is open."""
        self.is_torn |= not all(_may_end_unsaid(element.name) for element in self._open[1:2])
        self._close(1)
        return self._rows_of(self._open[0])

    def _rows_of(self, element: _Element) -> list[Row]:
        element.end_line()
        rows = [row for part in element.parts for row in part]
        if len(element.parts) > 1 and all(row.counts.total() == 1 for row in rows):
            whole = Row()
            for row in rows:
                whole.add(row)
            if self._is_one(whole):
                return [whole]
        return rows

    def _is_one(self, row: Row) -> bool:
        return all(row.counts[field] <= often for field, often in self._fields.items())


def _stands_in_line(name: str) -> bool:
    return is_inline(name) or name in _DRAWN or name in _OF_CHOICES


def _may_end_unsaid(name: str) -> bool:
    """Whether an element may end with the one around it. Those in a line may in practice, and part no lines."""
    return name in _END_UNSAID or _stands_in_line(name)
