"""Connections to a system behind that callers share: nobody gets what was somebody else's, however the system errs."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from proxy.plain.behind import REST_S
from tests.gateway import BATCH_KEY, CLERK_KEY, raw, wait_until
from tests.patience import PATIENCE_S
from tests.rig import Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, answering

GET = b"GET /people?page=%d HTTP/1.1\r\nHost: people.localhost\r\n%s\r\n"
CLOSE = b"Connection: close\r\n"
HEAD_OF_ONE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SOMEBODY_ELSES = HEAD_OF_ONE + b'Content-Length: 13\r\n\r\n{"total": 99}'


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway")) as made:
        yield made


class Behind:
    """A script that tells which request an answer belongs to, and notes which connection each came on."""

    def __init__(self, rig: Rig) -> None:
        self.connections: list[socket.socket] = []
        rig.behind.script = self
        rig.behind.asked.clear()

    def __call__(self, connection: Connection, asked: Asked) -> None:
        self.connections.append(connection.raw)
        self.say(connection, page_of(asked))

    def say(self, connection: Connection, page: int) -> None:
        answering(b'{"total": %d}' % page)(connection, Asked(b"", b""))

    @property
    def opened(self) -> int:
        return len({id(each) for each in self.connections})


def page_of(asked: Asked) -> int:
    return int(asked.line.partition("page=")[2].partition(" ")[0])


def on_one_connection(rig: Rig, *pages: int) -> list[int]:
    """The totals that a caller gets who keeps his connection."""
    totals = []
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as caller:
        for page in pages:
            caller.sendall(GET % (page, b""))
            answer = caller.recv(65536)
            totals.append(total_in(answer))
    return totals


def asks(rig: Rig, page: int, more: bytes = CLOSE) -> bytes:
    return raw(rig.gateway.port, GET % (page, more))


def total_in(answer: bytes) -> int:
    assert ended(answer)
    return int(json.loads(reads(answer)[2])["total"])


def test_a_caller_has_one_connection_again_and_again(shared: Rig) -> None:
    behind = Behind(shared)
    assert on_one_connection(shared, 1, 2, 3, 4, 5) == [1, 2, 3, 4, 5]
    assert behind.opened == 1


def test_two_people_on_one_connection_have_not_the_same_behind(shared: Rig) -> None:
    """As from a front proxy, which sends on what everybody asks: only who had it last has it again without a rest."""
    keys = [f"X-Api-Key: {key}\r\n".encode() for key in (CLERK_KEY, CLERK_KEY, BATCH_KEY)]

    def are_apart() -> bool:
        behind, asked_s = Behind(shared), []
        with socket.create_connection(("127.0.0.1", shared.gateway.port), timeout=PATIENCE_S) as caller:
            for page, key in enumerate(keys):
                asked_s.append(time.monotonic())
                caller.sendall(GET % (page, key))
                assert total_in(caller.recv(65536)) == page
        if time.monotonic() - asked_s[1] >= REST_S:
            return False  # on a machine that others keep busy: it may have rested
        first, second, third = behind.connections
        assert first is second is not third
        return True

    wait_until(are_apart, 10)


def test_another_caller_gets_it_once_it_has_rested(shared: Rig) -> None:
    behind = Behind(shared)
    assert total_in(asks(shared, 1)) == 1

    def is_shared() -> bool:
        assert total_in(asks(shared, 2)) == 2
        return behind.connections[-1] in behind.connections[:-1]

    wait_until(is_shared, 10)


def test_those_who_ask_at_once_do_not(shared: Rig) -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)

    class Together(Behind):
        def say(self, connection: Connection, page: int) -> None:
            both.wait()
            super().say(connection, page)

    behind = Together(shared)
    found: dict[int, int] = {}
    threads = [
        threading.Thread(target=lambda page=page: found.update({page: total_in(asks(shared, page))})) for page in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == {1: 1, 2: 2}
    assert behind.opened == 2


@pytest.mark.parametrize(
    "first",
    [
        HEAD_OF_ONE + b'Content-Length: 12\r\n\r\n{"total": 1}' + SOMEBODY_ELSES,
        HEAD_OF_ONE + b'Transfer-Encoding: chunked\r\n\r\nc\r\n{"total": 1}\r\n0\r\n\r\n' + SOMEBODY_ELSES,
        HEAD_OF_ONE + b'Connection: close\r\nContent-Length: 12\r\n\r\n{"total": 1}',
    ],
    ids=["two answers", "two answers, one in chunks", "it says that it closes"],
)
def test_what_came_with_an_answer_is_not_the_next(shared: Rig, first: bytes) -> None:
    class Twice(Behind):
        def say(self, connection: Connection, page: int) -> None:
            connection.say(first) if page == 1 else super().say(connection, page)

    behind = Twice(shared)
    assert [total_in(asks(shared, page)) for page in (1, 2, 3)] == [1, 2, 3]
    assert behind.connections[1] is not behind.connections[0]


def test_what_comes_between_two_requests_is_not_the_answer_to_the_second(shared: Rig) -> None:
    behind = Behind(shared)
    assert total_in(asks(shared, 1)) == 1
    behind.connections[0].sendall(SOMEBODY_ELSES)  # its kernel may hold that back until the next request comes
    for page in range(2, 12):
        assert total_in(asks(shared, page)) == page
    assert behind.connections[0] not in behind.connections[1:]


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "304 Not Modified"])
def test_a_body_where_there_must_be_none_is_not_the_next_answer(shared: Rig, status: str) -> None:
    """The body comes late, when the connection would have been given back."""
    method = b"HEAD" if status.startswith("200") else b"GET"

    class Late(Behind):
        def say(self, connection: Connection, page: int) -> None:
            if page != 1:
                super().say(connection, page)
                return
            head = (
                f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(SOMEBODY_ELSES)}\r\n\r\n"
            )
            connection.say(head.encode())

    behind = Late(shared)
    raw(shared.gateway.port, method + (GET % (1, CLOSE))[3:])
    with contextlib.suppress(OSError):
        behind.connections[0].sendall(SOMEBODY_ELSES)
    assert total_in(asks(shared, 2)) == 2
    assert behind.connections[1] is not behind.connections[0]


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_that_was_hung_up_when_it_was_asked_is_asked_again_once(shared: Rig, reset: bool) -> None:
    class Once(Behind):
        def say(self, connection: Connection, page: int) -> None:
            if page == 2 and len(self.connections) == 2:
                if reset:
                    connection.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.raw.close()
                connection.close()
                return
            super().say(connection, page)

    behind = Once(shared)
    assert on_one_connection(shared, 1, 2) == [1, 2]
    assert behind.connections[2] not in behind.connections[:2]
    assert len(shared.behind.asked) == 3


def test_a_new_connection_that_is_hung_up_is_not_asked_again(shared: Rig) -> None:
    class Never(Behind):
        def say(self, connection: Connection, page: int) -> None:
            connection.close()

    Never(shared)
    answer = asks(shared, 1)
    assert reads(answer)[0] == 502
    assert len(shared.behind.asked) <= 2  # an older connection may have been free


def test_after_an_answer_that_was_cut_the_connection_is_gone(shared: Rig) -> None:
    class Cut(Behind):
        def say(self, connection: Connection, page: int) -> None:
            if page == 1:
                connection.say(HEAD_OF_ONE + b'Content-Length: 1000\r\n\r\n{"total": 1}')
                connection.close()
            else:
                super().say(connection, page)

    Cut(shared)
    answer = asks(shared, 1)
    assert reads(answer)[0] == 502
    assert shows_nothing(answer)
    assert total_in(asks(shared, 2)) == 2


def test_a_caller_who_leaves_takes_the_connection_behind_with_him(shared: Rig) -> None:
    """What he asked for may still come: nobody else may be answered with it."""
    asked, left = threading.Event(), threading.Event()

    class Slow(Behind):
        def say(self, connection: Connection, page: int) -> None:
            if page == 1:
                asked.set()
                assert left.wait(60)
                connection.say(SOMEBODY_ELSES)
            else:
                super().say(connection, page)

    behind = Slow(shared)
    with socket.create_connection(("127.0.0.1", shared.gateway.port), timeout=PATIENCE_S) as caller:
        caller.sendall(GET % (1, b""))
        assert asked.wait(60)
    wait_until(lambda: shared.gateway.last_reason() == "caller_left", 10)
    left.set()
    assert total_in(asks(shared, 2)) == 2
    assert behind.connections[1] is not behind.connections[0]


def test_what_is_not_the_common_case_is_handed_over_on_the_same_connection(shared: Rig) -> None:
    behind = Behind(shared)
    head = b"HEAD" + (GET % (2, b"Content-Length: 0\r\n"))[3:]
    with socket.create_connection(("127.0.0.1", shared.gateway.port), timeout=PATIENCE_S) as caller:
        caller.sendall(GET % (1, b""))
        first = caller.recv(65536)
        caller.sendall(head)
        second = caller.recv(65536)
        caller.sendall(GET % (3, CLOSE))
        third = b"".join(iter(lambda: caller.recv(65536), b""))
    assert total_in(first) == 1
    assert reads(second)[0] == 200
    assert total_in(third) == 3
    assert len(behind.connections) == 3
