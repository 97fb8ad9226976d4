"""Forms as browsers send them: URL-encoded, or as parts (multipart/form-data, RFC 7578 and the HTML Standard).

Parts are read by the narrowest grammar that browsers and HTTP clients write. What one reader may take for the end of a
part and another for its content, a name that can be spelled in two ways, a part within a part: none of it is read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from policies.formats.masker import Withheld

MOST_CONTROLS = 2_000
SIGNATURES = {
    "application/pdf": re.compile(rb"%PDF-"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL),
}
"""How files begin that a form may send, by their media types: none of them can be a list that was shown masked."""

_END = b"\r\n"
_PARTED_BY = re.compile(r"multipart/form-data; ?boundary=([0-9A-Za-z'_.+-]{1,70})", re.IGNORECASE)
_ENCODED = re.compile(r"application/x-www-form-urlencoded(; ?charset=utf-8)?", re.IGNORECASE)
# Neither a backslash nor an escape of a quotation mark or a line end: some readers undo them, and some do not.
_QUOTED = r'"((?:(?!%22|%0[AaDd])[^"\\\x00-\x1f\x7f])*)"'
_DISPOSITION = re.compile(rf"content-disposition: ?form-data; ?name={_QUOTED}(?:; ?filename={_QUOTED})?", re.IGNORECASE)
_TYPE = re.compile(r"content-type: ?([a-z]+/[a-z0-9.+-]{1,80})(; ?charset=utf-8)?", re.IGNORECASE)
_LONGEST_HEAD = 2_048
_SAYS_HOW = frozenset({"_charset_", "_method"})
"""Names by which a form says in which charset it is to be read (HTML), or as which method it is to be carried out."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that was chosen; without name and content where none was."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """What one control of a form sends."""

    name: str
    value: str = ""
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """How a form is written: in parts that *boundary* stands between, or URL-encoded where there is none."""

    boundary: str = ""

    def read(self, data: bytes) -> list[Part]:
        """The parts of the form *data*. Raises Withheld where it cannot be read with certainty."""
        try:
            return self._parts(data) if self.boundary else _pairs(data)
        except ValueError:
            raise Withheld("not_a_form") from None

    def write(self, parts: Sequence[Part]) -> bytes:
        """The form of *parts*. Raises Withheld for one that would be read as another."""
        if not self.boundary:
            return urlencode([(part.name, part.value) for part in parts]).encode()
        written = [_written(part) for part in parts]
        if any(self._between in piece for piece in written):
            raise Withheld("not_a_form")  # a true value that was put back holds what ends a part
        pieces = [self._between + _END + piece + _END for piece in written]
        return b"".join([*pieces, self._between, b"--", _END])

    @property
    def _between(self) -> bytes:
        return b"--" + self.boundary.encode()

    def _parts(self, data: bytes) -> list[Part]:
        between = self._between
        if data.count(between) > MOST_CONTROLS + 1:
            raise ValueError
        body = data.removesuffix(_END)
        if body == between + b"--":
            return []
        start, end = between + _END, _END + between + b"--"
        if not body.startswith(start) or not body.endswith(end) or len(body) < len(start) + len(end):
            raise ValueError
        pieces = body[len(start) : -len(end)].split(_END + start)
        if any(between in piece for piece in pieces):
            raise ValueError
        return [_read(piece) for piece in pieces]


def coding_of(content_type: str) -> Coding | None:
    """How the form is written that *content_type* tells of, or None where it tells of none that can be read."""
    if match := _PARTED_BY.fullmatch(content_type.strip()):
        return Coding(match[1])
    return Coding() if _ENCODED.fullmatch(content_type.strip()) else None


def _pairs(data: bytes) -> list[Part]:
    """The pairs of an encoded form. Raises ValueError, also where another reader may see other pairs in it."""
    if b";" in data:  # some end a pair there (W3C, HTML 4.01, B.2.2)
        raise ValueError
    pairs = parse_qsl(
        data.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=bool(data),
        encoding="utf-8",
        errors="strict",
        max_num_fields=MOST_CONTROLS,
    )
    return [Part(_checked(name), value) for name, value in pairs]


def _checked(name: str) -> str:
    """*name*, where it is a control's. Raises ValueError where it says how others are to be read."""
    if name.strip().lower() in _SAYS_HOW:
        raise ValueError
    return name


def _read(piece: bytes) -> Part:
    """The part that *piece* is. Raises ValueError."""
    head, ends, content = piece.partition(_END + _END)
    if not ends or len(head) > _LONGEST_HEAD:
        raise ValueError
    disposition, *types = head.decode().split("\r\n")
    said = _DISPOSITION.fullmatch(disposition)
    if said is None or not _checked(said[1]) or len(types) > 1:
        raise ValueError
    typed = _TYPE.fullmatch(types[0]) if types else None
    if types and typed is None:
        raise ValueError
    media_type = typed[1].lower() if typed is not None else ""
    if said[2] is not None:
        return Part(said[1], file=File(said[2], media_type, content))
    if media_type not in ("", "text/plain"):
        raise ValueError
    return Part(said[1], content.decode())


def _written(part: Part) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{part.name}"'
    if part.file is None:
        return f"{disposition}\r\n\r\n{part.value}".encode()
    typed = f"\r\nContent-Type: {part.file.media_type}" if part.file.media_type else ""
    return f'{disposition}; filename="{part.file.name}"{typed}\r\n\r\n'.encode() + part.file.content
