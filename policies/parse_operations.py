"""Reads operations, as packs and systems declare them: what is called, what may be asked, what the bodies hold."""

import re
from dataclasses import dataclass

from policies.findings import Position
from policies.parse_rules import parse_title
from policies.policy import (
    ANYONE,
    SAFE_METHODS,
    SIGNED_IN,
    About,
    Bodies,
    Element,
    Headings,
    HtmlBody,
    Operation,
    Parameter,
    Target,
    Title,
)
from policies.section import NAME, Section
from policies.yaml_tree import Entries, Items, Node, Scalar

STATIC_TYPES = (
    "text/css",
    "text/javascript",
    "application/javascript",
    "image/png",
    "image/svg+xml",
    "image/x-icon",
    "image/vnd.microsoft.icon",
    "font/woff",
    "font/woff2",
)
STATIC_TYPE = re.compile(
    r"(image|font|audio|video)/[a-z0-9.-]+|image/svg\+xml|text/(css|javascript)"
    r"|application/(javascript|wasm|vnd\.ms-fontobject|font-woff)"
)
"""What may pass as it is. Whatever data is written in may be about persons, and takes a declared answer."""

KEPT_HEADERS = (
    # between two neighbours, or how a message is framed (RFC 9110, 7.6.1 and 8; RFC 9112, 6)
    *("connection", "content-encoding", "content-length", "content-range", "host", "http2-settings", "keep-alive"),
    *("proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
    # what the gateway says itself of a masked body
    *("age", "cache-control", "content-type", "expires", "vary", "yingbi-event"),
    # what tells one unmasked body from another
    *("accept-ranges", "content-digest", "content-md5", "digest", "etag", "last-modified", "repr-digest"),
    # a way around the gateway
    "alt-svc",
)
"""Response headers that no policy lets pass."""

_NAME_OR_RECORD = re.compile(rf"{NAME.pattern}|\{{record\}}")
_NAME_OR_VARIABLE = re.compile(rf"{NAME.pattern}|\{{\w+\}}")
_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE|OPTIONS) (/[A-Za-z0-9_.~{}*/+@:,=%-]*)")
_POINTER = re.compile(r"(/[^/]*){0,64}")
"""No deeper than JSON is read."""
_HEADER = re.compile(r"[a-z][a-z0-9-]{0,62}")
_OPERATOR = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}(_[A-Za-z0-9]{1,30})*")
_VALUE = re.compile(r"\w[\w-]{0,40}")
_PARAMETER = re.compile(r"[A-Za-z0-9_.~{}\[\]-]{1,80}")
_PLAIN_PARAMETER = re.compile(r"[A-Za-z0-9_.~-]{1,80}")
_WORDS = tuple(about.value for about in About if about is not About.REFUSED)
_VALUE = re.compile(r"\S{1,80}")
_ELEMENT = re.compile(r"[a-z][a-z0-9-]{0,30}")
_CLASS = re.compile(r"[A-Za-z0-9_{}-]{1,80}")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9-]{0,60}")
_OWN_CONTROL = re.compile(r"[A-Za-z0-9_{}.\[\]-]{1,80}")
_PLACEHOLDER = re.compile(r"\{(\w*)\}|[{}]")
_PATH_VARIABLE = re.compile(r"\{\w+\}")
_REST_OF_PATH = re.compile(r"\{\w+\*\}")


@dataclass(frozen=True, slots=True)
class _Words:
    """What the operations of a file may refer to."""

    operators: tuple[str, ...]
    sets: dict[str, tuple[Parameter, ...]]
    values: tuple[str, ...]


def parse_operations(file: Section, *, required: bool = True) -> tuple[Operation, ...]:
    """The operations of a file."""
    operators = file.texts("operators", required=False, fits=_OPERATOR)
    sets = {
        name: _parameters_of(section, operators)
        for name, _, node in file.entries("parameter_sets", required=False)
        if (section := file.section_of(node, f"`{name}`")) is not None
    }
    words = _Words(operators, sets, file.texts("words", required=False, fits=_VALUE))
    read = file.sections("operations", "an operation", lambda section: _operation(section, words), required=required)
    return tuple(read)


