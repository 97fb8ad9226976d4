"""Heads of answers over both versions: validators, ranges, caches, links, cookies, interim answers, trailers, bodies of none."""

import base64
import hashlib
import json
from urllib.parse import quote

import pytest

from tests.evasion.cases import HTML, JSON, PEOPLE, PEOPLE_MASKED, PLAIN, TEXT
from tests.front import Front
from tests.rig import MOBILE, NAME
from tests.scripted import Script, answering, saying

NAME_IN_BASE64 = base64.b64encode(NAME.encode()).decode()


def head(*lines: str, status: str = "200 OK") -> Script:
    """An answer with an empty object and these further *lines*."""
    said = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {JSON}", "Content-Length: 2", *lines, "", "{}"])
    return saying(said.encode())


DROPPED = {
    "a validator that is the value": f'ETag: "{hashlib.md5(MOBILE.encode()).hexdigest()}"',
    "a weak validator": 'ETag: W/"1"',
    "when it was changed": "Last-Modified: Thu, 26 Nov 2026 06:00:00 GMT",
    "a digest": "Digest: sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
    "a digest of the content": "Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
    "a digest of the representation": "Repr-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
    "an old digest": "Content-MD5: mZFLkyvTelC5g8XnyQrpOw==",
    "ranges": "Accept-Ranges: bytes",
    "the range": "Content-Range: bytes 0-1/13800138000",
    "a signature": "Signature: sig1=:MTM4MDAxMzgwMDA=:",
    "an age": f"Age: {MOBILE}",
    "who keeps it on the way": "Surrogate-Control: max-age=999",
    "who keeps it far away": "CDN-Cache-Control: max-age=99",
    "an old word for keeping": "Pragma: cache",
    "when it expires": "Expires: Thu, 26 Nov 2027 06:00:00 GMT",
    "a link": f"Link: </people/{MOBILE}>; rel=next",
    "a redirect that waits": f"Refresh: 0; url=/people/{MOBILE}",
    "where it lies": f"Content-Location: /people/{MOBILE}",
    "where its source lies": f"SourceMap: /{MOBILE}",
    "where else it is served": f'Alt-Svc: h2="{MOBILE}.example:443"',
    "how long it took": f'Server-Timing: db;desc="{MOBILE}"',
    "a warning": f'Warning: 199 - "{MOBILE}"',
    "a realm": f'WWW-Authenticate: Basic realm="{MOBILE}"',
    "what signing in said": f'Authentication-Info: x="{MOBILE}"',
    "the name of a file": f"Content-Disposition: attachment; filename*=UTF-8''{quote(NAME)}.csv",
    "every origin": "Access-Control-Allow-Origin: *",
    "an origin that tells": f"Access-Control-Allow-Origin: https://{MOBILE}.example",
    "credentials of any origin": "Access-Control-Allow-Credentials: true",
    "headers to be shown": f"Access-Control-Expose-Headers: x-{MOBILE}",
    "a header of its own": f"X-Phone: {MOBILE}",
    "a header in base64": f"X-Name: {NAME_IN_BASE64}",
    "reports": f'NEL: {{"report_to":"{MOBILE}"}}',
    "a privacy policy of old": f'P3P: CP="{MOBILE}"',
    "what to forget": f'Clear-Site-Data: "{MOBILE}"',
    "whoever passed it on": f"Via: 1.1 {MOBILE}",
    "who answered": f"Server: {MOBILE}",
    "what it is made with": f"X-Powered-By: {MOBILE}",
    "a time that is none": f"Date: {MOBILE}",
    "a wait that is none": f"Retry-After: {MOBILE}",
    "methods that are none": f"Allow: {MOBILE}",
    "a wait of weeks": "Retry-After: 138001",
    "a method that is a name": "Allow: GET, ZHANGSANF",
    "a language that is none": f"Content-Language: {MOBILE}",
    "a policy that reports": f"Content-Security-Policy: report-uri /{MOBILE}",
    "a name in base64 in a policy": f"Content-Security-Policy: script-src 'nonce-{NAME_IN_BASE64}'",
    "a cookie with a name that tells": f"Set-Cookie: u{MOBILE}=1",
    "trailers to come": "Trailer: X-Phone",
}  # fmt: skip


