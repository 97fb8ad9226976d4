"""Which elements are open around a place of a page."""

from policies.formats.html_tokens import StartTag
from policies.formats.masker import Withheld

DEEPEST = 2_000

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_ENDED_BY_THEIR_LIKE = frozenset("li p dt dd option tr td th".split())


class Around:
    """The elements that are open, as far as anybody asks for them. *outer* are the classes of those around them all."""

    def __init__(self, *, asked: bool, outer: list[str] | None = None) -> None:
        self._asked = asked
        self._outer = outer or []
        self._open: list[tuple[str, list[str]]] = []

    @property
    def classes(self) -> list[str]:
        """Their classes, innermost last."""
        if not self._open:
            return self._outer
        return [*self._outer, *(name for _, classes in self._open for name in classes)]

    def begin(self, tag: StartTag) -> None:
        """The element of *tag* begins. Raises Withheld where it stands too deep."""
        if not self._asked or tag.name in _VOID:
            return
        if tag.name in _ENDED_BY_THEIR_LIKE and self._open and self._open[-1][0] == tag.name:
            self._open.pop()
        if len(self._open) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        self._open.append((tag.name, (tag.value_of("class") or "").split()))

    def end(self, name: str) -> None:
        """The innermost element called *name* ends, with all that is open in it."""
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == name:
                del self._open[depth:]
                return
