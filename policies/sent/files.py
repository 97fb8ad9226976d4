"""Looks into the files that a caller sends: no mask goes to a system in one, and personal data as it is declared.

In a document masks stand among other words, and a list that was exported masked is one. A file in which nothing is
found goes as it came, octet for octet; what cannot be read does not go, whatever is declared.
"""

import re
from collections import Counter
from collections.abc import Callable

from policies.documents.archive import ZIP, named
from policies.documents.desk import found_in, undeclared_look
from policies.documents.document import Bounds, Text
from policies.documents.heading_words import tells
from policies.documents.registry import BY_ENDING, named_by, opened
from policies.formats.found import found_as
from policies.formats.masker import Tally, Withheld
from policies.formats.prose import UNREAD
from policies.formats.sent_form import Coding, File, Part
from policies.policy_kinds import Uploaded
from policies.program_shapes import FileRule
from policies.transforms.positions import STAR

MASKED = "mask_returned"
PERSONAL = "file_personal"
BOUNDS = Bounds(seconds=60)
_BETWEEN_WORDS = re.compile(r"[\s:：,，;；、|/()（）]+")
_AMONG_OTHERS = re.compile(r"[^\u4e00-\u9fff]+|[\u4e00-\u9fff][*＊]+[\u4e00-\u9fff]?")
"""What may be a mask in a word that goes on before or behind it: letters and digits, or a name."""

_STARS = f"{STAR}＊"

type RuleOf = Callable[[str], tuple[int, FileRule] | None]
"""From the name of a control to the index of its field and what is declared of its files; None where none are looked
into."""


class FilesSent:
    """A masker for one body: a form in which *coding* finds files, or one file of *media_type* where that is None.

    *is_mask* tells whether a word is one that was shown in place of a value. Raises Withheld with the
    field of the file.
    """

    def __init__(
        self, rule_of: RuleOf, coding: Coding | None, media_type: str, is_mask: Callable[[str], bool], tally: Tally
    ) -> None:
        self.tally = tally
        self._rule_of = rule_of
        self._coding = coding
        self._media_type = media_type
        self._is_mask = is_mask
        self._held: list[bytes] = []

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._held.append(data)
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        data = b"".join(self._held)
        if self._coding is None:
            return [self._looked(Part("", file=File("", self._media_type, data))).content]
        parts = self._coding.read(data)
        looked = [part if part.file is None else Part(part.name, file=self._looked(part)) for part in parts]
        return [data if looked == parts else self._coding.write(looked)]

    def _looked(self, part: Part) -> File:
        """The file of *part* as it may go."""
        file, found = part.file, self._rule_of(part.name)
        assert file is not None
        if found is None or not (file.name or file.content):
            return file
        field, rule = found
        try:
            return self._settled(file, rule)
        except Withheld as withheld:
            raise Withheld(withheld.reason, field) from None

    def _settled(self, file: File, rule: FileRule) -> File:
        formats, said = [named_by(each) for each in rule.types], named_by(file.media_type)
        if ZIP.name in formats:
            formats += [document.name for document in BY_ENDING]
        look = undeclared_look()
        document, within = opened(file.content, formats, BOUNDS, said)
        counted: Counter[str] = Counter(_found_in(Text("", file.name)))
        for text in document.texts(file.content, within):
            if self._holds_mask(text.text):
                raise Withheld(MASKED)
            if rule.personal is Uploaded.MASK:
                look.learn(text.text, text.key)
            counted.update(_found_in(text))
            counted[UNREAD] += not text.sure
        if not +counted:
            return file
        if rule.personal is Uploaded.REFUSE:
            raise Withheld(PERSONAL)
        for told, number in (+counted).items():
            self.tally.found[told] += number
        if rule.personal is not Uploaded.MASK:
            return file
        content = document.mask(file.content, look, within.afresh())
        return File(named(file.name, look), file.media_type, content)

    def _holds_mask(self, text: str) -> bool:
        words = [word for word in _BETWEEN_WORDS.split(text) if word and not _is_label(word)]
        return any(self._is_mask(part) for word in words for part in (word, *_AMONG_OTHERS.findall(word)))


def _found_in(text: Text) -> list[str]:
    return [told for category, why in found_in(text) for told in found_as(category, why)]


def _is_label(word: str) -> bool:
    """Whether *word* is a label with a star beside it, by which forms say that a box must be filled in."""
    bare = word.strip(_STARS)
    return not any(star in bare for star in _STARS) and tells(bare)
