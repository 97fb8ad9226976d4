"""Texts of a part that are looked at together, and what is done to them."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.documents.document import Text
from policies.documents.formulas import with_joined
from policies.documents.heading_words import tells
from policies.documents.inside import Inside
from policies.documents.look import Look
from policies.documents.splice import SHORTEST, Aside, Attribute, Splicer
from policies.documents.torn_paragraphs import WINDOW
from policies.documents.units import Frame, Run, Unit, cut, joined, write
from policies.formats.finder import Span, merge
from policies.formats.found import found_as
from policies.formats.free_text import KnownValues, hide, personal_spans
from policies.formats.json.keys import is_telling_key
from policies.transforms.make import REDACTED

_LINE_END = re.compile("[\r\n]")
LONGEST_PLACE, LONGEST_NAME = 120, 40
"""Characters of a place that is told, and of a name in it."""
LEAST_DIGITS = 11
"""Of a run that may be a number by itself."""
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")


@dataclass(slots=True)
class Group:
    """Runs that say one thing."""

    text: str
    writes: Callable[[str], None]
    """Puts another text in its place."""
    key: str | None = ""
    """What heads it; None for a heading."""
    row: int = 0
    """Tells the cells of one row of a table from those of others; 0 for what lies in none."""
    runs: Sequence[Run] = ()
    """Where a part of it can be hidden by itself."""
    hides: bool = False
    """Whether it is somebody's name by what it is, and never shown."""
    inside: Inside | None = None
    """The document that it is."""
    at: Frame | None = None
    """The element that it stands in, or begins in."""
    torn: tuple[int, int] = (0, 0)
    """How many of its first and of its last characters belong to a value that begins before or goes on behind it."""
    told: Sequence[tuple[int, int, str]] = ()
    """From where to where elements stand in it of which something tells what they hold, and what."""


