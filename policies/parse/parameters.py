"""Reads what an operation may be asked: its query parameters, and what each of them says something about."""

import re

from policies.operations import About, Parameter
from policies.parse.rules import parse_title
from policies.parse.section import Section
from policies.parse.templates import check_template
from policies.parse.yaml_tree import Entries, Node, Scalar
from policies.title import Title

_PARAMETER = re.compile(r"[A-Za-z0-9_.~{}\[\]-]{1,80}")
_PLAIN_PARAMETER = re.compile(r"[A-Za-z0-9_.~-]{1,80}")
_WORDS = tuple(about.value for about in About if about is not About.REFUSED)
VALUE = re.compile(r"\S{1,80}")
"""A value, or a part of one, that the application itself gives to parameters and controls."""


def parse_parameters(
    section: Section, sets: dict[str, tuple[Parameter, ...]], operators: tuple[str, ...]
) -> tuple[Parameter, ...]:
    """The parameters that an operation may be asked with: its own, or one of the *sets* of its file."""
    node = section.node_of("parameters", required=False)
    if node is None:
        return ()
    if isinstance(node, Scalar):
        if node.text not in sets:
            section.find(
                node.at,
                "unknown-parameter-set",
                f"`{node.text[:80]}` is not one of `parameter_sets`",
                about=f"`{node.text[:80]}`",
            )
        return sets.get(node.text, ())
    inner = section.section_of(node, "`parameters`")
    return () if inner is None else parameters_of(inner, operators)


def parameters_of(section: Section, operators: tuple[str, ...]) -> tuple[Parameter, ...]:
    """The parameters that *section* names, each of which may hold one of the *operators* of its file."""
    found = []
    for name, node in section.node.nodes.items():
        at = section.node.keys[name]
        if not _PARAMETER.fullmatch(name):
            section.find(
                at, "wrong-form", f"`{name[:80]}` is no name of a parameter", about=f"`{name[:80]}` 不能作参数的名称"
            )
        check_template(section, at, name, ("field", "op", "any"))
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
        values = inner.texts(About.KEY, required=False, fits=VALUE)
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


def parse_always(section: Section) -> tuple[tuple[str, str], ...]:
    """The parameters that an operation is always sent with, and their values."""
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
