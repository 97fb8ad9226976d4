"""A tagged sentence, and what the dictionary says of the characters in it."""

from collections.abc import Container

from policies.recognisers.names import SURNAMES
from policies.recognisers.person_words import AMBIGUOUS
from policies.recognisers.sentences import Sentence


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
