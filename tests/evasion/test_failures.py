"""A failure of every kind at every chunk of a stream, and a value cut at every byte of it: nothing after the failure, no
end that looks like one, and nobody who takes the rest for the next answer.
"""

import json
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from policies.overlay import Tightening
from tests.evasion.altered import FAULT, SMALL, altered
from tests.evasion.kept import Kept
from tests.front import VERSIONS
from tests.gateway import wait_until
from tests.http2 import secured
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, rigged
from tests.scripted import Asked, Connection, Script
from tests.spellings import told_by
from tests.tightening import entry

CHUNKS = 4
ROW = f"%d,{NAME},{ID_NO},{MOBILE}\r\n"
MASKED_ROW = "%d,张**,**************002X,138****8000\r\n"
PERSON = json.dumps({"id": 0, "name": NAME, "id_no": ID_NO, "mobile": MOBILE}, ensure_ascii=False)
MASKED_PERSON = '{"id":%d,"name":"张**","id_no":"**************002X","mobile":"138****8000"}'
HEADER = "id,name,id_no,mobile\r\n"
TYPES = {"csv": "text/csv", "json": "application/json"}


def chunks_of(kind: str) -> list[bytes]:
    """The chunks of an answer; the rows of each bear its number."""
    if kind == "csv":
        chunks = [(ROW % number) * 4 for number in range(1, CHUNKS + 1)]
        chunks[0] = HEADER + chunks[0]
    else:
        chunks = [(PERSON.replace("0", str(number), 1) + ",") * 4 for number in range(1, CHUNKS + 1)]
        chunks[0] = '{"items":[' + chunks[0]
        chunks[-1] = chunks[-1].removesuffix(",") + "]}"
    return [chunk.encode() for chunk in chunks]


def saying(kind: str, chunks: list[bytes], before: Callable[[Connection, int], bool] = lambda *_: True) -> Script:
    """A script that sends *chunks* for as long as *before* says so of the number of the next, and then the last."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(f"HTTP/1.1 200 OK\r\nContent-Type: {TYPES[kind]}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for number, chunk in enumerate(chunks, 1):
            if not before(connection, number):
                connection.close()
                return
            connection.say(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        connection.say(b"0\r\n\r\n")

    return script


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A gateway whose worker streams everything, and fails where it is told to."""
    with rigged(tmp_path_factory.mktemp("failing"), tls=True, workers=0) as rig:
        rig.gateway.runs = altered("failing")
        rig.gateway.start_worker()
        yield rig


@pytest.fixture(params=VERSIONS)
def caller(failing: Rig, request: pytest.FixtureRequest) -> Iterator[Kept]:
    (failing.gateway.home / FAULT).unlink(missing_ok=True)
    with Kept(failing.gateway.port, failing.gateway.home / "tls" / "ca.pem", request.param) as kept:
        yield kept


def closes(rig: Rig, connection: Connection) -> bool:
    return False


def resets(rig: Rig, connection: Connection) -> bool:
    connection.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def stops_the_system(rig: Rig, connection: Connection) -> bool:
    """An overlay is in force before the next chunk is sent."""
    rig.gateway.tighten(entry(Tightening.STOP_SYSTEM))
    wait_until(lambda: rig.gateway.counters()["overlay"] == rig.gateway.overlay.generation, 5)
    return True


