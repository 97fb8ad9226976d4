"""A gateway as its callers and its staff see it: several workers, several systems, tightenings that hold at once."""

import contextlib
import json
import select
import socket
from collections.abc import Iterator

import pytest

from policies.overlay import Tightening
from proxy.identity.caller import COOKIE
from tests.gateway import BATCH_KEY, CLERK_KEY, GOOD, Gateway, declare, gateway, point_at, raw, wait_until
from tests.patience import PATIENCE_S
from tests.rig import Rig, chunks_of, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, answering, scripted
from tests.tightening import entry

CLERK = f"X-Api-Key: {CLERK_KEY}\r\n"
PERSON = '{"name": "张三丰", "id_no": "11010519491231002X", "mobile": "13800138000"}'.encode()


@pytest.fixture(scope="module")
def both_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway"), workers=2, drain_s=0.3) as made:
        yield made


@pytest.fixture
def rig(both_workers: Rig) -> Rig:
    """Two workers, and nothing laid on top."""
    both_workers.gateway.tighten()
    return both_workers


def test_two_workers_share_one_port_and_both_serve(rig: Rig) -> None:
    served: set[str] = set()
    for _ in range(100):
        served.add(reads(rig.ask())[1]["yingbi-event"].split("-")[0])
        if len(served) == 2:
            break
    assert len(served) == 2
    assert {folder.name for folder in (rig.gateway.home / "log").iterdir()} == served, "each has a log of its own"
    wait_until(lambda: all(rig.gateway.counters(number)["requests"] for number in (0, 1)), 5)


@contextlib.contextmanager
def on_every_worker(rig: Rig, headers: str = "") -> Iterator[list[socket.socket]]:
    """A connection that leads to each worker."""
    found: dict[str, socket.socket] = {}
    with contextlib.ExitStack() as stack:
        while len(found) < len(rig.gateway.workers):
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S)
            )
            found.setdefault(reads(asked(connection, headers))[1]["yingbi-event"].split("-")[0], connection)
        yield list(found.values())


def asked(connection: socket.socket, headers: str = "", target: str = "/people") -> bytes:
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: people.localhost\r\n{headers}\r\n".encode())
    answer = b""
    while not ended(answer):
        piece = connection.recv(1 << 20)
        assert piece, answer
        answer += piece
    return answer


BLOCKS = {
    "a caller": (entry(Tightening.BLOCK_CALLER, "window-7"), 403, "caller_blocked"),
    "a caller of every system": (entry(Tightening.BLOCK_CALLER, "window-7", system=""), 403, "caller_blocked"),
    "a credential": (entry(Tightening.BLOCK_CREDENTIAL, "key:K-2"), 403, "caller_blocked"),
    "an operation": (entry(Tightening.STOP_OPERATION, "GET /people"), 503, "operation_stopped"),
    "a system": (entry(Tightening.STOP_SYSTEM), 503, "operation_stopped"),
}


def test_a_block_holds_on_every_worker_with_the_next_request(rig: Rig) -> None:
    rig.behind.script = answering(PERSON)
    with on_every_worker(rig, CLERK) as connections:
        for case, (block, status, reason) in BLOCKS.items():
            rig.gateway.tighten(block)
            for connection in connections:
                answer = asked(connection, CLERK)
                assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (status, reason), case
                assert shows_nothing(answer)
        rig.gateway.tighten()
        for connection in connections:
            assert reads(asked(connection, CLERK))[0] == 200


def test_a_block_is_of_nobody_else(rig: Rig) -> None:
    rig.gateway.tighten(entry(Tightening.BLOCK_CALLER, "window-7"))
    assert reads(rig.ask(answering(PERSON), headers=f"X-Api-Key: {BATCH_KEY}\r\n"))[0] == 200
    assert reads(rig.ask(headers=CLERK))[0] == 403


def test_a_tightening_that_has_ended_counts_for_nothing(rig: Rig) -> None:
    rig.gateway.tighten(entry(Tightening.STOP_SYSTEM, minutes=-1))
    assert reads(rig.ask(answering(PERSON)))[0] == 200


def test_what_is_masked_harder_shows_what_nobody_in_particular_sees(rig: Rig) -> None:
    rig.behind.script = answering(b'{"items": [%s]}' % PERSON)
    assert "张三丰" in rig.ask(headers=CLERK).decode()
    rig.gateway.tighten(entry(Tightening.MASK_HARDER))
    answer = rig.ask(headers=CLERK)
    assert reads(answer)[0] == 200
    assert shows_nothing(answer)


