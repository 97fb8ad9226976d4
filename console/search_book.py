"""The searches that people keep, and the list of what was taken out: what the console's pages talk to.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Engine

from console.journal_rows import add_rows, rows_in, told_to_who_acts
from console.sealed_journal import Row
from console.search_journal import (
    JOURNAL,
    BrokenSearchJournal,
    Deleted,
    Entry,
    Exported,
    Fact,
    Format,
    Renamed,
    Saved,
)
from console.tables import SEARCH_JOURNAL
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId, person
from policies.keys import Signer, Verifier

MOST_OF_ONE = 100
"""Searches that one person may keep."""

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One search that is kept."""

    id: str
    name: str
    query: str
    owner: PersonId
    shared: bool
    saved_at: datetime

    def is_seen_by(self, reader: PersonId) -> bool:
        """Whether *reader* may open it."""
        return self.shared or self.owner == reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What somebody took out."""

    at: datetime
    by: PersonId
    query: str
    format: Format
    rows: int
    is_whole: bool


class SearchBook:
    """The journal of searches, read once and then followed."""

    def __init__(
        self, engine: Engine, signer: Signer, clock: Clock, *, check_text: Callable[[str], None] = lambda _: None
    ) -> None:
        """*check_text* raises NotPermitted for a text that must not stand in a record for ever."""
        self._reading = engine
        self._writing = for_writing(engine)
        self._signer = signer
        self._verifier = Verifier(signer.public_bytes)
        self._clock = clock
        self._check_text = check_text
        self._lock = threading.RLock()
        self._last: Row | None = None
        self._searches: dict[str, SavedSearch] = {}
        self._exports: list[Export] = []
        self.broken: BrokenSearchJournal | None = None
        """Where the journal is not as it was written: then nothing is kept, and nothing is given out."""
        try:
            self._follow(self._rows())
        except BrokenSearchJournal as broken:
            self.broken, self._searches, self._exports = broken, {}, []

    def seen_by(self, reader: PersonId) -> tuple[SavedSearch, ...]:
        """Those that *reader* may open, their own first, each by name."""
        with self._lock:
            found = [each for each in self._searches.values() if each.is_seen_by(reader)]
        return tuple(sorted(found, key=lambda each: (each.owner != reader, each.name, each.id)))

    def get(self, reader: PersonId, search: str) -> SavedSearch | None:
        """The search with that id, if *reader* may open it."""
        found = self._searches.get(search)
        return found if found and found.is_seen_by(reader) else None

    def exports(self, most: int) -> tuple[Export, ...]:
        """The last exports, newest first."""
        with self._lock:
            return tuple(self._exports[: -most - 1 : -1])

    def save(self, by: PersonId, name: str, query: str, *, shared: bool) -> SavedSearch:
        """Keep a search."""
        self._check_text(name)
        with self._lock:
            if sum(each.owner == by for each in self._searches.values()) >= MOST_OF_ONE:
                raise NotPermitted(f"每人最多保存 {MOST_OF_ONE} 个查询", f"{MOST_OF_ONE} searches a person at most")
            search = f"S-{(self._last.number if self._last else 0) + 1:05d}"
            self._act(Saved(search=search, name=name, query=query, shared=shared), by)
            return self._searches[search]

    def rename(self, by: PersonId, search: str, name: str, *, shared: bool) -> None:
        """Give it another name, and say whether others see it."""
        self._check_text(name)
        with self._lock:
            self._own(by, search)
            self._act(Renamed(search=search, name=name, shared=shared), by)

    def delete(self, by: PersonId, search: str) -> None:
        """Keep it no longer. The journal still says that it was there."""
        with self._lock:
            self._own(by, search)
            self._act(Deleted(search=search), by)

    def note_export(self, by: PersonId, query: str, form: Format, rows: int, *, is_whole: bool) -> None:
        """Write down that so many rows are given out: before they are."""
        with self._lock:
            self._act(Exported(query=query, format=form, rows=rows, is_whole=is_whole), by)

    def _own(self, by: PersonId, search: str) -> None:
        found = self._searches.get(search)
        if found is None or found.owner != by:
            raise NotPermitted("只有保存的人可以更改", "only who saved it may change it")

    def _rows(self) -> Sequence[Row]:
        with self._reading.connect() as connection:
            return rows_in(connection, SEARCH_JOURNAL)

    def _follow(self, rows: Sequence[Row]) -> None:
        for entry in JOURNAL.following(rows, self._verifier, self._last):
            self._add(entry)
        self._last = rows[-1] if rows else self._last

    def _add(self, entry: Entry) -> None:
        by = PersonId(entry.by.id)
        match entry.fact:
            case Saved(search=search, name=name, query=query, shared=shared):
                self._searches[search] = SavedSearch(
                    id=search, name=name, query=query, owner=by, shared=shared, saved_at=entry.at
                )
            case Renamed(search=search, name=name, shared=shared):
                self._searches[search] = replace(self._searches[search], name=name, shared=shared)
            case Deleted(search=search):
                del self._searches[search]
            case Exported(query=query, format=form, rows=rows, is_whole=is_whole):
                self._exports.append(Export(at=entry.at, by=by, query=query, format=form, rows=rows, is_whole=is_whole))
            case _:
                assert_never(entry.fact)

    def _act(self, fact: Fact, by: PersonId) -> None:
        if self.broken is not None:
            raise NotPermitted(f"{self.broken.zh}，请审计员先核查", f"{self.broken}: an auditor has to look first")
        row = JOURNAL.row_of(fact, self._last, self._clock(), person(by), self._signer)
        with told_to_who_acts(), self._writing.begin() as connection:
            add_rows(connection, SEARCH_JOURNAL, [row])
        self._follow([row])
