"""Reads operations, as packs and systems declare them: what is called, by whom, and which files and headers pass."""

import re
from dataclasses import dataclass

from policies.operations import LARGEST_PAGE_MIB, SAFE_METHODS, Bodies, Operation, Parameter
from policies.parse.bodies import parse_bodies
from policies.parse.mark import with_mark
from policies.parse.parameters import VALUE, parameters_of, parse_always, parse_parameters
from policies.parse.prose import parse_prose
from policies.parse.rules import parse_title
from policies.parse.section import NAME, Section
from policies.parse.socket import with_socket
from policies.parse.targets import NAME_OR_RECORD
from policies.parse.templates import check_path
from policies.parse.yaml_tree import Items, Scalar
from policies.policy import ANYONE, SIGNED_IN

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

MOST_HELD_MIB = 32
"""Of one answer: a page weighs some times that in memory."""

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

_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE|OPTIONS) (/[A-Za-z0-9_.~{}*/+@:,=%-]*)")
_HEADER = re.compile(r"[a-z][a-z0-9-]{0,62}")
_OPERATOR = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}(_[A-Za-z0-9]{1,30})*")


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
        name: parameters_of(section, operators)
        for name, _, node in file.entries("parameter_sets", required=False)
        if (section := file.section_of(node, f"`{name}`")) is not None
    }
    words = _Words(operators, sets, file.texts("words", required=False, fits=VALUE))
    read = file.sections("operations", "an operation", lambda section: _operation(section, words), required=required)
    return tuple(read)


def _operation(section: Section, words: _Words) -> Operation | None:
    on = section.text("on", fits=_OPERATION)
    if on is None:
        return None
    method, path = on.split(" ", 1)
    check_path(section, path)
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
        parameters=parse_parameters(section, words.sets, words.operators),
        always=parse_always(section),
        key_of=section.text("key_of", required=False, fits=NAME_OR_RECORD) or "",
        answers=parse_bodies(section, "answers"),
        body=parse_bodies(section, "body", page="form"),
        export=section.flag("export", default=False),
        largest_mib=section.number("largest_mib", least=1, most=MOST_HELD_MIB, default=LARGEST_PAGE_MIB) or 1,
        prose=parse_prose(section),
        words=words.values,
        static=_static(section),
        headers=_headers(section, "headers"),
        key_headers=_headers(section, "key_headers"),
        at=section.at,
    )
    operation = with_mark(with_socket(operation, section), section)
    if operation.static and operation.answers != Bodies():
        section.find(
            section.at, "static-with-answers", "a static operation passes files as they are: it has no `answers`"
        )
    if operation.export and (operation.method != "GET" or operation.answers == Bodies()):
        message = "`export` is for a GET with `answers`: parts of an export that was shown are given again"
        about = "`export` 只用于有 `answers` 的 GET"
        section.find(section.place_of("export"), "wrong-form", message, about=about)
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
