"""Signatures over XML: what bears one is withheld, or its copy is without them and says so.

No copy in which something is hidden bears the signature of what it was made of.
"""

import re
from xml.parsers import expat

from policies.documents.document import MALFORMED, SIGNED, Bounds
from policies.formats.masker import Withheld
from policies.formats.xml.names import SIGNATURE, name_of, namespace_parser

PROLOGUE = rb"(?:\xef\xbb\xbf)?(?:<\?.*?\?>|<!--.*?-->|\s)*+"
_SPACE = SIGNATURE[0].encode()
_BEFORE_ROOT = re.compile(rb"\A(" + PROLOGUE + rb")(?=<)", re.DOTALL)
_UNSIGNED = b"<?yingbi unsigned-copy?>\n"


def marked_unsigned(document: bytes) -> bytes:
    """The XML *document*, which says before its root element that it is a copy without signatures."""
    return _BEFORE_ROOT.sub(rb"\1" + _UNSIGNED, document, count=1)


def without_signatures(document: bytes, bounds: Bounds) -> tuple[bytes, int]:
    """The XML *document* in UTF-8 without its signatures (XML-DSig), and how many it had. Raises Withheld for any where
    no copy without them is made, and for what is nothing but signed.
    """
    if _SPACE not in document:
        return document, 0
    places = _places(document)
    if not places:
        return document, 0
    if not bounds.unsigned_copy:
        raise Withheld(SIGNED)
    kept, at = [], 0
    for start, end in places:
        kept.append(document[at:start])
        at = end
    return b"".join([*kept, document[at:]]), len(places)


def _places(document: bytes) -> list[tuple[int, int]]:
    """From where to where the outermost signatures in *document* stand. Raises Withheld for what is no such document,
    or one signature.
    """
    places: list[tuple[int, int]] = []
    depth, signed_at, begun = 0, 0, 0
    parser = namespace_parser()

    def start(told: str, attributes: list[str]) -> None:
        nonlocal depth, signed_at, begun
        depth += 1
        name = name_of(told)
        if (name.space, name.local) == SIGNATURE and not signed_at:
            if depth == 1:
                raise Withheld(SIGNED)
            signed_at, begun = depth, parser.CurrentByteIndex

    def end(told: str) -> None:
        nonlocal depth, signed_at
        if depth == signed_at:
            at, signed_at = parser.CurrentByteIndex, 0
            places.append((begun, document.index(b">", at) + 1 if document[at : at + 2] == b"</" else at))
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        raise Withheld(MALFORMED) from None
    return places
