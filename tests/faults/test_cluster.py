"""A cluster of three real nodes, one of which is killed while it works, and returns: nothing is lost or there twice.

The node that is killed is the one that holds the day's events; the shipper talks to it as to the two others.
"""

import contextlib
import json
import os
import shutil
import signal
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.elasticsearch.node import Node
from siem.index.positions import Positions
from siem.index.progress import Progress
from siem.index.ship import Shipper
from siem.index.store import EventStore
from siem.record.ecs import Document
from siem.record.log import AccessLog, new_start_id
from tests import search_node
from tests.absence import not_here
from tests.contract.backends import SOON
from tests.gateway import wait_until, waiting_per_core
from tests.siem.events import digest, event
from yingbi.cli import main
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.index import open_index, open_keeper
from yingbi.settings import read_settings

BACKLOG, LATER, LAST = 7_000, 3_000, 600
"""Events that wait when shipping begins, that are written while it goes on, and after the node has returned."""
DAYS = 3
"""So many indices the events belong to: whichever node dies holds some of them and copies of others."""
NEEDED = 3 * 1024**3
"""Bytes of memory that three nodes take."""
LIMIT_S = 120.0


class Writer(threading.Thread):
    """A worker that goes on and on, and stops after `LATER` events or when told to."""

    def __init__(self, log: AccessLog) -> None:
        super().__init__()
        self.log = log
        self.written: list[str] = []
        self.began = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
        self.stop = threading.Event()

    def write(self, count: int) -> None:
        for _ in range(count):
            number, event_id = len(self.written), self.log.new_id()
            at = self.began - timedelta(days=number % DAYS) + timedelta(milliseconds=number)
            self.log.append(event(number, id=event_id, exchange=event_id, at=at, subjects=(digest(number % 5_000),)))
            self.written.append(event_id)

    def run(self) -> None:
        while len(self.written) < BACKLOG + LATER and not self.stop.wait(0.01):
            self.write(50)


