"""Names that their form gives away: half hidden, with dots, of words that names of a people have, in Latin letters."""

from collections.abc import Iterator

from policies.recognisers.persons.dotted import Spelled
from policies.recognisers.persons.labels import is_somebody
from policies.recognisers.persons.patterns import ENDS, FOLLOWS, LATIN, NEXT_HONORIFIC, ROLE, VEILED, VEILED_OF_A_WORD
from policies.recognisers.persons.peoples import names_of_peoples, words_of_names
from policies.recognisers.persons.pinyin import is_name_in_pinyin, is_place_in_pinyin
from policies.recognisers.persons.read import Read
from policies.recognisers.persons.stated import Found, unveiled
from policies.recognisers.persons.things import is_of_a_thing
from policies.recognisers.persons.words import AMBIGUOUS


def formed_names(read: Read, spelled: Spelled) -> Iterator[Found]:
    """Such names in what is *read*; *spelled*: those of other languages in it."""
    text = read.text
    behind = {end for _, end in read.somebodys}
    for match in VEILED.finditer(text):
        is_star = "*" in match[0] and (match[0][0] in AMBIGUOUS or text[match.end() : match.end() + 1] == "*")
        if not is_star and (
            match.start() in read.starts
            or match.start() in behind
            or ROLE.search(text, 0, match.start())
            or is_somebody(text[max(0, match.start() - 2) : match.start()])
        ):
            yield Found(match.start(), unveiled(text, match.end(), read.known), "pattern", 0.9)
    for match in VEILED_OF_A_WORD.finditer(text):
        if ROLE.search(text, max(0, match.start() - 8), match.start()):
            yield Found(*match.span(), "pattern", 0.8)
    for start, end in spelled.names():
        if not read.in_title(start, end) and not is_of_a_thing(text, start, end, read.words, read.known):
            yield Found(start, end, "pattern", 0.8)
    for start, end in names_of_peoples(text):
        if not any(
            first <= start and end <= last and last - first > end - start for first, last in read.people.items()
        ):
            yield Found(start, end, "pattern", 0.8)  # not a part of what the tagger takes for one name: 马|克里木
    for start, end in words_of_names(text):
        is_apart = ENDS.match(text, end) or FOLLOWS.match(text, end)
        is_behind = start in behind or ROLE.search(text, max(0, start - 8), start)
        if is_apart and is_behind:
            yield Found(start, end, "context", 0.75)
    for match in LATIN.finditer(text):
        if is_name_in_pinyin(match[0]) and not is_place_in_pinyin(match[0]):
            yield Found(*match.span(), "pattern", 0.75)
        elif ROLE.search(text, max(0, match.start() - 12), match.start()) or NEXT_HONORIFIC.match(text, match.end()):
            yield Found(*match.span(), "context", 0.8)
