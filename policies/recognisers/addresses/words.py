"""The words of a sentence as addresses are read in them: places that the tagger reads as something else, mended."""

import re
from collections.abc import Iterator

from policies.recognisers.sentences import Sentence

_OF_A_VILLAGE = re.compile("[\u4e00-\u9fff]{1,2}家?[村庄屯寨](?=第?[0-9一二三四五六七八九十]+(?:组|队|社|号))")
"""A village that is called after a family, and read as somebody of it: 李家村五组."""
_AT_A_ROAD = re.compile("[在到从沿往于][\u4e00-\u9fff]{2,4}[路街巷村镇]")
"""A road that is read with where somebody is: 在建安路."""
_NO_WAY = frozenset("依据由为以因按比凭替")
"""Words that stand between two places as a part of the second alone: 扎瓦镇|依|格孜艾日克村."""


def words_of(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """The words of *sentence*, those told to be places that the tagger reads as people, or with the word before."""
    text, before = sentence.text, ""
    places = {start for start, _, kind in sentence.words if kind == "LOC"}
    for start, end, kind in sentence.words:
        if kind == "PER" and _OF_A_VILLAGE.match(text, start):
            kind = "LOC"
        elif kind == "p" and _AT_A_ROAD.fullmatch(text, start, end):
            yield start, start + 1, kind
            start, kind = start + 1, "LOC"
        elif kind == "p" and text[start:end] in _NO_WAY and before == "LOC" and end in places:
            kind = "LOC"
        yield start, end, kind
        before = kind
