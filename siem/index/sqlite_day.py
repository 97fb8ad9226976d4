"""One day of the SQLite index: a file with a table of events and one of the values of fields that have several."""

import contextlib
import functools
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import orjson

from siem.index.condition import lies_in, pattern_of
from siem.index.counts import Breakdown
from siem.index.fields import FIELDS, Kind
from siem.index.sightings import Sample, Seer, Sighting
from siem.index.sqlite_counts import TABLE, Row, add_tallies, counts
from siem.index.sqlite_file import Schema, SqliteFile, Value
from siem.index.sqlite_query import LISTED, Sql, indexed
from siem.index.sqlite_sighted import STATEMENTS as SIGHTED
from siem.index.sqlite_sighted import add_sighted
from siem.index.sqlite_sightings import Span, add_to, day_of, events_in, sightings, subjects_of
from siem.index.sqlite_tally import STATEMENTS as TALLIES
from siem.index.sqlite_tally import Tallies
from siem.index.strict import Checked
from siem.record.ecs import Document
from siem.record.event import EventId

PAGE = 200
"""Events read at a time: what a search holds in memory."""

_IDLE = 2
"""Readers that are kept: who asks for one page after the other does not open the file for each."""
_FILTERS = (
    "event.action",
    "event.reason",
    "service.name",
    "yingbi.caller_kind",
    "yingbi.credential",
    "yingbi.disclosure",
    "yingbi.limit",
    "yingbi.operation",
    "yingbi.verdict",
)
"""What people narrow a search by, and what its timeline is drawn from. They stand in the index by time, so that looking
through a month reads a tenth of its bytes, and a document only where it is shown."""
_COLUMNS = tuple(name for name in FIELDS if name not in LISTED)
_INSERT = (
    "INSERT OR IGNORE INTO events (id, at, document, "  # noqa: S608
    + ", ".join(f'"{name}"' for name in _COLUMNS)
    + f") VALUES ({', '.join('?' * (3 + len(_COLUMNS)))})"
)


