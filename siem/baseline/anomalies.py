"""What the baselines have found, and up to when they have judged: one small SQLite file.

The process that watches writes it, the one that raises alerts reads it. What was found is in the file together with how
far it was judged, or neither is: a kill at any moment loses nothing. Whatever is judged again, as after a restart, is
told once: of one caller only news counts within `QUIET`. Holds counts and callers, and no subject.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from siem.baseline.calendar import LOCAL
from siem.baseline.repeat import QUIET
from siem.baseline.score import is_news
from siem.baseline.words import Anomaly, Deviation
from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema, SqliteFile

_SCHEMA = Schema(
    what="the file of what the baselines found",
    version=1,
    disposable=False,
    statements=(
        "CREATE TABLE anomalies (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, caller TEXT NOT NULL,"
        " at INTEGER NOT NULL, found_at INTEGER NOT NULL, grouped TEXT NOT NULL, points REAL NOT NULL,"
        " event TEXT NOT NULL, kinds TEXT NOT NULL, deviations TEXT NOT NULL) STRICT",
        "CREATE INDEX anomalies_by_caller ON anomalies (kind, caller, at)",
        "CREATE TABLE judged (one INTEGER PRIMARY KEY CHECK (one = 1), up_to INTEGER NOT NULL) STRICT",
    ),
)
_SELECT = "SELECT number, kind, caller, at, grouped, points, event, kinds, deviations FROM anomalies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One anomaly in the file."""

    number: int
    """Grows with each."""
    anomaly: Anomaly


class Anomalies:
    """The file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=5)) -> None:
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.timeout = timeout

    def judged_to(self) -> datetime | None:
        """Up to when all events were judged, or None where none ever was."""
        rows = [] if self._file.missing() else self._file.read("SELECT up_to FROM judged", (), self.timeout)
        return moment(rows[0][0]) if rows else None

    def save(self, found: Iterable[Anomaly], judged_to: datetime, now: datetime) -> list[Anomaly]:
        """Keep *found* and how far was judged, all of it or nothing. Returns those that had not been told."""
        new = []
        with self._file.writing(self.timeout) as writer:
            for anomaly in found:
                near = (anomaly.kind, anomaly.caller, *_quiet_around(anomaly.at))
                rows = writer.execute(
                    "SELECT kinds FROM anomalies WHERE kind = ? AND caller = ? AND at > ? AND at < ?", near
                ).fetchall()
                told = {kind for (kinds,) in rows for kind in orjson.loads(kinds)}
                if told and not any(is_news(each, told) for each in anomaly.deviations):
                    continue
                writer.execute(
                    "INSERT INTO anomalies (kind, caller, at, found_at, grouped, points, event, kinds, deviations)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    _row_of(anomaly, now),
                )
                new.append(anomaly)
            writer.execute("INSERT OR REPLACE INTO judged VALUES (1, ?)", (micros(judged_to),))
        return new

    def after(self, number: int, limit: int) -> list[Kept]:
        """At most so many anomalies behind the one with *number*, in the order in which they were found."""
        if self._file.missing():
            return []
        rows = self._file.read(f"{_SELECT} WHERE number > ? ORDER BY number LIMIT ?", (number, limit), self.timeout)
        return [_kept_of(row) for row in rows]

    def number_before(self, found_at: datetime) -> int:
        """The number of the last anomaly that was found before that time; 0 where none was."""
        if self._file.missing():
            return 0
        select = "SELECT coalesce(max(number), 0) FROM anomalies WHERE found_at < ?"
        ((number,),) = self._file.read(select, (micros(found_at),), self.timeout)
        return int(number)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _quiet_around(at: datetime) -> tuple[int, int]:
    """Between which times something that was told of the caller still counts. By days, as the baselines have it."""
    day = at.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return micros(day - QUIET + timedelta(days=1)) - 1, micros(day + QUIET)


def _row_of(anomaly: Anomaly, now: datetime) -> tuple[str | int | float, ...]:
    return (
        anomaly.kind,
        anomaly.caller,
        micros(anomaly.at),
        micros(now),
        anomaly.group,
        anomaly.points,
        anomaly.event,
        orjson.dumps(list(anomaly.kinds)).decode(),
        orjson.dumps([[each.kind, each.points, each.zh, each.en] for each in anomaly.deviations]).decode(),
    )


def _kept_of(row: Sequence[Any]) -> Kept:
    number, kind, caller, at, group, points, event, kinds, deviations = row
    return Kept(
        number=number,
        anomaly=Anomaly(
            caller=caller,
            kind=kind,
            group=group,
            at=moment(at).astimezone(LOCAL),
            points=points,
            event=event,
            kinds=tuple(orjson.loads(kinds)),
            deviations=tuple(
                Deviation(kind=name, points=each, zh=zh, en=en) for name, each, zh, en in orjson.loads(deviations)
            ),
        ),
    )
