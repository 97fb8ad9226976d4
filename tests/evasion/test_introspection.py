"""Whose a session is where the system has to be asked: over real sockets, with two workers, while nobody waits."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.evasion.test_sessions import (
    LI_IN,
    NOBODY,
    PERSON,
    REFUSED,
    answer,
    event_of,
    set_by,
    sign_out,
    who,
    with_sessions,
)
from tests.evasion.test_sessions import SESSION as LEARNT
from tests.evasion.test_sessions import sign_in as sign_in_with
from tests.gateway import CLERK_KEY, wait_until
from tests.rig import NAME, Rig, reads, rigged
from tests.scripted import Asked, Connection

SESSION = LEARNT.replace("    subject: /user/id\n", "    subject: /user/id\n    introspect: /api/me\n")
PEOPLE = {value: {"user": {"id": name, "roles": ["clerk"]}} for value, name in (("s-1", "li"), ("s-2", "wang"))}


@dataclass
class Behind:
    """A system whose sign-in says nothing of who it is, and which tells by the session's cookie where it is asked."""

    begins: str = "s-1"
    """The value of the session that it begins next."""
    said: dict[str, bytes] = field(default_factory=dict)
    """In place of the usual answer about a session."""
    held: threading.Event | None = None
    """What it waits for before it says anything of a session."""
    asked: list[Asked] = field(default_factory=list)
    """By the gateway, about sessions."""

    def __call__(self, connection: Connection, asked: Asked) -> None:
        if asked.line.startswith("POST /login"):
            connection.say(answer({}, f"Set-Cookie: sid={self.begins}; Path=/"))
        elif asked.line.startswith("POST /logout"):
            connection.say(answer({"done": "yes"}))
        elif asked.line.startswith("GET /api/me"):
            self.asked.append(asked)
            if self.held is not None:
                self.held.wait(10)
            value = asked.headers.get("cookie", "").removeprefix("sid=")
            connection.say(self.said.get(value) or answer(PEOPLE.get(value, {})))
        else:
            connection.say(answer({"items": [PERSON]}))


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("gateway")
    with rigged(home / "home", policies=with_sessions(home, SESSION), workers=2) as made:
        yield made


ENOUGH = 24
"""Requests after which both workers have been asked, but for a chance of one in ten million."""


@pytest.fixture
def behind(rig: Rig) -> Behind:
    rig.behind.script = behind = Behind()
    return behind


def sign_in(rig: Rig, behind: Behind, value: str = "s-1", cookie: str = "") -> str:
    behind.begins = value
    return sign_in_with(rig, behind, cookie=cookie)


def outcome(rig: Rig, behind: Behind, cookie: str, more: str = "") -> tuple[int, str, bool]:
    return who(rig, cookie, more, behind)


def comes_to(rig: Rig, behind: Behind, cookie: str, expected: tuple[int, str, bool]) -> None:
    """Both workers, and for good: nothing but nobody before."""
    in_turn = 0

    def is_so() -> bool:
        nonlocal in_turn
        found = outcome(rig, behind, cookie)
        assert found in (NOBODY, expected)
        in_turn = in_turn + 1 if found == expected else 0
        return in_turn >= ENOUGH

    wait_until(is_so, 15)


def test_who_has_signed_in_is_known_once_the_system_has_said_it(rig: Rig, behind: Behind) -> None:
    cookie = sign_in(rig, behind)
    comes_to(rig, behind, cookie, LI_IN)
    event = event_of(rig, rig.ask(behind, headers=f"Cookie: {cookie}\r\n"))
    assert "clerk" in event["user"]["roles"]
    assert event["yingbi"]["credential"].startswith("session:")
    assert 1 <= len(behind.asked) <= 2, "each worker asks by itself, and once"


def test_meanwhile_nobody_waits_and_it_is_nobodys(rig: Rig, behind: Behind) -> None:
    behind.held = threading.Event()
    try:
        cookie = sign_in(rig, behind)
        for _ in range(8):
            assert outcome(rig, behind, cookie) == NOBODY
    finally:
        behind.held.set()
    comes_to(rig, behind, cookie, LI_IN)


def test_two_people_are_told_apart_however_late_the_answers_come(rig: Rig, behind: Behind) -> None:
    behind.held = threading.Event()
    try:
        first, second = sign_in(rig, behind, "s-1"), sign_in(rig, behind, "s-2")
        for cookie in (first, second) * 4:
            assert outcome(rig, behind, cookie) == NOBODY
    finally:
        behind.held.set()
    for _ in range(2):
        comes_to(rig, behind, second, (200, "wang", True))
        comes_to(rig, behind, first, LI_IN)


