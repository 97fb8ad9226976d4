"""Where we depart from mitmproxy's core: each departure has a test that fails without it."""

import ast
import contextlib
import html
import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.http import Response
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import RequestEndOfMessage, ResponseEndOfMessage, ResponseHeaders

from proxy import core, http1, http1_upstream, http2, http2_upstream, stream
from proxy.arriving import ARRIVING
from proxy.tls import ends as tls_ends
from tests.front import HTTP_1, Front
from tests.gateway import ROOT, raw, wait_until
from tests.named import is_there
from tests.patience import PATIENCE_S
from tests.rig import ID_NO, MOBILE, Rig, ended, reads, rigged
from tests.scripted import Asked, Connection, Script, answering, saying

HERE = "tests/proxy/test_core.py::"
HTTP2 = "tests/proxy/test_http2.py::"
LEAN = "tests/proxy/test_lean.py::"
PACED = "tests/evasion/test_paced.py::"
PRESSURE = "tests/evasion/test_pressure.py::"
STREAMS = "tests/evasion/test_streams.py::"
SOCKETS = "tests/evasion/test_websocket.py::"
HEADS = "tests/evasion/test_heads.py::test_heads"
REFUSED = "tests/evasion/test_requests.py::test_is_refused_and_never_sent_on"

UPSTREAM = "tests/evasion/test_http2_upstream.py::"
TLS = "tests/proxy/tls/test_upstream.py::"
UPLOADS = "tests/evasion/test_uploads.py::"
DEPARTURES = {
    "Stream.check_body_size": "tests/evasion/test_streams.py::test_is_masked_as_it_flows[csv]",
    "Stream.state_consume_request_body": f"{UPLOADS}test_a_whole_body_is_looked_into_as_well",
    "Stream._may_carry_files": f"{UPLOADS}test_a_whole_body_is_looked_into_as_well",
    "Stream._check_request_size": "tests/evasion/test_requests.py::"
    "test_a_request_that_is_too_large_is_refused_before_it_has_arrived",
    "Stream._begin_to_stream": "tests/evasion/test_streams.py::test_is_masked_as_it_flows[json]",
    "Stream.state_wait_for_response_headers": f"{HERE}test_an_answer_that_is_withheld_by_its_head_is_not_read",
    "Stream.state_consume_response_body": "tests/evasion/test_documents.py::"
    "test_a_workbook_is_downloaded_masked_as_declared",
    "Stream.state_stream_response_body": f"{STREAMS}test_what_comes_now_and_then_is_not_kept_waiting",
    "Stream._handle_event": f"{STREAMS}test_what_comes_now_and_then_is_not_kept_waiting",
    "Stream._wait_for_more": f"{STREAMS}test_what_comes_now_and_then_is_not_kept_waiting",
    "Stream._withheld": f"{HERE}test_an_answer_that_is_withheld_by_its_head_is_not_read",
    "Stream._send_page": f"{HERE}test_an_answer_that_is_withheld_by_its_head_is_not_read",
    "Stream._go_on": f"{PACED}test_a_policy_that_is_published_while_it_waits_changes_nothing_of_it[mitmproxy reads]",
    "Stream._send_windows": f"{PACED}test_a_system_that_ends_while_it_is_waited_for[mitmproxy reads]",
    "Stream.flow_done": f"{HERE}test_memory_does_not_grow_with_the_answers_that_have_gone",
    "Stream._relay": f"{SOCKETS}test_messages_are_masked_by_shape_in_both_directions_as_they_come",
    "Stream._let_go": f"{HERE}test_memory_does_not_grow_with_the_answers_that_have_gone",
    "Stream.handle_protocol_error": f"{HERE}test_a_failure_behind_is_told_by_the_gate_and_the_caller_is_kept",
    "Stream.check_invalid": f"{HERE}test_an_error_names_its_event",
    "Stream._answer_with_error": f"{HERE}test_an_error_names_its_event",
    "Stream._coded": f"{HERE}test_an_error_names_its_event",
    "StrictServer._handle_event": "tests/evasion/test_pipelining.py::test_requests_at_once_are_answered_in_turn",
    "StrictServer.send": f"{HERE}test_a_small_answer_comes_in_one_piece",
    "StrictServer.wait": f"{HERE}test_who_goes_on_sending_while_it_waits_is_cut",
    "StrictServer.mark_done": f"{HERE}test_a_connection_is_kept_or_ended_as_both_sides_say",
    "StrictServer.read_headers": f"{REFUSED}[bare line feeds]",
    "StrictServer.read_body": "tests/evasion/test_smuggling.py::test_nothing_of_it_is_sent_on[trailers]",
    "StrictServer._broken": f"{HERE}test_a_line_without_end_in_a_body_is_not_listened_to[a chunk's]",
    "StrictServer._turn_away": f"{HERE}test_what_is_no_request_is_written_down[no HTTP at all]",
    "StrictClient.read_headers": f"{HERE}test_a_head_without_end_is_not_listened_to",
    "StrictClient.read_body": f"{HEADS}[trailers]",
    "StrictClient.mark_done": f"{HERE}test_an_answer_that_ended_with_its_connection_was_the_last_on_it",
    "StrictClient._broken": f"{HEADS}[trailers]",
    "ScrubbedLog.emit": f"{HERE}test_the_cores_log_holds_no_message",
    "http_layers.HttpStream": f"{HERE}test_a_failure_behind_is_told_by_the_gate_and_the_caller_is_kept",
    "http_layers.Http1Server": f"{REFUSED}[bare line feeds]",
    "http_layers.Http1Client": f"{HEADS}[trailers]",
    "_http1.make_error_response": f"{HERE}test_an_error_quotes_nothing[no HTTP at all]",
    "http_layers.Http2Server": f"{HTTP2}test_a_request_that_does_not_come_to_an_end_is_cut[a body]",
    "StrictHttp2Server._handle_event": f"{HTTP2}test_an_error_is_a_page_of_ours",
    "StrictHttp2Server.handle_h2_event": f"{HTTP2}test_a_request_that_does_not_come_to_an_end_is_cut[a body]",
    "StrictHttp2Server.protocol_error": f"{HTTP2}test_what_is_no_request_is_written_down_and_not_quoted[two hosts]",
    "StrictHttp2Server._may_answer": f"{HTTP2}test_an_error_is_a_page_of_ours",
    "StrictHttp2Server._answer": f"{HTTP2}test_an_error_is_a_page_of_ours",
    "StrictHttp2Server._watch": f"{HTTP2}test_a_request_that_does_not_come_to_an_end_is_cut[a frame]",
    "StrictHttp2Server._leave": (
        "tests/evasion/test_handover.py::test_over_http_2_it_is_said_that_the_connection_goes_away[an answer is far]"
    ),
    "StrictHttp2Server._say_so": (
        "tests/evasion/test_handover.py::test_over_http_2_it_is_said_that_the_connection_goes_away[an answer is near]"
    ),
    "StrictHttp2Server._note_what_waits": f"{PRESSURE}test_what_a_caller_does_not_let_out_is_not_fetched",
    "Connection.admission": f"{PRESSURE}test_connections_beyond_the_limit_are_closed_unread",
    "Connection.turns": "tests/proxy/test_in_turns.py::test_what_systems_say_is_read_in_turns",
    "Connection.turned_away": f"{PRESSURE}test_connections_beyond_the_limit_are_closed_unread",
    "Connection.gone": f"{PRESSURE}test_who_is_gone_gives_up_the_places_of_all_that_he_has_asked",
    "http_layers.Http2Client": f"{UPSTREAM}test_what_is_malformed_is_no_answer[a second head]",
    "tls_layers.ServerTLSLayer": f"{TLS}test_a_system_that_wants_one_says_nothing_without",
    "DrainingConnection._receive_goaway_frame": (
        f"{UPSTREAM}test_what_is_under_way_ends_well_when_the_system_takes_nothing_new"
    ),
    "StrictHttp2Client._handle_event": f"{UPSTREAM}test_a_request_that_the_system_has_not_taken_was_not_carried_out",
    "StrictHttp2Client._handle_event2": f"{UPSTREAM}test_what_is_malformed_is_no_answer[a frame without end]",
    "StrictHttp2Client._forget": f"{UPSTREAM}test_one_connection_serves_for_long",
    "StrictHttp2Client.handle_h2_event": f"{UPSTREAM}test_trailers_and_interim_answers_go_no_further",
    "StrictHttp2Client.protocol_error": f"{UPSTREAM}test_what_is_malformed_is_no_answer[another pseudo header]",
    "StrictHttp2Client.close_connection": f"{UPSTREAM}test_what_is_malformed_is_no_answer[an end before the end]",
    "StrictServerTls.receive_data": f"{TLS}test_a_system_that_wants_one_says_nothing_without",
    "StrictServerTls.receive_close": f"{TLS}test_an_answer_that_ends_with_its_connection_is_whole_if_that_was_ended",
    "StrictServerTls._has_ended": f"{TLS}test_a_system_that_wants_one_says_nothing_without",
    "StrictServerTls._cut": f"{TLS}test_an_answer_that_ends_with_its_connection_is_whole_if_that_was_ended",
    "Connection.broke": f"{HERE}test_what_is_installed_tells_the_gate",
    "mode_servers.ProxyConnectionHandler": "tests/proxy/test_gate.py::test_a_block_cuts_what_is_open[a caller]",
    "http.Headers.__bytes__": f"{LEAN}test_headers_are_spelled_as_the_core_spells_them",
    "http.Headers.get": f"{LEAN}test_headers_are_found_as_the_core_finds_them",
    "http.Headers.__contains__": f"{LEAN}test_headers_are_found_as_the_core_finds_them",
    "http_layers.HttpLayer.event_to_child": f"{LEAN}test_commands_go_where_the_core_sends_them",
    "http1.connection_close": f"{LEAN}test_a_message_ends_its_connection_where_the_core_says_so",
    "http1.expected_http_body_size": f"{LEAN}test_a_body_is_as_long_as_the_core_says",
    "read._read_headers": f"{LEAN}test_headers_are_read_as_the_core_reads_them",
    "flows.uuid": f"{LEAN}test_numbers_are_told_apart",
    "connection.uuid": f"{LEAN}test_numbers_are_told_apart",
    "tls_layers.ClientHello": (
        "tests/proxy/tls/test_client_hello.py::test_a_greeting_that_was_cut_is_read_as_the_core_reads_it"
    ),
    "context.Context.fork": f"{LEAN}test_a_fork_is_what_the_core_makes",
    "layer.Layer.handle_event": f"{LEAN}test_layers_yield_what_they_yield_in_the_core",
    "commands.StartHook.blocking": f"{LEAN}test_a_layer_goes_on_at_once_after_a_hook_that_does_not_wait",
    "http.MessageData.__post_init__": f"{LEAN}test_messages_are_made_without_being_checked",
}
"""By what is replaced: the test that fails without it; for what is only faster, the test that it does the same."""


