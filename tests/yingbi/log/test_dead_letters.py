import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from siem.index.letters import NOT_OURS
from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.record.log import StartId
from tests.siem.events import NINE, document, event
from tests.siem.lines import write_start
from yingbi.cli import main
from yingbi.first_start import make_folders
from yingbi.home import Home

START = StartId("6YQ3K0M9ZT")
WRONG = "`event.duration` is no number"
HIDDEN = "11010519491231002X"


def wrong(number: int) -> dict[str, Any]:
    made = document(number)
    made["event"]["duration"] = HIDDEN
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An installation, nothing of which runs."""
    home = Home(tmp_path / "home")
    make_folders(home)
    monkeypatch.setenv("YINGBI_HOME", str(home.root))
    return home


def ship(home: Home) -> None:
    with closing(SqliteStore(home.events)) as store, closing(Positions(home.positions("sqlite"))) as positions:
        shipper = Shipper(home.log, store, positions, lambda: NINE, jitter=lambda: 1.0)
        while shipper.step().behind_bytes:
            pass


def test_every_event_that_was_not_taken_is_named_by_its_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = {"event": {"id": HIDDEN}, "yingbi": {"new": HIDDEN}}
    paths = write_start(home.log, START, [document(1), wrong(2), document(3)], [document(4), foreign, wrong(6)])
    ship(home)
    assert main(["log", "letters", "--json"]) == 1
    said = capsys.readouterr().out
    assert HIDDEN not in said
    found = json.loads(said)
    assert [(each["segment"], each["line"], each["event"], each["reason"]) for each in found] == [
        (1, 2, event(2).id, WRONG),
        (2, 2, "", NOT_OURS),
        (2, 3, event(6).id, WRONG),
    ]
    assert {(each["start"], each["since"], each["attempts"], each["next"]) for each in found} == {
        (START, "2026-11-23T09:00:00+00:00", 1, "2026-11-23T09:00:10+00:00")
    }
    paths[1].write_bytes(b"")  # somebody cut it off
    assert main(["log", "letters"]) == 1
    said = capsys.readouterr().out
    assert "3 条记录在日志里" in said
    assert f"{START}/000001.log 第 2 行 / line 2  {event(2).id}" in said
    assert f"  {START}/000002.log\n    {NOT_OURS}" in said
    assert HIDDEN not in said


def test_where_the_index_has_taken_everything_there_is_nothing_to_list(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "letters"]) == 0
    write_start(home.log, START, [document(1)])
    ship(home)
    assert main(["log", "letters", "--retry", "--json"]) == 0
    assert capsys.readouterr().out.endswith("[]\n")


def test_they_are_offered_again_only_where_somebody_ships(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    write_start(home.log, START, [wrong(1)])
    ship(home)
    assert main(["log", "letters", "--retry"]) == 3
    assert "没有运行" in capsys.readouterr().err
    assert not home.hastened.exists()
