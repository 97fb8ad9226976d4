"""How the outbox lies in its file: its tables, and what their rows say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from siem.detect.definition import Level
from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema
from siem.notify.delivery import Batch, ChannelState
from siem.notify.message import Message, key_of

_RANK = {level: rank for rank, level in enumerate(Level)}

SCHEMA = Schema(
    what="the file of notifications",
    version=1,
    disposable=False,
    statements=(
        "CREATE TABLE seen (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL) STRICT",
        "CREATE TABLE told (alert TEXT PRIMARY KEY, raised INTEGER NOT NULL, level TEXT NOT NULL,"
        " events INTEGER NOT NULL, persons INTEGER NOT NULL, at INTEGER NOT NULL, again_at INTEGER)"
        " WITHOUT ROWID, STRICT",
        "CREATE TABLE messages (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, alert TEXT NOT NULL,"
        " rank INTEGER NOT NULL, body BLOB NOT NULL) STRICT",
        "CREATE INDEX messages_by_alert ON messages (alert)",
        "CREATE TABLE deliveries (message INTEGER NOT NULL, channel TEXT NOT NULL, via TEXT NOT NULL,"
        " due INTEGER NOT NULL, batch TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,"
        " tried_at INTEGER, sent_at INTEGER, result TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (message, channel)) WITHOUT ROWID, STRICT",
        "CREATE INDEX deliveries_waiting ON deliveries (channel) WHERE sent_at IS NULL",
        "CREATE TABLE channels (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, failing_since INTEGER,"
        " not_before INTEGER NOT NULL, sent_at INTEGER, result TEXT NOT NULL) WITHOUT ROWID, STRICT",
        "CREATE TABLE standstills (what TEXT PRIMARY KEY, since INTEGER NOT NULL, told_at INTEGER NOT NULL)"
        " WITHOUT ROWID, STRICT",
    ),
)


WAITING = "SELECT message, body FROM deliveries JOIN messages ON message = number WHERE channel = ? AND sent_at IS NULL"


def enter(writer: Any, message: Message, route: Mapping[str, datetime]) -> int:
    """Keep *message* and where it goes. Returns 1, or 0 where it was known."""
    done = writer.execute(
        "INSERT OR IGNORE INTO messages (key, alert, rank, body) VALUES (?, ?, ?, ?)",
        (message.key, message.alert, _RANK[message.level], msgspec.json.encode(message)),
    )
    if done.rowcount < 1:
        return 0
    writer.executemany(
        "INSERT INTO deliveries (message, channel, via, due) VALUES (?, ?, '', ?)",
        [(done.lastrowid, channel, micros(due)) for channel, due in route.items()],
    )
    return 1


def batch_of(channel: str, rows: Sequence[tuple[int, bytes]]) -> Batch:
    """What goes to *channel* together: *rows* are numbers and bodies of messages."""
    messages = [message_in(body) for _, body in rows]
    return Batch(channel=channel, key=key_of(messages), messages=messages)


def message_in(body: bytes) -> Message:
    """The message that *body* spells."""
    return msgspec.json.decode(body, type=Message)


def state_of(name: str, row: Sequence[Any] | None, waiting: int) -> ChannelState:
    """How the channel *name* stands by its *row*, None where nothing was tried, with so many *waiting*."""
    if row is None:
        return ChannelState(name=name, waiting=waiting)
    failures, failing_since, not_before, sent_at, result = row
    return ChannelState(
        name=name,
        failures=failures,
        failing_since=moment(failing_since) if failing_since is not None else None,
        not_before=moment(not_before) if not_before else None,
        sent_at=moment(sent_at) if sent_at is not None else None,
        result=result,
        waiting=waiting,
    )
