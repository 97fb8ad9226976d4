"""Names of persons in a tagged sentence: what the tagger says, corrected by what the words around say."""

from collections.abc import Container, Iterator

from policies.recognisers.dotted import Spelled
from policies.recognisers.given_names import (
    has_two_surnames,
    is_han,
    is_last_of_japanese,
    is_of_four,
    surname_length,
)
from policies.recognisers.peoples import names_of_peoples
from policies.recognisers.person_patterns import (
    BEGINS,
    BEHIND_LABEL,
    BEHIND_ROLE,
    CALLED,
    DOT,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    HONORIFIC,
    IN_LIST,
    LATIN,
    LATIN_NAME,
    LEADS,
    NEXT_HONORIFIC,
    NICKNAME,
    OFFICES,
    PERSONAL_TITLE,
    ROLE,
    ROLE_FIRST,
    SOMEBODY,
    SURNAME_AND_TITLE,
    VEILED,
)
from policies.recognisers.person_words import (
    ALL_SURNAMES,
    AMBIGUOUS,
    BEHIND_A_BRAND,
    FAMILIAR,
    GIVEN,
    JAPANESE,
    JAPANESE_LAST,
    MODIFYING,
    NAMING_KINDS,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)
from policies.recognisers.rare_surnames import WORDY
from policies.recognisers.sentences import Sentence
from policies.recognisers.stated import Found, stated_names, unveiled
from policies.recognisers.table import Hit
from policies.recognisers.things import is_of_a_thing
from policies.recognisers.told import told_names

PERSON = "person_name"
_ANY_SURNAME = ALL_SURNAMES.union(WORDY)


def people_in(sentence: Sentence, words: Container[str]) -> list[Hit]:
    """The names in *sentence*, by position, none overlapping another; offsets are those of its text.

    *words* are those of the language.
    """
    kept: list[Found] = []
    taken = bytearray(len(sentence.text))
    reading = _Reading(sentence, words)
    for found in reading.candidates():
        if found.start < found.end and not any(taken[found.start : found.end]):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
            kept.append(found)
    kept += reading.in_lists(kept, taken)
    return [
        Hit(sentence.start + each.start, sentence.start + each.end, PERSON, each.score, each.why)
        for each in sorted(kept, key=lambda each: each.start)
    ]


