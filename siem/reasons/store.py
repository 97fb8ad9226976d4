"""Cases and people, by digest, in one SQLite file that only the detecting process writes.

INVARIANT: what is told may come in any order and again: a case is the widest that was told of it. It is open from the
time it has told, closed at the latest time that was told, if any was, and handled by everybody who was ever named.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema, SqliteFile
from siem.reasons.case import Case, People, Told

_SCHEMA = Schema(
    what="the file of cases",
    version=1,
    disposable=False,
    statements=(
        "CREATE TABLE spans (system TEXT NOT NULL, person TEXT NOT NULL, number TEXT NOT NULL, since INTEGER NOT NULL,"
        " until INTEGER, told INTEGER NOT NULL, PRIMARY KEY (system, person, number, since)) WITHOUT ROWID, STRICT",
        "CREATE TABLE handlers (system TEXT NOT NULL, person TEXT NOT NULL, number TEXT NOT NULL,"
        " since INTEGER NOT NULL, handler TEXT NOT NULL,"
        " PRIMARY KEY (system, person, number, since, handler)) WITHOUT ROWID, STRICT",
        "CREATE TABLE sources (system TEXT NOT NULL, source TEXT NOT NULL, first INTEGER NOT NULL,"
        " last INTEGER NOT NULL, PRIMARY KEY (system, source)) WITHOUT ROWID, STRICT",
        "CREATE TABLE people (kind TEXT NOT NULL, person TEXT NOT NULL, caller TEXT NOT NULL,"
        " PRIMARY KEY (kind, person, caller)) WITHOUT ROWID, STRICT",
        "CREATE TABLE lists (kind TEXT PRIMARY KEY, as_of INTEGER NOT NULL) WITHOUT ROWID, STRICT",
        "CREATE TABLE judged (system TEXT PRIMARY KEY, up_to INTEGER NOT NULL) WITHOUT ROWID, STRICT",
    ),
)
_AT_ONCE = 400
_ALWAYS = 0
_LATEST = (
    "until = CASE WHEN until IS NULL THEN excluded.until WHEN excluded.until IS NULL THEN until"
    " ELSE max(until, excluded.until) END, told = max(told, excluded.told)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """Since when, and up to when, somebody has told of the cases of a system."""

    first: datetime
    last: datetime


class CaseStore:
    """The cases in the file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=60)) -> None:
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.timeout = timeout

    def take(self, told: Told) -> None:
        """Keep what was told: all of it is on the disk when this returns, or none."""
        as_of = micros(told.as_of)
        with self._file.writing(self.timeout) as writer:
            if told.kind is not None:
                _replace_people(writer, told, as_of)
                return
            keys = [(told.system, each.person, each.number, _since(each)) for each in told.cases]
            writer.executemany(
                f"INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {_LATEST}",  # noqa: S608
                [
                    (*key, None if each.until is None else micros(each.until), as_of)
                    for key, each in zip(keys, told.cases, strict=True)
                ],
            )
            writer.executemany(
                "INSERT OR IGNORE INTO handlers VALUES (?, ?, ?, ?, ?)",
                [(*key, handler) for key, each in zip(keys, told.cases, strict=True) for handler in each.handlers],
            )
            writer.execute(
                "INSERT INTO sources VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET first = min(first, excluded.first), last = max(last, excluded.last)",
                (told.system, told.source, as_of, as_of),
            )

    def cases_of(self, system: str, persons: Collection[str]) -> dict[str, list[Case]]:
        """The cases that each of *persons*, who are digests, has or had with *system*; of who has none nothing."""
        found: dict[str, list[Case]] = {}
        wanted = sorted(persons)
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            for case in self._cases(system, part):
                found.setdefault(case.person, []).append(case)
        return found

    def _cases(self, system: str, persons: Sequence[str]) -> Iterator[Case]:
        rows = self._read(
            "SELECT person, number, since, until, json_group_array(handler) FROM spans"  # noqa: S608
            " JOIN handlers USING (system, person, number, since)"
            f" WHERE system = ? AND person IN ({', '.join('?' * len(persons))}) GROUP BY 1, 2, 3, 4",
            (system, *persons),
        )
        for person, number, since, until, handlers in rows:
            yield Case(
                person=person,
                number=number,
                since=None if since == _ALWAYS else moment(since),
                until=None if until is None else moment(until),
                handlers=tuple(sorted(orjson.loads(handlers))),
            )

    def source(self, system: str, source: str) -> Source | None:
        """Since when, and up to when, *source* has told; None where it never did."""
        rows = self._read("SELECT first, last FROM sources WHERE system = ? AND source = ?", (system, source))
        return Source(moment(rows[0][0]), moment(rows[0][1])) if rows else None

    def people(self, kind: People) -> dict[str, frozenset[str]]:
        """The people of *kind*, by digest, each with the callers whose it is."""
        found: dict[str, set[str]] = {}
        for person, caller in self._read("SELECT person, caller FROM people WHERE kind = ?", (kind,)):
            found.setdefault(person, set()).add(caller)
        return {person: frozenset(callers) for person, callers in found.items()}

    def count(self, system: str) -> int:
        """How many cases of *system* are kept, closed ones as well."""
        ((count,),) = self._read("SELECT count(*) FROM spans WHERE system = ?", (system,)) or ((0,),)
        return int(count)

    def count_people(self, kind: People) -> int:
        """How many people of *kind* are known."""
        rows = self._read("SELECT count(DISTINCT person) FROM people WHERE kind = ?", (kind,))
        return int(rows[0][0]) if rows else 0

    def judged_to(self, system: str) -> datetime | None:
        """Before when every look at *system* was judged; None where none ever was."""
        rows = self._read("SELECT up_to FROM judged WHERE system = ?", (system,))
        return moment(rows[0][0]) if rows else None

    def note_judged(self, system: str, up_to: datetime) -> None:
        """Remember what `judged_to` tells."""
        with self._file.writing(self.timeout) as writer:
            writer.execute("INSERT OR REPLACE INTO judged VALUES (?, ?)", (system, micros(up_to)))

    def forget_before(self, system: str, ended: datetime) -> None:
        """Forget the cases of *system* that ended, or were told of last, before that."""
        gone = "system = ? AND coalesce(until, told) < ? AND told < ?"
        values = (system, micros(ended), micros(ended))
        if not self._read(f"SELECT 1 FROM spans WHERE {gone} LIMIT 1", values):  # noqa: S608
            return
        with self._file.writing(self.timeout) as writer:
            those = f"SELECT system, person, number, since FROM spans WHERE {gone}"  # noqa: S608
            writer.execute(f"DELETE FROM handlers WHERE (system, person, number, since) IN ({those})", values)  # noqa: S608
            writer.execute(f"DELETE FROM spans WHERE {gone}", values)  # noqa: S608

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _read(self, sql: str, values: Sequence[str | int]) -> list[Any]:
        path = self._file.path
        if self._file.read_only and (not path.exists() or not path.stat().st_size):
            return []  # nobody has written yet
        return self._file.read(sql, values, self.timeout)


def _replace_people(writer: sqlite3.Connection, told: Told, as_of: int) -> None:
    """A list of people is told as a whole: the newest one stands."""
    ((newest,),) = writer.execute("SELECT max(as_of) FROM lists WHERE kind = ?", (told.kind,)).fetchall() or ((None,),)
    if newest is not None and newest > as_of:
        return
    writer.execute("DELETE FROM people WHERE kind = ?", (told.kind,))
    writer.executemany(
        "INSERT OR IGNORE INTO people VALUES (?, ?, ?)", [(told.kind, each.person, each.caller) for each in told.people]
    )
    writer.execute("INSERT OR REPLACE INTO lists VALUES (?, ?)", (told.kind, as_of))


def _since(case: Case) -> int:
    return _ALWAYS if case.since is None else max(1, micros(case.since))
