"""Words in the paths of addresses: `/person/张三/` says as much as a parameter called by what it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

LONGEST_WORD = 60
"""Characters of one, as it is written."""
_SEGMENT = re.compile(rf"/(?P<word>[^/?#&;,\s\"'()<>\\.*@]{{1,{LONGEST_WORD}}})(?=[/?#&;,\s\"'()<>\\.*@]|\Z)")
_PART = re.compile("[^_-]+")
_CHINESE = re.compile("[\u4e00-\u9fff·]{2,12}")
_CODED = re.compile("%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a path in Chinese, which stands from *start* to *end*."""

    start: int
    end: int
    text: str
    is_coded: bool
    """Whether it is written in percent codes."""

    def spelled(self, new: str) -> str:
        """*new* as it is written in its place."""
        return quote(new, safe="*") if self.is_coded else new


def words_in(address: str) -> Iterator[Word]:
    """The words in Chinese that are a segment of a path in *address*, or in whatever holds one, or a part of one."""
    for segment in _SEGMENT.finditer(address):
        for found in _PART.finditer(address, *segment.span("word")):
            is_coded = _CODED.search(found[0]) is not None
            text = unquote(found[0]) if is_coded else found[0]
            if _CHINESE.fullmatch(text):
                yield Word(found.start(), found.end(), text, is_coded)