def parse_bodies(section: Section, key: str, *, page: str = "html") -> Bodies:
    """The bodies declared under *key*, by format. *page* is the key of pages there; of forms, where they are sent."""
    inner = section.section(key, required=False)
    if inner is None:
        return Bodies()
    sent = page == "form"  # nothing but JSON and forms is sent on
    bodies = Bodies(
        json=_json(inner),
        html=_page(inner, page),
        csv=None if sent else inner.text("csv", required=False, fits=_NAME_OR_RECORD),
        text=None if sent else inner.text("text", required=False, fits=NAME),
    )
    inner.done()
    return bodies


def _operation(section: Section, words: _Words) -> Operation | None:
    on = section.text("on", fits=_OPERATION)
    if on is None:
        return None
    method, path = on.split(" ", 1)
    _check_path(section, path)
    allow = section.texts("allow", required=False, fits=NAME)
    if isinstance(named := section.node.nodes.get("allow"), Items) and not named.nodes:
        message = "`allow` names nobody: write `refuse` and why, or leave it out for what is usual"
        section.find(section.place_of("allow"), "empty", message, about="`allow`")
    operation = Operation(
        method=method,
        path=path,
        each_record="{record}" in path,
        allow=allow or (ANYONE if method in SAFE_METHODS else SIGNED_IN,),
        refuse=parse_title(section, "refuse", required=False),
        parameters=_parameters(section, words),
        always=_always(section),
        key_of=section.text("key_of", required=False, fits=_NAME_OR_RECORD) or "",
        answers=parse_bodies(section, "answers"),
        body=parse_bodies(section, "body", page="form"),
        words=words.values,
        static=_static(section),
        headers=_headers(section, "headers"),
        key_headers=_headers(section, "key_headers"),
        at=section.at,
    )
    if operation.static and operation.answers != Bodies():
        section.find(
            section.at, "static-with-answers", "a static operation passes files as they are: it has no `answers`"
        )
    return operation


def _static(section: Section) -> tuple[str, ...]:
    node = section.node_of("static", required=False)
    if isinstance(node, Scalar):
        return STATIC_TYPES if section.flag("static", default=False) else ()
    types = section.texts("static", required=False, fits=re.compile(r"[a-z]+/[a-z0-9.+-]+"))
    for media_type in types:
        if not STATIC_TYPE.fullmatch(media_type):
            message = f"`{media_type[:80]}` may hold data of persons and would pass unmasked: declare it in `answers`"
            section.find(section.place_of("static"), "static-data", message, about=f"`{media_type[:80]}`")
    return types


def _headers(section: Section, key: str) -> tuple[str, ...]:
    names = section.texts(key, required=False, fits=_HEADER)
    for name in names:
        if name in KEPT_HEADERS:
            message = f"`{name}` never passes: it is about the connection or the unmasked body, not about what is shown"
            section.find(section.place_of(key), "kept-header", message, about=f"`{name}`")
    return names


def _parameters(section: Section, words: _Words) -> tuple[Parameter, ...]:
    node = section.node_of("parameters", required=False)
    if node is None:
        return ()
    if isinstance(node, Scalar):
        if node.text not in words.sets:
            section.find(
                node.at,
                "unknown-parameter-set",
                f"`{node.text[:80]}` is not one of `parameter_sets`",
                about=f"`{node.text[:80]}`",
            )
        return words.sets.get(node.text, ())
    inner = section.section_of(node, "`parameters`")
    return () if inner is None else _parameters_of(inner, words.operators)


def _parameters_of(section: Section, operators: tuple[str, ...]) -> tuple[Parameter, ...]:
    found = []
    for name, node in section.node.nodes.items():
        at = section.node.keys[name]
        if not _PARAMETER.fullmatch(name):
            section.find(
                at, "wrong-form", f"`{name[:80]}` is no name of a parameter", about=f"`{name[:80]}` 不能作参数的名称"
            )
        _check_template(section, at, name, ("field", "op", "any"))
        about, values, reason = _about(section, node)
        if about is About.FILTER and "{field}" not in name:
            section.find(
                at, "filter-without-field", f"`{name}` is a filter: its name must hold `{{field}}`", about=f"`{name}`"
            )
        if "{op}" in name and not operators:
            section.find(
                at,
                "operator-without-list",
                f"`{name}` holds an operator: list them under `operators`",
                about=f"`{name}`",
            )
        if about is not None:
            found.append(Parameter(name=name, about=about, operators=operators, values=values, reason=reason, at=at))
    return tuple(found)