class Grouping(Protocol):
    """How the texts of one kind of parts belong together. Made anew for each part."""

    units: frozenset[str]
    marks: frozenset[str]
    breaks: frozenset[str]
    terse: frozenset[str]
    wholes: Container[int]
    """See `Splicer`."""

    def attribute_key(self, frame: Frame, name: str) -> str:
        """What tells of the attribute *name* of *frame*, where elements and attributes are called by what they hold."""

    def inside(self, text: str) -> Inside | None:
        """The document that *text* is, where such are looked for. Raises Withheld."""

    def groups(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """The groups in *unit*, those of one row together. Raises Withheld."""


def runs_group(unit: Unit, runs: Sequence[Run], key: str | None = "", *, row: int = 0, hides: bool = False) -> Group:
    """The group of *runs* of *unit*."""
    return Group(joined(runs), lambda new: write(unit, runs, new), key, row, runs, hides, at=runs[0].element)


REFERRING = frozenset("definedName f formula formula1 formula2 calculatedColumnFormula totalsRowFormula".split())
"""Elements that hold formulas. Source: ISO/IEC 29500-1, 18.2.5, 18.3.1.32, 18.5.1.3, 21.2.2.65."""
_NOWHERE = "#REF!"
_LIST = re.compile('"[^"]*"')
"""A formula that is a list of choices."""


def formula_group(unit: Unit, run: Run) -> Group:
    """The group of a formula that is no cell's. What leads to something hidden leads nowhere, as programs write it; a
    list of choices stays one.
    """
    said = with_joined(run.text)

    def writes(new: str) -> None:
        if new != said:
            unit.replaces(run, f'"{new.strip(chr(34))}"' if _LIST.fullmatch(run.text) else _NOWHERE)

    return Group(said, writes)


def settle(unit: Unit, groups: Iterable[Group], look: Look) -> None:
    """Put in the place of each group what *look* makes of it. Raises Withheld."""
    rows: dict[int, list[Group]] = {}
    for group in groups:
        if group.row and group.key is not None:
            rows.setdefault(group.row, []).append(group)
        else:
            _settle_one(unit, group, look)
    for cells in rows.values():
        keys, values = [cell.key or "" for cell in cells], [cell.text for cell in cells]
        if not any(map(look.is_declared, keys)):
            for cell in cells:
                _settle_one(unit, cell, look)
            continue
        subject = look.subject_in(keys, values)
        for cell, action in zip(cells, look.row(keys, values), strict=True):
            cell.writes(look.done(cell.text, action, subject))


def _settle_one(unit: Unit, group: Group, look: Look) -> None:
    if group.hides:
        if group.text.strip():
            look.tally.count_found(AUTHOR)
            group.writes(REDACTED)
        return
    key = group.key or ""
    if group.inside is not None and not (key and look.hides_whole(key, group.text)):
        group.writes(group.inside.masked(look))
    elif group.runs and (not key or not look.hides_whole(key, group.text)):
        spans = look.spans(group.text, key)
        if len(group.runs) > 1:
            spans = merge([*spans, *_in_one_run(group, spans, look)])
        spans = merge([*spans, *_told_in(group, look)]) if group.told else spans
        if any(group.torn):
            spans = merge([*spans, *_torn_off(group, look)])
        cut(unit, group.runs, [(span.start, span.end) for span in spans], REDACTED)
    else:
        group.writes(look.masked(group.text, key))


def _in_one_run(group: Group, spans: Sequence[Span], look: Look) -> Iterator[Span]:
    """What a run of *group* says by itself and is not among *spans*, for a number ends where the next begins."""
    start = 0
    for run in group.runs:
        if sum(map(str.isdigit, run.text)) >= LEAST_DIGITS:
            for each in personal_spans(run.text, KnownValues()):
                begins, ends = start + each.start, start + each.end
                if not any(span.start <= begins and ends <= span.end for span in spans):
                    look.tally.count_found(each.categories)
                    yield Span(begins, ends, each.categories)
        start += len(run.text)


def _told_in(group: Group, look: Look) -> Iterator[Span]:
    """What of *group* is to be hidden because something tells what the element holds that it stands in."""
    for start, end, key in group.told:
        if look.hides_whole(key, group.text[start:end]):
            yield from (
                Span(start + each.start, start + each.end, each.categories)
                for each in look.spans(group.text[start:end], key)
            )


def _torn_off(group: Group, look: Look) -> Iterator[Span]:
    """What of *group* belongs to values that stand in others as well, counted where they end."""
    first, last = group.torn
    if first:
        look.tally.count_found(TORN)
        yield Span(0, first, TORN)
    if last:
        yield Span(len(group.text) - last, len(group.text), TORN)


def masked_part(
    pieces: Iterable[bytes],
    grouping: Grouping,
    look: Look,
    attribute: Attribute,
    refused: Callable[[Frame], str | None],
    *,
    keeps_asides: bool = False,
) -> Iterator[bytes]:
    """The part whose *pieces* come, with what *look* makes of its texts and *attribute* of its attributes.

    *keeps_asides*: comments and processing instructions are texts as well, and do not go.
    """

    def aside(said: str, line: int) -> str:
        inside = grouping.inside(said)
        if inside is not None:
            return inside.masked(look)
        shown = look.masked(said)
        return hide(shown, look.spans_unlearnt(_LINE_END.sub(" ", shown))) if "\n" in shown else shown

    def treats(unit: Unit, following: Unit | None) -> None:
        settle(unit, grouping.groups(unit, following), look)

    yield from _splicer(grouping, treats, attribute, refused, aside=aside if keeps_asides else None).spliced(pieces)


def texts_of(
    pieces: Iterable[bytes],
    grouping: Grouping,
    place: str,
    refused: Callable[[Frame], str | None],
    *,
    keeps_asides: bool = False,
) -> Iterator[Text]:
    """The texts of the part whose *pieces* come, and those of its attributes that could say something; *keeps_asides*:
    see `masked_part`.
    """
    found: list[Text] = []
    before = ""

    def treats(unit: Unit, following: Unit | None) -> None:
        nonlocal before
        for group in grouping.groups(unit, following):
            where = _where(place, group.at)
            if group.inside is not None and not tells(group.key or ""):
                found.extend(within(where, group.inside))
            elif group.text.strip():
                found.append(Text(where, group.text, group.key or ("姓名" if group.hides else "")))
                found.extend(Text(where, group.text[start:end], key) for start, end, key in group.told)
                if group.torn[0]:
                    found.append(Text(where, before[-WINDOW:] + group.text[: group.torn[0]]))
                before = group.text

    def within(where: str, inside: Inside) -> Iterator[Text]:
        for text in inside.texts():
            yield Text(f"{where} {text.place}"[:LONGEST_PLACE], text.text, text.key, text.sure)

    def attribute(frame: Frame, name: str, value: str) -> str:
        where = _where(place, frame, name)
        key = grouping.attribute_key(frame, name)
        if key and value.strip() and not tells(value):
            found.append(Text(where, value, key))
        elif (inside := grouping.inside(value)) is not None:
            found.extend(within(where, inside))
        elif says_something(value):
            found.append(Text(where, value, "姓名" if is_author(frame, name) else ""))
        return value

    def aside(said: str, line: int) -> str:
        where = f"{place} line {line} <!-->".lstrip()
        if (inside := grouping.inside(said)) is not None:
            found.extend(within(where, inside))
        elif said.strip():
            found.append(Text(where, said))
        return said

    splicer = _splicer(grouping, treats, attribute, refused, lines=not place, aside=aside if keeps_asides else None)
    for _ in splicer.spliced(pieces):
        yield from found
        found.clear()
    yield from found


def _where(place: str, frame: Frame | None, attribute: str = "") -> str:
    """Where in *place* the element *frame*, or an *attribute* of it, stands: its line or its cell, where that is known.

    A name that may be data itself is left out.
    """
    if frame is None:
        return place
    if frame.line:
        names = ["*" if is_telling_key(name) else name[:LONGEST_NAME] for name in (frame.name, attribute) if name]
        return f"{place} line {frame.line} <{' '.join(names)}>".lstrip()
    cell = frame.attributes.get("r", "") if frame.name == "c" else ""
    return f"{place} {cell}" if _CELL.fullmatch(cell) else place


def says_something(value: str) -> bool:
    """Whether an attribute may hold a text: what is short and in ASCII is a number or a word of the format."""
    return len(value) >= SHORTEST or not value.isascii()


TORN = found_as("free_text", "pattern")
"""How a value is counted that was torn."""
AUTHOR = found_as("person_name", "context")
"""How what a document says of its authors is counted."""
_AUTHORS = frozenset({"author", "initials"})
_PEOPLE = frozenset(
    {
        ("person", "displayName"),
        ("person", "userId"),
        ("presenceInfo", "userId"),
        ("cmAuthor", "name"),
        ("author", "name"),
        ("author", "userId"),
    }
)


def is_author(frame: Frame, name: str) -> bool:
    """Whether the attribute *name* of *frame* holds somebody's name, by the formats of Office."""
    return name in _AUTHORS or (frame.name, name) in _PEOPLE


def _splicer(
    grouping: Grouping,
    treats: Callable[[Unit, Unit | None], None],
    attribute: Attribute,
    refused: Callable[[Frame], str | None],
    *,
    lines: bool = False,
    aside: Aside | None = None,
) -> Splicer:
    return Splicer(
        treats,
        attribute,
        units=grouping.units,
        marks=grouping.marks,
        wholes=grouping.wholes,
        breaks=grouping.breaks,
        terse=grouping.terse,
        refused=refused,
        lines=lines,
        aside=aside,
    )
