"""A tagged sentence, and what the dictionary says of the characters in it."""

from collections.abc import Container
from functools import cached_property

from policies.recognisers.persons.labels import LONGEST, is_somebody
from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.patterns import ROLE_FIRST
from policies.recognisers.persons.words import AMBIGUOUS, DONE_TO
from policies.recognisers.sentences import Sentence

_NOUNS = frozenset({"n", "nz", "vn", "nw"})
"""How the tagger reads words that say who somebody is."""
OF_THINGS = frozenset({"v", "vd", "d", "p", "r", "m", "q", "t", "f", "u", "c", "xc", "w", "TIME"})
"""How it reads words that are hardly anybody's name."""
_WITH_A_NAME = 4
"""Characters of who somebody is and a name at least."""
_ALONE = frozenset({"人", "员", "者", "人员"})
"""What only says who somebody is with the word before: 执法|人员."""


class Read:
    """One sentence as whoever looks for names reads it; offsets are those of its text."""

    def __init__(self, sentence: Sentence, known: Container[str]) -> None:
        self.text = sentence.text
        self.words = sentence.words
        """Where each word begins and ends, and what the tagger says that it is."""
        self.known = known
        """The words of the language."""
        self.people = {start: end for start, end, kind in sentence.words if kind == "PER"}
        """Where names begin and end, as the tagger has it."""
        self.starts = {start for start, _, _ in sentence.words}
        """Where words begin."""
        self.ends = {end: kind for _, end, kind in sentence.words}
        """Where words end, and what the tagger says that they are."""

    @cached_property
    def somebodys(self) -> list[tuple[int, int]]:
        """Where words begin and end that say who somebody is, by what they are made of or by a list: 求职者, 经理."""
        text, words = self.text, self.words
        found = []
        for place, (start, end, kind) in enumerate(words):
            if kind not in _NOUNS and end - start < _WITH_A_NAME:
                continue
            if end - start > LONGEST or text[end - 1] in "单录":
                continue
            if text[start:end] in _ALONE:
                if not place or words[place - 1][2] not in ("v", "vn", "n", "nz"):
                    continue
                start = words[place - 1][0]
            torn = self._role_within(start, end)
            if torn:
                found.append((start, torn))
                continue
            word = text[start:end]
            role = ROLE_FIRST.fullmatch(text, start, end)
            if (role is not None and word not in DONE_TO) or is_somebody(word):
                found.append((start, end))
        return found

    def _role_within(self, start: int, end: int) -> int:
        """Where who somebody is ends within a word that the tagger makes of that and a name: 被告|安康; 0 where not."""
        if end - start < _WITH_A_NAME or self.text[start:end] in self.known:
            return 0
        role = ROLE_FIRST.match(self.text, start, end - 2)
        is_role = role is not None and role[0] not in DONE_TO and end - role.end() <= 3
        return role.end() if role is not None and is_role else 0

    def word_over(self, start: int) -> tuple[int, str]:
        """Where the word ends that stands at *start* or runs over it, and what the tagger says that it is."""
        return next(((end, kind) for at, end, kind in self.words if at <= start < end), (start, "w"))

    def in_title(self, start: int, end: int) -> bool:
        """Whether what stands from *start* to *end* is of the title of a work, and is not who speaks in it."""
        opened = self.text.rfind("《", 0, start)
        if opened == start - 1 >= 0 and self.text[end : end + 1] in ("：", ":"):
            return False  # who speaks in it
        return opened >= 0 and "》" not in self.text[opened:start] and "》" in self.text[end:]

    def splits_word(self, end: int) -> bool:
        """Whether a word of several characters begins before *end* and goes on behind it."""
        return self.text[end - 1 : end + 1] in self.known

    def holds_word(self, start: int, end: int) -> bool:
        """Whether any two characters side by side from *start* to *end* are a word."""
        return any(self.text[at : at + 2] in self.known for at in range(start, end - 1))

    def is_loose(self, start: int, end: int) -> bool:
        """Whether no word of several characters holds any character of a surname that is no word and what is behind."""
        text = self.text
        if text[start] not in SURNAMES or text[start] in AMBIGUOUS:
            return False
        return not any(
            text[at : at + size] in self.known for at in range(start - 1, end) for size in (2, 3) if at + size > start
        )

    def is_kin(self, start: int) -> bool:
        """Whether the character at *start* is of the word behind, or of one before: 师姐, 高大|哥."""
        text = self.text
        return text[start : start + 2] in self.known or text[max(0, start - 1) : start + 1] in self.known
