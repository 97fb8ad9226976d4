"""Where a name begins and ends that a tagger has seen: without what is others', with what it read as another word."""

import re
from collections.abc import Container, Sequence

from policies.recognisers.persons.dotted import Spelled
from policies.recognisers.persons.given_names import (
    has_two_surnames,
    is_last_of_japanese,
    is_of_four,
    surname_length,
)
from policies.recognisers.persons.labels import is_somebody
from policies.recognisers.persons.patterns import (
    BEGINS,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    HONORIFIC,
    NEXT_HONORIFIC,
    NICKNAME,
    OFFICES,
    ROLE,
    ROLE_FIRST,
)
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    AMBIGUOUS,
    FAMILIAR,
    GIVEN,
    JAPANESE,
    JAPANESE_LAST,
    NEVER_LAST,
    TRANSLITERATING,
)

_ANY_SURNAME = ALL_SURNAMES.union(WORDY)
_TWO_OF_THEM = re.compile("[两二三](?:位|人|家)")
_THERE_IS = re.compile(
    "[兹现另还只内]有|经查|祝(?=[小老阿])(?=[^，。！]{2,16}?(?:平安|快乐|幸福|健康|顺利|成功|生日|新婚|早日|越来越|开心|都))"
)
"""What a sentence begins with that tells of somebody, or wishes him something: 兹有|沐阳, 祝|小北平安."""
_OF_KIN = frozenset({"其孙", "其侄", "其媳", "其婿", "其嫂"})
"""Whose kin stands before, where the word for it is a surname or may begin a name."""
_OF_JAPAN = re.compile("日本[\u4e00-\u9fff]{0,6}$")
_OF_TWO_AND_TWO = 4
"""Characters of most names from Japan."""
_FUNCTION = "不多大三万里方因则都曾让才于本日加同以力内可能"
"""Characters that names of other languages are spelled with, and that stand before a name more often than in one."""
_BEHIND_NUMBER = ("）", ")", *"0123456789一二三四五六七八九十")


