"""What two programs declare otherwise, of which imagining who asks cannot tell what it does.

Whoever asks, and with which credential, may be anybody: a grant, a key or an issuer is compared as it is written, and
what is not provably as narrow as it was counts as showing more.
"""

import ipaddress
from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from policies.changes import Change, Kind, Side, surely_no_more
from policies.policy import Direction
from policies.program import (
    FieldInfo,
    GrantRule,
    HtmlShapes,
    IssuerRule,
    KeyRule,
    ObjectShape,
    OperationRule,
    ParameterRule,
    Program,
    RowsShape,
    Shape,
)
from policies.transforms.spec import Form

_NONE = Side("none", Form.NONE)
_LONGEST = 200


def declared_changes(before: Program, after: Program) -> Iterator[Change]:
    """What *after* declares otherwise than *before*, and not provably narrower."""
    yield from _of_grants(before, after)
    yield from _of_credentials(before, after)
    stored = {field.name: _stored(field) for field in before.fields}
    for field in after.fields:
        if field.name in stored and stored[field.name] != _stored(field):
            about = f"{field.name} on_write"
            yield Change(Kind.OTHERWISE, "", about, field.category, _said(stored[field.name]), _said(_stored(field)))
    yield from _of_parameters(before, after)
    was, would = _facts_of(before), _facts_of(after)
    for about in sorted(was.keys() | would.keys()):
        first, second = was.get(about), would.get(about)
        operation, _, what = about.rpartition("\n")
        is_of_both = not operation or (about in was and about in would)
        if first != second and is_of_both:
            yield Change(Kind.OTHERWISE, operation, what, "", _said(first), _said(second))


def _of_parameters(before: Program, after: Program) -> Iterator[Change]:
    """Parameters that pass otherwise than they did: which fields they are about, the questions tell."""
    old = {operation.id: [replace(each, fields=()) for each in operation.parameters] for operation in before.operations}
    for operation in after.operations:
        for parameter in operation.parameters:
            known = old.get(operation.id, [replace(parameter, fields=())])
            if replace(parameter, fields=()) not in known:
                about = f"parameter {parameter.pattern}"
                was = next((each for each in known if each.pattern == parameter.pattern), None)
                yield Change(Kind.OTHERWISE, operation.id, about, "", _passes(was), _passes(parameter))


def _passes(parameter: ParameterRule | None) -> Side:
    return _said((parameter.about, parameter.values)) if parameter is not None else _NONE


def _stored(field: FieldInfo) -> object:
    return field.on_write, field.at_rest, field.file