INSIDE = {
    "masker": "answer_unreadable",
    "hook": "internal_error",
    "log": "record_failed",
    "record": "internal_error",
    "end": "",
}
OUTSIDE = {
    "the system behind closes": (closes, "upstream_broke_off"),
    "the system behind resets": (resets, "upstream_broke_off"),
    "an overlay": (stops_the_system, "operation_stopped"),
}
FAILURES = [
    (kind, place) for kind in (*INSIDE, *OUTSIDE) for place in range(1, CHUNKS + 1) if kind != "end" or place == 1
]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("failure", "place"), FAILURES, ids=[f"{kind} at {place}" for kind, place in FAILURES])
def test_nothing_follows_a_failure(failing: Rig, caller: Kept, kind: str, failure: str, place: int) -> None:
    """Not the chunk at which it failed nor any behind it, no end, and no part of the answer to who asks next."""
    rig, reason = failing, INSIDE.get(failure, "")
    if failure in INSIDE:
        (rig.gateway.home / FAULT).write_text(f"{failure} {place}")
        rig.behind.script = saying(kind, chunks_of(kind))
    else:
        happens, reason = OUTSIDE[failure]
        rig.behind.script = saying(
            kind, chunks_of(kind), lambda connection, number: number != place or happens(rig, connection)
        )
    try:
        answer = caller.ask("people.localhost", "/people")
    finally:
        (rig.gateway.home / FAULT).unlink(missing_ok=True)
        if failure == "an overlay":
            rig.gateway.tighten()
            wait_until(lambda: rig.gateway.counters()["overlay"] == rig.gateway.overlay.generation, 5)
    assert not told_by(answer.received)
    if answer.is_whole and answer.status == 200:  # it was all in so many windows that none was left to fail
        assert failure in ("log", "record")
        assert len(shown_in(rig, answer.headers["yingbi-event"])) < place
    elif answer.is_whole:  # it failed before anything had gone
        assert answer.status >= 500
        assert place == 1
    elif failure != "end":
        numbers = [number for number in range(place, CHUNKS + 1) if _row(kind, number) in answer.body]
        assert not numbers
        wait_until(lambda: rig.gateway.events()[-1]["event"]["action"] == "close", 5)
        assert rig.gateway.events()[-1]["event"]["reason"] == reason
    rig.behind.script = saying(kind, chunks_of(kind))
    following = caller.ask("people.localhost", "/people")
    assert (following.status, following.is_whole) == (200, True)
    assert all(following.body.count(_row(kind, number)) == 4 for number in range(1, CHUNKS + 1))


def shown_in(rig: Rig, exchange: str) -> list[str]:
    """The ids of the events of what was shown in an *exchange*."""
    return [
        event["event"]["id"]
        for event in rig.gateway.events()
        if event["yingbi"]["exchange"] == exchange and event["event"]["action"] == "shown"
    ]


def _row(kind: str, number: int) -> bytes:
    return ((MASKED_ROW if kind == "csv" else MASKED_PERSON) % number).encode()


@pytest.mark.parametrize("place", range(1, CHUNKS + 1))
def test_who_has_asked_ahead_is_answered_nothing_after_a_failure(failing: Rig, place: int) -> None:
    """A second request that lies in the connection when the first answer is cut: it would seem to go on with it."""
    (failing.gateway.home / FAULT).write_text(f"masker {place}")
    failing.behind.script = saying("csv", chunks_of("csv"))
    request = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    received = b""
    try:
        with secured(failing.gateway.port, failing.gateway.home / "tls" / "ca.pem", "http/1.1") as connection:
            connection.sendall(request * 2)
            while piece := _taken(connection):
                received += piece
    finally:
        (failing.gateway.home / FAULT).unlink()
    assert received.count(b"HTTP/1.1 ") <= 1
    assert not ended(received)
    assert not told_by(received)


def _taken(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except OSError:
        return b""


BODIES = {
    "csv": (f"{HEADER}{'9,x,,' + chr(13) + chr(10)}" * 1 + "9,x,,\r\n" * (SMALL // 4), ROW % 1, "9,x,,\r\n"),
    "json": ('{"items":[' + '{"id":9},' * (SMALL // 4), PERSON.replace("0", "1", 1), ',{"id":9}]}'),
}


@pytest.mark.parametrize("is_broken_off", [False, True], ids=["and goes on", "and is broken off"])
@pytest.mark.parametrize("kind", BODIES)
def test_a_value_that_is_cut_at_any_byte(failing: Rig, caller: Kept, kind: str, is_broken_off: bool) -> None:
    """Whatever came in two chunks is masked as if it had come in one; of what breaks off there, no part is shown."""
    before, row, after = (part.encode() for part in BODIES[kind])
    masked = _row(kind, 1)
    for place in range(1, len(row)):
        chunks = [before, row[:place], row[place:] + after]
        failing.behind.script = saying(kind, chunks, lambda connection, number: not is_broken_off or number < 3)
        answer = caller.ask("people.localhost", "/people")
        assert not told_by(answer.received), place
        assert answer.is_whole is not is_broken_off
        assert answer.body.count(masked) == (0 if is_broken_off else 1)