SAYS_NOBODY = {
    "not signed in": answer(PEOPLE["s-1"], status="401 Unauthorized"),
    "elsewhere": answer(PEOPLE["s-1"], "Location: /login", status="302 Found"),
    "an error": answer(PEOPLE["s-1"], status="500 Oops"),
    "of another session": answer(PEOPLE["s-1"], "Set-Cookie: sid=s-9"),
    "nobody": answer({"user": None}),
    "a caller with a key": answer({"user": {"id": "window-7", "roles": ["clerk"]}}),
    "cut": answer(PEOPLE["s-1"])[:-1],
    "a key twice": answer(PEOPLE["s-1"]).replace(b'"id": "li"', b'"id": "", "id": "li"').replace(b"h: 42", b"h: 52"),
    "no HTTP": b"li",
}


@pytest.mark.parametrize("case", SAYS_NOBODY)
def test_whom_the_system_does_not_plainly_name_is_nobody(rig: Rig, behind: Behind, case: str) -> None:
    behind.said["s-1"] = SAYS_NOBODY[case]
    cookie = sign_in(rig, behind)
    wait_until(lambda: outcome(rig, behind, cookie) == NOBODY and len(behind.asked) > 0, 10)
    for _ in range(8):
        assert outcome(rig, behind, cookie) == NOBODY


def test_whoever_signs_out_before_the_system_has_answered_is_nobody_for_ever(rig: Rig, behind: Behind) -> None:
    behind.held = threading.Event()
    try:
        cookie = sign_in(rig, behind)
        assert sign_out(rig, cookie, behind) == 200
    finally:
        behind.held.set()
    for _ in range(12):
        assert outcome(rig, behind, cookie) == NOBODY


def test_after_signing_out_a_copied_cookie_is_nobodys_with_either_worker(rig: Rig, behind: Behind) -> None:
    cookie = sign_in(rig, behind)
    comes_to(rig, behind, cookie, LI_IN)
    assert sign_out(rig, cookie, behind) == 200
    for _ in range(12):
        assert outcome(rig, behind, cookie) == NOBODY


def test_another_person_in_a_session_of_the_same_value_is_not_the_one_before(rig: Rig, behind: Behind) -> None:
    first = sign_in(rig, behind)
    comes_to(rig, behind, first, LI_IN)
    behind.said["s-1"] = answer(PEOPLE["s-2"])
    second = sign_in(rig, behind, cookie=first)
    comes_to(rig, behind, second, (200, "wang", True))
    assert outcome(rig, behind, first) == NOBODY


def test_a_session_is_a_credential_already_while_it_is_nobodys(rig: Rig, behind: Behind) -> None:
    behind.held = threading.Event()
    try:
        cookie = sign_in(rig, behind)
        assert outcome(rig, behind, cookie, f"X-API-Key: {CLERK_KEY}\r\n") == REFUSED
    finally:
        behind.held.set()


def test_a_cookie_that_no_sign_in_has_begun_asks_nobody(rig: Rig, behind: Behind) -> None:
    cookie = sign_in(rig, behind)
    value = cookie.partition("=")[2]
    other = rig.ask(lambda connection, asked: connection.say(answer({"items": []}, "Set-Cookie: sid=s-2")))
    rig.behind.script = behind
    comes_to(rig, behind, cookie, LI_IN)
    asked = len(behind.asked)
    for made_up in ("sid=s-1", "sid=s-2", f"other={value}", f"sid={value[:-4]}AAAA", f"sid={set_by(other)['sid']}"):
        for _ in range(3):
            assert outcome(rig, behind, made_up) == NOBODY
    assert len(behind.asked) == asked


def test_nothing_of_a_caller_goes_with_the_question(rig: Rig, behind: Behind) -> None:
    cookie = sign_in(rig, behind)
    comes_to(rig, behind, cookie, LI_IN)
    for asked in behind.asked:
        assert asked.headers["cookie"] == "sid=s-1"
        assert not {"authorization", "x-api-key", "referer", "user-agent", "x-forwarded-for"} & asked.headers.keys()
    assert reads(rig.ask(behind, target="/api/me", headers=f"Cookie: {cookie}\r\n"))[0] == 403, (
        "no caller may ask there"
    )


def test_whose_it_is_lies_in_no_file(rig: Rig, behind: Behind) -> None:
    behind.said["s-77"] = answer({"user": {"id": "somebody-of-the-clinic", "roles": []}})
    cookie = sign_in(rig, behind, "s-77")
    wait_until(lambda: any(asked.headers["cookie"] == "sid=s-77" for asked in behind.asked), 10)
    for path in rig.gateway.home.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"s-77" not in data, path
        assert cookie.partition("=")[2].encode() not in data, path
        assert NAME.encode() not in data, path
