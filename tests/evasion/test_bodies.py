"""Answers of other statuses, and the connection that an answer was withheld on."""

import json
import socket

import pytest

from tests.evasion.cases import PEOPLE
from tests.patience import PATIENCE_S
from tests.rig import MOBILE, NAME, Rig, ended, reads, shows_nothing
from tests.scripted import answering, saying


def test_a_kept_connection_stays_in_step_when_an_answer_is_withheld(rig: Rig) -> None:
    """The body of an answer that is withheld by its head may have arrived together with the head."""
    one = "GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    rig.behind.script = answering(PEOPLE, "application/octet-stream")
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        for _ in range(20):
            connection.sendall(one.encode())
            answer = b""
            while not ended(answer):
                piece = connection.recv(65536)
                assert piece, "the connection ended"
                answer += piece
            assert json.loads(reads(answer)[2])["reason"] == "answer_not_declared"


STATUSES = {
    "a page of an error": (answering(f"<p>{MOBILE}</p>".encode(), "text/html", "500 Oops"), 500, b"***"),
    "JSON of an error": (
        answering(json.dumps({"error": f"电话{MOBILE}"}).encode(), status="404 X"),
        404,
        "电话***".encode(),
    ),
    "a stack trace": (answering(f"Traceback: {MOBILE}".encode(), "text/plain", "500 X"), 500, b"***"),
    "an error of an undeclared kind": (answering(NAME.encode(), "image/png", "500 X"), 500, b"page_of_an_error"),
    "a redirect": (answering(NAME.encode(), "text/html", "302 X", "Location: /people/7"), 302, b""),
    "nothing": (saying(b"HTTP/1.1 204 X\r\n\r\n"), 204, b""),
    "not modified": (saying(b"HTTP/1.1 304 X\r\n\r\n"), 502, b"upstream_malformed"),
    "partial content": (answering(PEOPLE[20:], status="206 X"), 502, b"upstream_malformed"),
}


@pytest.mark.parametrize("case", STATUSES)
def test_other_statuses(rig: Rig, case: str) -> None:
    script, status, holds = STATUSES[case]
    answer = rig.ask(script)
    assert reads(answer)[0] == status
    assert holds in reads(answer)[2]
    assert shows_nothing(answer)