def test_every_departure_is_in_the_table() -> None:
    tree = ast.parse(Path(core.__file__).read_text("utf-8"))
    replacing = list(tree.body)
    for module in (stream, http1, http1_upstream, http2, http2_upstream, tls_ends):
        replacing += ast.parse(Path(str(module.__file__)).read_text("utf-8")).body
    found = {
        f"{node.name}.{method.name}"
        for node in replacing
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name != "__init__"
    }
    (install,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "install")
    targets = [target for node in install.body if isinstance(node, ast.Assign) for target in node.targets]
    found |= {ast.unparse(target) for target in targets} - {
        "Stream.gate",
        "StrictServer.gate",
        "StrictHttp2Server.gate",
    }
    assert found == set(DEPARTURES)


@pytest.mark.parametrize("departure", DEPARTURES)
def test_every_departure_has_its_test(departure: str) -> None:
    assert is_there(DEPARTURES[departure]), DEPARTURES[departure]


@pytest.fixture(scope="module", params=[False, True], ids=["", "the plain core reads"])
def rig(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """What is said of mitmproxy's core must hold of the plain core as well."""
    with rigged(tmp_path_factory.mktemp("gateway"), plain_core=request.param) as made:
        yield made


@pytest.fixture(scope="module", params=[False, True], ids=["", "the plain core reads"])
def hurried(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Where a request may take half a second to arrive."""
    with rigged(tmp_path_factory.mktemp("hurried"), request_s=0.5, plain_core=request.param) as made:
        yield made


REQUEST = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"


@contextlib.contextmanager
def connected(rig: Rig) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        yield connection


def test_an_answer_that_is_withheld_by_its_head_is_not_read(rig: Rig) -> None:
    """The page is there at once, the connection behind is let go, and the caller's is kept."""
    gone = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9999999999\r\n\r\n%PDF")
        connection.hang()
        gone.set()

    rig.behind.script = script
    with connected(rig) as connection:
        for _ in range(3):
            connection.sendall(REQUEST)
            answer = whole_answer(connection)
            assert (reads(answer)[0], reads(answer)[1]["content-type"]) == (502, "application/problem+json")
    assert gone.wait(60)


def whole_answer(connection: socket.socket) -> bytes:
    answer = b""
    while not ended(answer):
        piece = connection.recv(1 << 20)
        assert piece, "the connection ended"
        answer += piece
    return answer


def test_memory_does_not_grow_with_the_answers_that_have_gone(rig: Rig) -> None:
    """What a stream refers to in a circle is kept until a collection of garbage, which counts objects, not bytes."""
    rig.behind.script = answering(b'{"items": [{"city": "' + b"x" * 900_000 + b'"}]}')
    with connected(rig) as connection:
        connection.sendall(REQUEST)
        whole_answer(connection)
        before = resident_bytes(rig)
        for _ in range(150):
            connection.sendall(REQUEST)
            assert len(whole_answer(connection)) > 900_000
    assert resident_bytes(rig) - before < 60_000_000


def resident_bytes(rig: Rig) -> int:
    pages = Path(f"/proc/{rig.gateway.workers[0].pid}/statm").read_text().split()[1]
    return int(pages) * 4096


SECRET = "secret-13800138000"
QUOTED = {
    "no HTTP at all": f"{SECRET} {SECRET}\r\n\r\n",
    "a version that is none": f"GET /{SECRET} HTTP/{SECRET}\r\n\r\n",
    "a version to come": f"GET /{SECRET} HTTP/9.9\r\nHost: people.localhost\r\n\r\n",
    "a line without a colon": f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{SECRET}\r\n\r\n",
    "space before a colon": f"GET /people HTTP/1.1\r\nHost: people.localhost\r\n{SECRET} : 1\r\n\r\n",
    "a length that is none": f"GET /people HTTP/1.1\r\nHost: people.localhost\r\nContent-Length: {SECRET}\r\n\r\n",
    "an encoding that is none": "GET /people HTTP/1.1\r\nHost: people.localhost\r\n"
    f"Transfer-Encoding: {SECRET}\r\n\r\n",
    "a length that is far too large": "POST /people HTTP/1.1\r\nHost: people.localhost\r\n"
    f"X: {SECRET}\r\nContent-Length: 99999999\r\n\r\n",
    "a chunk that is none": "POST /people HTTP/1.1\r\nHost: people.localhost\r\n"
    f"Transfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
    "an authority that is none": f"CONNECT {SECRET} HTTP/1.1\r\nHost: people.localhost\r\n\r\n",
    "a bare line feed": f"GET /people HTTP/1.1\r\nHost: people.localhost\nX: {SECRET}\r\n\r\n",
    "a head that is too long": f"GET /people HTTP/1.1\r\nX: {SECRET * 5000}\r\n\r\n",
}


@pytest.mark.parametrize("case", QUOTED)
def test_an_error_quotes_nothing(rig: Rig, case: str) -> None:
    """The core's own page says what it could not parse, in full."""
    answer = raw(rig.gateway.port, QUOTED[case].encode())
    if case != "a chunk that is none":  # it is too late for an answer: the connection ends
        assert reads(answer)[0] in (400, 403, 413, 431)
        assert "mitmproxy" not in answer.decode().lower()
        assert "编号" in answer.decode() or b"urn:yingbi:reason" in answer
    assert SECRET not in html.unescape(answer.decode())
    assert SECRET not in rig.gateway.said()


@pytest.mark.parametrize("case", QUOTED)
def test_what_is_no_request_is_written_down(rig: Rig, case: str) -> None:
    """So that whoever is asked about the page finds it in the log."""
    before = len(rig.gateway.events())
    answer = raw(rig.gateway.port, QUOTED[case].encode())
    (event,) = rig.gateway.events()[before:]
    assert event["source"]["ip"] == "127.0.0.1"
    assert event["event"]["reason"] in ("malformed_request", "request_too_large", "caller_left")
    if answer:
        assert event["event"]["id"] in answer.decode()
        assert reads(answer)[1]["yingbi-event"] == event["event"]["id"]
        assert "server" not in reads(answer)[1]
        assert event["http"]["response"]["status_code"] == reads(answer)[0]


@pytest.mark.parametrize(
    ("lines", "reason"), [("Content-Length: 99999999", "request_too_large"), ("X : 1", "malformed_request")]
)
def test_an_error_names_its_event(rig: Rig, lines: str, reason: str) -> None:
    """So that whoever is asked about it finds it in the log."""
    answer = raw(rig.gateway.port, f"POST /people HTTP/1.1\r\nHost: people.localhost\r\n{lines}\r\n\r\n".encode())
    assert rig.gateway.events()[-1]["event"]["id"] in answer.decode()
    assert rig.gateway.events()[-1]["event"]["reason"] == reason


@pytest.mark.parametrize("said", [b"", b"no head at all", b"HTTP/1.1 200 X\r\nno colon\r\n\r\n"])
def test_a_failure_behind_is_told_by_the_gate_and_the_caller_is_kept(rig: Rig, said: bytes) -> None:
    """The core ends the caller's connection, with a page that no hook has seen."""
    rig.behind.script = saying(said)
    with connected(rig) as connection:
        for _ in range(2):
            connection.sendall(REQUEST)
            status, headers, body = reads(whole_answer(connection))
            assert (status, json.loads(body)["event"]) == (502, headers["yingbi-event"])


def test_a_head_without_end_is_not_listened_to(rig: Rig) -> None:
    gone = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\n")
        try:
            while True:
                connection.raw.sendall(b"X: 1\r\n" * 1000)
        except OSError:
            gone.set()

    assert reads(rig.ask(script))[0] == 502
    assert gone.wait(60)


LINES_WITHOUT_END = {"a chunk's": b"5;", "a trailer's": b"0\r\nX: "}


@pytest.mark.parametrize("begins", LINES_WITHOUT_END.values(), ids=LINES_WITHOUT_END)
@pytest.mark.parametrize("core", ["plain", "mitmproxy's"])
def test_a_line_without_end_in_an_answer_is_not_listened_to(rig: Rig, begins: bytes, core: str) -> None:
    gone = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.say(begins)
        if sends_until_cut(connection.raw, b"x" * 65536, 1000):
            gone.set()

    assert reads(rig.ask(script, headers="" if core == "plain" else "Content-Length: 0\r\n"))[0] == 502
    assert gone.wait(60)


@pytest.mark.parametrize("begins", LINES_WITHOUT_END.values(), ids=LINES_WITHOUT_END)
def test_a_line_without_end_in_a_body_is_not_listened_to(rig: Rig, begins: bytes) -> None:
    """It is no part of the body, and its size is that of nothing."""
    with connected(rig) as connection:
        connection.sendall(REQUEST.replace(b"GET", b"POST")[:-2] + b"Transfer-Encoding: chunked\r\n\r\n" + begins)
        assert sends_until_cut(connection, b"x" * 65536, 1000)
    wait_until(lambda: rig.gateway.last_reason() == "caller_left", 5)


def test_who_asks_before_sending_a_body_is_told_to_go_on(rig: Rig) -> None:
    """And gets an answer all the same where the body then is too large."""
    rig.behind.script = answering(b"{}")
    head = "POST /people HTTP/1.1\r\nHost: people.localhost\r\nExpect: 100-continue\r\n"
    with connected(rig) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"2\r\n{}\r\n0\r\n\r\n")
        assert reads(whole_answer(connection))[0] == 401
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall((b"20000\r\n" + b"x" * 0x20000 + b"\r\n") * 9)
        assert reads(whole_answer(connection))[0] == 413


def test_what_is_installed_tells_the_gate(tmp_path: Path) -> None:
    """In a process of its own: what `install` replaces is replaced for good."""
    code = (
        "from proxy import core; from tests.proxy.parts import *; parts = Parts(Path('.'));"
        "core.install(parts.gate, lambda *words: None); core.Connection.broke('ValueError');"
        "print(parts.said, parts.counters.read()['failures']); parts.close()"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert ran.stdout.decode() == "['connection ValueError'] 1\n", ran.stderr.decode()


def test_a_small_answer_comes_in_one_piece(rig: Rig) -> None:
    """Head and body in one packet: half the packets, and no wait of a caller's kernel for the second."""
    rig.behind.script = answering(b'{"total": 1}')
    with connected(rig) as connection:
        for _ in range(5):
            connection.sendall(REQUEST)
            assert ended(connection.recv(65536))


def test_who_goes_on_sending_while_it_waits_is_cut(rig: Rig) -> None:
    """What comes while an answer is waited for would be kept without end."""
    rig.behind.script = lambda connection, asked: connection.hang()
    with connected(rig) as connection:
        connection.sendall(REQUEST)
        assert sends_until_cut(connection, b"x" * 65536, 10_000)
    wait_until(lambda: rig.gateway.last_reason() == "caller_left", 5)


def test_who_goes_on_sending_behind_his_last_request_is_cut(hurried: Rig) -> None:
    """The connection waits for the answer to be taken, and for nothing else."""
    hurried.behind.script = answering(b"id,name\r\n" + b"1,x\r\n" * 150_000, "text/csv")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", hurried.gateway.port))
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")

        def is_cut() -> bool:
            try:
                connection.send(b"x")
            except ConnectionError:
                return True
            return False

        wait_until(is_cut, 10)


def server_for(state: ConnectionState = ConnectionState.OPEN) -> http1.StrictServer:
    """What reads a caller's requests, without anything behind it."""
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), state=state)
    server = http1.StrictServer(Context(client, Options()))
    assert list(server.handle_event(events.Start())) == []
    return server


