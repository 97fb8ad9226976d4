"""What a body is by what it begins with, whatever it is said to be. Pure.

A file that passes as it is has to begin like one of its kind.
"""

import re

from policies.formats.as_said import LOOKED_AT
from policies.formats.charset import Charset
from policies.formats.masker import Tally, Withheld
from policies.recognisers.checksums import is_luhn, is_resident_id

_SOUNDS_AND_FILMS = rb"ID3|\xff[\xf2\xf3\xfb]|OggS\0|fLaC|RIFF....(?:WAVE|AVI )|....ftyp|\x1aE\xdf\xa3|FORM....AIFF"
_SIGNATURES = {
    kind: re.compile(signatures, re.DOTALL)
    for kind, signatures in {
        "image": rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBPVP8|BM|\0\0[\x01\x02]\0|II\*\0|MM\0\*|"
        rb"....ftyp",
        "font": rb"wOF[F2]|\0\x01\0\0|OTTO|true|ttcf",
        "audio": _SOUNDS_AND_FILMS,
        "video": _SOUNDS_AND_FILMS,
    }.items()
}
"""How a file of a kind begins. Source: WHATWG MIME Sniffing, 6."""
_DRAWING = "image/svg+xml"
_LIKE_DATA = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml|\{\s*[\"'}]|\[\s*[\[{\"'])", re.IGNORECASE)

_CALLED = re.compile(
    rb"\s*(?:/\*[^*]{0,200}\*/\s*)?(?:[\w.$]{1,64}\s*\(|(?:(?:var|let|const)\s+)?[\w.$]{1,64}\s*=)"
    rb"\s*(?:\{\s*[\"'}]|\[\s*[\[{\"'])"
)
"""How a script begins that is data which a function is called with or a variable holds, or may be."""

# In one piece: the digits of a drawing stand apart, are many, and some are right by chance.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|62[0-9]{14,17})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"""[:\[,(]\s{0,8}["']?1[3-9][0-9]{9}["']?\s{0,8}[,}\])]""")
"""The whole of a value. It has no check digit, so it is proof in what begins like data alone."""
_MARGIN = 64
"""More characters than any such number has."""
_MARGIN_BYTES = 4 * _MARGIN


class AsItIs:
    """The masker of a file that is the same for everybody: it passes where it is what it says, and holds no proof of
    being data after all.

    A text has to be one, and to hold no number whose check digit says whose it is, nor a mobile number where it begins
    like data that a script is given; anything else has to begin like what
    it is said to be. *charset* is that of a text, "" where none is said.
    """

    def __init__(self, tally: Tally, media_type: str, charset: str) -> None:
        self.tally = tally
        kind = media_type.partition("/")[0]
        self._signature = None if media_type == _DRAWING else _SIGNATURES.get(kind)
        self._charset = Charset(charset or "utf-8") if self._signature is None else None
        self._held = b""
        self._is_looked_at = self._is_called = False
        self._read = ""

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return self._passed(data, final=False)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return self._passed(b"", final=True)

    def _passed(self, data: bytes, *, final: bool) -> list[bytes]:
        self._held += data
        if not self._is_looked_at and (final or len(self._held) >= LOOKED_AT):
            self._is_looked_at = True
            self._look_at(self._held[:LOOKED_AT])
        if self._charset is not None:
            self._look_for_proof(self._charset.decode(data, final=final), final=final)
        if not self._is_looked_at:
            return []
        kept = b"" if final or self._charset is None else self._held[-_MARGIN_BYTES:]
        passed, self._held = self._held[: len(self._held) - len(kept)], kept
        return [passed] if passed else []

    def _look_at(self, start: bytes) -> None:
        if self._signature is not None:
            fits = self._signature.match(start) is not None
        else:
            start = start.removeprefix(b"\xef\xbb\xbf")
            fits, self._is_called = not _LIKE_DATA.match(start), _CALLED.match(start) is not None
        if start and not fits:
            raise Withheld("static_file_is_data")

    def _look_for_proof(self, text: str, *, final: bool) -> None:
        self._read += text
        end = len(self._read) - (0 if final else 1)  # what stands at the very end may go on
        if any(match.end() <= end and _is_proof(match[0]) for match in _NUMBER.finditer(self._read)):
            raise Withheld("static_file_is_data")
        if self._is_called and any(match.end() <= end for match in _MOBILE.finditer(self._read)):
            raise Withheld("static_file_is_data")
        if self._is_looked_at:  # before that nobody knows what is proof
            self._read = self._read[-_MARGIN:]


def _is_proof(number: str) -> bool:
    return is_resident_id(number.upper()) or (number.startswith("62") and number.isdigit() and is_luhn(number))
