import contextlib
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from siem.index import ship
from siem.index.condition import EVERYTHING
from siem.index.positions import Positions
from siem.index.progress import IDLE, Progress, Span, standing
from siem.index.ship import LONGEST_BACKOFF, Shipper, start_over_if_emptied
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document
from siem.record.log import AccessLog, StartId, new_start_id, segment_path
from siem.record.reader import starts_in
from tests.contract.backends import elastic_prefix, elastic_store
from tests.effort import examples
from tests.siem.events import NINE, document, event
from tests.siem.forward import wire_to
from tests.siem.lines import write_start

SOON = timedelta(seconds=20)
STARTS = tuple(StartId(f"6YQ3K0M9Z{last}") for last in "TVWXYZ")


class Here:
    """A log, an index and a clock that moves when told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "log").mkdir()
        self.now = NINE
        self.store: EventStore = SqliteStore(folder / "index.db")
        self.positions = Positions(folder / "positions.db", timeout=timedelta(milliseconds=20))
        self.logs: list[AccessLog] = []
        self.written: list[str] = []
        self.restart()

    @property
    def day(self) -> Path:
        """The part of the index that the events go to."""
        return self.folder / "index.db" / "2026-11-23.db"

    def restart(self) -> None:
        self.shipper = Shipper(
            self.folder / "log",
            self.store,
            self.positions,
            lambda: self.now,
            timeout=timedelta(milliseconds=50),
            jitter=lambda: 1.0,
        )

    def start(self, name: StartId | None = None) -> AccessLog:
        log = AccessLog(self.folder / "log", name or STARTS[len(self.logs)], segment_bytes=3000)
        self.logs.append(log)
        return log

    def write(self, log: AccessLog, at: datetime = NINE) -> None:
        identity = log.new_id()
        log.append(event(0, id=identity, at=at))
        self.written.append(identity)

    def indexed(self) -> list[str]:
        far = NINE + timedelta(days=400)
        return [found["event"]["id"] for found in self.store.search(EVERYTHING, NINE - SOON, far, SOON)]

    def drain(self) -> Progress:
        while True:
            progress = self.shipper.step()
            self.now += progress.pause
            if not progress.shipped and not progress.trouble:
                return progress

    def close(self) -> None:
        for log in self.logs:
            log.close()
        self.store.close()
        self.positions.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    here = Here(tmp_path)
    yield here
    here.close()


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """The database at *path* cannot be written to: another connection has it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_nothing_to_ship(here: Here) -> None:
    progress = here.shipper.step()
    assert progress == Progress(behind_bytes=0, refused=0, broken={})
    assert progress.pause == IDLE


def test_a_line_is_searchable_after_the_next_step(here: Here) -> None:
    log = here.start()
    here.write(log, NINE + timedelta(seconds=3))
    here.write(log, NINE + timedelta(seconds=1))
    progress = here.shipper.step()
    assert (progress.shipped, progress.new, progress.behind_bytes) == (2, 2, 0)
    assert progress.spans == (Span(NINE + timedelta(seconds=1), NINE + timedelta(seconds=3)),)
    assert sorted(here.indexed()) == sorted(here.written)
    assert here.shipper.step().shipped == 0


def test_new_starts_and_new_segments_are_found(here: Here) -> None:
    one = here.start()
    for _ in range(10):
        here.write(one)
    here.drain()
    two = here.start()
    for log in (one, two, one):
        for _ in range(10):
            here.write(log)
    assert len(list(one.folder.iterdir())) > 3
    here.drain()
    assert sorted(here.indexed()) == sorted(here.written)


def test_a_long_backlog_leaves_room_for_the_others(here: Here) -> None:
    busy, quiet = here.start(), here.start()
    for _ in range(1500):
        here.write(busy)
    here.write(quiet)
    here.shipper.timeout = SOON
    progress = here.shipper.step()
    assert progress.pause == timedelta(0), "there is more to do at once"
    assert here.written[-1] in here.indexed()
    here.drain()
    assert len(here.indexed()) == 1501


def test_while_the_index_is_away_events_wait_in_the_log(here: Here) -> None:
    log = here.start()
    here.write(log)
    here.drain()
    pauses = []
    with held(here.day):
        for _ in range(30):
            here.write(log)
            progress = here.shipper.step()
            assert progress.trouble == "the index cannot be used: database is locked"
            assert progress.behind_bytes > 0
            pauses.append(progress.pause)
            here.now += progress.pause
    assert pauses[:5] == [timedelta(seconds=seconds) for seconds in (0.5, 1, 2, 4, 8)]
    assert set(pauses[5:]) == {LONGEST_BACKOFF}
    assert here.drain().trouble == ""
    assert sorted(here.indexed()) == sorted(here.written)