class _Reading:
    """The names that one sentence may hold."""

    def __init__(self, sentence: Sentence, words: Container[str]) -> None:
        self.text = sentence.text
        self._words = sentence.words
        self._known = words
        self._spelled = Spelled(sentence.text, sentence.words, words)
        self._people = {start: end for start, end, kind in sentence.words if kind == "PER"}
        self._starts = {start for start, _, _ in sentence.words}

    def candidates(self) -> Iterator[Found]:
        """Names, the surest first. They may overlap."""
        text = self.text
        yield from stated_names(text, self._known)
        yield from told_names(text, self._known)
        for match in VEILED.finditer(text):
            is_star = "*" in match[0] and (match[0][0] in AMBIGUOUS or text[match.end() : match.end() + 1] == "*")
            if not is_star and (match.start() in self._starts or ROLE.search(text, 0, match.start())):
                yield Found(match.start(), unveiled(text, match.end(), self._known), "pattern", 0.9)
        for start, end in self._spelled.names():
            yield Found(start, end, "pattern", 0.8)
        for start, end in names_of_peoples(text):
            yield Found(start, end, "pattern", 0.8)
        for match in LATIN.finditer(text):
            if ROLE.search(text, max(0, match.start() - 12), match.start()) or NEXT_HONORIFIC.match(text, match.end()):
                yield Found(*match.span(), "context", 0.8)
        for match in SURNAME_AND_TITLE.finditer(text):
            if match[1] not in AMBIGUOUS and text[match.start() : match.end() + 1] not in self._known:
                yield Found(*match.span(1), "context", 0.7)
        for match in CALLED.finditer(text):
            if match[0] not in self._known:
                yield Found(*match.span(), "context", 0.7)
        for start, end in self._people.items():
            yield from self._corrected(start, end)
        for match in BEHIND_ROLE.finditer(text):
            yield from self._announced(match.end())
        for match in BEHIND_LABEL.finditer(text):
            yield from self._labelled(match.end())
        for start, end, kind in self._words:
            if text[start] in ALL_SURNAMES:
                yield from self._told_of(start)
            if kind in ("nz", "n", "nw", "v", "a", "vn"):
                yield from self._unknown_word(start, end)

    def in_lists(self, kept: list[Found], taken: bytearray) -> Iterator[Found]:
        """Names beside others in a list."""
        text = self.text
        starts, ends = {each.start for each in kept}, {each.end for each in kept}
        for match in IN_LIST.finditer(text):
            start, end = match.span(1)
            beside = (text[start - 1] in "、和与及" and start - 1 in ends) or (
                text[end : end + 1] in ("、", "和", "与", "及") and end + 1 in starts
            )
            if beside and not any(taken[start:end]) and match[1][:2] not in NOT_A_NAME and self._is_given(start, end):
                yield Found(start, end, "context", 0.7)

    def _corrected(self, start: int, end: int) -> Iterator[Found]:
        """The name that the tagger sees from *start* to *end*, without what is others' and with what is missing."""
        text = self.text
        if self._in_title(start, end) or text.startswith(BEHIND_A_BRAND, end):
            return
        if text[start:end] in NOT_A_NAME or text[start:end] in NOBODY or self._is_country(start, end):
            return
        if text[start + 1 : start + 2] == "比" and text[start] in "零一二三四五六七八九十":
            return
        if is_of_a_thing(self.text, start, end, self._words, self._known):
            return
        if text[start:end].isascii() and not LATIN_NAME.fullmatch(text, start, end):
            return
        start = self._begin(start, end)
        end = self._end(start, end)
        if end - start > 1 or text[start] in ALL_SURNAMES:
            yield Found(start, end, "model", 0.85)

    def _begin(self, start: int, end: int) -> int:
        """Where the name begins that the tagger lets begin at *start*."""
        text = self.text
        torn = self._torn_role(start)
        if start < torn <= end - 2 and surname_length(text, torn):
            return torn
        role = ROLE_FIRST.match(text, start, end - 2) if end - start >= 4 else None
        if role is not None and (text[start] not in ALL_SURNAMES or surname_length(text, role.end())):
            return role.end()
        if end - start == 3 and not surname_length(text, start) and self._belongs_before(start):
            return start + 1
        if end - start >= 3 and text[start] in "子女父母妻夫兄弟姐妹人代由长" and surname_length(text, start + 1):
            is_foreign = all(char in TRANSLITERATING for char in text[start:end])
            if not is_foreign and (
                text[start] in "代由" or BEGINS.match(text, start) or ROLE.search(text, max(0, start - 8), start + 1)
            ):
                return start + 1
        if end - start == 4 and surname_length(text, start + 1) == 2:
            return start + 1
        if start and end - start == 2 and text[start - 1] in _ANY_SURNAME:
            if ROLE.search(text, max(0, start - 10), start - 1) and not self._ends_role(start):
                return start - 1
            if surname_length(text, start) or text[start - 1] not in ALL_SURNAMES:
                return start
            if BEGINS.match(text, start - 1) or start - 1 in self._starts:
                return start - 1
        if start and end - start == 1 and text[start - 1] in NICKNAME:
            return start - 1
        begun = self._spelled.before_hyphen(start)
        return start if begun == start - 1 else begun

    def _torn_role(self, start: int) -> int:
        """Where a role ends that begins before *start* and goes on behind it: 连|长安东."""
        roles = (ROLE_FIRST.match(self.text, before) for before in range(max(0, start - 3), start))
        return max((role.end() for role in roles if role is not None), default=start)

    def _ends_role(self, end: int) -> bool:
        """Whether a role ends at *end*: 裁判员."""
        roles = (ROLE_FIRST.match(self.text, before) for before in range(max(0, end - 4), end))
        return any(role is not None and role.end() == end for role in roles)

    def _belongs_before(self, start: int) -> bool:
        """Whether the character at *start*, with a surname behind it, ends a word that begins before: 钢琴家郎月."""
        text = self.text
        words = (text[before : start + 1] for before in range(max(0, start - 2), start))
        return surname_length(text, start + 1) > 0 and any(word in self._known for word in words)

    def _end(self, start: int, end: int) -> int:
        """Where the name ends that begins at *start*, and that the tagger lets end at *end*."""
        text = self.text
        honorific = HONORIFIC.search(text, start, end)
        if honorific is not None and honorific.start() > start:
            return honorific.start()
        size = surname_length(text, start)
        if size and end - start > size and self._is_called(start, end, size):
            return start + size
        if size and end - start >= size + 2 and text[end - 1] in FAMILIAR and text[end - 1] not in GIVEN:
            return end - 1
        if text[start] in NICKNAME and end - start == 3 and text[start + 1] in ALL_SURNAMES:
            return end - 1 if text[end - 1] not in GIVEN or text[end - 1 : end + 1] in self._known else end
        for surname in (2, 3):
            if text[start : start + surname] in JAPANESE and end - start == surname + 1:
                return self._lengthened(end, announced=True)
        if not size:
            merged = self._merged(start, end)
            return merged + is_last_of_japanese(text, start, merged, self._known)
        if (
            size == 1
            and end - start == 4
            and text[start : start + 2] not in JAPANESE
            and not has_two_surnames(text, start, end, self._known)
            and not all(char in TRANSLITERATING for char in text[start:end])
        ):
            if is_of_four(text, start, end, self._known):
                return end
            end -= 1
        if end - start >= size + 2 and (text[end - 1] in NEVER_LAST or FOLLOWS_LONG.match(text, end - 1)):
            return end - 1
        if end - start == 3 and size == 1 and has_two_surnames(text, start, end + 1, self._known):
            return end + 1 if FOLLOWS_LONG.match(text, end + 1) else end
        if end - start == 3 and text[end : end + 1] in (*JAPANESE_LAST,) and NEXT_HONORIFIC.match(text, end + 1):
            return end + 1
        if end - start == size + 1:
            return self._lengthened(end, announced=ROLE.search(text, max(0, start - 10), start) is not None)
        return end

    def _is_country(self, start: int, end: int) -> bool:
        """Whether what is spelled like a name is a country's, before whoever leads it: 几内亚比绍前总统若泽."""
        leads = LEADS.match(self.text, end)
        if leads is None or sum(char not in TRANSLITERATING for char in self.text[start:end]) > (end - start) // 4:
            return False
        return leads.end() in self._people or DOT.search(self.text, leads.end(), leads.end() + 6) is not None

    def _is_called(self, start: int, end: int, size: int) -> bool:
        """Whether what stands behind the surname at *start* is what somebody is called, and no given name."""
        text = self.text
        if end - start == size + 1 and text[end - 1] in OFFICES and text[start:end] not in self._known:
            return True
        if text[start + size].isascii():
            return text[start + size].isalpha()
        title = NEXT_HONORIFIC.match(text, start + size)
        return title is not None and title.end() > end

    def _merged(self, start: int, end: int) -> int:
        """The end of a name of another language that the tagger reads as two."""
        following = self._people.get(end)
        if following is None or not all(char in TRANSLITERATING for char in self.text[start:following]):
            return end
        return following

    def _lengthened(self, end: int, *, announced: bool) -> int:
        """Where a name ends whose last character the tagger may have read with what follows."""
        text = self.text
        last = text[end : end + 1]
        if last == "才" and FOLLOWS_LONG.match(text, end + 1):
            return end + 1
        if last not in GIVEN or last in NEVER_LAST:
            return end
        if FOLLOWS_LONG.match(text, end) and not FOLLOWS_LONG.match(text, end + 1):
            return end
        if NEXT_HONORIFIC.match(text, end + 1) and text[end : end + 2] not in self._known:
            return end + 1
        following = next((word for word in self._words if word[0] == end), None)
        if following is not None and following[2] in ("w", "c", "u", "p"):
            return end
        if following is not None and following[2] == "PER":
            return end + 1 if not surname_length(text, end) else end
        if FOLLOWS_LONG.match(text, end + 1) and not FOLLOWS_LONG.match(text, end):
            return end + 1
        if text[end : end + 2] in self._known or text[end : end + 3] in self._known:
            return end
        return end + 1 if announced or ENDS.match(text, end + 1) or FOLLOWS.match(text, end + 1) else end

    def _announced(self, start: int) -> Iterator[Found]:
        """A name at *start*, behind a word that says that there is one."""
        text = self.text
        size = surname_length(text, start)
        for length in (2, 1):
            end = start + size + length
            given = text[start + size : end]
            is_talent = given[-1:] == "才" and (ENDS.match(text, end) or text[end] in "的与和男女")
            if not is_han(given, length) or (given[-1] in NEVER_LAST and not is_talent):
                continue
            ends, follows = ENDS.match(text, end), FOLLOWS.match(text, end)
            if length == 2 and (
                FOLLOWS_LONG.match(text, end - 1)
                or (FOLLOWS.match(text, end - 1) and given[1] not in GIVEN and not is_talent)
            ):
                continue
            if text[start : start + 2] in NOT_A_NAME and not ends and not FOLLOWS_LONG.match(text, end):
                continue
            if length == 2 and given[-1] in "和同" and not ends and text[start : end - 1] in self._known:
                continue
            is_clear = ends or FOLLOWS_LONG.match(text, end)
            if text[start:end] in NOBODY or (not is_clear and self._splits_word(end)):
                continue
            known = is_talent or all(char in GIVEN for char in given)
            if text[start:end] in self._known and not (ends and text[start - 1] in ":："):
                if known and (is_clear or text[end] in "说称") and self._may_be_called_so(start, end):
                    yield Found(start, end, "context", 0.6)
                    return
                continue
            if size == 1 and text[start] in AMBIGUOUS and (not is_clear or given in self._known):
                continue
            if ends or (follows and (known or length == 1)) or (known and length == 2):
                yield Found(start, end, "context", 0.75)
                return

    def _may_be_called_so(self, start: int, end: int) -> bool:
        """Whether the word from *start* to *end*, behind who may bear a name, is one: 战士田野, not 居民安全."""
        kind = next((kind for at, stop, kind in self._words if at == start and stop <= end), "")
        return kind in NAMING_KINDS and self.text[start:end] not in NOT_A_NAME and not self._splits_word(end)

    def _labelled(self, start: int) -> Iterator[Found]:
        """A name at *start* whose surname is a word more often, behind a role and with nothing of its own behind it."""
        text = self.text
        for length in (3, 2):
            name, end = text[start : start + length], start + length
            if not is_han(name, length) or not (ENDS.match(text, end) or FOLLOWS_LONG.match(text, end)):
                continue
            if name in self._known or name[:2] in self._known or name in NOBODY or name[-1] in NEVER_LAST:
                continue
            if length == 3 or text[start - 1] in ":： 　" or FOLLOWS_LONG.match(text, end):
                if all(char in GIVEN for char in name[1:]):
                    yield Found(start, end, "context", 0.7)
                return

    def _told_of(self, start: int) -> Iterator[Found]:
        """A name at *start*, before a word that only stands behind one."""
        text = self.text
        size = surname_length(text, start)
        honorific = NEXT_HONORIFIC.match(text, start + size)
        if honorific is not None:
            is_name = text[start] not in AMBIGUOUS or BEGINS.match(text, start)
            if (
                is_name
                and text[start : honorific.end()] not in NOT_A_NAME
                and text[start : start + 2] not in self._known
            ):
                yield Found(start, start + size, "context", 0.7)
            return
        is_no_name = text[start : start + 2] in NOT_A_NAME or text[start : start + 2] in NOBODY
        for length in (2, 1):
            end = start + size + length
            if not is_han(text[start + size : end], length) or not self._is_given(start, end):
                continue
            if PERSONAL_TITLE.match(text, end) and text[start:end] not in MODIFYING:
                yield Found(start, end, "context", 0.7)
                return
            if is_no_name or text[start:end] in self._known:
                continue
            is_subject = BEGINS.match(text, start) and text[start] not in AMBIGUOUS and FOLLOWS_LONG.match(text, end)
            is_told_of = is_subject or (BEGINS.match(text, start) and SOMEBODY.match(text, end))
            if is_told_of or NEXT_HONORIFIC.match(text, end):
                yield Found(start, end, "context", 0.7)
                return

    def _unknown_word(self, start: int, end: int) -> Iterator[Found]:
        """A word from *start* to *end* that is none of the language and looks like a name."""
        size = surname_length(self.text, start)
        if not size or end - start != size + 2 or not self._is_given(start, end):
            return
        pieces = (self.text[start:end], *(self.text[at : at + 2] for at in range(start, end - 1)))
        if not any(piece in self._known for piece in pieces):
            yield Found(start, end, "model", 0.6)

    def _is_given(self, start: int, end: int) -> bool:
        size = surname_length(self.text, start)
        given = self.text[start + size : end]
        return bool(given) and given[-1] not in NEVER_LAST and all(char in GIVEN for char in given)

    def _splits_word(self, end: int) -> bool:
        """Whether a word of several characters begins before *end* and goes on behind it."""
        return self.text[end - 1 : end + 1] in self._known

    def _in_title(self, start: int, end: int) -> bool:
        opened = self.text.rfind("《", 0, start)
        return opened >= 0 and "》" not in self.text[opened:start] and "》" in self.text[end:]
