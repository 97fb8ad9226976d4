"""What two programs declare otherwise, of which imagining who asks cannot tell what it does.

Whoever asks, and with which credential, may be anybody: a grant, a key or an issuer is compared as it is written, and
what is not provably as narrow as it was counts as showing more. What is provably so is told as that.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from policies.operations import About
from policies.policy_kinds import OnWrite
from policies.program import FieldInfo, OperationRule, ParameterRule, Program
from policies.program_callers import FrontProxyRule, IssuerRule, KeyRule
from policies.program_shapes import ObjectShape, RowsShape, Shape, Shapes, messages_in, trees_in
from policies.rehearsal.changes import Change, Kind, Side, said
from policies.rehearsal.declared_grants import grant_changes
from policies.rehearsal.declared_limits import limit_changes
from policies.rehearsal.residue import residue_changes


def declared_changes(before: Program, after: Program) -> Iterator[Change]:
    """What *after* declares otherwise than *before*, whoever asks."""
    yield from grant_changes(before, after)
    yield from limit_changes(before, after)
    yield from _of_keys(before, after)
    yield from _of_issuers(before, after)
    yield from _of_front_proxies(before, after)
    yield from _of_fields(before, after)
    yield from _of_parameters(before, after)
    yield from _of_facts(before, after)
    yield from residue_changes(before, after)


def _change(
    about: str, was: Side, would: Side, *, operation: str = "", category: str = "", no_more: bool = False
) -> Change:
    return Change(Kind.NO_MORE if no_more else Kind.OTHERWISE, operation, about, category, was, would)


def _of_fields(before: Program, after: Program) -> Iterator[Change]:
    """What becomes of values that are sent for a field: what is refused reaches nothing."""
    stored = {field.name: _stored(field) for field in before.fields}
    for field in after.fields:
        was, would = stored.get(field.name), _stored(field)
        if was is not None and was != would:
            is_refused = field.on_write is OnWrite.REFUSE and was[1:] == would[1:]
            about = f"{field.name} on_write"
            yield _change(about, said(was), said(would), category=field.category, no_more=is_refused)


def _stored(field: FieldInfo) -> tuple[object, ...]:
    return field.on_write, field.at_rest, field.file


def _of_parameters(before: Program, after: Program) -> Iterator[Change]:
    """Parameters that pass otherwise than they did: which fields they are about, the questions tell."""
    old = {operation.id: [_plain(each) for each in operation.parameters] for operation in before.operations}
    for operation in after.operations:
        for parameter in map(_plain, operation.parameters):
            known = old.get(operation.id, [parameter])
            if parameter not in known:
                was = next((each for each in known if each.pattern == parameter.pattern), None)
                no_more = parameter.about is About.REFUSED or bool(operation.refuse_zh)
                yield _change(
                    f"parameter {parameter.pattern}",
                    _passes(was),
                    _passes(parameter),
                    operation=operation.id,
                    no_more=no_more,
                )


def _plain(parameter: ParameterRule) -> ParameterRule:
    return replace(parameter, fields=(), reason_zh="", reason_en="")


def _passes(parameter: ParameterRule | None) -> Side:
    return said((parameter.about, parameter.values) if parameter is not None else None)


def _of_keys(before: Program, after: Program) -> Iterator[Change]:
    old, new = ({key.id: key for key in program.keys} for program in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, would = old.get(name), new.get(name)
        if was != would:
            yield _change(f"key {name}", said(was), said(would), no_more=_is_no_wider(was, would))
    removed = {*before.key_callers} - {*after.key_callers}
    if before.key_callers != after.key_callers:
        # A token may say that somebody is who had a key: only a grant for just that caller makes a difference.
        named = {caller for grant in after.grants for caller in grant.callers}
        no_more = removed.isdisjoint(named) or not after.issuers
        yield _change("key_callers", said(before.key_callers), said(after.key_callers), no_more=no_more)


def _is_no_wider[R: (KeyRule, FrontProxyRule)](was: R | None, would: R | None) -> bool:
    """Whether what *would* be is gone, or is as it *was* and ends no later."""
    return would is None or (was is not None and replace(would, until=was.until) == was and would.until <= was.until)


def _of_front_proxies(before: Program, after: Program) -> Iterator[Change]:
    old, new = ({front.id: front for front in program.front_proxies} for program in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, would = old.get(name), new.get(name)
        if was != would:
            yield _change(f"front_proxy {name}", said(was), said(would), no_more=_is_no_wider(was, would))


def _of_issuers(before: Program, after: Program) -> Iterator[Change]:
    old, new = ({issuer.issuer: issuer for issuer in program.issuers} for program in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, would = old.get(name), new.get(name)
        if was != would:
            yield _change(f"issuer {name}", _of_issuer(was, would), _of_issuer(would, was), no_more=would is None)


def _of_issuer(issuer: IssuerRule | None, other: IssuerRule | None) -> Side:
    if issuer is None:
        return said(None)
    mine, its = (msgspec.to_builtins(each) for each in (issuer, other or issuer))
    return said({name: value for name, value in mine.items() if name == "issuer" or value != its[name]})


def _of_facts(before: Program, after: Program) -> Iterator[Change]:
    was, would = _facts_of(before), _facts_of(after)
    refused = {operation.id for operation in after.operations if operation.refuse_zh}
    for operation, about in sorted(was.keys() & would.keys()):  # of what one of them lacks, its places tell
        first, second = was[operation, about], would[operation, about]
        if first != second:
            fewer = isinstance(first, frozenset) and isinstance(second, frozenset) and second <= first
            told = (said(each if not isinstance(each, frozenset) else sorted(each)) for each in (first, second))
            yield _change(about, *told, operation=operation, no_more=fewer or operation in refused)


def _facts_of(program: Program) -> dict[tuple[str, str], object]:
    """What is compared as it is, by the operation, or none, and what it is called. Of a set, fewer are no more."""
    facts: dict[tuple[str, str], object] = {
        ("", "hosts"): program.hosts,
        ("", "upstream"): program.upstream,
        ("", "state"): program.state,
        ("", "labels"): program.labels,
        ("", "spelling"): program.spelling,
        ("", "identity_header"): program.identity_header,
        ("", "certificates"): program.certificates,
        ("", "upstream_tls"): program.upstream_tls,
        ("", "session"): program.session,
        ("", "trace_context"): frozenset(program.trace_context),
    }
    facts |= {("", f"errors {name}"): value for name, value in _facts_of_bodies(program.errors)}
    for operation in program.operations:
        facts |= {(operation.id, name): value for name, value in _facts_of_operation(operation)}
    return facts


def _facts_of_operation(operation: OperationRule) -> Iterator[tuple[str, object]]:
    yield "always", operation.always
    yield "key_headers", frozenset(operation.key_headers)
    yield "facets", frozenset(operation.facets)
    yield "subjects", operation.subjects
    yield "websocket", operation.websocket
    yield "export", operation.export
    yield "mark", operation.mark
    yield from _facts_of_bodies(operation.answers)
    yield from ((f"sent {name}", value) for name, value in _facts_of_bodies(operation.body))


def _facts_of_bodies(shapes: Shapes) -> Iterator[tuple[str, object]]:
    """What is declared of bodies besides where values stand: whom records are about, and what is said of pages."""
    for format_, shape in trees_in(shapes).items():
        yield from ((f"subject {format_} {place}".rstrip(), subject) for place, subject in _subjects(shape, ""))
    yield "multipart", shapes.multipart
    yield "file", shapes.file
    if shapes.documents is not None:
        yield "documents", frozenset(shapes.documents.formats)
        yield "documents titles", shapes.documents.titles
        yield "documents signed", shapes.documents.unsigned_copy
    if shapes.xml is not None:
        yield "xml", replace(shapes.xml, root=ObjectShape())
    if shapes.html is not None:
        yield from ((f"subject html {place}".rstrip(), subject) for place, subject in _subjects(shapes.html.record, ""))
        yield "html", replace(shapes.html, record=ObjectShape(), elements=())
    for format_, name, message in messages_in(shapes):
        subjects = _subjects(message.json, "")
        yield from ((f"subject {format_} {name} {place}".rstrip(), subject) for place, subject in subjects)
        yield f"{format_} {name}", replace(message, json=None, text=None)
    if shapes.events is not None:
        yield "events", replace(shapes.events, data={})


def _subjects(shape: Shape | None, place: str) -> Iterator[tuple[str, str | None]]:
    """Whom the records in *shape* are said to be about, by where they stand."""
    match shape:
        case ObjectShape(children, other, items, subject):
            yield place, subject
            for name, child in {**children, "~other": other, "~items": items}.items():
                yield from _subjects(child, f"{place}/{name}")
        case RowsShape(_, record):
            yield from _subjects(record, f"{place}/*")
        case _:
            return
