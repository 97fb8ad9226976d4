"""Whose a session is as far as a worker knows: when a system is asked, and for how long what it says counts."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pytest

from proxy.identity.caller import NOBODY, BadCredential
from proxy.identity.introspect import NotAsked
from proxy.identity.introspection import AGAIN_S, MOST_AT_ONCE, MOST_KEPT, Introspections
from proxy.identity.sessions import Session
from proxy.system import System
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.identity.test_sessions import NOW, RULE, SET

MINUTES = 4
RULES = msgspec.structs.replace(RULE, introspect="/api/me", again_s=60 * MINUTES)


def system_of(name: str = "people", introspect: str = "/api/me") -> System:
    rule = msgspec.structs.replace(RULES, introspect=introspect)
    return System(msgspec.structs.replace(program(), system=name, session=rule), "d", DIGESTER, SECRET, DATA_KEYS)


PEOPLE = system_of()


def session(name: str = "a") -> Session:
    return Session(id=name, subject="", posts=(), until=int(NOW) + 10_000, value=f"v-{name}")


def says(subject: object) -> bytes:
    return json.dumps({"user": {"id": subject}, "roles": ["clerk"]}).encode()


@dataclass
class Behind:
    """A system that says whose sessions are, at a time that a test sets."""

    said: dict[str, bytes | None] = field(default_factory=dict)
    """By the value of the cookie; None where it does not answer."""
    asked: list[str] = field(default_factory=list)
    at_s: float = 1000.0
    waiting: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.table = Introspections(self.ask, lambda: int(self.at_s * 1e9))

    async def ask(self, system: System, session: Session) -> bytes:
        self.asked.append(session.value)
        if self.waiting is not None:
            await self.waiting.wait()
        said = self.said.get(session.value)
        if said is None:
            raise NotAsked
        return said

    def who(self, name: str = "a", system: System = PEOPLE) -> str:
        return self.table.who(system, session(name), NOW + self.at_s).subject

    async def settled(self, name: str = "a", system: System = PEOPLE) -> str:
        """Who it is once everything that was begun has ended."""
        self.who(name, system)
        for _ in range(8):
            await asyncio.sleep(0)
        return self.who(name, system)


def test_it_is_nobodys_until_the_system_has_said_whose_it_is() -> None:
    async def run() -> None:
        behind = Behind({"v-a": says("li")}, waiting=asyncio.Event())
        assert (await behind.settled(), behind.asked) == ("", ["v-a"]), "asked once, and nobody waits"
        assert behind.waiting is not None
        behind.waiting.set()
        assert await behind.settled() == "li"
        found = behind.table.who(PEOPLE, session(), NOW)
        assert (found.posts, found.counts_until) == (("clerk",), NOW + 60 * MINUTES)
        assert behind.asked == ["v-a"]

    asyncio.run(run())


def test_what_is_said_of_one_session_is_of_no_other() -> None:
    async def run() -> None:
        behind = Behind({"v-a": says("li"), "v-b": says("wang")})
        assert [await behind.settled(name) for name in ("a", "b", "a", "c")] == ["li", "wang", "li", ""]
        assert await behind.settled("a", system_of("clinic")) == "li", "asked anew"
        assert behind.asked == ["v-a", "v-b", "v-c", "v-a"]

    asyncio.run(run())


def test_it_is_asked_again_in_the_second_half_and_counts_no_longer_than_declared() -> None:
    async def run() -> None:
        behind = Behind({"v-a": says("li")})
        assert await behind.settled() == "li"
        behind.at_s += 30 * MINUTES - 1
        assert (await behind.settled(), behind.asked) == ("li", ["v-a"])
        behind.at_s += 2
        behind.said["v-a"] = None  # and the system does not answer
        assert (await behind.settled(), behind.asked) == ("li", ["v-a"] * 2)
        behind.at_s += AGAIN_S / 2
        assert (await behind.settled(), behind.asked) == ("li", ["v-a"] * 2), "not at once again"
        behind.at_s = 1000.0 + 60 * MINUTES
        assert (await behind.settled(), len(behind.asked)) == ("", 3)
        behind.said["v-a"] = says("li")
        behind.at_s += AGAIN_S
        assert await behind.settled() == "li"

    asyncio.run(run())


@pytest.mark.parametrize("then", [b"", b"{}", says(None), says("wang")])
def test_what_it_says_later_counts_at_once(then: bytes) -> None:
    async def run() -> None:
        behind = Behind({"v-a": says("li")})
        assert await behind.settled() == "li"
        behind.said["v-a"] = then
        behind.at_s += 31 * MINUTES
        assert await behind.settled() == ("wang" if b"wang" in then else "")

    asyncio.run(run())


def test_about_nobody_it_is_not_asked_again_and_again() -> None:
    async def run() -> None:
        behind = Behind({"v-a": b"{}"})
        for _ in range(5):
            assert await behind.settled() == ""
        assert behind.asked == ["v-a"]
        behind.at_s += AGAIN_S
        behind.said["v-a"] = says("li")
        assert await behind.settled() == "li"

    asyncio.run(run())


def test_another_policy_asks_anew() -> None:
    async def run() -> None:
        behind = Behind({"v-a": says("li")})
        assert await behind.settled() == "li"
        assert behind.who(system=system_of(introspect="/api/who")) == ""

    asyncio.run(run())


def test_no_more_are_asked_at_once_and_kept_than_may_be() -> None:
    async def run() -> None:
        behind = Behind(waiting=asyncio.Event())
        for number in range(MOST_AT_ONCE + 10):
            behind.who(str(number))
        await asyncio.sleep(0)
        assert len(behind.asked) == MOST_AT_ONCE
        behind.who("0", system_of("clinic"))
        await asyncio.sleep(0)
        assert len(behind.asked) == MOST_AT_ONCE + 1, "another system is asked all the same"
        assert behind.waiting is not None
        behind.waiting.set()
        for number in range(MOST_KEPT + 10):
            await behind.settled(str(number))
        assert len(behind.table._known) <= MOST_KEPT

    asyncio.run(run())


SESSIONS = PEOPLE.identity.sessions


@pytest.mark.parametrize("status", [200, 204, 302])
def test_a_sign_in_begins_a_session_of_nobody_yet(status: int) -> None:
    begun = SESSIONS.learnt("POST /login", status, SET, says("li"), NOW)
    assert begun is not None
    assert (begun.subject, begun.posts, begun.value) == ("", (), "v")
    assert SESSIONS.caller(begun, NOW) == NOBODY
    for wrong in ([], ["sid="], ["sid=v; Max-Age=0"], ["sid=v", "sid=w"]):
        assert SESSIONS.learnt("POST /login", status, wrong, None, NOW) is None
    assert SESSIONS.learnt("POST /login", 403, SET, None, NOW) is None


def _sealed(found: Session) -> str:
    sealed = PEOPLE.cookies.sealed("sid=v", SESSIONS.bound(found))
    assert sealed is not None
    return sealed.partition(";")[0]


def test_the_cookie_carries_which_session_it_is_and_never_whose() -> None:
    found = Session(id="a", subject="li", posts=("clerk",), until=int(NOW) + 9, value="v", counts_until=NOW + 5)
    shown = SESSIONS.shown({"cookie": [_sealed(found)]}, PEOPLE.cookies)
    assert shown == Session(id="a", subject="", posts=(), until=int(NOW) + 9, value="v")


def test_somebody_counts_no_longer_than_what_the_system_has_said() -> None:
    found = Session(id="a", subject="li", posts=(), until=int(NOW) + 9, value="v", counts_until=NOW + 5)
    assert SESSIONS.caller(found, NOW + 4).id == "li"
    with pytest.raises(BadCredential):
        SESSIONS.caller(found, NOW + 5)


BROKEN: dict[str, Callable[[], bytes]] = {
    "a number that is a truth": lambda: says(True),
    "a caller with a key": lambda: says("window-7"),
    "a list": lambda: says(["li"]),
    "a key twice": lambda: b'{"user": {"id": "li", "id": "wang"}, "roles": []}',
    "no posts": lambda: b'{"user": {"id": "li"}}',
    "posts that are none": lambda: b'{"user": {"id": "li"}, "roles": [7]}',
    "no JSON": lambda: b"<html>",
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("case", BROKEN)
def test_whoever_is_not_plainly_named_is_nobody(case: str) -> None:
    assert SESSIONS.said_in(BROKEN[case]()) is None
