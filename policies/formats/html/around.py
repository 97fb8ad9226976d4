"""What the elements that are open around a place of a page say of it."""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from policies.formats.html.shape import classes_of, field_in
from policies.formats.html.tokens import StartTag
from policies.formats.masker import Withheld

DEEPEST = 2_000

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_ENDED_BY_THEIR_LIKE = frozenset("li p dt dd option tr td th".split())


class Around:
    """The elements that are open, as far as any of *patterns* asks for them.

    *outer* are the fields that those around them all name. What an element adds to them is found once, when it begins.
    """

    def __init__(
        self, patterns: Collection[re.Pattern[str]], outer: Mapping[re.Pattern[str], str] | None = None
    ) -> None:
        self._patterns = patterns
        self._outer = outer or {}
        self._open: list[tuple[str, Mapping[re.Pattern[str], str]]] = []
        self._names: Counter[str] = Counter()
        """How many of each name are open: an end tag of none must not be looked for among all."""

    @property
    def fields(self) -> Mapping[re.Pattern[str], str]:
        """For each pattern that fits a class of an element, the field that the innermost names, as `field_in` does."""
        return self._open[-1][1] if self._open else self._outer

    def begin(self, tag: StartTag) -> None:
        """The element of *tag* begins. Raises Withheld where it stands too deep."""
        if not self._patterns or tag.name in VOID:
            return
        if tag.name in _ENDED_BY_THEIR_LIKE and self._open and self._open[-1][0] == tag.name:
            self._pop()
        if len(self._open) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        classes = classes_of(tag)[::-1]
        own = {pattern: field_in(pattern, classes) for pattern in self._patterns} if classes else {}
        named = {pattern: field for pattern, field in own.items() if field is not None}
        self._open.append((tag.name, {**self.fields, **named} if named else self.fields))
        self._names[tag.name] += 1

    def end(self, name: str) -> None:
        """The innermost element called *name* ends, with all that is open in it."""
        if self._names[name]:
            while self._pop() != name:
                pass

    def _pop(self) -> str:
        name, _ = self._open.pop()
        self._names[name] -= 1
        return name
