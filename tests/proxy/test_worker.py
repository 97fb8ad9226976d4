"""A worker that is asked to stop: what moves may end, what stands still is ended, and every caller learns of it."""

import asyncio
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.kernel.library import KERNEL
from proxy.worker import first_of
from tests.gateway import CLERK_KEY, hurry, raw, wait_until
from tests.patience import PATIENCE_S
from tests.rig import Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, Script, answering

ROW = "1,张三丰,11010519491231002X,13800138000\r\n".encode()
WRITE = f"X-Api-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path, drain_s=0.6) as made:
        yield made


@pytest.fixture
def apart() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def hanging(begun: threading.Event) -> Script:
    def script(connection: Connection, asked: Asked) -> None:
        begun.set()
        connection.hang()

    return script


def flowing(begun: threading.Event) -> Script:
    """More than is buffered, and then nothing."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        rows = b"id,name,id_no,mobile\r\n" + ROW * 30_000
        connection.say(b"%x\r\n%s\r\n" % (len(rows), rows))
        begun.set()
        connection.hang()

    return script


def stop(rig: Rig) -> None:
    """Ask the worker to stop, and return once it has."""
    rig.gateway.workers[0].send_signal(signal.SIGTERM)
    assert rig.gateway.workers[0].wait(60) == 0, rig.gateway.said()


def test_an_answer_that_comes_is_waited_for_and_is_the_last_on_its_connection(
    tmp_path: Path, apart: ThreadPoolExecutor
) -> None:
    with rigged(tmp_path, drain_s=60.0) as rig:
        _check_it_is_waited_for(rig, apart)


def _check_it_is_waited_for(rig: Rig, apart: ThreadPoolExecutor) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        begun.set()
        assert go_on.wait(60)
        answering(b'{"total": 1}')(connection, asked)

    rig.behind.script = script
    request = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    answer = apart.submit(raw, rig.gateway.port, request)
    assert begun.wait(60)
    rig.gateway.workers[0].send_signal(signal.SIGTERM)
    wait_until(lambda: not accepts(rig), 5)
    go_on.set()
    status, headers, body = reads(answer.result(60))
    assert (status, headers["connection"], body) == (200, "close", b'{"total":1}')


def accepts(rig: Rig) -> bool:
    try:
        raw(rig.gateway.port, b"x\r\n\r\n")
    except OSError:
        return False
    return True


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_does_not_come_is_given_up_and_the_caller_told(
    rig: Rig, apart: ThreadPoolExecutor, method: str
) -> None:
    begun = threading.Event()
    answer: Future[bytes] = apart.submit(
        rig.ask, hanging(begun), method=method, headers=WRITE, body=b"{}" * (method == "POST")
    )
    assert begun.wait(60)
    stop(rig)
    status, _, body = reads(answer.result(60))
    document = json.loads(body)
    assert (status, document["reason"]) == (503, "gateway_stopping")
    assert document.get("carried_out", False) == (method == "POST")
    last = rig.gateway.events()[-1]
    assert (last["event"]["reason"], last["yingbi"]["exchange"]) == ("gateway_stopping", document["event"])


def test_a_stream_that_stands_still_is_cut(rig: Rig, apart: ThreadPoolExecutor) -> None:
    begun = threading.Event()
    answer: Future[bytes] = apart.submit(rig.ask, flowing(begun))
    assert begun.wait(60)
    wait_until(lambda: "shown" in [event["event"]["action"] for event in rig.gateway.events()], 5)
    stop(rig)
    assert not ended(answer.result(60))
    assert shows_nothing(answer.result())
    last = rig.gateway.events()[-1]
    assert (last["event"]["action"], last["event"]["reason"]) == ("close", "gateway_stopping")


def test_nobody_waits_for_a_caller_who_has_gone(rig: Rig) -> None:
    begun = threading.Event()
    rig.behind.script = hanging(begun)
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        assert begun.wait(60)
    wait_until(lambda: [event["yingbi"]["verdict"] for event in rig.gateway.events()] == ["withhold"], 5)
    wait_until(lambda: rig.gateway.counters()["live"] == 0, 5)


def test_a_worker_tells_whether_it_has_the_compiled_kernel(rig: Rig) -> None:
    assert rig.gateway.counters()["kernel"] == int(KERNEL is not None)


def test_an_answer_withheld_at_its_head_is_forgotten(rig: Rig) -> None:
    rig.ask(answering(b"x", "application/pdf"))
    wait_until(lambda: rig.gateway.counters()["live"] == 0, 5)


ENDINGS: dict[str, tuple[Callable[[threading.Event], Script], int]] = {
    "silent": (hanging, 504),
    "still": (flowing, 200),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_system_behind_is_not_waited_for_longer_than_declared(rig: Rig, case: str) -> None:
    hurry(rig.gateway, timeout_s=3)
    make, status = ENDINGS[case]
    answer = rig.ask(make(threading.Event()))
    assert reads(answer)[0] == status
    assert ended(answer) == (status != 200)
    assert rig.gateway.events()[-1]["event"]["reason"] == "upstream_too_slow"


def test_a_worker_whose_lease_nobody_renews_ends() -> None:
    async def fail() -> None:
        raise OSError("the disk is gone")

    async def both() -> None:
        await first_of(asyncio.Event(), asyncio.create_task(fail()))

    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(both())


def test_a_worker_that_is_asked_to_stop_stops() -> None:
    async def both() -> None:
        stop = asyncio.Event()
        stop.set()
        ticking = asyncio.create_task(asyncio.Event().wait())
        await first_of(stop, ticking)  # type: ignore[arg-type]
        ticking.cancel()

    asyncio.run(both())
