"""Requests that two servers could read differently, and questions that the policy does not know."""

import json

import pytest

from tests.gateway import CLERK_KEY, raw
from tests.rig import Rig, ended, reads
from tests.scripted import answering

HOST = "Host: people.localhost\r\n"
CLOSE = "Connection: close\r\n"
CLERK = f"X-API-Key: {CLERK_KEY}\r\n"

REFUSED = {
    "length and chunks": f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
    "a signed length": f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Length: +0\r\n\r\n",
    "chunked and something": f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
    "space before a colon": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}X : 1\r\n\r\n",
    "an underscore for a dash": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}Transfer_Encoding: chunked\r\n\r\n",
    "an underscore in a method": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}X_HTTP_Method_Override: DELETE\r\n\r\n",
    "an underscore in a user": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}Remote_User: admin\r\n\r\n",
    "a connection that takes the host": f"GET /people HTTP/1.1\r\n{HOST}Connection: close, Host\r\n\r\n",
    "a connection that takes the type": f"POST /people HTTP/1.1\r\n{HOST}{CLERK}Connection: content-type, close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
    "a connection that takes the credential": f"GET /people HTTP/1.1\r\n{HOST}{CLERK}Connection: X-API-Key\r\n{CLOSE}\r\n",
    "a connection that takes the cookies": f"GET /people HTTP/1.1\r\n{HOST}Connection: close,cookie\r\nCookie: a=1\r\n\r\n",
    "a connection that takes something": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}Connection: X-Mine\r\nX-Mine: 1\r\n\r\n",
    "bare line feeds": "GET /people HTTP/1.1\nHost: people.localhost\nConnection: close\n\n",
    "one bare line feed": f"GET /people HTTP/1.1\r\n{HOST}X: 1\nY: 2\r\n{CLOSE}\r\n",
    "a bare carriage return": f"GET /people HTTP/1.1\r\n{HOST}X: 1\rY: 2\r\n{CLOSE}\r\n",
    "a folded line": f"GET /people HTTP/1.1\r\n{HOST}X: 1\r\n 2\r\n{CLOSE}\r\n",
    "a NUL": f"GET /people HTTP/1.1\r\n{HOST}X: \0\r\n{CLOSE}\r\n",
    "no host": f"GET /people HTTP/1.1\r\n{CLOSE}\r\n",
    "two hosts": f"GET /people HTTP/1.1\r\n{HOST}Host: other.localhost\r\n{CLOSE}\r\n",
    "a host in the target": f"GET http://people.localhost/people HTTP/1.1\r\nHost: other.localhost\r\n{CLOSE}\r\n",
    "a strange host": f"GET /people HTTP/1.1\r\nHost: people.localhost@evil\r\n{CLOSE}\r\n",
    "a method in small letters": f"get /people HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "CONNECT": f"CONNECT people.localhost:443 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "not HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "an old version": "GET /people\r\n\r\n",
    "a very long head": f"GET /people HTTP/1.1\r\n{HOST}X: {'x' * 70_000}\r\n{CLOSE}\r\n",
    "a long header": f"GET /people HTTP/1.1\r\n{HOST}X: {'x' * 40_000}\r\n{CLOSE}\r\n",
    "too many headers": f"GET /people HTTP/1.1\r\n{HOST}{'X: 1' + chr(13) + chr(10)}"
    + "X: 1\r\n" * 200
    + f"{CLOSE}\r\n",
    "an encoded slash": f"GET /people%2f7 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a backslash": f"GET /people\\7 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "dots": f"GET /files/../people HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "encoded dots": f"GET /files/%2e%2e/people HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "two slashes": f"GET //people HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "an encoded NUL": f"GET /people%00 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "matrix parameters": f"GET /people;x=1 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a parameter behind a semicolon": f"GET /people?page=1;id_no=4 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a slash encoded twice": f"GET /people%252f7 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a bad escape": f"GET /people%zz HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a target that is no UTF-8": f"GET /people%ff HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a fragment": f"GET /people#x HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a target that is too long": f"GET /people?q={'x' * 9000} HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "too many parameters": f"GET /people?{'&'.join(['page=1'] * 300)} HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "an upgrade": f"GET /people HTTP/1.1\r\n{HOST}Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n",
    "HTTP/2 in clear": f"GET /people HTTP/1.1\r\n{HOST}Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    "HTTP/2 by prior knowledge": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown host": f"GET /people HTTP/1.1\r\nHost: nowhere.localhost\r\n{CLOSE}\r\n",
    "an unknown operation": f"GET /people/1/secrets HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "an unknown method": f"TRACE /people HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "an unknown parameter": f"GET /people?debug=1 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a refused parameter": f"GET /people?where=1 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a filter on a hidden field": f"GET /people?id_no__startswith=4 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "the same, encoded": f"GET /people?id%5Fno__startswith=4 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "the same, among others": f"GET /people?page=1&city=x&id_no=4 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a sort by a hidden field": f"GET /people?sort=name HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
    "a body where none belongs": f"GET /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Length: 2\r\n\r\n{{}}",
    "a write by nobody": f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
    "a refused operation": f"DELETE /people/1 HTTP/1.1\r\n{HOST}{CLOSE}\r\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_and_never_sent_on(rig: Rig, case: str) -> None:
    rig.behind.script = answering(b'{"total": 1}')
    rig.behind.asked.clear()
    answer = raw(rig.gateway.port, REFUSED[case].encode("latin-1"))
    assert not rig.behind.asked, "it was sent on"
    assert answer[:13] in {f"HTTP/1.1 {status} ".encode() for status in (400, 401, 403, 413, 415, 421, 431)}
    assert answer.count(b"HTTP/1.1") == 1
    assert ended(answer)


