"""How the texts of the sheets of a workbook belong together: rows of cells, whose texts may be shared strings.

A shared string may stand in several cells. It becomes what it is to become in all of them; where that differs, three
stars, and so does one that stands in no cell any more.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import accumulate, pairwise

from policies.documents.document import MALFORMED
from policies.documents.formulas import around_text, as_digits, joined_cells, shown_as, with_joined
from policies.documents.groups import REFERRING, Group, formula_group, runs_group
from policies.documents.headings import Headings, boxes_in
from policies.documents.stars import STAR, as_long
from policies.documents.units import Frame, Run, Unit, joined, write
from policies.formats.masker import Withheld
from policies.transforms.make import REDACTED

_COLUMN = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_TEXTS = frozenset(("s", "inlineStr", "str"))
"""Types of cells whose value is a text."""
_UNTOUCHED = {"b": re.compile(r"[01]|true|false"), "e": re.compile(r"#[A-Z/0!?_]{2,30}")}
"""Types of cells that hold nobody's value, a boolean, an error, and what these say. Source: ISO/IEC 29500-1, 18.18.11.
"""


class SharedStrings:
    """The strings that cells share, and what each becomes."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._becomes: dict[int, str] = {}

    def text(self, index: str) -> str:
        """The string number *index*. Raises Withheld."""
        if not index.strip().isdecimal() or len(index) > 9 or int(index) >= len(self.texts):
            raise Withheld(MALFORMED)
        return self.texts[int(index)]

    def note(self, index: str, new: str) -> None:
        """A cell has the string number *index* become *new*."""
        number = int(index)
        old = self._becomes.setdefault(number, new)
        if old != new:
            own = self.texts[number]
            # It was shown in one cell and hidden in another: what hides it counts.
            self._becomes[number] = new if old == own else old if new == own else REDACTED

    def becomes(self, number: int) -> str:
        """What the string *number* becomes."""
        return self._becomes.get(number, REDACTED if self.texts[number].strip() else self.texts[number])


class Strings:
    """The part of the shared strings, as *shared* has them; before they are read, it only reads them."""

    units = frozenset({"si"})
    marks: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()

    def __init__(self, shared: SharedStrings) -> None:
        self._shared = shared

    def read(self, unit: Unit, following: Unit | None) -> None:
        """Take one string."""
        self._shared.texts.append(joined([run for run in unit.runs if run.element.name == "t"]))

    def write(self, unit: Unit, number: int) -> None:
        """Write the string *number*."""
        runs = [run for run in unit.runs if run.element.name == "t"]
        if joined(runs) != (new := self._shared.becomes(number)):
            write(unit, runs, new)


