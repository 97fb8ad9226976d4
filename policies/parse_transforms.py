"""Reads transforms: a word, or a word with parameters, ours or that of another product."""

import re
from collections.abc import Callable

from policies.section import Section
from policies.transforms.positions import starred
from policies.transforms.spec import (
    Cover,
    CoverAfter,
    CoverBefore,
    CoverRange,
    DatePart,
    Dictionary,
    Digest,
    Drop,
    Keep,
    KeepRange,
    Of,
    Part,
    Positions,
    Pseudonym,
    Redact,
    Replace,
    Scan,
    Shift,
    Show,
    Spec,
)
from policies.yaml_tree import Entries, Node, Scalar

MOST = 64
"""Characters that a mask may count."""
LONGEST_MARK = 8
MOST_DAYS = 3650
"""By which a date may be moved."""
FEWEST_WORDS, MOST_WORDS = 2, 1_000_000
"""Surrogates that a dictionary may make: one alone is a fixed text, and its name is `replace`."""
_WORD = re.compile(r"[^\s*]{1,20}")
_SIMPLE: dict[str, Spec] = {
    "show": Show(),
    "scan": Scan(),
    "redact": Redact(),
    "digest": Digest(),
    "pseudonym": Pseudonym(),
    "drop": Drop(),
}


def parse_spec(section: Section, key: str, *, required: bool = True) -> Spec | None:
    """The transform under *key*."""
    node = section.node_of(key, required=required)
    return None if node is None else spec_of(section, node)


def spec_of(section: Section, node: Node) -> Spec | None:
    """The transform that *node* names: a word, or a word with parameters."""
    if isinstance(node, Scalar):
        spec = _SIMPLE.get(node.text)
        if spec is None:
            section.find(
                node.at, "unknown-transform", f"`{node.text[:80]}` is no transform", about=f"`{node.text[:80]}`"
            )
        return spec
    if not isinstance(node, Entries) or len(node.nodes) != 1:
        section.find(
            node.at,
            "wrong-form",
            "a transform is one word, or one word with its parameters",
            about="变换是一个词，或一个词加它的参数",
        )
        return None
    ((name, inner),) = node.nodes.items()
    if name == "replace":
        text = section.text_of(inner, "replace")
        return Replace(text) if text else None
    read = _WITH_PARAMETERS.get(name)
    if read is None:
        section.find(
            node.keys[name],
            "unknown-transform",
            f"`{name[:80]}` is no transform with parameters",
            about=f"`{name[:80]}`",
        )
        return None
    parameters = section.section_of(inner, f"`{name}`")
    return read(parameters) if parameters is not None else None


def _keep(section: Section) -> Spec | None:
    if "from" in section.node.nodes or "to" in section.node.nodes:
        return _places(section, "from", "to", KeepRange)
    first, last = _ends(section, "first", "last")
    fill = section.number("fill", least=1, most=MOST)
    return _sound(section, Keep(first=first, last=last, fill=fill))


def _cover(section: Section) -> Spec | None:
    given = section.node.nodes
    if "from" in given or "to" in given:
        return _places(section, "from", "to", CoverRange)
    for key, kind in (("before", CoverBefore), ("after", CoverAfter)):
        if key in given:
            return _mark(section, key, kind)
    first, last = _ends(section, "first", "last")
    return _sound(section, Cover(first=first, last=last))


def _date(section: Section) -> Spec | None:
    part = section.choice("to", Part)
    section.done()
    return DatePart(part) if part else None


def _shift(section: Section) -> Spec | None:
    days = section.number("days", least=1, most=MOST_DAYS)
    if days is None and "days" not in section.node.nodes:
        section.find(section.at, "missing-key", f"{section.what} needs `days`", about=f"{section.what} 需要 `days`")
    section.done()
    return Shift(days) if days else None


def _pseudonym(section: Section) -> Spec | None:
    prefix = section.text("prefix", required=False, fits=_WORD) or Pseudonym().prefix
    chars = section.number("chars", least=5, most=16, default=Pseudonym().chars) or Pseudonym().chars
    by = section.choice("by", Of, Of.VALUE) or Of.VALUE
    section.done()
    return Pseudonym(prefix, chars, by)


def _dictionary(section: Section) -> Spec | None:
    words, then = section.texts("words", fits=_WORD), section.texts("then", required=False, fits=_WORD)
    by = section.choice("by", Of, Of.VALUE) or Of.VALUE
    section.done()
    count = len(words) * max(len(then), 1)
    if words and not FEWEST_WORDS <= count <= MOST_WORDS:
        message = f"a dictionary makes from {FEWEST_WORDS} to {MOST_WORDS:,} surrogates, and this one makes {count:,}"
        about = f"词典应能组成 {FEWEST_WORDS} 至 {MOST_WORDS:,} 个代称，现在是 {count:,} 个"
        section.find(section.place_of("words"), "out-of-range", message, about=about)
        return None
    return Dictionary(words, then, by) if words else None


def _places(section: Section, start: str, end: str, kind: Callable[[int, int], Positions]) -> Spec | None:
    first = section.number(start, least=1, most=MOST)
    last = section.number(end, least=1, most=MOST)
    for key, found in ((start, first), (end, last)):
        if found is None and key not in section.node.nodes:
            section.find(
                section.at, "missing-key", f"{section.what} needs `{key}`", about=f"{section.what} 需要 `{key}`"
            )
    return _sound(section, kind(first, last)) if first and last else None


def _mark(section: Section, key: str, kind: Callable[[str], Positions]) -> Spec | None:
    mark = section.text(key)
    if mark is not None and (len(mark) > LONGEST_MARK or "*" in mark):
        message = f"`{key}` is a text of up to {LONGEST_MARK} characters without `*`, such as `@`"
        about = f"`{key}` 是最多 {LONGEST_MARK} 个字符的文字，不含 `*`，例如 `@`"
        section.find(section.at, "wrong-form", message, about=about)
        return None
    return _sound(section, kind(mark)) if mark else None


def _sound(section: Section, spec: Positions) -> Spec | None:
    section.done()
    try:
        starred(spec)
    except ValueError as error:
        section.find(section.at, "shows-too-much", str(error))
        return None
    return spec


def _presnm(section: Section) -> Spec | None:
    first, last = _ends(section, "n", "m")
    return _sound(section, Keep(first=first, last=last))


def _masknm(section: Section) -> Spec | None:
    first, last = _ends(section, "n", "m")
    return _sound(section, Cover(first=first, last=last))


def _ends(section: Section, first: str, last: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end, under these keys."""
    return (
        section.number(first, least=0, most=MOST, default=0) or 0,
        section.number(last, least=0, most=MOST, default=0) or 0,
    )


def _symbol(section: Section) -> Spec | None:
    direction = section.number("direction", least=0, most=1, default=0)
    return _mark(section, "symbol", CoverAfter if direction else CoverBefore)


_WITH_PARAMETERS: dict[str, Callable[[Section], Spec | None]] = {
    "keep": _keep,
    "cover": _cover,
    "date": _date,
    "shift": _shift,
    "pseudonym": _pseudonym,
    "dictionary": _dictionary,
    # As Huawei Cloud's Data Security Center calls them (API reference, static data masking).
    "PRESNM": _presnm,
    "MASKNM": _masknm,
    "PRESXY": lambda section: _places(section, "x", "y", KeepRange),
    "MASKXY": lambda section: _places(section, "x", "y", CoverRange),
    "SYMBOL": _symbol,
}