def _about(section: Section, node: Node) -> tuple[About | None, tuple[str, ...], Title | None]:
    if isinstance(node, Entries):
        inner = section.section_of(node, "a parameter")
        assert inner is not None
        values = inner.texts(About.KEY, required=False, fits=_VALUE)
        reason = None if values else parse_title(inner, "refuse")
        inner.done()
        return (About.KEY if values else About.REFUSED), values, reason
    text = section.text_of(node, "parameter")
    if text in _WORDS:
        return About(text), (), None
    choices = ", ".join(f"`{word}`" for word in _WORDS)
    section.find(
        node.at,
        "unknown-choice",
        f"a parameter is one of {choices}, or `refuse: …`",
        about=f"应是 {choices} 之一，或 `refuse: …`",
    )
    return None, (), None


def _always(section: Section) -> tuple[tuple[str, str], ...]:
    sent = []
    for name, at, node in section.entries("always", required=False):
        if not _PLAIN_PARAMETER.fullmatch(name):
            section.find(
                at, "wrong-form", f"`{name[:80]}` is no name of a parameter", about=f"`{name[:80]}` 不能作参数的名称"
            )
        value = section.text_of(node, name)
        if value is not None:
            sent.append((name, value))
    return tuple(sent)


def _json(section: Section) -> tuple[Target, ...] | None:
    node = section.node_of("json", required=False)
    if node is None:
        return None
    if isinstance(node, Scalar):
        record = section.text_of(node, "json", _NAME_OR_RECORD)
        return (Target(path="", record=record, at=node.at),) if record else ()
    targets = []
    for path, at, inner in section.entries("json"):
        if not _POINTER.fullmatch(path):
            section.find(
                at,
                "wrong-form",
                f"`{path[:80]}` is no JSON Pointer of up to 64 steps: it begins with `/` or is empty",
                about=f"`{path[:80]}` 应以 `/` 开头或是空的，不超过 64 段",
            )
            continue
        if isinstance(inner, Scalar):
            category = section.text_of(inner, path, NAME)
            if category:
                targets.append(Target(path=path, category=category, at=at))
            continue
        described = section.section_of(inner, f"`{path}`")
        if described is not None:
            target = _described(described, path, at)
            if target is not None:
                targets.append(target)
    return tuple(targets)


def _described(section: Section, path: str, at: Position) -> Target | None:
    key_of = section.text("key_of", required=False, fits=_NAME_OR_RECORD)
    cursor_of = section.text("cursor_of", required=False, fits=_NAME_OR_RECORD)
    link = section.flag("link", default=False)
    others = sum(map(bool, (key_of, cursor_of, link)))
    record = section.text("record", required=not others, fits=_NAME_OR_RECORD)
    columns = section.text("columns", required=False)
    section.done()
    if others > 1 or (others and (record or columns)):
        section.find(section.at, "wrong-form", "`key_of`, `cursor_of` and `link` stand alone: none of them is a record")
        return None
    if not others and not record:
        return None
    return Target(
        path=path,
        record=record or "",
        columns=columns,
        key_of=key_of or "",
        cursor_of=cursor_of or "",
        link=link,
        at=at,
    )