def test_a_step_before_its_time_asks_nothing_of_the_index(here: Here) -> None:
    here.write(here.start())
    with held(here.folder / "positions.db"):
        here.shipper.step()
    early = here.shipper.step()
    assert (early.shipped, early.pause) == (0, timedelta(seconds=0.5))
    here.now += timedelta(seconds=0.5)
    assert here.shipper.step().shipped == 1


def test_a_clock_set_back_does_not_stretch_a_wait(here: Here) -> None:
    log = here.start()
    here.write(log)
    here.drain()
    here.write(log)
    with held(here.day):
        here.shipper.step()
    here.now -= timedelta(hours=1)
    assert here.shipper.step().shipped == 1


def test_what_was_indexed_and_not_noted_is_not_indexed_twice(here: Here) -> None:
    log = here.start()
    here.write(log)
    here.drain()
    here.write(log)
    with held(here.folder / "positions.db"):
        assert "the shipper's positions cannot be used" in here.shipper.step().trouble
    here.restart()
    progress = here.shipper.step()
    assert (progress.shipped, progress.new) == (1, 0)
    assert sorted(here.indexed()) == sorted(here.written)


def test_a_break_is_reported_for_ever_and_the_others_go_on(here: Here) -> None:
    bad, good = here.start(), here.start()
    for log in (bad, bad, bad, good):
        here.write(log)
    path = segment_path(bad.folder, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    here.drain()
    here.drain()
    said = f"{bad.start}/000001.log: the line at byte {len(lines[0])} does not follow"
    here.write(good)
    here.write(bad)
    progress = here.drain()
    assert progress.broken == {bad.start: said}
    assert progress.behind_bytes == 0
    here.restart()
    assert here.drain().broken == {bad.start: said}
    assert sorted(here.indexed()) == sorted([here.written[0], here.written[3], here.written[4]])


def test_what_was_shipped_and_cut_off_the_log_is_a_break(here: Here) -> None:
    log = here.start()
    here.write(log)
    here.write(log)
    here.drain()
    path = segment_path(log.folder, 1)
    path.write_bytes(path.read_bytes()[:-10])
    here.drain()
    progress = here.drain()
    assert "the segment ends before byte" in progress.broken[log.start]


def test_half_a_line_is_waited_for_and_is_no_backlog(here: Here) -> None:
    log = here.start()
    here.write(log)
    here.drain()
    path = segment_path(log.folder, 1)
    whole = path.read_bytes()
    here.write(log)
    complete = path.read_bytes()
    path.write_bytes(complete[:-7])
    here.shipper.step()
    progress = here.shipper.step()
    assert (progress.shipped, progress.behind_bytes, progress.broken) == (0, 0, {})
    assert len(complete) > len(whole)
    path.write_bytes(complete)
    assert here.drain().behind_bytes == 0
    assert sorted(here.indexed()) == sorted(here.written)


@pytest.mark.parametrize("body", [b"{}", b'{"event":[]}', b'{"event":{"id":"x"},"yingbi":{"new":1}}', b"[1]"])
def test_what_the_index_cannot_take_is_counted_and_passed(here: Here, body: bytes) -> None:
    write_start(here.folder / "log", STARTS[0], [document(1), body, document(2)])
    assert here.drain().refused == 1
    here.restart()
    assert here.drain().refused == 1, "after a restart as well"
    assert here.indexed() == [event(1).id, event(2).id]


def test_an_index_too_slow_for_a_whole_batch_is_given_less(here: Here) -> None:
    write_start(here.folder / "log", STARTS[0], [document(n, at=NINE) for n in range(1500)])
    here.shipper.timeout = timedelta(0)  # more than some thousand steps of the index are never granted
    assert here.shipper.step().trouble == "the index cannot be used: interrupted"
    here.now += LONGEST_BACKOFF
    here.drain()
    assert len(here.indexed()) == 1500


def test_a_start_that_cannot_be_read_is_told_and_the_others_go_on(here: Here) -> None:
    closed, good = here.start(), here.start()
    here.write(closed)
    here.write(good)
    path = segment_path(closed.folder, 1)
    path.rename(path.with_suffix(".kept"))
    path.mkdir()
    progress = here.shipper.step()
    assert progress.trouble == f"the log of {closed.start} cannot be read: Is a directory"
    assert here.indexed() == [here.written[1]]
    path.rmdir()
    path.with_suffix(".kept").rename(path)
    here.drain()
    assert sorted(here.indexed()) == sorted(here.written)


def test_a_log_that_cannot_be_listed_is_told(here: Here) -> None:
    log = here.start()
    here.write(log)
    (here.folder / "log").rename(here.folder / "kept")
    (here.folder / "log").write_text("a file", "utf-8")
    progress = here.shipper.step()
    assert (progress.trouble, progress.pause) == ("the log cannot be read: Not a directory", timedelta(seconds=0.5))
    (here.folder / "log").unlink()
    (here.folder / "kept").rename(here.folder / "log")
    here.now += progress.pause
    assert here.shipper.step().shipped == 1


def test_who_looks_on_sees_how_far_it_has_come(here: Here) -> None:
    onlooker = Positions(here.folder / "positions.db", read_only=True)
    assert standing(here.folder / "log", onlooker) == Progress(behind_bytes=0, refused=0, broken={})
    paths = [
        *write_start(here.folder / "log", STARTS[0], [document(1), b"{}"]),
        *write_start(here.folder / "log", STARTS[1], [document(2)]),
    ]
    size = sum(path.stat().st_size for path in paths)
    assert standing(here.folder / "log", onlooker).behind_bytes == size
    paths[1].write_bytes(b"0 {}\n")
    here.drain()
    final = here.drain()
    assert standing(here.folder / "log", onlooker) == final
    assert (final.behind_bytes, final.refused, set(final.broken)) == (0, 1, {STARTS[1]})


def test_an_emptied_index_is_filled_again(here: Here) -> None:
    log = here.start()
    for _ in range(5):
        here.write(log)
    assert not start_over_if_emptied(here.store, here.positions, SOON)
    here.drain()
    assert not start_over_if_emptied(here.store, here.positions, SOON)
    here.store.close()
    shutil.rmtree(here.folder / "index.db")
    here.store = SqliteStore(here.folder / "index.db")
    assert start_over_if_emptied(here.store, here.positions, SOON)
    here.restart()
    here.drain()
    assert sorted(here.indexed()) == sorted(here.written)


def test_other_folders_beside_the_starts_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    starts = [new_start_id(NINE + timedelta(days=days)) for days in (0, 1, 900)]
    for start in reversed(starts):
        (tmp_path / start).mkdir()
    assert starts_in(tmp_path) == starts
    assert starts_in(tmp_path / "nowhere") == []


class Shipping(RuleBasedStateMachine):
    """Whatever happens in whatever order, each event is indexed once."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        number = len(list(self.folder.iterdir()))
        (self.folder / str(number)).mkdir()
        self.here = Here(self.folder / str(number))
        self.here.start()

    @rule(which=st.integers(0, 5), count=st.integers(1, 9))
    def write(self, which: int, count: int) -> None:
        for _ in range(count):
            self.here.write(self.here.logs[which % len(self.here.logs)])

    @rule()
    def start(self) -> None:
        if len(self.here.logs) < len(STARTS):
            self.here.start()

    @rule(held_file=st.sampled_from(["", "", "index.db/2026-11-23.db", "positions.db"]), waited=st.booleans())
    def step(self, held_file: str, waited: bool) -> None:
        path = self.here.folder / held_file
        with held(path) if held_file and path.exists() else contextlib.nullcontext():
            progress = self.here.shipper.step()
        if waited:
            self.here.now += progress.pause

    @rule()
    def restart(self) -> None:
        self.here.restart()

    @invariant()
    def none_is_twice_and_none_invented(self) -> None:
        indexed = self.here.indexed()
        assert len(indexed) == len(set(indexed))
        assert set(indexed) <= set(self.here.written)

    def teardown(self) -> None:
        progress = self.here.drain()
        assert sorted(self.here.indexed()) == sorted(self.here.written)
        assert (progress.behind_bytes, progress.broken, progress.refused) == (0, {}, 0)
        self.here.close()


def test_none_is_lost_and_none_is_twice_in_whatever_order_things_fail(tmp_path: Path) -> None:
    Shipping.folder = tmp_path
    run_state_machine_as_test(
        Shipping, settings=settings(max_examples=examples(25), stateful_step_count=20, deadline=None)
    )


class Met:
    """A store that takes two appends at the same time, and each only once the other has come."""

    appends_at_once = 2

    def __init__(self, store: EventStore, *, refused: bool = False) -> None:
        self.store = store
        self.refused = refused
        self.meeting = threading.Barrier(2)
        self.sizes: list[int] = []
        self.second_is_in = threading.Event()

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        self.sizes.append(len(documents))
        if len(self.sizes) > 2:
            return self.store.append(documents, timeout)
        self.meeting.wait(SOON.total_seconds())
        is_first = documents[0]["event"]["id"] == event(0).id
        if is_first:
            assert self.second_is_in.wait(SOON.total_seconds())
        if is_first and self.refused:
            raise StoreUnavailable("it is away")
        new = self.store.append(documents, timeout)
        self.second_is_in.set()
        return new


@pytest.mark.parametrize("refused", [False, True])
def test_the_next_batch_is_on_its_way_while_the_index_works_and_none_is_noted_before_those_that_precede_it(
    here: Here, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ship, "BATCH_EVENTS", 20)
    count = 50
    write_start(here.folder / "log", STARTS[0], [document(number, at=NINE) for number in range(count)])
    met: Any = Met(here.store, refused=refused)
    shipper = Shipper(
        here.folder / "log",
        met,
        here.positions,
        lambda: here.now,
        timeout=SOON,
        jitter=lambda: 1.0,
    )
    progress = shipper.step()
    assert met.sizes[:2] == [20, 20]
    assert here.positions.load() == {} if refused else len(here.positions.load()) == 1
    assert progress.trouble == ("it is away" if refused else "")
    assert progress.shipped == (0 if refused else 20)
    shipped = progress.shipped
    while progress.behind_bytes:
        here.now += progress.pause
        progress = shipper.step()
        shipped += progress.shipped
    shipper.close()
    assert shipped == count, "each is told once"
    assert sorted(here.indexed()) == sorted(event(number).id for number in range(count))


@pytest.mark.elasticsearch
def test_a_cluster_that_comes_and_goes_under_load_gets_each_event_once(here: Here, elasticsearch_node: Any) -> None:
    """The wire is cut at every moment of an append; events are written all the while."""
    node = elasticsearch_node
    address = urllib.parse.urlsplit(node.url)
    log = here.start()
    with elastic_prefix(node) as prefix, wire_to(address.hostname, address.port) as wire:
        through = SimpleNamespace(urls=[f"https://127.0.0.1:{wire.port}"], ca_file=node.ca_file, users=node.users)
        with closing(elastic_store(through, prefix)) as far, closing(elastic_store(node, prefix)) as near:
            here.store.close()
            here.store = far
            here.restart()
            here.shipper.timeout = timedelta(seconds=5)
            troubles = 0
            for round_number in range(12):
                for _ in range(20):
                    here.write(log)
                cutter = threading.Timer(round_number * 0.02, wire.cut)
                cutter.start()
                progress = here.shipper.step()
                troubles += bool(progress.trouble)
                cutter.join()
                assert here.shipper.step().shipped == 0, "nothing gets through a cut wire"
                wire.mend()
                here.now += LONGEST_BACKOFF
            here.drain()
            assert troubles
            found = [item["event"]["id"] for item in near.search(EVERYTHING, NINE - SOON, NINE + SOON, SOON)]
            assert sorted(found) == sorted(here.written)


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from tests.siem.index.test_ship import Here
here = Here(Path(sys.argv[1]))
log = here.start()
print("ready", flush=True)
for number in range(10**6):
    here.write(log)
    if number % 7 == 0:
        here.shipper.step()
    print(here.written[-1], flush=True)
"""


def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, tmp_path], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [next(child.stdout).strip() for _ in range(100)]
    child.kill()
    said += child.stdout.read().splitlines()
    child.stdout.close()
    child.wait()
    here = Here.__new__(Here)
    here.folder, here.now, here.logs = tmp_path, NINE, []
    here.store, here.positions = SqliteStore(tmp_path / "index.db"), Positions(tmp_path / "positions.db")
    here.restart()
    here.drain()
    indexed = here.indexed()
    assert set(said[1:]) - set(indexed) <= {said[-1]}, "but for a name that was cut off while it was said"
    assert len(indexed) == len(set(indexed))
    here.close()
