"""`yingbi log import` and `yingbi log export`, over a log that is read as the gateway's own."""

import fcntl
import json
import shutil
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.record.ecs import to_ecs
from siem.record.event import EventId
from siem.record.log import AccessLog, StartId, new_start_id
from siem.record.reader import starts_in
from siem.record.verify import verify
from tests.siem.events import NINE, document, event
from tests.siem.record.test_foreign import ACCESS, SOMEBODY
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.log.import_log import LONGEST_LINE, MOST_NAMED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    make_keys(home, now)
    monkeypatch.setenv("YINGBI_HOME", str(home.root))
    return home


def written(path: Path, *lines: object) -> Path:
    path.write_bytes(b"".join(line if isinstance(line, bytes) else orjson.dumps(line) + b"\n" for line in lines))
    return path


def test_events_of_another_maker_are_brought_in_once_indexed_and_given_out(
    home: Home, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = written(tmp_path / "events.ndjson", ACCESS, b"\n", document(7), ACCESS)  # two that happened alike
    assert main(["log", "import", str(file), "--json"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["events"], told["lines"], told["refused"], told["before"]) == (3, 3, 0, False)
    assert main(["log", "import", str(file), "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["before"]
    assert starts_in(home.log) == [told["start"]]
    store, positions = SqliteStore(home.events), Positions(home.positions("sqlite"))
    assert Shipper(home.log, store, positions, lambda: NINE).step().new == 3
    store.close()
    positions.close()
    assert main(["log", "export"]) == 0
    lines = capsysbinary.readouterr().out.splitlines()
    assert [orjson.loads(line)["event"]["id"] for line in lines] == [
        f"{told['start']}-1",
        f"{told['start']}-6YQ3K0M9ZT-7",
        f"{told['start']}-2",
    ]
    assert main(["explain", f"{told['start']}-6YQ3K0M9ZT-7"]) == 0
    assert SOMEBODY.encode() not in b"".join(path.read_bytes() for path in home.log.rglob("*.log"))
    assert verify(home.log, home.seals).unsealed.records == 3


def test_an_export_is_of_a_time_and_of_systems(
    home: Home, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    events = [document(number, system=f"s{number % 2}") for number in range(10)]
    assert main(["log", "import", str(written(tmp_path / "events", *events))]) == 0
    capsysbinary.readouterr()
    assert main(["log", "export", "--system", "s1", "--since", "2026-11-23T09:00:03Z"]) == 0
    found = capsysbinary.readouterr().out.splitlines()
    assert [orjson.loads(line)["@timestamp"] for line in found] == [events[n]["@timestamp"] for n in (3, 5, 7, 9)]
    assert main(["log", "export", "--until", "2026-11-23T09:00:03+00:00"]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == 3


def test_no_line_takes_an_id_that_a_worker_of_this_log_gives_or_can_give(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = AccessLog(home.log, new_start_id(now()))
    worker.append(event(1, id=worker.new_id()))
    later = f"{new_start_id(now() + timedelta(days=1))}-1"
    here = [document(number, id=f"{worker.start}-{number}") for number in (1, 2)]
    older = {**here[1], "ecs": {"version": "8.0.0"}}
    file = written(tmp_path / "events", *here, older, document(3, id=later, exchange=later))
    assert main(["log", "import", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.count("is of a start that this log has") == 3
    shown = event(2, id=worker.new_id())
    worker.append(shown)
    worker.close()
    (brought,) = (start for start in starts_in(home.log) if start != worker.start)
    store, positions = SqliteStore(home.events), Positions(home.positions("sqlite"))
    progress = Shipper(home.log, store, positions, lambda: NINE).step()
    assert (progress.new, progress.refused) == (3, 0)
    assert store.get(shown.id, timedelta(seconds=5)) == to_ecs(shown)
    found = store.get(EventId(f"{brought}-{later}"), timedelta(seconds=5))
    store.close()
    positions.close()
    assert found is not None
    assert found["yingbi"]["exchange"] == f"{brought}-{later}"


def given(number: int, **more: object) -> dict[str, object]:
    """An event with an id of its maker's."""
    return {**ACCESS, "event.id": f"E{number}", **more}


def imported(capsys: pytest.CaptureFixture[str], file: Path, code: int = 0) -> tuple[int, int, int]:
    capsys.readouterr()
    assert main(["log", "import", str(file), "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    return told["events"], told["known"], told["refused"]


def test_an_event_comes_once_in_whichever_file_it_is(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alike = [ACCESS, ACCESS]
    own = document(7)
    first = [given(1), given(2), *alike, own]
    assert imported(capsys, written(tmp_path / "a", b"half a line\n", *first, given(1)), 1) == (5, 1, 1)
    mended = written(tmp_path / "b", given(3), *first, ACCESS, given(1, tags=["read again"]))
    assert imported(capsys, mended) == (2, 6, 0)
    assert len(starts_in(home.log)) == len([*home.brought_in.iterdir()]) == 2
    assert main(["log", "import", str(written(tmp_path / "c", *first))]) == 0
    said = capsys.readouterr().out
    assert "5 行的事件日志中已有" in said
    assert "启动目录" not in said
    assert len(starts_in(home.log)) == 2
    other = [given(1, user={"id": "clerk-li"}), given(1, service={"name": "hall"})]
    assert imported(capsys, written(tmp_path / "d", *other)) == (2, 0, 0)
    kept = b"".join(path.read_bytes() for path in home.brought_in.iterdir())
    assert SOMEBODY.encode() not in kept
    for start in starts_in(home.log):
        shutil.rmtree(home.log / start)
    assert imported(capsys, written(tmp_path / "e", *first, b"\n")) == (5, 0, 0)
    assert len([*home.brought_in.iterdir()]) == 1


def test_after_a_crash_before_the_file_was_remembered_nothing_is_doubled(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "a", *([ACCESS] * 3))
    assert imported(capsys, file) == (3, 0, 0)
    home.imports.write_bytes(b"")
    assert imported(capsys, file) == (0, 3, 0)


def test_what_a_program_for_windows_puts_before_a_text_is_passed(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(capsys, written(tmp_path / "a", b"\xef\xbb\xbf" + orjson.dumps(ACCESS) + b"\r\n")) == (1, 0, 0)


def test_what_an_import_that_was_killed_has_left_is_told_and_cleared(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = home.log / ".import-DC4S8TWJ56"
    AccessLog(left, StartId("DC4S8TWJ56")).close()
    file = written(tmp_path / "a", ACCESS)
    with home.imports.open("ab") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        assert main(["log", "import", str(file)]) == 3
    assert "another import is under way" in capsys.readouterr().err
    assert left.is_dir()
    home.seals.touch()
    main(["log", "verify", "--json"])
    assert json.loads(capsys.readouterr().out)["interrupted_imports"] == [left.name]
    main(["log", "verify"])
    assert left.name in capsys.readouterr().out
    assert imported(capsys, file) == (1, 0, 0)
    assert [path.name for path in home.log.iterdir()] == starts_in(home.log)


def test_lines_that_are_no_event_are_named_and_the_others_brought_in(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = b'{"@timestamp": "' + b"x" * (2 * LONGEST_LINE) + b'"}\n'
    file = written(tmp_path / "events", b"no json\n", ACCESS, long, {"@timestamp": "yesterday"}, ACCESS)
    assert main(["log", "import", str(file)]) == 1
    said = capsys.readouterr()
    assert "已并入 2 条事件" in said.out
    assert [line.partition(f"{file}`:")[2].partition(":")[0] for line in said.err.splitlines()][:-1] == ["1", "3", "4"]


def test_a_file_beside_names_every_line_that_is_no_event_and_no_value_of_it(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = tmp_path / "events.refused"
    bystander = written(tmp_path / "bystander", b"kept\n")
    beside.symlink_to(bystander)
    bad = [{"@timestamp": f"at {SOMEBODY}"}] * (MOST_NAMED + 5)
    file = written(tmp_path / "events", ACCESS, *bad, SOMEBODY.encode() + b"\n")
    assert main(["log", "import", str(file)]) == 1
    said = capsys.readouterr().err
    assert f"`{beside}`" in said
    assert said.count(f"`{file}`:") == MOST_NAMED
    rows = [line.split("\t") for line in beside.read_text("utf-8").splitlines()]
    assert [int(number) for number, _ in rows] == list(range(2, MOST_NAMED + 8))
    assert SOMEBODY not in beside.read_text("utf-8")
    assert beside.stat().st_mode & 0o777 == 0o600
    assert bystander.read_bytes() == b"kept\n"
    mended = written(tmp_path / "events", ACCESS)
    assert main(["log", "import", str(mended)]) == 0
    assert not beside.exists()


def test_where_no_file_can_be_written_beside_the_events_are_brought_in_all_the_same(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.refused").mkdir()
    assert main(["log", "import", str(written(tmp_path / "events", ACCESS, b"no json\n")), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["refused"], told["all_wrong"]) == (1, 1, "")
    assert told["trouble"]


def test_a_file_without_an_event_leaves_nothing(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "import", str(written(tmp_path / "events", b"no json\n"))]) == 3
    assert "holds no event: 1: is no JSON" in capsys.readouterr().err
    assert main(["log", "import", str(tmp_path / "nowhere")]) == 3
    assert [path.name for path in home.log.iterdir()] == []
