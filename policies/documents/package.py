"""Reads packages (ZIP) within bounds, and writes them anew with what became of their parts.

What two readers could take for two things is withheld: a name that stands twice, a path that leads out, an octet that
belongs to no part. Comments and extra fields of the package are not written again. Names are written in UTF-8, and
read as that or, where the package does not say so, as UTF-8 or GB 18030, as Chinese systems write them.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Self

from policies.documents.document import DOUBLED, ENCRYPTED, MALFORMED, MIB, TOO_LARGE, Bounds
from policies.formats.masker import Withheld

BEGINS = b"PK\x03\x04"
PIECE = 64 * 1024
LONGEST_NAME = 240
_LARGE = MIB
"""Of a part: what is smaller may be packed as tightly as it likes."""
_IS_ENCRYPTED = 0x1
_IS_UTF_8 = 0x800
_AS_READ = "cp437"
"""How the library reads a name of which the package does not say that it is UTF-8. Source: APPNOTE.TXT, appendix D."""
_NAMES = ("utf-8", "gb18030")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, UnicodeError, KeyError)
"""What the library raises of a file that is none."""


class Package:
    """The parts of the package *data*, none of them unpacked yet. Raises Withheld."""

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise Withheld(MALFORMED) from None
        infos = self._archive.infolist()
        for info in infos:
            info.filename = _name_of(info)
        self.names = [info.filename for info in infos]
        self._infos = dict(zip(self.names, infos, strict=True))
        if len(infos) > bounds.parts or sum(info.file_size for info in infos) > bounds.unpacked:
            raise Withheld(TOO_LARGE)
        if len({name.casefold() for name in self.names}) < len(infos):
            raise Withheld(DOUBLED)
        if any(map(_leads_out, self.names)):
            raise Withheld(MALFORMED)
        if min((info.header_offset for info in infos), default=0):
            raise Withheld(MALFORMED)  # something stands before the first part
        for info in infos:
            if info.flag_bits & _IS_ENCRYPTED:
                raise Withheld(ENCRYPTED)
            if info.compress_type not in _METHODS:
                raise Withheld(MALFORMED)
            if info.file_size > max(_LARGE, bounds.ratio * info.compress_size):
                raise Withheld(TOO_LARGE)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The octets of the part *name*, as they are unpacked. Raises Withheld."""
        try:
            with self._archive.open(self._infos[name]) as part:
                while piece := part.read(PIECE):
                    yield piece
        except _BROKEN:
            raise Withheld(MALFORMED) from None

    def read(self, name: str) -> bytes:
        """The whole part *name*. Raises Withheld."""
        return b"".join(self.pieces(name))

    def info(self, name: str) -> zipfile.ZipInfo:
        """How the part *name* is packed."""
        return self._infos[name]


class Packing:
    """A package that is being written."""

    def __init__(self) -> None:
        self._written = io.BytesIO()
        self._archive = zipfile.ZipFile(self._written, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def add(self, like: zipfile.ZipInfo, pieces: Iterable[bytes], name: str = "") -> None:
        """Add a part with the name, the date and the packing of *like*, or with another *name*."""
        info = zipfile.ZipInfo(name or like.filename, like.date_time)
        info.compress_type, info.external_attr = like.compress_type, like.external_attr
        with self._archive.open(info, "w", force_zip64=like.file_size > 1024 * MIB) as part:
            for piece in pieces:
                part.write(piece)

    def done(self) -> bytes:
        """The package."""
        self._archive.close()
        return self._written.getvalue()


def parts_of(data: bytes) -> frozenset[str]:
    """The names of the parts of *data*; none where it is no package."""
    if not data.startswith(BEGINS):
        return frozenset()
    try:
        return frozenset(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except _BROKEN:
        return frozenset()


def _name_of(info: zipfile.ZipInfo) -> str:
    """What a file of a package is called. Raises Withheld where that cannot be read."""
    if info.flag_bits & _IS_UTF_8 or info.filename.isascii():
        return info.filename
    try:
        octets = info.filename.encode(_AS_READ)
    except UnicodeEncodeError:
        return info.filename  # said in Unicode beside it, in an extra field
    for codec in _NAMES:
        with suppress(UnicodeDecodeError):
            return octets.decode(codec)
    raise Withheld(MALFORMED)


def _leads_out(name: str) -> bool:
    steps = name.removesuffix("/").split("/")
    return (
        len(name) > LONGEST_NAME or "\\" in name or ":" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(steps)
    )
