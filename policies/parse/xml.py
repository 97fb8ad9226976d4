"""Reads what XML bodies hold, as packs and systems declare it: paths of elements and attributes, and namespaces."""

import re
from dataclasses import replace

from policies.operations import Signed, Target, XmlBody
from policies.parse.section import Section
from policies.parse.targets import parse_target

_NAME = r"[^\W\d][\w.-]{0,120}"
_STEP = re.compile(rf"(?P<at>@?)(?:(?P<prefix>{_NAME}):)?(?P<local>{_NAME})|\*")
_PATH = re.compile(r"(?:/[^/]+){1,64}")
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}")
_URI = re.compile(r"\S{1,300}")


def parse_xml(section: Section, *, sent: bool = False) -> XmlBody | None:
    """What is declared of XML under `xml` of *section*; None where nothing is. *sent*: callers send it."""
    inner = section.section("xml", required=False)
    if inner is None:
        return None
    spaces = {}
    for prefix, at, node in inner.entries("namespaces", required=False):
        uri = inner.text_of(node, prefix, _URI)
        if not _PREFIX.fullmatch(prefix):
            message = f"`{prefix[:80]}` is no prefix of a namespace"
            inner.find(at, "wrong-form", message, about=f"`{prefix[:80]}` 不能作前缀")
        elif uri is not None:
            spaces[prefix] = uri
    targets = []
    for path, at, node in inner.entries("paths"):
        steps = _steps(path, spaces)
        if steps is None:
            message = (
                f"`{path[:80]}` is no path of up to 64 elements, such as `/p:people/p:person/@id`, "
                "whose prefixes stand in `namespaces`"
            )
            about = f"`{path[:80]}` 应形如 `/p:people/p:person/@id`，前缀须写在 `namespaces` 中"
            inner.find(at, "wrong-form", message, about=about)
            continue
        target = parse_target(inner, path, at, node)
        if target is not None and (target.columns is None or _no_columns(inner, target)):
            targets.append(replace(target, path=steps))
    body = XmlBody(
        targets=tuple(targets),
        spaces=tuple(sorted(set(spaces.values()))),
        signed=Signed.WITHHOLD if sent else inner.choice("signed", Signed, Signed.WITHHOLD) or Signed.WITHHOLD,
    )
    inner.done()
    return body


def _steps(path: str, spaces: dict[str, str]) -> str | None:
    """*path* as a JSON Pointer of names with their namespaces; None where it is none."""
    if not _PATH.fullmatch(path):
        return None
    steps = []
    for place, step in enumerate(written := path.split("/")[1:]):
        found = _STEP.fullmatch(step)
        if found is None or (found["at"] and place < len(written) - 1):
            return None
        if step == "*":
            steps.append(step)
            continue
        prefix = found["prefix"]
        if prefix is not None and prefix not in spaces:
            return None
        space = spaces[prefix] if prefix is not None else ""
        named = f"{found['at']}{{{space}}}{found['local']}"
        steps.append(named.replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def _no_columns(section: Section, target: Target) -> bool:
    section.find(target.at, "wrong-form", "`columns` is for rows of JSON: XML names each value", about="`columns`")
    return False
