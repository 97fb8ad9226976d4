"""The outbox: what is to be told, to which channel, and what became of it, in one SQLite file with one writer.

A message enters with what follows from it in one transaction, so that each is noted exactly once, and stays until its
channel has taken it. What goes out together is fixed before it goes: a process that is killed in between sends the
same again under the same key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from siem.detect.alert import AlertId
from siem.detect.definition import Level
from siem.index.micros import micros, moment
from siem.index.sqlite_file import SqliteFile
from siem.notify.delivery import Batch, ChannelState, Delivery, Outcome
from siem.notify.due import Due, Told
from siem.notify.message import Message
from siem.notify.outbox_rows import SCHEMA, WAITING, batch_of, enter, message_in, state_of
from siem.notify.pace import LONGEST_ASKED, together

MOST_TOGETHER = 1000
"""Messages that one stands for."""


class Outbox:
    """The file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=5)) -> None:
        self._file = SqliteFile(path, SCHEMA, read_only=read_only)
        self.timeout = timeout

    def sequence(self) -> int | None:
        """Up to which change of alerts all was looked at; None where nothing ever was."""
        rows = self._rows("SELECT sequence FROM seen")
        return int(rows[0][0]) if rows else None

    def told(self, alerts: Iterable[AlertId]) -> dict[AlertId, Told]:
        """What was last told of each of *alerts* of which anything was."""
        found = {}
        for alert in alerts:
            for raised, level, events, persons, at in self._rows(
                "SELECT raised, level, events, persons, at FROM told WHERE alert = ?", alert
            ):
                found[alert] = Told(
                    raised_at=moment(raised), level=Level(level), events=events, persons=persons, at=moment(at)
                )
        return found

    def to_look_at_again(self, now: datetime) -> list[AlertId]:
        """The alerts whose time has come though they may not have changed."""
        return [AlertId(alert) for (alert,) in self._rows("SELECT alert FROM told WHERE again_at <= ?", micros(now))]

    def note(
        self,
        dues: Iterable[Due],
        sequence: int,
        route: Callable[[Message], Mapping[str, datetime]],
    ) -> int:
        """Keep what follows from the alerts up to *sequence*: all of it, or nothing. Returns how many messages are new.

        *route* names the channels of a message, with when it may leave to each.
        """
        new = 0
        with self._file.writing(self.timeout) as writer:
            for each in dues:
                told = each.told
                standing = (micros(told.raised_at), told.level, told.events, told.persons, micros(told.at))
                again_at = micros(each.again_at) if each.again_at else None
                writer.execute(
                    "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (each.alert, *standing, again_at),
                )
                if each.message is not None:
                    new += enter(writer, each.message, route(each.message))
            writer.execute("INSERT OR REPLACE INTO seen VALUES (1, ?)", (sequence,))
        return new

    def note_once(self, message: Message, route: Callable[[Message], Mapping[str, datetime]]) -> bool:
        """Keep a message that is about no alert, unless its key is known. Returns whether it is new."""
        with self._file.writing(self.timeout) as writer:
            return enter(writer, message, route(message)) > 0

    def standstills(self) -> dict[str, tuple[datetime, datetime]]:
        """What stands still as far as it was told, with since when, and when that was last told."""
        return {
            what: (moment(since), moment(told_at))
            for what, since, told_at in self._rows("SELECT what, since, told_at FROM standstills")
        }

    def note_standstill(
        self,
        what: str,
        since: datetime | None,
        message: Message,
        route: Callable[[Message], Mapping[str, datetime]],
    ) -> None:
        """Keep that *what* stands still *since*, or where that is None no longer does, and the message about it."""
        with self._file.writing(self.timeout) as writer:
            if since is None:
                writer.execute("DELETE FROM standstills WHERE what = ?", (what,))
            else:
                writer.execute(
                    "INSERT OR REPLACE INTO standstills VALUES (?, ?, ?)", (what, micros(since), micros(message.at))
                )
            enter(writer, message, route(message))

    def say(self, messages: Iterable[Message], route: Callable[[Message], Mapping[str, datetime]]) -> int:
        """Keep *messages* that are about no alert, each once however often it comes. Returns how many are new."""
        with self._file.writing(self.timeout) as writer:
            return sum(enter(writer, message, route(message)) for message in messages)

    def take(self, channel: str, now: datetime, tokens: float) -> Batch | None:
        """What goes to *channel* next, fixed as it goes; None where nothing does now."""
        with self._file.writing(self.timeout) as writer:
            held = writer.execute("SELECT not_before FROM channels WHERE name = ?", (channel,)).fetchone()
            if held and micros(now) < held[0] <= micros(now + LONGEST_ASKED):  # further ahead, a clock was set back
                return None
            fixed = writer.execute(
                f"{WAITING} AND batch != '' ORDER BY message",
                (channel,),  # begun, and not known to have arrived
            ).fetchall()
            if fixed:
                return batch_of(channel, fixed) if tokens >= 1 else None
            waiting = writer.execute(
                f"{WAITING} AND due <= ? ORDER BY rank DESC, message LIMIT {MOST_TOGETHER}", (channel, micros(now))
            ).fetchall()
            number = together(len(waiting), tokens)
            if not number:
                return None
            chosen = sorted(waiting[:number])
            batch = batch_of(channel, chosen)
            writer.executemany(
                "UPDATE deliveries SET batch = ? WHERE message = ? AND channel = ?",
                [(batch.key, message, channel) for message, _ in chosen],
            )
            return batch

    def end(self, batch: Batch, outcome: Outcome, now: datetime, pause: timedelta) -> None:
        """Keep what became of *batch*. Where it was not taken, nothing goes to its channel for so long a *pause*."""
        at = micros(now)
        where = "WHERE channel = ? AND batch = ? AND sent_at IS NULL"
        with self._file.writing(self.timeout) as writer:
            writer.execute("INSERT OR IGNORE INTO channels VALUES (?, 0, NULL, 0, NULL, '')", (batch.channel,))
            if outcome.delivered:
                writer.execute(
                    f"UPDATE deliveries SET attempts = attempts + 1, tried_at = ?, sent_at = ?, result = ? {where}",  # noqa: S608
                    (at, at, outcome.result, batch.channel, batch.key),
                )
                writer.execute(
                    "UPDATE channels SET failures = 0, failing_since = NULL, not_before = 0, sent_at = ?, result = ?"
                    " WHERE name = ?",
                    (at, outcome.result, batch.channel),
                )
                return
            # What was refused for what it is goes out otherwise joined the next time.
            loosened = ", batch = ''" if outcome.refused else ""
            writer.execute(
                f"UPDATE deliveries SET attempts = attempts + 1, tried_at = ?, result = ?{loosened} {where}",  # noqa: S608
                (at, outcome.result, batch.channel, batch.key),
            )
            writer.execute(
                "UPDATE channels SET failures = failures + 1, failing_since = coalesce(failing_since, ?),"
                " not_before = ?, result = ? WHERE name = ?",
                (at, micros(now + pause), outcome.result, batch.channel),
            )

    def hand_on(self, channel: str, fallback: str, now: datetime) -> int:
        """Let *fallback* be told, too, what waits for *channel* though its time has come. Returns how much is new.

        It goes on waiting: the channel is told as well once it takes anything.
        """
        with self._file.writing(self.timeout) as writer:
            done = writer.execute(
                "INSERT OR IGNORE INTO deliveries (message, channel, via, due)"
                " SELECT message, ?, channel, ? FROM deliveries"
                " WHERE channel = ? AND sent_at IS NULL AND due <= ?",
                (fallback, micros(now), channel, micros(now)),
            )
            return max(done.rowcount, 0)

    def states(self, names: Sequence[str]) -> list[ChannelState]:
        """How each of the channels called *names* stands, in their order."""
        waiting = dict(self._rows("SELECT channel, count(*) FROM deliveries WHERE sent_at IS NULL GROUP BY channel"))
        rows = {name: rest for name, *rest in self._rows("SELECT * FROM channels")}
        return [state_of(name, rows.get(name), waiting.get(name, 0)) for name in names]

    def adopt(self, names: Sequence[str], route: Callable[[Message], Mapping[str, datetime]]) -> int:
        """Let what waits for channels that are not among *names* go where *route* says. Returns how much that was."""
        with self._file.writing(self.timeout) as writer:
            waiting = writer.execute(
                "SELECT message, channel, body FROM deliveries JOIN messages ON message = number WHERE sent_at IS NULL"
            ).fetchall()
            orphans = [(message, channel, body) for message, channel, body in waiting if channel not in names]
            for message, channel, body in orphans:
                writer.execute("DELETE FROM deliveries WHERE message = ? AND channel = ?", (message, channel))
                writer.executemany(
                    "INSERT OR IGNORE INTO deliveries (message, channel, via, due) VALUES (?, ?, '', ?)",
                    [(message, name, micros(due)) for name, due in route(message_in(body)).items()],
                )
        return len(orphans)

    def deliveries(self, alert: AlertId) -> list[Delivery]:
        """What became of all that was told of *alert*, in the order in which it was to be told."""
        rows = self._rows(
            "SELECT body, channel, via, attempts, tried_at, sent_at, result, batch FROM deliveries"
            " JOIN messages ON message = number WHERE alert = ? ORDER BY number, via != '', channel",
            alert,
        )
        return [
            Delivery(
                kind=message_in(body).kind,
                channel=channel,
                via=via,
                attempts=attempts,
                tried_at=moment(tried_at) if tried_at is not None else None,
                sent_at=moment(sent_at) if sent_at is not None else None,
                result=result,
                key=batch,
            )
            for body, channel, via, attempts, tried_at, sent_at, result, batch in rows
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _rows(self, sql: str, *values: str | int) -> list[Any]:
        return [] if self._file.missing() else self._file.read(sql, values, self.timeout)
