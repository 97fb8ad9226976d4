"""Alerts: findings worth a person, kept in one SQLite file that only the detecting process writes.

An alert is about one rule and one group and lasts while findings keep coming. Whatever is told to the file twice is in
it once, so a detector that was killed may go over the same events again. Subjects are held as digests, to be counted.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NewType

import orjson

from siem.detect.correlate import key_of
from siem.detect.definition import Advice, Finding, Group, Level, RuleId
from siem.index.condition import values_of
from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema, SqliteFile
from siem.record.ecs import Document
from siem.record.event import EventId

AlertId = NewType("AlertId", str)
"""`A-` and a running number."""

FRESH = timedelta(hours=1)
"""A finding that comes so long after the last one joins its alert."""
SAMPLE = 5
"""Of how many events at either end an alert names the ids."""

_CHUNK = 200
_LONGEST_NUMBER = 18
"""Digits: SQLite counts in 64 bits."""
_COLUMNS = (
    "number, sequence, rule, rule_name, title, level, grouped, raised_at, first_at, last_at, event_count,"
    " subject_count, respond, automatic, zh, en"
)
_SCHEMA = Schema(
    what="the file of alerts",
    version=1,
    disposable=False,
    statements=(
        "CREATE TABLE alerts (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, rule TEXT NOT NULL,"
        " rule_name TEXT NOT NULL, title TEXT NOT NULL, level TEXT NOT NULL, grouped TEXT NOT NULL,"
        " raised_at INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,"
        " event_count INTEGER NOT NULL, subject_count INTEGER NOT NULL, respond TEXT NOT NULL,"
        " automatic INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, first_hit INTEGER NOT NULL,"
        " last_hit INTEGER NOT NULL, covered_from INTEGER NOT NULL, covered_to INTEGER NOT NULL) STRICT",
        "CREATE INDEX alerts_by_group ON alerts (rule, grouped, last_hit)",
        "CREATE TABLE events (alert INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,"
        " PRIMARY KEY (alert, at, event)) WITHOUT ROWID, STRICT",
        "CREATE TABLE subjects (alert INTEGER NOT NULL, subject TEXT NOT NULL,"
        " PRIMARY KEY (alert, subject)) WITHOUT ROWID, STRICT",
        "CREATE TABLE detected (one INTEGER PRIMARY KEY CHECK (one = 1), up_to INTEGER NOT NULL) STRICT",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Findings of one rule about one group, and what they are about."""

    id: AlertId
    sequence: int
    """Grows with every change of any alert."""
    rule: RuleId
    rule_name: str
    title: str
    level: Level
    group: Mapping[str, str | int]
    raised_at: datetime
    """When it was first noticed."""
    first_at: datetime
    """Of the first event that belongs to it."""
    last_at: datetime
    event_count: int
    subject_count: int
    """Different subjects in those events."""
    events: Sequence[EventId]
    """The first and the last few."""
    respond: str
    automatic: bool
    what_to_do: Advice


