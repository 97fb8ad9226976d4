"""Withholds what is said to be a page or a text and begins like data. Pure.

A masker looks for what its format may hold: read as a page or as plain text, the names in a list of people are words.
"""

import re

from policies.documents.plain import spells_otherwise
from policies.formats.masker import Masker, Withheld

LOOKED_AT = 1024
"""Bytes."""

_GUARD = (
    rb"(?:\)\]\}'?,?|while ?\(1\);|for ?\(;;\);|throw 1;|/\*[^*]{0,200}\*/|//[^\n]*\n|"
    rb"[\w.$]{1,64}\s*\(|(?:var|let|const)\s+[\w$]{1,64}\s*=|data:|(?:event|id|retry)?:[^\n]*\n)"
)
"""What is put before JSON so that it is no script, or so that it is one, or an event of a stream."""
_JSON = re.compile(rb"\s*(?:" + _GUARD + rb"\s*){0,5}(?:\{\s*[\"'}]|\[\s*(?:[\[{\"']|-?[0-9.]+\s*[,\]]))")
_MARKUP = re.compile(rb"\s*<(?:[a-z][a-z0-9:-]*[\s/>]|!doctype|!--|\?xml)", re.IGNORECASE)
_CELL = rb"\"?[A-Za-z_\x80-\xff][\w\x80-\xff]*\"?"
_HEADER = re.compile(rb"\s*" + _CELL + rb"(?:[,;\t]" + _CELL + rb")+\r?\n")
_PACKED = re.compile(rb"\s*(?=\S{40})[A-Za-z0-9+/_-]+(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}\s*\Z")
"""Nothing but base64 or hexadecimal digits: whatever it is, whoever unpacks it reads what no masker has."""
_LIES = {"html": (_JSON, _HEADER, _PACKED), "text": (_JSON, _HEADER, _MARKUP, _PACKED)}
"""What a body of a kind does not begin with."""

NOT_AS_SAID = "not_as_said"


class AsSaid:
    """A *masker* of a page or a text, *kind*, that is withheld where it begins like something else."""

    def __init__(self, masker: Masker, kind: str) -> None:
        self.tally = masker.tally
        self._masker = masker
        self._start = b""
        self._kind = kind
        self._is_looked_at = False

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        if self._is_looked_at:
            return self._masker.feed(data)
        self._start += data
        return self._looked_at() if len(self._start) >= LOOKED_AT else []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return [*([] if self._is_looked_at else self._looked_at()), *self._masker.close()]

    def _looked_at(self) -> list[bytes]:
        self._is_looked_at = True
        check_begin(self._start, self._kind)
        return self._masker.feed(self._start)


def begins_as_json(data: bytes) -> bool:
    """Whether *data* begins like JSON that stands by itself, behind no guard."""
    start = data.removeprefix(b"\xef\xbb\xbf")[:LOOKED_AT]
    return start.lstrip()[:1] in (b"{", b"[") and _JSON.match(start) is not None


def check_begin(data: bytes, kind: str) -> None:
    """Raise Withheld where *data*, which is said to be a page or a text, *kind*, begins like something else."""
    start = data.removeprefix(b"\xef\xbb\xbf")[:LOOKED_AT]
    if any(begins.match(start) for begins in _LIES[kind]) or spells_otherwise(start):
        raise Withheld(NOT_AS_SAID)