def _of_grants(before: Program, after: Program) -> Iterator[Change]:
    old, new = ({grant.id: grant for grant in program.grants} for program in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, would = old.get(name), new.get(name)
        is_same = (_sent(was) if was is not None else None) == (_sent(would) if would is not None else None)
        is_wider = would is not None and not is_narrower(was, would)
        is_less = was is not None and (would is None or not is_narrower(would, was)) and _may_hide(was, before, after)
        if is_wider or is_less or not is_same:
            yield Change(Kind.OTHERWISE, "", f"grant {name}", "", _of_grant(was, would), _of_grant(would, was))


def _sent(grant: GrantRule) -> object:
    """What *grant* says of what is sent to the system: more of it may be kept out than is by another."""
    return (grant.direction, grant.sees) if grant.direction is not Direction.ANSWER else None


def _may_hide(grant: GrantRule, before: Program, after: Program) -> bool:
    """Whether somebody to whom *grant* does not apply any more may see more by what applies instead."""
    instead = [(field.category, field.mask) for field in after.fields]
    for program in (before, after):
        instead += [pair for other in program.grants if other.id != grant.id for pair in other.sees.items()]
    return any(category in grant.sees and not surely_no_more(grant.sees[category], spec) for category, spec in instead)


def is_narrower(was: GrantRule | None, would: GrantRule) -> bool:
    """Whether whoever meets the conditions of the grant *would* surely met those of *was*."""
    if was is None:
        return False
    meant, now_meant = ({*each.posts, *each.callers} for each in (was, would))
    return (
        (not meant or (bool(now_meant) and now_meant <= meant))
        and {*was.all_posts} <= {*would.all_posts}
        and {*was.not_posts} <= {*would.not_posts}
        and all(
            name in would.attributes and {*would.attributes[name]} <= {*was.attributes[name]} for name in was.attributes
        )
        and was.signed_in <= would.signed_in
        and would.anyone <= was.anyone
        and was.owner in (None, would.owner)
        and _is_within(would.operations, was.operations)
        and (was.records, was.fields) in ((None, None), (would.records, would.fields))
        and was.direction is would.direction
        and (was.networks is None or (would.networks is not None and _lie_in(would.networks, was.networks)))
        and (
            was.hours is None
            or (
                would.hours is not None
                and all(any(start <= first and last <= end for start, end in was.hours) for first, last in would.hours)
            )
        )
        and all(would.rows.get(field) == row for field, row in was.rows.items())
        and (was.at_most is None or (would.at_most is not None and would.at_most <= was.at_most))
        and (not was.purposes or (bool(would.purposes) and {*would.purposes} <= {*was.purposes}))
        and {*was.not_purposes} <= {*would.not_purposes}
        and would.until <= was.until
    )


def _is_within(would: tuple[str, ...] | None, was: tuple[str, ...] | None) -> bool:
    return was is None or (would is not None and {*would} <= {*was})


def _lie_in(would: tuple[str, ...], was: tuple[str, ...]) -> bool:
    wide = [ipaddress.ip_network(each) for each in was]
    return all(any(_is_part(ipaddress.ip_network(each), other) for other in wide) for each in would)


def _is_part(one: ipaddress.IPv4Network | ipaddress.IPv6Network, other: object) -> bool:
    match one, other:
        case ipaddress.IPv4Network(), ipaddress.IPv4Network():
            return one.subnet_of(other)
        case ipaddress.IPv6Network(), ipaddress.IPv6Network():
            return one.subnet_of(other)
        case _:
            return False


def _of_grant(grant: GrantRule | None, other: GrantRule | None) -> Side:
    """What *grant* says otherwise than *other*."""
    if grant is None:
        return _NONE
    mine, its = (msgspec.to_builtins(replace(each, rule="", yields_to=())) for each in (grant, other or grant))
    says = {name: value for name, value in mine.items() if other is None or value != its[name]}
    return Side(_words(says), Form.NONE, grant.rule, grant.id)


def _of_credentials(before: Program, after: Program) -> Iterator[Change]:
    keys = {key.id: key for key in before.keys}
    for key in after.keys:
        was = keys.get(key.id)
        if was is None or replace(key, until=was.until) != was or key.until > was.until:
            yield Change(Kind.OTHERWISE, "", f"key {key.id}", "", _of_key(was), _of_key(key))
    issuers = {issuer.issuer: issuer for issuer in before.issuers}
    for issuer in after.issuers:
        known = issuers.get(issuer.issuer)
        if known != issuer:
            about = f"issuer {issuer.issuer}"
            yield Change(Kind.OTHERWISE, "", about, "", _of_issuer(known, issuer), _of_issuer(issuer, known))


def _of_key(key: KeyRule | None) -> Side:
    return Side(_words(msgspec.to_builtins(key)), Form.NONE) if key is not None else _NONE


def _of_issuer(issuer: IssuerRule | None, other: IssuerRule | None) -> Side:
    if issuer is None:
        return _NONE
    mine, its = (msgspec.to_builtins(each) for each in (issuer, other or issuer))
    says = {name: value for name, value in mine.items() if name == "issuer" or value != its[name]}
    return Side(_words(says), Form.NONE)


def _facts_of(program: Program) -> dict[str, object]:
    """What is compared as it is, by what it is called; of an operation, after its id and a line's end."""
    facts: dict[str, object] = {
        "hosts": program.hosts,
        "upstream": program.upstream,
        "state": program.state,
        "labels": program.labels,
        "spelling": program.spelling,
        "key_callers": program.key_callers,
        "errors subject": _subjects(program.errors.json),
        "errors html": _html(program.errors.html),
    }
    for operation in program.operations:
        for name, value in _facts_of_operation(operation).items():
            facts[f"{operation.id}\n{name}"] = value
    return facts


def _facts_of_operation(operation: OperationRule) -> Mapping[str, object]:
    answers, body = operation.answers, operation.body
    return {
        "always": operation.always,
        "key_headers": operation.key_headers,
        "facets": operation.facets,
        "subjects": operation.subjects,
        "subject": [_subjects(shape) for shape in (answers.json, answers.csv)],
        "html": _html(answers.html),
        "form": _html(body.html),
    }


def _html(html: HtmlShapes | None) -> object:
    """What is declared of pages and forms besides where values stand."""
    if html is None:
        return None
    return _subjects(html.record), replace(html, record=ObjectShape(), elements=())


def _subjects(shape: Shape | None) -> list[str | None]:
    """Whom the records in *shape* are said to be about, in their order."""
    match shape:
        case ObjectShape(children, other, items, subject):
            within = [each for child in (*children.values(), other, items) for each in _subjects(child)]
            return [subject, *within]
        case RowsShape(_, record):
            return _subjects(record)
        case _:
            return []


def _said(value: object) -> Side:
    return Side(_words(msgspec.to_builtins(value)), Form.NONE) if value is not None else _NONE


def _words(value: object) -> str:
    text = msgspec.json.encode(value, order="deterministic").decode()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
