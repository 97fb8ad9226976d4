"""Names of persons in a tagged sentence: what the tagger says, corrected by what the words around say."""

import re
from collections.abc import Container, Iterator

from policies.recognisers.abroad import is_before_role, is_somebody_abroad
from policies.recognisers.behind_labels import BORNE, is_no_answer, names_behind_labels
from policies.recognisers.bounds import Bounds
from policies.recognisers.dotted import Spelled
from policies.recognisers.given_names import (
    is_han,
    surname_length,
)
from policies.recognisers.listed import is_given, names_beside, names_in_lists
from policies.recognisers.names import IS_ORGANISATION, SURNAMES
from policies.recognisers.parties import names_of_parties
from policies.recognisers.peoples import names_of_peoples, words_of_names
from policies.recognisers.person_patterns import (
    BEGINS,
    BEHIND_ROLE,
    CALLED,
    DOT,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    LATIN,
    LATIN_NAME,
    LEADS,
    NEXT_HONORIFIC,
    NICKNAME_AND_TITLE,
    OF_A_CLAN,
    OF_KIN,
    OF_NO_LABEL,
    PERSONAL_HONORIFIC,
    PERSONAL_TITLE,
    ROLE,
    SOMEBODY,
    SURNAME_AND_PERSONAL_TITLE,
    SURNAME_AND_TITLE,
    VEILED,
    VEILED_OF_A_WORD,
)
from policies.recognisers.person_words import (
    ALL_SURNAMES,
    AMBIGUOUS,
    BEHIND_A_BRAND,
    COMPOUND,
    DONE_TO,
    GIVEN,
    MODIFYING,
    NAMING_KINDS,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)
from policies.recognisers.pinyin import is_name_in_pinyin, is_place_in_pinyin
from policies.recognisers.rare_surnames import WORDY
from policies.recognisers.sentences import Sentence
from policies.recognisers.stated import ORGANISATION, Found, stated_names, unveiled
from policies.recognisers.table import Hit
from policies.recognisers.things import is_of_a_thing
from policies.recognisers.told import told_names

PERSON = "person_name"
_DOES = frozenset({"p", "v", "c", "d"})
"""How the tagger reads what is no surname before an office: 任校长, 向厂长汇报."""
_OFFICES = tuple(
    "长 主任 书记 经理 总裁 总监 主席 总理 总统 首相 秘书 董事 监事 支书 主编 总编 讲师 研究员 工程师 教练 导演".split()
)
_ASKING = re.compile("何[时必况故曾尝]")
_COUNTED = re.compile(
    "[于至自到计共有和元][〇零○一二三四五六七八九十百千万两]{1,4}(?:年|月|日|号|时|点|元|余|个|名|次|人)"
    "|高[一二三](?=[（(0-9一二三四五六七八九十年级班部学]|$)|关系|应[当该]"
)
"""A date, a sum, a class, how people are related or what they must do: 于二〇二四年, 高三（2）班."""

_OF_A_DOCUMENT = re.compile(r"[字发函办]?[〔［\[（(【][0-9]{4}[〕］\]）)】](?:第)?[0-9]{1,5}号")
"""Behind whose short name a document is numbered: 杭西民〔2024〕13号."""


def people_in(sentence: Sentence, words: Container[str]) -> list[Hit]:
    """The names in *sentence*, by position, none overlapping another; offsets are those of its text.

    *words* are those of the language.
    """
    kept: list[Found] = []
    taken = bytearray(len(sentence.text))
    reading = _Reading(sentence, words)
    kept += _free((each for each in reading.candidates() if not reading.is_nobody(each)), taken)
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


