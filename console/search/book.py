"""The searches that people keep, and the list of what was taken out: what the console's pages talk to.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Engine

from console.book import Book, CheckText, Clock, anything
from console.search.journal import (
    JOURNAL,
    Deleted,
    Entry,
    Exported,
    Fact,
    Format,
    Renamed,
    Saved,
)
from console.tables import SEARCH_JOURNAL
from incident.ids import NotPermitted, PersonId
from policies.keys.key_files import Signer

MOST_OF_ONE = 100
"""Searches that one person may keep."""


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


@dataclass(slots=True)
class _Kept:
    """What follows from the journal."""

    searches: dict[str, SavedSearch] = field(default_factory=dict)
    exports: list[Export] = field(default_factory=list)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take *entries* in, in order."""
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        by = PersonId(entry.by.id)
        match entry.fact:
            case Saved(search=search, name=name, query=query, shared=shared):
                self.searches[search] = SavedSearch(
                    id=search, name=name, query=query, owner=by, shared=shared, saved_at=entry.at
                )
            case Renamed(search=search, name=name, shared=shared):
                self.searches[search] = replace(self.searches[search], name=name, shared=shared)
            case Deleted(search=search):
                del self.searches[search]
            case Exported(query=query, format=form, rows=rows, is_whole=is_whole):
                self.exports.append(Export(at=entry.at, by=by, query=query, format=form, rows=rows, is_whole=is_whole))
            case _:
                assert_never(entry.fact)


class SearchBook(Book[Fact, _Kept]):
    """The journal of searches. Where it is broken nothing is given out."""

    def __init__(self, engine: Engine, signer: Signer, clock: Clock, *, check_text: CheckText = anything) -> None:
        super().__init__(engine, SEARCH_JOURNAL, JOURNAL, signer, _Kept, clock=clock, check_text=check_text)

    def seen_by(self, reader: PersonId) -> tuple[SavedSearch, ...]:
        """Those that *reader* may open, their own first, each by name."""
        with self._lock:
            found = [each for each in self._state.searches.values() if each.is_seen_by(reader)]
        return tuple(sorted(found, key=lambda each: (each.owner != reader, each.name, each.id)))

    def get(self, reader: PersonId, search: str) -> SavedSearch | None:
        """The search with that id, if *reader* may open it."""
        found = self._state.searches.get(search)
        return found if found and found.is_seen_by(reader) else None

    def exports(self, most: int) -> tuple[Export, ...]:
        """The last exports, newest first."""
        with self._lock:
            return tuple(self._state.exports[: -most - 1 : -1])

    def save(self, by: PersonId, name: str, query: str, *, shared: bool) -> SavedSearch:
        """Keep a search."""
        self._check_text(name)
        with self._lock:
            if sum(each.owner == by for each in self._state.searches.values()) >= MOST_OF_ONE:
                raise NotPermitted(f"每人最多保存 {MOST_OF_ONE} 个查询", f"{MOST_OF_ONE} searches a person at most")
            search = f"S-{self.journal.number + 1:05d}"
            self.journal.act(Saved(search=search, name=name, query=query, shared=shared), self._clock(), by)
            return self._state.searches[search]

    def rename(self, by: PersonId, search: str, name: str, *, shared: bool) -> None:
        """Give it another name, and say whether others see it."""
        self._check_text(name)
        with self._lock:
            self._own(by, search)
            self.journal.act(Renamed(search=search, name=name, shared=shared), self._clock(), by)

    def delete(self, by: PersonId, search: str) -> None:
        """Keep it no longer. The journal still says that it was there."""
        with self._lock:
            self._own(by, search)
            self.journal.act(Deleted(search=search), self._clock(), by)

    def note_export(self, by: PersonId, query: str, form: Format, rows: int, *, is_whole: bool) -> None:
        """Write down that so many rows are given out: before they are."""
        with self._lock:
            self.journal.act(Exported(query=query, format=form, rows=rows, is_whole=is_whole), self._clock(), by)

    def _own(self, by: PersonId, search: str) -> None:
        found = self._state.searches.get(search)
        if found is None or found.owner != by:
            raise NotPermitted("只有保存的人可以更改", "only who saved it may change it")
