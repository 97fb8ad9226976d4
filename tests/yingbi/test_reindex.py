"""`yingbi log reindex` where nothing runs; tests/e2e/test_up.py does it under a running installation."""

from pathlib import Path

import pytest

from siem.index.condition import EVERYTHING
from siem.index.sqlite import SqliteStore
from siem.index.strict import FIRST, LAST
from tests.yingbi.test_compare_index import EVENTS, Indexed
from yingbi.cli import main
from yingbi.compare_index import TIMEOUT


def test_an_index_that_was_altered_is_as_the_log_again_however_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    indexed = Indexed(tmp_path)
    monkeypatch.setenv("YINGBI_HOME", str(indexed.home.root))
    indexed.sql(f"DELETE FROM events WHERE id = '{indexed.id(7)}'")
    indexed.sql("UPDATE events SET at = at + 86400000000")
    assert main(["log", "verify", "--index"]) == 1
    capsys.readouterr()
    indexed.store.close()
    indexed.positions.close()
    for _ in range(2):
        assert main(["log", "reindex"]) == 0
        said = capsys.readouterr().out
        assert "100 %" in said
        assert "索引已重建" in said
        assert main(["log", "verify", "--index"]) == 0
        assert f"{EVENTS:,} 条与日志比较" in capsys.readouterr().out
    indexed.log.close()


def test_there_has_to_be_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "nowhere"))
    assert main(["log", "reindex"]) == 3
    assert "yingbi up" in capsys.readouterr().err


def test_an_empty_log_makes_an_empty_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = Indexed(tmp_path)
    indexed.log.close()
    for path in indexed.log.folder.iterdir():
        path.unlink()
    indexed.log.folder.rmdir()
    indexed.store.close()
    indexed.positions.close()
    monkeypatch.setenv("YINGBI_HOME", str(indexed.home.root))
    assert main(["log", "reindex"]) == 0
    store = SqliteStore(indexed.home.events)
    assert store.count(EVERYTHING, FIRST, LAST, TIMEOUT) == 0
    store.close()