@pytest.mark.parametrize(("state", "is_read"), [(ConnectionState.OPEN, True), (ConnectionState.CAN_WRITE, False)])
def test_a_request_that_came_ahead_is_not_read_for_who_has_left(state: ConnectionState, is_read: bool) -> None:
    """What it asks for would be done, and written down as done for him."""
    server = server_for(state)
    server.buf += REQUEST
    said = [type(command) for command in server.handle_event(events.Wakeup(commands.RequestWakeup(0)))]
    assert (ReceiveHttp in said) == is_read


@pytest.mark.parametrize(("ahead", "arrives"), [(REQUEST, False), (REQUEST[:-2], True)], ids=["whole", "half"])
def test_a_request_that_came_ahead_is_not_taken_for_one_that_still_arrives(ahead: bytes, arrives: bool) -> None:
    """Or a caller who is slow to take an answer would be cut for what he has sent in time."""
    server = server_for()
    asleep: list[commands.RequestWakeup] = []
    for command in server.handle_event(events.DataReceived(server.conn, REQUEST + ahead)):
        if isinstance(command, ReceiveHttp) and isinstance(command.event, RequestEndOfMessage):
            list(server.handle_event(ResponseHeaders(1, Response.make(403), end_stream=True)))
            list(server.handle_event(ResponseEndOfMessage(1)))
        elif isinstance(command, commands.RequestWakeup):
            asleep.append(command)
    assert server.conn.id not in ARRIVING.connections()
    (asked,) = asleep
    said = [type(command) for command in server.handle_event(events.Wakeup(asked))]
    assert (ReceiveHttp in said) != arrives
    assert (server.conn.id in ARRIVING.connections()) == arrives
    ARRIVING.forget({server.conn.id})


