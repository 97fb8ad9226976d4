"""What a declaration says of the places in a JSON body, for one view: a tree of nodes, bound to actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from policies.formats.masker import Action, Kind

DEEPEST = 64
"""How many containers may lie in one another."""
FEWEST_KEYS = 2
"""Of records with fewer it does not pay to make a table."""


@dataclass(frozen=True, slots=True)
class Value:
    """A declared value."""

    action: Action
    label: Action | None = None
    """What becomes of what stands beside it, where the application shows what it refers to."""
    labelled: "Object | None" = None
    """For an object in its place that holds value and label, in this order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as lists of cells, in an object that also names their columns: `{"columns": [...], "rows": [[...], ...]}`.

    A row that is an object is a record as well: some systems answer in both shapes under one key.
    """

    columns: str
    """The key, beside this one, of the columns' names."""
    record: "Object"


@dataclass(frozen=True, slots=True)
class Object:
    """A record with declared fields, or an envelope around records."""

    children: dict[str, "Node"]
    other: "Node"
    """For keys not in `children`."""
    items: "Node | None" = None
    """For the elements of a list in this place; None: they are such objects themselves."""
    subject: str | None = None
    """Which key tells whom the object is about."""
    in_table: Callable[[int], "Object"] | None = None
    """The record by the table of actions of a number; None where all records are treated alike."""
    conditions: tuple[tuple[str, str], ...] = ()
    """Keys by whose values a record may be left out, each with `record.field`."""
    scanned: frozenset[str] = field(init=False)
    """Keys of free text; what other fields hide is looked for in it."""
    must_be_whole: bool = field(init=False)
    """Whether what an entry becomes depends on other entries, so that it cannot be treated piece by piece."""
    masked: tuple[tuple[str, int, Callable[[str], str], Callable[[float], float | None]], ...] = field(init=False)
    """Key, field index, mask and mask of numbers of each masked field."""
    counted: tuple[tuple[str, int], ...] = field(init=False)
    """Key and field index of each personal field that is shown."""
    plain: frozenset[str] = field(init=False)
    """Keys whose single values need nothing but what `masked` and `counted` say."""
    asks_whose: bool = field(init=False)
    """Whether something in it depends on the subject of the record that it is, or is part of."""
    decides: bool = field(init=False)
    """Whether each record must be looked at before anything of it is treated."""
    tables: "dict[tuple[str, ...], Table]" = field(init=False, compare=False, repr=False)
    """What was found out, by their keys in their order, about records that are treated as a table."""
    templates: dict[Any, Any] = field(init=False, compare=False, repr=False)
    """How records of it are written, by what `json_template` knows them by."""
    frames: dict[Any, Any] = field(init=False, compare=False, repr=False)
    """What stands around records in bodies of it, by what `json_frame` knows that by."""

    def __post_init__(self) -> None:
        nodes = (*self.children.values(), self.other)
        values = [(key, node.action) for key, node in self.children.items() if isinstance(node, Value)]
        flat = [(key, action) for key, action in values if action.kind is Kind.MASK and action.apply_for is None]
        masked = tuple((key, action.field, action.apply, action.number) for key, action in flat)
        shown = [(key, action) for key, action in values if action.kind is Kind.SHOW]
        scanned = frozenset(key for key, action in values if action.kind is Kind.SCAN)
        other_scans = isinstance(self.other, Value) and self.other.action.kind is Kind.SCAN
        whole = bool(scanned) or other_scans or any(isinstance(node, Rows) for node in nodes)
        asks_whose = any(map(_asks_whose, nodes if self.items is None else (*nodes, self.items)))
        decides = bool(self.conditions) or (self.subject is not None and (asks_whose or self.in_table is not None))
        for name, found in (
            ("scanned", scanned),
            ("must_be_whole", whole or decides),
            ("masked", masked),
            ("counted", tuple((key, action.field) for key, action in shown if action.personal)),
            ("plain", frozenset(key for key, _ in (*flat, *shown))),
            ("asks_whose", asks_whose),
            ("decides", decides),
            ("tables", {}),
            ("templates", {}),
            ("frames", {}),
        ):
            object.__setattr__(self, name, found)


@dataclass(frozen=True, slots=True)
class Table:
    """What becomes of records with the same keys, column by column. Places count these keys, from 0."""

    cells: Callable[[Any], tuple[Any, ...]]
    """The values of a record. Raises KeyError where one is missing, TypeError for what is no record."""
    subject: int | None
    """The place that tells whom each record is about."""
    values: tuple[int, ...]
    """Places that hold single values."""
    objects: tuple[tuple[int, str, Object], ...]
    """Place, key and node of those that hold objects; all others hold values."""
    treated: tuple[tuple[int, str, Action], ...]
    """Place, key and action of values of which more is to be done than to show them."""
    texts: tuple[tuple[int, str, Action], ...]
    """The same of free text."""
    looks_further: bool
    """Whether what other fields hide is looked for in it."""


type Node = Value | Object | Rows


def _asks_whose(node: Node) -> bool:
    """Whether what becomes of *node* depends on the subject of the record around it."""
    match node:
        case Value(action, label):
            return action.apply_for is not None or (label is not None and label.apply_for is not None)
        case Object():
            return node.asks_whose and node.subject is None
        case Rows(_, record):
            return record.asks_whose and record.subject is None


def items_of(node: Node) -> Node | None:
    """The node for the elements of a list that stands where *node* does; None where nothing is declared."""
    match node:
        case Object():
            return node.items or node
        case Value():
            return node
        case Rows():
            return None


def in_place_of(node: Value | Rows, unknown: Object) -> Object:
    """What an object is that stands where *node* is declared; *unknown* where nothing says so."""
    if isinstance(node, Value):
        if node.labelled is not None:
            return node.labelled
        if node.action.kind is Kind.BLOCK:
            return Object({}, node)
    return unknown


def table_of(node: Object, keys: tuple[str, ...]) -> Table | None:
    """How records of *node* with these *keys*, two at least, are treated as a table; None where they cannot be."""
    children = [(place, key, node.children.get(key, node.other)) for place, key in enumerate(keys)]
    values = [(place, key, child.action) for place, key, child in children if isinstance(child, Value)]
    objects = [(place, key, child) for place, key, child in children if isinstance(child, Object)]
    # A record by a key that nobody declared may be left out by itself, and the keys are then no longer the same.
    leaves_out = isinstance(node.other, Object) and node.other.conditions and not node.children.keys() >= set(keys)
    if leaves_out or len(values) + len(objects) < len(keys):
        return None
    return Table(
        cells=itemgetter(*keys),
        subject=keys.index(node.subject) if node.subject in keys else None,
        values=tuple(place for place, _, _ in values),
        objects=tuple(objects),
        treated=tuple(
            (place, key, action)
            for place, key, action in values
            if action.kind is not Kind.SCAN and (action.kind is not Kind.SHOW or action.personal)
        ),
        texts=tuple(each for each in values if each[2].kind is Kind.SCAN),
        looks_further=not node.scanned.isdisjoint(keys),
    )
