"""Names of persons in a tagged sentence: what the tagger says, corrected by what the words around say."""

import re
from collections.abc import Container, Iterator

from policies.recognisers.persons.announced_names import announced_names
from policies.recognisers.persons.behind_labels import is_no_answer, names_behind_labels
from policies.recognisers.persons.bounds import Bounds
from policies.recognisers.persons.dotted import Spelled
from policies.recognisers.persons.formed_names import formed_names
from policies.recognisers.persons.listed import names_beside, names_in_lists
from policies.recognisers.persons.names import IS_ORGANISATION
from policies.recognisers.persons.parties import names_of_parties
from policies.recognisers.persons.patterns import LEADS
from policies.recognisers.persons.read import Read
from policies.recognisers.persons.stated import Found, stated_names
from policies.recognisers.persons.tagged_names import tagged_names, unknown_word
from policies.recognisers.persons.titled_names import surnames_alone, told_of
from policies.recognisers.persons.told import told_names
from policies.recognisers.persons.unlisted_names import unlisted_names
from policies.recognisers.persons.words import ALL_SURNAMES
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import Hit

PERSON = "person_name"
_COUNTED = re.compile(
    "[于至自到计共有和元][〇零○一二三四五六七八九十百千万两]{1,4}(?:年|月|日|号|时|点|元|余|个|名|次|人)"
    "|于[本当上下次今明每同][周月日年天季期]"
    "|高[一二三](?=[（(0-9一二三四五六七八九十年级班部学]|$)|关系|应[当该]"
)
"""A date, a sum, a class, how people are related or what they must do: 于二〇二四年, 高三（2）班."""


_SOLD = re.compile("康师傅(?!来|致|说|称|表示|反映|上门|你好|您好)")
"""What is sold under a surname and a title."""
_HANDLE = re.compile("(?:/@|回复@)([^@\\s:：,，。/]{2,20})[:：]")
"""How somebody calls himself to everybody, and goes on behind what reads like a name: 回复@北漂小张:."""


def people_in(sentence: Sentence, words: Container[str]) -> list[Hit]:
    """The names in *sentence*, by position, none overlapping another; offsets are those of its text.

    *words* are those of the language.
    """
    kept: list[Found] = []
    taken = bytearray(len(sentence.text))
    read = Read(sentence, words)
    kept += _free((each for each in _candidates(read) if not _is_nobody(read, each)), taken)
    if kept or "、" in sentence.text:
        kept += _free(names_beside(sentence.text, kept, taken), taken)
        kept += _free(names_in_lists(sentence.text, kept, taken, words), taken)
    return [
        Hit(sentence.start + each.start, sentence.start + each.end, PERSON, each.score, each.why)
        for each in sorted(kept, key=lambda each: each.start)
    ]


def _free(found: Iterator[Found], taken: bytearray) -> Iterator[Found]:
    """Those *found* of which nothing is *taken*, which is told what they take."""
    for each in found:
        if each.start < each.end and not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            yield each


def _is_nobody(read: Read, found: Found) -> bool:
    """Whether what is *found* is a date, a sum, a class, an organisation or an outcome, whatever it begins with."""
    text, start = read.text, found.start
    if _COUNTED.match(text, start) is not None or IS_ORGANISATION.match(text, start) is not None:
        return True
    if _SOLD.match(text, start) is not None or any(
        match.start(1) < start and found.end <= match.end(1)
        for match in (_HANDLE.finditer(text) if "@" in text else ())
    ):
        return True
    if text[found.end - 1] in "前副" and LEADS.match(text, found.end - 1):
        return True  # a country: 巴西前|总统
    return ":" in text and is_no_answer(text, start, found.end, read.known)


def _candidates(read: Read) -> Iterator[Found]:
    """Names, the surest first. They may overlap."""
    text = read.text
    spelled = Spelled(text, read.words, read.known)
    yield from stated_names(text, read.known)
    yield from names_behind_labels(text, read.known)
    yield from told_names(text, read.known)
    yield from names_of_parties(read)
    yield from formed_names(read, spelled)
    yield from surnames_alone(read)
    yield from tagged_names(read, Bounds(text, read.words, read.known, spelled))
    yield from announced_names(read)
    yield from unlisted_names(read)
    for start, end, kind in read.words:
        if text[start] in ALL_SURNAMES:
            yield from told_of(read, start, kind)
        if kind in ("nz", "n", "nw", "v", "a", "vn"):
            yield from unknown_word(read, start, end)