class Day:
    """The events of one day, in the file at *path*. Times are microseconds since 1970.

    Any failure is StoreUnavailable.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._file = SqliteFile(path, SCHEMA, read_only=read_only, idle=_IDLE)
        self._tallies = Tallies()
        self._whole = day_of(path)

    def append(self, events: Iterable[tuple[int, Checked]], timeout: timedelta) -> tuple[int, list[int]]:
        """How many of *events*, each with its time, were new; and the places of those whose id another event has."""
        others: list[int] = []
        try:
            with self._file.writing(timeout) as writer:
                new = list(_inserted(writer, events, others))
                add_tallies(writer, new)
                self._tallies.add(writer, new)
                add_sighted(writer, new)
        except BaseException:
            self._tallies.forget()
            raise
        return len(new), others

    def pages(self, condition: Sql, at: int, until: int, timeout: timedelta) -> Iterator[Document]:
        """The events with at <= time < until that satisfy *condition*, by time and id, read in pages."""
        where, values = condition
        select = (
            f"SELECT at, id, document FROM events WHERE at >= ? AND at < ? AND (at, id) > (?, ?) AND {where}"  # noqa: S608
            f" ORDER BY at, id LIMIT {PAGE}"
        )
        last = ""
        while True:
            rows = self._file.read(select, (at, until, at, last, *values), timeout)
            yield from (orjson.loads(document) for _, _, document in rows)
            if len(rows) < PAGE:
                return
            at, last, _ = rows[-1]

    def count(self, condition: Sql, at: int, until: int, timeout: timedelta) -> int:
        """How many events `pages` would yield."""
        where, values = condition
        select = f"SELECT count(*) FROM events WHERE at >= ? AND at < ? AND {where}"  # noqa: S608
        ((number,),) = self._file.read(select, (at, until, *values), timeout)
        return int(number)

    def latest(
        self, condition: Sql, span: Span, before: tuple[int, str], most: int, timeout: timedelta
    ) -> list[Document]:
        """The last *most* of the events within *span* that satisfy *condition* and come before *before*, last first."""
        where, values = condition
        select = (
            f"SELECT document FROM events WHERE at >= ? AND at < ? AND (at, id) < (?, ?) AND {where}"  # noqa: S608
            f" ORDER BY at DESC, id DESC LIMIT {most:d}"
        )
        return [orjson.loads(document) for (document,) in self._file.read(select, (*span, *before, *values), timeout)]

    def counts(self, asked: Breakdown, span: Span, origin: int, every: int, timeout: timedelta) -> list[Row]:
        """The rows of *asked*; see `siem.index.sqlite_counts`."""
        return counts(self._file, asked, span, origin, every, timeout)

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """The event with that id, or None."""
        rows: Sequence[tuple[bytes]] = self._file.read("SELECT document FROM events WHERE id = ?", (event,), timeout)
        if not rows:
            return None
        found: Document = orjson.loads(rows[0][0])
        return found

    def newest(self, timeout: timedelta) -> int | None:
        """The latest time, or None where there is no event."""
        ((at,),) = self._file.read("SELECT max(at) FROM events", (), timeout)
        return None if at is None else int(at)

    def sightings(self, subjects: Collection[str], span: Span, timeout: timedelta) -> Iterator[Sighting]:
        """The sightings of *subjects* within *span*."""
        return sightings(self._file, subjects, self._asked(span), timeout)

    def subjects_of(self, seer: Seer, span: Span, timeout: timedelta) -> set[str]:
        """Whom *seer* was shown in clear within *span*."""
        return subjects_of(self._file, seer, self._asked(span), timeout)

    def events(self, timeout: timedelta) -> int:
        """How many events there are."""
        return events_in(self._file, timeout)

    def sample(self, into: Sample, epochs: Collection[str], parts: int, span: Span, timeout: timedelta) -> None:
        """Add what the day knows to a sample of subjects."""
        add_to(into, self._file, epochs, parts, self._asked(span), timeout)

    def _asked(self, span: Span) -> Span | None:
        """*span*, or None where it holds all of the day."""
        return None if span[0] <= self._whole[0] and self._whole[1] <= span[1] else span

    def tallying(self, timeout: timedelta) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """A connection to read the tallies of the day by."""
        return self._file.reading(timeout)

    def version(self, timeout: timedelta) -> int:
        """By which version of the schema the file was made; 0 where its making was not finished."""
        ((version,),) = self._file.read("PRAGMA user_version", (), timeout)
        return int(version)

    def rest(self) -> None:
        """Keep nothing open that is not being used."""
        self._file.rest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _inserted(
    writer: sqlite3.Connection, events: Iterable[tuple[int, Checked]], others: list[int]
) -> Iterator[tuple[int, Document]]:
    """Insert *events*. Those that are new, each with its time; *others* is told of those whose id another event has."""
    listed: list[tuple[int, int, str | int]] = []
    for at, right in events:
        document = right.document
        columns = (found[0] if (found := indexed(document, name)) else None for name in _COLUMNS)
        done = writer.execute(_INSERT, (document["event"]["id"], at, right.body, *columns))
        if not done.rowcount:
            if _is_another(writer, right):
                others.append(right.place)
            continue
        assert done.lastrowid is not None
        for name, number in LISTED.items():
            listed += [(done.lastrowid, number, value) for value in indexed(document, name)]
        yield at, document
    writer.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", listed)


def _is_another(writer: sqlite3.Connection, right: Checked) -> bool:
    """Whether the event that is indexed under that id is none that comes again. Asked of no event that is new."""
    ((body,),) = writer.execute("SELECT document FROM events WHERE id = ?", (right.document["event"]["id"],))
    return bool(body != right.body and orjson.loads(body) != orjson.loads(right.body))


@functools.lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return pattern_of(text)


def _fits(value: Value, pattern: str) -> bool:
    return isinstance(value, str) and _pattern(pattern).fullmatch(value) is not None


SCHEMA = Schema(
    what="the index",
    version=12,
    disposable=False,
    functions={"fits": _fits, "lies_in": lies_in},
    statements=(
        "CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,"
        " document BLOB NOT NULL, "
        + ", ".join(f'"{name}" {"INTEGER" if FIELDS[name].kind is Kind.NUMBER else "TEXT"}' for name in _COLUMNS)
        + ") STRICT",
        "CREATE TABLE listed (event INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (event, field, value)) WITHOUT ROWID, STRICT",
        TABLE,
        f"CREATE INDEX events_by_time ON events (at, id, {', '.join(f'"{name}"' for name in _FILTERS)})",
        'CREATE INDEX events_by_caller ON events ("user.id", at, id)',
        'CREATE INDEX events_by_address ON events ("source.ip", at, id)',
        'CREATE INDEX events_by_reason ON events ("event.reason", at, id) WHERE "event.reason" IS NOT NULL',
        'CREATE INDEX events_by_exchange ON events ("yingbi.exchange", at, id)',
        'CREATE INDEX events_by_mark ON events ("yingbi.mark", at) WHERE "yingbi.mark" IS NOT NULL',
        *(
            f"CREATE INDEX events_by_{name} ON listed (value, event) WHERE field = {LISTED[f'yingbi.{name}s']}"
            for name in ("subject", "former_subject")
        ),
        *TALLIES,
        *SIGHTED,
    ),
)
