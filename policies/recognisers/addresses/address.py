"""Addresses in a tagged sentence: from the first division or road down to the room.

An address that tells where somebody is to be found goes below the town: it has a number, or names the village, the
estate or the road within a division. The name of a city or of a district alone is no address.
"""

import re

from policies.recognisers.addresses.edges import begin_of, begin_of_line, lengthened, line_end
from policies.recognisers.addresses.enough import tells
from policies.recognisers.addresses.lines import FIRM, is_address_line, says_something
from policies.recognisers.addresses.parts import ROAD
from policies.recognisers.addresses.reading import PLACE, Reading
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import Hit

ADDRESS = "address"
_NEVER_FIRST = frozenset({"v", "p", "u", "c", "r", "d", "w", "PER", "vd", "xc", "ad", "TIME", "vn"})
"""What the word is that no address begins with, but behind a sign."""
_TOLD = re.compile(
    "[0-9A-Za-z一二三四五六七八九十][ 　]?(?:号|弄|巷|栋|幢|座|单元|层|楼|室|户|组|队|连|#)|[0-9]-[0-9]|[0-9]{3}房"
)
"""What stands in every address in which the tagger sees no place."""
_SAID = re.compile("[路街巷镇乡村]")
"""What tells that a name which is read as none of a place is one."""
_WINDOW = re.compile("[ 　]?[A-Za-z]?[0-9一二三四五六七八九十、至\\-—]*号?(?:办事)?(?:窗口|柜台)")
"""What stands behind an office and its storey where people go there with their business: nobody's address."""
_OF_A_NUMBER = re.compile("证号|号码(?!头)")
"""What is called so at its end is a number: 港澳居民居住证号码."""


def addresses_in(sentence: Sentence, *, is_all: bool = False) -> list[Hit]:
    """The addresses in *sentence*, by position, none overlapping another; offsets are those of its text.

    *is_all*: there is no other sentence in the text, which may be a line that holds nothing but an address.
    """
    if is_all and is_address_line(sentence):
        return [_hit(sentence, begin_of_line(sentence), len(sentence.text.rstrip(" \n，,、")))]
    if not _may_tell(sentence):
        return []
    found: list[Hit] = []
    reading = Reading(sentence)
    end = 0
    for start, kind in sorted(reading.starts.items()):
        if start < end or kind == "w" or (kind in _NEVER_FIRST and not reading.is_apart(start)):
            continue
        parts = reading.longest(start)
        while parts and not parts[-1][2] and parts[-1][0] < ROAD:
            parts.pop()
        if not parts:
            continue
        if _WINDOW.match(reading.text, parts[-1][1]) is not None and all(rank != ROAD for rank, _, _ in parts):
            continue
        reaches = lengthened(reading, parts[-1][1])
        if _OF_A_NUMBER.search(reading.text, start, reaches) is not None:
            continue
        is_line = is_all and start == 0 and len(parts) > 1 and FIRM.search(reading.text) is None
        is_line = is_line and not says_something(sentence)
        if tells(reading, start, parts, reaches, is_line=is_line):
            end = line_end(reading, reaches) if is_line else reaches
            found.append(_hit(sentence, begin_of(reading, start), end))
    return found


def _may_tell(sentence: Sentence) -> bool:
    """Whether something in *sentence* tells of a place."""
    text = sentence.text
    return _TOLD.search(text) is not None or any(
        kind == "LOC" or (kind in PLACE and _SAID.search(text, start, end)) for start, end, kind in sentence.words
    )


def _hit(sentence: Sentence, start: int, end: int) -> Hit:
    return Hit(sentence.start + start, sentence.start + end, ADDRESS, 0.85, "pattern,model")
