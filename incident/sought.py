"""The persons of a list while it is made: who is looked for, and who was found. In a private file without a name."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import batched

_AT_ONCE = 500


class Sought:
    """Digests that are looked for. Memory does not grow with them."""

    def __init__(self, digests: Iterable[str]) -> None:
        # An empty name is a database on the disk that nobody else can open, and that goes with the connection.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("CREATE TABLE sought (digest TEXT PRIMARY KEY, found INTEGER NOT NULL) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR IGNORE INTO sought VALUES (?, 0)", ((digest,) for digest in digests))
        self._file.execute("COMMIT")
        ((self.affected,),) = self._file.execute("SELECT count(*) FROM sought").fetchall()
        self.found = 0

    def take(self, people: Sequence[Sequence[str]]) -> list[bool]:
        """For each of *people*, known by the digests of several epochs, whether they are found for the first time."""
        there = self._waiting({digest for digests in people for digest in digests})
        taken = []
        for digests in people:
            mine = there.intersection(digests)
            taken.append(bool(mine))
            there -= mine
            self._file.executemany("UPDATE sought SET found = 1 WHERE digest = ?", ((each,) for each in mine))
            self.found += len(mine)
        return taken

    def all_found(self) -> Iterable[str]:
        """The digests of those who were found."""
        return (digest for (digest,) in self._file.execute("SELECT digest FROM sought WHERE found ORDER BY digest"))

    def close(self) -> None:
        """Forget them."""
        self._file.close()

    def _waiting(self, digests: set[str]) -> set[str]:
        found: set[str] = set()
        for some in batched(digests, _AT_ONCE):
            marks = ",".join("?" * len(some))
            rows = self._file.execute(f"SELECT digest FROM sought WHERE NOT found AND digest IN ({marks})", some)  # noqa: S608
            found.update(digest for (digest,) in rows)
        return found
