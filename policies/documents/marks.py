"""Running text as it is drawn, where Markdown marks it: without the marks of bold, italic, struck, code and escapes.

Only what is a mark beyond doubt is taken away: a pair around something, and nothing that stands within a word or a sum.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PUNCTUATION = r"!-/:-@\[-`{-~"
_PAIR = re.compile(
    r"(?P<mark>\*{1,3}|~~|==|`{1,2})(?=[^\s*~=`])(?P<inner>[^*~=`\n]{1,200}?)(?<=[^\s*~=`\\])(?P=mark)(?![*~=`])"
)
_UNDERLINED = re.compile(r"(?<![\w\\])(?P<mark>_{1,3})(?=[^\s_])(?P<inner>[^_\n]{1,200}?)(?<=[^\s_\\])(?P=mark)(?!\w)")
_ESCAPED = re.compile(rf"\\(?=[{_PUNCTUATION}])")
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|big|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var|wbr)"
    r"\s?/?>",
    re.IGNORECASE,
)
"""One with attributes stays: they say something by themselves."""
_MAY_BE_MARKED = re.compile(r"[*~=`_\\<]")

LEAST_MARKED = 2
"""Characters between marks that are a value by themselves: one may be a part of it that is marked."""
_BLANKS = 8
_BEHIND_LABEL = re.compile(r"[:：=][ \t\u3000]*\Z")
_GOES_ON = re.compile(r"[\w*~=`]")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line without its marks."""

    text: str
    places: list[int]
    """Where each character of it is written."""

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where in the line that what is drawn from *start* to *end* is written, piece by piece, without the marks."""
        begins = self.places[start]
        for at in range(start + 1, end + 1):
            if at == end or self.places[at] != self.places[at - 1] + 1:
                yield begins, self.places[at - 1] + 1
                begins = self.places[at] if at < end else 0


def _is_value(pair: re.Match[str]) -> bool:
    """Whether all that stands behind a label is what *pair* is around, as in 电话：`1395718` 未接: it ends there."""
    return (
        pair["mark"][0] in "`~"
        and len(pair["inner"]) >= LEAST_MARKED
        and _BEHIND_LABEL.search(pair.string, max(0, pair.start() - _BLANKS), pair.start()) is not None
        and _GOES_ON.match(pair.string, pair.end()) is None
    )


def drawn(line: str) -> Drawn | None:
    """What *line* is without its marks; None where it has none."""
    if _MAY_BE_MARKED.search(line) is None:
        return None
    gone = bytearray(len(line))
    shown = line
    for _ in range(3):  # as marks lie within each other
        found = [*(match for match in _PAIR.finditer(shown) if not _is_value(match)), *_UNDERLINED.finditer(shown)]
        for match in found:
            for place in (match.start(), match.end("inner")):
                gone[place : place + len(match["mark"])] = b"\1" * len(match["mark"])
        if not found:
            break
        shown = "".join("\0" if taken else char for char, taken in zip(line, gone, strict=True))
    for pattern in (_ESCAPED, _TAG):
        for match in pattern.finditer(line):
            gone[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    if not any(gone):
        return None
    places = [place for place, taken in enumerate(gone) if not taken]
    return Drawn("".join([line[place] for place in places]), places)
