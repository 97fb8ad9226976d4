"""Names and attributes of XML: how they are spelled, and which of them may be shown though nobody declared them."""

import re
from dataclasses import dataclass
from xml.parsers import expat

from policies.formats.json.keys import is_telling_key
from policies.formats.masker import Withheld
from policies.recognisers.scan import may_hold_personal_data, scan

PARTED_BY = "\x1f"
"""Between the parts of a name, as expat tells it: no XML holds this character."""
HIDDEN_NAME = "_hidden"
"""What stands in place of a name that may be data itself; among attributes, with a number."""
SIGNATURE = ("http://www.w3.org/2000/09/xmldsig#", "Signature")

_XML = "http://www.w3.org/XML/1998/namespace"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_WORD = r"[A-Za-z_][A-Za-z0-9_.-]{0,60}"
_STRUCTURE = {
    (_XML, "lang"): re.compile(r"[a-z]{2,3}(?:-(?:[A-Za-z]{2,4}|[0-9]{3})){0,2}"),
    (_XML, "space"): re.compile(r"default|preserve"),
    (_INSTANCE, "nil"): re.compile(r"true|false|1|0"),
    (_INSTANCE, "type"): re.compile(rf"(?:{_WORD}:)?{_WORD}"),
}
"""Attributes that say how a document is to be read, and what they say then."""
_PLAIN = {
    (_XML, "lang"): _STRUCTURE[_XML, "lang"],
    (_XML, "space"): _STRUCTURE[_XML, "space"],
    (_INSTANCE, "nil"): re.compile(r"false|0"),
    (_INSTANCE, "type"): re.compile(rf"(?:{_WORD}:)?string"),
}
"""Those that leave the text of an element what it is."""
_LOCATIONS = frozenset({(_INSTANCE, "schemaLocation"), (_INSTANCE, "noNamespaceSchemaLocation")})
"""Attributes that say where to read on: nothing behind the gateway is read past it."""
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]{0,300}")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an element or an attribute."""

    space: str
    """The URI of its namespace; empty where it stands in none."""
    local: str
    prefix: str

    @property
    def is_structure(self) -> bool:
        """Whether an attribute of this name says where to read on, and is dropped."""
        return (self.space, self.local) in _LOCATIONS

    def says_how(self, value: str) -> bool:
        """Whether an attribute of this name with *value* says how to read, and nothing of anybody."""
        pattern = _STRUCTURE.get((self.space, self.local))
        return pattern is not None and pattern.fullmatch(value) is not None and not is_telling_key(value)

    def is_plain(self, value: str) -> bool:
        """Whether an element with such an attribute of *value* is read as the text in it."""
        pattern = _PLAIN.get((self.space, self.local))
        return pattern is not None and pattern.fullmatch(value) is not None

    def __str__(self) -> str:
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


def namespace_parser() -> expat.XMLParserType:
    """A parser that tells names as `name_of` reads them. Its one handler raises Withheld for a DTD."""
    parser = expat.ParserCreate(namespace_separator=PARTED_BY)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*what: object) -> None:
    """It declares what references stand for, and where to read on."""
    raise Withheld("xml_declares_entities")


def name_of(told: str) -> Name:
    """The name that expat tells as *told*."""
    match told.split(PARTED_BY):
        case [space, local, prefix]:
            return Name(space, local, prefix)
        case [space, local]:
            return Name(space, local, "")
        case _:
            return Name("", told, "")


def declaration(prefix: str, uri: str, known: frozenset[str]) -> str:
    """How a namespace is declared. Raises Withheld where it may be data itself, unless it is one of those *known*."""
    is_told = uri in known or not uri or (_URI.fullmatch(uri) is not None and not _tells(uri))
    if not is_told or (prefix and (_PREFIX.fullmatch(prefix) is None or is_telling_key(prefix))):
        raise Withheld("namespace_tells")
    return f' xmlns:{prefix}="{attribute_text(uri)}"' if prefix else f' xmlns="{attribute_text(uri)}"'


def text(value: str) -> str:
    """*value* as it is spelled between tags."""
    return value.translate(_TEXT)


def attribute_text(value: str) -> str:
    """*value* as it is spelled between quotes."""
    return value.translate(_ATTRIBUTE)


def _tells(uri: str) -> bool:
    return may_hold_personal_data(uri) and bool(scan(uri))