@pytest.mark.parametrize("case", DROPPED)
def test_a_header_does_not_leave(front: Front, case: str) -> None:
    line = DROPPED[case]
    answer = front.ask(head(line))
    assert (answer.status, answer.body, answer.is_whole) == (200, b"{}", True)
    assert line.partition(":")[0].lower() not in answer.headers
    assert not answer.tells


def test_nobody_keeps_an_answer_for_others(front: Front) -> None:
    answer = front.ask(head("Cache-Control: public, s-maxage=999", f"Vary: X-{MOBILE}"))
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Cookie, Authorization"
    refused = front.ask(head(), target="/people?sort=name")
    assert refused.headers["cache-control"] == "no-store"


def test_nobody_keeps_a_file_for_others_that_only_some_may_have(declaring_front: Front) -> None:
    lines = "Cache-Control: public, max-age=3600", "Expires: Thu, 26 Nov 2027 06:00:00 GMT", "Vary: Accept"
    file, key = answering(b"a {}", "text/css", "200 OK", *lines), ("x-api-key", "ybk_terminal-at-window-seven")
    everybodys = declaring_front.ask(file, target="/files/a.css", headers=(key,))
    assert everybodys.headers["cache-control"] == "public, max-age=3600"
    answer = declaring_front.ask(file, target="/desk/a.css", headers=(key,))
    assert (answer.status, answer.body) == (200, b"a {}")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Cookie, Authorization"
    assert "expires" not in answer.headers


@pytest.mark.parametrize(
    "name", ["Path=/", f"Path=/{MOBILE}", f"Domain={MOBILE}.people.localhost", f"Comment={NAME_IN_BASE64}"]
)
def test_a_cookie_is_sealed_and_keeps_no_attribute_that_tells(front: Front, name: str) -> None:
    answer = front.ask(head(f"Set-Cookie: m={NAME_IN_BASE64}; {name}"))
    assert answer.headers["set-cookie"].startswith("m=")
    assert not answer.tells
    assert NAME_IN_BASE64 not in answer.headers["set-cookie"]


