"""Requests that do not wait for the answer before them: each is answered whole, and in its turn."""

import json
import socket
import threading

import pytest

from tests.gateway import CLERK_KEY, raw
from tests.patience import PATIENCE_S
from tests.rig import NAME, Rig, ended, reads, shows_nothing
from tests.scripted import Asked, Connection, answering, saying

GET = b"GET /people?page=%d HTTP/1.1\r\nHost: people.localhost\r\n%s\r\n"
CLOSE = b"Connection: close\r\n"
POST = (
    f"POST /people HTTP/1.1\r\nHost: people.localhost\r\nX-API-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(b'{"city": "x"}')}\r\n"
).encode() + b'%s\r\n{"city": "x"}'


def whole_answers(received: bytes) -> list[bytes]:
    """The answers in *received*, of which each must be whole."""
    answers = [b"HTTP/1.1 " + part for part in received.split(b"HTTP/1.1 ")[1:]]
    assert all(ended(answer) for answer in answers), "one was cut"
    return answers


def echo(connection: Connection, asked: Asked) -> None:
    """An answer that tells which request it belongs to."""
    page = asked.line.partition("page=")[2].partition(" ")[0] or "0"
    answering(b'{"total": %s}' % page.encode())(connection, asked)


def totals(answers: list[bytes]) -> list[int]:
    return [json.loads(reads(answer)[2])["total"] for answer in answers]


@pytest.mark.parametrize("split", [None, 10, 100], ids=["in one piece", "cut in the first", "cut in the second"])
def test_requests_at_once_are_answered_in_turn(rig: Rig, split: int | None) -> None:
    rig.behind.script = echo
    rig.behind.asked.clear()
    requests = GET % (1, b"") + GET % (2, b"") + GET % (3, CLOSE)
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (requests[:split], requests[split:] if split else b""):
            connection.sendall(piece)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert totals(whole_answers(received)) == [1, 2, 3]
    assert len(rig.behind.asked) == 3
    assert "hook_failed" not in rig.gateway.said()


def test_a_connection_behind_that_ends_with_its_answer_is_followed_by_another(rig: Rig) -> None:
    body = b'{"total": 1}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    for script in (
        saying(head + b"\r\n" + body),
        saying(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
        saying(head + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"more than it said"),
    ):
        rig.behind.script = script
        assert totals(whole_answers(raw(rig.gateway.port, GET % (1, b"") + GET % (1, CLOSE)))) == [1, 1]


def test_a_write_behind_a_read_is_carried_out_once(rig: Rig) -> None:
    """And what the log says of it is what became of it."""

    def script(connection: Connection, asked: Asked) -> None:
        answering(b'{"id": 7}' if asked.line.startswith("POST") else b'{"total": 1}')(connection, asked)

    rig.behind.script = script
    rig.behind.asked.clear()
    before = len(rig.gateway.events())
    first, second = whole_answers(raw(rig.gateway.port, GET % (1, b"") + POST % CLOSE))
    assert [json.loads(reads(answer)[2]) for answer in (first, second)] == [{"total": 1}, {"id": 7}]
    assert [(asked.line.split(" ")[0], asked.body) for asked in rig.behind.asked] == [
        ("GET", b""),
        ("POST", b'{"city": "x"}'),
    ]
    told = [(event["yingbi"]["operation"], event["event"]["action"]) for event in rig.gateway.events()[before:]]
    assert told == [("GET /people", "whole"), ("POST /people", "intent"), ("POST /people", "whole")]


def test_a_write_behind_the_last_request_is_neither_carried_out_nor_announced(rig: Rig) -> None:
    rig.behind.script = echo
    rig.behind.asked.clear()
    before = len(rig.gateway.events())
    assert totals(whole_answers(raw(rig.gateway.port, GET % (1, CLOSE) + POST % b""))) == [1]
    assert len(rig.behind.asked) == 1
    assert "POST" not in json.dumps(rig.gateway.events()[before:])


@pytest.mark.parametrize("rows", [30_000, 150_000], ids=["held", "streamed"])
def test_a_large_answer_is_whole_when_the_next_request_has_come_meanwhile(rig: Rig, rows: int) -> None:
    may_end = threading.Event()
    table = b"id,name\r\n" + f"1,{NAME}\r\n".encode() * rows

    def script(connection: Connection, asked: Asked) -> None:
        if "page=1" not in asked.line:
            echo(connection, asked)
            return
        half = len(table) // 2
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(table))
        connection.say(table[:half])
        may_end.wait(10)
        connection.say(table[half:])

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(GET % (1, b""))
        connection.sendall(GET % (2, CLOSE))
        may_end.set()
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    first, second = whole_answers(received)
    assert reads(first)[2].count("1,张**\r\n".encode()) == rows
    assert totals([second]) == [2]
    assert shows_nothing(received)


def test_a_long_row_of_requests_is_answered_to_its_end(rig: Rig) -> None:
    """None is handled within the one before it, of which there would be an end."""
    refused = b"GET /people?sort=name HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    answers = whole_answers(raw(rig.gateway.port, refused * 500 + GET % (1, CLOSE)))
    assert [reads(answer)[0] for answer in answers] == [403] * 500 + [200]
