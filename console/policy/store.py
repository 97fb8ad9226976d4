"""Where the journal of policies and their files rest. Rows are added and read; nothing here changes or deletes one."""

import hashlib
import json
from collections.abc import Callable

from sqlalchemy import Connection, Engine, func, insert, select

from console.journal_rows import add_rows, rows_in
from console.sealed_journal import Row
from console.tables import POLICY_JOURNAL, POLICY_TEXTS
from incident.database import for_writing
from policies.snapshot import Snapshot


class AlteredFiles(Exception):
    """Files are missing, or are not those that were kept under their digest."""


class PolicyStore:
    """The journal in one database. What was added is on the disk when `add` returns."""

    def __init__(self, engine: Engine) -> None:
        self._reading = engine
        self._writing = for_writing(engine)

    def rows(self) -> list[Row]:
        """The whole journal, as it lies there."""
        with self._reading.connect() as connection:
            return rows_in(connection, POLICY_JOURNAL)

    def last(self) -> int:
        """The number of the last entry; 0 where there is none."""
        with self._reading.connect() as connection:
            return connection.scalar(select(func.max(POLICY_JOURNAL.c.number))) or 0

    def add(self, decide: Callable[[list[Row]], list[Row]], snapshot: Snapshot | None = None) -> None:
        """Add the rows that *decide* makes of the journal as it is, with the files of *snapshot*, all or nothing.

        Nobody else writes meanwhile. Raises what *decide* raises.
        """
        with self._writing.begin() as connection:
            made = decide(rows_in(connection, POLICY_JOURNAL))
            if made and snapshot is not None:
                _keep(connection, snapshot)
            add_rows(connection, POLICY_JOURNAL, made)

    def snapshot(self, digest: str) -> Snapshot:
        """The files that were kept as *digest*. Raises AlteredFiles."""
        with self._reading.connect() as connection:
            manifest = _text(connection, digest)
            listed = json.loads(manifest)
            files = {name: _text(connection, each) for name, each in listed.items()}
        return Snapshot(files)


def _keep(connection: Connection, snapshot: Snapshot) -> None:
    texts = {snapshot.digest: snapshot.manifest}
    texts |= {digest: snapshot.files[name] for name, digest in snapshot.digests.items()}
    for digest, text in texts.items():
        if connection.scalar(select(POLICY_TEXTS.c.digest).where(POLICY_TEXTS.c.digest == digest)) is None:
            connection.execute(insert(POLICY_TEXTS).values(digest=digest, text=text))


def _text(connection: Connection, digest: str) -> str:
    text = connection.scalar(select(POLICY_TEXTS.c.text).where(POLICY_TEXTS.c.digest == digest))
    if text is None or hashlib.sha256(text.encode()).hexdigest() != digest:
        raise AlteredFiles(f"what was kept as {digest[:12]} is gone or was altered")
    return str(text)