class Sheet:
    """One sheet, whose cells share *shared*. *is_label*: see `Headings`.

    *codes*: by the number of a style, the format of numbers that it has, where that puts something around them.
    """

    units = frozenset({"row"})
    marks = frozenset({"c", "f", "is"})
    terse = frozenset({"c", "row", "v"})
    wholes: Container[int] = ()
    breaks: frozenset[str] = frozenset()

    def __init__(
        self,
        shared: SharedStrings,
        is_label: Callable[[str], bool],
        count: Callable[[int], None],
        codes: Mapping[str, str],
    ) -> None:
        self._shared = shared
        self._headings = Headings(is_label)
        self._count = count
        self._ahead_of: Unit | None = None
        self._ahead: tuple[dict[int, _Cell], dict[int, str]] = {}, {}
        """What was read of the row that comes next."""
        self._codes = codes
        self._formulas = _Formulas()
        self._gone: set[str] = set()
        """Numbers of the formulas that cells share and that are gone: none can share them any more."""

    def attribute_key(self, frame: Frame, name: str) -> str:
        """See `Grouping.attribute_key`."""
        return ""

    def inside(self, text: str) -> None:
        """See `Grouping.inside`."""

    def groups(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """See `Grouping.groups`."""
        if unit.frame is None or unit.frame.name != "row":
            for run in unit.runs:
                yield formula_group(unit, run) if run.element.name in REFERRING else runs_group(unit, [run])
            return
        cells, texts = self._ahead if self._ahead_of is unit else self._read(unit)
        self._formulas = _Formulas(unit)
        for number in self._gone & self._formulas.sharing.keys():
            self._remove_shared(unit, number)
        self._count(len(cells))
        self._ahead_of, self._ahead = following, self._read(following) if following is not None else ({}, {})
        keys = self._headings.keys(texts, self._ahead[1] or None)
        groups = {column: self._group(unit, cells[column], text, keys[column]) for column, text in texts.items()}
        for columns in boxes_in(texts):
            yield _boxed([groups.pop(column) for column in columns])
        yield from self._joined(cells, texts, groups)
        yield from groups.values()
        for cell in cells.values():
            for run in cell.formula:
                yield self._formula(unit, cell, run)
            for run in cell.others:
                yield runs_group(unit, [run])

    def _read(self, unit: Unit) -> "tuple[dict[int, _Cell], dict[int, str]]":
        """The cells of *unit*, and the texts of those that are not empty."""
        if unit.frame is None or unit.frame.name != "row":
            return {}, {}
        cells = _cells(unit)
        return cells, {column: text for column, cell in cells.items() if (text := self._text(cell))}

    def _text(self, cell: "_Cell") -> str:
        said = joined(cell.values)
        if cell.kind in _TEXTS:
            said = self._shared.text(said) if cell.kind == "s" and said.strip() else said
            before, behind = self._around(cell)
            return f"{before}{said}{behind}".strip() if said.strip() else ""
        if (nobodys := _UNTOUCHED.get(cell.kind)) is not None:
            return "" if nobodys.fullmatch(said.strip()) else said.strip()
        if not cell.is_number:
            return said.strip()
        code = self._code(cell)
        return shown_as(code, as_digits(said)) if code else as_digits(said)

    def _code(self, cell: "_Cell") -> str:
        """The format of numbers that *cell* has, if it puts something around them."""
        return self._codes.get(cell.frame.attributes.get("s", ""), "") if self._codes else ""

    def _around(self, cell: "_Cell") -> tuple[str, str]:
        """What is shown before the text of *cell* and behind it."""
        code = self._code(cell)
        return around_text(code) if code else ("", "")

    def _group(self, unit: Unit, cell: "_Cell", text: str, key: str | None) -> Group:
        said = joined(cell.values)
        whole = self._shared.text(said) if cell.kind == "s" else said
        before, behind = self._around(cell) if cell.kind in _TEXTS else ("", "")
        own = text if cell.is_number else whole

        def writes(new: str) -> None:
            if cell.is_hidden:
                return
            cell.is_hidden = new == REDACTED
            new = new.removeprefix(before).removesuffix(behind)  # which the format goes on to show
            if cell.kind == "s":
                self._shared.note(said, new)
            elif new != own:
                write(unit, cell.values, new)
                if cell.is_number or cell.kind in _UNTOUCHED:
                    unit.says(cell.frame, "t", "str")
            if new != own:
                self._remove_formulas(unit, cell)

        assert unit.frame is not None
        return Group(f"{before}{own}{behind}", writes, key, unit.frame.serial, at=cell.frame)

    def _formula(self, unit: Unit, cell: "_Cell", formula: Run) -> Group:
        """The group of a formula. What tells anything goes as a whole: it would tell it, or make it again."""
        said = with_joined(formula.text)

        def writes(new: str) -> None:
            if new != said:
                self._remove_formulas(unit, cell)

        return Group(said, writes)

    def _joined(self, cells: "dict[int, _Cell]", texts: dict[int, str], groups: dict[int, Group]) -> Iterator[Group]:
        """What formulas put together of cells of this row: programs show it, though the file need not say it."""
        columns = {cell.frame.attributes.get("r", "").upper(): column for column, cell in cells.items()}
        chains = {tuple(chain) for cell in cells.values() for run in cell.formula for chain in joined_cells(run.text)}
        for chain in chains:
            places = [columns.get(each.cell, -1) for each in chain]
            said = [texts.get(place, each.text) for place, each in zip(places, chain, strict=True)]
            yield _put_together(said, [groups.get(place) for place in places])

    def _remove_formulas(self, unit: Unit, cell: "_Cell") -> None:
        """Leave *cell* its value alone, and so those that share its formula."""
        for formula in self._formulas.of.get(cell.frame.serial, ()):
            unit.removes(formula)
            if (shared := _shared_by(formula)) and "ref" in formula.attributes:
                self._gone.add(shared)
                self._remove_shared(unit, shared)

    def _remove_shared(self, unit: Unit, number: str) -> None:
        for formula in self._formulas.sharing.get(number, ()):
            unit.removes(formula)


def _boxed(groups: list[Group]) -> Group:
    """The group of cells that are the boxes of one value."""
    whole = "".join(group.text for group in groups)

    def writes(new: str) -> None:
        for group in groups:
            group.writes(group.text if new == whole else STAR)

    return Group(whole, writes, groups[0].key, at=groups[0].at)


def _put_together(said: list[str], groups: list[Group | None]) -> Group:
    """The group of texts that a formula puts together, each *said* by the cell of a group, or by the formula itself. A
    cell is hidden with what goes over its end.
    """
    whole = "".join(said)
    ends = list(accumulate(map(len, said)))

    def writes(new: str) -> None:
        kept = as_long(whole, new)
        for here, there in pairwise(range(len(said))):
            end = ends[here]
            if 0 < end < len(whole) and kept[end - 1 : end + 1] == STAR * 2 != whole[end - 1 : end + 1]:
                for group in (groups[here], groups[there]):
                    if group is not None:
                        group.writes(REDACTED)

    return Group(whole, writes)


class _Formulas:
    """The formulas of the row *unit*, those that are only said to be another's as well."""

    def __init__(self, unit: Unit | None = None) -> None:
        self.of: dict[int, list[Frame]] = {}
        """By the serial of each cell."""
        self.sharing: dict[str, list[Frame]] = {}
        """By the number of what several cells share."""
        for path in unit.marked if unit is not None else ():
            if path[-1].name == "f" and len(path) > 1:
                self.of.setdefault(path[-2].serial, []).append(path[-1])
                if shared := _shared_by(path[-1]):
                    self.sharing.setdefault(shared, []).append(path[-1])


def _shared_by(formula: Frame) -> str:
    """The number of *formula* where several cells share it, else nothing. Source: ISO/IEC 29500-1, 18.3.1.40."""
    return formula.attributes.get("si", "") if formula.attributes.get("t") == "shared" else ""


class _Cell:
    """One cell of a row, and the runs in it."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.kind = frame.attributes.get("t", "n")
        self.values: list[Run] = []
        self.formula: list[Run] = []
        self.others: list[Run] = []
        self.is_hidden = False
        """Whether nothing of it is shown any more, whatever else becomes of it."""

    @property
    def is_number(self) -> bool:
        """Whether its value is written as a number."""
        return self.kind in ("n", "d")


def _cells(unit: Unit) -> dict[int, _Cell]:
    """The cells of the row *unit* that hold anything, by their columns. Raises Withheld."""
    places: dict[int, int] = {}
    last = -1
    for path in unit.marked:
        frame = path[-1]
        if frame.name == "c":
            last = _column(frame, last)
            places[frame.serial] = last
    cells: dict[int, _Cell] = {}
    for run in unit.runs:
        own = run.marks[1] if len(run.marks) > 1 else None  # within the row
        if own is None or own.name != "c":
            if run.text.strip():
                raise Withheld(MALFORMED)
            continue
        cell = cells.setdefault(places[own.serial], _Cell(own))
        if cell.frame is not own:
            raise Withheld(MALFORMED)  # two cells in one place
        name = run.element.name
        if name == "f":
            cell.formula.append(run)
        elif name == ("t" if cell.kind == "inlineStr" else "v"):
            cell.values.append(run)
        elif run.text.strip():
            cell.others.append(run)
    return cells


def _column(frame: Frame, last: int) -> int:
    if "r" not in frame.attributes:
        return last + 1
    found = _COLUMN.fullmatch(frame.attributes["r"].upper())
    if found is None:
        raise Withheld(MALFORMED)
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
