"""`siem.index.counts` asked of the tables of `siem/index/sqlite_day.py`, one of which is kept up for it.

To count the events of a week a file of SQLite reads all of them. So what is asked again and again is counted when an
event comes in, by the hour: the same transaction adds both.
"""

import functools
import itertools
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from siem.index.condition import AllOf, Condition, In, Is, fold, is_searched, matches, values_of
from siem.index.counts import MOST_COUNTS, STANDING, Breakdown
from siem.index.fields import FIELDS
from siem.index.sqlite_file import SqliteFile, Value
from siem.index.sqlite_query import LISTED, sql_of
from siem.index.store import StoreUnavailable
from siem.record.ecs import Document

HOUR = 3_600_000_000
TABLE = (
    "CREATE TABLE tallies (question INTEGER NOT NULL, hour INTEGER NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL,"
    " events INTEGER NOT NULL, PRIMARY KEY (question, hour, one, other)) WITHOUT ROWID, STRICT"
)

type Span = tuple[int, int]
type Row = tuple[int, tuple[str, ...], int]
"""Which interval, which values, how many events."""


def add_tallies(writer: sqlite3.Connection, events: Iterable[tuple[int, Document]]) -> None:
    """Count *events*, each with its time, which are new."""
    alike = Counter((at // HOUR, tuple(_held(document, path) for path in _PATHS)) for at, document in events)
    found: Counter[tuple[int, int, str, str]] = Counter()
    for (hour, held), number in alike.items():
        for question, one, other in _tallied(held):
            found[question, hour, one, other] += number
    writer.executemany(
        "INSERT INTO tallies VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (question, hour, one, other) DO UPDATE SET events = events + excluded.events",
        [(*key, number) for key, number in found.items()],
    )


def counts(file: SqliteFile, asked: Breakdown, span: Span, origin: int, every: int, timeout: timedelta) -> list[Row]:
    """The rows of *asked* within *span*, in intervals of *every* from *origin* on; 0: all in one.

    Raises StoreUnavailable, also for more than `MOST_COUNTS` rows.
    """
    whole_hours = not (span[0] % HOUR or span[1] % HOUR or origin % HOUR or every % HOUR)
    select, values = (
        _kept(STANDING.index(asked), span, origin, every)
        if asked in STANDING and whole_hours
        else _counted(asked, span, origin, every)
    )
    rows = file.read(f"{select} LIMIT {MOST_COUNTS + 1}", values, timeout)
    if len(rows) > MOST_COUNTS:
        raise StoreUnavailable(f"the answer has more than {MOST_COUNTS} parts")
    return [(row[0], tuple(row[1 : 1 + len(asked.fields)]), row[-1]) for row in rows]


def _held(document: Document, path: Sequence[str]) -> Value | tuple[Value, ...]:
    """What *document* has in one of the fields that standing questions are about, to be a part of a key."""
    found: Any = document
    for key in path:
        if not isinstance(found, Mapping) or (found := found.get(key)) is None:
            return None
    return tuple(found) if isinstance(found, list) else found


@functools.lru_cache(maxsize=8_192)
def _tallied(held: tuple[Value | tuple[Value, ...], ...]) -> tuple[tuple[int, str, str], ...]:
    """Of an event that has this in those fields: which questions it is counted in, and under which values.

    Most events are like others: the same caller, system and categories come again within the hour.
    """
    document: dict[str, Any] = {}
    for (*path, leaf), value in zip(_PATHS, held, strict=True):
        level = document
        for key in path:
            level = level.setdefault(key, {})
        if value is not None:
            level[leaf] = list(value) if isinstance(value, tuple) else value
    found = []
    for number, asked in enumerate(STANDING):
        if matches(asked.condition, document):
            each = [sorted(_folded(document, name)) or [""] for name in asked.fields]
            found += [(number, values[0], "".join(values[1:])) for values in itertools.product(*each)]
    return tuple(found)


def _folded(document: Document, name: str) -> set[str]:
    return {fold(value) for value in values_of(document, name) if isinstance(value, str) and is_searched(value)}


def _names_in(condition: Condition) -> Iterator[str]:
    """The fields that a standing question tests."""
    match condition:
        case Is(name) | In(name):
            yield name
        case AllOf(parts):
            for part in parts:
                yield from _names_in(part)
        case _:
            raise ValueError("a standing question is asked by values alone")


_PATHS = tuple(
    tuple(name.split("."))
    for name in sorted({name for asked in STANDING for name in (*asked.fields, *_names_in(asked.condition))})
)


def _kept(number: int, span: Span, origin: int, every: int) -> tuple[str, tuple[int, ...]]:
    interval = "(hour - ?) / ?" if every else "0"
    by = (origin // HOUR, every // HOUR) if every else ()
    select = (
        f"SELECT {interval}, one, other, sum(events) FROM tallies"  # noqa: S608
        " WHERE question = ? AND hour >= ? AND hour < ? GROUP BY 1, 2, 3"
    )
    return select, (*by, number, span[0] // HOUR, span[1] // HOUR)


def _counted(asked: Breakdown, span: Span, origin: int, every: int) -> tuple[str, tuple[str | int, ...]]:
    where, parameters = sql_of(asked.condition)
    interval, by = ("(at - ?) / ?", (origin, every)) if every else ("0", ())
    columns = [f"coalesce({_column(name)}, '')" for name in asked.fields]
    joined = "".join(
        f" LEFT JOIN listed AS each_one ON each_one.event = number AND each_one.field = {LISTED[name]}"
        for name in asked.fields
        if FIELDS[name].listed
    )
    groups = ", ".join(str(place) for place in range(1, 2 + len(columns)))
    select = (
        f"SELECT {', '.join((interval, *columns, 'count(*)'))} FROM events{joined}"  # noqa: S608
        f" WHERE at >= ? AND at < ? AND {where} GROUP BY {groups}"
    )
    return select, (*by, *span, *parameters)


def _column(name: str) -> str:
    return "each_one.value" if FIELDS[name].listed else f'"{name}"'
