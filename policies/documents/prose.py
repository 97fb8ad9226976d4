"""How the texts of parts of Office documents belong together: paragraphs, tables, fields, and what is in neither."""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field

from policies.documents.document import ACTIVE
from policies.documents.formulas import as_digits
from policies.documents.groups import REFERRING, Group, formula_group, runs_group
from policies.documents.headings import Headings, boxes_in
from policies.documents.inside import Inside, Insides
from policies.documents.torn_paragraphs import torn
from policies.documents.units import Frame, Run, Unit, joined
from policies.documents.xml_keys import Told
from policies.formats.masker import Withheld

NAMES = frozenset({"creator", "lastModifiedBy", "Manager", "author"})
"""Elements that hold somebody's name."""
REACHES_OUT = re.compile(r"\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|DATABASE|IMPORT|INCLUDE)\b", re.IGNORECASE)
"""Fields that fetch what they show when the document is opened."""
_CACHES = frozenset({"numCache", "numLit"})
"""What a chart has of the numbers that it shows. Source: ISO/IEC 29500-1, 21.2.2.122, 21.2.2.124."""
_DATES = frozenset({"filetime", "date"})
_NUMBERS = _DATES | frozenset("i1 i2 i4 i8 int ui1 ui2 ui4 ui8 uint r4 r8 decimal bool".split())
"""Elements of properties that only hold a number. Source: ISO/IEC 29500-1, 22.4.2."""
_NO_DATE, _NO_NUMBER = "1601-01-01T00:00:00Z", "0"
MOST_COLUMNS = 64
"""Of a table in prose."""
LONGEST_NUMBER = 24
"""Characters."""
_SENTENCE = re.compile(r"[，。；！？：,;!?:]")


