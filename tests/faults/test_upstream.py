"""Systems behind that are down, slow, gone in the middle, not what they say: a clear answer, and nothing of theirs."""

import contextlib
import json
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.gateway import CLERK_KEY, hurry, point_at, wait_until
from tests.ports import free_port
from tests.rig import MOBILE, NAME, Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, Script, answering, saying, scripted

PERSON = json.dumps({"items": [{"name": NAME, "mobile": MOBILE}]}, ensure_ascii=False).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WRITE = f"X-Api-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A gateway that waits for a system behind for as long as it takes."""
    with rigged(tmp_path_factory.mktemp("patient"), drain_s=0.3) as made:
        yield made


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A gateway that waits for a system behind for one second."""
    with rigged(tmp_path_factory.mktemp("gateway"), drain_s=0.3) as made:
        hurry(made.gateway, timeout_s=1)
        yield made


def hang(connection: Connection, asked: Asked) -> None:
    connection.hang()


def dripping(data: bytes) -> Script:
    """A byte now and then: it never stands still for long, and never comes to an end."""

    def script(connection: Connection, asked: Asked) -> None:
        for place in range(len(data)):
            connection.say(data[place : place + 1])
            if connection.stop.wait(0.02):
                return

    return script


def then_reset(data: bytes) -> Script:
    def script(connection: Connection, asked: Asked) -> None:
        connection.say(data)
        connection.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.raw.close()

    return script


def then_hang(data: bytes) -> Script:
    def script(connection: Connection, asked: Asked) -> None:
        connection.say(data)
        connection.hang()

    return script


LENGTH = b"Content-Length: 4000\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
FAULTS: dict[str, tuple[Script, int, str]] = {
    "accepts and says nothing": (hang, 504, "upstream_too_slow"),
    "drips its head": (dripping(HEAD + b"X: " + b"x" * 200), 504, "upstream_too_slow"),
    "drips its body": (dripping(HEAD + b"Content-Length: 400\r\n\r\n" + PERSON), 504, "upstream_too_slow"),
    "ends at once": (saying(b""), 502, "upstream_broke_off"),
    "is reset at once": (then_reset(b""), 502, "upstream_broke_off"),
    "ends within its head": (saying(HEAD), 502, "upstream_malformed"),
    "ends within its body": (saying(HEAD + LENGTH + PERSON), 502, "upstream_broke_off"),
    "is reset within its body": (then_reset(HEAD + LENGTH + PERSON), 502, "upstream_broke_off"),
    "stops within its body": (then_hang(HEAD + LENGTH + PERSON), 504, "upstream_too_slow"),
    "ends within a chunk": (saying(HEAD + CHUNKED + b"fff\r\n" + PERSON), 502, "upstream_broke_off"),
    "ends between chunks": (
        saying(HEAD + CHUNKED + b"%x\r\n%s\r\n" % (len(PERSON), PERSON)),
        502,
        "upstream_broke_off",
    ),
    "promises less than it sends": (saying(HEAD + b"Content-Length: 20\r\n\r\n" + PERSON), 502, "answer_unreadable"),
    "promises no length and is cut": (saying(HEAD + b"\r\n" + PERSON[:-3]), 502, "answer_unreadable"),
    "is no HTTP": (saying(b"220 mail.localhost ESMTP " + MOBILE.encode() + b"\r\n"), 502, "upstream_malformed"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_system_behind_that(case: str, request: pytest.FixtureRequest) -> None:
    script, status, reason = FAULTS[case]
    rig: Rig = request.getfixturevalue("rig" if reason == "upstream_too_slow" else "patient")
    answer = rig.ask(script)
    said, headers, body = reads(answer)
    assert (said, json.loads(body)["reason"]) == (status, reason)
    assert ended(answer)
    assert shows_nothing(answer)
    assert shows_nothing(rig.gateway.said().encode())
    last = rig.gateway.events()[-1]
    assert (last["event"]["id"], last["event"]["reason"]) == (headers["yingbi-event"], reason)
    wait_until(lambda: reads(rig.ask(answering(PERSON)))[0] == 200, 10)  # and it goes on


def test_what_may_have_been_carried_out_is_not_to_be_repeated(rig: Rig) -> None:
    """The system behind had the request; only what came of it is not known."""
    for script in (hang, saying(b""), saying(HEAD + b"Content-Length: 9\r\n\r\n{")):
        answer = rig.ask(script, method="POST", headers=WRITE, body=b'{"city": "x"}')
        document = json.loads(reads(answer)[2])
        assert document["carried_out"] is True
        phases = [(event["event"]["action"], event["yingbi"]["exchange"]) for event in rig.gateway.events()[-2:]]
        assert phases == [("intent", document["event"]), ("whole", document["event"])]
    assert (
        "请不要重复提交"
        in rig.ask(saying(b""), method="POST", headers=WRITE + "Accept: text/html\r\n", body=b"{}").decode()
    )


@pytest.fixture
def elsewhere(rig: Rig) -> Iterator[Rig]:
    """The system behind is declared to be somewhere else for the time of one test."""
    system = rig.gateway.home / "policies" / "systems" / "people.yaml"
    before = system.read_text("utf-8")
    yield rig
    system.write_text(before, "utf-8")
    publish(rig)


def publish(rig: Rig) -> None:
    rig.gateway.publish()
    wait_until(lambda: rig.gateway.counters()["programs"] == rig.gateway.board.programs, 5)


def test_a_system_behind_that_is_down_and_comes_back(elsewhere: Rig) -> None:
    rig = elsewhere
    system = rig.gateway.home / "policies" / "systems" / "people.yaml"
    point_at(system, free_port())
    publish(rig)
    for method in ("GET", "POST"):
        answer = rig.ask(method=method, headers=WRITE, body=b'{"city": "x"}' * (method == "POST"))
        document = json.loads(reads(answer)[2])
        assert (reads(answer)[0], document["reason"]) == (502, "upstream_unreachable")
        assert "carried_out" not in document, "nobody was there to carry it out"
    with scripted(answering(PERSON)) as back:
        point_at(system, back.port)
        publish(rig)
        wait_until(lambda: reads(rig.ask())[0] == 200, 10)


def test_a_system_behind_that_no_longer_takes_connections(elsewhere: Rig) -> None:
    """Its queue is full: neither a yes nor a no."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        point_at(elsewhere.gateway.home / "policies" / "systems" / "people.yaml", listening.getsockname()[1])
        publish(elsewhere)
        answer = elsewhere.ask()
        assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (504, "upstream_too_slow")


def test_a_system_behind_whose_name_means_nothing(elsewhere: Rig) -> None:
    system = elsewhere.gateway.home / "policies" / "systems" / "people.yaml"
    lines = system.read_text("utf-8").splitlines()
    named = ["upstream: http://nowhere.invalid:8080" if line.startswith("upstream:") else line for line in lines]
    system.write_text("\n".join(named) + "\n", "utf-8")
    publish(elsewhere)
    answer = elsewhere.ask()
    assert json.loads(reads(answer)[2])["reason"] in ("upstream_unreachable", "upstream_too_slow")
    assert "nowhere" not in answer.decode()
