"""The octets of a part that is XML, as far as they are held, and where its markup begins and ends in them."""

import re
from xml.sax.saxutils import escape

from policies.documents.document import MALFORMED
from policies.formats.masker import Withheld

type Edit = tuple[int, int, bytes]
"""From where to where in the part, and what stands there instead."""

_ATTRIBUTE = rb"\s+([^\s=/>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_MARKUP = re.compile(rb"<!--.*?-->|<\?.*?\?>|</[^>]*>|<[^\s/>!?]+(?:" + _ATTRIBUTE + rb")*\s*/?>", re.DOTALL)


class Octets:
    """The octets of one part from a place on."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self.begins = 0
        """Where the first that is held stands in the part."""

    def __len__(self) -> int:
        return len(self._raw)

    def add(self, piece: bytes) -> None:
        """Hold *piece* as well, which follows."""
        self._raw += piece

    def between(self, start: int, end: int) -> bytes:
        """Those from *start* to *end* in the part."""
        return bytes(self._raw[start - self.begins : end - self.begins])

    def after(self, at: int) -> int:
        """Where the markup that begins *at* is over. Raises Withheld."""
        found = _MARKUP.match(self._raw, at - self.begins)
        if found is None:
            raise Withheld(MALFORMED)
        return self.begins + found.end()

    def is_empty(self, at: int) -> bool:
        """Whether the tag that begins *at* is that of an empty element, which ends itself."""
        found = _MARKUP.match(self._raw, at - self.begins)
        return found is not None and found[0].endswith(b"/>")

    def attribute_edit(self, at: int, name: str, value: str) -> Edit:
        """That which lets the attribute *name* of the tag that begins *at* be *value*. Raises Withheld."""
        end = self.after(at) - self.begins
        for found in _ATTRIBUTES.finditer(self._raw, at - self.begins, end):
            if found[1] == name.encode():
                group = 2 if found[2] is not None else 3
                return self.begins + found.start(group), self.begins + found.end(group), quoted(value).encode()
        raise Withheld(MALFORMED)

    def taken(self, ends: int, edits: list[Edit]) -> bytes:
        """What is held up to where it *ends*, with *edits*, without those within another; it is held no longer."""
        out, at = bytearray(), 0
        for start, end, new in sorted(edits):
            if start - self.begins >= at:
                out += self._raw[at : start - self.begins] + new
                at = end - self.begins
        out += self._raw[at : ends - self.begins]
        del self._raw[: ends - self.begins]
        self.begins = ends
        return bytes(out)


def quoted(value: str) -> str:
    """*value* as it stands in an attribute, whichever quotes are around it."""
    return escape(value, {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
