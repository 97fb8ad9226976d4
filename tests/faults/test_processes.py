"""Processes that die, stand still, or lose sight of each other, and clocks that jump."""

import json
import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.overlay import OverlayEntry, Tightening
from proxy.board import boot_time_ns
from tests.faults.pressure import pressure
from tests.gateway import CLERK_KEY, gateway, wait_until
from tests.patience import PATIENCE_S
from tests.proxy.parts import NOW, Parts, answer_of, flow_of, parts_in
from tests.proxy.test_addon import shown
from tests.rig import Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, answering, scripted

LEASE_S = 3.0
"""So long that a machine that others keep busy does not end it where no test does."""
PERSON = '{"items": [{"name": "张三丰", "id_no": "11010519491231002X", "mobile": "13800138000"}]}'.encode()
BLOCK = OverlayEntry(
    id="1",
    kind=Tightening.BLOCK_CALLER,
    target="window-7",
    until=datetime.now(UTC) + timedelta(hours=1),
    reason="r",
    by="b",
)
CLERK = f"X-Api-Key: {CLERK_KEY}\r\n"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path, lease_s=LEASE_S, drain_s=0.3) as made:
        made.behind.script = answering(PERSON)
        yield made


def reason_of(answer: bytes) -> str:
    """Why nothing was shown; empty where it was."""
    status, _, body = reads(answer)
    return "" if status == 200 else str(json.loads(body)["reason"])


def past_its_lease(since_ns: int) -> None:
    wait_until(lambda: boot_time_ns() > since_ns + int((LEASE_S + 0.3) * 1e9), 10)


def test_a_killed_worker_takes_no_answer_with_it_that_was_not_written_down(tmp_path: Path) -> None:
    """Its sibling goes on, and of every answer that a caller received whole the event is in the log."""
    with (
        scripted(answering(PERSON)) as behind,
        gateway(tmp_path, {"people": behind.port}, workers=2) as made,
        # The kernel gives each connection to either worker by chance: eight would all be with one once in a hundred.
        pressure(made.port, callers=20, pause_s=0.02) as callers,
    ):
        wait_until(lambda: all(made.counters(number)["requests"] > 50 for number in (0, 1)), 30)
        made.workers[0].kill()
        made.workers[0].wait()
        at_that_time = callers.statuses[200]
        served = made.counters(1)["requests"]
        wait_until(lambda: callers.statuses[200] > at_that_time + 200, 20)
        callers.stop()
        assert made.counters(1)["requests"] > served + 100
        assert set(callers.statuses) == {200}
        assert not callers.leaked
        acknowledged = list(callers.acknowledged)  # before the log is read: some still wait for their last answer
        assert set(acknowledged) <= {event["event"]["id"] for event in made.events()}
        assert len(acknowledged) == len(set(acknowledged))


def test_a_worker_that_was_stopped_past_its_lease_shows_nothing_until_it_is_renewed(rig: Rig) -> None:
    worker = rig.gateway.workers[0]
    assert reason_of(rig.ask()) == ""
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as waiting:
        waiting.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")
        rig.gateway.stop_heart()
        worker.send_signal(signal.SIGSTOP)
        past_its_lease(boot_time_ns())
        worker.send_signal(signal.SIGCONT)
        for _ in range(3):
            answer = rig.ask()
            assert reason_of(answer) == "not_ready"
            assert shows_nothing(answer)
    wait_until(lambda: rig.gateway.counters()["serving"] == 0, 5)
    rig.gateway.start_heart()
    wait_until(lambda: rig.gateway.counters()["serving"] == 1, 5)
    assert reason_of(rig.ask()) == ""


