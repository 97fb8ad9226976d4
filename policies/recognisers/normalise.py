"""Text as recognisers read it: ASCII digits and letters, no characters that only hide, and the way back.

Full-width forms become ASCII one for one, so offsets stay. Invisible characters are taken out; then a list tells where
each remaining character stood.
"""

import re
from dataclasses import dataclass

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63), 0x2D)
_ONE_FOR_ONE = {**_FULL_WIDTH, **_DASHES}

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
)
_ASCII = {chr(code): chr(plain) for code, plain in _ONE_FOR_ONE.items()}
_CHANGED = re.compile(f"[{''.join(map(re.escape, map(chr, _ONE_FOR_ONE)))}]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Normal:
    """A text as recognisers read it."""

    text: str
    origin: list[int] | None
    """Where each character of `text` stands in the original, its length last; None: in the same place."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the span of `text` came from, hidden characters within it included."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start]


def normalise(text: str) -> Normal:
    """*text* as recognisers read it."""
    if text.isascii():
        return Normal(text, None)
    plain = _CHANGED.sub(_changed, text)
    if _INVISIBLE.search(plain) is None:
        return Normal(plain, None)
    kept = [place for place, char in enumerate(plain) if _INVISIBLE.match(char) is None]
    return Normal("".join(plain[place] for place in kept), [*kept, len(plain)])


def _changed(match: re.Match[str]) -> str:
    return _ASCII[match[0]]
