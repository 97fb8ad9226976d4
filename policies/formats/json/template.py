"""How records of a list are written that have the same keys in the same order: what the kernel is told of them.

It holds for text without a backslash, in which a quotation mark stands for nothing but the beginning or end of a text.
Whatever it does not describe to the last octet is read by a parser.
"""

from dataclasses import dataclass
from typing import Any

from policies.formats.json.nodes import Object
from policies.formats.json.table import table_for
from policies.formats.masker import Action, Kind
from policies.formats.prose import EVERY
from policies.kernel.library import END, LEAVE, PUT, SHOWN, TAKEN, Mask, Plan, mask_of, piece
from policies.transforms.spec import Keep, Redact

MOST_TEMPLATES = 8
"""Of the records of a node, so many are remembered: to make one takes as long as to mask a hundred records."""
_LAST = None
"""Under it a node remembers, beside its templates, the one that was found last."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with the values that stand at one place of the records."""

    group: int
    """Which of the values that are taken they are, from 0."""
    action: Action | None
    """What becomes of them; None for those that say whom each record is about."""


@dataclass(slots=True)
class Template:
    """How records are written, and what becomes of them."""

    plan: Plan
    """Of the masks, that of groups that are `spelled` is to put what the kernel is given."""
    least_bytes: int
    """Than which no record is shorter."""
    spelled: tuple[int, ...]
    """The groups of which Python must say what they become."""
    whose: tuple[int, ...]
    """The groups that say whom each record is about, in the order in which `treat_as_table` notes them."""
    counted: tuple[tuple[int, int], ...]
    """Each group of personal values and the index of its field."""
    actions: dict[int, Action]
    """By group, what becomes of its values; without those that only say whom a record is about."""
    texts: frozenset[int]
    """The groups of free text."""
    hidden: frozenset[int]
    """The groups whose values are masked."""
    looks_further: bool
    """Whether what else a record hides is looked for in its texts."""
    has_texts_within: bool = False
    """Whether some of the texts stand in objects of the records."""
    passed_over: int = 0
    """So many bodies are parsed without a look at them: the texts of the last one told something that is not hidden in
    place, as those of the next will."""


def template_of(node: Object, record: dict[str, Any]) -> Template | None:
    """That of records of *node* which are written like *record*; None where a parser must read them."""
    shape = _shape_of(node, record)
    if shape not in node.templates:
        if len(node.templates.keys() - {_LAST}) >= MOST_TEMPLATES:
            return None
        node.templates[shape] = _made(node, record)
    made: Template | None = node.templates[shape]
    if made is not None:
        node.templates[_LAST] = made
    return made


def last_template(node: Object) -> Template | None:
    """The one that was found for *node* last, if any was: records that are written like it, to the last octet, are
    those which `template_of` finds it for.
    """
    last: Template | None = node.templates.get(_LAST)
    return last


type _Shape = tuple[tuple[str, "_Shape | None"], ...]


def _shape_of(node: Object, record: dict[str, Any]) -> _Shape:
    """What tells *record* from others of *node*: only as deep as it is declared, for it may be of any depth."""
    children = [(key, item, node.children.get(key, node.other)) for key, item in record.items()]
    return tuple(
        [
            (key, _shape_of(child, item) if type(item) is dict and isinstance(child, Object) else None)
            for key, item, child in children
        ]
    )


def _made(node: Object, record: dict[str, Any]) -> Template | None:
    writing = _Writing()
    steps = writing.record(node, record)
    if not steps:
        return None
    writing.piece(END)
    masks: list[Mask | None] = [LEAVE] * writing.groups
    for step in steps:
        if step.action is not None and step.action.kind is Kind.MASK:
            spec = step.action.spec
            masks[step.group] = mask_of(spec) if isinstance(spec, Keep | Redact) else None
    actions = {step.group: step.action for step in steps if step.action is not None}
    whose = tuple(step.group for step in steps if step.action is None)
    if any(action.prose == EVERY for action in actions.values()):
        return None  # nobody can say beforehand that a tagger finds nothing
    return Template(
        plan=Plan(
            bytes(writing.pieces),
            [PUT if mask is None else mask for mask in masks],
            whose[0] if len(whose) == 1 else None,
        ),
        least_bytes=writing.least_bytes,
        spelled=tuple(group for group, mask in enumerate(masks) if mask is None),
        whose=whose,
        counted=tuple((group, action.field) for group, action in actions.items() if action.personal),
        actions=actions,
        texts=frozenset(step.group for step in steps if _is_text(step)),
        hidden=frozenset(group for group, action in actions.items() if action.kind is Kind.MASK),
        looks_further=writing.looks_further,
        has_texts_within=writing.has_texts_within,
    )


class _Writing:
    """Writes how one record is written: what all have, and what follows it."""

    def __init__(self) -> None:
        self.pieces = bytearray()
        self.groups = 0
        self.least_bytes = 0
        self.looks_further = False
        self.has_texts_within = False
        self._octets = b""

    def piece(self, kind: int) -> None:
        """Close the piece, behind which stands what *kind* says."""
        self.pieces += piece(kind, self._octets)
        self.least_bytes += len(self._octets) + 1
        self._octets = b""

    def record(self, node: Object, record: dict[str, Any]) -> list[Step] | None:
        """Go on with a record of *node*. Returns what is to be done, or None for what cannot be done in place."""
        table = table_for(node, record)
        if table is None or (node.subject is not None and table.subject not in table.values):
            return None
        treated = {place: action for place, _, action in (*table.treated, *table.texts)}
        if any(action.kind in (Kind.DROP, Kind.BLOCK) for action in treated.values()):
            return None
        self.looks_further |= bool(table.texts) and table.looks_further
        children = {place: child for place, _, child in table.objects}
        own: list[Step] = []
        within: list[Step] = []
        for place, (key, item) in enumerate(record.items()):
            self._octets += (b"," if place else b"{") + f'"{key}":'.encode()
            if place in children:
                steps = self.record(children[place], item) if type(item) is dict else None
                if steps is None:
                    return None
                within += steps
                self.has_texts_within |= any(_is_text(step) for step in steps)
            elif place in treated or place == table.subject:
                self.piece(TAKEN)
                if place == table.subject:
                    own.insert(0, Step(self.groups, None))
                if place in treated:
                    own.append(Step(self.groups, treated[place]))
                self.groups += 1
            else:
                self.piece(SHOWN)
        self._octets += b"}"
        return [*own, *within]


def _is_text(step: Step) -> bool:
    return step.action is not None and step.action.kind is Kind.SCAN
