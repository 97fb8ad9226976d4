"""Reads masks told by position, as this language calls them and as other products do."""

import re
from collections.abc import Callable

from policies.parse.section import Section
from policies.transforms.positions import starred
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange, Positions, Spec

MOST = 64
"""Characters that a mask may count."""
LONGEST_MARK = 8

type Reader = Callable[[Section], Spec | None]
type Kind = Callable[[int, int], Positions]


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


def _places(section: Section, start: str, end: str, kind: Kind, *, least: int = 1) -> Spec | None:
    """Places under these keys, counted from *least*."""
    first = section.number(start, least=least, most=MOST - 1 + least)
    last = section.number(end, least=least, most=MOST - 1 + least)
    for key, found in ((start, first), (end, last)):
        if found is None and key not in section.node.nodes:
            section.find(
                section.at, "missing-key", f"{section.what} needs `{key}`", about=f"{section.what} 需要 `{key}`"
            )
    if first is None or last is None:
        return None
    return _sound(section, kind(first + 1 - least, last + 1 - least))


def _mark(section: Section, key: str, kind: Callable[[str], Positions]) -> Spec | None:
    mark = section.text(key)
    return _sound(section, kind(mark)) if mark and _is_mark(section, key, mark) else None


def _is_mark(section: Section, key: str, mark: str) -> bool:
    if len(mark) <= LONGEST_MARK and "*" not in mark:
        return True
    message = f"`{key}` is a text of up to {LONGEST_MARK} characters without `*`, such as `@`"
    about = f"`{key}` 是最多 {LONGEST_MARK} 个字符的文字，不含 `*`，例如 `@`"
    section.find(section.at, "wrong-form", message, about=about)
    return False


def _sound(section: Section, spec: Positions) -> Spec | None:
    section.done()
    try:
        starred(spec)
    except ValueError as error:
        section.find(section.at, "shows-too-much", str(error))
        return None
    return spec


def _ends(section: Section, first: str, last: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end, under these keys."""
    return (
        section.number(first, least=0, most=MOST, default=0) or 0,
        section.number(last, least=0, most=MOST, default=0) or 0,
    )


def _with_ends(first: str, last: str, kind: Kind) -> Reader:
    """Reads a mask whose parameters another product calls *first* and *last*."""
    return lambda section: _sound(section, kind(*_ends(section, first, last)))


def _with_places(start: str, end: str, kind: Kind, *, least: int = 1) -> Reader:
    """Reads a mask of places that another product counts from *least*."""
    return lambda section: _places(section, start, end, kind, least=least)


def _symbol(section: Section) -> Spec | None:
    direction = section.number("direction", least=0, most=1, default=0)
    return _mark(section, "symbol", CoverAfter if direction else CoverBefore)


def _with_stars(read: Reader) -> Reader:
    """Reads what else may be chosen there: the sign for a hidden character. Masks that come back are known by stars."""

    def reader(section: Section) -> Spec | None:
        section.text("replace-char", required=False, fits=re.compile(r"\*"))
        return read(section)

    return reader


def _before(section: Section, text: str) -> Spec | None:
    return CoverBefore(text) if _is_mark(section, "特殊字符前遮盖", text) else None


def _after(section: Section, text: str) -> Spec | None:
    return CoverAfter(text) if _is_mark(section, "特殊字符后遮盖", text) else None


POSITIONS: dict[str, Reader] = {
    "keep": _keep,
    "cover": _cover,
    # As Huawei Cloud's Data Security Center calls them (API reference, static data masking).
    "PRESNM": _with_ends("n", "m", Keep),
    "MASKNM": _with_ends("n", "m", Cover),
    "PRESXY": _with_places("x", "y", KeepRange),
    "MASKXY": _with_places("x", "y", CoverRange),
    "SYMBOL": _symbol,
    # As Apache ShardingSphere 5 calls them (user manual, data masking algorithms), which counts places from 0.
    "KEEP_FIRST_N_LAST_M": _with_stars(_with_ends("first-n", "last-m", Keep)),
    "KEEP_FROM_X_TO_Y": _with_stars(_with_places("from-x", "to-y", KeepRange, least=0)),
    "MASK_FIRST_N_LAST_M": _with_stars(_with_ends("first-n", "last-m", Cover)),
    "MASK_FROM_X_TO_Y": _with_stars(_with_places("from-x", "to-y", CoverRange, least=0)),
    "MASK_BEFORE_SPECIAL_CHARS": _with_stars(lambda section: _mark(section, "special-chars", CoverBefore)),
    "MASK_AFTER_SPECIAL_CHARS": _with_stars(lambda section: _mark(section, "special-chars", CoverAfter)),
    # As the data security centres of Aliyun and of others call them in their consoles.
    "保留前n后m": _with_ends("n", "m", Keep),
    "保留自x至y": _with_places("x", "y", KeepRange),
    "遮盖前n后m": _with_ends("n", "m", Cover),
    "遮盖自x至y": _with_places("x", "y", CoverRange),
}
"""By name, what reads the parameters."""
MARKS: dict[str, Callable[[Section, str], Spec | None]] = {"特殊字符前遮盖": _before, "特殊字符后遮盖": _after}
"""By name, what makes the transform of the text that stands there."""
