"""Server-sent events while they flow: what waits for nothing, what ends them, and what is written down of them."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from h2.events import DataReceived, ResponseReceived, StreamEnded

from policies.overlay import Tightening
from proxy.release import WINDOW_S
from tests.evasion.cases import PERSON
from tests.evasion.streaming import flowing, streaming
from tests.evasion.test_events import MASKED, delta, events, people
from tests.front import VERSIONS, Front
from tests.gateway import wait_until
from tests.http2 import calling
from tests.patience import PATIENCE_S
from tests.rig import Rig, chunks_of, ended, shows_nothing
from tests.scripted import Asked, Connection, answering
from tests.tightening import entry

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
ASKING = b"GET /people/stream HTTP/1.1\r\nHost: people.localhost\r\nAccept: text/event-stream\r\n\r\n"


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("streams"), workers=2) as made:
        yield made


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("secured"), tls=True) as made:
        yield made


def until(connection: socket.socket, said: bytes) -> bytes:
    """All that is received until it holds *said*."""
    received = b""
    while said not in received:
        piece = connection.recv(65536)
        assert piece, "the connection ended"
        received += piece
    return received


def rest_of(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionError:
        pass
    return received


def reasons(rig: Rig) -> list[str]:
    """Why streams ended, of all workers, one after the other; "" where they ended as they should."""
    closed = [event for event in rig.gateway.events() if event["event"]["action"] == "close"]
    return [str(event["event"].get("reason", "")) for event in sorted(closed, key=lambda event: event["@timestamp"])]


def test_each_part_leaves_before_the_next_is_sent(streams: Rig) -> None:
    """The system goes on only once the caller has what came before: the head, an event, a heartbeat, an event."""
    seen = threading.Semaphore(0)

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(HEAD)
        for said in (events(people(PERSON)), b":\n\n", events(people(PERSON))):
            assert seen.acquire(timeout=PATIENCE_S)
            connection.say(b"%x\r\n%s\r\n" % (len(said), said))
        assert seen.acquire(timeout=PATIENCE_S)
        connection.say(b"0\r\n\r\n")

    streams.behind.script = script
    shown = f"data: {MASKED}\n\n".encode()
    with socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(ASKING)
        answer = b""
        for said in (b"\r\n\r\n", shown, b":\n\n", shown):
            answer += until(connection, said)
            seen.release()
        while not ended(answer):
            answer += connection.recv(65536)
        connection.sendall(ASKING)  # in step, so that the connection can be kept
        assert until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        for _ in range(4):
            seen.release()
        until(connection, b"0\r\n\r\n")
    assert shows_nothing(answer)


def test_over_http_2_each_part_leaves_at_once_as_well(secured: Rig) -> None:
    seen = threading.Semaphore(0)

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(HEAD)
        for _ in range(2):
            assert seen.acquire(timeout=PATIENCE_S)
            said = events(people(PERSON))
            connection.say(b"%x\r\n%s\r\n" % (len(said), said))
        assert seen.acquire(timeout=PATIENCE_S)
        connection.say(b"0\r\n\r\n")

    secured.behind.script = script
    head = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people/stream"}
    with calling(secured.gateway.port, secured.gateway.home / "tls" / "ca.pem") as caller:
        caller.ask(1, head)
        caller.hear(ResponseReceived)
        for _ in range(2):
            seen.release()
            heard = caller.hear(DataReceived)
            assert isinstance(heard, DataReceived)
            assert heard.data == f"data: {MASKED}\n\n".encode()
        seen.release()
        caller.hear(StreamEnded)


@pytest.mark.parametrize("place", range(5))
def test_a_failure_at_each_event_shows_what_came_before_and_nothing_after(secured: Rig, place: int) -> None:
    """A part of an event that came in the same chunk as what fails goes with it."""
    said = [events(people(PERSON))] * 5
    for broken in (b"data: {\n\n", b"data: \xff\n\n", events(delta("1" * 70_000))[:-2] + b"x\n\n"):
        for version in VERSIONS:
            pieces = [*said[:place], broken, *said[place:]]
            answer = Front(secured, version).ask(flowing(pieces), target="/people/stream")
            assert not answer.is_whole
            assert not answer.tells
            assert answer.body == f"data: {MASKED}\n\n".encode() * answer.body.count(b"data:")
            assert answer.body.count(b"data:") <= place


def test_a_block_cuts_a_stream_that_is_open_on_every_worker(streams: Rig) -> None:
    """A sign of life comes each second: no stream is given up for its silence while the last of them is opened."""

    def script(connection: Connection, asked: Asked) -> None:
        said = events(people(PERSON))
        connection.say(HEAD + b"%x\r\n%s\r\n" % (len(said), said))
        while not connection.stop.wait(1):
            connection.raw.sendall(b"3\r\n:\n\n\r\n")

    streams.behind.script = script
    opened = []
    try:
        for _ in range(6):
            connection = socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S)
            opened.append(connection)
            connection.sendall(ASKING)
            until(connection, MASKED.encode())
        streams.gateway.tighten(entry(Tightening.STOP_SYSTEM))
        for connection in opened:
            assert set(rest_of(connection)) <= set(b"3\r\n:")  # signs of life at most, and no end
    finally:
        streams.gateway.tighten()
        for connection in opened:
            connection.close()
    wait_until(lambda: reasons(streams)[-6:] == ["operation_stopped"] * 6, 5)  # the cut comes before its record


def test_what_is_silent_for_too_long_is_given_up_without_an_end(streams: Rig) -> None:
    """The system declares a second for its answers and five for this stream."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(HEAD)
        connection.hang()

    streams.behind.script = script
    with socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(ASKING)
        answer = until(connection, b"\r\n\r\n") + rest_of(connection)
    assert not ended(answer)
    assert chunks_of(answer.partition(b"\r\n\r\n")[2]) == []
    wait_until(lambda: reasons(streams)[-1] == "upstream_too_slow", 5)  # the cut comes before its record


