"""What is declared about an HTML page: which elements hold a field's value, and which form controls edit one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policies.formats.html_tokens import StartTag
from policies.formats.json_tree import Object, Value
from policies.formats.masker import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Elements that hold the value of a field, told by their name and class, and by the element around them."""

    element: str
    css_class: re.Pattern[str] | None = None
    """Fits one class of the element as a whole; a group named `field` holds the field's name."""
    within: re.Pattern[str] | None = None
    """Fits one class of an element around it; its group `field` serves where `css_class` has none."""
    action: Action | None = None
    """For elements that always hold one kind of value; None where a group tells the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlShape:
    """Everything declared about one page. A page about nothing declared is scanned as free text."""

    record: Object
    selectors: tuple[Selector, ...] = ()
    control: re.Pattern[str] | None = None
    """Fits the name of a form control as a whole; its group `field` holds the field's name."""
    undeclared: Action
    hides_everything: bool = False
    """Whether all text is hidden, as on the pages of a system that is still being declared."""

    @property
    def looks_around(self) -> bool:
        """Whether any selector asks for the elements around an element."""
        return any(selector.within is not None for selector in self.selectors)

    def action_of(self, field: str) -> Action:
        """What becomes of *field*."""
        node = self.record.children.get(field)
        return node.action if isinstance(node, Value) else self.undeclared

    def select(self, tag: StartTag, around: list[str]) -> tuple[Action, bool] | None:
        """The action for the value that the element of *tag* holds, and whether it names the subject; None for none.

        *around* are the classes of the elements around it, innermost last.
        """
        for selector in self.selectors:
            if selector.element != tag.name:
                continue
            field = _field_in(selector.css_class, (tag.value_of("class") or "").split())
            if field is None:
                continue
            if selector.within is not None:
                outer = _field_in(selector.within, reversed(around))
                if outer is None:
                    continue
                field = field or outer
            if selector.action is not None:
                return selector.action, False
            return self.action_of(field), field == self.record.subject
        return None

    def control_of(self, name: str) -> tuple[str, Action] | None:
        """The field that the form control *name* edits, and its action; None where it edits none that is declared."""
        match = self.control.fullmatch(name) if self.control is not None else None
        if match is None or match["field"] not in self.record.children:
            return None
        return match["field"], self.action_of(match["field"])


def _field_in(pattern: re.Pattern[str] | None, classes: Iterable[str]) -> str | None:
    """The field that the first fitting class names, "" where the pattern names none; None where no class fits."""
    if pattern is None:
        return ""
    for name in classes:
        if match := pattern.fullmatch(name):
            return match.groupdict().get("field") or ""
    return None
