"""Names and addresses in running text: a tagger reads it sentence by sentence, rules correct and complete what it says.

What stands in one text once for sure is found in it everywhere.
"""

import re
from collections.abc import Container, Iterable, Sequence

from policies.recognisers.addresses.address import addresses_in
from policies.recognisers.addresses.public_places import is_public
from policies.recognisers.addresses.spacing import without_spaces
from policies.recognisers.addresses.spans import settled
from policies.recognisers.normalise import normalise
from policies.recognisers.persons.person import PERSON, people_in
from policies.recognisers.persons.short_names import called_in_short
from policies.recognisers.persons.words import GIVEN, NEVER_LAST, NOT_A_NAME
from policies.recognisers.sentences import Sentence, tagged
from policies.recognisers.table import Hit
from policies.recognisers.weights import tagger

_SURE = 3
"""Characters of a name that is no word of the language besides."""

_OF_A_PLACE = re.compile("[桥村镇庄乡县州河湖港湾寺庙岛](?![\u4e00-\u9fff]?(?:说|表示))")
"""Behind a name that a place bears: 马驹桥."""


def find_in_prose(texts: Sequence[str]) -> list[tuple[Hit, ...]]:
    """The names and addresses in each of *texts*, by position, none overlapping another; offsets count its code points.

    Many texts at once take less time than one after the other. Raises NoWeights.
    """
    reads = tagger()
    normal = [without_spaces(normalise(text)) for text in texts]
    read = tagged([each.text for each in normal], reads)
    by_rules = [
        [_addresses(each.text, sentence, is_all=len(sentences) == 1) for sentence in sentences]
        for each, sentences in zip(normal, read, strict=True)
    ]
    found = []
    for each, sentences, addresses in zip(normal, read, settled(read, by_rules), strict=True):
        addresses = [hit for hit in addresses if not is_public(each.text, hit.start, hit.end)]
        people = [hit for sentence in sentences for hit in people_in(sentence, reads.lexicon)]
        people = _repeated(each.text, _whole(each.text, people), reads.lexicon)
        people = called_in_short(each.text, people, reads.lexicon)
        hits = _apart([*addresses, *people])
        if each.origin is not None:
            spans = [(hit, *each.original_span(hit.start, hit.end)) for hit in hits]
            hits = [Hit(start, end, hit.category, hit.score, hit.why) for hit, start, end in spans]
        found.append(tuple(hits))
    return found


def _addresses(text: str, sentence: Sentence, *, is_all: bool) -> list[Hit]:
    """The addresses that rules find in a sentence of *text*, which is all of it or not, but for those of nobody."""
    return [hit for hit in addresses_in(sentence, is_all=is_all) if not is_public(text, hit.start, hit.end)]


def _whole(text: str, people: list[Hit]) -> list[Hit]:
    """*people*, with the last character that a name has wherever it stands, though it was not read with it."""
    longer: dict[str, str] = {}
    for name in {text[hit.start : hit.end] for hit in people if hit.end - hit.start == 2}:
        if text.count(name) < 2:
            continue
        behind = [text[match.end() : match.end() + 1] for match in re.finditer(re.escape(name), text)]
        if len(behind) > 1 and len(set(behind)) == 1 and behind[0] in GIVEN and behind[0] not in NEVER_LAST:
            longer[name] = behind[0]
    return [
        Hit(hit.start, hit.end + (text[hit.start : hit.end] in longer), hit.category, hit.score, hit.why)
        for hit in people
    ]


def _repeated(text: str, people: list[Hit], words: Container[str]) -> list[Hit]:
    """*people*, and their names where they stand besides."""
    whole = {text[hit.start : hit.end] for hit in people}
    names = {
        name
        for name in whole.union(*map(_called, whole))
        if len(name) >= _SURE or (len(name) == _SURE - 1 and name not in NOT_A_NAME and name not in words)
    }
    names = {name for name in names if name not in whole or text.count(name) > 1}  # to compile for nothing takes long
    if not names:
        return people
    begins = {hit.start for hit in people}
    spelled = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return [
        *people,
        *(
            Hit(*match.span(), PERSON, 0.8, "repeated")
            for match in spelled.finditer(text)
            if match.start() not in begins and not _OF_A_PLACE.match(text, match.end())
        ),
    ]


def _called(name: str) -> tuple[str, ...]:
    """*name*, and its first part where it is of several with dots between: 阿依古丽·买买提 is 阿依古丽 afterwards."""
    first = re.split("[·•・]", name)[0]
    return (name,) if first == name or len(first) < _SURE else (name, first)


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """*hits* by position, of those that overlap the longest."""
    by_length = sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start))
    taken = bytearray(max((hit.end for hit in by_length), default=0))
    kept: list[Hit] = []
    for hit in by_length:
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