def test_what_is_shown_is_written_down_before_as_often_as_it_goes(streams: Rig) -> None:
    seen = threading.Semaphore(0)

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(HEAD)
        for _ in range(3):
            said = events(people(PERSON))
            connection.say(b"%x\r\n%s\r\n" % (len(said), said))
            assert seen.acquire(timeout=PATIENCE_S)
        connection.say(b"0\r\n\r\n")

    streams.behind.script = script
    with socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(ASKING)
        answer = b""
        for number in range(1, 4):
            answer += until(connection, MASKED.encode())
            event = answer.partition(b"yingbi-event: ")[2].partition(b"\r\n")[0].decode()
            written = [each for each in streams.gateway.events() if each["yingbi"]["exchange"] == event]
            assert [each["event"]["action"] for each in written] == ["open", *["shown"] * number]
            assert all(each["yingbi"]["subjects"] for each in written[1:])
            seen.release()
        until(connection, b"0\r\n\r\n")
    wait_until(lambda: reasons(streams)[-1] == "", 5)


def test_a_caller_of_http_1_0_gets_no_stream(streams: Rig) -> None:
    streams.behind.script = lambda connection, asked: connection.say(HEAD)
    with socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(ASKING.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert rest_of(connection).startswith(b"HTTP/1.1 502")


def test_a_window_that_waited_ends_nothing_that_comes_after_the_stream(streams: Rig) -> None:
    """The stream asked to be told when it must go; by then another request may have come, and another reader."""
    event = f"event: message\ndata: {people(PERSON)}\n\n".encode()
    streams.behind.script = flowing([event, event])
    request = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", streams.gateway.port), timeout=PATIENCE_S) as caller:
        caller.sendall(ASKING)
        until(caller, b"0\r\n\r\n")
        streams.behind.script = answering(b'{"total": 1}')
        end_s = time.monotonic() + 2 * WINDOW_S
        while time.monotonic() < end_s:
            caller.sendall(request)
            until(caller, b'{"total":1}')