def test_a_request_that_is_too_large_is_refused_before_it_has_arrived(rig: Rig) -> None:
    rig.behind.asked.clear()
    head = f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Type: application/json\r\nContent-Length: 999999999\r\n\r\n"
    answer = raw(rig.gateway.port, head.encode())
    assert answer.startswith(b"HTTP/1.1 413")
    chunks = (
        f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Transfer-Encoding: chunked\r\n\r\n".encode()
        + b"20000\r\n"
        + b"x" * 0x20000
        + b"\r\n"
    )
    answer = raw(rig.gateway.port, chunks + (b"20000\r\n" + b"x" * 0x20000 + b"\r\n") * 10)
    assert answer.startswith(b"HTTP/1.1 413")
    assert not rig.behind.asked


def test_no_value_of_a_question_is_written_down(rig: Rig) -> None:
    rig.ask(answering(b"{}"), target="/people?city=%E4%BA%91%E5%B7%9E&page=4711081547110815")
    rig.ask(answering(b"{}"), target="/people?id_no=11010519491231002X")
    written = json.dumps(rig.gateway.events(), ensure_ascii=False) + rig.gateway.said()
    for value in ("云州", "%E4%BA%91", "4711081547110815", "11010519491231002X"):
        assert value not in written


def test_a_pipelined_request_waits_for_its_own_answer(rig: Rig) -> None:
    rig.behind.script = answering(b'{"total": 1}')
    one = f"GET /people HTTP/1.1\r\n{HOST}\r\n"
    answer = raw(rig.gateway.port, (one + f"GET /people?sort=name HTTP/1.1\r\n{HOST}{CLOSE}\r\n").encode())
    assert answer.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 200" in answer
    assert b"HTTP/1.1 403" in answer


def test_a_person_gets_a_page_and_a_program_a_document(rig: Rig) -> None:
    page = rig.ask(target="/people?sort=name", headers="Accept: text/html,*/*\r\n")
    status, headers, body = reads(page)
    assert (status, headers["content-type"]) == (403, "text/html; charset=utf-8")
    text = body.decode()
    assert '<html lang="zh-CN">' in text
    assert "不能按您无权查看的字段" in text
    assert headers["yingbi-event"] in text
    assert "12345" in text
    assert "<script" not in text
    status, headers, body = reads(rig.ask(target="/people?sort=name", headers="Accept: application/json\r\n"))
    document = json.loads(body)
    assert headers["content-type"] == "application/problem+json"
    assert document["type"] == "urn:yingbi:reason:question_about_hidden_field"
    assert document["status"] == status == 403


def test_a_question_that_is_refused_says_why_in_the_words_of_the_policy(rig: Rig) -> None:
    answer = rig.ask(target="/people?where=1", headers="Accept: text/html\r\n")
    assert "不支持" in answer.decode()


@pytest.mark.parametrize("query", ["", "?plain=0", "?plain=", "?pl%61in=0&plain=0"])
def test_what_the_policy_always_sends_replaces_what_a_caller_says(rig: Rig, query: str) -> None:
    rig.ask(answering(b"id,name\r\n", "text/csv"), target=f"/people.csv{query}")
    (asked,) = rig.behind.asked
    assert asked.line == "GET /people.csv?plain=1 HTTP/1.1"


@pytest.mark.parametrize("authority", ["people.localhost", "PEOPLE.localhost", "people.localhost:8443"])
@pytest.mark.parametrize("names_host", [True, False], ids=["and a host", "and no host"])
def test_a_target_with_a_host_is_sent_on_without_it(rig: Rig, authority: str, names_host: bool) -> None:
    """A server is asked by a path alone; some fail at anything else."""
    rig.behind.script = answering(b"{}")
    rig.behind.asked.clear()
    host = f"Host: {authority}\r\n" if names_host else ""
    raw(rig.gateway.port, f"GET http://{authority}/people?page=2 HTTP/1.1\r\n{host}{CLOSE}\r\n".encode())
    (asked,) = rig.behind.asked
    assert asked.line == "GET /people?page=2 HTTP/1.1"
    assert asked.head.lower().count(b"\r\nhost:") == 1
    assert asked.headers["host"] == authority
