"""Where in an answer the values of declared fields stand, so that two programs can be asked about the same place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.program import FREE_TEXT
from policies.program_shapes import (
    UNDECLARED,
    CursorShape,
    HtmlShapes,
    KeyShape,
    LinkShape,
    ObjectShape,
    RowsShape,
    Shape,
    Shapes,
    ValueShape,
    messages_in,
    trees_in,
)

HIDDEN = (UNDECLARED,)
_LABEL = "~label"
_CONTROL = "~control"


FLAT = ("csv", "documents")
"""Formats whose records are rows of single values."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in answers of one format."""

    format: str
    steps: tuple[str, ...] = ()
    """In JSON: keys, with `*` for any key or index. In a page: an element with its conditions and its field.
    Of an event or a message: its name, then those in JSON."""


type Held = tuple[int, ...]
"""The fields that a value in a place may be of: one, or those of a record's key; none where no such answer passes."""


def places_in(shapes: Shapes) -> Iterator[Place]:
    """Every place of which *shapes* declare something."""
    for format_, shape in trees_in(shapes).items():
        # A cell holds one value, and nothing beside it.
        yield from (Place(format_, steps) for steps in _leaves(shape) if format_ not in FLAT or len(steps) == 1)
    if shapes.text is not None:
        yield Place("text")
    if shapes.documents is not None:
        yield Place("documents")
    if shapes.html is not None:
        for steps in _of_page(shapes.html):
            yield Place("html", steps)
    for format_, name, message in messages_in(shapes):
        for steps in _leaves(message.json) if message.json is not None else ((),):
            yield Place(format_, (name, *steps))


def held_at(shapes: Shapes, place: Place) -> Held:
    """What *shapes* say of values in *place*: `HIDDEN` where they say nothing of it."""
    match place.format:
        case "documents" if not place.steps or shapes.documents is None or shapes.documents.record is None:
            return () if shapes.documents is None else (FREE_TEXT,)
        case format_ if (tree := trees_in(shapes).get(format_)) is not None:
            return _below(tree, place.steps)
        case "text" if shapes.text is not None:
            return (shapes.text,)
        case "html" if shapes.html is not None:
            return _in_page(shapes.html, place.steps)
        case "events" | "messages":
            return _in_messages(shapes, place)
        case _:
            return ()


def _in_messages(shapes: Shapes, place: Place) -> Held:
    for format_, name, message in messages_in(shapes):
        if (format_, name) == (place.format, place.steps[0]):
            if message.json is not None:
                return _below(message.json, place.steps[1:])
            return HIDDEN if message.text is None or place.steps[1:] else (message.text,)
    return ()


def _leaves(shape: Shape, steps: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    match shape:
        case ValueShape(_, label):
            yield steps
            if label != UNDECLARED:
                yield (*steps, _LABEL)
        case KeyShape() | CursorShape() | LinkShape():
            yield steps
        case RowsShape(_, record):
            yield from _leaves(record, steps)
        case ObjectShape(children, other, items):
            for name, child in children.items():
                yield from _leaves(child, (*steps, name))
            for inner in {id(each): each for each in (other, items) if each is not None}.values():
                yield from _leaves(inner, (*steps, "*"))


def _below(shape: Shape, steps: tuple[str, ...]) -> Held:
    """What stands *steps* below *shape*; a list where an object is declared is one of such objects."""
    if not steps:
        match shape:
            case ValueShape(field):
                return (field,)
            case KeyShape(fields) | CursorShape(_, fields):
                return fields
            case LinkShape():
                return (FREE_TEXT,)
            case _:
                return HIDDEN
    step, rest = steps[0], steps[1:]
    match shape:
        case ValueShape(_, label) if steps == (_LABEL,):
            return (label,)
        case RowsShape(_, record):
            return _below(record, rest if step == "*" else steps)
        case ObjectShape(children, other, items):
            if step in children:
                return _below(children[step], rest)
            if step != "*":
                return HIDDEN if other is None else _below(other, rest)
            inner = items or other
            return _below(shape, rest) if inner is None else _below(inner, rest)
        case ValueShape() | KeyShape() if step == "*":
            return _below(shape, rest)
        case _:
            return HIDDEN


def _of_page(page: HtmlShapes) -> Iterator[tuple[str, ...]]:
    values = {name: child for name, child in page.record.children.items() if isinstance(child, ValueShape)}
    for element in page.elements:
        selector = (element.element, element.css_class or "", element.within or "")
        if element.field is not None:
            yield selector
            continue
        for name, child in values.items():
            yield (*selector, name)
            if child.label != UNDECLARED:
                yield (*selector, name, _LABEL)
    if page.control is not None:
        for name in values:
            yield (_CONTROL, name)


def _in_page(page: HtmlShapes, steps: tuple[str, ...]) -> Held:
    if steps[0] == _CONTROL:
        if page.own_control is not None and re.fullmatch(page.own_control, steps[1]):
            return (FREE_TEXT,)
        declared = page.control is not None and steps[1] in page.record.children
        return _below(page.record, steps[1:]) if declared else (FREE_TEXT,) if page.scanned else HIDDEN
    for element in page.elements:
        if (element.element, element.css_class or "", element.within or "") == steps[:3]:
            return _below(page.record, steps[3:]) if element.field is None else (element.field,)
    # Text in an element of which nobody says that it holds a value is shown, but for what is found in it.
    return (FREE_TEXT,)
