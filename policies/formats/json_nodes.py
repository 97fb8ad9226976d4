"""What is declared of a JSON body, bound to what becomes of its values: a tree of nodes that maskers walk along."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from policies.formats.masker import Action, Kind
from policies.recognisers.scan import may_hold_personal_data, scan
from policies.transforms.make import REDACTED

DEEPEST = 64
"""How many containers may lie in one another."""


@dataclass(frozen=True, slots=True)
class Value:
    """A declared value."""

    action: Action


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
    scanned: frozenset[str] = field(init=False)
    """Keys of free text; what other fields hide is looked for in it."""
    must_be_whole: bool = field(init=False)
    """Whether what an entry becomes depends on other entries, so that it cannot be treated piece by piece."""
    masked: tuple[tuple[str, int, Callable[[str], str]], ...] = field(init=False)
    """Key, field index and mask of each masked field."""
    counted: tuple[tuple[str, int], ...] = field(init=False)
    """Key and field index of each personal field that is shown."""
    plain: frozenset[str] = field(init=False)
    """Keys whose single values need nothing but what `masked` and `counted` say."""

    def __post_init__(self) -> None:
        nodes = (*self.children.values(), self.other)
        values = [(key, node.action) for key, node in self.children.items() if isinstance(node, Value)]
        masked = tuple((key, action.field, action.apply) for key, action in values if action.kind is Kind.MASK)
        shown = [(key, action) for key, action in values if action.kind is Kind.SHOW]
        scanned = frozenset(key for key, action in values if action.kind is Kind.SCAN)
        other_scans = isinstance(self.other, Value) and self.other.action.kind is Kind.SCAN
        for name, found in (
            ("scanned", scanned),
            ("must_be_whole", bool(scanned) or other_scans or any(isinstance(node, Rows) for node in nodes)),
            ("masked", masked),
            ("counted", tuple((key, action.field) for key, action in shown if action.personal)),
            ("plain", frozenset(key for key, action in values if action.kind in (Kind.MASK, Kind.SHOW))),
        ):
            object.__setattr__(self, name, found)


type Node = Value | Object | Rows


def items_of(node: Node) -> Node | None:
    """The node for the elements of a list that stands where *node* does; None where nothing is declared."""
    match node:
        case Object():
            return node.items or node
        case Value():
            return node
        case Rows():
            return None


@lru_cache(maxsize=4096)
def is_telling_key(key: str) -> bool:
    """Whether *key*, which nobody declared, holds personal data itself, as in an object keyed by ID numbers."""
    return may_hold_personal_data(key) and bool(scan(key))


def hidden_key(number: int) -> str:
    """What stands in place of the telling key *number* of its object, from 1."""
    return f"{REDACTED}{number}"
