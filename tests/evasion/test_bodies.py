"""Bodies that are not what they say they are, and bodies that hide what they hold."""

import json
import socket

import pytest

from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads, shows_nothing
from tests.scripted import answering, saying

PERSON = {"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "note": f"{NAME}的电话{MOBILE}"}
PLAIN = json.dumps({"items": [PERSON]}, ensure_ascii=False)
TEXT = f"联系人{NAME}，身份证{ID_NO}，电话{MOBILE}"

MASKED = {
    "plain": (PLAIN.encode(), "application/json"),
    "escaped": (json.dumps({"items": [PERSON]}).encode(), "application/json; charset=utf-8"),
    "undeclared fields": (json.dumps({"items": [{"nickname": NAME, "no": [ID_NO]}]}).encode(), "application/json"),
    "keys that tell": (json.dumps({ID_NO: 1, "items": [{MOBILE: 1}]}).encode(), "application/json"),
    "JSON in a string": (json.dumps({"items": [{"raw": PLAIN}]}).encode(), "application/json"),
    "numbers": (json.dumps({"items": [{"mobile": int(MOBILE), "x": int(MOBILE)}]}).encode(), "application/json"),
    "a key twice": (f'{{"items": [{{"name": "x", "name": "{NAME}"}}]}}'.encode(), "application/json"),
    "text": (TEXT.encode(), "text/plain"),
    "text with separators": ("电话138-0013-8000、138 0013 8000".encode(), "text/plain"),
    "text in full width": ("电话１３８００１３８０００".encode(), "text/plain"),
    "text with hidden characters": ("电话138\u200b0013\u200b8000".encode(), "text/plain"),
    "HTML": (f'<td class="col-name">{NAME}</td><p title="{MOBILE}">{ID_NO}<!--{MOBILE}--></p>'.encode(), "text/html"),
    "HTML with references": (f"<p>&#49;3800138000</p><td class='col-name'>{NAME}</td>".encode(), "text/html"),
    "HTML split by tags": (b"<p>138<b>0013</b>8000</p>", "text/html"),
    "HTML in controls": (
        f'<input name="x" value="{NAME}"><textarea name="y">{NAME}</textarea><select name="z"><option>{NAME}</select>'
        f'<input value="{NAME}"><input type="checkbox" name="b" value="{NAME}"><button name="c" value="{NAME}">x</button>'
        f"<datalist><option>{NAME}</datalist>".encode(), "text/html",
    ),
    "HTML in elements without text": (
        f'<td class="col-name"><img alt="{NAME}"></td><td class="col-x" title="{NAME}"><!--{NAME}--></td>'
        f'<td class="col-name"><input name="whatever" value="{NAME}"><a href="/{NAME}" data-x="{NAME}">***</a></td>'.encode(),
        "text/html",
    ),
    "HTML in names": (f"<x-{NAME}><p {NAME} data-{NAME}>***</p {NAME}></x-{NAME}><p {MOBILE}>".encode(), "text/html"),
    "HTML in scripts": (
        f'<script type="text/json">["{NAME}"]</script><script type="application/json;x=y">{{"a":"{NAME}"}}</script>'
        f'<script type="text/x-template"><td class="col-name">{NAME}</td></script>'.encode(), "text/html",
    ),
    "CSV": (f"id,name,id_no\r\n1,{NAME},{ID_NO}\r\n".encode(), "text/csv"),
}  # fmt: skip


@pytest.mark.parametrize("case", MASKED)
def test_is_masked(rig: Rig, case: str) -> None:
    body, content_type = MASKED[case]
    answer = rig.ask(answering(body, content_type))
    status, headers, shown = reads(answer)
    assert status == 200
    assert shows_nothing(answer)
    assert shows_nothing(shown.decode("gb18030", "replace").encode())
    assert b"***" in shown or b"**" in shown or b"null" in shown
    assert headers["content-length"] == str(len(shown))
    assert headers["cache-control"] == "private, no-store"


WITHHELD = {
    "JSON cut off": (PLAIN.encode()[:-5], "application/json", ()),
    "JSON with more behind": (PLAIN.encode() + b"x", "application/json", ()),
    "lines of JSON": (PLAIN.encode() + b"\n" + PLAIN.encode(), "application/json", ()),
    "NaN": (b'{"total": NaN}', "application/json", ()),
    "nested deeply": (b"[" * 5000 + b'"' + MOBILE.encode() + b'"' + b"]" * 5000, "application/json", ()),
    "CSV with a footer": (f"id,name\r\n1,x\r\n{NAME}\r\n".encode(), "text/csv", ()),
    "CSV with two delimiters": (f"id,name,id_no\r\n1;{NAME};{ID_NO}\r\n".encode(), "text/csv", ()),
    "CSV with a column twice": (f"id,id,name\r\n1,2,{NAME}\r\n".encode(), "text/csv", ()),
    "CSV without a header": (f"1,{NAME},{ID_NO}\r\n".encode(), "text/csv", ()),
    "HTML that ends in a tag": (f'<td class="col-name">{NAME}</td><a title="{MOBILE}'.encode(), "text/html", ()),
}  # fmt: skip


@pytest.mark.parametrize("case", WITHHELD)
def test_is_withheld(rig: Rig, case: str) -> None:
    body, content_type, more = WITHHELD[case]
    answer = rig.ask(answering(body, content_type, "200 OK", *more))
    status, headers, shown = reads(answer)
    assert status == 502
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(shown)["event"] == headers["yingbi-event"]
    assert shows_nothing(answer)
    assert ended(answer)


def test_a_kept_connection_stays_in_step_when_an_answer_is_withheld(rig: Rig) -> None:
    """The body of an answer that is withheld by its head may have arrived together with the head."""
    one = "GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
    rig.behind.script = answering(PLAIN.encode(), "application/octet-stream")
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=10) as connection:
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
    "partial content": (answering(PLAIN.encode()[20:], status="206 X"), 502, b"answer_unreadable"),
}


@pytest.mark.parametrize("case", STATUSES)
def test_other_statuses(rig: Rig, case: str) -> None:
    script, status, holds = STATUSES[case]
    answer = rig.ask(script)
    assert reads(answer)[0] == status
    assert holds in reads(answer)[2]
    assert shows_nothing(answer)


def test_nothing_encoded_partial_or_conditional_is_asked_for(rig: Rig) -> None:
    asking = (
        "Accept-Encoding: gzip, br\r\nRange: bytes=0-9\r\nIf-Range: x\r\nIf-None-Match: x\r\nIf-Modified-Since: x\r\n"
    )
    rig.ask(answering(b"{}"), headers=asking)
    asked = rig.behind.asked[0].headers
    assert asked["accept-encoding"] == "identity"
    assert not asked.keys() & {"range", "if-range", "if-none-match", "if-modified-since"}


def test_a_head_tells_no_length(rig: Rig) -> None:
    rig.behind.script = saying(
        b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 4711\r\nETag: x\r\n\r\n"
    )
    status, headers, body = reads(rig.ask(method="HEAD"))
    assert (status, body) == (200, b"")
    assert not headers.keys() & {"content-length", "etag"}
