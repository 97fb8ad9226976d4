"""What two programs declare otherwise, of which nothing else tells what it does. Nothing that differs goes untold."""

from collections.abc import Iterator, Mapping

from msgspec.structs import asdict, replace

from policies.policy_kinds import OnWrite
from policies.program import FREE_TEXT, FieldInfo, OperationRule, Program
from policies.program_shapes import (
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
from policies.rehearsal.changes import UNTOLD, WORDS, Change, Kind, said
from policies.transforms.spec import Redact

_COMPARED = frozenset(
    {
        "certificates",
        "errors",
        "fields",
        "front_proxies",
        "grants",
        "hosts",
        "identity_header",
        "issuers",
        "key_callers",
        "keys",
        "labels",
        "limits",
        "operations",
        "session",
        "spelling",
        "state",
        "upstream",
        "upstream_tls",
    }
)
"""Attributes of a program that are compared one by one, here or elsewhere."""
_SAID = frozenset("title_zh title_en harms transforms".split())
"""Those that only say something to people."""
type _Rest = dict[str, object]


def residue_changes(before: Program, after: Program) -> Iterator[Change]:
    """One change for all that is left over, one for what is only said to people, one for each body with fewer."""
    was, would = _differing(_rest_of(before), _rest_of(after))
    for operation, (first, second) in _of_both(before, after).items():
        old, new = _places(before, first.body), _places(after, second.body)
        if changed := [place for place, what in new.items() if old.get(place) != what]:
            was[f"{operation} body"] = {place: old.get(place) for place in changed}
            would[f"{operation} body"] = {place: new[place] for place in changed}
        elif old != new:
            fewer = {place: what for place, what in old.items() if place not in new}
            yield Change(Kind.NO_MORE, operation, "body", "", said(fewer), said(None))
        if (
            more := {*second.vocabulary}
            - {*first.vocabulary}
            - {part for name in second.fields for part in _parts(name)}
        ):
            was[f"{operation} words"], would[f"{operation} words"] = [], sorted(more)
    if was or would:
        yield Change(Kind.OTHERWISE, "", UNTOLD, "", said(was), said(would))
    was, would = _differing(_words_of(before), _words_of(after))
    if was or would:
        yield Change(Kind.NO_MORE, "", WORDS, "", said(was), said(would))


def _of_both(before: Program, after: Program) -> dict[str, tuple[OperationRule, OperationRule]]:
    """The operations of both by their ids, but for those that *after* refuses."""
    old = {operation.id: operation for operation in before.operations}
    return {each.id: (old[each.id], each) for each in after.operations if each.id in old and not each.refuse_zh}


def _differing(was: _Rest, would: _Rest) -> tuple[_Rest, _Rest]:
    """What both have, and have otherwise."""
    names = [name for name in was if name in would and was[name] != would[name]]
    return {name: was[name] for name in names}, {name: would[name] for name in names}


def _parts(name: str) -> list[str]:
    """The words of a field's *name*, as a vocabulary has them."""
    return [name.lower(), *name.lower().replace("_", " ").replace("-", " ").replace(".", " ").split()]


def _rest_of(program: Program) -> _Rest:
    rest: _Rest = {name: value for name, value in asdict(program).items() if name not in _COMPARED | _SAID}
    rest["reveals"] = [replace(rule, grant=replace(rule.grant, rule="")) for rule in program.reveals]
    rest["record_keys"] = {record: _names(program, fields) for record, fields in program.record_keys.items()}
    rest |= {f"field {field.name}": _rest_of_field(field) for field in program.fields}
    rest |= {f"errors {place}": what for place, what in _places(program, program.errors).items()}
    for operation in program.operations:
        if operation.refuse_zh:
            continue
        rest[f"{operation.method} {operation.path}"] = operation.id
        rest[operation.id] = operation.path, operation.record, operation.key_fields
        rest |= {f"{operation.id} {place}": what for place, what in _places(program, operation.answers).items()}
    return rest


def _rest_of_field(field: FieldInfo) -> FieldInfo:
    """*field* without what is compared of it where its values stand, or by itself."""
    return replace(
        field,
        rule="",
        mask=Redact(),
        on_write=OnWrite.REFUSE,
        at_rest=None,
        file=None,
        followed=True,
        level="",
        sensitive=False,
    )


def _words_of(program: Program) -> _Rest:
    said_of_all: _Rest = {name: getattr(program, name) for name in sorted(_SAID)}
    said_of_all |= {f"level of {field.name}": (field.level, field.sensitive) for field in program.fields}
    for operation in program.operations:
        if operation.refuse_zh:
            said_of_all[f"{operation.id} refuse"] = operation.refuse_zh, operation.refuse_en
        for rule in operation.parameters:
            said_of_all[f"{operation.id} {rule.pattern}"] = rule.reason_zh, rule.reason_en
    return said_of_all


def _names(program: Program, fields: tuple[int, ...]) -> list[str]:
    return [program.fields[index].name for index in fields]


def _places(program: Program, shapes: Shapes) -> _Rest:
    """By each place in *shapes*: which field's values stand there, and as what."""
    found: _Rest = {}
    for format_, shape in trees_in(shapes).items():
        found |= {f"{format_} {place}": what for place, what in _within(program, shape, "")}
    if shapes.html is not None:
        found |= {f"html {place}": what for place, what in _of_page(program, shapes.html)}
    for format_, name, message in messages_in(shapes):
        within = _within(program, message.json, "")
        found |= {f"{format_} {name} {place}": what for place, what in within}
        if message.text is not None:
            found[f"{format_} {name}"] = program.fields[message.text].name
    if shapes.documents is not None:
        found["documents"] = program.fields[FREE_TEXT].name
    if shapes.text is not None:
        found["text"] = program.fields[shapes.text].name
    return found


def _of_page(program: Program, page: HtmlShapes) -> Iterator[tuple[str, object]]:
    yield from _within(program, page.record, "")
    for element in page.elements:
        field = "" if element.field is None else program.fields[element.field].name
        yield f"{element.element} {element.css_class} {element.within}", (field, _names(program, element.key))


def _within(program: Program, shape: Shape | None, place: str) -> Iterator[tuple[str, object]]:
    match shape:
        case ValueShape(field, label):
            yield place, ("value", _names(program, (field, label)))
        case KeyShape(fields):
            yield place, ("key", _names(program, fields))
        case CursorShape(record, fields):
            yield place, ("cursor", record, _names(program, fields))
        case LinkShape():
            yield place, ("link",)
        case RowsShape(columns, record):
            yield place, ("rows", columns)
            yield from _within(program, record, f"{place}/*")
        case ObjectShape(children, other, items):
            within: Mapping[str, Shape | None] = {**children, "~other": other, "~items": items}
            for name, child in within.items():
                yield from _within(program, child, f"{place}/{name}")
        case None:
            return
