"""The events of a day added up, beside the events, so that what cannot be too much need not be read.

A tally is of the events of one caller and address in one bucket of time that have one facet. It is written in the
transaction of its events, and by new ones alone: an event that comes twice is counted once.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b

import orjson

from siem.index.candidates import BUCKET, SUBJECTS
from siem.index.condition import values_of
from siem.index.facet import Facet, facet_of
from siem.index.tally import MARK_BYTES, Tally
from siem.record.ecs import Document

MOST_FACETS = 20_000
"""A day whose events have more facets is not tallied: its events have too little in common to be added up."""
_BUCKET = BUCKET // timedelta(microseconds=1)
_MARKS_BYTES = 2_048
"""So much is kept of whom the events of a tally showed. Of more only how many lists had."""
_ABSENT = 0
"""In the place of a caller or an address, which are texts."""

STATEMENTS = (
    "CREATE TABLE facets (number INTEGER PRIMARY KEY, told TEXT NOT NULL UNIQUE) STRICT",
    "CREATE TABLE group_tallies (facet INTEGER NOT NULL, bucket INTEGER NOT NULL, caller ANY NOT NULL,"
    " address ANY NOT NULL, events INTEGER NOT NULL, listed INTEGER NOT NULL, subjects BLOB,"
    " PRIMARY KEY (facet, bucket, caller, address)) WITHOUT ROWID, STRICT",
)
_ADD = f"""
    INSERT INTO group_tallies VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        events = events + excluded.events,
        listed = listed + excluded.listed,
        subjects = CASE WHEN length(subjects) + length(excluded.subjects) <= {_MARKS_BYTES}
            THEN CAST(subjects || excluded.subjects AS BLOB) END
"""  # noqa: S608
_KEYS = {"user.id": "caller", "source.ip": "address"}
"""What a tally has of the fields that tell groups apart; the others are of its facet."""

type _Place = tuple[int, int, str | int, str | int]


@dataclass(slots=True)
class _Sum:
    events: int = 0
    listed: int = 0
    subjects: set[str] = field(default_factory=set)


class Tallies:
    """Adds new events to the tallies of one day. The numbers of its facets are remembered between transactions."""

    def __init__(self) -> None:
        self._numbers: dict[Facet, int] = {}
        self._full = False

    def forget(self) -> None:
        """Read again what the file has: a transaction was undone."""
        self._numbers.clear()

    def add(self, writer: sqlite3.Connection, events: Iterable[tuple[int, Document]]) -> None:
        """Add *events*, each with its time in microseconds since 1970, in the transaction of *writer*."""
        if not self._numbers:
            self._numbers = {_facet_of(told): number for number, told in writer.execute("SELECT * FROM facets")}
        if len(self._numbers) > MOST_FACETS:
            return
        sums: defaultdict[_Place, _Sum] = defaultdict(_Sum)
        for at, document in events:
            caller = document.get("user", {}).get("id", _ABSENT)
            address = document.get("source", {}).get("ip", _ABSENT)
            place = (self._number_of(writer, facet_of(document)), at // _BUCKET, caller, address)
            summed = sums[place]
            summed.events += 1
            for subject in values_of(document, SUBJECTS):
                summed.listed += 1
                summed.subjects.add(subject)
        rows = ((*place, each.events, each.listed, _marks(each.subjects)) for place, each in sums.items())
        writer.executemany(_ADD, rows)

    def _number_of(self, writer: sqlite3.Connection, facet: Facet) -> int:
        number = self._numbers.get(facet)
        if number is None:
            told = orjson.dumps(facet).decode()
            done = writer.execute("INSERT INTO facets VALUES (NULL, ?)", (told,))
            assert done.lastrowid is not None
            number = self._numbers[facet] = done.lastrowid
        return number


def facets_in(reader: sqlite3.Connection) -> dict[int, Facet] | None:
    """The facets of the events of a day by their number, or None where it is not tallied."""
    facets = {number: _facet_of(told) for number, told in reader.execute("SELECT number, told FROM facets")}
    return facets if len(facets) <= MOST_FACETS else None


def tallies_in(
    reader: sqlite3.Connection,
    group: Sequence[str],
    facets: Mapping[int, tuple[int, Sequence[str]]],
    buckets: tuple[int, int],
    *,
    whole: bool,
) -> Iterator[tuple[tuple[str, ...], Tally]]:
    """The tallies of *facets* from the first to the second of *buckets*, with their group, in the order of groups.

    *facets* says how each is called in what comes back, and the values of those fields of the *group* that it holds,
    which are the last ones. Unless *whole*, the tallies of one bucket and facet are together, and not of whom they are
    and whom they showed.
    """
    order = {values: place for place, values in enumerate(sorted({tuple(values) for _, values in facets.values()}))}
    asked = [(number, order[tuple(values)]) for number, (_, values) in facets.items()]
    keys = [_KEYS[name] for name in group if name in _KEYS]
    sorting = [*keys, "place"]
    rest = "events, listed, caller, address, subjects" if whole else "sum(events), sum(listed), NULL, NULL, NULL"
    together = "" if whole else f"GROUP BY {', '.join([*sorting, 'bucket', 'facet'])}"
    present = "".join(f" AND typeof({key}) = 'text'" for key in keys)
    # By facet first, as the tallies lie: what nobody asks about is passed over.
    select = (
        "WITH asked AS (SELECT value ->> 0 AS number, value ->> 1 AS place FROM json_each(?))"  # noqa: S608
        f" SELECT {', '.join([*keys, 'bucket', 'facet', rest])} FROM asked CROSS JOIN group_tallies ON facet = number"
        f" AND bucket BETWEEN ? AND ? WHERE 1{present} {together} ORDER BY {', '.join(sorting)}"
    )
    width = len(keys)
    for row in reader.execute(select, (orjson.dumps(asked).decode(), *buckets)):
        bucket, facet, *others = row[width:]
        number, values = facets[facet]
        yield (*row[:width], *values), Tally(bucket, number, *others)


def _facet_of(told: str) -> Facet:
    return tuple(orjson.loads(told))


def _marks(subjects: Iterable[str]) -> bytes | None:
    """Stand-ins of *subjects*, of which two are the same once in 2^64."""
    marks = b"".join(
        blake2b(subject.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest() for subject in subjects
    )
    return marks if len(marks) <= _MARKS_BYTES else None
