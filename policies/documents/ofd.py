"""OFD, the fixed-layout format of GB/T 33190: XML in a package, whose texts stand at places of a page.

A value may be one object for each of its characters, so the texts of a line are put together by where they stand. What
is hidden keeps its length, for the distances of its characters are given; which glyphs stand for it is forgotten.
What is signed is withheld; or, where that is declared, its copy is without the signatures and the seals, which lie in
parts of their own, and says so before the element that everything begins with.
"""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from policies.documents.attributes import Attributes
from policies.documents.document import MALFORMED, SIGNATURE, SIGNED, Text, Within
from policies.documents.groups import Group, Grouping, masked_part, texts_of
from policies.documents.headings import Headings
from policies.documents.look import Look
from policies.documents.package import Package, Packing, parts_of
from policies.documents.prose import Prose
from policies.documents.signatures import PROLOGUE, marked_unsigned
from policies.documents.splice import Splicer
from policies.documents.units import Frame, Run, Unit, joined
from policies.documents.xml_keys import told_in
from policies.formats.found import found_as
from policies.formats.masker import Withheld
from policies.transforms.make import REDACTED

MAIN = "OFD.xml"
STAR = "*"
_PAGES = frozenset({b"Page", b"PageAnnot", b"Res"})
"""Root elements of parts whose texts stand at places, as drawings of resources do. Source: GB/T 33190, 7.7, 7.9, 15."""
_TEMPLATE = re.compile(rb"""<(?:[\w.-]+:)?TemplatePage\s[^<>]*?BaseLoc\s*=\s*["']([^"'<>]{1,200})["']""")
_FONTS = (".ttf", ".otf", ".ttc", ".cff")
_SIGNED = frozenset({"Signature", "Signatures", "SES_Signature"})
_SEALS = (".dat", ".esl")
_ROOT = re.compile(PROLOGUE + rb"<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_NAMES_SIGNATURES = re.compile(rb"<((?:[\w.-]+:)?Signatures)\s*(?:/>|>[^<]*</\1\s*>)")
"""Where a document says which part lists its signatures. Source: GB/T 33190, 7.4."""
_SPACED = 1.5
"""So many times its height apart, texts of a line are two."""


_TALLEST = 1.2
"""So many times the size of its letters, a line is high at most."""
_MOST_GAP = 4.0
"""So many times its height below another, a line does not belong to its table."""


class Ofd:
    """A document of GB/T 33190."""

    name = "ofd"
    media_types: tuple[str, ...] = ("application/ofd", "application/vnd.ofd")
    endings: tuple[str, ...] = (".ofd",)

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return MAIN in parts_of(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        work = _Work(data, within)
        for name in work.names():
            if name.lower().endswith(".xml"):
                yield from texts_of(work.pieces(name), work.grouping(name), name, _refused)
            elif not work.is_plain(name):
                yield from within.texts(work.package.read(name), name)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        work = _Work(data, within)
        look.tally.count_found(found_as(SIGNATURE) * work.signatures.number)
        with Packing() as packing:
            attributes = Attributes(look)
            for name in work.names():
                info = work.package.info(name)
                if name.lower().endswith(".xml"):
                    grouping = work.grouping(name)
                    masked = masked_part(work.pieces(name), grouping, look, attributes.of(grouping), _refused)
                    if name == MAIN and work.signatures.number:
                        masked = iter([marked_unsigned(b"".join(masked))])
                    packing.add(info, masked)
                elif work.is_plain(name):
                    packing.add(info, work.package.pieces(name) if not name.endswith("/") else [])
                else:
                    packing.add(info, [within.masked(work.package.read(name), look, name)])
            return packing.done()


class _Work:
    """One document that is being looked at."""

    def __init__(self, data: bytes, within: Within) -> None:
        self.package = Package(data, within.bounds)
        self.signatures = _signatures(self.package, within)
        self._within = within
        self._templates = self._named_as_templates()
        self._labels = [label for name in self._templates for label in self._labels_in(name)]

    def names(self) -> Iterator[str]:
        """The names of the parts that a copy has."""
        for name in self.package.names:
            self._within.check_time()
            if name not in self.signatures.parts:
                yield name

    def pieces(self, name: str) -> Iterator[bytes]:
        """The octets of the part *name*, as a copy has it before anything is hidden."""
        return iter([self.signatures.main]) if name == MAIN and self.signatures.number else self.package.pieces(name)

    def is_plain(self, name: str) -> bool:
        """Whether nobody looks into the part *name*, for it is a folder or a font. Raises Withheld for a signature."""
        lower = name.lower()
        if lower.endswith(_SEALS):
            raise Withheld(SIGNED)
        return lower.endswith(("/", *_FONTS))

    def grouping(self, name: str) -> Grouping:
        """How the texts of the part *name* belong together."""
        if _root_of(self.package, name) in _PAGES:
            return Page(self._within.is_label, [] if name in self._templates else self._labels)
        return Prose(self._within.is_label, told=told_in(self.pieces(name), self._within.is_label))

    def _named_as_templates(self) -> list[str]:
        """The parts on which pages lie. Source: GB/T 33190, 7.5 (`TemplatePage`)."""
        named = {
            PurePosixPath(found[1].decode("utf-8", "replace").lstrip("/")).parts[-3:]
            for name in self.package.names
            if name.endswith("Document.xml")
            for found in _TEMPLATE.finditer(self.package.read(name))
        }
        return [name for name in self.package.names if any(PurePosixPath(name).match("/".join(each)) for each in named)]

    def _labels_in(self, name: str) -> Iterator["_Placed"]:
        """What stands on the template *name* and tells of what stands behind or below it on a page."""
        found: list[Run] = []
        splicer = Splicer(
            lambda unit, _: found.extend(unit.runs), lambda frame, name, value: value,
            units=Page.units, marks=Page.marks, refused=_refused,
        )  # fmt: skip
        for _ in splicer.spliced(self.package.pieces(name)):
            pass
        for run in found:
            if run.element.name == "TextCode" and self._within.is_label(run.text.strip(" :：")):
                yield _Placed.of(Run(run.element, run.marks, run.text, -1, -1))


class Page:
    """The texts of one part, line by line. *behind*: labels that stand on the page and in another part."""

    units = frozenset({"Content", "Layer", "Appearance"})
    marks = frozenset({"TextObject", "CGTransform"})
    breaks: frozenset[str] = frozenset()
    terse: frozenset[str] = frozenset()
    wholes: Container[int] = ()

    def __init__(self, is_label: Callable[[str], bool], behind: Sequence["_Placed"] = ()) -> None:
        self._is_label = is_label
        self._behind = behind

    def attribute_key(self, frame: Frame, name: str) -> str:
        """See `Grouping.attribute_key`."""
        return ""

    def inside(self, text: str) -> None:
        """See `Grouping.inside`."""

    def groups(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """See `Grouping.groups`."""
        covered = _Covered()
        for run in unit.runs:
            if run.element.name not in ("TextCode", "Glyphs") and run.text.strip():
                named = run.element.attributes.get("Name", "")
                yield covered.group([run], named if self._is_label(named) else "")
        own = [_Placed.of(run) for run in unit.runs if run.element.name == "TextCode"]
        placed = [*self._behind, *own] if own else []
        rows = _in_columns([list(_cells(line)) for line in _lines(placed)])
        texts = [{column: said for column, cell in row.items() if (said := _said(cell).strip(" :："))} for row in rows]
        headings, last = Headings(self._is_label), 0.0
        for number, row in enumerate(rows):
            first = next(iter(row.values()))[0]
            if first.y - last > _MOST_GAP * first.height:
                headings = Headings(self._is_label)
            last = first.y
            keys = headings.keys(texts[number], next(filter(None, texts[number + 1 :]), None))
            before = ""
            for column, cell in row.items():
                key = keys.get(column, "")
                # A line is no row of a form: its labels tell of what is right behind them.
                yield covered.group([each.run for each in cell], before if key in texts[number].values() else key)
                said = texts[number].get(column, "")
                before = said if self._is_label(said) else ""
            yield covered.group([run for cell in row.values() for run in (*(each.run for each in cell), _GAP)])
        covered.write(unit)


_GAP = Run(Frame("", 0, {}), (), "  ", -1, -1)
"""Between two texts of a line that stand apart."""


class _Covered:
    """Which characters are hidden: a run may lie in several groups."""

    def __init__(self) -> None:
        self._places: dict[int, set[int]] = {}
        self._runs: dict[int, Run] = {}

    def group(self, runs: list[Run], key: str | None = "") -> Group:
        """The group of *runs*; what is to be hidden of it is noted."""
        whole = joined(runs)

        def writes(new: str) -> None:
            kept, at = _as_long(whole, new), 0
            for run in runs:
                hidden = {place for place in range(len(run.text)) if kept[at + place] != run.text[place]}
                if hidden and run.begins >= 0:
                    self._runs[run.begins] = run
                    self._places.setdefault(run.begins, set()).update(hidden)
                at += len(run.text)

        return Group(whole, writes, key)

    def write(self, unit: Unit) -> None:
        """Write stars over what is hidden, and forget which glyphs stand for it."""
        for begins, places in self._places.items():
            run = self._runs[begins]
            unit.replaces(run, "".join(STAR if place in places else char for place, char in enumerate(run.text)))
            around = next((frame for frame in reversed(run.marks) if frame.name == "TextObject"), None)
            for path in unit.marked:
                if path[-1].name == "CGTransform" and around in path:
                    unit.removes(path[-1])


@dataclass(slots=True)
class _Placed:
    """A text and where it stands on its page."""

    run: Run
    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, run: Run) -> "_Placed":
        """Where *run* stands. Raises Withheld where nobody can tell.

        Its box may be that of the page; then only its letters say how far it reaches.
        """
        around = next((frame for frame in reversed(run.marks) if frame.name == "TextObject"), None)
        try:
            said = around.attributes if around is not None else {}
            x, y, width, height = map(float, said.get("Boundary", "").split())
            own = run.element.attributes
            size = float(said.get("Size", "0")) or height
            letters = sum(size if char > "\u2e80" else size / 2 for char in run.text)
            width = min(width, max(letters, _advance(own.get("DeltaX", "")) + size))
            height = max(min(height, _TALLEST * size), 0.1)
            return cls(run, x + float(own.get("X", "0")), y + float(own.get("Y", "0")), width, height)
        except (ValueError, KeyError):
            raise Withheld(MALFORMED) from None


def _advance(deltas: str) -> float:
    """How far the last letter stands from the first, as `DeltaX` says it. Source: GB/T 33190, 11.3."""
    said, reached = iter(deltas.split()), 0.0
    for each in said:
        reached += int(next(said, "0")) * float(next(said, "0")) if each == "g" else float(each)
    return reached


@dataclass(slots=True)
class _Line:
    y: float
    each: list[_Placed] = field(default_factory=list)


def _lines(placed: list[_Placed]) -> Iterator[list[_Placed]]:
    """The texts that stand in one line, from left to right."""
    lines: list[_Line] = []
    for each in sorted(placed, key=lambda one: one.y):
        if not lines or each.y - lines[-1].y > each.height / 2:
            lines.append(_Line(each.y))
        lines[-1].each.append(each)
    for line in lines:
        yield sorted(line.each, key=lambda one: one.x)


def _cells(line: list[_Placed]) -> Iterator[list[_Placed]]:
    """The texts of *line* that stand close to each other."""
    cell: list[_Placed] = []
    for each in line:
        if cell and each.x - (cell[-1].x + cell[-1].width) > _SPACED * each.height:
            yield cell
            cell = []
        cell.append(each)
    if cell:
        yield cell


def _in_columns(lines: list[list[list[_Placed]]]) -> list[dict[int, list[_Placed]]]:
    """The cells of *lines*, each by its column: those that stand below each other have the same."""
    columns: list[tuple[float, float]] = []
    places: dict[int, tuple[float, float]] = {}
    """By the identity of each cell, the column that it is in."""
    for line in sorted(lines, key=len, reverse=True):
        taken: set[tuple[float, float]] = set()
        for cell in line:
            left, right = cell[0].x, max(each.x + each.width for each in cell)
            shared = {each: min(each[1], right) - max(each[0], left) for each in columns if each not in taken}
            column = max(shared, key=lambda each: shared[each], default=(left, right))
            if shared.get(column, 0) <= 0:
                column = (left, right)
                columns.append(column)
            taken.add(column)
            places[id(cell)] = column
    order = {column: number for number, column in enumerate(sorted(set(columns)))}
    return [{order[places[id(cell)]]: cell for cell in line} for line in lines]


def _said(cell: list[_Placed]) -> str:
    return joined([each.run for each in cell])


def _as_long(old: str, new: str) -> str:
    """*new* with its three stars stretched so that it is as long as *old*; all stars where that cannot be told."""
    kept = new.split(REDACTED)
    out, at = "", 0
    for number, piece in enumerate(kept):
        place = len(old) - len(piece) if number == len(kept) - 1 else old.find(piece, at)
        if place < at or not old.startswith(piece, place):
            return STAR * len(old)
        out += STAR * (place - at) + piece
        at = place + len(piece)
    return out if len(out) == len(old) else STAR * len(old)


class _Signatures(NamedTuple):
    """What a copy is without."""

    number: int
    parts: frozenset[str] = frozenset()
    main: bytes = b""
    """What `MAIN` says without it."""


def _signatures(package: Package, within: Within) -> _Signatures:
    """The signatures of *package*; none where they are not to be left out: then they withhold it. Raises Withheld."""
    if not within.bounds.unsigned_copy:
        return _Signatures(0)
    roots = {name: _root_of(package, name) for name in package.names if name.lower().endswith(".xml") and name != MAIN}
    found = {name for name, root in roots.items() if root in (b"Signature", b"Signatures")}
    folders = {PurePosixPath(name).parent for name in found}
    seals = (name for name in package.names if name.lower().endswith(_SEALS))
    found |= {name for name in seals if not folders.isdisjoint(PurePosixPath(name).parents)}
    main, named = _NAMES_SIGNATURES.subn(b"", package.read(MAIN))
    if not found and not named:
        return _Signatures(0)
    return _Signatures(max(1, sum(root == b"Signature" for root in roots.values())), frozenset(found), main)


def _root_of(package: Package, name: str) -> bytes:
    """What the outermost element of the part *name* is called, without its prefix; empty where that is not seen."""
    found = _ROOT.match(next(package.pieces(name), b""))
    return found[1] if found is not None else b""


def _refused(frame: Frame) -> str | None:
    return SIGNED if frame.name in _SIGNED else None


OFD = Ofd()
