"""Answers that flow and wait for what reads their text: however much of it there is, names are hidden and nothing else
is; and whatever happens while they wait, nothing gets past.
"""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from policies.overlay import Tightening
from tests.evasion.streaming import flowing
from tests.evasion.test_prose import CANARIES, HIDDEN, SAID, declare_letters
from tests.front import HTTP_1, HTTP_2, Front
from tests.gateway import wait_until
from tests.http2 import secured
from tests.policies.recognisers.weights_here import the_tagger
from tests.rig import Rig, ended, reads, rigged
from tests.scripted import Asked, Connection
from tests.tightening import entry

ALL = "  - on: GET /letters/all\n    answers: {csv: letter}\n"
LETTERS = 300
"""More than half of them would be hidden as a whole if the answer did not wait: 14,000 characters."""
PAD = "x" * 4_000
LONG = 40_000_000
"""Bytes of an answer that takes some minutes to be read."""


@pytest.fixture(scope="module", params=[True, False], ids=["", "mitmproxy reads"])
def waiting(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Rig]:
    the_tagger()
    folder = tmp_path_factory.mktemp("paced")
    policies = declare_letters(folder / "policies")
    system = policies / "systems" / "people.yaml"
    few = "  - on: GET /letters/few\n"
    system.write_text(system.read_text("utf-8").replace(few, ALL + few), "utf-8")
    with rigged(folder / "gateway", policies=policies, tls=True, plain_core=request.param) as made:
        yield made


def csv(said: Callable[[int], str]) -> str:
    return "id,letter\n" + "".join(f"{number}{PAD},{said(number)}\n" for number in range(LETTERS))


def ndjson(said: Callable[[int], str]) -> str:
    return "".join(f'{{"id":"{number}{PAD}","letter":"{said(number)}"}}\n' for number in range(LETTERS))


def json_(said: Callable[[int], str]) -> str:
    return '{"items":[' + ndjson(said).strip().replace("\n", ",") + "]}"


def text(said: Callable[[int], str]) -> str:
    return "".join(f"来信：\n{PAD}\n{said(number)}\n" for number in range(LETTERS))


FORMATS = {"text/csv": csv, "application/x-ndjson": ndjson, "application/json": json_, "text/plain": text}


def pieces_of(body: bytes, size: int = 50_001) -> list[bytes]:
    """*body* in pieces, most of which end amid a character or a name."""
    return [body[start : start + size] for start in range(0, len(body), size)]


@pytest.mark.parametrize(
    ("media_type", "version"),
    [*((each, HTTP_1) for each in FORMATS), ("text/csv", HTTP_2), ("application/json", HTTP_2)],
)
def test_of_an_export_of_letters_only_names_are_hidden(waiting: Rig, media_type: str, version: str) -> None:
    make, kind = FORMATS[media_type], f"{version}{waiting.gateway.more.get('plain_core')}"
    body = make(lambda number: f"{kind}{media_type[-4:]}{number}件：{SAID}")
    answer = Front(waiting, version).ask(flowing(pieces_of(body.encode()), media_type), target="/letters")
    assert answer.is_whole
    assert answer.body.decode() == make(lambda number: f"{kind}{media_type[-4:]}{number}件：{HIDDEN}")


FILLING = f"0{'x' * 60_000},好\n" * 20
"""More than is held before an answer flows, in which nothing is to be read."""


class Taken:
    """A script that says *rows* letters, and counts how much of them is taken; *ends*: properly."""

    def __init__(self, salt: str, rows: int, *, ends: bool = True) -> None:
        self.bytes = 0
        self.is_over = threading.Event()
        self._salt = salt
        self._rows = rows
        self._ends = ends

    def __call__(self, connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.raw.settimeout(60)
        try:
            self._say(connection, f"id,letter\n{FILLING}")
            for start in range(0, self._rows, 300):
                numbers = range(start, min(start + 300, self._rows))
                self._say(connection, "".join(f"{each},{self._salt}{each}件：{SAID}\n" for each in numbers))
            if self._ends:
                connection.raw.sendall(b"0\r\n\r\n")
            else:
                connection.close()
        except OSError:
            pass
        finally:
            self.is_over.set()

    def _say(self, connection: Connection, rows: str) -> None:
        connection.raw.sendall(b"%x\r\n%s\r\n" % (len(rows.encode()), rows.encode()))
        self.bytes += len(rows.encode())


@contextlib.contextmanager
def asking(rig: Rig, script: Taken) -> Iterator[Callable[[bytes], bytes]]:
    """A connection on which letters have been asked for: what has come once something has, or by its end."""
    rig.behind.script = script
    received = bytearray()
    with secured(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem", "http/1.1") as connection:
        connection.settimeout(60)
        connection.sendall(b"GET /letters/all HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")

        def comes(what: bytes) -> bytes:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while what not in received or not what:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    received.extend(piece)
            return bytes(received)

        yield comes


def shows_no_name(answer: bytes) -> bool:
    return not any(name.encode() in answer for name in CANARIES)


FIRST_READ = b"***"


def test_no_more_is_taken_from_the_system_than_is_read(waiting: Rig) -> None:
    """He who leaves meanwhile leaves nothing behind that is read on and on."""
    salt = f"离开{waiting.gateway.more.get('plain_core')}"
    script = Taken(salt, LONG // len(SAID.encode()))
    with asking(waiting, script) as comes:
        assert shows_no_name(comes(FIRST_READ))
    assert script.is_over.wait(60)
    assert script.bytes < LONG / 2
    wait_until(lambda: waiting.gateway.last_reason() == "caller_left", 60)
    status, _, _ = reads(ask(waiting, Taken(salt, 1)))
    assert status == 200


def ask(rig: Rig, script: Taken) -> bytes:
    """All that comes of asking for letters."""
    with asking(rig, script) as comes:
        return comes(b"")


def test_a_system_that_ends_while_it_is_waited_for(waiting: Rig) -> None:
    answer = ask(waiting, Taken(f"中断{waiting.gateway.more.get('plain_core')}", 400, ends=False))
    assert reads(answer)[0] == 200
    assert not ended(answer)
    assert shows_no_name(answer)
    assert waiting.gateway.events()[-1]["event"]["reason"] == "upstream_broke_off"


def test_what_is_forbidden_while_it_waits_is_cut(waiting: Rig) -> None:
    script = Taken(f"停用{waiting.gateway.more.get('plain_core')}", LONG // len(SAID.encode()))
    try:
        with asking(waiting, script) as comes:
            comes(FIRST_READ)
            waiting.gateway.tighten(entry(Tightening.STOP_SYSTEM))
            answer = comes(b"")
    finally:
        waiting.gateway.tighten()
    assert not ended(answer)
    assert shows_no_name(answer)
    assert script.is_over.wait(60)


def test_a_policy_that_is_published_while_it_waits_changes_nothing_of_it(waiting: Rig) -> None:
    """Not even one by which nothing is read any more."""
    system = waiting.gateway.home / "policies" / "systems" / "people.yaml"
    before = system.read_text("utf-8")
    salt = f"发布{waiting.gateway.more.get('plain_core')}"
    try:
        with asking(waiting, Taken(salt, 400)) as comes:
            comes(FIRST_READ)
            system.write_text(before.replace(ALL, f"{ALL}    prose: false\n"), "utf-8")
            waiting.gateway.publish()
            answer = comes(b"")
    finally:
        system.write_text(before, "utf-8")
        waiting.gateway.publish()
    assert waiting.gateway.events()[-1]["event"].get("reason", "") == ""
    assert ended(answer)
    assert reads(answer)[2].decode().count(HIDDEN) == 400
