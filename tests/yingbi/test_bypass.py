import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.ports import free_port
from yingbi.bypass import Bypass, Way, answers, own_addresses, probe, resolve


class Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def system_at(address: str) -> Iterator[int]:
    server = ThreadingHTTPServer((address, 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_machine_knows_its_own_addresses() -> None:
    assert "127.0.0.1" in own_addresses()


def test_a_system_on_loopback_only_is_passed_by_nobody() -> None:
    with system_at("127.0.0.1") as port:
        found = probe(f"http://127.0.0.1:{port}", ("people.localhost",), own_addresses(), as_caller=False)
    assert found.bypasses == ()
    assert not found.is_elsewhere


def test_a_system_that_listens_everywhere_is_told_with_each_address() -> None:
    """0.0.0.0 plays an address that others reach: it leads to this machine, and is not loopback."""
    with system_at("0.0.0.0") as port:
        found = probe(f"http://127.0.0.1:{port}", (), frozenset({"127.0.0.1", "0.0.0.0"}), as_caller=False)
    assert found.bypasses == (Bypass(Way.LISTENS_OUTSIDE, f"0.0.0.0:{port}"),)


def test_any_answer_at_all_is_a_way_for_a_caller() -> None:
    """127.0.0.2 plays another machine: it is loopback, and none of the addresses that are called our own."""
    with system_at("127.0.0.2") as port:
        found = probe(f"http://127.0.0.1:{port}", ("127.0.0.2",), frozenset({"127.0.0.1"}), as_caller=True)
    assert found.bypasses == (Bypass(Way.REACHED_FROM_HERE, f"127.0.0.2:{port}"),)


def test_a_system_on_another_machine_is_told_as_such() -> None:
    found = probe("http://192.0.2.1:8000", ("192.0.2.7",), own_addresses(), as_caller=False)
    assert found.bypasses == ()
    assert found.is_elsewhere


@pytest.mark.parametrize(
    ("upstream", "as_caller", "leads_past"),
    [
        ("http://192.0.2.1:8000", False, True),
        ("http://192.0.2.1", False, True),
        ("http://192.0.2.3", False, False),
    ],
)
def test_a_name_that_leads_to_the_system_leads_past_the_gateway(
    upstream: str, as_caller: bool, leads_past: bool
) -> None:
    found = probe(upstream, ("192.0.2.1",), own_addresses(), as_caller=as_caller)
    expected = (Bypass(Way.NAME_LEADS_PAST, "192.0.2.1 → 192.0.2.1"),) if leads_past else ()
    assert found.bypasses == expected


@pytest.mark.parametrize("host", ["", "no-such-host.invalid", "a" * 70 + ".example", "bad host"])
def test_a_name_that_stands_for_nothing_has_no_address(host: str) -> None:
    assert resolve(host) == []


def test_what_does_not_speak_http_does_not_answer() -> None:
    assert not answers("http", "127.0.0.1", free_port())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        accepting = threading.Thread(target=_say_nothing, args=(silent,))
        accepting.start()
        assert not answers("http", "127.0.0.1", silent.getsockname()[1])
        accepting.join()


def _say_nothing(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.sendall(b"SSH-2.0-OpenSSH\r\n")
    connection.close()
