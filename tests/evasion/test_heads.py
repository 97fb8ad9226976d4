"""What stands beside the body: status lines, reasons, headers, trailers, and answers that are no answers."""

from urllib.parse import unquote

import pytest

from tests.rig import ID_NO, MOBILE, NAME, Rig, reads, shows_nothing
from tests.scripted import answering, saying

WELL = "Content-Type: application/json\r\nContent-Length: 2\r\n"

HEADS = {
    "a reason phrase": (f"HTTP/1.1 200 {MOBILE}\r\n{WELL}\r\n{{}}", 200),
    "an undeclared header": (f"HTTP/1.1 200 X\r\nX-Citizen: {NAME}\r\n{WELL}\r\n{{}}", 200),
    "a cookie": (f"HTTP/1.1 200 X\r\nSet-Cookie: phone={MOBILE}\r\n{WELL}\r\n{{}}", 200),
    "an ETag": (f'HTTP/1.1 200 X\r\nETag: "{ID_NO}"\r\n{WELL}\r\n{{}}', 200),
    "an encoded redirect": ("HTTP/1.1 302 X\r\nLocation: /people/?x=%31%33800138000\r\nContent-Length: 0\r\n\r\n", 502),
    "an encoded cookie": (f"HTTP/1.1 200 X\r\nSet-Cookie: phone=%31%33800138000\r\n{WELL}\r\n{{}}", 200),
    "a redirect": (f"HTTP/1.1 302 X\r\nLocation: /people/{ID_NO}\r\nContent-Length: 0\r\n\r\n", 502),
    "a redirect to a name": ("HTTP/1.1 302 X\r\nLocation: /files/%25E5%25BC%25A0%25E4%25B8%2589%25E4%25B8%25B0\r\nContent-Length: 0\r\n\r\n", 502),
    "a redirect to nowhere": ("HTTP/1.1 302 X\r\nLocation: /zhang/sanfeng\r\nContent-Length: 0\r\n\r\n", 502),
    "a redirect to another host": ("HTTP/1.1 302 X\r\nLocation: https://zhangsanfeng.example/people\r\nContent-Length: 0\r\n\r\n", 502),
    "a name in a reason phrase": (f"HTTP/1.1 200 {NAME} {ID_NO}\r\n{WELL}\r\n{{}}", 200),
    "a name in a reason phrase of an error": (f"HTTP/1.1 418 {NAME}\r\n{WELL}\r\n{{}}", 418),
    "a name in a language": (f"HTTP/1.1 200 X\r\nContent-Language: {NAME}\r\n{WELL}\r\n{{}}", 200),
    "a name in a policy": (f"HTTP/1.1 200 X\r\nContent-Security-Policy: report-uri /{NAME}\r\n{WELL}\r\n{{}}", 200),
    "a type that tells": ("HTTP/1.1 200 X\r\nContent-Type: application/13800138000+json\r\nContent-Length: 2\r\n\r\n{}", 502),
    "a type with a name": (f'HTTP/1.1 200 X\r\nContent-Type: application/json; name="{NAME}"\r\nContent-Length: 2\r\n\r\n{{}}', 200),
    "a status that is none": (f"HTTP/1.1 {MOBILE} X\r\n{WELL}\r\n{{}}", 502),
    "a status in groups of digits": (f"HTTP/1.1 2_00 X\r\n{WELL}\r\n{{}}", 502),
    "a status with a sign": (f"HTTP/1.1 +200 X\r\n{WELL}\r\n{{}}", 502),
    "a status of four digits": (f"HTTP/1.1 0200 X\r\n{WELL}\r\n{{}}", 502),
    "a status behind two blanks": (f"HTTP/1.1  200 X\r\n{WELL}\r\n{{}}", 502),
    "a version of frames": (f"HTTP/2.0 200 X\r\n{WELL}\r\n{{}}", 502),
    "no status line": (f"{NAME}{MOBILE}\r\n\r\n", 502),
    "no head at all": (f"{MOBILE}", 502),
    "a line without a colon": (f"HTTP/1.1 200 X\r\n{MOBILE}\r\n{WELL}\r\n{{}}", 502),
    "a folded line": (f"HTTP/1.1 200 X\r\nX: a\r\n {MOBILE}\r\n{WELL}\r\n{{}}", 502),
    "two lengths": (f"HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}{MOBILE}", 502),
    "length and chunks": (f"HTTP/1.1 200 X\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{MOBILE}", 502),
    "a length that is none": (f"HTTP/1.1 200 X\r\nContent-Length: {MOBILE}x\r\n\r\n", 502),
    "an informational answer": (f"HTTP/1.1 103 Early\r\nLink: {MOBILE}\r\n\r\n", 502),
    "switching protocols": (f"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n{NAME}{MOBILE}", 502),
    "trailers": (f"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nX: {MOBILE}\r\n\r\n", 502),
    "a head that never ends": ("HTTP/1.1 200 X\r\n" + f"X: {MOBILE}\r\n" * 8000, 502),
    "more headers than bearable": ("HTTP/1.1 200 X\r\n" + f"X: {MOBILE}\r\n" * 300 + f"{WELL}\r\n{{}}", 502),
    "a NUL": (f"HTTP/1.1 200 X\r\nX: \0{MOBILE}\r\n{WELL}\r\n{{}}", 502),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADS)