class AlertStore:
    """The alerts in the file at *path*. Any failure is StoreUnavailable."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        fresh: timedelta = FRESH,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.fresh = fresh
        self.timeout = timeout

    def evidence_from(self, finding: Finding) -> datetime:
        """From when on events have to be read so that, with those the alert has, none of the finding is missing."""
        found = self._file.read(*_joined_by(finding, self.fresh), self.timeout)
        if not found:
            return finding.start
        _, covered_from, covered_to = found[0]
        if micros(finding.start) < covered_from:
            return finding.start
        return moment(min(max(micros(finding.new_from), covered_from), covered_to))

    def join(self, finding: Finding, evidence: Iterable[Document], now: datetime) -> Alert:
        """The alert that *finding* joined or, if none was fresh, became.

        *evidence*: the events of the group that satisfy the rule, from `evidence_from` to the finding's end, in order.
        They are taken in small transactions; where it breaks off, the same finding takes it up again. A finding that
        is fresh to two alerts joins the later one.
        """
        rest = iter(evidence)
        chunk, following = list(islice(rest, _CHUNK)), list(islice(rest, _CHUNK))
        while following:
            self._join_chunk(finding, chunk, now, last=False)
            chunk, following = following, list(islice(rest, _CHUNK))
        alert = self.get(self._join_chunk(finding, chunk, now, last=True))
        assert alert is not None, "alerts are never deleted"
        return alert

    def get(self, alert: AlertId) -> Alert | None:
        """The alert called *alert*, or None."""
        number = alert.removeprefix("A-")
        is_one = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
        found = self._select("WHERE number = ?", int(number)) if is_one else []
        return found[0] if found else None

    def since(self, sequence: int) -> list[Alert]:
        """The alerts that were made or changed after the one with *sequence*, in the order of their last change."""
        return self._select("WHERE sequence > ? ORDER BY sequence", sequence)

    def sequence(self) -> int:
        """The `sequence` of the alert that changed last; 0 where there is none."""
        ((newest,),) = self._file.read("SELECT coalesce(max(sequence), 0) FROM alerts", (), self.timeout)
        return int(newest)

    def latest(self, limit: int = 100) -> list[Alert]:
        """The alerts raised last, newest first."""
        return self._select("ORDER BY number DESC LIMIT ?", limit)

    def detected_to(self) -> datetime | None:
        """Up to when all events were looked at, or None where none ever was."""
        rows = self._file.read("SELECT up_to FROM detected", (), self.timeout)
        return moment(rows[0][0]) if rows else None

    def note_detected(self, up_to: datetime) -> None:
        """Remember what `detected_to` tells."""
        with self._file.writing(self.timeout) as writer:
            writer.execute("INSERT OR REPLACE INTO detected VALUES (1, ?)", (micros(up_to),))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _join_chunk(self, finding: Finding, chunk: Sequence[Document], now: datetime, *, last: bool) -> AlertId:
        times = [key_of(document)[0] for document in chunk] or [finding.first_at, finding.last_at]
        first, to = micros(times[0]), micros(times[-1])
        with self._file.writing(self.timeout) as writer:
            found = writer.execute(*_joined_by(finding, self.fresh)).fetchall()
            number = found[0][0] if found else _insert(writer, finding, first, to, now)
            new = _add(writer, number, chunk)
            if any(new):
                writer.execute(
                    "UPDATE alerts SET event_count = event_count + ?, subject_count = subject_count + ?,"  # noqa: S608
                    f" first_at = min(first_at, ?), last_at = max(last_at, ?), sequence = {_NEXT} WHERE number = ?",
                    (*new, first, to, number),
                )
            writer.execute("UPDATE alerts SET covered_to = max(covered_to, ?) WHERE number = ?", (to, number))
            if last:
                writer.execute(
                    "UPDATE alerts SET first_hit = min(first_hit, ?), last_hit = max(last_hit, ?),"
                    " covered_from = min(covered_from, ?), covered_to = max(covered_to, ?) WHERE number = ?",
                    (*map(micros, (finding.first_at, finding.last_at, finding.start, finding.last_at)), number),
                )
        return AlertId(f"A-{number:06d}")

    def _select(self, rest: str, value: int) -> list[Alert]:
        if self._file.missing():
            return []
        select = f"SELECT {_COLUMNS}, {_ends('')}, {_ends(' DESC')} FROM alerts {rest}"  # noqa: S608
        return [_alert_of(row) for row in self._file.read(select, (value,), self.timeout)]


_NEXT = "(SELECT coalesce(max(sequence), 0) + 1 FROM alerts)"


def _joined_by(finding: Finding, fresh: timedelta) -> tuple[str, tuple[str | int, ...]]:
    """The query for the alert that *finding* joins, and what that alert covers."""
    select = (
        "SELECT number, covered_from, covered_to FROM alerts WHERE rule = ? AND grouped = ?"
        " AND first_hit <= ? AND last_hit >= ? ORDER BY last_hit DESC LIMIT 1"
    )
    reach = (micros(finding.last_at + fresh), micros(finding.first_at - fresh))
    return select, (finding.rule.id, _grouped(finding.group), *reach)


def _insert(writer: sqlite3.Connection, finding: Finding, first: int, last: int, now: datetime) -> int:
    rule = finding.rule
    hits = (micros(finding.first_at), micros(finding.last_at), micros(finding.start), last)
    facts = (rule.id, rule.name, rule.title, rule.level, _grouped(finding.group), micros(now), first, last, 0, 0)
    comes_of_it = (rule.respond, rule.automatic, rule.what_to_do.zh, rule.what_to_do.en)
    done = writer.execute(
        f"INSERT INTO alerts ({_COLUMNS}, first_hit, last_hit, covered_from, covered_to)"  # noqa: S608
        f" VALUES (NULL, {_NEXT}, {', '.join('?' * 18)})",
        (*facts, *comes_of_it, *hits),
    )
    assert done.lastrowid is not None
    return done.lastrowid


def _add(writer: sqlite3.Connection, number: int, chunk: Sequence[Document]) -> tuple[int, int]:
    """How many events and subjects of *chunk* the alert did not have."""
    events = [(number, micros(at), event) for at, event in map(key_of, chunk)]
    subjects = [(number, subject) for document in chunk for subject in values_of(document, "yingbi.subjects")]
    new_events = writer.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", events).rowcount
    new_subjects = writer.executemany("INSERT OR IGNORE INTO subjects VALUES (?, ?)", subjects).rowcount
    return max(new_events, 0), max(new_subjects, 0)


def _ends(order: str) -> str:
    few = f"SELECT event FROM events WHERE alert = number ORDER BY at{order}, event{order} LIMIT {SAMPLE}"  # noqa: S608
    return f"(SELECT json_group_array(event) FROM ({few}))"  # noqa: S608


def _grouped(group: Group) -> str:
    return orjson.dumps(dict(group)).decode()


def _alert_of(row: Sequence[Any]) -> Alert:
    number, sequence, rule, name, title, level, grouped, raised, first, last, events, subjects = row[:12]
    respond, automatic, zh, en, earliest, newest = row[12:]
    sample = dict.fromkeys([*orjson.loads(earliest), *reversed(orjson.loads(newest))])
    return Alert(
        id=AlertId(f"A-{number:06d}"),
        sequence=sequence,
        rule=RuleId(rule),
        rule_name=name,
        title=title,
        level=Level(level),
        group=orjson.loads(grouped),
        raised_at=moment(raised),
        first_at=moment(first),
        last_at=moment(last),
        event_count=events,
        subject_count=subjects,
        events=tuple(EventId(event) for event in sample),
        respond=respond,
        automatic=bool(automatic),
        what_to_do=Advice(zh=zh, en=en),
    )
