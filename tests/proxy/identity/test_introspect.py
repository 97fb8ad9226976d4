"""How a system is asked whose a session is, over real sockets: what counts as its answer, and who is asked."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import msgspec
import pytest

from policies.program import UpstreamTlsRule
from proxy.identity.introspect import LARGEST, NOTHING, NotAsked, ask_system
from proxy.identity.sessions import Session
from proxy.system import System
from proxy.tls.authorities import Authorities
from proxy.tls.upstream import UpstreamTls
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.proxy.identity.test_introspection import PEOPLE
from tests.proxy.tls.test_upstream import certified, put_client, towards
from tests.scripted import Script, answering, saying, scripted

SESSION = Session(id="a", subject="", posts=(), until=2**40, value="s-1")
SAID = b'{"user": {"id": "li"}}'
PLAIN = UpstreamTls(None, Authorities(None), None)


def system_at(upstream: str, **declared: Any) -> System:
    made = msgspec.structs.replace(PEOPLE.program, upstream=upstream, upstream_tls=UpstreamTlsRule(**declared))
    return System(made, "d", DIGESTER, SECRET, DATA_KEYS)


def asked(script: Script) -> bytes:
    with scripted(script) as behind:
        return asyncio.run(ask_system(system_at(f"http://127.0.0.1:{behind.port}"), SESSION, PLAIN))


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


JSON = "Content-Type: application/json"
LENGTH = f"Content-Length: {len(SAID)}"
CHUNKS = b"5\r\n" + SAID[:5] + b"\r\n%x\r\n" % (len(SAID) - 5) + SAID[5:] + b"\r\n"
COUNTS = {
    "an answer": answering(SAID),
    "with a charset": answering(SAID, "application/json; charset=utf-8"),
    "in chunks": saying(head(JSON, "Transfer-Encoding: chunked") + CHUNKS + b"0\r\n\r\n"),
    "that keeps the connection": saying(head(JSON, LENGTH) + SAID, close=False),
    "behind an early word": saying(b"HTTP/1.1 103 Early Hints\r\n\r\n" + head(JSON, LENGTH) + SAID),
    "that sets the same session": answering(SAID, "application/json", "200 OK", "Set-Cookie: sid=s-1; Path=/"),
}
SAYS_NOTHING = {
    "not signed in": answering(SAID, status="401 Unauthorized"),
    "an error": answering(SAID, status="500 Oops"),
    "elsewhere": answering(SAID, "application/json", "302 Found", "Location: /login"),
    "a page": answering(SAID, "text/html"),
    "no type": saying(head(LENGTH) + SAID),
    "two types": saying(head(JSON, JSON, LENGTH) + SAID),
    "another charset": answering(SAID, "application/json; charset=gbk"),
    "packed": answering(SAID, "application/json", "200 OK", "Content-Encoding: gzip"),
    "without an end": saying(head(JSON) + SAID),
    "of another session": answering(SAID, "application/json", "200 OK", "Set-Cookie: sid=s-2"),
    "of a session that ends": answering(SAID, "application/json", "200 OK", "Set-Cookie: sid=; Max-Age=0"),
}
NO_ANSWER = {
    "nothing": saying(b""),
    "half a head": saying(b"HTTP/1.1 200 OK\r\nContent-"),
    "half a body": saying(head(JSON, f"Content-Length: {len(SAID) + 1}") + SAID),
    "half a chunk": saying(head(JSON, "Transfer-Encoding: chunked") + CHUNKS[:-4]),
    "no last chunk": saying(head(JSON, "Transfer-Encoding: chunked") + CHUNKS),
    "two lengths": saying(head(JSON, LENGTH, "Content-Length: 1") + SAID),
    "no HTTP": saying(b"li\r\n\r\n"),
    "too much": answering(b'"' + b"x" * LARGEST + b'"'),
    "a switch": saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
}


@pytest.mark.parametrize("case", COUNTS)
def test_a_whole_answer_in_json_counts(case: str) -> None:
    assert asked(COUNTS[case]) == SAID


@pytest.mark.parametrize("case", SAYS_NOTHING)
def test_any_other_answer_is_of_nobody(case: str) -> None:
    assert asked(SAYS_NOTHING[case]) == NOTHING


@pytest.mark.parametrize("case", NO_ANSWER)
def test_what_is_not_whole_is_no_answer(case: str) -> None:
    with pytest.raises(NotAsked):
        asked(NO_ANSWER[case])


def test_the_system_is_told_the_session_and_nothing_else() -> None:
    with scripted(answering(SAID)) as behind:
        asyncio.run(ask_system(system_at(f"http://127.0.0.1:{behind.port}"), SESSION, PLAIN))
        (request,) = behind.asked
    assert request.line == "GET /api/me HTTP/1.1"
    assert request.headers == {
        "host": "people.localhost",
        "connection": "close",
        "accept": "application/json",
        "accept-encoding": "identity",
        "cache-control": "no-store",
        "cookie": "sid=s-1",
        "x-forwarded-host": "people.localhost",
        "x-forwarded-proto": "https",
    }


def test_a_system_that_is_down_gives_no_answer() -> None:
    with scripted(answering(SAID)) as behind:
        port = behind.port
    with pytest.raises(NotAsked):
        asyncio.run(ask_system(system_at(f"http://127.0.0.1:{port}"), SESSION, PLAIN))


def secured(home: Path, towards_it: ssl.SSLContext, **declared: Any) -> bytes:
    tls = UpstreamTls(None, Authorities(home / "authorities"), home / "clients")
    with scripted(answering(SAID), towards_it) as behind:
        system = system_at(f"https://localhost:{behind.port}", **declared)
        return asyncio.run(ask_system(system, SESSION, tls))


def test_it_is_asked_over_the_tls_that_is_declared(tmp_path: Path) -> None:
    assert secured(tmp_path, towards(certified(tmp_path)), authority="office", http2=True) == SAID
    put_client(tmp_path)
    wanting = towards(certified(tmp_path), tmp_path / "authorities" / "systems" / "ca.pem")
    assert secured(tmp_path, wanting, authority="office", certificate="gateway") == SAID
    assert json.loads(SAID)["user"]["id"] == "li"


def test_whom_it_does_not_trust_it_does_not_ask(tmp_path: Path) -> None:
    good = towards(certified(tmp_path))
    certified(tmp_path, by="others", stem="other")
    for declared in (
        {"authority": "others"},
        {"authority": "nobody"},
        {},
        {"authority": "office", "certificate": "none"},
    ):
        with pytest.raises(NotAsked):
            secured(tmp_path, good, **declared)
    with pytest.raises(NotAsked):
        secured(tmp_path, towards(certified(tmp_path, "elsewhere.example", stem="elsewhere")), authority="office")
