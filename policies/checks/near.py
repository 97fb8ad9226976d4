"""Names that are not declared and that a system may take for one that is.

Some readers of forms and JSON know no difference of case, cut blanks, controls and brackets off, take blanks, dots and
hyphens for underscores or read `idNo` for `id_no`; some compare as databases do, without accents and widths. What such
a reader finds under a name must be treated as what is declared under it: so a name near a declared one is refused.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from policies.program import ANY_WORD
from policies.program_shapes import HtmlShapes, ObjectShape, RowsShape

_LEFT_OUT = frozenset({"Cc", "Cf", "Me", "Mn", "Zl", "Zp", "Zs"})
_BETWEEN = re.compile(r"(?<=[^\W_])[._-]+(?=[^\W_])")
_BRACKETS = str.maketrans("", "", "[]")
_UNDERSCORES = str.maketrans(".-", "__")
_ANY = "\ua66e"
"""A letter without case that nothing is called by, in the place of `{any}`."""
_FIELD_GROUP = "(?P<field>.+)"
_PART = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def folded_name(name: str) -> str:
    """*name* as the most lenient of readers knows it."""
    return _joined(_cleaned(name))


def readings(name: str) -> Iterator[str]:
    """*name* as lenient readers know it: as a whole, and as what its last brackets are an index of."""
    cleaned = _cleaned(name)
    yield _joined(cleaned)
    if "\0" in name:  # where some end
        yield folded_name(name.partition("\0")[0])
    while cleaned.endswith("]") and "[" in cleaned:
        cleaned = cleaned[: cleaned.rindex("[")]
        yield _joined(cleaned)


@lru_cache(maxsize=4096)
def _cleaned(name: str) -> str:
    """*name* without what cannot be seen, accents, and differences of case and width."""
    text = unicodedata.normalize("NFKD", name)
    if not text.isalnum() or not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) not in _LEFT_OUT)
    return unicodedata.normalize("NFKC", text.upper().casefold())  # to upper case first: `ı` becomes I


def _joined(cleaned: str) -> str:
    return _BETWEEN.sub("", cleaned.translate(_BRACKETS)).translate(_UNDERSCORES)


class Near:
    """Tells which names are near *names*, and none of them. Those may hold `_ANY`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._declared = frozenset(names)
        folded = {folded_name(name) for name in self._declared}
        self._names = frozenset(name for name in folded if _ANY not in name)
        templates = [re.escape(name).replace(_ANY, "[a-z0-9]+") for name in sorted(folded - self._names)]
        self._templates = re.compile("|".join(templates)) if templates else None

    def __contains__(self, name: str) -> bool:
        """Whether a lenient reader may take *name* for a declared one."""
        return name not in self._declared and any(
            read in self._names or (self._templates is not None and self._templates.fullmatch(read) is not None)
            for read in readings(name)
        )


class NearNames:
    """Those of one program, by what they are declared in."""

    def __init__(self) -> None:
        self._objects: dict[int, tuple[ObjectShape, Near]] = {}
        self._forms: dict[int, tuple[HtmlShapes, Near]] = {}

    def in_object(self, shape: ObjectShape) -> Near:
        """The names near the keys of an object of *shape*."""
        known = self._objects.get(id(shape))
        if known is None:
            columns = [child.columns for child in shape.children.values() if isinstance(child, RowsShape)]
            known = self._objects[id(shape)] = shape, Near([*shape.children, *columns])
        return known[1]

    def in_form(self, shapes: HtmlShapes) -> Near:
        """The names near those of controls that *shapes* declare."""
        known = self._forms.get(id(shapes))
        if known is None:
            controls = names_of(shapes.control or "", shapes.record.children)
            keys = [name for place in shapes.key_controls for name in names_of(place.name, ())]
            known = self._forms[id(shapes)] = shapes, Near([*controls, *keys])
        return known[1]


def named_within(name: str, fields: Mapping[str, str]) -> str | None:
    """Which of *fields*, by their folded names, a part of *name* is, as of `person[mobile]` or `form-0-mobile`."""
    found = (fields.get(folded_name(part)) for part in _PART.findall(name))
    return next((field for field in found if field is not None), None)


def names_of(pattern: str, fields: Iterable[str]) -> list[str]:
    """The names that *pattern*, which `shapes.pattern_of` made, is for: one for each of *fields* where it holds one."""
    template = pattern.replace(ANY_WORD, _ANY)
    if _FIELD_GROUP not in template:
        return [_ESCAPE.sub(r"\1", template)] if template else []
    before, _, after = template.partition(_FIELD_GROUP)
    return [_ESCAPE.sub(r"\1", before) + field + _ESCAPE.sub(r"\1", after) for field in fields]
