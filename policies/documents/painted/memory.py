"""Remembers what was read of pictures, for who reads a document to look at it and once more to mask it.

Whoever has the document read keeps what is remembered, and understands nothing of it.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b

import msgspec
from PIL import Image

from policies.documents.painted.optical import Sight
from policies.documents.painted.sheet import Cell, Sheet
from policies.documents.painted.way import Way


class _Seen(msgspec.Struct, frozen=True, array_like=True):
    """A sheet as it is remembered."""

    way: tuple[float, float, float, float, float, float]
    again: bool
    cells: list[tuple[str, bytes, bool, bool]]
    """Text, edges, whether it is sure and whether exact."""


class Memory:
    """Reads pictures with *eyes*, but for those *known*; what is read is told to *keep*, with the digest of what it was
    read of.
    """

    def __init__(self, eyes: Sight, known: Mapping[bytes, bytes], keep: Callable[[bytes, bytes], None]) -> None:
        self._eyes = eyes
        self._known = known
        self._keep = keep

    def sheets(self, picture: Image.Image) -> Iterator[Sheet]:
        """See `Sight.sheets`."""
        key = _digest(picture)
        if key in self._known:
            yield from _recalled(self._known[key])
            return
        sheets = list(self._eyes.sheets(picture))
        self._keep(key, _written(sheets))
        yield from sheets


def _digest(picture: Image.Image) -> bytes:
    size = repr(picture.size).encode()
    return blake2b(picture.tobytes(), digest_size=16, salt=size[:16], person=b"seen").digest()


def _written(sheets: list[Sheet]) -> bytes:
    seen = []
    for sheet in sheets:
        way = sheet.way
        cells = [(cell.text, cell.edges.tobytes(), cell.sure, cell.exact) for cell in sheet.cells]
        seen.append(_Seen((way.a, way.b, way.c, way.d, way.e, way.f), sheet.again, cells))
    return msgspec.msgpack.encode(seen)


def _recalled(written: bytes) -> Iterator[Sheet]:
    for seen in msgspec.msgpack.decode(written, type=list[_Seen]):
        cells = [Cell(text, array("f", edges), sure, exact) for text, edges, sure, exact in seen.cells]
        yield Sheet(cells, Way(*seen.way), again=seen.again)
