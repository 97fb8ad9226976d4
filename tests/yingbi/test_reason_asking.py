"""Asking a system for the cases of a caller, over HTTPS: seldom, with a limit, and never to anybody's blame."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.digest import Digester
from siem.detect.definition import Level
from siem.reasons.declaration import Declaration, Kind, LookUp, Wanted
from siem.reasons.store import CaseStore
from tests.provider import served
from tests.scripted import Asked, Connection, Scripted, answering, saying
from tests.siem.events import NINE
from yingbi.reason_asking import REST, Asker, fetching

DIGESTER = Digester("1", b"k" * 32)
PERSON = "330106199001011230"
ANSWER = f'[{{"id": "{PERSON}", "no": "A-1", "who": "clerk-wang"}}]'.encode()


PATIENT = timedelta(seconds=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scripted, ssl.SSLContext]]:
    with served(tmp_path_factory.mktemp("tls")) as (running, authority):
        yield running, ssl.create_default_context(cafile=str(authority))


@dataclass
class Desk:
    server: Scripted
    asker: Asker
    cases: CaseStore
    declared: Declaration
    clock: list[datetime]

    def ask(self, caller: str = "clerk-wang", needed: datetime = NINE) -> datetime | None:
        return self.asker.known_to(self.declared, caller, NINE - timedelta(days=9), needed)

    def wait(self, span: timedelta) -> None:
        self.clock[0] += span

    def look_up(self, **changes: Any) -> None:
        assert self.declared.look_up is not None
        self.declared = replace(self.declared, look_up=replace(self.declared.look_up, **changes))


@pytest.fixture
def desk(server: tuple[Scripted, ssl.SSLContext], tmp_path: Path) -> Iterator[Desk]:
    running, trusted = server
    running.script = answering(ANSWER)
    running.asked.clear()
    look_up = LookUp(
        url=f"https://localhost:{running.port}/cases?clerk={{caller}}&since={{since}}",
        columns={"person": "id", "case": "no", "callers": "who"},
        timeout=PATIENT,
    )
    declared = Declaration(system="register", look_up=look_up, findings={Kind.ONE_LOOK: Wanted(level=Level.LOW)})
    clock = [NINE]
    with closing(CaseStore(tmp_path / "reasons.db")) as cases:
        asker = Asker(cases, tmp_path, fetching(trusted), lambda: DIGESTER, lambda: clock[0])
        yield Desk(running, asker, cases, declared, clock)


def test_it_asks_for_the_caller_and_keeps_digests(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "header").write_text("Bearer abc\n")
    desk.look_up(authorization="header")
    assert desk.ask("王 wang/&?") == NINE
    (asked,) = desk.server.asked
    assert asked.line == ("GET /cases?clerk=%E7%8E%8B%20wang%2F%26%3F&since=2026-11-14T09%3A00%3A00%2B00%3A00 HTTP/1.1")
    assert asked.headers["authorization"] == "Bearer abc"
    found = desk.cases.cases_of("register", [DIGESTER(PERSON)])
    assert [case.handlers for case in found[DIGESTER(PERSON)]] == [("caller:clerk-wang",)]
    assert PERSON.encode() not in (tmp_path / "reasons.db").read_bytes() + (tmp_path / "reasons.db-wal").read_bytes()


def test_what_is_known_is_not_asked_for_again(desk: Desk) -> None:
    assert desk.ask() == desk.ask() == NINE
    desk.wait(timedelta(minutes=9))
    assert desk.ask(needed=NINE + timedelta(minutes=5)) == NINE, "within the time that answers are kept"
    assert len(desk.server.asked) == 1
    desk.wait(timedelta(minutes=2))
    assert desk.ask(needed=NINE + timedelta(minutes=5)) == NINE + timedelta(minutes=11)
    assert len(desk.server.asked) == 2


def test_no_more_is_asked_in_a_minute_than_is_declared(desk: Desk) -> None:
    desk.look_up(per_minute=3)
    answers = [desk.ask(f"clerk-{number}") for number in range(5)]
    assert answers == [NINE, NINE, NINE, None, None]
    desk.wait(timedelta(minutes=1))
    assert desk.ask("clerk-4") == NINE + timedelta(minutes=1)


def silent(connection: Connection, asked: Asked) -> None:
    connection.hang()


FAILING = {
    "no server of ours": None,
    "an error": answering(ANSWER, "application/json", "500 Oops"),
    "no list": answering(b'{"error": "none"}'),
    "a page": answering(b"<html>sign in</html>", "text/html"),
    "a masked list": answering(b'[{"id": "330106********1230", "no": "A-1", "who": ""}]'),
    "cut short": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n[]"),
    "silent": silent,
}


@pytest.mark.parametrize("script", FAILING.values(), ids=FAILING)
def test_what_fails_makes_nothing_known_and_leaves_the_system_alone(desk: Desk, script: Any) -> None:
    if script is None:
        desk.look_up(authorization="no such file")
    else:
        desk.server.script = script
        desk.look_up(timeout=timedelta(seconds=2) if script is silent else PATIENT)
    assert desk.ask() is None
    assert desk.asker.trouble["register"]
    assert PERSON[:6] not in desk.asker.trouble["register"]
    asked = len(desk.server.asked)
    assert desk.ask("clerk-li") is None
    assert len(desk.server.asked) == asked
    desk.server.script = answering(b"[]")
    desk.look_up(authorization="", timeout=PATIENT)
    desk.wait(REST)
    assert desk.ask() == NINE + REST
    assert not desk.asker.trouble
