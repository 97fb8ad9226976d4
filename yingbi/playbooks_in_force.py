"""Which playbooks lead new cases, as people agree on them while the installation runs; and what they agree to, read."""

import dataclasses
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from console.journal_rows import rows_in
from console.playbooks.book import PlaybookBook
from console.playbooks.journal import JOURNAL, Agreements, BrokenPlaybookJournal, PlaybookState
from console.tables import PLAYBOOK_JOURNAL
from incident.cases import Cases
from incident.database import open_database
from policies.keys.key_files import Verifier
from yingbi.clock import Clock
from yingbi.home import Home
from yingbi.playbook_shelf import books_for_cases

AGAIN = timedelta(minutes=10)
"""So long at most a signature counts that has ended since it was looked at."""


class PlaybooksInForce:
    """Has *cases* led by the playbooks that two people stand for now. A case that runs goes on by its own text."""

    def __init__(self, home: Home, cases: Cases, book: PlaybookBook, clock: Clock) -> None:
        self._home, self._cases, self._book, self._clock = home, cases, book, clock
        self._seen: object = None
        self._read_at: datetime | None = None

    def renew(self) -> None:
        """Look again, where something was agreed or withdrawn, a file or a key is another, or some time has passed."""
        now = self._clock()
        try:
            stamp = (self._book.number, self._stamp())
        except OSError:  # as while a file is put in the place of another: looked at again in a moment
            return
        if stamp == self._seen and self._read_at is not None and now - self._read_at < AGAIN:
            return
        self._seen, self._read_at = stamp, now
        books = books_for_cases(self._home, now, self._book.agreements())
        self._cases.rules = dataclasses.replace(self._cases.rules, books=books)

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        folders = (self._home.playbooks, self._home.playbook_signers)
        found = [(path, path.stat()) for folder in folders for path in sorted(folder.glob("*.*"))]
        return tuple((str(path), about.st_mtime_ns, about.st_size) for path, about in found)


def agreements_in(home: Home) -> Agreements:
    """What two people agreed to in the console of the installation in *home*, whether it runs or not.

    Raises ValueError where the journal is not as it was written, or cannot be read.
    """
    if not home.state.exists():
        return Agreements()
    engine = open_database(f"sqlite:///{home.state}")
    try:
        with engine.connect() as connection:
            rows = rows_in(connection, PLAYBOOK_JOURNAL)
        state = PlaybookState()
        if rows:
            state.add(JOURNAL.verified(rows, Verifier(home.public_key("release").read_bytes())))
        return state.agreements
    except BrokenPlaybookJournal as broken:
        raise ValueError(f"{broken.zh} / {broken}") from None
    except OperationalError as error:
        raise ValueError(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    finally:
        engine.dispose()