class Bounds:
    """The edges of the names that one sentence may hold."""

    def __init__(
        self, text: str, words: Sequence[tuple[int, int, str]], known: Container[str], spelled: Spelled
    ) -> None:
        self.text = text
        self._words = words
        self._known = known
        self._spelled = spelled
        self._people = {start: end for start, end, kind in words if kind == "PER"}
        self._starts = {start for start, _, _ in words}

    def begin(self, start: int, end: int) -> int:
        """Where the name begins that the tagger lets begin at *start*."""
        text = self.text
        told = _THERE_IS.match(text, start) or (_THERE_IS.match(text, start - 1) if start else None)
        first = told.end() if told is not None else end
        if start <= first < end - 1 and (text[first] in NICKNAME or surname_length(text, first)):
            return first
        torn = self._torn_role(start)
        if start < torn <= end - 2 and surname_length(text, torn):
            return torn
        role = ROLE_FIRST.match(text, start, end - 2) if end - start >= 4 else None
        if role is not None and (text[start] not in ALL_SURNAMES or surname_length(text, role.end())):
            return role.end()
        if end - start == 3 and not surname_length(text, start) and self._belongs_before(start):
            return start + 1
        if text[start - 1 : start + 1] in _OF_KIN and end - start > 2 and surname_length(text, start + 1):
            return start + 1
        if end - start >= 4 and not surname_length(text, start) and is_somebody(text[start : start + 2]):
            return start + 2  # 护工|翠花
        if text[start] == "员" and end - start == 3 and surname_length(text, start + 1):
            return start + 1  # 人|员尚武
        if end - start >= 3 and text[start] in "子女父母妻夫兄弟姐妹人代由长" and surname_length(text, start + 1):
            is_foreign = all(char in TRANSLITERATING for char in text[start:end])
            is_whole = surname_length(text, start) == 2 and text[start - 1 : start] in (":", "：")
            if (
                not is_foreign
                and not is_whole
                and (
                    text[start] in "代由"
                    or BEGINS.match(text, start)
                    or ROLE.search(text, max(0, start - 8), start + 1)
                )
            ):
                return start + 1
        if end - start == 4 and surname_length(text, start + 1) == 2:
            return start + 1
        if not surname_length(text, start) and self._is_before(start, end):
            return start + 1
        for size in (2, 3):
            if end - start <= size and text[max(0, start - size) : start] in JAPANESE:
                return start - size
        if start and end - start == 2 and text[start - 1] in _ANY_SURNAME and text[start - 1] != "员":
            if ROLE.search(text, max(0, start - 10), start - 1) and not self._ends_role(start):
                return start - 1
            is_first = BEGINS.match(text, start - 1) and text[start - 1] in ALL_SURNAMES
            if is_first and (text[start - 1] not in AMBIGUOUS or FOLLOWS.match(text, end)):
                return start - 1
            if surname_length(text, start) or text[start - 1] not in ALL_SURNAMES:
                return start
            if start - 1 in self._starts:
                return start - 1
        is_after_and = text[start - 1 : start] == "和" and end - start == 2 and text[start] not in NICKNAME
        if is_after_and and BEGINS.match(text, start - 1):
            return start if surname_length(text, start) else start - 1  # 和福贵
        if start and end - start == 1 and text[start - 1] in NICKNAME:
            return start - 1
        if end - start == _OF_TWO_AND_TWO - 1 and self._is_of_japan(start - 1):
            return start - 1
        if self._is_torn_off(start, end):
            return start - 1
        begun = self._spelled.before_hyphen(start)
        return start if begun == start - 1 else begun

    def _is_torn_off(self, start: int, end: int) -> bool:
        """Whether the character before *start*, first in a clause, is the first of a spelled name: 特|谢拉诺."""
        text = self.text
        if end - start < 3 or start - 1 not in self._starts or not BEGINS.match(text, start - 1):
            return False
        return text[start - 1] not in _FUNCTION and all(char in TRANSLITERATING for char in text[start - 1 : end])

    def _is_of_japan(self, start: int) -> bool:
        """Whether who somebody from Japan is ends at *start*: 日本选手|早田希娜."""
        return _OF_JAPAN.search(self.text, max(0, start - 8), start) is not None and self._ends_role(start)

    def _is_before(self, start: int, end: int) -> bool:
        """Whether the character at *start* is none of the name, which a class or a wish comes before: （2）班花小雨."""
        text = self.text
        if text[start] in "班组队" and end - start >= 3 and text[start - 1 : start] in _BEHIND_NUMBER:
            return True
        if surname_length(text, start + 1) == end - start - 1 > 1:
            return True
        return end - start == 3 and text[start + 1] == text[start + 2] and text[start] in "愿祝让给叫把替帮跟和"

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

    def end(self, start: int, end: int) -> int:
        """Where the name ends that begins at *start*, and that the tagger lets end at *end*."""
        text = self.text
        honorific = HONORIFIC.search(text, start, end)
        if honorific is not None and honorific.start() > start:
            return honorific.start()
        size = surname_length(text, start)
        if size and end - start > size and _TWO_OF_THEM.match(text, start + size):
            return start + size
        if size and end - start > size and self._is_called(start, end, size):
            return start + size
        if size and end - start >= size + 2 and text[end - 1] in FAMILIAR and text[end - 1] not in GIVEN:
            return end - 1
        is_spelled = text[start] == "阿" and text[end - 1] in TRANSLITERATING  # 阿齐姆
        if not is_spelled and text[start] in NICKNAME and end - start == 3 and text[start + 1] in ALL_SURNAMES:
            return end - 1 if text[end - 1] not in GIVEN or text[end - 1 : end + 1] in self._known else end
        for surname in (2, 3):
            if text[start : start + surname] in JAPANESE and end - start <= surname + 1:
                if end - start == surname + 1:
                    longer = self._given_behind(end - 1)
                    return longer if longer > end else self._lengthened(end, announced=True)
                if end - start == surname:
                    return self._given_behind(end)
        if not size:
            merged = self._spelled_on(self._merged(start, end))
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
        if end - start >= size + 3 and FOLLOWS_LONG.match(text, end - 2):
            return end - 2
        if end - start >= size + 2 and (text[end - 1] in NEVER_LAST or FOLLOWS_LONG.match(text, end - 1)):
            return end if text[end - 1] == "才" and ENDS.match(text, end) else end - 1
        if end - start == 3 and size == 1 and has_two_surnames(text, start, end + 1, self._known):
            return end + 1 if FOLLOWS_LONG.match(text, end + 1) else end
        if end - start == 3 and text[end : end + 1] in (*JAPANESE_LAST,) and NEXT_HONORIFIC.match(text, end + 1):
            return end + 1
        if end - start == size + 1:
            return self._lengthened(end, announced=ROLE.search(text, max(0, start - 10), start) is not None)
        return end

    def _is_called(self, start: int, end: int, size: int) -> bool:
        """Whether what stands behind the surname at *start* is what somebody is called, and no given name."""
        text = self.text
        if end - start == size + 1 and text[end - 1] in OFFICES and text[start:end] not in self._known:
            return True
        if text[start + size].isascii():
            return text[start + size].isalpha()
        title = NEXT_HONORIFIC.match(text, start + size)
        return title is not None and title.end() > end

    def _given_behind(self, end: int) -> int:
        """Where the given name ends that stands behind a surname of Japan which ends at *end*, and may not be told."""
        text = self.text
        for size in (2, 1, 3):
            given, stops = text[end : end + size], end + size
            if len(given) < size or not all(char in GIVEN or char in JAPANESE_LAST for char in given):
                continue
            if any(pattern.match(text, stops) for pattern in (NEXT_HONORIFIC, ENDS, FOLLOWS_LONG)):
                return stops
        return end

    def _spelled_on(self, end: int) -> int:
        """Where a name of another language ends whose last character was read with a title: 阿布巴卡|里将军."""
        text = self.text
        is_spelled = text[end : end + 1] in TRANSLITERATING and text[end - 1] in TRANSLITERATING
        is_last = is_spelled and NEXT_HONORIFIC.match(text, end + 1) and text[end : end + 2] not in self._known
        return end + 1 if is_last and not NEXT_HONORIFIC.match(text, end) else end

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
        if last == "之" and FOLLOWS_LONG.match(text, end + 1) and not FOLLOWS_LONG.match(text, end):
            return end + 1
        if last == "才" and (FOLLOWS_LONG.match(text, end + 1) or ENDS.match(text, end + 1)):
            return end + 1
        if last not in GIVEN or last in NEVER_LAST:
            return end
        follows = FOLLOWS_LONG.match(text, end)
        if follows and (len(follows[0]) > 2 or not FOLLOWS_LONG.match(text, end + 1)):
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