@pytest.mark.parametrize("case", ["a caller", "a system", "all grants"])
def test_a_block_cuts_what_is_open(rig: Rig, case: str) -> None:
    """Within a moment, though nothing more comes from behind, and without an end that would look whole."""
    block = {**BLOCKS, "all grants": (entry(Tightening.MASK_HARDER), 0, "answer_cut")}[case]
    rows = b"id,name,id_no,mobile\r\n" + b"1,x,11010519491231002X,13800138000\r\n" * 40_000

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.say(b"%x\r\n%s\r\n" % (len(rows), rows))
        connection.hang()

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{CLERK}\r\n".encode())
        answer = b""
        while len(chunks_of(answer.partition(b"\r\n\r\n")[2])) < 2:
            piece = connection.recv(1 << 20)
            assert piece, answer[:500]
            answer += piece
        rig.gateway.tighten(block[0])
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                answer += piece
    assert not ended(answer)
    assert shows_nothing(answer)
    event = reads(answer)[1]["yingbi-event"]
    wait_until(lambda: how_it_ended(rig, event) == ("withhold", block[2]), 5)


def test_a_block_takes_back_what_a_slow_reader_has_not_been_sent(rig: Rig) -> None:
    """More than a megabyte lies in buffers by then, and the kernel would go on sending it."""
    rows = b"id,name,id_no,mobile\r\n" + b"1,x,11010519491231002X,13800138000\r\n" * 40_000

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.say(b"%x\r\n%s\r\n" % (len(rows), rows))
        connection.hang()

    rig.behind.script = script
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", rig.gateway.port))
        connection.sendall(f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{CLERK}\r\n".encode())
        answer = connection.recv(1000)
        rig.gateway.tighten(entry(Tightening.BLOCK_CALLER, "window-7"))
        event = reads(answer)[1]["yingbi-event"]
        wait_until(lambda: how_it_ended(rig, event) == ("withhold", "caller_blocked"), 5)
        wait_until(lambda: has_ended(connection), 5)  # the socket is closed a turn of the loop after that was recorded
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                answer += piece
    assert len(answer) < 100_000
    assert not ended(answer)


@pytest.mark.parametrize(
    ("rows", "close"),
    [(2_000, ""), (20_000, ""), (20_000, "Connection: close\r\n")],
    ids=["held by the kernel", "held by us too", "to be closed behind it"],
)
def test_a_block_takes_back_an_answer_that_was_released_whole(rig: Rig, rows: int, close: str) -> None:
    """It is in the log as shown; what its caller has not taken by now he does not get."""
    body = b"id,name,id_no,mobile\r\n" + b"1,x,11010519491231002X,13800138000\r\n" * rows
    rig.behind.script = answering(body, "text/csv")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", rig.gateway.port))
        connection.sendall(f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{CLERK}{close}\r\n".encode())
        answer = connection.recv(1000)
        assert reads(answer)[0] == 200
        assert how_it_ended(rig, reads(answer)[1]["yingbi-event"]) == ("forward", "")
        rig.gateway.tighten(entry(Tightening.BLOCK_CALLER, "window-7"))
        wait_until(lambda: has_ended(connection), 5)
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                answer += piece
    assert len(answer) < 50_000
    assert not ended(answer)


@pytest.mark.parametrize("header", [CLERK, f"Authorization: Bearer {BATCH_KEY}\r\n"])
def test_a_credential_in_a_header_and_another_in_the_cookie_are_two(rig: Rig, header: str) -> None:
    """Be it the same: another server could take either, and the record would name the other."""
    cookie = f"Cookie: a=1; {COOKIE}={header.split()[-1]}\r\n"
    rig.gateway.tighten()
    assert reads(rig.ask(answering(PERSON), headers=cookie))[0] == 200
    status, _, body = reads(rig.ask(headers=header + cookie))
    assert (status, json.loads(body)["reason"]) == (401, "bad_credential")
    assert not rig.behind.asked


def has_ended(connection: socket.socket) -> bool:
    """Whether the other side has ended *connection*, whatever lies in it to be read."""
    ending = select.poll()
    ending.register(connection, 0)
    return bool(ending.poll(0))


def how_it_ended(rig: Rig, exchange: str) -> tuple[str, str]:
    """Verdict and reason of the last event of an exchange."""
    last = [event for event in rig.gateway.events() if event["yingbi"]["exchange"] == exchange][-1]
    return last["yingbi"]["verdict"], last["event"].get("reason", "")


def test_an_answer_that_was_on_its_way_is_not_shown(rig: Rig) -> None:
    """The request was let pass; by the time the answer comes, its caller is blocked."""

    def script(connection: Connection, asked: Asked) -> None:
        rig.gateway.tighten(entry(Tightening.BLOCK_CALLER, "window-7"))
        answering(PERSON)(connection, asked)

    answer = rig.ask(script, headers=CLERK)
    assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (403, "caller_blocked")
    assert shows_nothing(answer)


@pytest.fixture(scope="module")
def both_systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    home = tmp_path_factory.mktemp("gateway")
    declared = home / "declared"
    declare(declared)
    people = (GOOD / "systems" / "people.yaml").read_text("utf-8")
    hall = people.replace("system: people", "system: hall").replace(
        "[people.localhost]", "[hall.localhost, old.localhost]"
    )
    (declared / "systems" / "hall.yaml").write_text(hall.replace("人员库", "大厅"), "utf-8")
    with (
        scripted(answering(b'{"total": 1}')) as people_behind,
        scripted(answering(b'{"total": 2}')) as hall_behind,
        gateway(home, {}, policies=declared, workers=0) as made,
    ):
        for name, behind in (("people", people_behind), ("hall", hall_behind)):
            point_at(made.home / "policies" / "systems" / f"{name}.yaml", behind.port)
        made.publish()
        made.start_worker()
        yield made


@pytest.fixture
def two_systems(both_systems: Gateway) -> Gateway:
    """Two systems with the same operations, and nothing laid on top."""
    both_systems.tighten()
    return both_systems


@pytest.mark.parametrize(
    ("host", "status", "says"),
    [
        ("people.localhost", 200, '{"total":1}'),
        ("PEOPLE.localhost:8443", 200, '{"total":1}'),
        ("hall.localhost", 200, '{"total":2}'),
        ("old.localhost", 200, '{"total":2}'),
        ("hall.localhost.", 200, '{"total":2}'),
        ("other.localhost", 421, "unknown_host"),
        ("localhost", 421, "unknown_host"),
        ("people.localhost.evil", 421, "unknown_host"),
    ],
)
def test_the_name_of_the_host_says_which_system(two_systems: Gateway, host: str, status: int, says: str) -> None:
    request = f"GET /people HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = raw(two_systems.port, request.encode())
    assert reads(answer)[0] == status
    assert says in answer.decode()


def test_a_connection_may_ask_one_system_after_the_other(two_systems: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", two_systems.port), timeout=PATIENCE_S) as connection:
        for host, total in (("people", 1), ("hall", 2), ("people", 1)):
            connection.sendall(f"GET /people HTTP/1.1\r\nHost: {host}.localhost\r\n\r\n".encode())
            answer = b""
            while not ended(answer):
                answer += connection.recv(65536)
            assert reads(answer)[2] == f'{{"total":{total}}}'.encode()


def test_a_system_is_stopped_and_the_other_is_not(two_systems: Gateway) -> None:
    two_systems.tighten(entry(Tightening.STOP_SYSTEM, system="hall"))
    for host, status in (("hall", 503), ("people", 200)):
        request = f"GET /people HTTP/1.1\r\nHost: {host}.localhost\r\nConnection: close\r\n\r\n"
        assert reads(raw(two_systems.port, request.encode()))[0] == status


UPGRADES = {
    "a WebSocket": "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n",
    "HTTP/2": "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
    "something unknown": "Upgrade: gopher/7\r\nConnection: upgrade\r\n",
    "without saying so": "Upgrade: websocket\r\n",
}


@pytest.mark.parametrize("case", UPGRADES)
def test_upgrades_are_refused_and_the_connection_goes_on_in_http(rig: Rig, case: str) -> None:
    rig.behind.script = answering(b"{}")
    rig.behind.asked.clear()
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        answer = asked(connection, UPGRADES[case])
        assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (400, "upgrade_refused")
        assert not rig.behind.asked
        assert reads(asked(connection))[0] == 200


CANARY = "canary-11010519491231002X"
ASKED = {
    "a path": (f"GET /people/7/{CANARY}", ""),
    "a parameter's value": (f"GET /people?debug={CANARY}", ""),
    "a parameter's name": (f"GET /people?{CANARY}=1", ""),
    "a filter": (f"GET /people?id_no={CANARY}", ""),
    "a credential": ("GET /people", f"Authorization: Bearer {CANARY}\r\n"),
    "a key": ("GET /people", f"X-Api-Key: ybk_{CANARY}\r\n"),
    "a header": ("DELETE /people/7", f"X-Note: {CANARY}\r\nUser-Agent: {CANARY}\r\n"),
    "a cookie": ("DELETE /people/7", f"Cookie: a={CANARY}\r\n"),
    "a host": ("GET /people", f"Host: {CANARY}.localhost\r\n"),
    "a method": (f"{CANARY.upper()} /people", ""),
    "a body": ("POST /people", f"{CLERK}Content-Type: text/plain\r\nContent-Length: {len(CANARY)}\r\n"),
}


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("case", ASKED)
def test_what_is_refused_is_neither_quoted_nor_written_down(rig: Rig, case: str, accept: str) -> None:
    line, headers = ASKED[case]
    host = "" if "Host:" in headers else "Host: people.localhost\r\n"
    request = f"{line} HTTP/1.1\r\n{host}Accept: {accept}\r\nConnection: close\r\n{headers}\r\n"
    answer = raw(rig.gateway.port, (request + CANARY * (case == "a body")).encode())
    assert 400 <= reads(answer)[0] < 500
    assert ended(answer)
    written = json.dumps(rig.gateway.events(), ensure_ascii=False) + "".join(map(rig.gateway.said, (0, 1)))
    assert CANARY.lower() not in (answer.decode() + written).lower()
