"""Who has signed in at a system's own sign-in, over real sockets: learnt from its answer, and bound to its session."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.overlay import Tightening
from proxy.identity.caller import COOKIE
from tests.gateway import CLERK_KEY, raw, wait_until
from tests.policies.compiled import GOOD
from tests.rig import NAME, Rig, reads, rigged
from tests.scripted import Asked, Connection, Script
from tests.scripted import saying as saying_exactly
from tests.tightening import entry

PERSON = {"id": 1, "name": NAME}
SESSION = """identity:
  session:
    cookie: sid
    login: POST /login
    subject: /user/id
    posts: /user/roles
    logout: [POST /logout]
    purposes: [case-handling]
"""
OPERATIONS = """operations:
  - on: POST /login
    allow: [anyone]
    body: {json: {/name: public, /password: public}}
    answers: {json: {/user/id: public, /user/roles/*: public}}
  - on: POST /logout
    allow: [anyone]
    answers: {json: {/done: public}}
"""
ELSEWHERE = """system: clinic
title: {zh: 诊所, en: Clinic}
hosts: [clinic.localhost]
upstream: http://127.0.0.1:9
state: enforcing
"""
LI: dict[str, Any] = {"user": {"id": "li", "roles": ["clerk"]}}


def answer(document: Any, *headers: str, status: str = "200 OK") -> bytes:
    body = json.dumps(document).encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


def saying(document: Any, *headers: str, status: str = "200 OK") -> Script:
    return lambda connection, asked: connection.say(answer(document, *headers, status=status))


def signing_in(value: str = "s-1", document: Any = None) -> Script:
    return saying(LI if document is None else document, f"Set-Cookie: sid={value}; Path=/")


LIST = saying({"items": [PERSON]})


def with_sessions(folder: Path, session: str = SESSION) -> Path:
    policies = folder / "sessions"
    shutil.copytree(GOOD, policies)
    people = policies / "systems" / "people.yaml"
    text = people.read_text("utf-8").replace("identity:\n", session, 1).replace("operations:\n", OPERATIONS, 1)
    people.write_text(text, "utf-8")
    # Another system with the same cookie and the same operations.
    clinic = ELSEWHERE + text.partition("state: enforcing\n")[2]
    (policies / "systems" / "clinic.yaml").write_text(clinic, "utf-8")
    grants = policies / "grants.yaml"
    grants.write_text(grants.read_text("utf-8").replace("systems: [people]", "systems: [people, clinic]"), "utf-8")
    return policies


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("gateway")
    with rigged(home / "home", policies=with_sessions(home), workers=2) as made:
        yield made


def set_by(received: bytes) -> dict[str, str]:
    """The cookies that an answer sets, by name, with what they are set to."""
    lines = [line.decode() for line in received.partition(b"\r\n\r\n")[0].split(b"\r\n")]
    cookies = [line.partition(": ")[2] for line in lines if line.lower().startswith("set-cookie:")]
    return {each.partition("=")[0]: each.partition("=")[2].partition(";")[0] for each in cookies}


def sign_in(rig: Rig, script: Script | None = None, *, cookie: str = "") -> str:
    """The cookie of a session that has just begun, as a browser brings it back; "" where none has."""
    headers = f"Content-Type: application/json\r\n{f'Cookie: {cookie}\r\n' if cookie else ''}"
    body = json.dumps({"name": "li", "password": "x"}).encode()
    received = rig.ask(script or signing_in(), target="/login", method="POST", headers=headers, body=body)
    assert reads(received)[0] < 400, received
    found = set_by(received)
    return f"sid={found['sid']}" if "sid" in found else ""


def sign_out(rig: Rig, cookie: str, script: Script | None = None) -> int:
    answered = rig.ask(
        script or saying({"done": "yes"}), target="/logout", method="POST", headers=f"Cookie: {cookie}\r\n"
    )
    return reads(answered)[0]


def who(rig: Rig, cookie: str = "", more: str = "", script: Script = LIST) -> tuple[int, str, bool]:
    """The status of an answer to a request with *cookie*, whose it is in the log, and whether it shows a name."""
    headers = (f"Cookie: {cookie}\r\n" if cookie else "") + more
    received = rig.ask(script, headers=headers)
    return reads(received)[0], event_of(rig, received).get("user", {}).get("id", ""), NAME in received.decode()


def event_of(rig: Rig, received: bytes) -> dict[str, Any]:
    """What the log holds of an answer, whichever worker has given it."""
    (event,) = (each for each in rig.gateway.events() if each["event"]["id"] == reads(received)[1]["yingbi-event"])
    return event


LI_IN, NOBODY, REFUSED = (200, "li", True), (200, "", False), (401, "", False)


def test_who_signs_in_at_the_system_is_known_and_granted_what_the_posts_are(rig: Rig) -> None:
    assert who(rig) == NOBODY
    cookie = sign_in(rig)
    assert who(rig, cookie) == LI_IN
    assert rig.behind.asked[0].headers["cookie"] == "sid=s-1"
    event = event_of(rig, rig.ask(headers=f"Cookie: {cookie}\r\n"))
    assert "clerk" in event["user"]["roles"]
    assert event["yingbi"]["credential"].startswith("session:")


def test_every_worker_knows_a_session_and_so_does_one_that_is_started_anew(rig: Rig) -> None:
    cookie = sign_in(rig)
    for _ in range(12):
        assert who(rig, cookie) == LI_IN
    first = rig.gateway.workers[0]
    first.kill()
    first.wait()
    rig.gateway.start_worker()
    for _ in range(12):
        assert who(rig, cookie) == LI_IN


def test_sessions_that_are_revoked_are_over_with_every_worker_and_who_signs_in_anew_is_let_in(rig: Rig) -> None:
    """By the account's name or by that of one session; after a start as well; and no longer than the measure lasts."""
    cookie, other = sign_in(rig), sign_in(rig, signing_in("s-2"))
    one = event_of(rig, rig.ask(LIST, headers=f"Cookie: {cookie}\r\n"))["yingbi"]["credential"]
    since = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)  # a session knows in which second it began
    revoked = entry(Tightening.REVOKE_SESSIONS, one, since=since)
    rig.gateway.tighten(revoked)
    assert [who(rig, cookie)[0] for _ in range(6)] == [401] * 6
    assert who(rig, other) == LI_IN, "only that session"
    rig.gateway.tighten(replace(revoked, target="li"))
    first = rig.gateway.workers[-1]
    first.kill()
    first.wait()
    rig.gateway.start_worker()
    for _ in range(6):
        assert (who(rig, cookie)[0], who(rig, other)[0]) == (401, 401)
    wait_until(lambda: datetime.now(UTC) >= since, 5)
    assert who(rig, sign_in(rig, signing_in("s-3"))) == LI_IN
    assert who(rig, "", f"Authorization: Bearer {CLERK_KEY}\r\n")[0] == 200, "a key is no session"
    rig.gateway.tighten(replace(revoked, target="wang"))
    assert who(rig, other) == LI_IN
    rig.gateway.tighten()


def test_the_cookie_is_kept_as_a_credential_is(rig: Rig) -> None:
    body = b'{"name": "li", "password": "x"}'
    received = rig.ask(
        signing_in(), target="/login", method="POST", headers="Content-Type: application/json\r\n", body=body
    )
    (line,) = [line for line in received.split(b"\r\n") if line.startswith(b"set-cookie")]
    assert {b"HttpOnly", b"Secure", b"SameSite=Lax", b"Path=/"} <= set(line.split(b"; "))
    assert b"s-1" not in received
    assert b"case-handling" not in received


NOT_LEARNT: dict[str, Script] = {
    "a refusal": saying(LI, "Set-Cookie: sid=s-1", status="401 Unauthorized"),
    "an error of the system": saying(LI, "Set-Cookie: sid=s-1", status="500 Oops"),
    "no session": saying(LI),
    "another session": saying(LI, "Set-Cookie: other=s-1"),
    "a session of nearly that name": saying(LI, "Set-Cookie: Sid=s-1"),
    "two sessions": saying(LI, "Set-Cookie: sid=s-1", "Set-Cookie: sid=s-2; Path=/a"),
    "a session of nothing": saying(LI, "Set-Cookie: sid="),
    "a session that ends": saying(LI, "Set-Cookie: sid=s-1; Max-Age=0"),
    "a session that has ended": saying(LI, "Set-Cookie: sid=s-1; max-age = -1; Path=/"),
    "nobody": signing_in(document={"user": {"roles": ["clerk"]}}),
    "nobody by name": signing_in(document={"user": {"id": "", "roles": ["clerk"]}}),
    "somebody who is a list": signing_in(document={"user": {"id": ["li"], "roles": ["clerk"]}}),
    "somebody who is true": signing_in(document={"user": {"id": True, "roles": ["clerk"]}}),
    "a caller with a key": signing_in(document={"user": {"id": "window-7", "roles": ["clerk"]}}),
    "a name with a control": signing_in(document={"user": {"id": "li\u0000", "roles": []}}),
    "posts that are none": signing_in(document={"user": {"id": "li", "roles": [7]}}),
    "posts that are not there": signing_in(document={"user": {"id": "li"}}),
    "more posts than anybody has": signing_in(document={"user": {"id": "li", "roles": ["clerk"] * 65}}),
    "a list in its place": signing_in(document=[LI]),
}


@pytest.mark.parametrize("case", NOT_LEARNT)
def test_who_is_not_plainly_signed_in_is_nobody(rig: Rig, case: str) -> None:
    headers, body = "Content-Type: application/json\r\n", b'{"name": "li", "password": "x"}'
    received = rig.ask(NOT_LEARNT[case], target="/login", method="POST", headers=headers, body=body)
    cookie = "; ".join(f"{name}={value}" for name, value in set_by(received).items())
    status, name, shown = who(rig, cookie)
    assert (status, name, shown) == NOBODY


@pytest.mark.parametrize(
    "body",
    [
        b'{"user": {"id": "li", "roles": ["clerk"]}, "user": {"id": "wang", "roles": []}}',
        b'{"user": {"id": "li", "id": "wang", "roles": ["clerk"]}}',
    ],
)
def test_an_answer_that_can_be_read_in_two_ways_names_nobody(rig: Rig, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: sid=s-1\r\nContent-Length: {len(body)}\r\n\r\n"
    sent = b'{"name": "li", "password": "x"}'
    twice = saying_exactly(head.encode() + body, close=False)
    received = rig.ask(twice, target="/login", method="POST", headers="Content-Type: application/json\r\n", body=sent)
    assert who(rig, "; ".join(f"{name}={value}" for name, value in set_by(received).items()))[1:] == ("", False)


def test_an_answer_of_another_operation_signs_nobody_in(rig: Rig) -> None:
    received = rig.ask(signing_in(), target="/people/1")
    assert who(rig, f"sid={set_by(received)['sid']}") == NOBODY
    received = rig.ask(signing_in(document={"total": 1, "user": LI["user"]}))
    assert who(rig, f"sid={set_by(received)['sid']}") == NOBODY


def test_after_signing_out_a_copied_cookie_is_nobodys_and_reaches_nothing(rig: Rig) -> None:
    cookie = sign_in(rig)
    assert who(rig, cookie) == LI_IN
    assert sign_out(rig, cookie) == 200
    assert rig.behind.asked[0].headers["cookie"] == "sid=s-1"  # the system has to know which session ends
    for _ in range(8):  # with either worker
        assert who(rig, cookie) == NOBODY
        assert "cookie" not in rig.behind.asked[0].headers
    first = rig.gateway.workers[-1]
    first.kill()
    first.wait()
    rig.gateway.start_worker()
    for _ in range(8):
        assert who(rig, cookie) == NOBODY


def test_a_session_has_ended_also_where_the_system_does_not_answer_that_it_has(rig: Rig) -> None:
    cookie = sign_in(rig)
    assert sign_out(rig, cookie, saying({"done": "no"}, status="503 Oops")) >= 500
    assert who(rig, cookie) == NOBODY
    cookie = sign_in(rig)
    assert sign_out(rig, cookie, lambda connection, asked: connection.close()) == 502
    assert who(rig, cookie) == NOBODY


def test_the_gateways_own_sign_out_ends_it_as_well(rig: Rig) -> None:
    cookie = sign_in(rig)
    assert reads(rig.ask(target="/.yingbi/sign-out", headers=f"Cookie: {cookie}\r\n"))[0] == 303
    assert who(rig, cookie) == NOBODY


def test_who_signs_in_once_more_leaves_the_session_before(rig: Rig) -> None:
    first = sign_in(rig)
    wang = {"user": {"id": "wang", "roles": []}}
    second = sign_in(rig, signing_in("s-2", wang), cookie=first)
    assert who(rig, second)[:2] == (200, "wang")
    assert who(rig, first) == NOBODY
    # A system that keeps the value of its cookie has put somebody else in the session.
    third = sign_in(rig, signing_in("s-2", LI), cookie=second)
    assert who(rig, third) == LI_IN
    assert who(rig, second) == NOBODY
    # And where the system has let nobody in, nobody is.
    assert sign_in(rig, saying({"user": {}}), cookie=third) == ""
    assert who(rig, third) == NOBODY


def test_a_session_of_the_same_value_goes_on_and_one_of_another_is_nobodys(rig: Rig) -> None:
    cookie = sign_in(rig)
    again = rig.ask(saying({"items": []}, "Set-Cookie: sid=s-1; Path=/; Max-Age=600"), headers=f"Cookie: {cookie}\r\n")
    kept = f"sid={set_by(again)['sid']}"
    assert kept != cookie
    assert who(rig, kept) == LI_IN
    assert who(rig, cookie) == LI_IN
    other = rig.ask(saying({"items": []}, "Set-Cookie: sid=s-9; Path=/"), headers=f"Cookie: {kept}\r\n")
    assert who(rig, f"sid={set_by(other)['sid']}") == NOBODY
    for before in (kept, cookie):
        assert who(rig, before) == NOBODY


def test_a_session_that_the_system_takes_away_is_over(rig: Rig) -> None:
    cookie = sign_in(rig)
    rig.ask(saying({"items": []}, "Set-Cookie: sid=; Path=/; Max-Age=0"), headers=f"Cookie: {cookie}\r\n")
    assert who(rig, cookie) == NOBODY


def of(cookie: str) -> str:
    return cookie.partition("=")[2]


def test_a_cookie_is_good_for_its_own_name_and_its_own_system_alone(rig: Rig) -> None:
    mine = sign_in(rig)
    plain = set_by(rig.ask(saying({"items": []}, "Set-Cookie: sid=s-7", "Set-Cookie: other=s-8")))
    for moved in (
        f"other={of(mine)}",
        f"SID={of(mine)}",
        f"{COOKIE}x={of(mine)}",
        f"sid={plain['other']}",
        f"sid={of(mine)[:-4]}AAAA",
        f"sid={of(mine)[: len(of(mine)) // 2]}{plain['sid'][len(plain['sid']) // 2 :]}",
        "sid=s-1",
    ):
        assert who(rig, moved) == NOBODY, moved
        assert "s-1" not in json.dumps(rig.behind.asked[0].headers)
    for shown_as_a_token in (f"Authorization: Bearer {of(mine)}\r\n", f"X-API-Key: {of(mine)}\r\n"):
        assert who(rig, "", shown_as_a_token) == REFUSED
    assert who(rig, mine) == LI_IN


def test_a_session_of_another_system_is_nobodys_here(rig: Rig) -> None:
    cookie = sign_in(rig)
    rig.behind.script = LIST
    head = f"GET /people HTTP/1.1\r\nHost: clinic.localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
    received = raw(rig.gateway.port, head.encode())
    assert "user" not in event_of(rig, received)


TWO = {
    "a session and a key": ("MINE", f"X-API-Key: {CLERK_KEY}\r\n"),
    "a session and a token": ("MINE", f"Authorization: Bearer {CLERK_KEY}\r\n"),
    "a session and the gateway's own": (f"MINE; {COOKIE}={CLERK_KEY}", ""),
    "a session and a signature": ("MINE", "Signature: sig=:AAAA:\r\n"),
    "a session and a front proxy": ("MINE", "Yingbi-Proxy-Secret: x\r\nYingbi-Caller: wang\r\n"),
    "a session twice": ("MINE; MINE", ""),
    "a session and one that does not open": ("MINE; sid=s-1", ""),
    "a session in a second header": ("sid=s-1", "Cookie: MINE\r\n"),
}
"""What a request shows in its cookies and in other headers, where MINE is a good session."""


@pytest.mark.parametrize("case", TWO)
def test_a_session_and_another_credential_are_two(rig: Rig, case: str) -> None:
    shown, more = TWO[case]
    mine = sign_in(rig)
    cookie, more = shown.replace("MINE", mine), more.replace("MINE", mine)
    assert who(rig, cookie, more) == REFUSED
    assert rig.behind.asked == []


def test_a_session_that_is_over_is_no_second_credential(rig: Rig) -> None:
    cookie = sign_in(rig)
    sign_out(rig, cookie)
    assert who(rig, cookie, f"X-API-Key: {CLERK_KEY}\r\n")[:2] == (200, "window-7")
    assert "cookie" not in rig.behind.asked[0].headers


def test_an_answer_that_flows_is_cut_when_its_session_ends(rig: Rig) -> None:
    cookie = sign_in(rig)
    ended: list[int] = []
    signed_out = threading.Event()

    def flowing(connection: Connection, asked: Asked) -> None:
        if asked.line.startswith("POST"):
            connection.say(answer({"done": "yes"}))
            return
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        rows = b"id,name\r\n" + f"1,{NAME}\r\n".encode() * 200_000
        for start in range(0, len(rows), 65536):
            if start > len(rows) // 2 and not ended:
                ended.append(1)
                end_elsewhere()
            piece = rows[start : start + 65536]
            connection.say(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.say(b"0\r\n\r\n")

    def end_elsewhere() -> None:
        head = "POST /logout HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\nContent-Length: 0\r\n"
        raw(rig.gateway.port, f"{head}Cookie: {cookie}\r\n\r\n".encode())
        signed_out.set()

    received = rig.ask(flowing, headers=f"Cookie: {cookie}\r\nAccept: text/csv\r\n")
    assert not received.endswith(b"0\r\n\r\n")
    assert signed_out.wait(60)  # or the system behind is asked for that in the midst of the next test
    wait_until(lambda: ("close", "answer_cut", "li") in [_ending_of(event) for event in rig.gateway.events()], 10)


def _ending_of(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["event"]["action"], event["event"].get("reason", ""), event.get("user", {}).get("id", "")


def test_without_the_folder_of_what_has_ended_nothing_can_be_told(rig: Rig) -> None:
    cookie = sign_in(rig)
    folder = rig.gateway.home / "ended-sessions"
    folder.rename(folder.with_name("away"))
    try:
        assert who(rig, cookie)[0] == 503
        assert rig.behind.asked == []
        assert who(rig) == NOBODY
    finally:
        folder.with_name("away").rename(folder)
    assert who(rig, cookie) == LI_IN


def test_where_it_cannot_be_kept_that_a_session_ends_nothing_is_sent_on(rig: Rig) -> None:
    cookie = sign_in(rig)
    folder = rig.gateway.home / "ended-sessions"
    aside = [(path, path.with_name(f"x{path.name}")) for path in folder.iterdir() if path.name.isdigit()]
    for path, other in aside:
        path.rename(other)
        path.write_text("a file where a folder belongs")
    try:
        assert sign_out(rig, cookie) == 503
        assert rig.behind.asked == []
    finally:
        for path, other in aside:
            path.unlink()
            other.rename(path)
    assert who(rig, cookie) == LI_IN


def test_no_file_holds_the_cookie_or_its_value(rig: Rig) -> None:
    cookie = sign_in(rig, signing_in("a-value-of-a-session-cookie"))
    assert who(rig, cookie) == LI_IN
    for path in rig.gateway.home.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"a-value-of-a-session-cookie" not in data, path
        assert of(cookie).encode() not in data, path
