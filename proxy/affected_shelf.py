"""The incidents that the public was told of, as they were published: read again when they change, and never an older
table after a newer one.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from policies.affected import AffectedTable
from policies.keys.key_files import Verifier
from proxy.published import AFFECTED_TABLE, NotPublished, read_published_affected
from proxy.stamp import Stamp, stamp_of


class AffectedShelf:
    """That of one process. It is used from one thread."""

    def __init__(self, folder: Path, verifier: Verifier, refused: Callable[[], None]) -> None:
        """*folder*: of what is published. *refused* is told once of each table that cannot be taken."""
        self._folder = folder
        self._verifier = verifier
        self._refused = refused
        self._seen: Stamp = ()
        self._table: AffectedTable | None = None
        self._newest = 0

    def at(self, now: datetime) -> AffectedTable:
        """What is in force at *now*. Raises NotPublished where that cannot be known."""
        seen = stamp_of(self._folder / AFFECTED_TABLE)
        if seen != self._seen:
            self._seen, self._table = seen, self._read()
        if self._table is None or now >= self._table.until:
            raise NotPublished("there are no incidents that were published and are not out of date")
        return self._table

    def _read(self) -> AffectedTable | None:
        try:
            table = read_published_affected(self._folder, self._verifier)
            if table.generation < self._newest:
                raise NotPublished("the incidents are older than those that were published last")
        except NotPublished:
            self._refused()
            return None
        self._newest = table.generation
        return table