UNFINISHED = {
    "a line": "GET /people HT",
    "a head": REQUEST.decode()[:-2],
    "a body": "POST /people HTTP/1.1\r\nHost: people.localhost\r\nContent-Length: 9999\r\n\r\nhalf",
}


@pytest.mark.parametrize("case", UNFINISHED)
def test_a_request_that_does_not_come_to_an_end_is_cut(hurried: Rig, case: str) -> None:
    """Activity alone keeps nobody connected: a byte now and then would hold a connection for ever."""
    with connected(hurried) as connection:
        connection.sendall(UNFINISHED[case].encode())
        connection.settimeout(0.05)
        assert sends_until_cut(connection, b"x", 1000)


def sends_until_cut(connection: socket.socket, piece: bytes, times: int) -> bool:
    """Whether the connection is cut, without an answer, before *piece* has been sent so many times."""
    with contextlib.suppress(ConnectionError):
        for _ in range(times):
            connection.sendall(piece)
            if len(piece) == 1:
                with contextlib.suppress(TimeoutError):
                    return not connection.recv(1000)
        return False
    return True


@pytest.mark.parametrize(
    ("request_says", "answer_says", "kept"),
    [
        ("HTTP/1.1", "200 OK", True),
        ("HTTP/1.1\r\nConnection: close", "200 OK", False),
        ("HTTP/1.1\r\nConnection: Close", "200 OK", False),
        ("HTTP/1.1\r\nContent-Length: 0\r\nConnection: CLOSE", "200 OK", False),
        ("HTTP/1.1\r\nConnection: keep-alive", "200 OK\r\nConnection: close", True),
        ("HTTP/1.0", "200 OK", False),
        ("HTTP/1.0\r\nConnection: keep-alive", "200 OK", True),
    ],
)
def test_a_connection_is_kept_or_ended_as_both_sides_say(
    rig: Rig, request_says: str, answer_says: str, kept: bool
) -> None:
    """What the system behind says about its own connection is nothing to the caller."""
    head = f"HTTP/1.1 {answer_says}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    rig.behind.script = saying(head.encode(), close=False)
    with connected(rig) as connection:
        connection.sendall(f"GET /people {request_says}\r\nHost: people.localhost\r\n\r\n".encode())
        assert reads(whole_answer(connection))[0] == 200
        if kept:
            connection.sendall(REQUEST)
            assert reads(whole_answer(connection))[0] == 200
        else:
            assert connection.recv(1) == b""


