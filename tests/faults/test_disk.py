"""A disk without room under the log: nothing is shown that cannot be written down, and nothing is written by halves.

Where the machine allows it the log lies on a small file system of its own; a limit on the size of the worker's files,
which every kernel knows, stands in for it and is tried as well.
"""

import contextlib
import json
import resource
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.index.condition import EVERYTHING
from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from tests.gateway import CLERK_KEY, Gateway, events_in, gateway, raw
from tests.patience import PATIENCE_S
from tests.rig import Rig, ended, reads, shows_nothing
from tests.scripted import Asked, Connection, answering, scripted

SOON = timedelta(seconds=20)
PERSON = '{"name": "张三丰", "id_no": "11010519491231002X", "mobile": "13800138000"}'.encode()
MOUNTED = 'mount -t tmpfs -o size=192k,mode=0755 tmpfs "$0" && exec "$@"'


@dataclass
class Disk:
    """The disk under the log of one worker."""

    gateway: Gateway

    @property
    def log(self) -> Path:
        return self.gateway.home / "log"

    def events(self) -> list[dict[str, Any]]:
        """What is in the log; its chains are checked."""
        return events_in(self.log)


class SmallFileSystem(Disk):
    """192 KiB of memory, mounted where only the worker sees it."""

    @property
    def log(self) -> Path:
        return Path(f"/proc/{self.gateway.workers[0].pid}/root{self.gateway.home}/log")

    def fill(self) -> None:
        with (self.log / "filler").open("ab", buffering=0) as filler:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while filler.write(b"x" * size) == size:
                        pass

    def make_room(self) -> None:
        (self.log / "filler").unlink()


class LimitOnFiles(Disk):
    """No file of the worker may grow beyond what its largest segment holds, and half a line."""

    def fill(self) -> None:
        size = max(path.stat().st_size for path in self.log.rglob("*.log"))
        self._limit(size + 300)

    def make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        resource.prlimit(self.gateway.workers[0].pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def launcher(folder: Path) -> list[str] | None:
    """How a program is run with a small file system at *folder*, in a mount namespace of its own; None: not here."""
    for way in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        with contextlib.suppress(OSError):
            command = [*way, "sh", "-c", MOUNTED, str(folder)]
            if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
                return command
    return None


@pytest.fixture(params=["a small file system", "a limit on files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Disk, Rig]]:
    with scripted(answering(PERSON)) as behind, gateway(tmp_path, {"people": behind.port}, workers=0) as made:
        (made.home / "log").mkdir()
        kind: type[Disk] = LimitOnFiles
        if request.param == "a small file system":
            kind = SmallFileSystem
            way = launcher(made.home / "log")
            if way is None:
                pytest.skip("no file system can be mounted here: the limit on files must do")
            made.launcher = way
        made.start_worker()
        yield kind(made), Rig(made, behind)


def refused(answer: bytes) -> bool:
    """Whether an answer says that it could not be written down."""
    status, _, body = reads(answer)
    assert shows_nothing(answer)
    assert ended(answer)
    if status == 200:
        return False
    assert (status, json.loads(body)["reason"]) == (503, "record_failed")
    return True


def fill(disk: Any, rig: Rig) -> None:
    """Leave no room for another record."""
    rig.ask(answering(PERSON))
    disk.fill()
    for _ in range(50):
        if refused(rig.ask()):
            return
    raise AssertionError("there is room still")


def test_what_cannot_be_written_down_is_not_shown(disk: tuple[Any, Rig]) -> None:
    room, rig = disk
    fill(room, rig)
    before = room.events()
    for _ in range(20):
        assert refused(rig.ask())
    assert room.events() == before, "no record, and no part of one"
    assert rig.gateway.counters()["record_failures"] >= 20
    room.make_room()
    acknowledged = [reads(rig.ask())[1]["yingbi-event"] for _ in range(20)]
    after = {event["event"]["id"] for event in room.events()}
    assert set(acknowledged) <= after, "it goes on as soon as there is room"
    assert rig.gateway.workers[0].poll() is None


def test_what_may_change_something_is_refused_before_it_is_sent_on(disk: tuple[Any, Rig]) -> None:
    room, rig = disk
    write: dict[str, Any] = {
        "method": "POST",
        "headers": f"X-Api-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n",
        "body": b'{"city": "x"}',
    }
    assert reads(rig.ask(**write))[0] == 200
    fill(room, rig)
    answer = rig.ask(**write)
    assert refused(answer)
    assert not rig.behind.asked, "it was sent on"
    assert "carried_out" not in json.loads(reads(answer)[2])
    room.make_room()
    assert reads(rig.ask(**write))[0] == 200
    assert len(rig.behind.asked) == 1


def test_a_stream_is_cut_where_its_record_ends(disk: tuple[Any, Rig]) -> None:
    room, rig = disk
    go_on = threading.Event()
    rows = b"1,x,11010519491231002X,13800138000\r\n" * 30_000

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        first = b"id,name,id_no,mobile\r\n" + rows
        connection.say(b"%x\r\n%s\r\n" % (len(first), first))
        assert go_on.wait(60)
        for _ in range(10):
            connection.say(b"%x\r\n%s\r\n" % (len(rows), rows))
        connection.say(b"0\r\n\r\n")

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        answer = b""
        while len(answer) < 500_000:
            piece = connection.recv(1 << 20)
            assert piece, answer[:500]
            answer += piece
        fill(room, rig)
        rig.behind.script = script
        go_on.set()
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                answer += piece
    assert not ended(answer)
    assert shows_nothing(answer)
    shown = reads(answer)[2].count(b"138****8000")
    recorded = sum(
        use["count"]
        for event in room.events()
        if event["yingbi"]["exchange"] == reads(answer)[1]["yingbi-event"]
        for use in event["yingbi"].get("fields", ())
        if use["name"] == "person.mobile"
    )
    assert 0 < shown <= recorded, "never more than was written down"


def test_what_is_written_can_all_be_shipped(disk: tuple[Any, Rig], tmp_path: Path) -> None:
    """A line that a full disk tore breaks no chain, and what comes after it is found."""
    room, rig = disk
    for _ in range(3):
        fill(room, rig)
        room.make_room()
        assert not refused(rig.ask())
    store, positions = SqliteStore(tmp_path / "index.db"), Positions(tmp_path / "positions.db")
    shipper = Shipper(room.log, store, positions, lambda: datetime.now(UTC), timeout=SOON)
    progress = shipper.step()
    while progress.shipped:
        progress = shipper.step()
    now = datetime.now(UTC)
    indexed = [found["event"]["id"] for found in store.search(EVERYTHING, now - SOON * 9, now + SOON, SOON)]
    assert sorted(indexed) == sorted(event["event"]["id"] for event in room.events())
    assert (progress.broken, progress.refused, progress.behind_bytes) == ({}, 0, 0)
    store.close()
    positions.close()


def test_a_worker_that_starts_without_room_serves_nothing_until_there_is(tmp_path: Path) -> None:
    """The log opens its first segment with the first event: none is lost, none is shown."""
    with scripted(answering(PERSON)) as behind, gateway(tmp_path, {"people": behind.port}) as made:
        room = LimitOnFiles(made)
        room._limit(0)
        answer = raw(made.port, b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")
        assert refused(answer)
        room.make_room()
        answer = raw(made.port, b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")
        assert not refused(answer)
        assert [event["event"]["id"] for event in room.events()] == [reads(answer)[1]["yingbi-event"]]