ASKED = {
    "Range": "bytes=0-9", "If-Range": '"x"', "If-None-Match": '"x"', "If-Modified-Since": "Thu, 26 Nov 2026 06:00:00 GMT",
    "If-Match": '"x"', "If-Unmodified-Since": "Thu, 26 Nov 2026 06:00:00 GMT", "TE": "trailers",
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_would_tell_of_the_true_content_is_not_asked_for(front: Front, name: str) -> None:
    answer = front.ask(answering(PEOPLE), headers=((name.lower(), ASKED[name]),))
    assert (answer.status, answer.body) == (200, PEOPLE_MASKED)
    (asked,) = front.rig.behind.asked
    assert name.lower() not in asked.headers


BODILESS = {
    "a HEAD that is answered with a body": (saying(f"HTTP/1.1 200 X\r\nContent-Type: {JSON}\r\nContent-Length: {len(PEOPLE)}\r\n\r\n".encode() + PEOPLE), "HEAD", 200),
    "a HEAD that tells a length": (saying(f"HTTP/1.1 200 X\r\nContent-Type: {JSON}\r\nContent-Length: 4711\r\nETag: x\r\n\r\n".encode()), "HEAD", 200),
    "nothing, with a body": (saying(f"HTTP/1.1 204 X\r\nContent-Length: 11\r\n\r\n{MOBILE}".encode()), "GET", 204),
    "a redirect with a body": (answering(TEXT.encode(), HTML, "302 X", "Location: /people"), "GET", 302),
}  # fmt: skip


@pytest.mark.parametrize("case", BODILESS)
def test_there_is_no_body_where_none_belongs(front: Front, case: str) -> None:
    script, method, status = BODILESS[case]
    answer = front.ask(script, method=method)
    assert (answer.status, answer.body) == (status, b"")
    assert not answer.headers.keys() & {"etag", "last-modified"}
    assert answer.headers.get("content-length", "0") == "0"
    assert not answer.tells


CHUNKED = f"HTTP/1.1 200 X\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = f"HTTP/1.1 200 X\r\nContent-Type: {JSON}\r\nContent-Length: 2\r\n\r\n{{}}"
MALFORMED = {
    "trailers": f"{CHUNKED}2\r\n{{}}\r\n0\r\nX: {MOBILE}\r\n\r\n",
    "an interim answer": f"HTTP/1.1 100 {MOBILE}\r\n\r\n{WHOLE}",
    "a processing answer": f"HTTP/1.1 102 X\r\nX: {MOBILE}\r\n\r\n{WHOLE}",
    "early hints": f"HTTP/1.1 103 X\r\nLink: </{MOBILE}>\r\n\r\n{WHOLE}",
    "another protocol": f"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n{NAME}{MOBILE}",
    "not modified": f'HTTP/1.1 304 X\r\nETag: "{MOBILE}"\r\n\r\n',
    "a status that is none": WHOLE.replace("200 X", f"600 {NAME}"),
    "a status of old": WHOLE.replace("200 X", f"099 {NAME}"),
    "a size that is none": f"{CHUNKED}zz{MOBILE}\r\n",
    "an empty line before it": f"\r\n{WHOLE}",
    "lengths and chunks": f"{CHUNKED.replace(JSON, JSON + chr(13) + chr(10) + 'Content-Length: 2')}2\r\n{{}}\r\n0\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_answer_is_none(front: Front, case: str) -> None:
    answer = front.ask(saying(MALFORMED[case].encode()))
    assert (answer.status, answer.is_whole) == (502, True)
    assert answer.reason in ("upstream_malformed", "upstream_broke_off")
    assert not answer.tells
    assert b"103" not in answer.received[:20]


@pytest.mark.parametrize("case", MALFORMED)
def test_a_head_has_no_body_whatever_becomes_of_it(front: Front, case: str) -> None:
    """Whoever asked would take a page of the gateway's for the next answer."""
    answer = front.ask(saying(MALFORMED[case].encode()), method="HEAD")
    assert (answer.body, answer.is_whole) == (b"", True)
    assert not answer.tells


def test_what_a_chunk_says_of_itself_does_not_leave(front: Front) -> None:
    answer = front.ask(saying(f"{CHUNKED}2;x={MOBILE}\r\n{{}}\r\n0\r\n\r\n".encode()))
    assert (answer.status, answer.body) == (200, b"{}")
    assert not answer.tells


REDIRECTS = {
    "to a name": f"/people?page={quote(NAME)}", "to a number": f"/people/{MOBILE}", "to a number, escaped twice": "/people?page=%2531%2533800138000",
    "to base64": f"/people?page={base64.b64encode(MOBILE.encode()).decode()}", "to hexadecimal digits": f"/people?page={MOBILE.encode().hex()}",
    "to a script": f"javascript:alert({MOBILE})", "to data": f"data:,{MOBILE}", "to another host": "//zhang.example/people",
    "to a place on the page": f"/people#{MOBILE}", "to a user": f"https://{MOBILE}@people.localhost/people", "to nowhere": "/zhang",
    "to JSON": f"/people?page={quote(json.dumps({'name': NAME}))}", "to letters of old": f"/people?page={''.join(f'%u{ord(char):04x}' for char in NAME)}",
    "to references": f"/people?page={quote(''.join(f'&#{ord(char)};' for char in NAME))}",
}  # fmt: skip


@pytest.mark.parametrize("case", REDIRECTS)
@pytest.mark.parametrize("status", ["302 X", "308 X", "201 X"])
def test_a_redirect_tells_nothing(front: Front, status: str, case: str) -> None:
    answer = front.ask(head(f"Location: {REDIRECTS[case]}", status=status))
    assert (answer.status, answer.reason) == (502, "redirect_withheld")
    assert not answer.tells
    assert b"zhang" not in answer.received


@pytest.mark.parametrize("content_type", [HTML, PLAIN, JSON])
def test_a_stack_trace_is_masked_like_anything(front: Front, content_type: str) -> None:
    trace = f"Traceback: {TEXT}" if content_type != JSON else json.dumps({"error": TEXT, "trace": [TEXT]})
    answer = front.ask(answering(trace.encode(), content_type, "500 X"))
    assert answer.status == 500
    assert b"***" in answer.body
    assert not answer.tells


GAPS = {
    "a cookie that is called as somebody is": ("Set-Cookie: zhangsanfeng=1; Path=/", "zhangsanfeng="),
    "a number in steps of a cookie's path": ("Set-Cookie: a=1; Path=/p/138/0013/8000", "/p/138/0013/8000"),
}


@pytest.mark.parametrize("case", GAPS)
def test_a_gap_is_a_gap(front: Front, case: str) -> None:
    """Nothing of these is found. Whoever closes a gap moves its row."""
    line, shown = GAPS[case]
    assert shown in front.ask(head(line)).headers["set-cookie"]
