"""What is fetched from a server that the policy names: bounded in every way, and from nobody else."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provider import served
from tests.scripted import Asked, Connection, Scripted, answering, saying
from yingbi.fetch import LARGEST, NotFetched, fetch

GOOD = b'{"keys": []}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scripted, ssl.SSLContext]]:
    with served(tmp_path_factory.mktemp("tls")) as (running, authority):
        yield running, ssl.create_default_context(cafile=str(authority))


def fetched(server: tuple[Scripted, ssl.SSLContext], path: str = "/keys", limit_s: float = 10) -> str:
    return fetch(f"https://localhost:{server[0].port}{path}", server[1], limit_s)


def test_a_document_is_asked_for_plainly(server: tuple[Scripted, ssl.SSLContext]) -> None:
    server[0].script = answering(GOOD)
    server[0].asked.clear()
    assert fetched(server, "/keys?a=b") == GOOD.decode()
    (asked,) = server[0].asked
    assert asked.line == "GET /keys?a=b HTTP/1.1"
    assert set(asked.headers) == {"host", "accept", "accept-encoding"}
    assert asked.headers["accept-encoding"] == "identity"


def drip(connection: Connection, asked: Asked) -> None:
    """Say a header and never come to the end of it."""
    connection.say(b"HTTP/1.1 200 OK\r\n")
    while not connection.stop.wait(0.02):
        connection.raw.sendall(b"X-Y: z\r\n"[:1])


def endless(connection: Connection, asked: Asked) -> None:
    connection.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not connection.stop.wait(0.02):
        connection.raw.sendall(b"1\r\n{\r\n")


BAD = {
    "a redirect": (answering(b"", "text/html", "302 Found", "Location: /other"), "not-answered"),
    "an error": (answering(GOOD, "application/json", "500 Oops"), "not-answered"),
    "too large": (answering(b" " * (LARGEST + 1)), "too-large"),
    "too large, in chunks": (
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n" + b" " * 0x50000 + b"\r\n0\r\n\r\n"),
        "too-large",
    ),
    "encoded": (answering(GOOD, "application/json", "200 OK", "Content-Encoding: gzip"), "encoded"),
    "no text": (answering(b"\xff\xfe"), "not-answered"),
    "cut short": (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{}"), "not-reached"),
    "no HTTP": (saying(b"hello\r\n\r\n"), "not-reached"),
    "nothing": (saying(b""), "not-reached"),
    "a head that never ends": (drip, "not-reached"),
    "a body that never ends": (endless, "not-reached"),
    "silence": (lambda connection, asked: connection.hang(), "not-reached"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_whole_document_is_none(server: tuple[Scripted, ssl.SSLContext], case: str) -> None:
    script, code = BAD[case]
    server[0].script = script
    slow = script in (drip, endless) or case == "silence"
    with pytest.raises(NotFetched, match=f"^{code}$"):
        fetched(server, limit_s=0.5 if slow else 10)


@pytest.mark.parametrize("address", ["http://localhost/", "ftp://localhost/", "https://", "https://a@localhost/", "x"])
def test_only_addresses_of_https_are_asked(server: tuple[Scripted, ssl.SSLContext], address: str) -> None:
    with pytest.raises(NotFetched, match="bad-address"):
        fetch(address, server[1])


def test_who_is_certified_by_somebody_else_is_not_believed(
    server: tuple[Scripted, ssl.SSLContext], tmp_path: Path
) -> None:
    with served(tmp_path) as (other, _), pytest.raises(NotFetched, match="not-trusted"):
        fetch(f"https://localhost:{other.port}/", server[1])


def test_a_certificate_of_another_name_is_not_believed(server: tuple[Scripted, ssl.SSLContext]) -> None:
    with pytest.raises(NotFetched, match="not-trusted"):
        fetch(f"https://127.0.0.1:{server[0].port}/", server[1])


def test_a_server_that_is_not_there_is_not_reached(server: tuple[Scripted, ssl.SSLContext]) -> None:
    with pytest.raises(NotFetched, match="not-reached"):
        fetch("https://localhost:1/", server[1])