def test_an_answer_that_ended_with_its_connection_was_the_last_on_it(rig: Rig) -> None:
    """And one that did not is followed by the next, on the same connection behind."""
    ports: list[int] = []

    def counted(script: Script) -> Script:
        def told(connection: Connection, asked: Asked) -> None:
            ports.append(connection.raw.getpeername()[1])
            script(connection, asked)

        return told

    def served_by(script: Script) -> int:
        rig.behind.script = counted(script)
        ports.clear()
        with connected(rig) as connection:
            for _ in range(3):
                connection.sendall(REQUEST)
                assert reads(whole_answer(connection))[2] == b"{}"
        return len(set(ports))

    assert served_by(saying(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")) == 3
    assert served_by(answering(b"{}")) == 1


def test_the_cores_log_holds_no_message() -> None:
    said: list[tuple[str, str, str]] = []
    handler = core.ScrubbedLog(lambda *words: said.append(words))
    record = logging.LogRecord("mitmproxy.proxy", logging.ERROR, "", 0, f"cannot parse {ID_NO}", (), None)
    handler.handle(record)
    try:
        raise ValueError(MOBILE)
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    handler.handle(record)
    assert said == [("mitmproxy.proxy", "ERROR", ""), ("mitmproxy.proxy", "ERROR", "ValueError")]


def test_what_a_connection_weighed_goes_with_it(tmp_path: Path) -> None:
    """Layers lead to one another in a circle, on which hang the last answer and what OpenSSL holds."""
    with rigged(tmp_path, tls=True) as rig:
        rig.behind.script = answering(b'{"items": [{"id": "' + b"x" * 100_000 + b'"}]}')
        front = Front(rig, HTTP_1)
        worker = psutil.Process(rig.gateway.workers[0].pid)
        for _ in range(20):
            front.ask()
        before = worker.memory_info().rss
        for _ in range(200):
            front.ask()
        assert worker.memory_info().rss - before < 10 * 1024 * 1024
