"""Applies actions to one XML element with all that is in it: what is declared becomes what its action says.

The declarations are those of JSON: a field of a record is a child element or an attribute of that name, in the
namespace of the record's element or in none. Elements that no declaration describes are kept with every value in them
hidden, so that a caller's program finds the shape it expects.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from policies.choose import EVERYBODYS, Choice
from policies.digest import canonical
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.json.keys import is_telling_key
from policies.formats.json.nodes import Node, Object, Value
from policies.formats.masker import HIDDEN_KEY, VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.xml.names import HIDDEN_NAME, Name, attribute_text, text


@dataclass(slots=True)
class Element:
    """An element as it came, and as it becomes."""

    name: Name
    attributes: dict[Name, str]
    declared: str
    """The namespaces that it declares, as they are spelled."""
    content: "list[str | Element]" = field(default_factory=list)

    @property
    def holds_elements(self) -> bool:
        """Whether there are others in it."""
        return any(isinstance(each, Element) for each in self.content)

    @property
    def text(self) -> str:
        """Its text, without that of elements in it."""
        return "".join(each for each in self.content if isinstance(each, str))

    def start(self) -> str:
        """Its start tag, without the end of that."""
        attributes = "".join(f' {name}="{attribute_text(value)}"' for name, value in self.attributes.items())
        return f"<{self.name}{self.declared}{attributes}"

    def spelled(self) -> str:
        """It and all that is in it."""
        if not any(self.content):
            return f"{self.start()}/>"
        within = "".join(each.spelled() if isinstance(each, Element) else text(each) for each in self.content)
        return f"{self.start()}>{within}</{self.name}>"


class XmlTree:
    """Applies nodes to elements, in place. What is *hidden* is shown nowhere."""

    def __init__(
        self, undeclared: Action, tally: Tally, choice: Choice = EVERYBODYS, hidden: KnownValues | None = None
    ) -> None:
        self._undeclared = Value(undeclared)
        self._tally = tally
        self._choice = choice
        self._hidden = hidden
        self._subject = ""  # whom the record is about that is being treated, in canonical form
        self._known = KnownValues()
        self._late: list[tuple[Element, Name | None, int]] = []

    def node_in(self, node: Node, around: str, name: Name) -> Node | None:
        """What stands for a child element called *name* in an element of *node*, in the namespace *around*."""
        if not isinstance(node, Object):
            return None
        child = node.children.get(f"{{{name.space}}}{name.local}")
        if child is None and name.space in ("", around):
            child = node.children.get(name.local)
        return child

    def unit(self, node: Node, element: Element, *, is_declared: bool) -> bool:
        """Let *element*, and all in it, become what it is to be shown as. False where nothing is left of it."""
        self._known, self._late = KnownValues(), []
        stays = self._element(node, element, is_declared=is_declared)
        for each, attribute, prose in self._late:  # free text, once all that is hidden beside it is known
            said = each.text if attribute is None else each.attributes[attribute]
            shown = self._shown(mask_free_text(said, self._known, self._tally, typed=True, prose=prose))
            if attribute is None:
                each.content[:] = [shown]
            else:
                each.attributes[attribute] = shown
        return stays

    def attributes(self, node: Node, element: Element) -> None:
        """Do the same to the attributes of *element* alone, none of which is free text: what is in it is to come."""
        self._known, self._late = KnownValues(), []
        self._attributes(node, element)
        assert not self._late

    def loose(self, said: str) -> str:
        """What becomes of text between elements, which is no value of anything declared."""
        return self._value(self._undeclared.action, said)

    def shown_name(self, name: Name, *, is_declared: bool) -> Name:
        """*name*, or what stands in its place where it may be data itself. Raises Withheld where it is a hidden key."""
        if self._hidden is not None and name.local in self._hidden:
            raise Withheld(HIDDEN_KEY)
        return name if is_declared or not is_telling_key(name.local) else Name(name.space, HIDDEN_NAME, name.prefix)

    def _element(self, node: Node, element: Element, *, is_declared: bool) -> bool:
        stays = self._record(node, element) if isinstance(node, Object) else self._leaf(node, element)
        element.name = self.shown_name(element.name, is_declared=is_declared)
        return stays

    def _record(self, node: Object, element: Element) -> bool:
        held = ((name, self._single(element, key)) for key, name in node.conditions)
        if not all(self._choice.shows(name, value) for name, value in held):
            self._tally.left_out += 1
            return False
        if node.subject is None:
            self._fields(node, element)
            return True
        around, identifier = self._subject, self._single(element, node.subject)
        self._tally.has_unreadable |= identifier is None
        is_named, before = self._tally.note_subject(identifier or ""), sum(self._tally.fields.values())
        self._subject = canonical(identifier or "")
        if node.in_table is not None:
            node = node.in_table(self._choice.table_about(identifier or "", self._tally.digester))
        self._fields(node, element)
        self._tally.has_nameless |= not is_named and sum(self._tally.fields.values()) > before
        self._subject = around
        return True

    def _fields(self, node: Object, element: Element) -> None:
        self._attributes(node, element)
        content: list[str | Element] = []
        for each in element.content:
            if isinstance(each, str):
                content.append(self.loose(each))
                continue
            child = self.node_in(node, element.name.space, each.name)
            if self._element(child or node.other, each, is_declared=child is not None):
                content.append(each)
        element.content = content

    def _leaf(self, node: Node, element: Element) -> bool:
        """What becomes of an element that is a value, or that nobody declared."""
        action = node.action if isinstance(node, Value) else self._undeclared.action
        self._attributes(self._undeclared, element)
        if action.kind is Kind.DROP:
            self._drop(action, _texts_in(element))
            element.content = []
            return action.stays
        if element.holds_elements:
            if action.kind is Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)
            self._fields(Object({}, self._undeclared), element)
            return True
        said = element.text
        if action.kind is Kind.SCAN and said.strip():
            self._tally.count(action)
            self._late.append((element, None, action.prose))
            return True
        element.content = [self._value(action, said)]
        return True

    def _attributes(self, node: Node, element: Element) -> None:
        shown: dict[Name, str] = {}
        numbers = count(1)
        for name, value in element.attributes.items():
            child = self._attribute_in(node, name)
            if child is None and name.is_structure:
                continue
            if child is None and name.says_how(value):
                shown[name] = value
                continue
            action = child.action if isinstance(child, Value) else self._undeclared.action
            called = self.shown_name(name, is_declared=child is not None)
            if called.local == HIDDEN_NAME:
                called = Name(name.space, f"{HIDDEN_NAME}{next(numbers)}", name.prefix)
            if action.kind is Kind.SCAN and value.strip():
                self._tally.count(action)
                self._late.append((element, called, action.prose))
                shown[called] = value
            elif action.kind is Kind.DROP:
                self._drop(action, (value,))
                if action.stays:
                    shown[called] = ""
            else:
                shown[called] = self._value(action, value)
        element.attributes = shown

    def _attribute_in(self, node: Node, name: Name) -> Node | None:
        if not isinstance(node, Object):
            return None
        child = node.children.get(f"@{{{name.space}}}{name.local}")
        return node.children.get(name.local) if child is None and not name.space else child

    def _single(self, element: Element, key: str) -> str | None:
        """The one value of the field *key* of a record, "" where it has none; None where nobody can tell it."""
        said = [value.strip() for name, value in element.attributes.items() if not name.space and name.local == key]
        for each in element.content:
            if isinstance(each, Element) and each.name.local == key and each.name.space in ("", element.name.space):
                if each.holds_elements:
                    return None
                said.append(each.text.strip())
        found = set(said) - {""}
        return None if len(found) > 1 else "".join(found)

    def _drop(self, action: Action, texts: Iterable[str]) -> None:
        self._tally.count(action)
        for said in texts:
            self._known.add(said)

    def _value(self, action: Action, said: str) -> str:
        """What *said* becomes, with the blanks around it."""
        value = said.strip()
        if not value:
            return said
        self._tally.count(action)
        match action.kind:
            case Kind.SHOW:
                return self._shown(said)
            case Kind.SCAN:
                return self._shown(mask_free_text(said, self._known, self._tally, typed=True, prose=action.prose))
            case Kind.MASK:
                masked = action.masked(value, self._subject)
                if masked != value:
                    self._known.add(value)
                start = said.index(value)
                return self._shown(said[:start] + masked + said[start + len(value) :])
            case Kind.DROP:
                self._known.add(value)
                return ""
            case Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)

    def _shown(self, said: str) -> str:
        return said if self._hidden is None else self._hidden.hidden_in(said)


def _texts_in(element: Element) -> Iterator[str]:
    for each in element.content:
        if isinstance(each, Element):
            yield from _texts_in(each)
        else:
            yield each
