"""Looks at the journals in the database again: whether what was recorded still lies there as it was.

The ledger reads each entry once and trusts it from then on, so an entry that is altered afterwards shows only here.
"""

from collections.abc import Callable
from datetime import datetime

from incident.ids import Actor, ActorKind, Bilingual, CaseId
from incident.journal import link, seed_of
from incident.store import CaseStore, Row

ROWS_AT_ONCE = 500
"""Between two pauses."""


class JournalCheck:
    """Follows the chains of all journals. Not thread-safe."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store
        self._position = 0
        self._heads: dict[str, tuple[int, str]] = {}
        """The last entry of each case that was followed: its number and its chain."""
        self.broken: dict[str, Bilingual] = {}
        """By case, where its journal breaks."""

    def again(self, pause: Callable[[], None]) -> None:
        """Follow every journal from its beginning. What was there at an earlier look has to be there still."""
        before = self._heads
        self._position, self._heads = 0, {}
        broken: dict[str, Bilingual] = {}
        self._follow(broken, pause, before)
        for case, (number, _) in before.items():
            if case not in broken and self._heads.get(case, (0, ""))[0] < number:
                broken[case] = _missing(self._heads.get(case, (0, ""))[0], number)
        self.broken = broken

    def go_on(self, pause: Callable[[], None]) -> None:
        """Follow what was recorded since the last look."""
        broken = dict(self.broken)
        self._follow(broken, pause, {})
        self.broken = broken

    def _follow(
        self, broken: dict[str, Bilingual], pause: Callable[[], None], before: dict[str, tuple[int, str]]
    ) -> None:
        for place, row in enumerate(self._store.rows_since(self._position), 1):
            self._position = row.position
            number, chain = self._heads.get(row.case, (0, seed_of(CaseId(row.case))))
            self._heads[row.case] = row.number, row.chain
            known = before.get(row.case)
            replaced = known is not None and known[0] == row.number and known[1] != row.chain
            if row.case not in broken and (replaced or row.number != number + 1 or row.chain != _chain(chain, row)):
                broken[row.case] = _wrong(row.number)
            if place % ROWS_AT_ONCE == 0:
                pause()


def _chain(before: str, row: Row) -> str:
    """What the chain of *row* should be; empty where it is no entry at all."""
    try:
        at, by = datetime.fromisoformat(row.at), Actor(kind=ActorKind(row.by_kind), id=row.by_id)
        return link(before, CaseId(row.case), row.number, at, by, row.body)
    except ValueError:
        return ""


def _wrong(number: int) -> Bilingual:
    return Bilingual(zh=f"第 {number} 条与前一条不相符", en=f"entry {number} does not follow from the one before")


def _missing(last: int, number: int) -> Bilingual:
    return Bilingual(
        zh=f"第 {last} 条以后到第 {number} 条不见了", en=f"the entries after {last} up to {number} are gone"
    )
