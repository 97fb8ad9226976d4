import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from siem.index.positions import Bookmark, Positions
from siem.index.store import StoreUnavailable
from siem.record.log import StartId
from siem.record.reader import Position, beginning_of

ONE, TWO = StartId("6YQ3K0M9ZT"), StartId("6YQ3K0M9ZV")
MARK = Bookmark(position=Position(segment=2, offset=77, chain="ab" * 32), refused=3, broken="somewhere")


def test_bookmarks_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    positions = Positions(tmp_path / "positions.db")
    assert positions.load() == {}
    positions.save({ONE: Bookmark(position=beginning_of(ONE)), TWO: MARK})
    positions.save({ONE: MARK})
    assert Positions(positions.path).load() == {ONE: MARK, TWO: MARK}
    assert Positions(positions.path, read_only=True).load() == {ONE: MARK, TWO: MARK}
    positions.forget()
    assert positions.load() == {}


def test_who_only_reads_makes_no_file(tmp_path: Path) -> None:
    assert Positions(tmp_path / "positions.db", read_only=True).load() == {}
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="positions of the shipper cannot be kept"):
        Positions(tmp_path / "nowhere" / "positions.db").load()
    path = tmp_path / "positions.db"
    path.write_bytes(b"something else" * 1000)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Positions(path).load()
    path.unlink()
    Positions(path).load()
    with closing(sqlite3.connect(path)) as changed:
        changed.execute("DROP TABLE bookmarks")
    with pytest.raises(StoreUnavailable, match="no such table"):
        Positions(path, read_only=True).load()
