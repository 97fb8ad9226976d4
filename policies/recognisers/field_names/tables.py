"""Tables in JSON: columns that are told of beside their rows, and rows of which the first names the columns.

Seen in exports, in the grids of web pages (`title` and `dataIndex`), and in answers of data exchanges.
"""

from collections.abc import Mapping
from typing import Any

from policies.recognisers.field_names.category import category_of_key

_COLUMNS = frozenset(
    (
        "columns headers header head fields titles cols col thead fieldlist columnlist metadata meta schema keys names "
        "columnnames fieldnames labels dict mapping fieldmap 表头 字段 字段名 列名 列"
    ).split()
)
_ROWS = frozenset(
    (
        "rows row data values value records list body tbody items datasource tabledata result results 数据 值 行 记录"
    ).split()
)
_TITLES = "title label header text cn zh display comment caption columncomment fieldlabel desc name".split()
_NAMES = "dataindex key field prop datakey code col column columnname fieldname name id value".split()
_LEAST_ROWS = 2

type Columns = list[tuple[str, str | None]]
"""What each column is called in rows that are objects, and what it holds."""


def columns_of(table: Mapping[str, Any]) -> tuple[str, Columns]:
    """The key in *table* that tells of the columns of its rows, and these; where none does, empty both."""
    for key, named in table.items():
        if key.lower() not in _COLUMNS or not named:
            continue
        columns: list[tuple[str, str | None] | None] = []
        if isinstance(named, list):
            columns = [_column(each) for each in named]
        elif isinstance(named, dict) and all(isinstance(title, str) for title in named.values()):
            columns = [(name, category_of_key(title)) for name, title in named.items()]
        is_told = isinstance(named, list) or any(column and column[1] for column in columns)
        if columns and is_told and all(column is not None for column in columns):
            return key, [column for column in columns if column is not None]
    return "", []


def is_rows(key: str, value: Any, columns: Columns) -> bool:
    """Whether the rows of a table with *columns* stand under *key*, by that or by how many cells each of them has."""
    if not isinstance(value, list):
        return False
    return key.lower() in _ROWS or (
        bool(value) and all(isinstance(row, list) and len(row) == len(columns) for row in value)
    )


def is_single_row(rows: list[Any], columns: Columns) -> bool:
    """Whether *rows* are the cells of one row: there is one for each of *columns*, and nothing in them."""
    return len(rows) == len(columns) and not any(isinstance(cell, dict | list) for cell in rows)


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
