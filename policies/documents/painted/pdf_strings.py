"""Leaves no text in what describes the drawings of a PDF: fonts, colours, states. What a page says stands in those.

A text where none belongs is seen by no reader, so nobody would ask whether it has to be hidden.
"""

import re

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from policies.formats.masker import Withheld

_DEEPEST = 40
_COLLECTION = frozenset({"/Registry", "/Ordering"})
"""The names of a set of characters (ISO 32000-1, 9.7.3), without which a font shows nothing."""
_NAME = re.compile(r"[A-Za-z][A-Za-z]{0,30}[0-9]{0,2}")
_LOOKUP = 3
"""Where colours stand in [/Indexed base highest colours] (ISO 32000-1, 8.6.6.3)."""


def remove_strings(document: pikepdf.Pdf) -> None:
    """Take every text out of the objects of *document*. Raises Withheld where something would mean another without."""
    for thing in document.objects:
        _remove(thing, 0)


def _remove(thing: Object, depth: int) -> None:
    if depth > _DEEPEST:
        raise Withheld("too_large_to_mask")
    if isinstance(thing, String):
        raise Withheld("document_malformed")
    if isinstance(thing, Dictionary | Stream):
        for key in list(thing.keys()):
            part = thing[key]
            if isinstance(part, String) and not (key in _COLLECTION and _NAME.fullmatch(str(part))):
                del thing[key]
            elif not isinstance(part, String):
                _go_into(part, depth)
    elif isinstance(thing, Array):
        is_indexed = len(thing) > _LOOKUP and thing[0] == Name.Indexed
        for place, part in enumerate(list(thing)):
            if not (is_indexed and place == _LOOKUP and isinstance(part, String)):
                _go_into(part, depth)


def _go_into(part: object, depth: int) -> None:
    """Look at *part* as well, unless it is an object by itself, which has its own turn."""
    if isinstance(part, Object) and not (part.is_indirect and not isinstance(part, String)):
        _remove(part, depth + 1)
