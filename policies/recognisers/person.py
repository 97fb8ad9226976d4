"""Names of persons in a tagged sentence: what the tagger says, corrected by what the words around say."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from policies.recognisers.person_words import (
    AFTERWARDS,
    ALL_SURNAMES,
    AMBIGUOUS,
    BEHIND_A_BRAND,
    COMPOUND,
    FAMILIAR,
    GIVEN,
    HONORIFICS,
    JAPANESE,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    ROLES,
    TRANSLITERATING,
)
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import Hit

PERSON = "person_name"
_HAN = "\u4e00-\u9fff\u3400-\u4dbf"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SURNAME = f"(?:{_any_of(COMPOUND)}|[{''.join(sorted(ALL_SURNAMES))}])"
_LINK = '[ 　]*(?:为|是|叫|系)?[ 　]*[:：,，=|（(“"【\\[]?[ 　]*'
_BEHIND_ROLE = re.compile(f"(?:{_any_of(ROLES)}){_LINK}(?={_SURNAME})")
_ROLE = re.compile(f"(?:{_any_of(ROLES)}){_LINK}$")
_HONORIFIC = re.compile(f"(?:副|老)?(?:{_any_of(HONORIFICS)})$")
_NEXT_HONORIFIC = re.compile(f"(?:{_any_of(HONORIFICS)})")
_FOLLOWS = re.compile(f"(?:{_any_of(AFTERWARDS)})")
_FOLLOWS_LONG = re.compile(f"(?:{_any_of(tuple(word for word in AFTERWARDS if len(word) > 1))})")
_SOMEBODY = re.compile(
    "[ 　]*[，,:：（(/、\t ][ 　]*(?:男|女|汉族|[回满壮苗土]族|中共|群众|党员|[0-9]{4}年|[0-9]{1,3}岁|身份证|"
    "本科|大专|中专|高中|硕士|博士|研究生|中国国籍|现任|历任|曾任|出生|电话|手机|联系|1[3-9][0-9]{9})"
)
"""What is said of a person behind the name, and of hardly anything else."""
_VEILED = re.compile(f"{_SURNAME}(?:某某|某[甲乙丙丁]|某|[×＊*○xX]{{1,2}}|[{_HAN}][×＊*○])(?![A-Za-z0-9])")
_DOT = re.compile("[·•・]")
_LATIN = re.compile(r"[A-Z][a-z]+(?:[ ·][A-Z][a-z]*\.?){1,3}(?![A-Za-z])|[A-Z]{2,}(?: [A-Z]{2,}){1,2}(?![A-Za-z])")
_ENDS = re.compile(rf"$|[^{_HAN}A-Za-z0-9]")
_BEGINS = re.compile(rf"^|(?<=[^{_HAN}A-Za-z0-9])")
_IN_LIST = re.compile(
    f"(?<=[、，, 和与及])({_SURNAME}[{_HAN}]{{1,2}})"
    "(?=[、，, 和与及等。]|[一二三四五六七八九]位|[一二两三四五六七八九]人|$)"
)
_NICKNAME = "小老阿"
_CALLED = re.compile(
    f"(?:^|(?<=[听跟和找让叫问给对与请像被把@，。！：、 ]))[{_NICKNAME}][{''.join(sorted(ALL_SURNAMES))}]"
    "(?=说|讲|问|约|来|请|告诉|和|跟|打|他|她|的|[，。！：、]|$)"
)
_LATIN_NAME = re.compile("[A-Z][a-z]+(?:[ ·][A-Z][a-z]*)*")
_LONGEST_PART = 7


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a sentence."""

    start: int
    end: int
    why: str
    score: float


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
        self._people = {start: end for start, end, kind in sentence.words if kind == "PER"}
        self._starts = {start for start, _, _ in sentence.words}

    def candidates(self) -> Iterator[Found]:
        """Names, the surest first. They may overlap."""
        text = self.text
        for match in _VEILED.finditer(text):
            is_star = "*" in match[0] and (match[0][0] in AMBIGUOUS or text[match.end() : match.end() + 1] == "*")
            if not is_star and (match.start() in self._starts or _ROLE.search(text, 0, match.start())):
                yield Found(*match.span(), "pattern", 0.9)
        yield from self._dotted()
        for match in _LATIN.finditer(text):
            if _ROLE.search(text, max(0, match.start() - 12), match.start()) or _NEXT_HONORIFIC.match(
                text, match.end()
            ):
                yield Found(*match.span(), "context", 0.8)
        for match in _CALLED.finditer(text):
            if match[0] not in self._known:
                yield Found(*match.span(), "context", 0.7)
        for start, end in self._people.items():
            yield from self._corrected(start, end)
        for match in _BEHIND_ROLE.finditer(text):
            yield from self._announced(match.end())
        for start, end, kind in self._words:
            if text[start] in ALL_SURNAMES:
                yield from self._told_of(start)
            if kind in ("nz", "n", "nw", "v", "a", "vn"):
                yield from self._unknown_word(start, end)

    def in_lists(self, kept: list[Found], taken: bytearray) -> Iterator[Found]:
        """Names beside others in a list."""
        text = self.text
        starts, ends = {each.start for each in kept}, {each.end for each in kept}
        for match in _IN_LIST.finditer(text):
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
        if text[start:end] in NOT_A_NAME or text[start:end] in NOBODY:
            return
        if text[start:end].isascii() and not _LATIN_NAME.fullmatch(text, start, end):
            return
        start = self._begin(start, end)
        end = self._end(start, end)
        if end - start > 1 or text[start] in ALL_SURNAMES:
            yield Found(start, end, "model", 0.85)

    def _begin(self, start: int, end: int) -> int:
        """Where the name begins that the tagger lets begin at *start*."""
        text = self.text
        if end - start >= 3 and text[start] in "子女父母妻夫兄弟姐妹人代由长" and _surname_length(text, start + 1):
            is_foreign = all(char in TRANSLITERATING for char in text[start:end])
            if not is_foreign and (
                text[start] in "代由" or _BEGINS.match(text, start) or _ROLE.search(text, max(0, start - 8), start + 1)
            ):
                return start + 1
        if end - start == 4 and _surname_length(text, start + 1) == 2:
            return start + 1
        if start and end - start == 2 and text[start - 1] in ALL_SURNAMES:
            if _ROLE.search(text, max(0, start - 10), start - 1):
                return start - 1
            if _surname_length(text, start):
                return start
            if _BEGINS.match(text, start - 1) or start - 1 in self._starts:
                return start - 1
        if start and end - start == 1 and text[start - 1] in _NICKNAME:
            return start - 1
        return start

    def _end(self, start: int, end: int) -> int:
        """Where the name ends that begins at *start*, and that the tagger lets end at *end*."""
        text = self.text
        honorific = _HONORIFIC.search(text, start, end)
        if honorific is not None and honorific.start() > start:
            return honorific.start()
        size = _surname_length(text, start)
        if size and end - start >= size + 2 and text[end - 1] in FAMILIAR and text[end - 1] not in GIVEN:
            return end - 1
        if text[start] in _NICKNAME and end - start == 3 and text[start + 1] in ALL_SURNAMES:
            return end - 1 if text[end - 1] not in GIVEN or text[end - 1 : end + 1] in self._known else end
        if text[start : start + 2] in JAPANESE and end - start == 3:
            return self._lengthened(end, announced=True)
        if not size:
            return self._merged(start, end)
        if (
            size == 1
            and end - start == 4
            and text[start : start + 2] not in JAPANESE
            and not all(char in TRANSLITERATING for char in text[start:end])
        ):
            end -= 1
        if end - start >= size + 2 and (text[end - 1] in NEVER_LAST or _FOLLOWS_LONG.match(text, end - 1)):
            return end - 1
        if end - start == size + 1:
            return self._lengthened(end, announced=_ROLE.search(text, max(0, start - 10), start) is not None)
        return end

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
        if last not in GIVEN or last in NEVER_LAST:
            return end
        following = next((word for word in self._words if word[0] == end), None)
        if following is not None and following[2] in ("w", "c", "u", "p"):
            return end
        if following is not None and following[2] == "PER":
            return end + 1 if not _surname_length(text, end) else end
        if _FOLLOWS_LONG.match(text, end + 1) and not _FOLLOWS_LONG.match(text, end):
            return end + 1
        if text[end : end + 2] in self._known or text[end : end + 3] in self._known:
            return end
        return end + 1 if announced or _ENDS.match(text, end + 1) or _FOLLOWS.match(text, end + 1) else end

    def _announced(self, start: int) -> Iterator[Found]:
        """A name at *start*, behind a word that says that there is one."""
        text = self.text
        size = _surname_length(text, start)
        for length in (2, 1):
            end = start + size + length
            given = text[start + size : end]
            if not self._is_han(given, length) or given[-1] in NEVER_LAST:
                continue
            ends, follows = _ENDS.match(text, end), _FOLLOWS.match(text, end)
            if length == 2 and (
                _FOLLOWS_LONG.match(text, end - 1) or (_FOLLOWS.match(text, end - 1) and given[1] not in GIVEN)
            ):
                continue
            if text[start : start + 2] in NOT_A_NAME and not ends and not _FOLLOWS_LONG.match(text, end):
                continue
            is_clear = ends or _FOLLOWS_LONG.match(text, end)
            if text[start:end] in NOBODY or (not is_clear and self._splits_word(end)):
                continue
            if text[start:end] in self._known and not (ends and text[start - 1] in ":："):
                continue
            if text[start] in AMBIGUOUS and (not is_clear or given in self._known):
                continue
            known = all(char in GIVEN for char in given)
            if ends or (follows and (known or length == 1)) or (known and length == 2):
                yield Found(start, end, "context", 0.75)
                return

    def _told_of(self, start: int) -> Iterator[Found]:
        """A name at *start*, before a word that only stands behind one."""
        text = self.text
        size = _surname_length(text, start)
        honorific = _NEXT_HONORIFIC.match(text, start + size)
        if honorific is not None:
            if text[start : honorific.end()] not in NOT_A_NAME and text[start : start + 2] not in self._known:
                yield Found(start, start + size, "context", 0.7)
            return
        if text[start : start + 2] in NOT_A_NAME or text[start : start + 2] in NOBODY:
            return
        for length in (2, 1):
            end = start + size + length
            if not self._is_han(text[start + size : end], length) or not self._is_given(start, end):
                continue
            if text[start:end] in self._known:
                continue
            is_subject = _BEGINS.match(text, start) and text[start] not in AMBIGUOUS and _FOLLOWS_LONG.match(text, end)
            is_told_of = is_subject or (_BEGINS.match(text, start) and _SOMEBODY.match(text, end))
            if is_told_of or _NEXT_HONORIFIC.match(text, end):
                yield Found(start, end, "context", 0.7)
                return

    def _unknown_word(self, start: int, end: int) -> Iterator[Found]:
        """A word from *start* to *end* that is none of the language and looks like a name."""
        size = _surname_length(self.text, start)
        if not size or end - start != size + 2 or not self._is_given(start, end):
            return
        pieces = (self.text[start:end], *(self.text[at : at + 2] for at in range(start, end - 1)))
        if not any(piece in self._known for piece in pieces):
            yield Found(start, end, "model", 0.6)

    def _dotted(self) -> Iterator[Found]:
        """Names of several parts with dots between."""
        text = self.text
        done = 0
        for dot in _DOT.finditer(text):
            if dot.start() < done:
                continue
            start, end = self._run(dot.start(), -1), self._run(dot.end(), 1)
            while end < len(text) and _DOT.match(text, end) and self._run(end + 1, 1) > end + 1:
                end = self._run(end + 1, 1)
            if start < dot.start() and end > dot.end():
                done = end
                yield Found(start, end, "pattern", 0.8)

    def _run(self, at: int, step: int) -> int:
        """How far from *at* on, by *step*, characters stand that names of other languages are written with."""
        text, limit = self.text, at + step * _LONGEST_PART
        first = at if step > 0 else at - 1
        last = first
        while 0 <= last < len(text) and last != limit and text[last] in TRANSLITERATING:
            last += step
        edge = last if step > 0 else last + 1
        for start, end, kind in self._words:  # a word of several characters is not torn
            if kind != "PER" and start < edge < end and end - start > 1 and text[start:end] in self._known:
                edge = start if step > 0 else end
        return edge

    def _is_han(self, given: str, length: int) -> bool:
        return len(given) == length and all("\u4e00" <= char <= "\u9fff" for char in given)

    def _is_given(self, start: int, end: int) -> bool:
        size = _surname_length(self.text, start)
        given = self.text[start + size : end]
        return bool(given) and given[-1] not in NEVER_LAST and all(char in GIVEN for char in given)

    def _splits_word(self, end: int) -> bool:
        """Whether a word of several characters begins before *end* and goes on behind it."""
        return self.text[end - 1 : end + 1] in self._known

    def _in_title(self, start: int, end: int) -> bool:
        opened = self.text.rfind("《", 0, start)
        return opened >= 0 and "》" not in self.text[opened:start] and "》" in self.text[end:]


def _surname_length(text: str, start: int) -> int:
    if text[start : start + 2] in COMPOUND:
        return 2
    return 1 if text[start : start + 1] in ALL_SURNAMES else 0
