"""What ends a stream that is open: a block, another policy, a credential that ends, silence. On WebSockets and events."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from policies.overlay import Tightening
from tests.evasion.streaming import streaming
from tests.evasion.test_event_flow import HEAD, reasons, rest_of, until
from tests.evasion.test_websocket import MASKED, PEOPLE
from tests.patience import PATIENCE_S
from tests.rig import Rig, shows_nothing
from tests.scripted import Asked, Connection
from tests.sockets import End, opened, speaking
from tests.tightening import entry


@pytest.fixture
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("sockets"), workers=2) as made:
        yield made


def greeting(end: End) -> None:
    end.say(PEOPLE)
    end.rest()


def cut_by(rig: Rig, what: Callable[[], None], *, number: int = 4) -> list[str]:
    """The reasons why WebSockets end that are open when *what* is done."""
    rig.behind.script = speaking(greeting)
    with ExitStack() as stack:
        ends = [stack.enter_context(opened(rig.gateway.port))[2] for _ in range(number)]
        for end in ends:
            assert end.text() == MASKED
        what()
        for end in ends:
            assert end.rest() == []
            assert shows_nothing(end.received)
    return reasons(rig)[-number:]


def test_a_block_cuts_what_is_open_on_every_worker(rig: Rig) -> None:
    assert cut_by(rig, lambda: rig.gateway.tighten(entry(Tightening.STOP_SYSTEM))) == ["operation_stopped"] * 4
    with opened(rig.gateway.port) as (status, _, _):
        assert status == 503


def test_another_policy_cuts_what_was_opened_under_the_last(rig: Rig) -> None:
    def change() -> None:
        system = rig.gateway.home / "policies" / "systems" / "people.yaml"
        system.write_text(system.read_text("utf-8").replace("name: person_name", "name: mobile"), "utf-8")
        rig.gateway.publish()

    assert cut_by(rig, change) == ["answer_cut"] * 4


def test_a_worker_without_its_lease_cuts(tmp_path_factory: pytest.TempPathFactory) -> None:
    with streaming(tmp_path_factory.mktemp("sockets"), lease_s=3.0) as made:
        assert cut_by(made, made.gateway.stop_heart, number=1) == ["not_ready"]


def test_silence_cuts_and_a_sign_of_life_does_not(rig: Rig) -> None:
    assert cut_by(rig, lambda: None, number=1) == ["upstream_too_slow"]


def test_a_policy_that_changes_cuts_an_event_stream(rig: Rig) -> None:
    def script(connection: Connection, asked: Asked) -> None:
        connection.say(HEAD)
        connection.hang()

    rig.behind.script = script
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people/stream HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        until(connection, b"\r\n\r\n")
        system = rig.gateway.home / "policies" / "systems" / "people.yaml"
        system.write_text(system.read_text("utf-8").replace("name: person_name", "name: mobile"), "utf-8")
        rig.gateway.publish()
        assert rest_of(connection) == b""
    assert reasons(rig)[-1] == "answer_cut"
