"""The index against the log: documents that were deleted, edited or added in it are named."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.record.log import AccessLog, new_start_id
from siem.record.reader import beginning_of, follow
from tests.siem.events import NINE, document, event
from tests.siem.lines import write_start
from yingbi.cli import main
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.log.compare_index import AT_ONCE, IndexReport, compare

EVENTS = AT_ONCE + 5


class Indexed:
    """A log that was shipped to SQLite."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        make_folders(self.home)
        self.log = AccessLog(self.home.log, new_start_id(NINE))
        self.write(EVENTS)
        self.store = SqliteStore(self.home.events)
        self.positions = Positions(self.home.positions("sqlite"))
        shipper = Shipper(self.home.log, self.store, self.positions, lambda: NINE)
        while shipper.step().behind_bytes:
            pass

    def write(self, events: int) -> None:
        for _ in range(events):
            event_id = self.log.new_id()
            number = int(event_id.rpartition("-")[2])
            self.log.append(event(number, id=event_id, exchange=event_id))

    def sql(self, statement: str) -> None:
        (day,) = self.home.events.glob("*.db")
        with sqlite3.connect(day) as connection:
            connection.execute(statement)
        connection.close()

    def compared(self) -> IndexReport:
        return compare(self.home.log, self.store, self.positions.load())

    def id(self, number: int) -> str:
        return f"{self.log.start}-{number}"


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Indexed]:
    made = Indexed(tmp_path)
    yield made
    made.log.close()
    made.store.close()
    made.positions.close()


def test_an_index_that_holds_what_the_log_does(indexed: Indexed) -> None:
    indexed.write(3)
    report = indexed.compared()
    assert (report.is_same, report.compared, report.waiting) == (True, EVENTS, 3)


def test_a_document_that_was_deleted_edited_or_added_is_named(indexed: Indexed) -> None:
    indexed.sql(f"DELETE FROM events WHERE id = '{indexed.id(7)}'")
    indexed.sql(
        "UPDATE events SET document = CAST(replace(CAST(document AS TEXT), 'clerk-wang', 'clerk-wong') AS BLOB)"
        f" WHERE id = '{indexed.id(EVENTS)}'"
    )
    indexed.sql(f"UPDATE events SET at = at + 86400000000 WHERE id = '{indexed.id(8)}'")
    indexed.store.append([document(1, id=indexed.id(EVENTS + 1)), document(2, id="strange")], timedelta(seconds=5))
    report = indexed.compared()
    assert report.missing.events == [indexed.id(7)]
    assert report.altered.events == [indexed.id(8), indexed.id(EVENTS)]
    assert report.additional.events == sorted([indexed.id(EVENTS + 1), "strange"])
    assert not report.is_same


def test_what_no_index_takes_is_no_finding(indexed: Indexed) -> None:
    write_start(indexed.home.log, new_start_id(NINE), [{"event": {"id": "another-1"}, "@timestamp": "2026"}])
    report = compare(indexed.home.log, indexed.store, None)
    assert (report.is_same, report.refused) == (True, 1)


def test_the_command_compares_what_was_shipped(
    indexed: Indexed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(indexed.home.root))
    assert main(["log", "verify", "--index"]) == 0
    assert "索引与日志一致" in capsys.readouterr().out
    indexed.sql(f"DELETE FROM events WHERE id = '{indexed.id(7)}'")
    assert main(["log", "verify", "--index"]) == 1
    assert indexed.id(7) in capsys.readouterr().out
    assert main(["log", "verify", "--index", "--since", "2026-11-24", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["index"]["compared"] == 0
    *_, (_, last) = follow(indexed.log.folder, beginning_of(indexed.log.start))
    segment = indexed.log.folder / f"{last.segment:06d}.log"
    segment.write_bytes(segment.read_bytes()[1:])
    assert main(["log", "verify", "--index"]) == 1
    assert "没有与索引比较" in capsys.readouterr().out