class Watched:
    """A store that says when it is in the middle of an append."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self.appends_at_once = store.appends_at_once
        self.appending = threading.Event()
        self._under_way = 0
        self._lock = threading.Lock()

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        self._count(1)
        try:
            return self.store.append(documents, timeout)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self._under_way += more
            (self.appending.set if self._under_way else self.appending.clear)()


@pytest.fixture
def cluster(elasticsearch_parts: None) -> Iterator[Sequence[Node]]:
    room = psutil.virtual_memory().available
    if room < NEEDED:
        not_here(f"three Elasticsearch nodes need {NEEDED >> 20} MiB of memory, and {room >> 20} MiB are free")
    with search_node.new_home() as home, search_node.running_cluster(home) as nodes:
        yield nodes


@pytest.fixture
def home(tmp_path: Path, cluster: Sequence[Node], monkeypatch: pytest.MonkeyPatch) -> Home:
    """An installation whose index is that cluster."""
    home = Home(tmp_path / "home")
    make_folders(home)
    urls = json.dumps([node.connection.url for node in cluster])
    (home.root / "yingbi.toml").write_text(f'index = "elasticsearch"\nelasticsearch = {urls}\ndemo = false\n', "utf-8")
    home.search.mkdir(exist_ok=True)
    for name in ("ca.pem", "passwords.json"):
        shutil.copy(cluster[0].connection.ca_file.with_name(name), home.search)
    monkeypatch.setenv("YINGBI_HOME", str(home.root))
    return home


def asked(node: Node, path: str) -> httpx.Response:
    """What *node* tells the keeper."""
    connection = node.connection
    with httpx.Client(
        base_url=connection.url,
        auth=connection.users["keeper"],
        verify=ssl.create_default_context(cafile=connection.ca_file),
        trust_env=False,
        timeout=30,
    ) as client:
        return client.get(path)


def holder(cluster: Sequence[Node], day: datetime) -> Node:
    """The node that every event of *day* goes to first."""
    shards = asked(cluster[0], f"/_cat/shards/yingbi-access-{day:%Y.%m.%d}?h=prirep,node&format=json").json()
    (name,) = (shard["node"] for shard in shards if shard["prirep"] == "p")
    return next(node for node in cluster if node.member.name == name)


def kill(node: Node, store: Watched) -> bool:
    """Kill *node* in the middle of an append. Whether that had not returned when it was dead.

    It is stopped before, or a quick append would be over: one that waits for it is what the kill falls into.
    """
    os.killpg(node.process.pid, signal.SIGSTOP)
    waits = False
    while not waits:
        assert store.appending.wait(LIMIT_S)
        threading.Event().wait(0.2)
        waits = store.appending.is_set()
    os.killpg(node.process.pid, signal.SIGKILL)
    node.process.wait()
    return store.appending.is_set()


def ship(shipper: Shipper, until: threading.Thread | None, enough: int = 0) -> list[Progress]:
    """Step by step: until so many are shipped, or until *until* has ended and nothing is left."""
    deadline, steps, shipped = time.monotonic() + LIMIT_S * waiting_per_core(), [], 0
    while True:
        ended = until is not None and not until.is_alive()
        steps.append(shipper.step())
        shipped += steps[-1].shipped
        if (enough and shipped >= enough) or (ended and not steps[-1].behind_bytes and not steps[-1].trouble):
            return steps
        assert time.monotonic() < deadline, steps[-1].trouble
        threading.Event().wait(steps[-1].pause.total_seconds())


def has_returned(node: Node, survivor: Node, nodes: int) -> bool:
    """Whether all *nodes* hold all that there is and its copies, nothing moves, and *node* has its part again."""
    health = asked(survivor, "/_cluster/health").json()
    shards = asked(survivor, "/_cat/shards/yingbi-access-*?h=node&format=json").json()
    whole = (health["status"], health["number_of_nodes"], health["relocating_shards"]) == ("green", nodes, 0)
    return whole and node.member.name in {shard["node"] for shard in shards}


def assert_is_the_log(events: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Event by event, by what is there and by nothing that was counted on the way."""
    assert main(["log", "verify", "--index", "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)["index"]
    nothing = {"count": 0, "events": []}
    assert (compared["same"], compared["compared"], compared["waiting"]) == (True, events, 0)
    assert [compared[kind] for kind in ("missing", "altered", "additional")] == [nothing] * 3


def test_a_node_killed_in_mid_bulk_under_load_and_its_return_cost_nothing(
    cluster: Sequence[Node], home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings()
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(contextlib.closing(AccessLog(home.log, new_start_id(datetime.now(UTC)))))
        store = stack.enter_context(contextlib.closing(open_index(settings, writing=True)))
        positions = stack.enter_context(contextlib.closing(Positions(home.positions(settings.index.value))))
        with contextlib.closing(open_keeper(settings, store)) as keeper:
            keeper.prepare(SOON)
        watched = Watched(store)
        shipper = Shipper(home.log, watched, positions, lambda: datetime.now(UTC))  # type: ignore[arg-type]
        writer = Writer(log)
        writer.write(BACKLOG)
        writer.start()
        stack.callback(writer.join)
        stack.callback(writer.stop.set)

        before = ship(shipper, None, enough=2_000)
        victim = holder(cluster, writer.began)
        survivor = next(node for node in cluster if node is not victim)
        in_the_middle: list[bool] = []
        killer = threading.Thread(target=lambda: in_the_middle.append(kill(victim, watched)))
        killer.start()
        after = ship(shipper, writer)
        killer.join()

        assert in_the_middle == [True], "it was killed while events were on their way to it"
        assert len(writer.written) == BACKLOG + LATER
        assert sum(progress.shipped for progress in (*before, *after)) == BACKLOG + LATER
        assert after[-1].refused == 0
        assert asked(survivor, "/_cluster/health").json()["number_of_nodes"] == len(cluster) - 1
        counted = asked(survivor, "/_cat/indices/yingbi-access-*?h=index,docs.count&format=json").json()
        assert sum(int(index["docs.count"]) for index in counted) == BACKLOG + LATER
        assert len(counted) == DAYS
        assert_is_the_log(BACKLOG + LATER, capsys)

        stack.enter_context(search_node.returning(victim))
        wait_until(lambda: has_returned(victim, survivor, len(cluster)), LIMIT_S)
        assert_is_the_log(BACKLOG + LATER, capsys)
        writer.write(LAST)
        shipped = ship(shipper, writer)
        assert sum(progress.shipped for progress in shipped) == LAST
        assert_is_the_log(BACKLOG + LATER + LAST, capsys)
