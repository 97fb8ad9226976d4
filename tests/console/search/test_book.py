from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from console.search.book import MOST_OF_ONE, SearchBook
from console.search.journal import Format
from console.tables import METADATA, SEARCH_JOURNAL
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId
from policies.keys.key_files import Signer, make_secret
from tests.console.policies import check_text
from tests.incident.office import Watch, new_database

CHEN, WU = PersonId("p-chen"), PersonId("p-wu")
QUERY = "span=week&caller=clerk-wang"


class Shelf:
    """A book in a database."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine = engine
        make_secret(folder / "permits.key")
        self.signer = Signer(folder / "permits.key")
        self.book = self.again()

    def again(self) -> SearchBook:
        """As if the process had died: only what is on the disk is known."""
        self.book = SearchBook(self.engine, self.signer, Watch(), check_text=check_text)
        return self.book


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    engine = new_database(tmp_path)
    METADATA.create_all(engine)
    yield Shelf(tmp_path, engine)
    engine.dispose()


def names(book: SearchBook, reader: PersonId) -> list[str]:
    return [each.name for each in book.seen_by(reader)]


def test_what_is_kept_outlasts_the_process(shelf: Shelf) -> None:
    saved = shelf.book.save(CHEN, "王的记录", QUERY, shared=False)
    shelf.book.note_export(WU, QUERY, Format.CSV, 12, is_whole=True)
    book = shelf.again()
    assert book.seen_by(CHEN) == (saved,)
    (export,) = book.exports(10)
    assert (export.by, export.format, export.rows, export.query, export.is_whole) == (WU, Format.CSV, 12, QUERY, True)


def test_a_private_search_is_its_owners(shelf: Shelf) -> None:
    private = shelf.book.save(CHEN, "私", QUERY, shared=False)
    shared = shelf.book.save(CHEN, "共", QUERY, shared=True)
    shelf.book.save(WU, "吴", QUERY, shared=False)
    assert names(shelf.book, CHEN) == ["共", "私"]
    assert names(shelf.book, WU) == ["吴", "共"], "one's own first"
    assert shelf.book.get(WU, private.id) is None
    assert shelf.book.get(WU, shared.id) == shared
    shelf.book.rename(CHEN, shared.id, "收回", shared=False)
    assert names(shelf.again(), WU) == ["吴"]


def test_only_the_owner_changes_or_deletes(shelf: Shelf) -> None:
    saved = shelf.book.save(CHEN, "共", QUERY, shared=True)
    with pytest.raises(NotPermitted, match="only who saved"):
        shelf.book.rename(WU, saved.id, "x", shared=True)
    for person, search in ((WU, saved.id), (CHEN, "S-99999")):
        with pytest.raises(NotPermitted, match="only who saved"):
            shelf.book.delete(person, search)
    shelf.book.delete(CHEN, saved.id)
    assert shelf.again().seen_by(CHEN) == ()
    assert shelf.book.save(CHEN, "新", QUERY, shared=True).id != saved.id, "no id is given twice"


def test_a_name_holds_nobodys_number(shelf: Shelf) -> None:
    with pytest.raises(NotPermitted, match="personal data"):
        shelf.book.save(CHEN, "11010519491231002X 的", QUERY, shared=False)
    assert shelf.book.seen_by(CHEN) == ()


def test_nobody_keeps_more_than_can_be_read(shelf: Shelf) -> None:
    for number in range(MOST_OF_ONE):
        shelf.book.save(CHEN, str(number), QUERY, shared=False)
    with pytest.raises(NotPermitted, match="at most"):
        shelf.book.save(CHEN, "one more", QUERY, shared=False)
    shelf.book.save(WU, "another", QUERY, shared=False)


@pytest.mark.parametrize(
    "change",
    [
        update(SEARCH_JOURNAL).where(SEARCH_JOURNAL.c.number == 1).values(by_id="p-wu"),
        update(SEARCH_JOURNAL).where(SEARCH_JOURNAL.c.number == 2).values(body='{"type":"deleted","search":"S-00001"}'),
        delete(SEARCH_JOURNAL).where(SEARCH_JOURNAL.c.number == 1),
    ],
)
def test_a_journal_that_was_altered_counts_for_nothing(shelf: Shelf, change: object) -> None:
    shelf.book.save(CHEN, "一", QUERY, shared=True)
    shelf.book.note_export(CHEN, QUERY, Format.CSV, 1, is_whole=True)
    with for_writing(shelf.engine).begin() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    book = shelf.again()
    assert book.broken is not None
    assert book.seen_by(CHEN) == ()
    with pytest.raises(NotPermitted, match="auditor"):
        book.save(CHEN, "二", QUERY, shared=True)
    with pytest.raises(NotPermitted, match="auditor"):
        book.note_export(CHEN, QUERY, Format.CSV, 1, is_whole=True)
