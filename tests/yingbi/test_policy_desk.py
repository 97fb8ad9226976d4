"""Who acts by a command is told whether it was done, was not, or may have been, whatever becomes of the connection."""

import fcntl
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.certificate import make_ca, make_certificate
from policies.snapshot import read_folder
from tests.gateway import ROOT
from tests.scripted import Asked, Connection, Scripted, answering, scripted
from yingbi.home import Home
from yingbi.policy_desk import CannotAct, Clerk, MayHaveActed, signed_in
from yingbi.settings import Ports, Settings

GOOD = ROOT / "tests" / "policies" / "good"
FORM = b'<form action="/sign-in"><input name="token" value="t"></form>'
DONE = b"HTTP/1.1 303 See Other\r\nLocation: /policies/drafts/7\r\nContent-Length: 0\r\n\r\n"
HALF = b"HTTP/1.1 303 See Other\r\nLocation: /polic"


def console(connection: Connection, asked: Asked) -> None:
    """Sign everybody in; what they ask for then is `act`'s to answer."""
    if asked.line.startswith("POST /sign-in"):
        connection.say(b"HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
    else:
        answering(FORM, "text/html")(connection, asked)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """One that a supervisor seems to hold."""
    home = Home(tmp_path)
    home.run.mkdir()
    with home.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield home


@pytest.fixture
def system(home: Home) -> Iterator[Scripted]:
    now = datetime.now(UTC)  # the TLS library asks the real clock
    server = make_certificate(home.tls, make_ca(home.tls, now=now), names=["localhost"], ips=["127.0.0.1"], now=now)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(server.certificate, server.key)
    with scripted(console, tls) as running:
        yield running


def settings_for(home: Home, system: Scripted) -> Settings:
    return Settings(home=home.root, ports=Ports(system.port - 1))


def act(home: Home, system: Scripted, said: bytes | None) -> int:
    """The number of the draft that somebody makes, where the console says *said* to it and closes the connection.

    None is to close it before anything is sent.
    """

    def script(connection: Connection, asked: Asked) -> None:
        if said is None:
            connection.close()
        elif asked.line.startswith("POST /policies"):
            connection.say(said)
            connection.close()
        elif asked.line.startswith("GET /policies"):
            connection.close()
        else:
            console(connection, asked)

    def draft(clerk: Clerk) -> int:
        system.script = script
        return clerk.draft(read_folder(GOOD), "标题", "理由")

    with signed_in(settings_for(home, system), "officer", lambda: "secret") as clerk:
        return draft(clerk)


@pytest.mark.parametrize("said", [b"", HALF], ids=["no answer", "half an answer"])
def test_what_was_sent_and_not_answered_may_have_been_done(home: Home, system: Scripted, said: bytes) -> None:
    with pytest.raises(MayHaveActed) as told:
        act(home, system, said)
    for word in ("可能已经执行", "it may have been done", "yingbi policy history"):
        assert word in str(told.value), word


def test_what_was_never_sent_was_not_done(home: Home, system: Scripted) -> None:
    with pytest.raises(CannotAct) as told:
        act(home, system, None)
    assert not isinstance(told.value, MayHaveActed)
    assert not any(asked.line.startswith("POST /policies") for asked in system.asked)


def test_the_number_of_a_draft_is_known_before_its_page_is_there(home: Home, system: Scripted) -> None:
    assert act(home, system, DONE) == 7
