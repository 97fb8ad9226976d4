"""Scans free texts of records treated as a table: what fields of a record hide is looked for in its texts."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from policies.formats.free_text import KnownValues
from policies.formats.json.nodes import Table
from policies.formats.json.values import NOTHING, are_texts, count_values
from policies.formats.masker import Action, Tally
from policies.formats.plain_texts import those_that_tell

type Column = tuple[Sequence[Any], Sequence[Any]]
"""What the fields of one name were, and what they became, record by record."""


class Scalars(Protocol):
    """What treats single values."""

    tally: Tally

    def scalar(self, action: Action, value: Any, known: KnownValues | None = None) -> Any:
        """What a single value becomes."""
        ...


def treat_texts(
    tree: Scalars,
    table: Table,
    columns: Sequence[Sequence[Any]],
    records: Sequence[dict[str, Any]],
    hidden: Sequence[Column],
    within: Sequence[KnownValues],
) -> None:
    """Scan the free texts of *records*, all of whose other fields are treated; *columns* are their values by place.

    *hidden* are the columns that were, *within* holds what is hidden in objects that are no table, record by record.
    """
    texts = list(zip(*(_texts_of(columns[place]) for place, _, _ in table.texts), strict=True))
    known: Sequence[Collection[str]] = [()] * len(records)
    if table.looks_further:
        known = [_hidden_of(hidden, place, within) for place in range(len(records))]
    telling = those_that_tell(texts, known)
    prose = [action.prose for _, _, action in table.texts]
    telling |= tree.tally.prose.those_that_tell(texts, prose)
    if not telling:
        for place, key, action in table.texts:
            _count(tree, action, key, columns[place], records)
        return
    for number, (record, values) in enumerate(zip(records, known, strict=True)):
        places = {place for place in range(len(prose)) if (number, place) in telling}
        _treat(tree, table, record, values, places)


def _texts_of(column: Sequence[Any]) -> Sequence[str]:
    return column if are_texts(column) else [item if type(item) is str else "" for item in column]


def _count(tree: Scalars, action: Action, key: str, column: Sequence[Any], records: Sequence[dict[str, Any]]) -> None:
    """Count the texts of *column*, which tell nothing, and scan what else stands in it."""
    if are_texts(column):
        if action.personal:
            count_values(tree.tally, action, column)
        return
    for item, record in zip(column, records, strict=True):
        if type(item) is not str:
            record[key] = tree.scalar(action, item)
        elif item:
            tree.tally.count(action)


def _treat(
    tree: Scalars, table: Table, record: dict[str, Any], hidden: Collection[str], telling: Collection[int]
) -> None:
    """Scan the texts of *record*, which hides *hidden*: those of *telling* alone may have to be changed."""
    known = None
    if telling and table.looks_further:
        known = KnownValues()
        for value in hidden:
            known.add(value)
    for number, (_, key, action) in enumerate(table.texts):
        item = record[key]
        if item in NOTHING:
            continue
        if number not in telling and type(item) is str:
            tree.tally.count(action)
        else:
            record[key] = tree.scalar(action, item, known)


def _hidden_of(hidden: Sequence[Column], place: int, within: Sequence[KnownValues]) -> list[str]:
    """What the record at *place* hides: of columns as they were and as they became, and *within* its objects."""
    found = [item for column, became in hidden if type(item := column[place]) is str and item != became[place]]
    return [*found, *within[place]] if within else found
