"""Somebody who reads in bulk, in the index of a bureau: what takes long to index a process indexes once, and copies."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from siem.index.sqlite import SqliteStore
from siem.record.ecs import Document
from siem.record.event import FieldUse
from tests.incident.office import LIMIT, TEN
from tests.siem.events import document

MANY = 15
"""From so many events on it pays to keep an index for the next who asks."""

BEGAN, PACE = TEN - timedelta(minutes=6), timedelta(milliseconds=200)

type Fields = tuple[FieldUse, ...]


def read_in_bulk(
    store: SqliteStore, caller: str, fields: Fields, numbers: range, whom: Callable[[int], str] | None
) -> Sequence[Document]:
    """Index the exchanges of these *numbers*, in each of which *caller* was shown *fields* of one person.

    *whom*: the digest of each person, by how many came before. Returns the events, which nobody may change.
    """
    if len(numbers) >= MANY and whom is None and not store.path.exists():
        events, made = _made_once(caller, fields, numbers)
        shutil.copytree(made, store.path)
        return events
    return _indexed(store, caller, fields, numbers, whom)


@functools.cache
def _made_once(caller: str, fields: Fields, numbers: range) -> tuple[Sequence[Document], Path]:
    place = Path(tempfile.mkdtemp(prefix="yingbi-leak-"))
    atexit.register(shutil.rmtree, place)
    store = SqliteStore(place / "events.db")
    events = _indexed(store, caller, fields, numbers, None)
    store.close()
    return events, store.path


def _indexed(
    store: SqliteStore, caller: str, fields: Fields, numbers: range, whom: Callable[[int], str] | None
) -> Sequence[Document]:
    events = [
        document(
            number,
            at=BEGAN + PACE * before,
            posts=("户籍窗口",),
            fields=fields,
            caller=caller,
            credential="key:7f3a",
            source_ip="10.20.3.7",
            **({"subjects": (whom(before),)} if whom else {}),
        )
        for before, number in enumerate(numbers)
    ]
    store.append(events, LIMIT)
    return events
