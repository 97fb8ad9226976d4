"""Templates in packs and systems: what stands in braces must not make them fit in more than one way."""

import re

from policies.findings import Position
from policies.parse.section import Section

_PLACEHOLDER = re.compile(r"\{(\w*)\}|[{}]")
_PATH_VARIABLE = re.compile(r"\{\w+\}")
_REST_OF_PATH = re.compile(r"\{\w+\*\}")


def check_template(section: Section, at: Position, template: str, known: tuple[str, ...]) -> None:
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


def check_path(section: Section, path: str) -> None:
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