def test_a_block_that_was_published_while_a_worker_was_stopped_holds_when_it_wakes(rig: Rig) -> None:
    """Not even the request that waited in its queue is answered as if nothing had happened."""
    worker = rig.gateway.workers[0]
    assert reason_of(rig.ask(headers=CLERK)) == ""
    worker.send_signal(signal.SIGSTOP)
    with ExitStack() as stack:
        queued = []
        for _ in range(5):
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S)
            )
            connection.sendall(f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{CLERK}\r\n".encode())
            queued.append(connection)
        rig.gateway.tighten(BLOCK)
        past_its_lease(boot_time_ns())
        worker.send_signal(signal.SIGCONT)
        for connection in queued:
            answer = b""
            while not ended(answer):
                answer += connection.recv(65536)
            assert reason_of(answer) in ("caller_blocked", "not_ready")
            assert shows_nothing(answer)
    assert reason_of(rig.ask(headers=CLERK)) == "caller_blocked"


def test_a_stream_that_was_open_when_a_worker_was_stopped_is_cut_when_it_wakes(rig: Rig) -> None:
    # Long rows, and few: the lease is short, and must not end while they are masked on a busy machine.
    rows = b"id,name,id_no,mobile\r\n" + (b"1" * 500 + b",x,11010519491231002X,13800138000\r\n") * 3_000

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.say(b"%x\r\n%s\r\n" % (len(rows), rows))
        connection.hang()

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        answer = b""
        while len(answer) < 500_000:
            answer += connection.recv(1 << 20)
        rig.gateway.stop_heart()
        rig.gateway.workers[0].send_signal(signal.SIGSTOP)
        past_its_lease(boot_time_ns())
        rig.gateway.workers[0].send_signal(signal.SIGCONT)
        try:
            while piece := connection.recv(1 << 20):
                answer += piece
        except ConnectionResetError:
            pass
    assert not ended(answer)
    wait_until(lambda: rig.gateway.events()[-1]["event"].get("reason") == "not_ready", 5)


def test_without_a_supervisor_the_lease_ends_and_nothing_is_shown(rig: Rig) -> None:
    rig.gateway.stop_heart()
    wait_until(lambda: reason_of(rig.ask()) == "not_ready", 10)
    assert rig.gateway.workers[0].poll() is None, "it waits for another supervisor"
    wait_until(lambda: rig.gateway.counters()["serving"] == 0, 5)
    rig.gateway.start_heart()
    wait_until(lambda: rig.gateway.counters()["serving"] == 1, 5)
    assert reason_of(rig.ask()) == ""


def test_without_file_descriptors_nothing_is_lost_and_service_goes_on(tmp_path: Path) -> None:
    with scripted(answering(PERSON)) as behind, gateway(tmp_path, {"people": behind.port}) as made:
        rig = Rig(made, behind)
        assert reason_of(rig.ask()) == ""
        worker = made.workers[0]
        used = len(os.listdir(f"/proc/{worker.pid}/fd"))
        _, most = resource.prlimit(worker.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (used + 8, most))
        with ExitStack() as stack:
            for _ in range(40):
                stack.enter_context(socket.create_connection(("127.0.0.1", made.port), timeout=PATIENCE_S))
            wait_until(lambda: len(os.listdir(f"/proc/{worker.pid}/fd")) >= used + 7, 10)
        resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (most, most))
        wait_until(lambda: rig.ask().startswith(b"HTTP/1.1 200 "), 20)
        assert worker.poll() is None
        assert "Traceback" not in made.said()
        answer = rig.ask()
        assert reads(answer)[1]["yingbi-event"] in {event["event"]["id"] for event in made.events()}


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with parts_in(tmp_path) as made:
        yield made


HOURS = [timedelta(hours=hours) for hours in (-1, 1)]


def whole_exchange(parts: Parts, *, jump: timedelta = timedelta(), **headers: str) -> tuple[int, str]:
    """Status and reason of an answer in whose middle the clock jumps."""
    flow = flow_of(**headers)  # type: ignore[arg-type]
    gate = parts.gate
    gate.begin(flow)
    exchange = flow.metadata["yingbi"]
    gate.admit(flow, exchange)
    parts.now += jump
    if flow.response is None:
        flow.response = answer_of(PERSON)
        gate.inspect(flow, exchange)
        gate.releasing.release(flow, exchange)
    status, body = shown(flow)
    return status, "" if status == 200 else json.loads(body)["reason"]


@pytest.mark.parametrize("jump", HOURS, ids=["back", "ahead"])
def test_a_clock_that_jumps_in_an_exchange_harms_nothing(parts: Parts, jump: timedelta) -> None:
    parts.serve()
    assert whole_exchange(parts, jump=jump) == (200, "")
    assert whole_exchange(parts) == (200, "")
    first, second = parts.events()
    assert first["event"]["duration"] == max(0, int(jump.total_seconds() * 1e9))
    assert first["event"]["id"] != second["event"]["id"]


@pytest.mark.parametrize("jump", HOURS, ids=["back", "ahead"])
def test_a_clock_that_jumps_neither_ends_nor_prolongs_a_lease(parts: Parts, jump: timedelta) -> None:
    parts.serve()
    parts.now += jump
    assert whole_exchange(parts) == (200, "")
    current = parts.gate.current
    current.lease_ns = 50_000_000
    parts.board.beat()
    wait_until(lambda: not current.renew(), 5)
    parts.now += jump
    assert whole_exchange(parts) == (503, "not_ready")


@pytest.mark.parametrize("jump", HOURS, ids=["back", "ahead"])
def test_a_clock_that_jumps_ends_no_containment(parts: Parts, jump: timedelta) -> None:
    """A block for thirty minutes is not over because somebody set the clock ahead by an hour."""
    parts.serve()
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (200, "")
    parts.tighten(1, replace(BLOCK, until=NOW + timedelta(minutes=30)))
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (403, "caller_blocked")
    parts.now += jump
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (403, "caller_blocked")


def test_a_containment_ends_when_its_time_has_passed(parts: Parts) -> None:
    parts.serve()
    parts.tighten(1, replace(BLOCK, until=NOW + timedelta(milliseconds=80)))
    began = boot_time_ns()
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (403, "caller_blocked")
    wait_until(lambda: boot_time_ns() > began + 200_000_000, 5)
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (403, "caller_blocked"), "the clock stands still"
    parts.now += timedelta(milliseconds=100)
    assert whole_exchange(parts, x_api_key=CLERK_KEY) == (200, "")
