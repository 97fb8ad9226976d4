from contextlib import closing
from pathlib import Path

from siem.index.positions import Bookmark, Positions
from siem.record.log import StartId
from siem.record.reader import Position, beginning_of

ONE, TWO = StartId("6YQ3K0M9ZT"), StartId("6YQ3K0M9ZV")
MARK = Bookmark(position=Position(segment=2, offset=77, chain="ab" * 32), refused=3, broken="somewhere")


def test_bookmarks_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "positions.db"
    with closing(Positions(path)) as positions:
        assert positions.load() == {}
        positions.save({ONE: Bookmark(position=beginning_of(ONE)), TWO: MARK})
        positions.save({ONE: MARK})
    with closing(Positions(path)) as again, closing(Positions(path, read_only=True)) as other:
        assert again.load() == other.load() == {ONE: MARK, TWO: MARK}
        again.forget()
        assert again.load() == other.load() == {}


def test_who_only_reads_makes_no_file(tmp_path: Path) -> None:
    with closing(Positions(tmp_path / "positions.db", read_only=True)) as positions:
        assert positions.load() == {}
    assert not list(tmp_path.iterdir())
