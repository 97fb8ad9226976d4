"""Which events were brought into the log before: by what is recorded of each, so that none is there twice.

Of each start that came by an import there is a file of digests, under the key of the epoch that was in force. Two
events are one where everything that the log keeps of them is the same, and the `event.id` that their maker gave them.
Where he gave none, as many are kept as stand in one file: they may be several that happened alike.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import batched
from pathlib import Path
from typing import Any

import msgspec

from policies.digest import DIGEST_BYTES, Digester
from siem.record.ecs import to_json
from siem.record.event import AccessEvent, EventId, ExchangeId
from siem.record.foreign import id_in, maker_in

_AT_ONCE = 10_000


class BroughtIn:
    """Those of the imports in *folder* whose starts the log in *logs* still has; new ones are noted in *place*.

    Memory is bounded: what is known lies in a file without a name.
    """

    def __init__(self, folder: Path, logs: Path, digester: Digester, place: Path) -> None:
        self._digest: Callable[[str], str] = digester
        self._known = sqlite3.connect("", isolation_level=None)
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute("CREATE TABLE known (digest BLOB PRIMARY KEY) WITHOUT ROWID, STRICT")
        self._known.execute("CREATE TABLE alike (digest BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID, STRICT")
        self._new = place.open("wb")
        self._new.write(f"{digester.epoch}\n".encode())
        for path in sorted(folder.glob("*")):
            if not (logs / path.name).is_dir():
                path.unlink()  # what was let go may be brought in again
                continue
            for digests in batched(_digests_in(path, digester.epoch), _AT_ONCE):
                self._known.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((each,) for each in digests))

    def take(self, document: Any, events: Sequence[AccessEvent]) -> bool:
        """Whether *events*, which *document* makes, are new; from now on they are not."""
        made, given = maker_in(document), id_in(document)
        hashed = hashlib.sha256(f"{len(made)}:{made}{len(given)}:{given}".encode("utf-8", "replace"))
        for event in events:
            hashed.update(to_json(msgspec.structs.replace(event, id=EventId(""), exchange=ExchangeId(""))))
        digest = self._digested(hashed.hexdigest())
        if not given:
            ((times,),) = self._known.execute(
                "INSERT INTO alike VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times", (digest,)
            ).fetchall()
            digest = self._digested(f"{digest.hex()}:{times}")
        if not self._known.execute("INSERT OR IGNORE INTO known VALUES (?)", (digest,)).rowcount:
            return False
        self._new.write(digest)
        return True

    def close(self) -> None:
        """Let go of the files; what is new is on the disk then."""
        with closing(self._known), self._new:
            self._new.flush()
            os.fsync(self._new.fileno())

    def _digested(self, text: str) -> bytes:
        return bytes.fromhex(self._digest(text).rpartition(":")[2])


def _digests_in(path: Path, epoch: str) -> Iterator[bytes]:
    """The digests in the file at *path*; none where they are under the key of another epoch."""
    with path.open("rb") as file:
        if file.readline() != f"{epoch}\n".encode():
            return
        while len(digest := file.read(DIGEST_BYTES)) == DIGEST_BYTES:
            yield digest
