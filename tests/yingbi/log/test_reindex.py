"""`yingbi log reindex` where nothing runs; tests/e2e does it under a running installation, on either index."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from deploy.elasticsearch.connection import Connection
from siem.index.condition import EVERYTHING
from siem.index.positions import Positions
from siem.index.progress import standing
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.index.strict import FIRST, LAST
from siem.record.log import AccessLog, new_start_id
from tests import search_node
from tests.absence import not_here
from tests.siem.events import NINE, event
from tests.yingbi.log.test_compare_index import EVENTS, Indexed
from yingbi.cli import main
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.index import open_index
from yingbi.log.compare_index import TIMEOUT
from yingbi.settings import read_settings

LOGGED, LATER = 7_000, 2_000
"""Events that are there, and that go on arriving while it is rebuilt."""


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


class Writing(threading.Thread):
    """Events that go on arriving in the log of *home*, until it is left."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.log = AccessLog(home.log, new_start_id(NINE))
        self.written = 0
        self._left = threading.Event()

    def write(self, count: int) -> None:
        for _ in range(count):
            event_id = self.log.new_id()
            self.log.append(event(self.written, id=event_id, exchange=event_id, at=NINE))
            self.written += 1

    def run(self) -> None:
        while self.written < LOGGED + LATER and not self._left.wait(0.05):
            self.write(5)

    def __enter__(self) -> "Writing":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.set()
        self.join()
        self.log.close()


@pytest.fixture
def far(tmp_path: Path, elasticsearch_node: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """An installation, nothing of which runs, whose index is a real cluster."""
    if search_node.given_cluster() is not None:
        not_here("the index of a cluster that somebody else runs is not emptied: unset " + search_node.URL)
    home = Home(tmp_path / "home")
    make_folders(home)
    (home.root / "yingbi.toml").write_text(
        f'index = "elasticsearch"\nelasticsearch = {json.dumps(elasticsearch_node.urls)}\ndemo = false\n', "utf-8"
    )
    home.search.mkdir(exist_ok=True)
    for name in ("ca.pem", "passwords.json"):
        shutil.copy(elasticsearch_node.ca_file.with_name(name), home.search)
    monkeypatch.setenv("YINGBI_HOME", str(home.root))
    yield home
    with Elasticsearch(
        elasticsearch_node.url,
        ca_certs=str(elasticsearch_node.ca_file),
        basic_auth=elasticsearch_node.users["keeper"],
    ) as client:
        client.indices.delete(index=list(client.indices.get(index="yingbi-access-*")))
        client.indices.delete_index_template(name="yingbi-access")


def compares(capsys: pytest.CaptureFixture[str]) -> tuple[bool, int, int]:
    """Whether index and log are the same as far as it was shipped; how many are there, and how many yet to come."""
    capsys.readouterr()
    code = main(["log", "verify", "--index", "--json"])
    said = capsys.readouterr()
    assert said.out, said.err
    told = json.loads(said.out)["index"]
    assert code == (0 if told["same"] else 1)
    return told["same"], told["compared"], told["waiting"]


def size(path: Path) -> int:
    return path.stat().st_size


REBUILD = "import sys; from yingbi.cli import main; sys.exit(main(['log', 'reindex']))"


def test_a_cluster_is_filled_again_however_often_and_wherever_it_was_broken_off(
    far: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    writing = Writing(far)
    writing.write(LOGGED)
    with writing:
        child = subprocess.Popen([sys.executable, "-c", REBUILD], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        first = child.stdout.readline()
        child.kill()
        rest = child.stdout.read()
        child.stdout.close()
        child.wait()
        assert 0 < int(re.match(r" *(\d+) %", first)[1]) < 100  # type: ignore[index]
        assert "索引已重建" not in rest

        # Who ships next goes on from what it had noted; what it had sent beyond that is there already, and is so once.
        settings = read_settings()
        noted = Positions(far.positions("elasticsearch"))
        assert 0 < standing(far.log, noted).behind_bytes < sum(map(size, far.log.rglob("*.log")))
        with closing(open_index(settings, writing=True)) as store, closing(noted):
            taken = Shipper(far.log, store, noted, lambda: NINE, timeout=TIMEOUT).step()
            assert (taken.trouble, taken.shipped > 0) == ("", True)
            assert compares(capsys)[0]

        # Asked for again, it begins at the beginning; what was written before it was called is there when it returns.
        before = writing.written
        assert main(["log", "reindex"]) == 0
        said = capsys.readouterr().out
        told = [int(percent) for percent in re.findall(r"(\d+) %", said)]
        assert (told[-1], told == sorted(told), len(told) > 1) == (100, True, True)
        is_same, compared, _ = compares(capsys)
        assert (is_same, compared >= before) == (True, True)
    assert main(["log", "reindex"]) == 0
    assert compares(capsys) == (True, writing.written, 0)