def _page(section: Section, key: str) -> HtmlBody | None:
    node = section.node_of(key, required=False)
    if node is None:
        return None
    if isinstance(node, Scalar):
        if node.text != "scan":
            section.find(
                node.at,
                "unknown-choice",
                f"`{key}` is `scan`, or says what the elements hold",
                about=f"`{key}` 应是 `scan`，或说明各元素装的是什么",
            )
        return HtmlBody(scanned=True, at=node.at)
    inner = section.section_of(node, f"`{key}`")
    if inner is None:
        return None
    controls = inner.text("controls", required=False, fits=_CLASS)
    _check_template(inner, inner.place_of("controls"), controls or "", ("field",))
    own = inner.texts("own_controls", required=False, fits=_OWN_CONTROL)
    for template in own:
        _check_template(inner, inner.place_of("own_controls"), template, ("any",))
    body = HtmlBody(
        record=inner.text("record", required=False, fits=_NAME_OR_RECORD),
        elements=tuple(inner.sections("elements", "an element", _element, required=False)),
        controls=controls,
        links_hold_values=inner.flag("links_hold_values", default=False),
        own_controls=own,
        key_controls=_key_places(inner, "key_controls", _OWN_CONTROL),
        key_attributes=_key_places(inner, "key_attributes", _ATTRIBUTE),
        tables=inner.choice("tables", Headings) if "tables" in inner.node.nodes else None,
        at=node.at,
    )
    inner.done()
    return body


def _key_places(section: Section, key: str, fits: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    places = []
    for name, at, node in section.entries(key, required=False):
        if not fits.fullmatch(name):
            message = f"`{name[:80]}` is no name of what holds keys"
            section.find(at, "wrong-form", message, about=f"`{name[:80]}` 不能作名称")
        _check_template(section, at, name, ("any",))
        if record := section.text_of(node, name, _NAME_OR_RECORD):
            places.append((name, record))
    return tuple(places)


def _element(section: Section) -> Element | None:
    name = section.text("element", fits=_ELEMENT)
    css_class = section.text("class", required=False, fits=_CLASS)
    within = section.text("within", required=False, fits=_CLASS)
    category = section.text("is", required=False, fits=_NAME_OR_VARIABLE)
    key_of = section.text("key_of", required=False, fits=_NAME_OR_RECORD)
    for key, template in (("class", css_class), ("within", within)):
        _check_template(section, section.place_of(key), template or "", ("field",))
    if category is not None and key_of is not None:
        section.find(section.at, "wrong-form", "an element holds a value of one kind: `is` or `key_of`", about="`is`")
    if category is None and key_of is None and "{field}" not in (css_class or "") + (within or ""):
        message = (
            "an element says which field it holds: `{field}` in `class` or `within`, a category in `is`, "
            "or a record in `key_of`"
        )
        section.find(section.at, "element-without-field", message)
    if name is None:
        return None
    return Element(element=name, css_class=css_class, within=within, category=category, key_of=key_of, at=section.at)


def _check_template(section: Section, at: Position, template: str, known: tuple[str, ...]) -> None:
    """Find what would make *template* fit in more than one way: such a pattern can take longer than anybody waits."""
    names = [match[1] for match in _PLACEHOLDER.finditer(template)]
    for name in names:
        if name not in known:
            allowed = ", ".join(f"`{{{one}}}`" for one in known)
            section.find(
                at,
                "unknown-placeholder",
                f"`{template[:80]}` may hold {allowed} and no other brace",
                about=f"`{template[:80]}` 中只能有 {allowed}",
            )
            return
    if names.count("field") > 1 or len(names) > 2 or "}{" in template:
        message = f"`{template[:80]}` fits in more than one way: one `{{field}}`, one other at most, and text between"
        section.find(at, "ambiguous-template", message, about=f"`{template[:80]}`")


def _check_path(section: Section, path: str) -> None:
    """The same of a path template: what stands between two slashes is at most one variable."""
    rest = _REST_OF_PATH.findall(path)
    for part in path.split("/"):
        variables = [*_PATH_VARIABLE.findall(part), *_REST_OF_PATH.findall(part)]
        if re.search("[{}]", _REST_OF_PATH.sub("", _PATH_VARIABLE.sub("", part))):
            section.find(
                section.place_of("on"),
                "unknown-placeholder",
                f"`{path[:80]}` has a brace that is no variable's",
                about=f"`{path[:80]}`",
            )
        elif len(variables) > 1 + variables.count("{record}") or len(rest) > 1 or path.count("{key}") > 1:
            message = (
                f"`{path[:80]}` fits in more than one way: one variable between two slashes, "
                "one with `*` and one `{key}` in all"
            )
            section.find(section.place_of("on"), "ambiguous-template", message, about=f"`{path[:80]}`")
            return
