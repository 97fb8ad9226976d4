"""Where lines of Chinese and English may end: a PDF holds lines, and no reader breaks them anew.

Source: GB/T 15834-2011, 5.1 (which marks begin no line and which end none); a simplification of Unicode UAX #14.
"""

import re
from collections.abc import Callable, Iterator

_OPEN = "（《〈“‘【「『〔［([{"
_CLOSE = "，。；：、！？）》〉”’】」』〕］…—％,.;:!?)]}%"
_WIDE = (
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U00020000-\U0003fffd"
)
_PIECE = re.compile(
    rf"[{re.escape(_OPEN)}]*(?:[{_WIDE}]|[^\s{_WIDE}{re.escape(_OPEN)}]+)[{re.escape(_CLOSE)}]*"
    rf"|[{re.escape(_OPEN)}]+|\s+"
)


def broken(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """The lines of *text*, none wider than *width* as *measure* says, but for a single letter that is.

    Line breaks in *text* are kept. Spaces at the end of a line are left out, and nothing else is.
    """
    for line in text.splitlines() or [""]:
        yield from _broken(line, width, measure)


def _broken(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if measure(line + piece) <= width:
            line += piece
            continue
        if line.strip():
            yield line.rstrip()
        line = "" if piece.isspace() else piece
        while measure(line) > width and len(line) > 1:
            fits = _fitting(line, width, measure)
            yield line[:fits]
            line = line[fits:]
    yield line.rstrip()


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of *word*, one at least, are no wider than *width*."""
    least, most = 1, len(word)
    while least < most:
        middle = (least + most + 1) // 2
        if measure(word[:middle]) <= width:
            least = middle
        else:
            most = middle - 1
    return least