def test_heads(rig: Rig, case: str) -> None:
    said, status = HEADS[case]
    answer = rig.ask(saying(said.encode()))
    assert reads(answer)[0] == status
    assert shows_nothing(answer)
    assert b"%31%33" not in answer
    assert b"zhang" not in answer
    assert b"%25E5" not in answer
    assert shows_nothing(rig.gateway.said().encode())


def test_a_head_says_when_it_may_be_kept_and_by_whom(rig: Rig) -> None:
    _, headers, _ = reads(rig.ask(answering(b"{}", "application/json", "200 OK", "Cache-Control: public, max-age=99")))
    assert headers["cache-control"] == "private, no-store"
    assert headers["vary"] == "Cookie, Authorization"


@pytest.mark.parametrize(
    "said", ["X-Note", "X-Note: \udcd5\udcc5", "Allow: \udcd5\udcc5", "\udcd5\udcc5: 1", "X\udcd5: 1"]
)
def test_bytes_that_are_no_text_are_no_part_of_an_answer(rig: Rig, said: str) -> None:
    """A name in GBK in the status line, in a value, in the name of a header."""
    for line in ("HTTP/1.1 200 \udcd5\udcc5\udcc8\udcfd", "HTTP/1.1 200 X"):
        answer = rig.ask(saying(f"{line}\r\n{said}\r\n{WELL}\r\n{{}}".encode("utf-8", "surrogateescape")))
        assert answer[:12] in (b"HTTP/1.1 200", b"HTTP/1.1 502")
        assert b"\xd5" not in answer


def test_two_answers_for_one_question(rig: Rig) -> None:
    """The second is not taken for the answer to the next question, whoever asks it."""
    twice = answering(b'{"total": 1}')
    rig.behind.script = lambda connection, asked: [twice(connection, asked), twice(connection, asked)][-1]
    answer = rig.ask()
    assert reads(answer)[2] == b'{"total":1}'
    assert answer.count(b"HTTP/1.1 200") == 1


CLAIMED = (
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-User", "X-Forwarded-Prefix",
    "X-Forwarded-Server", "X-FORWARDED-EMAIL", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Forwarded", "Via",
    "Yingbi-Purpose", "X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-HTTP-Method", "X-HTTP-Method-Override",
    "X-Method-Override", "Remote-User", "X-Remote-User", "X-Auth-Request-User", "X-SSL-Client-Cert", "Keep-Alive",
    "Proxy-Connection", "X-Script-Name",
)  # fmt: skip
OURS = {"x-forwarded-for": "127.0.0.1", "x-forwarded-host": "people.localhost", "x-forwarded-proto": "https"}


@pytest.mark.parametrize("name", CLAIMED)
def test_what_a_caller_claims_is_not_passed_on(rig: Rig, name: str) -> None:
    rig.ask(answering(b"{}"), headers=f"{name}: evil\r\nX-Mine: 1\r\nCookie: mine=1; other=2\r\n")
    (asked,) = rig.behind.asked
    assert "evil" not in asked.head.decode()
    assert asked.headers["x-mine"] == "1"
    assert OURS.items() <= asked.headers.items()
    assert "cookie" not in asked.headers


def test_a_cookie_is_the_systems_own_and_nobody_elses_to_read(rig: Rig) -> None:
    value = f"{NAME}{MOBILE}"
    answer = rig.ask(
        answering(b"{}", "application/json", "200 OK", f"Set-Cookie: m={value.encode().decode('latin-1')}")
    )
    assert shows_nothing(answer)
    assert shows_nothing(unquote(answer.decode("latin-1")).encode())
    kept = reads(answer)[1]["set-cookie"]
    rig.ask(answering(b"{}"), headers=f"Cookie: other=1; {kept}; m=forged\r\n")
    (asked,) = rig.behind.asked
    assert asked.headers["cookie"].encode("latin-1").decode() == f"m={value}"
    assert shows_nothing(rig.gateway.said().encode())


def test_a_cookie_that_is_too_large_to_be_sealed_is_left_out_and_that_is_said(rig: Rig) -> None:
    answer = rig.ask(answering(b"{}", "application/json", "200 OK", f"Set-Cookie: m={MOBILE * 300}", "Set-Cookie: a=1"))
    assert reads(answer)[1]["set-cookie"].startswith("a=")
    assert "set_cookie:people" in rig.gateway.said()
    assert MOBILE not in rig.gateway.said()
