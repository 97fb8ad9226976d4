"""What becomes of the attributes of parts that are XML: most say how a document is to be read, and some say who.

A name that programs look things up by stays one that they can read: it holds no star, and stands once.
"""

import re
from functools import partial
from itertools import count

from policies.documents.formulas import literals_of
from policies.documents.groups import AUTHOR, Grouping, is_author, says_something
from policies.documents.look import Look
from policies.documents.splice import Attribute
from policies.documents.units import Frame
from policies.formats.free_text import hide
from policies.transforms.make import REDACTED

_PIVOT = re.compile(r"(^|/)pivotCache", re.IGNORECASE)
_ITEMS = {"s": REDACTED, "n": "0", "d": "1900-01-01T00:00:00"}
"""Elements of cached items, and what becomes of each: a text, a number, a date."""
_NAMESPACE = re.compile(r"(https?://(schemas\.|purl\.o|www\.w3\.org/)|urn:schemas-microsoft-com:)")
"""What begins names of the formats themselves."""
_STRUCTURE = frozenset(
    "Type ContentType PartName Extension TargetMode Id id embed link type uri Requires Ignorable Choice paraId textId "
    "durableId styleId uid algn ext prst scheme typeface ascii hAnsi cs eastAsia lastClr clr charset panose".split()
)
"""Attributes by which programs find their way in a file, and that say nothing of anybody."""
_TELLING_VALUES = frozenset("alias attr category tag docVar default result statusText helpText name lvlText".split())
"""Elements whose attribute `val` is a text."""
_FONTS = frozenset({("font", "name"), ("name", "val"), ("rFont", "val")})
_OF_FONTS = frozenset({"typeface", "ascii", "hAnsi", "cs", "eastAsia"})
"""Attributes that name fonts, of which many are called as somebody could be, 方正小标宋简体, and styles."""
_NO_FORMAT = "General"
"""How a number is shown of which the format says something itself."""
_LOOKED_UP = frozenset({("sheet", "name"), ("definedName", "name"), ("table", "name"), ("table", "displayName")})
"""Attributes by which formulas find something."""
_PATH = ("absPath", "url")
"""Where a workbook lay: the folder is often called as somebody is, and nothing reads it."""
MOST_REMEMBERED = 20_000
"""Values of attributes."""


class Attributes:
    """What becomes of attributes, as *look* has it."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._same: set[str] = set()
        self._names: set[tuple[str, str]] = set()
        """Names that something was given in place of its own, with the kind of what bears them."""

    def of(self, grouping: Grouping, part: str = "") -> Attribute:
        """What becomes of those in the *part* whose texts *grouping* groups."""
        if _PIVOT.search(part):
            return self._cached
        return partial(self._keyed, grouping)

    def _cached(self, frame: Frame, name: str, value: str) -> str:
        """Items of a pivot table are copies of cells that may be gone: programs read them anew from the cells."""
        if frame.name in _ITEMS and name == "v":
            return _ITEMS[frame.name]
        if frame.name == "pivotCacheDefinition" and name == "refreshOnLoad":
            return "1"
        return self._treated(frame, name, value)

    def _keyed(self, grouping: Grouping, frame: Frame, name: str, value: str) -> str:
        key = grouping.attribute_key(frame, name)
        if key and value.strip():
            return self._look.masked(value, key)
        inside = grouping.inside(value)
        return self._treated(frame, name, value) if inside is None else inside.masked(self._look)

    def _treated(self, frame: Frame, name: str, value: str) -> str:
        if is_author(frame, name) and value.strip():
            self._look.tally.count_found(AUTHOR)
            return REDACTED
        if value in self._same:
            return value
        if not says_something(value):
            return value
        if (frame.name, name) == _PATH:
            return REDACTED
        if _is_structure(frame, name, value):
            return hide(value, self._look.spans_unlearnt(value))
        if name in _OF_FONTS or (frame.name, name) in _FONTS:
            return hide(value, self._look.spans_untold(value))
        new = hide(value, self._look.spans(value))
        if (frame.name, name) == ("numFmt", "formatCode") and self._look.masked(said := literals_of(value)) != said:
            new = _NO_FORMAT
        if new == value and len(self._same) < MOST_REMEMBERED:
            self._same.add(value)
        return self._looked_up(frame.name, new) if new != value and (frame.name, name) in _LOOKED_UP else new

    def _looked_up(self, kind: str, new: str) -> str:
        """*new* as the name of a *kind* of thing: formulas hold no star, and no two things are called the same."""
        bare = new.replace("*", "_")
        names = (bare if number == 1 else f"{bare}{number}" for number in count(1))
        name = next(each for each in names if (kind, each.lower()) not in self._names)
        self._names.add((kind, name.lower()))
        return name


def _is_structure(frame: Frame, name: str, value: str) -> bool:
    """Whether the file depends on *value*: something of it that also stands under a heading is a coincidence."""
    if not value.isascii():
        return False
    if name == "Target":
        return frame.attributes.get("TargetMode", "").lower() != "external"
    if _NAMESPACE.match(value):
        return " " not in value
    if name == "val":
        return frame.name not in _TELLING_VALUES
    return name in _STRUCTURE or name.startswith("rsid")
