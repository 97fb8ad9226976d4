"""HTTP/2 with callers: whatever arrives has its time, and errors are ours."""

import contextlib
import html
import ssl
from collections.abc import Callable, Iterator

import pytest
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, PriorityFrame, SettingsFrame

from policies.overlay import Tightening
from proxy.beside import MOST_IN_A_ROW, TAKEN_BACK
from proxy.http2 import LARGEST_FRAME
from proxy.reasons import REASONS
from tests import http2
from tests.gateway import wait_until
from tests.http2 import Caller
from tests.rig import Rig, rigged
from tests.scripted import answering
from tests.tightening import entry

SECRET = "secret-13800138000"
HEAD = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}
POST = {**HEAD, ":method": "POST", "content-type": "application/json"}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway"), tls=True) as made:
        yield made


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Where a request may take three seconds to arrive."""
    with rigged(tmp_path_factory.mktemp("hurried"), tls=True, request_s=3.0) as made:
        yield made


@pytest.fixture(scope="module")
def unkind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Where who asks for nothing may stay for four seconds."""
    with rigged(tmp_path_factory.mktemp("unkind"), tls=True, idle_s=4) as made:
        yield made


@contextlib.contextmanager
def calling(rig: Rig) -> Iterator[Caller]:
    with http2.calling(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem") as caller:
        yield caller


def body(caller: Caller) -> None:
    caller.ask(1, POST, end=False)


def drip_body(caller: Caller) -> None:
    caller.speaking.send_data(1, b"x")
    caller.say()


def head(caller: Caller) -> None:
    frame = HeadersFrame(1, b"\x82")
    caller.say(frame.serialize())


def drip_head(caller: Caller) -> None:
    caller.say(ContinuationFrame(1, b"\x00\x01a\x01b").serialize())


def frame(caller: Caller) -> None:
    caller.say(b"\x00\x10\x00\x00\x04\x00\x00\x00\x01")


def drip_byte(caller: Caller) -> None:
    caller.say(b"x")


def ping(caller: Caller) -> None:
    caller.speaking.ping(b"12345678")
    caller.say()


UNFINISHED: dict[str, tuple[Callable[[Caller], None], Callable[[Caller], None]]] = {
    "a body": (body, drip_body),
    "a body of which nothing comes": (body, ping),
    "a head": (head, drip_head),
    "a frame": (frame, drip_byte),
}


@pytest.mark.parametrize("case", UNFINISHED)
def test_a_request_that_does_not_come_to_an_end_is_cut(hurried: Rig, case: str) -> None:
    """Activity alone keeps nobody connected. A connection on which nothing is owed is kept meanwhile."""
    begin, drip = UNFINISHED[case]
    hurried.behind.script = answering(b"{}")
    with calling(hurried) as other, calling(hurried) as caller:
        other.ask(1, HEAD)
        other.hear(StreamEnded)
        caller.say()
        begin(caller)
        assert caller.is_cut(lambda: drip(caller))
        other.ask(3, HEAD)
        other.hear(StreamEnded)


def test_a_beginning_that_does_not_come_to_an_end_is_cut(hurried: Rig) -> None:
    with calling(hurried) as caller:
        caller.raw.sendall(b"PRI * HTTP")
        assert caller.is_cut(lambda: None)


def test_a_connection_may_be_used_for_longer_than_one_request_may_take(hurried: Rig) -> None:
    """Frames that come in pieces, one after another, are no frame that never ends."""
    hurried.behind.script = answering(b"{}")
    with calling(hurried) as slow, calling(hurried) as caller:
        body(slow)
        caller.say()
        stream = 1
        slow.raw.settimeout(0.01)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while True:
                caller.speaking.send_headers(stream, list(HEAD.items()), end_stream=True)
                asked = caller.speaking.data_to_send()
                caller.speaking.send_headers(stream + 2, list(HEAD.items()), end_stream=True)
                following = caller.speaking.data_to_send()
                caller.raw.sendall(asked + following[:5])
                caller.hear(StreamEnded)
                caller.raw.sendall(following[5:])
                caller.hear(StreamEnded)
                stream += 4
                with contextlib.suppress(TimeoutError):
                    if not slow.raw.recv(65536):
                        break
        assert stream > 4


def settings(caller: Caller) -> None:
    caller.say(SettingsFrame(0, {SettingsFrame.INITIAL_WINDOW_SIZE: 65535}).serialize())


def priority(caller: Caller) -> None:
    caller.say(PriorityFrame(1, depends_on=3).serialize())


def unknown(caller: Caller) -> None:
    caller.say(b"\x00\x00\x01\xbb\x00\x00\x00\x00\x00x")


def empty(caller: Caller) -> None:
    caller.say(DataFrame(5).serialize())


def taken_back(caller: Caller) -> None:
    """A request, and at once that it is not wanted any more."""
    stream = caller.speaking.get_next_available_stream_id()
    caller.speaking.send_headers(stream, list(HEAD.items()), end_stream=True)
    caller.speaking.reset_stream(stream)
    caller.say()


BESIDE = {"pings": ping, "settings": settings, "priorities": priority, "frames of no kind": unknown}


@pytest.mark.parametrize("case", BESIDE)
def test_who_asks_for_nothing_is_not_connected_for_ever(unkind: Rig, case: str) -> None:
    """However active he is, and whether something waits for him or not. Who asks now and then stays."""
    unkind.behind.script = answering(b"id,name\r\n" + b"1,x\r\n" * 50_000, "text/csv")
    with calling(unkind) as other, calling(unkind) as held, calling(unkind) as caller:
        other.speaking.increment_flow_control_window(2**30)
        other.speaking.update_settings({SettingsFrame.INITIAL_WINDOW_SIZE: 2**30})
        held.ask(1, HEAD)
        caller.say()
        stream = -1

        def ask() -> None:
            nonlocal stream
            stream += 2
            other.ask(stream, {**HEAD, ":path": "/people?sort=name"})
            other.hear(StreamEnded)

        def drip() -> None:
            BESIDE[case](held)
            BESIDE[case](caller)
            ask()

        assert caller.is_cut(drip)
        assert held.is_cut(ask)
        ask()


FLOODS = {**BESIDE, "frames of nothing": empty, "requests that are taken back": taken_back}


@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_ends_its_connection_and_no_other(rig: Rig, case: str) -> None:
    rig.behind.script = answering(b"{}")
    with calling(rig) as other, calling(rig) as caller:
        for each, stream in ((other, 1), (caller, 1), (caller, 3)):
            each.ask(stream, HEAD)
            each.hear(StreamEnded)
            each.say()
        # One that does not end is cut for that, where the flood takes for longer than a request may.
        caller.ask(5, POST, end=FLOODS[case] is not empty)
        if FLOODS[case] is not empty:
            caller.hear(StreamEnded)
        # An answer begins the count anew. Not one frame too many: it would meet a closed socket, whose reset overtakes
        # what was said before.
        for _ in range(MOST_IN_A_ROW // (TAKEN_BACK if FLOODS[case] is taken_back else 1) + 1):
            FLOODS[case](caller)
        terminated = caller.hear(ConnectionTerminated)
        assert isinstance(terminated, ConnectionTerminated)
        assert terminated.error_code == ErrorCodes.ENHANCE_YOUR_CALM
        other.ask(3, HEAD)
        other.hear(StreamEnded)
    assert len(rig.behind.asked) < MOST_IN_A_ROW


def test_requests_of_a_page_that_is_left_are_no_flood(rig: Rig) -> None:
    """Somebody who clicks on takes back what he has not been answered yet, again and again."""
    rig.behind.script = answering(b"{}")
    with calling(rig) as caller:
        for _ in range(20):
            for _ in range(30):
                taken_back(caller)
            stream = caller.speaking.get_next_available_stream_id()
            caller.ask(stream, HEAD)
            caller.hear(StreamEnded)


def test_a_block_takes_back_what_a_caller_does_not_let_go_out(rig: Rig) -> None:
    """Over HTTP/2 a caller says how much may be sent, and may say so after he was blocked."""
    rig.behind.script = answering(b"id,name\r\n" + b"1,x\r\n" * 50_000, "text/csv")
    with calling(rig) as caller:
        caller.ask(1, HEAD)
        caller.hear(ResponseReceived)
        rig.gateway.tighten(entry(Tightening.STOP_SYSTEM))
        try:
            assert caller.is_cut(lambda: None)
        finally:
            rig.gateway.tighten()


def test_requests_at_once_are_bounded(rig: Rig) -> None:
    with calling(rig) as caller:
        caller.speaking.remote_settings.max_concurrent_streams = 1000
        for number in range(101):
            caller.speaking.send_headers(2 * number + 1, list(POST.items()))
        caller.say()
        caller.hear(ConnectionTerminated)


def test_a_frame_that_is_too_large_is_not_waited_for(rig: Rig) -> None:
    with calling(rig) as caller:
        caller.say((LARGEST_FRAME * 2).to_bytes(3) + b"\x00\x00\x00\x00\x00\x01")
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            caller.raw.sendall(b"x" * (LARGEST_FRAME + 100))
        terminated = caller.hear(ConnectionTerminated)
        assert isinstance(terminated, ConnectionTerminated)
        assert terminated.error_code == 6


def test_an_error_is_a_page_of_ours(rig: Rig) -> None:
    with calling(rig) as caller:
        caller.ask(1, {**POST, ":path": f"/{SECRET}"}, ("content-length", "99999999"), ("x", SECRET), end=False)
        answered = caller.hear(ResponseReceived)
        caller.hear(StreamEnded)
        text = b"".join(each.data for each in caller.heard if isinstance(each, DataReceived) and each.data).decode()
    assert isinstance(answered, ResponseReceived)
    headers = {bytes(name).decode(): bytes(value).decode() for name, value in answered.headers or ()}
    event = rig.gateway.events()[-1]["event"]
    assert event["reason"] == "request_too_large"
    assert headers[":status"] == "413"
    assert headers["yingbi-event"] == event["id"]
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "server" not in headers
    assert event["id"] in text
    assert html.escape(REASONS["request_too_large"].zh) in text
    assert SECRET not in text
    assert "mitmproxy" not in text


NO_REQUESTS = {
    "two hosts": [*HEAD.items(), (":authority", f"{SECRET}.localhost")],
    "a host that is none": list({**HEAD, ":authority": f"{SECRET}:x:y"}.items()),
    "a header of one connection": [*HEAD.items(), ("connection", SECRET)],
    "a name in capitals": [*HEAD.items(), (f"X-{SECRET}", "1")],
    "no path": [pair for pair in HEAD.items() if pair[0] != ":path"],
}


@pytest.mark.parametrize("case", NO_REQUESTS)
def test_what_is_no_request_is_written_down_and_not_quoted(rig: Rig, case: str) -> None:
    before = len(rig.gateway.events())
    with calling(rig) as caller:
        caller.speaking.send_headers(1, NO_REQUESTS[case], end_stream=True)
        caller.say()
        ended = caller.hear(ConnectionTerminated, StreamReset, StreamEnded)
    if isinstance(ended, ConnectionTerminated):
        assert not ended.additional_data
    wait_until(lambda: len(rig.gateway.events()) == before + 1, 5)
    assert rig.gateway.events()[-1]["event"]["reason"] == "malformed_request"
    assert SECRET not in rig.gateway.said()
