"""What every book has in common: a sealed journal that one process writes, and what follows from it.

All of it may be called from any thread of that process; whoever acts, or reads what must fit together, holds the lock.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table

from console.followed_journal import FollowedJournal, Grows
from console.sealed_journal import BrokenJournal, SealedJournal
from policies.keys.key_files import Signer

type Clock = Callable[[], datetime]
type CheckText = Callable[[str], None]
"""Raises NotPermitted for a text that must not stand in a record for ever."""


def anything(_: str) -> None:
    """A `CheckText` to which any text will do."""


class Book[Fact, State: Grows[Any]]:
    """The journal in *table*, read once and then followed; *fresh* makes what follows from no entry at all."""

    def __init__(
        self,
        engine: Engine,
        table: Table,
        journal: SealedJournal[Fact],
        signer: Signer,
        fresh: Callable[[], State],
        *,
        clock: Clock,
        check_text: CheckText,
    ) -> None:
        self._clock = clock
        self._check_text = check_text
        self._lock = threading.RLock()
        self.journal = FollowedJournal(engine, table, journal, signer, fresh)
        self._state = self.journal.state

    @property
    def number(self) -> int:
        """That of the last entry, to see whether there is anything new."""
        return self.journal.number

    @property
    def broken(self) -> BrokenJournal | None:
        """Where the journal is not as it was written: then nothing is written, and nothing in it counts."""
        return self.journal.broken
