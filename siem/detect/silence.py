"""Silences: for how long, and why, what a rule finds of one caller neither opens a case nor contains.

Nothing is hidden by one: its findings are kept as alerts that name it, and whatever happens after its end, or was
there before it began, is an alert as ever. Kept in one SQLite file that only the console's process writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from siem.detect.alert import Alert
from siem.detect.definition import Group, Level, Rule, RuleId
from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema, SqliteFile

LONGEST = timedelta(days=90)
CALLER = "user.id"

_SCHEMA = Schema(
    what="the file of silences",
    version=1,
    disposable=False,
    statements=(
        "CREATE TABLE silences (number INTEGER PRIMARY KEY, rule TEXT NOT NULL, caller TEXT NOT NULL,"
        " since INTEGER NOT NULL, until INTEGER NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL,"
        " ended_by TEXT NOT NULL DEFAULT '') STRICT",
    ),
)


class NotSilenced(ValueError):
    """A silence that may not be. The message says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What one rule finds of one caller in a span of time is no matter for a case."""

    id: str
    """`S-` and a running number."""
    rule: RuleId
    caller: str
    since: datetime
    until: datetime
    """When it ends; of one that was ended early, when that was."""
    why: str
    by: str
    """The person who said so."""
    ended_by: str
    """The person who ended it early, or empty."""

    def covers(self, rule: Rule, group: Group, at: datetime) -> bool:
        """Whether what *rule* finds of *group* at that time is silenced."""
        return self.rule == rule.id and (CALLER, self.caller) in group and self.since <= at < self.until


def hushed(rule: Rule, silence: Silence | None) -> Rule:
    """*rule* as its findings are kept under *silence*: apart from its other alerts, and nothing comes of them."""
    if silence is None:
        return rule
    zh, _, en = rule.title.partition(" / ")
    return replace(
        rule,
        id=RuleId(f"{rule.id}/{silence.id}"),
        title=f"{zh}（已静音 {silence.id}） / {en} (silenced, {silence.id})",
        respond="",
        automatic=False,
    )


class SilenceStore:
    """The silences in the file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=5)) -> None:
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.timeout = timeout

    def add(self, alert: Alert, days: int, why: str, by: str, now: datetime) -> Silence:
        """Silence the rule of *alert* for its caller, for so many days from *now*. Raises NotSilenced."""
        caller = alert.group.get(CALLER)
        if not isinstance(caller, str):
            raise NotSilenced("这条告警没有指明调用者，不能静音", "the alert is about no caller")
        if "/" in alert.rule:
            raise NotSilenced("这条告警已经静音", "the alert is silenced already")
        if alert.automatic or alert.level is Level.CRITICAL:
            raise NotSilenced(
                "自动控制的和严重的规则不能静音，请改规则或给这个调用者另立授权",
                "a rule that contains by itself, or is critical, is not silenced: change the rule",
            )
        if not timedelta(0) < timedelta(days=days) <= LONGEST:
            raise NotSilenced(f"静音 1 至 {LONGEST.days} 天", f"a silence lasts from 1 to {LONGEST.days} days")
        if not why.strip():
            raise NotSilenced("请写明理由", "say why")
        until = now + timedelta(days=days)
        with self._file.writing(self.timeout) as writer:
            done = writer.execute(
                "INSERT INTO silences (rule, caller, since, until, why, by) VALUES (?, ?, ?, ?, ?, ?)",
                (alert.rule, caller, micros(now), micros(until), why.strip(), by),
            )
        return next(silence for silence in self.all() if silence.id == f"S-{done.lastrowid}")

    def end(self, silence: str, by: str, now: datetime) -> None:
        """End the silence of that id. One that is over stays as it is."""
        with self._file.writing(self.timeout) as writer:
            writer.execute(
                "UPDATE silences SET until = ?, ended_by = ? WHERE number = ? AND until > ? AND since <= ?",
                (micros(now), by, silence.removeprefix("S-"), micros(now), micros(now)),
            )

    def all(self) -> list[Silence]:
        """Every silence there ever was, oldest first."""
        if self._file.missing():
            return []
        select = "SELECT number, rule, caller, since, until, why, by, ended_by FROM silences ORDER BY number"
        return [_silence_of(row) for row in self._file.read(select, (), self.timeout)]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def covering(silences: Iterable[Silence], rule: Rule, group: Group, at: datetime) -> Silence | None:
    """The first of *silences* that covers what *rule* finds of *group* at that time."""
    return next((silence for silence in silences if silence.covers(rule, group, at)), None)


def _silence_of(row: Iterable[Any]) -> Silence:
    number, rule, caller, since, until, why, by, ended_by = row
    return Silence(
        id=f"S-{number}",
        rule=RuleId(rule),
        caller=caller,
        since=moment(since),
        until=moment(until),
        why=why,
        by=by,
        ended_by=ended_by,
    )
