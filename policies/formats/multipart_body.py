"""Masks answers in parts: each part by the masker of its own type. What two readers could part differently is withheld.

Source: RFC 2046, 5.1. Parts are read by the narrowest grammar: no preamble, no epilogue, no part within a part, no
encoding of its own. They are written between a boundary of ours, for theirs may be anything, and with their type and,
in a form, their name; no other header of theirs passes.
"""

import re
import secrets
from collections.abc import Callable
from enum import Enum

from policies.formats.json.keys import is_telling_key
from policies.formats.masker import Masker, Tally, Withheld

MOST_PARTS = 1_000
LONGEST_HEAD = 2_048

_END = b"\r\n"
_BOUNDARY = re.compile(
    r"multipart/(?:mixed|form-data)\s*;\s*boundary=(?:([0-9A-Za-z'_.+-]{1,70})|\"([0-9A-Za-z'()_,./:=?+-]{1,70})\")\s*",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"content-type: ?([a-z]{2,20}/[a-z0-9.+-]{1,80})(?:; ?charset=\"?([A-Za-z0-9_-]{1,20})\"?)?", re.IGNORECASE
)
_NAME = re.compile(r'content-disposition: ?form-data; ?name="([A-Za-z_][A-Za-z0-9_.-]{0,60})"', re.IGNORECASE)
_DROPPED = re.compile(r"content-(?:id|length|location|description)|content-disposition", re.IGNORECASE)


class _At(Enum):
    """What comes next."""

    FIRST = "the first delimiter"
    HEAD = "a head, or the rest of the last delimiter"
    CONTENT = "the content of a part"
    OVER = "nothing"


type PartMasker = Callable[[str, str], tuple[Masker, str] | None]
"""From media type and charset of a part, "" where none is said, to what masks it and what it is then said to be."""


def boundary_in(content_type: str) -> str:
    """What parts a body of *content_type*; empty where it is in no parts that are read."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    return (found[1] or found[2]) if found is not None else ""


class MultipartMasker:
    """A masker for one body whose parts *between* stands; `boundary` stands between those that come out."""

    def __init__(self, between: str, part: PartMasker, tally: Tally) -> None:
        self.tally = tally
        self.boundary = f"yingbi-{secrets.token_hex(16)}"
        self._between = b"--" + between.encode("ascii")
        self._masker_of = part
        self._rest = bytearray()
        self._at = _At.FIRST
        self._masker: Masker | None = None
        self._parts = 0

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._rest += data
        out = bytearray()
        while self._step(out):
            pass
        return [bytes(out)] if out else []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        if self._at is not _At.OVER:
            raise Withheld("not_parts")
        return []

    def _step(self, out: bytearray) -> bool:
        """Treat what comes next, as far as it has arrived. Whether there may be more."""
        match self._at:
            case _At.FIRST:
                return self._first()
            case _At.HEAD:
                return self._head(out)
            case _At.CONTENT:
                return self._content(out)
            case _At.OVER:
                if self._rest.strip(_END):
                    raise Withheld("not_parts")
                return False

    def _first(self) -> bool:
        if len(self._rest) < len(self._between):
            return False
        if not self._rest.startswith(self._between):
            raise Withheld("not_parts")
        del self._rest[: len(self._between)]
        self._at = _At.HEAD
        return True

    def _head(self, out: bytearray) -> bool:
        if len(self._rest) < len(_END):
            return False
        if self._rest.startswith(b"--") and self._parts:
            del self._rest[:2]
            out += b"--" + self.boundary.encode() + b"--" + _END
            self._at = _At.OVER
            return True
        if not self._rest.startswith(_END):
            raise Withheld("not_parts")
        end = self._rest.find(_END + _END, 0, LONGEST_HEAD)
        if end < 0:
            if len(self._rest) >= LONGEST_HEAD:
                raise Withheld("not_parts")
            return False
        out += self._begun(bytes(self._rest[len(_END) : end]))
        del self._rest[: end + 2 * len(_END)]
        self._at = _At.CONTENT
        return True

    def _begun(self, head: bytes) -> bytes:
        """What the head of a part becomes."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Withheld("too_large_to_mask")
        try:
            lines = head.decode().split("\r\n")
        except UnicodeDecodeError:
            raise Withheld("not_parts") from None
        types = [found for line in lines if (found := _TYPE.fullmatch(line))]
        names = [found[1] for line in lines if (found := _NAME.fullmatch(line))]
        others = [line for line in lines if not (_TYPE.fullmatch(line) or _NAME.fullmatch(line))]
        is_known = all(_DROPPED.fullmatch(line.partition(":")[0]) for line in others)
        if len(types) != 1 or len(names) > 1 or not is_known or any("\r" in line or "\n" in line for line in lines):
            raise Withheld("not_parts")
        made = self._masker_of(types[0][1].lower(), (types[0][2] or "").lower())
        if made is None:
            raise Withheld("answer_not_declared")
        self._masker, said = made
        written = f"--{self.boundary}\r\nContent-Type: {said}\r\n"
        if names and not is_telling_key(names[0]):
            written += f'Content-Disposition: form-data; name="{names[0]}"\r\n'
        return f"{written}\r\n".encode("ascii")

    def _content(self, out: bytearray) -> bool:
        assert self._masker is not None
        place = self._rest.find(self._between)
        if place < 0:
            # The beginning of a delimiter, with the end of the line before it, may be all that has come of it.
            ready = max(0, len(self._rest) - len(_END) - len(self._between) + 1)
            self._treated(bytes(self._rest[:ready]), out)
            del self._rest[:ready]
            return False
        if place < len(_END) or not self._rest.startswith(_END, place - len(_END)):
            raise Withheld("not_parts")  # some readers would end the part there
        self._treated(bytes(self._rest[: place - len(_END)]), out)
        for piece in self._masker.close():
            out += piece
        self.tally.add(self._masker.tally.take())
        out += _END
        del self._rest[: place + len(self._between)]
        self._at = _At.HEAD
        return True

    def _treated(self, data: bytes, out: bytearray) -> None:
        if data and self._masker is not None:
            for piece in self._masker.feed(data):
                out += piece
            self.tally.add(self._masker.tally.take())