class _Reading:
    """The names that one sentence may hold."""

    def __init__(self, sentence: Sentence, words: Container[str]) -> None:
        self.text = sentence.text
        self._words = sentence.words
        self._known = words
        self._spelled = Spelled(sentence.text, sentence.words, words)
        self._has_labels = ":" in sentence.text
        self._people = {start: end for start, end, kind in sentence.words if kind == "PER"}
        self._starts = {start for start, _, _ in sentence.words}
        self._bounds = Bounds(sentence.text, sentence.words, words, self._spelled)

    def is_nobody(self, found: Found) -> bool:
        """Whether what is *found* is a date, a sum, a class, an organisation or an outcome, whatever it begins with."""
        text, start = self.text, found.start
        if _COUNTED.match(text, start) is not None or IS_ORGANISATION.match(text, start) is not None:
            return True
        if text[found.end - 1] in "前副" and LEADS.match(text, found.end - 1):
            return True  # a country: 巴西前|总统
        return self._has_labels and is_no_answer(text, start, found.end, self._known)

    def candidates(self) -> Iterator[Found]:
        """Names, the surest first. They may overlap."""
        text = self.text
        yield from stated_names(text, self._known)
        yield from names_behind_labels(text, self._known)
        yield from told_names(text, self._known)
        yield from names_of_parties(text, self._words, self._known)
        for match in VEILED.finditer(text):
            is_star = "*" in match[0] and (match[0][0] in AMBIGUOUS or text[match.end() : match.end() + 1] == "*")
            if not is_star and (match.start() in self._starts or ROLE.search(text, 0, match.start())):
                yield Found(match.start(), unveiled(text, match.end(), self._known), "pattern", 0.9)
        for match in VEILED_OF_A_WORD.finditer(text):
            if ROLE.search(text, max(0, match.start() - 8), match.start()):
                yield Found(*match.span(), "pattern", 0.8)
        for start, end in self._spelled.names():
            if not self._in_title(start, end) and not is_of_a_thing(text, start, end, self._words, self._known):
                yield Found(start, end, "pattern", 0.8)
        for start, end in names_of_peoples(text):
            yield Found(start, end, "pattern", 0.8)
        for start, end in words_of_names(text):
            is_apart = ENDS.match(text, end) or FOLLOWS.match(text, end)
            if is_apart and ROLE.search(text, max(0, start - 8), start):
                yield Found(start, end, "context", 0.75)
        for match in LATIN.finditer(text):
            if is_name_in_pinyin(match[0]) and not is_place_in_pinyin(match[0]):
                yield Found(*match.span(), "pattern", 0.75)
            elif ROLE.search(text, max(0, match.start() - 12), match.start()) or NEXT_HONORIFIC.match(
                text, match.end()
            ):
                yield Found(*match.span(), "context", 0.8)
        for match in SURNAME_AND_TITLE.finditer(text):
            is_surname = match[1] not in AMBIGUOUS or (
                match.start() in self._starts and PERSONAL_HONORIFIC.match(text, match.end())
            )
            if is_surname and text[match.start() : match.end() + 1] not in self._known:
                yield Found(*match.span(1), "context", 0.7)
        for match in SURNAME_AND_PERSONAL_TITLE.finditer(text):
            if match.start() in self._starts:
                yield Found(*match.span(1), "context", 0.7)
        for match in OF_A_CLAN.finditer(text) if "姓" in text else ():
            yield Found(*match.span(1), "context", 0.7)
        for match in NICKNAME_AND_TITLE.finditer(text):
            yield Found(*match.span(), "context", 0.7)
        for match in OF_KIN.finditer(text):
            if match[1] not in AMBIGUOUS and not self._is_kin(match.start()):
                yield Found(*match.span(1), "context", 0.7)
        for match in CALLED.finditer(text):
            if match[0] not in self._known:
                yield Found(*match.span(), "context", 0.7)
        for start, end in self._people.items():
            yield from self._corrected(start, end)
        for start, end, kind in self._words:
            if is_somebody_abroad(text, start, end, kind, self._known) and not is_of_a_thing(
                text, start, end, self._words, self._known
            ):
                yield Found(start, end, "context", 0.7)
        for match in BEHIND_ROLE.finditer(text):
            if surname_length(text, match.end()):
                yield from self._announced(match.end())
            if text[match.end()] in WORDY and match[1] not in DONE_TO and not OF_NO_LABEL.search(match[2]):
                yield from self._labelled(match.end())
        for start, end, kind in self._words:
            if text[start] in ALL_SURNAMES:
                yield from self._told_of(start, kind)
            if kind in ("nz", "n", "nw", "v", "a", "vn"):
                yield from self._unknown_word(start, end)

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
        if text[end - 1] in "/／|:：" or _OF_A_DOCUMENT.match(text, end):
            return
        if (
            is_before_role(text, start, end, self._people)
            or _ASKING.match(text, start)
            or self._is_of_handle(start, end)
        ):
            return
        start = self._bounds.begin(start, end)
        end = self._bounds.end(start, end)
        if text[start:end] in COMPOUND and text[start - 1 : start] in (":", "："):
            yield from self._announced(start)
        if end - start > 1 or text[start] in ALL_SURNAMES:
            yield Found(start, end, "model", 0.85)

    def _is_of_handle(self, start: int, end: int) -> bool:
        """Whether what has no surname begins the handle of somebody, and goes on: @阿拉斯加的狗."""
        text = self.text
        is_first = text[start - 1 : start] == "@" and not surname_length(text, start)
        return is_first and is_han(text[end : end + 1], 1) and NEXT_HONORIFIC.match(text, end) is None

    def _is_country(self, start: int, end: int) -> bool:
        """Whether what is spelled like a name is a country's, before whoever leads it: 几内亚比绍前总统若泽."""
        leads = LEADS.match(self.text, end)
        if leads is None or sum(char not in TRANSLITERATING for char in self.text[start:end]) > (end - start) // 4:
            return False
        return leads.end() in self._people or DOT.search(self.text, leads.end(), leads.end() + 6) is not None

    def _announced(self, start: int) -> Iterator[Found]:
        """A name at *start*, behind a word that says that there is one."""
        text = self.text
        size = surname_length(text, start)
        if FOLLOWS_LONG.match(text, start):
            return
        if NEXT_HONORIFIC.match(text, start + size):
            if text[start : start + 2] not in self._known and text[start] not in "于从向和同":
                yield Found(start, start + size, "context", 0.7)
            return
        for length in (2, 1):
            end = start + size + length
            given = text[start + size : end]
            is_talent = given[-1:] == "才" and (ENDS.match(text, end) or text[end] in "的与和男女")
            if not is_han(given, length) or (given[-1] in NEVER_LAST and not is_talent):
                continue
            name = text[start:end]
            is_word = name in NOT_A_NAME and (
                name not in BORNE or text[end : end + 1] in (":", "：")
            )  # 联系|方式：138…
            is_nobody = is_word or name in NOBODY
            if SOMEBODY.match(text, end) and not is_nobody and not ROLE.search(text, start, end):
                yield Found(start, end, "context", 0.75)
                return
            ends, follows = ENDS.match(text, end), FOLLOWS.match(text, end)
            if length == 2 and (
                FOLLOWS_LONG.match(text, end - 1)
                or (FOLLOWS.match(text, end - 1) and given[1] not in GIVEN and not is_talent)
            ):
                continue
            if text[start : start + 2] in NOT_A_NAME and not ends and not FOLLOWS_LONG.match(text, end):
                continue
            if length == 2 and given[-1] in "和同地" and not ends and text[start : end - 1] in self._known:
                continue
            is_word_and_more = (
                length == 2 and text[start : start + 2] in self._known and text[start - 1] not in ":：=　 "
            )
            if is_word_and_more and (text[start : start + 2] in NOT_A_NAME or given[1] not in GIVEN):
                continue
            is_clear = ends or FOLLOWS_LONG.match(text, end) or text.startswith("等", end)
            if text[start:end] in NOBODY or (not is_clear and self._splits_word(end)):
                continue
            known = is_talent or all(char in GIVEN for char in given) or (length == 2 and self._is_loose(start, end))
            if text[start:end] in self._known and not (ends and text[start - 1] in ":："):
                if text[start:end].endswith(ORGANISATION):
                    continue
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
        if FOLLOWS_LONG.match(text, start):
            return
        for length in (3, 2):
            name, end = text[start : start + length], start + length
            if not is_han(name, length) or not (ENDS.match(text, end) or FOLLOWS_LONG.match(text, end)):
                continue
            if SOMEBODY.match(text, end) and name not in NOBODY and not ROLE.search(name):
                yield Found(start, end, "context", 0.7)
                return
            if name in self._known or name[:2] in self._known or name in NOBODY or name[-1] in NEVER_LAST:
                continue
            if length == 3 or text[start - 1] in ":： 　" or FOLLOWS_LONG.match(text, end):
                if all(char in GIVEN for char in name[1:]):
                    yield Found(start, end, "context", 0.7)
                return

    def _told_of(self, start: int, kind: str) -> Iterator[Found]:
        """A name at *start*, before a word that only stands behind one. *kind*: how the word there is read."""
        text = self.text
        size = surname_length(text, start)
        honorific = NEXT_HONORIFIC.match(text, start + size)
        if honorific is not None:
            is_held = kind in _DOES and honorific[0].endswith(_OFFICES)
            is_name = text[start] not in AMBIGUOUS or (not is_held and BEGINS.match(text, start))
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
            if not is_han(text[start + size : end], length) or not is_given(self.text, start, end):
                continue
            if length == 2 and text[end - 1] == "任" and NEXT_HONORIFIC.match(text, end):
                yield Found(start, end - 1, "context", 0.7)  # 方圆|任局长
                return
            if PERSONAL_TITLE.match(text, end) and text[start:end] not in MODIFYING:
                yield Found(start, end, "context", 0.7)
                return
            is_manner = text[end - 1] == "地" and text[start : end - 1] in self._known  # 高兴地
            if is_no_name or is_manner or text[start:end] in self._known:
                continue
            is_word = text[start] in AMBIGUOUS and (length == 1 or self._holds_word(start, end))
            is_subject = BEGINS.match(text, start) and not is_word and FOLLOWS_LONG.match(text, end)
            is_told_of = is_subject or (BEGINS.match(text, start) and SOMEBODY.match(text, end))
            if is_told_of or NEXT_HONORIFIC.match(text, end):
                yield Found(start, end, "context", 0.7)
                return

    def _unknown_word(self, start: int, end: int) -> Iterator[Found]:
        """A word from *start* to *end* that is none of the language and looks like a name."""
        size = surname_length(self.text, start)
        if not size or end - start != size + 2 or not is_given(self.text, start, end):
            return
        if self.text[start:end] in NOBODY or _OF_A_DOCUMENT.match(self.text, end):
            return
        pieces = (self.text[start:end], *(self.text[at : at + 2] for at in range(start, end - 1)))
        if not any(piece in self._known for piece in pieces):
            yield Found(start, end, "model", 0.6)

    def _is_kin(self, start: int) -> bool:
        """Whether the character at *start* is of the word behind, or of one before: 师姐, 高大|哥."""
        text = self.text
        return text[start : start + 2] in self._known or text[max(0, start - 1) : start + 1] in self._known

    def _holds_word(self, start: int, end: int) -> bool:
        """Whether any two characters side by side from *start* to *end* are a word."""
        return any(self.text[at : at + 2] in self._known for at in range(start, end - 1))

    def _is_loose(self, start: int, end: int) -> bool:
        """Whether no word of several characters holds any character of a surname that is no word and what is behind."""
        text = self.text
        if text[start] not in SURNAMES or text[start] in AMBIGUOUS:
            return False
        return not any(
            text[at : at + size] in self._known for at in range(start - 1, end) for size in (2, 3) if at + size > start
        )

    def _splits_word(self, end: int) -> bool:
        """Whether a word of several characters begins before *end* and goes on behind it."""
        return self.text[end - 1 : end + 1] in self._known

    def _in_title(self, start: int, end: int) -> bool:
        opened = self.text.rfind("《", 0, start)
        if opened == start - 1 >= 0 and self.text[end : end + 1] in ("：", ":"):
            return False  # who speaks in it
        return opened >= 0 and "》" not in self.text[opened:start] and "》" in self.text[end:]
