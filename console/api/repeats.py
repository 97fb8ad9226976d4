"""What makes asking twice the same as asking once: the Idempotency-Key of a request, and what came of the first.

A request is noted before it is carried out. What was refused has not happened: its key is free again. Where a process
died between the act and its answer nobody can say from here whether it was done, and it is not done again: the program
is told so, and a person looks.

Source: draft-ietf-httpapi-idempotency-key-header-07, "The Idempotency-Key HTTP Header Field".
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from console.api.problems import Problem
from console.tables import API_REQUESTS
from incident.database import for_writing

KEPT = timedelta(days=30)
"""So long a key is remembered."""


class AnotherRequest(Exception):
    """The key was used for something else."""


class UnderWay(Exception):
    """The same request is being carried out."""


class NobodyKnows(Exception):
    """The same request was begun before, and it is not known what came of it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered the first time."""

    status: int
    body: str


class Repeats:
    """What accounts asked for, by their keys. May be called from any thread of the one process."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._reading = engine
        self._writing = for_writing(engine)
        self._now = now
        self._lock = threading.Lock()
        self._under_way: set[tuple[str, str]] = set()

    def once(self, account: str, key: str, asked: bytes, act: Callable[[], Answered]) -> tuple[Answered, bool]:
        """What *act* comes to, and whether that was known from before.

        Raises AnotherRequest, UnderWay, NobodyKnows, and Problem where *act* does: then it has not happened. Whatever
        else it raises, it may have.
        """
        place = account, _digest(key.encode())
        with self._lock:
            if place in self._under_way:
                raise UnderWay
            self._under_way.add(place)
        try:
            if known := self._begin(place, _digest(asked)):
                return known, True
            try:
                found = act()
            except Problem:
                self._forget(place)
                raise
            self._end(place, found)
            return found, False
        finally:
            with self._lock:
                self._under_way.discard(place)

    def _begin(self, place: tuple[str, str], asked: str) -> Answered | None:
        account, key = place
        now = self._now()
        try:
            with self._writing.begin() as connection:
                connection.execute(delete(API_REQUESTS).where(API_REQUESTS.c.at < (now - KEPT).isoformat()))
                values = {"account": account, "key": key, "asked": asked, "at": now.isoformat()}
                connection.execute(insert(API_REQUESTS).values(**values))
        except IntegrityError:
            with self._reading.connect() as connection:
                row = connection.execute(select(API_REQUESTS).where(*_at(place))).one()
            if row.asked != asked:
                raise AnotherRequest from None
            if row.status is None:
                raise NobodyKnows from None
            return Answered(row.status, row.answer)
        return None

    def _end(self, place: tuple[str, str], found: Answered) -> None:
        with self._writing.begin() as connection:
            values = {"status": found.status, "answer": found.body}
            connection.execute(update(API_REQUESTS).where(*_at(place)).values(**values))

    def _forget(self, place: tuple[str, str]) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(API_REQUESTS).where(*_at(place)))


def _at(place: tuple[str, str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    account, key = place
    return API_REQUESTS.c.account == account, API_REQUESTS.c.key == key


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
