"""One way through the XML that a caller sends, along the shape that is declared of it: each value takes all steps.

The steps are those of JSON. A field of a record is a child element or an attribute; several in the place of one are a
list to the steps, and an element that holds more than its text is an object. Around records nothing but what is
declared passes: there the names say what is asked for. What else a record holds is sent as it is, as in JSON.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policies.checks.near import Near
from policies.formats.masker import Kind
from policies.formats.xml.names import HIDDEN_NAME, Name
from policies.formats.xml.sent import read_xml, spell_xml
from policies.formats.xml.tree import Element
from policies.program_shapes import UNDECLARED, ObjectShape, Shape, ValueShape, XmlShapes
from policies.sent.json import DROPPED, Dropped, Step
from policies.sent.settling import Settling
from policies.sent.write_back import MaskReturned, NotAsDeclared

_HIDDEN = re.compile(rf"{HIDDEN_NAME}\d*")
_LOCAL = re.compile(r"@?(?:\{.*\})?(?P<local>.*)", re.DOTALL)
_IN_SPACE = ("{", "@{")
"""How a name begins that is declared by its path; those of a record's fields are plain."""


class SettlingXml(Settling):
    """`Settling` for XML, where what is dropped is an empty element, and names that tell have others in their place."""

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        """See `Step`. Raises MaskReturned and NotAsDeclared."""
        if any(map(_HIDDEN.fullmatch, value.keys() - declared.keys())):
            raise MaskReturned(self._rules.fields[UNDECLARED].name)
        super().names(value, shape, declared)

    def _is_mask(self, value: Any, shape: Shape | None) -> bool:
        if value == "" and isinstance(shape, ValueShape) and self._actions[shape.field].kind is Kind.DROP:
            return True
        return super()._is_mask(value, shape)


class XmlWalk:
    """Takes XML through *steps*."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._names: dict[int, tuple[frozenset[str], Near]] = {}

    def sent(self, data: bytes, shapes: XmlShapes) -> bytes:
        """The XML to send in the place of *data*. Raises what steps raise, and NotAsDeclared.

        Raises Withheld where *data* cannot be read.
        """
        root = read_xml(data, frozenset(shapes.spaces))
        child = self._child(shapes.root, "", root.name)
        self._element(root, None if child is None else child[1], droppable=False)
        return spell_xml(root)

    def _element(self, element: Element, shape: Shape | None, *, droppable: bool) -> bool:
        """Let *element* become what is sent in its place. False where it is left out."""
        is_value = not isinstance(shape, ObjectShape)
        if not is_value or not _is_plain(element):
            held = self._held(element, shape)
            for step in self._steps:
                made = step.nested(held, shape, {}, droppable=droppable)
                if made is DROPPED:
                    return False
                if made is not held:
                    element.attributes, element.content = {}, []
                    return True
            for step in self._steps:
                step.names(held, shape, shape.children if isinstance(shape, ObjectShape) else {})
        self._attributes(element, shape)
        if is_value and not element.holds_elements:
            said = self._single(element.text, shape, droppable=droppable)
            if isinstance(said, Dropped):
                return False
            element.content = [said]
            return True
        self._content(element, shape)
        return True

    def _held(self, element: Element, shape: Shape | None) -> dict[str, list[Element | str]]:
        """What *element* holds, by names as the shape has them. Raises NotAsDeclared."""
        held: dict[str, list[Element | str]] = {}
        declared: dict[str, Shape] = {}
        elements = [each for each in element.content if isinstance(each, Element)]
        found = [(name, value, self._attribute(shape, name)) for name, value in element.attributes.items()]
        parts: Iterable[tuple[Name, Element | str, tuple[str, Shape] | None]] = (
            *((name, value, child) for name, value, child in found if child is not None or not _says_how(name, value)),
            *((each.name, each, self._child(shape, element.name.space, each.name)) for each in elements),
        )
        for name, value, child in parts:
            key = name.local if child is None else child[0]
            if child is None:
                self._check_name(name.local, shape)
            else:
                declared[key] = child[1]
            held.setdefault(key, []).append(value)
        for key, values in held.items():
            one = declared.get(key)
            if one is not None and len(values) > 1 and not isinstance(one, ObjectShape):
                for step in self._steps:
                    step.nested(values, one, {}, droppable=False)
        return held

    def _attributes(self, element: Element, shape: Shape | None) -> None:
        sent: dict[Name, str] = {}
        for name, value in element.attributes.items():
            child = self._attribute(shape, name)
            if child is None and _says_how(name, value):
                if not name.is_structure:
                    sent[name] = value
                continue
            said = self._single(value, None if child is None else child[1], droppable=True)
            if not isinstance(said, Dropped):
                sent[name] = said
        element.attributes = sent

    def _content(self, element: Element, shape: Shape | None) -> None:
        content: list[str | Element] = []
        for each in element.content:
            if isinstance(each, str):
                said = self._single(each, None, droppable=False) if each.strip() else each
                assert not isinstance(said, Dropped)
                content.append(said)
                continue
            child = self._child(shape, element.name.space, each.name)
            if self._element(each, None if child is None else child[1], droppable=True):
                content.append(each)
        element.content = content

    def _single(self, said: str, shape: Shape | None, *, droppable: bool) -> str | Dropped:
        """What is sent in the place of *said*, with the blanks around it."""
        value = said.strip()
        made: Any = value
        for step in self._steps:
            made = step.single(made, shape, droppable=droppable)
            if isinstance(made, Dropped):
                return made
        if made == value:
            return said
        before, _, after = said.partition(value) if value else ("", "", "")
        return f"{before}{'' if made is None else made}{after}"

    def _child(self, shape: Shape | None, around: str, name: Name) -> tuple[str, Shape] | None:
        """The key and the shape of a child called *name*, in the namespace *around*. Raises NotAsDeclared."""
        if not isinstance(shape, ObjectShape):
            return None
        keys = (f"{{{name.space}}}{name.local}", *((name.local,) if name.space in ("", around) else ()))
        key = next((key for key in keys if key in shape.children), None)
        if key is not None:
            return key, shape.children[key]
        if shape.other is not None:
            return name.local, shape.other
        if any(known.startswith(_IN_SPACE) for known in shape.children):
            raise NotAsDeclared("")
        return None

    def _attribute(self, shape: Shape | None, name: Name) -> tuple[str, Shape] | None:
        if not isinstance(shape, ObjectShape):
            return None
        keys = (f"@{{{name.space}}}{name.local}", *(() if name.space else (name.local,)))
        return next(((key, shape.children[key]) for key in keys if key in shape.children), None)

    def _check_name(self, local: str, shape: Shape | None) -> None:
        """Raise NotAsDeclared for an undeclared name that a reader who knows no namespaces takes for a declared one."""
        if not isinstance(shape, ObjectShape):
            return
        known = self._names.get(id(shape))
        if known is None:
            names = frozenset(found["local"] for key in shape.children if (found := _LOCAL.fullmatch(key)))
            known = self._names[id(shape)] = names, Near(names)
        if local in known[0] or local in known[1]:
            raise NotAsDeclared("")


def _is_plain(element: Element) -> bool:
    """Whether *element* holds nothing but its text, and no attribute lets a reader make another value of that."""
    if element.holds_elements:
        return False
    return all(name.is_plain(value) for name, value in element.attributes.items())


def _says_how(name: Name, value: str) -> bool:
    return name.is_structure or name.says_how(value)
