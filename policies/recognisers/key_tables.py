"""Tables in JSON: columns that are told of beside their rows, and rows of which the first names the columns.

Seen in exports, in the grids of web pages (`title` and `dataIndex`), and in answers of data exchanges.
"""

from collections.abc import Mapping
from typing import Any

from policies.recognisers.keys_cn import category_of_key

_COLUMNS = frozenset("columns headers header fields titles cols thead fieldlist columnlist metadata schema".split())
_ROWS = frozenset("rows data values records list body tbody items datasource tabledata result results".split())
_TITLES = ("title", "label", "header", "text", "name", "comment", "caption")
_NAMES = ("dataindex", "key", "field", "prop", "datakey", "code", "name", "id")
_LEAST_ROWS = 2

type Columns = list[tuple[str, str | None]]
"""What each column is called in rows that are objects, and what it holds."""


def columns_of(table: Mapping[str, Any]) -> Columns:
    """The columns of the rows that stand in *table*, where it tells of them; else an empty list."""
    for key, named in table.items():
        if key.lower() in _COLUMNS and isinstance(named, list) and named:
            columns = [_column(each) for each in named]
            if all(column is not None for column in columns):
                return [column for column in columns if column is not None]
    return []


def is_rows(key: str, value: Any) -> bool:
    """Whether the rows of a table stand under *key*."""
    return key.lower() in _ROWS and isinstance(value, list)


def named_by_first(rows: list[Any]) -> Columns:
    """The columns of *rows*, where the first of them names them; else an empty list."""
    if len(rows) < _LEAST_ROWS or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        return []
    columns: Columns = [("", category_of_key(name)) for name in rows[0] if isinstance(name, str)]
    is_header = len(columns) == len(rows[0]) and any(category is not None for _, category in columns)
    return columns if is_header else []


def by_name(columns: Columns) -> dict[str, str]:
    """What fields of rows that are objects hold, by their names, of which these alone would not tell."""
    return {name: category for name, category in columns if name and category is not None}


def _column(told: Any) -> tuple[str, str | None] | None:
    if isinstance(told, str):
        return told, category_of_key(told)
    if not isinstance(told, dict):
        return None
    parts = {key.lower(): value for key, value in told.items() if isinstance(value, str)}
    titles = [category_of_key(parts[word]) for word in _TITLES if word in parts]
    name = next((parts[word] for word in _NAMES if word in parts), "")
    return name, next((category for category in titles if category is not None), category_of_key(name))
