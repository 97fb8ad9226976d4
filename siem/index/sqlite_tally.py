"""The events of a day added up, beside the events, so that what cannot be too much need not be read.

A tally is of the events of one caller and address in one bucket of time that have one facet. It is written in the
transaction of its events, and by new ones alone: an event that comes twice is counted once.
"""

import itertools
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b

import orjson

from siem.index.candidates import BUCKET, SUBJECTS
from siem.index.condition import values_of
from siem.index.facet import Facet, facet_of
from siem.index.tally import MARK_BYTES, Sum, Tally
from siem.record.ecs import Document

MOST_FACETS = 20_000
"""A day whose events have more facets is not tallied: its events have too little in common to be added up."""
MOST_FIRSTS = 30_000
"""A statement has so many parameters, and some more."""
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Tallies of one day, by group."""

    group: Sequence[str]
    """The fields that tell groups apart."""
    facets: Mapping[int, tuple[int, tuple[str, ...]]]
    """Which facets they are of, how each is called in what comes back, and its values of those fields of the group
    that a facet holds, which are the last ones.
    """
    buckets: tuple[int, int]
    """From the first to the second."""

    @property
    def keys(self) -> list[str]:
        """The columns that tell the groups apart, beside their facets."""
        return [_KEYS[name] for name in self.group if name in _KEYS]

    @property
    def present(self) -> str:
        """Has a text in each of the columns."""
        return "".join(f" AND typeof({key}) = 'text'" for key in self.keys)

    def places(self) -> dict[int, int]:
        """For each facet the place of its values in the order of all of them."""
        order = {values: place for place, values in enumerate(sorted({values for _, values in self.facets.values()}))}
        return {number: order[values] for number, (_, values) in self.facets.items()}


def sums_in(
    reader: sqlite3.Connection, wanted: Wanted, sets: Sequence[frozenset[int]], least: Collection[Sum]
) -> Iterator[tuple[tuple[str, ...], list[Sum]]]:
    """The groups of what is *wanted*, in their order, and what the tallies of each come to in each of *sets*.

    Groups that come to none of *least* in all sets together are left out.
    """
    places, names = wanted.places(), {}
    rows = []
    for number, (called, values) in wanted.facets.items():
        names[places[number]] = values
        rows.append([number, places[number], *(int(called in facets) for facets in sets)])
    columns = ["number", "place", *(f"in_{each}" for each in range(len(sets)))]
    told = ", ".join(f"value ->> {place} AS {column}" for place, column in enumerate(columns))
    summed = ", ".join(f"sum(in_{each} * events), sum(in_{each} * listed)" for each in range(len(sets)))
    by = ", ".join([*wanted.keys, "place"])
    enough = " OR ".join(["(sum(events) >= ? AND sum(listed) >= ?)"] * len(least))
    select = (
        f"WITH asked AS MATERIALIZED (SELECT {told} FROM json_each(?))"  # noqa: S608
        f" SELECT {by}, {summed} FROM asked CROSS JOIN group_tallies ON facet = number AND bucket BETWEEN ? AND ?"
        f" WHERE 1{wanted.present} GROUP BY {by} HAVING {enough}"
    )
    width = len(wanted.keys)
    for row in reader.execute(select, (orjson.dumps(rows).decode(), *wanted.buckets, *itertools.chain(*least))):
        amounts = row[width + 1 :]
        yield (*row[:width], *names[row[width]]), list(map(Sum, amounts[::2], amounts[1::2]))


def tallies_in(
    reader: sqlite3.Connection, wanted: Wanted, firsts: Collection[str] | None
) -> Iterator[tuple[tuple[str, ...], Tally]]:
    """The tallies that are *wanted*, with their group, in the order of groups.

    Of those groups alone whose first value is one of *firsts* (`MOST_FIRSTS` at most, and some), where it is not None
    and they have columns.
    """
    keys = wanted.keys
    # Each is a parameter: a text of JSON ends for SQLite where it holds the character 0.
    named = list(firsts) if keys and firsts is not None else []
    only = ["AND", keys[0], "IN (", ", ".join("?" * len(named)), ")"] if named else []
    # By facet first, as the tallies lie: what nobody asks about is passed over.
    select = (
        "WITH asked AS MATERIALIZED (SELECT value ->> 0 AS number, value ->> 1 AS place FROM json_each(?))"  # noqa: S608
        f" SELECT {', '.join([*keys, 'bucket, facet, events, listed, caller, address, subjects'])}"
        " FROM asked CROSS JOIN group_tallies ON facet = number"
        f" AND bucket BETWEEN ? AND ? WHERE 1{wanted.present} {' '.join(only)} ORDER BY {', '.join([*keys, 'place'])}"
    )
    width = len(keys)
    asked = orjson.dumps(list(wanted.places().items())).decode()
    for row in reader.execute(select, (asked, *wanted.buckets, *named)):
        bucket, facet, *others = row[width:]
        number, values = wanted.facets[facet]
        yield (*row[:width], *values), Tally(bucket, number, *others)


def totals_in(reader: sqlite3.Connection, wanted: Wanted) -> Iterator[tuple[tuple[str, ...], Tally]]:
    """The tallies that are *wanted* of a group without columns: those of one bucket and facet together.

    Not of whom they are and whom they showed.
    """
    select = (
        "SELECT bucket, sum(events), sum(listed) FROM group_tallies WHERE facet = ? AND bucket BETWEEN ? AND ?"
        " GROUP BY bucket"
    )
    for facet, (number, values) in sorted(wanted.facets.items(), key=lambda each: each[1][1]):
        for bucket, events, listed in reader.execute(select, (facet, *wanted.buckets)):
            yield values, Tally(bucket, number, events, listed, None, None, None)


def _facet_of(told: str) -> Facet:
    return tuple(orjson.loads(told))


def _marks(subjects: Iterable[str]) -> bytes | None:
    """Stand-ins of *subjects*, of which two are the same once in 2^64."""
    marks = b"".join(
        blake2b(subject.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest() for subject in subjects
    )
    return marks if len(marks) <= _MARKS_BYTES else None
