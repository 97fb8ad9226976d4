"""What is declared about an HTML page: which elements hold a field's value, and which form controls edit one."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from policies.formats.html.tokens import StartTag
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action
from policies.operations import LARGEST_PAGE_MIB, Headings

LARGEST_PAGE = LARGEST_PAGE_MIB * 1024 * 1024
"""Bytes. What is larger is withheld, where nothing else is declared."""


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
    key: tuple[str, ...] = ()
    """The fields that the record is found by."""
    selectors: tuple[Selector, ...] = ()
    control: re.Pattern[str] | None = None
    """Fits the name of a form control as a whole; its group `field` holds the field's name."""
    own_control: re.Pattern[str] | None = None
    """Fits the name of a control that is the application's own and holds nobody's value: without a name, its id, and
    without either one of its classes."""
    undeclared: Action
    other_control: Action | None = None
    """What becomes of the values of controls that nobody declared; None: they are undeclared."""
    links: tuple[re.Pattern[str], ...] = ()
    """Fit the paths of links that stay in hidden elements: none can tell of anybody."""
    hides_everything: bool = False
    """Whether all text is hidden, as on the pages of a system that is still being declared."""
    labels: tuple[str, str] | None = None
    """The elements of value and label in an element that holds both, the label's first."""
    links_hold_values: bool = False
    """Whether links within an element are made of the value that it holds, encoded in the application's own way."""
    key_controls: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Fit the names of controls whose values are keys, each with the record that they are keys of."""
    key_attributes: tuple[tuple[re.Pattern[str], str], ...] = ()
    """The same of attributes of any element."""
    tables: Headings | None = None
    """Where tables say which fields their cells hold; None: nothing is to be read out of them."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What the headings of tables call the fields, where that is not their names."""
    largest: int = LARGEST_PAGE
    """Bytes of a page that are held, at most."""
    names_headed: bool = False
    """Whether those are hidden whom labels of the page name: nothing else tells of a name that stands alone."""
    in_table: Callable[[int], "HtmlShape"] | None = None
    """The page by the table of actions of a number; None where all records are treated alike."""
    subject: str = ""
    """Whom all records of the page are about, in canonical form; "" where nobody knows."""

    def about(self, subject: str) -> "HtmlShape":
        """A page of which all records are about the canonical *subject*."""
        return replace(self, subject=subject)

    @property
    def looked_for_around(self) -> frozenset[re.Pattern[str]]:
        """What selectors ask of the elements around an element."""
        return frozenset(selector.within for selector in self.selectors if selector.within is not None)

    @property
    def unnamed(self) -> Action:
        """What becomes of the values of controls that nobody declared."""
        return self.other_control or self.undeclared

    def action_of(self, field: str) -> Action:
        """What becomes of *field*."""
        node = self.record.children.get(field)
        return self._for_subject(node.action) if isinstance(node, Value) else self.undeclared

    def _for_subject(self, action: Action) -> Action:
        if action.apply_for is None or not self.subject:
            return action
        return replace(action, apply=partial(_masked_for, action, self.subject))

    def is_declared(self, field: str) -> bool:
        """Whether the record has *field*, as a single value."""
        return isinstance(self.record.children.get(field), Value)

    def label_of(self, field: str) -> Action:
        """What becomes of a label beside the value of *field*."""
        node = self.record.children.get(field)
        if not isinstance(node, Value) or node.label is None:
            return self.undeclared
        return self._for_subject(node.label)

    def select(self, tag: StartTag, around: Mapping[re.Pattern[str], str]) -> tuple[Action, Action, bool] | None:
        """The actions for the value that the element of *tag* holds and for a label beside it, and whether the value
        names the subject; None for none.

        *around* are the fields that the elements around it name, as in `Around.fields`.
        """
        for selector in self.selectors:
            if selector.element != tag.name:
                continue
            field = "" if selector.css_class is None else field_in(selector.css_class, classes_of(tag))
            if field is None:
                continue
            if selector.within is not None:
                outer = around.get(selector.within)
                if outer is None:
                    continue
                field = field or outer
            if selector.action is not None:
                return self._for_subject(selector.action), self.undeclared, False
            return self.actions_of(field)
        return None

    def actions_of(self, field: str) -> tuple[Action, Action, bool]:
        """The same for an element of which it is known that it holds *field*."""
        return self.action_of(field), self.label_of(field), field == self.record.subject

    def control_of(self, tag: StartTag) -> tuple[str, Action] | None:
        """The field that the form control of *tag* holds, "" where nobody declared it, and what becomes of its value.

        None for one that is the application's own.
        """
        name = tag.value_of("name") or ""
        match = self.control.fullmatch(name) if self.control is not None else None
        if match is not None and match["field"] in self.record.children:
            return match["field"], self.action_of(match["field"])
        called = [name or tag.value_of("id") or ""]
        if self.own_control is not None and any(
            map(self.own_control.fullmatch, called if called[0] else classes_of(tag))
        ):
            return None
        return None if self.holds_key(name) else ("", self.unnamed)

    def holds_key(self, name: str) -> bool:
        """Whether the control *name* is one whose values are keys."""
        return any(pattern.fullmatch(name) for pattern, _ in self.key_controls)


def _masked_for(action: Action, subject: str, value: str) -> str:
    return action.masked(value, subject)


def classes_of(tag: StartTag) -> list[str]:
    """The classes of the element of *tag*, in their order."""
    return (tag.value_of("class") or "").split()


def field_in(pattern: re.Pattern[str], classes: Iterable[str]) -> str | None:
    """The field that the first fitting class names, "" where the pattern names none; None where no class fits."""
    for name in classes:
        if match := pattern.fullmatch(name):
            return match.groupdict().get("field") or ""
    return None
