"""An index that is away while callers keep asking: answers go on, events wait in the log, none is lost, none twice.

For how long it is away: `YINGBI_TEST_OUTAGE_S`, 12 seconds unless told otherwise. That is longer than any time-out and
longer than the longest wait between two attempts, so a minute shows nothing else; the long proofs take a minute.
"""

import contextlib
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.elasticsearch.node import Node
from siem.index.condition import EVERYTHING
from siem.index.positions import Positions
from siem.index.progress import Progress
from siem.index.ship import LONGEST_BACKOFF, Shipper
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from tests import search_node
from tests.contract.backends import elastic_prefix, elastic_store
from tests.faults.pressure import Pressure, pressure
from tests.gateway import Gateway, wait_until
from tests.patience import PATIENCE_S
from tests.rig import Rig, rigged
from tests.scripted import answering

OUTAGE_S = float(os.environ.get("YINGBI_TEST_OUTAGE_S", "12"))
TIMEOUT = timedelta(seconds=2)
SOON = timedelta(seconds=30)
PERSON = '{"items": [{"name": "张三丰", "id_no": "11010519491231002X", "mobile": "13800138000"}]}'.encode()


class Shipping:
    """A shipper that goes on and on, in a thread, as the process that ships does."""

    def __init__(self, gateway: Gateway, store: EventStore, folder: Path) -> None:
        self.positions = Positions(folder / "positions.db")
        self.store = store
        self.new = 0
        self.troubles: set[str] = set()
        self.last: Progress | None = None
        self._shipper = Shipper(gateway.home / "log", store, self.positions, lambda: datetime.now(UTC), timeout=TIMEOUT)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def _go_on(self) -> None:
        while not self._stop.is_set():
            self.last = progress = self._shipper.step()
            self.new += progress.new
            if progress.trouble:
                self.troubles.add(progress.trouble)
            self._stop.wait(progress.pause.total_seconds())

    def __enter__(self) -> "Shipping":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
        self.positions.close()

    def has_caught_up(self) -> bool:
        return self.last is not None and not self.last.trouble and not self.last.behind_bytes and self.new > 0


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as made:
        made.behind.script = answering(PERSON)
        yield made


def indexed(store: EventStore) -> list[str]:
    now = datetime.now(UTC)
    found = store.search(EVERYTHING, now - timedelta(hours=1), now + timedelta(hours=1), SOON)
    return sorted(document["event"]["id"] for document in found)


def break_and_mend(
    rig: Rig,
    store: EventStore,
    folder: Path,
    away: contextlib.AbstractContextManager[object],
    lasting: Callable[[Pressure], None],
) -> Shipping:
    """Let callers ask before, while and after the index is *away*, and wait until all events have arrived."""
    with Shipping(rig.gateway, store, folder) as shipping:
        with pressure(rig.gateway.port, callers=2, pause_s=0.02) as callers:
            wait_until(lambda: shipping.new > 20, 20)
            with away:
                wait_until(lambda: shipping.last is not None and shipping.last.trouble, 30)
                served = callers.statuses[200]
                lasting(callers)
                wait_until(lambda: callers.statuses[200] > served + 20, 10)  # nobody is made to wait for an index
                new = shipping.new
                assert shipping.last is not None
                assert shipping.last.behind_bytes > 0
            wait_until(lambda: shipping.new > new, 60)
        # Of what was asked last, and whose caller has gone, the event comes with the end of his connection.
        wait_until(lambda: rig.gateway.counters()["connections"] == 0, 10)
        wait_until(shipping.has_caught_up, 60)
        written = sorted(event["event"]["id"] for event in rig.gateway.events())
        assert indexed(store) == written, "all of them, and each once"
        assert set(callers.acknowledged) <= set(written)
        assert set(callers.statuses) == {200}
        assert not callers.leaked
    return shipping


def for_a_while(seconds: float) -> Callable[[Pressure], None]:
    """Until *seconds* have passed."""
    done = threading.Event()

    def lasting(callers: Pressure) -> None:
        threading.Timer(seconds, done.set).start()
        assert done.wait(seconds + 30)

    return lasting


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process holds the files of the index for itself."""
    with contextlib.ExitStack() as held:
        for path in folder.glob("*.db"):
            other = held.enter_context(
                contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_S))
            )
            other.execute("BEGIN EXCLUSIVE")
            held.callback(other.execute, "ROLLBACK")
        yield


def test_sqlite_away_under_load(rig: Rig, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    try:
        shipping = break_and_mend(rig, store, tmp_path, locked(tmp_path / "index.db"), for_a_while(1.5))
        assert all("locked" in each for each in shipping.troubles)
    finally:
        store.close()


@pytest.fixture
def node(elasticsearch_parts: None) -> Iterator[Node]:
    """A node of one's own: what is shared with other tests is not to be stopped."""
    with search_node.new_home() as home, search_node.running_node(home) as running:
        yield running


@contextlib.contextmanager
def standing_still(process: int) -> Iterator[None]:
    """Neither answers nor refuses, as a node in a long collection of garbage, or on a machine that swaps."""
    os.killpg(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process, signal.SIGCONT)


def test_elasticsearch_away_under_load(rig: Rig, tmp_path: Path, node: Node) -> None:
    assert timedelta(seconds=OUTAGE_S) >= LONGEST_BACKOFF + TIMEOUT
    with elastic_prefix(node.connection) as prefix:
        store = elastic_store(node.connection, prefix)
        try:
            away = standing_still(node.process.pid)
            shipping = break_and_mend(rig, store, tmp_path, away, for_a_while(OUTAGE_S))
            assert shipping.troubles
        finally:
            store.close()
