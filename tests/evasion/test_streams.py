"""Answers too large to be held: masked as they flow, and cut without an end when anything fails."""

import json
import socket
import threading

import pytest

from tests.patience import PATIENCE_S
from tests.rig import ID_NO, MOBILE, NAME, Rig, chunks_of, ended, reads, shows_nothing
from tests.scripted import Asked, Connection, Script

ROW = f"1,{NAME},{ID_NO},{MOBILE}\r\n".encode()
PERSON = json.dumps({"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE}, ensure_ascii=False).encode()
FAR_TOO_LARGE = 1_500_000


def chunked(content_type: str, pieces: list[bytes], *, end: bytes = b"0\r\n\r\n") -> Script:
    """A script that answers in chunks and ends with *end*."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(
            f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        for piece in pieces:
            connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.say(end)
        if end != b"0\r\n\r\n":
            connection.close()

    return script


def pieces_of(body: bytes, size: int = 50_000) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


CSV = b"id,name,id_no,mobile\r\n" + ROW * (FAR_TOO_LARGE // len(ROW))
JSON = b'{"items": [' + b",".join([PERSON] * (FAR_TOO_LARGE // len(PERSON))) + b'], "total": 5}'
HTML = b"<table>" + f'<tr><td class="col-name">{NAME}</td><td>{MOBILE}</td></tr>'.encode() * 20_000 + b"</table>"
TEXT = f"联系人{NAME}，电话{MOBILE}，没有别的。\n".encode() * 20_000


@pytest.mark.parametrize(
    ("content_type", "body", "masked_row"),
    [
        ("text/csv", CSV, "1,张**,**************002X,138****8000\r\n"),
        ("application/json", JSON, '{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000"}'),
        ("text/html", HTML, '<tr><td class="col-name">张**</td><td>***</td></tr>'),
        ("text/plain", TEXT, "联系人***，电话***，没有别的。\n"),
    ],
    ids=["csv", "json", "html", "text"],
)
def test_is_masked_as_it_flows(rig: Rig, content_type: str, body: bytes, masked_row: str) -> None:
    answer = rig.ask(chunked(content_type, pieces_of(body)))
    status, headers, shown = reads(answer)
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    assert ended(answer)
    assert shows_nothing(shown)
    assert shown.decode().count(masked_row) > 5_000


def test_a_declared_length_makes_no_difference(rig: Rig) -> None:
    def script(connection: Connection, asked: Asked) -> None:
        connection.say(
            f"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {len(CSV)}\r\n\r\n".encode() + CSV
        )

    answer = rig.ask(script)
    assert "content-length" not in reads(answer)[1]
    assert ended(answer)
    assert shows_nothing(answer)


def test_an_answer_that_ends_with_the_connection(rig: Rig) -> None:
    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + CSV)
        connection.close()

    answer = rig.ask(script)
    assert ended(answer)
    assert shows_nothing(answer)


BREAKS = {
    "bad CSV": ("text/csv", b'1,"' + NAME.encode() + b'"x,' + MOBILE.encode() + b"\r\n", b"0\r\n\r\n"),
    "an error in the middle": ("text/csv", f"no such row: {NAME}\r\n".encode(), b"0\r\n\r\n"),
    "cells of other columns": ("text/csv", f"{NAME},{MOBILE}\r\n".encode(), b"0\r\n\r\n"),
    "a wrong charset": ("text/csv", NAME.encode("gbk") + b"\r\n", b"0\r\n\r\n"),
    "the system behind goes": ("text/csv", b"", b""),
    "a chunk that is none": ("text/csv", b"", b"zz\r\n" + MOBILE.encode()),
    "trailers": ("text/csv", b"", f"0\r\nX: {MOBILE}\r\n\r\n".encode()),
    "bad JSON": ("application/json", b"]}]" + MOBILE.encode(), b"0\r\n\r\n"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_failure_cuts_without_an_end(rig: Rig, case: str) -> None:
    content_type, damage, end = BREAKS[case]
    body = CSV if content_type == "text/csv" else JSON[:-200]
    after = (ROW if content_type == "text/csv" else b"," + PERSON) * 20_000
    pieces = [*pieces_of(body), *([damage] if damage else []), *pieces_of(after)] if damage else pieces_of(body)
    answer = rig.ask(chunked(content_type, pieces, end=end))
    assert reads(answer)[0] == 200, "it had begun"
    assert not ended(answer)
    assert shows_nothing(answer)
    assert all(chunks_of(answer.partition(b"\r\n\r\n")[2])), "an empty chunk would end the body"


def test_what_was_shown_is_in_the_log_before_and_how_it_ended(rig: Rig) -> None:
    before = len(rig.gateway.events())
    rig.ask(chunked("text/csv", pieces_of(CSV)))
    phases = [event["event"]["action"] for event in rig.gateway.events()[before:]]
    assert phases[0] == "open"
    assert phases[-1] == "close"
    assert set(phases[1:-1]) == {"shown"}
    shown = [event for event in rig.gateway.events()[before:] if event["event"]["action"] == "shown"]
    assert sum(
        use["count"] for event in shown for use in event["yingbi"]["fields"] if use["name"] == "person.name"
    ) == CSV.count(ROW)
    rig.ask(chunked("text/csv", pieces_of(CSV), end=b""))
    last = rig.gateway.events()[-1]
    assert (last["event"]["action"], last["event"]["reason"], last["yingbi"]["verdict"]) == (
        "close",
        "upstream_broke_off",
        "withhold",
    )


def test_a_page_too_large_to_be_held_shows_nothing_of_it(rig: Rig) -> None:
    answer = rig.ask(chunked("text/html", [HTML[:-8], *pieces_of(HTML[7:-8] * 3, 200_000), b"</table>"]))
    assert not ended(answer)
    assert reads(answer)[2] == b""
    assert rig.gateway.events()[-1]["event"]["reason"] == "answer_too_large"


def test_many_small_chunks_are_few_events(rig: Rig) -> None:
    before = len(rig.gateway.events())
    pieces = [*pieces_of(CSV[:-400_000]), *pieces_of(CSV[-400_000:], 40)]
    answer = rig.ask(chunked("text/csv", pieces))
    assert ended(answer)
    shown = [event for event in rig.gateway.events()[before:] if event["event"]["action"] == "shown"]
    assert len(shown) < len(pieces) // 50
    assert sum(
        use["count"] for event in shown for use in event["yingbi"]["fields"] if use["name"] == "person.name"
    ) == CSV.count(ROW)


def test_what_comes_now_and_then_is_not_kept_waiting(rig: Rig) -> None:
    """The caller answers each line before the next is sent: whoever waited for a full window would wait for ever."""
    seen = threading.Semaphore(0)

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (*pieces_of(CSV), b"901,x,,\r\n", b"902,x,,\r\n", b"903,x,,\r\n"):
            connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
            if piece.startswith(b"90"):
                assert seen.acquire(timeout=PATIENCE_S)
        connection.say(b"0\r\n\r\n")

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        answer = b""
        for line in (b"901,", b"902,", b"903,"):
            while line not in answer:
                answer += connection.recv(1 << 20)
            seen.release()
        while not ended(answer):
            answer += connection.recv(1 << 20)
    assert shows_nothing(answer)


def test_a_caller_of_http_1_0_gets_nothing_that_could_look_whole(rig: Rig) -> None:
    rig.behind.script = chunked("text/csv", pieces_of(CSV))
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.0\r\nHost: people.localhost\r\n\r\n")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert reads(answer)[0] == 502
    assert shows_nothing(answer)


def test_a_kept_connection_stays_in_step_after_a_stream(rig: Rig) -> None:
    rig.behind.script = chunked("text/csv", pieces_of(CSV))
    request = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        for _ in range(2):
            connection.sendall(request)
            answer = b""
            while not ended(answer):
                answer += connection.recv(1 << 20)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.count(b"HTTP/1.1") == 1


def test_a_caller_who_does_not_read_does_not_fill_the_memory(rig: Rig) -> None:
    """The system behind is not read faster than the caller reads."""
    sent = []
    going = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"id,name\r\n" + b"1,x\r\n" * 10_000
        connection.raw.settimeout(3)
        try:
            for _ in range(4_000):
                connection.raw.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent.append(len(piece))
                going.set()
        except OSError:
            pass

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        assert going.wait(60)
        before = -1
        while before != (before := sum(sent)):  # until nothing more is taken for half a second
            threading.Event().wait(0.5)
    assert sum(sent) < 30_000_000
