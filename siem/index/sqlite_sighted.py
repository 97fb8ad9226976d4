"""Who was shown whom on one day, added up beside the events: a trace of a thousand people over a year reads no event.

A row is of one subject, one seer and one form. It is written in the transaction of its events, and by new ones alone:
an event that comes twice is counted once. Who asks for a part of the day is answered from the events.
"""

import sqlite3
from collections.abc import Iterable

from siem.index.condition import fold
from siem.index.sqlite_query import indexed
from siem.record.ecs import Document
from siem.record.event import Disclosure

STATEMENTS = (
    "CREATE TABLE sighted (subject TEXT NOT NULL, caller TEXT NOT NULL, address TEXT NOT NULL,"
    " is_clear INTEGER NOT NULL, events INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " PRIMARY KEY (subject, caller, address, is_clear)) WITHOUT ROWID, STRICT",
    "CREATE INDEX sighted_by_seer ON sighted (caller, address, subject) WHERE is_clear",
)
_ADD = """
    INSERT INTO sighted VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        events = events + excluded.events, first = min(first, excluded.first), last = max(last, excluded.last)
"""

type _Key = tuple[str | int, str | int, str | int, bool]


def add_sighted(writer: sqlite3.Connection, events: Iterable[tuple[int, Document]]) -> None:
    """Add *events*, each with its time in microseconds since 1970, in the transaction of *writer*."""
    added: dict[_Key, tuple[int, int, int]] = {}
    for at, document in events:
        subjects = {*indexed(document, "yingbi.subjects")}
        if not subjects:
            continue
        caller = _first(document, "user.id")
        address = "" if caller else _first(document, "source.ip")
        is_clear = _first(document, "yingbi.disclosure") == fold(Disclosure.CLEAR)
        for subject in subjects:
            key = subject, caller, address, is_clear
            number, first, last = added.get(key, (0, at, at))
            added[key] = number + 1, min(first, at), max(last, at)
    # In the order of the table: a row finds its neighbours still in memory.
    writer.executemany(_ADD, ((*key, *added[key]) for key in sorted(added)))


def _first(document: Document, name: str) -> str | int:
    found = indexed(document, name)
    return found[0] if found else ""
