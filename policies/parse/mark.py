"""Reads where the answers of an operation show their serial."""

import re
from dataclasses import replace
from enum import StrEnum

from policies.marking import Csv, Html, Marking, Xml
from policies.operations import Bodies, Operation
from policies.parse.section import Section

_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")


def with_mark(operation: Operation, section: Section) -> Operation:
    """*operation* with what *section*, its own, says under `mark`; as it is where that says nothing."""
    inner = section.section("mark", required=False)
    if inner is None:
        return operation
    nodes = inner.node.nodes

    def chosen[E: StrEnum](key: str, kind: type[E]) -> E | None:
        return inner.choice(key, kind) if inner.node_of(key, required=False) is not None else None

    marking = Marking(
        csv=chosen("csv", Csv),
        html=chosen("html", Html),
        json=inner.text("json", required=False, fits=_MEMBER) or "",
        xml=chosen("xml", Xml),
    )
    inner.done()
    answers = operation.answers
    declared = {
        "csv": answers.csv is not None,
        "html": answers.html is not None,
        "json": answers.json is not None or answers.ndjson is not None,
        "xml": answers.xml is not None,
    }
    for format_, is_declared in declared.items():
        if format_ in nodes and not is_declared:
            message = f"`mark` shows a serial in `{format_}`, which `answers` does not declare"
            inner.find(inner.place_of(format_), "without-effect", message, about=f"`mark` 中的 `{format_}`")
    if answers == Bodies() or operation.websocket is not None:
        message = "`mark` is for an operation with `answers`"
        section.find(section.place_of("mark"), "wrong-form", message, about="`mark` 只用于有 `answers` 的操作")
    return replace(operation, mark=marking)