class Prose:
    """One part of a document. *is_label*: see `Headings`.

    *told*: what elements and attributes hold that are called by that, or by what stands beside them; None where they
    are called by what they are in the format. *insides*: what looks for documents in texts.
    """

    units = frozenset({"p", "tr", "comment", "property"})
    marks = frozenset({"tbl", "tc", "gridSpan", "property", *_CACHES})
    terse: frozenset[str] = frozenset()
    breaks = frozenset({"tab", "br", "cr"})

    def __init__(
        self, is_label: Callable[[str], bool], *, told: Told | None = None, insides: Insides | None = None
    ) -> None:
        self._is_label = is_label
        self._told = told
        self.wholes: Container[int] = told.wholes if told is not None else ()
        self._insides = insides
        self._tables: dict[int, Headings] = {}
        self._before = ""
        """What the last paragraph says."""
        self._label = ""
        """What it says that the next is, where it is nothing but a label."""

    def attribute_key(self, frame: Frame, name: str) -> str:
        """See `Grouping.attribute_key`."""
        if self._told is None or (name == "name" and "fmtid" in frame.attributes):
            return ""  # the name of a property of a document is nobody's
        return self._told.attributes.get((frame.serial, name)) or (name if self._is_label(name) else "")

    def inside(self, text: str) -> Inside | None:
        """See `Grouping.inside`."""
        return self._insides.find(text) if self._insides is not None else None

    def groups(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """See `Grouping.groups`."""
        if unit.frame is not None and unit.frame.name == "p" and self._told is None:
            yield from self._paragraph(unit, following)
            return
        self._before = self._label = ""
        keys = self._keys(unit, following)
        boxed = _boxed(unit)
        for runs in _together([run for run in unit.runs if _cell_of(run) not in boxed], self._told):
            first = runs[0]
            _check_field(runs)
            if first.element.name in REFERRING and self._told is None:
                yield from (formula_group(unit, run) for run in runs)
                continue
            cell, row = _around(first.marks, "tc"), _around(first.marks, "tr")
            whole = self._told.whole(first.element.serial) if self._told is not None else 0
            key = keys.get(cell.serial, "") if cell is not None else self._named(first, whole)
            number = row.serial if row is not None and cell is not None else 0
            if _holds_number(first):
                yield _number_group(unit, first, key)
                continue
            group = runs_group(unit, runs, key, row=number, hides=first.element.name in NAMES)
            group.inside = self.inside(group.text)
            group.told = list(self._told_within(runs, whole)) if whole else ()
            yield group
        for first_cell in dict.fromkeys(boxed.values()):
            runs = [run for run in unit.runs if boxed.get(_cell_of(run)) == first_cell and run.text.strip()]
            yield runs_group(unit, runs, keys.get(first_cell, ""))

    def _paragraph(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """The groups in a paragraph outside of tables, which may be what the last said, or go on in the next."""
        after = joined(_said(following)) if following is not None else ""
        for runs in _together(unit.runs):
            _check_field(runs)
            if runs[0].element.name in REFERRING:
                yield from (formula_group(unit, run) for run in runs)
                continue
            group = runs_group(unit, runs, hides=runs[0].element.name in NAMES)
            if text := group.text.strip():
                is_label = self._is_label(text)
                if self._label and not is_label and (self._label.endswith((":", "：")) or _is_number(text)):
                    group.key = self._label
                group.torn = torn(self._before, group.text)[1], torn(group.text, after)[0]
                self._before, self._label = group.text, text if is_label else ""
            yield group

    def _told_within(self, runs: Sequence[Run], whole: int) -> Iterator[tuple[int, int, str]]:
        """Which of *runs*, that say one thing in the element *whole*, something tells of, and what."""
        start = 0
        for run in runs:
            end = start + len(run.text)
            if run.element.serial != whole and run.begins >= 0 and self._is_label(key := self._named(run)):
                yield start, end, key
            start = end

    def _named(self, run: Run, whole: int = 0) -> str:
        """What tells of *run*, or of the element *whole* whose text goes on in it."""
        if self._told is None:
            return ""
        if whole:
            return self._told.texts.get(whole) or self._told.wholes[whole]
        if (told := self._told.texts.get(run.element.serial)) is not None:
            return told
        around = _around(run.marks, "property") or run.element
        said = around.attributes.get("name") or around.attributes.get("Name", "")
        return said if self._is_label(said) else run.element.name

    def _keys(self, unit: Unit, following: Unit | None) -> dict[int, str | None]:
        """What heads each cell in *unit*, by its serial."""
        keys: dict[int, str | None] = {}
        rows = _rows(unit)
        after = _rows(following) if following is not None else {}
        for serial, row in rows.items():
            later = [each for number, each in {**rows, **after}.items() if number > serial and each.table == row.table]
            next_row = next((each.texts for each in later if each.texts), None)
            headings = self._tables.setdefault(row.table, Headings(self._is_label))
            found = headings.keys(row.texts, next_row)
            keys.update({cell: found.get(column, "") for cell, column in row.columns.items()})
        return keys


def _check_field(runs: Sequence[Run]) -> None:
    """Raise Withheld where *runs* are a field that fetches something."""
    if runs[0].element.name == "instrText" and REACHES_OUT.match(joined(runs)):
        raise Withheld(ACTIVE)


def _holds_number(run: Run) -> bool:
    """Whether programs read *run* as a number, and the file as a broken one where it is none."""
    name, around = run.element.name, _around(run.marks, "property")
    if around is not None:
        return name in _NUMBERS and "fmtid" in around.attributes
    return name == "v" and any(frame.name in _CACHES for frame in run.marks)


def _number_group(unit: Unit, run: Run, key: str | None) -> Group:
    """The group of a number; what is hidden of it becomes one that says nothing."""
    said = as_digits(run.text)

    def writes(new: str) -> None:
        if new != said:
            unit.replaces(run, _NO_DATE if run.element.name in _DATES else _NO_NUMBER)

    return Group(said, writes, key, at=run.element)


def _is_number(text: str) -> bool:
    """Whether a paragraph is a number, and the value of a label before it that has no colon and could be a title."""
    return len(text) <= LONGEST_NUMBER and any(map(str.isdigit, text)) and _SENTENCE.search(text) is None


def _said(unit: Unit) -> list[Run]:
    """The runs of the paragraph *unit* that are seen; none of anything else."""
    is_one = unit.frame is not None and unit.frame.name == "p"
    return [run for run in unit.runs if run.element.name == "t" or run.begins < 0] if is_one else []


@dataclass(slots=True)
class _TableRow:
    """A row of a table in prose."""

    table: int
    """The serial of its table."""
    width: int = 0
    columns: dict[int, int] = field(default_factory=dict)
    """By the serial of each of its cells, where it begins."""
    texts: dict[int, str] = field(default_factory=dict)
    """By their columns, the texts of cells that are not empty."""


def _rows(unit: Unit) -> dict[int, _TableRow]:
    """The rows in *unit*, by their serials, with their empty cells."""
    rows: dict[int, _TableRow] = {}
    for path in unit.marked:
        row, last = _around(path, "tr"), path[-1]
        if row is None or last.name not in ("tc", "gridSpan"):
            continue
        table = _around(path, "tbl")
        held = rows.setdefault(row.serial, _TableRow(table.serial if table is not None else 0))
        if last.name == "tc":
            held.columns[last.serial] = held.width
            held.width += 1
        elif (span := last.attributes.get("val", "")).isdecimal():
            held.width += max(0, min(int(span), MOST_COLUMNS) - 1)
    for run in unit.runs:
        row, cell = _around(run.marks, "tr"), _around(run.marks, "tc")
        if row is not None and cell is not None and row.serial in rows:
            column = rows[row.serial].columns[cell.serial]
            texts = rows[row.serial].texts
            texts[column] = texts.get(column, "") + run.text
    for held in rows.values():
        held.texts = {column: text.strip() for column, text in held.texts.items() if text.strip()}
    return rows


def _boxed(unit: Unit) -> dict[int, int]:
    """By the serial of each cell in *unit* that is a box of a value: that of the first of its boxes."""
    found: dict[int, int] = {}
    for row in _rows(unit).values():
        cells = {column: cell for cell, column in row.columns.items()}
        for columns in boxes_in(row.texts):
            found.update({cells[column]: cells[columns[0]] for column in columns})
    return found


def _cell_of(run: Run) -> int:
    """The serial of the cell that *run* lies in; 0 for none."""
    cell = _around(run.marks, "tc")
    return cell.serial if cell is not None else 0


def _around(frames: Sequence[Frame], name: str) -> Frame | None:
    """The innermost of *frames* that is called *name*."""
    return next((frame for frame in reversed(frames) if frame.name == name), None)


def _together(runs: list[Run], told: Told | None = None) -> Iterator[list[Run]]:
    """*runs* that say one thing together: those of a kind of element in one paragraph, those through which a text goes
    on, or one element by itself.
    """
    found: dict[tuple[int, str], list[Run]] = {}
    last = (0, "")
    for run in runs:
        around = next((frame for frame in reversed(run.marks) if frame.name in ("p", "comment")), None)
        kind = "t" if run.begins < 0 else run.element.name
        whole = told.whole(run.element.serial) if told is not None else 0
        key = (whole, "") if whole else (_serial(around, run), kind)
        if whole and key in found and last != key:
            found[key].append(Run(run.element, run.marks, "\t", -1, -1))  # something else stands between
        found.setdefault(key, []).append(run)
        last = key
    yield from found.values()


def _serial(around: Frame | None, run: Run) -> int:
    return around.serial if around is not None else run.element.serial
