"""A sealed journal in a table of the database, read once and then followed by the one process that writes it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Engine, Table

from console.journal_rows import add_rows, rows_in, told_to_who_acts
from console.sealed_journal import BrokenJournal, Entry, Row, SealedJournal
from incident.database import for_writing
from incident.ids import Actor, NotPermitted, PersonId, person
from policies.keys.key_files import Signer, Verifier


class Grows[Fact](Protocol):
    """What follows from a journal."""

    def add(self, entries: Iterable[Entry[Fact]]) -> None:
        """Take *entries* in, in order."""


class FollowedJournal[Fact, State: Grows[Any]]:
    """The journal, and what follows from it. Whoever writes holds a lock."""

    def __init__(
        self, engine: Engine, table: Table, journal: SealedJournal[Fact], signer: Signer, fresh: Callable[[], State]
    ) -> None:
        """*fresh* makes what follows from no entry at all. Raises OperationalError."""
        self._writing = for_writing(engine)
        self._table, self._journal = table, journal
        self._signer, self._verifier = signer, Verifier(signer.public_bytes)
        self._last: Row | None = None
        self.state = fresh()
        self.broken: BrokenJournal | None = None
        """Where the journal is not as it was written: then nothing follows from it, and nothing is written."""
        try:
            with engine.connect() as connection:
                self._follow(rows_in(connection, table))
        except BrokenJournal as broken:
            self.broken, self.state = broken, fresh()

    @property
    def number(self) -> int:
        """That of the last entry, to see whether there is anything new."""
        return self._last.number if self._last else 0

    def needs_whole(self) -> None:
        """Return where the journal is as it was written. Raises NotPermitted."""
        if self.broken is not None:
            raise NotPermitted(f"{self.broken.zh}，请审计员先核查", f"{self.broken}: an auditor has to look first")

    def act(self, fact: Fact, at: datetime, by: PersonId) -> None:
        """Write down what a person did. Raises NotPermitted, also where the disk takes nothing."""
        self.needs_whole()
        with told_to_who_acts():
            self.write(fact, at, person(by))

    def write(self, fact: Fact, at: datetime, by: Actor) -> None:
        """Write *fact* down, and take it in. Raises BrokenJournal, OperationalError."""
        if self.broken is not None:
            raise self.broken
        row = self._journal.row_of(fact, self._last, at, by, self._signer)
        with self._writing.begin() as connection:
            add_rows(connection, self._table, [row])
        self._follow([row])

    def _follow(self, rows: list[Row]) -> None:
        self.state.add(self._journal.following(rows, self._verifier, self._last))
        self._last = rows[-1] if rows else self._last
