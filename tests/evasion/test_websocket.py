"""WebSocket: each message as declared in both directions, whatever frames it comes in, and nothing else."""

import json
import struct
from collections.abc import Iterator

import pytest
from wsproto.events import CloseConnection, Event, Ping, Pong, TextMessage

from tests.evasion.cases import PERSON
from tests.evasion.streaming import streaming
from tests.front import HTTP_2, Front
from tests.gateway import wait_until
from tests.rig import ID_NO, MOBILE, NAME, Rig, shows_nothing
from tests.scripted import answering
from tests.sockets import KEY, End, accept, opened, speaking

PEOPLE = json.dumps({"items": [PERSON]}, ensure_ascii=False)
MASKED = '{"items":[{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000","note":"***"}]}'
NOTE, NOTE_MASKED = f"身份证{ID_NO}，电话{MOBILE}。", "身份证***，电话***。"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("sockets")) as made:
        yield made


def frame(data: bytes, first: int = 0x81, *, masked: bool = True) -> bytes:
    """One frame as a caller sends it, with a mask of nothing, or as he must not."""
    bit, size = 0x80 if masked else 0, len(data)
    head = struct.pack("!BB", first, bit | size) if size < 126 else struct.pack("!BBH", first, bit | 126, size)
    return head + (bytes(4) if masked else b"") + data


def reason_of_last(rig: Rig) -> str:
    wait_until(lambda: rig.gateway.events()[-1]["event"]["action"] == "close", 5)
    return str(rig.gateway.events()[-1]["event"].get("reason", ""))


def test_messages_are_masked_by_shape_in_both_directions_as_they_come(rig: Rig) -> None:
    heard: list[str] = []

    def told(end: End) -> None:
        for _ in range(3):
            end.say(PEOPLE)
            heard.append(end.text())
        end.say("pong")
        end.say(CloseConnection(1000, f"{NAME}{MOBILE}"))
        end.rest()

    rig.behind.script = speaking(told)
    before = len(rig.gateway.events())
    with opened(rig.gateway.port) as (status, head, end):
        assert status == 101
        assert f"sec-websocket-accept: {accept(KEY)}".encode() in head
        for number in range(3):
            assert end.text() == MASKED
            end.say(json.dumps({"id": number}))
        assert end.text() == "pong"
        assert end.close_code() == 1000
        assert end.rest() == []
    assert heard == ['{"id": 0}', '{"id": 1}', '{"id": 2}']
    assert shows_nothing(end.received)
    assert reason_of_last(rig) == ""
    events = rig.gateway.events()[before:]
    assert [event["event"]["action"] for event in events] == ["intent", "open", "shown", "shown", "shown", "close"]
    assert all(event["yingbi"]["subjects"] for event in events[2:5])


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize("target", ["/people/talk", "/people/watch"])
def test_a_value_may_be_cut_between_messages_anywhere(rig: Rig, target: str, size: int) -> None:
    pieces = [NOTE[at : at + size] for at in range(0, len(NOTE), size)]

    def told(end: End) -> None:
        for piece in pieces:
            end.say(piece if target == "/people/talk" else json.dumps({"text": piece}))
        end.say(CloseConnection(1000))
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port, target) as (_, _, end):
        texts = [event.data for event in end.rest() if isinstance(event, TextMessage)]
    said = texts if target == "/people/talk" else [json.loads(text)["text"] for text in texts]
    assert "".join(said) == NOTE_MASKED
    assert shows_nothing(end.received)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_a_message_may_be_cut_into_frames_and_frames_into_packets_anywhere(rig: Rig, size: int) -> None:
    data = PEOPLE.encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    opcodes = [0x01, *[0x00] * (len(pieces) - 2), 0x80]
    frames = b"".join(frame(piece, code, masked=False) for piece, code in zip(pieces, opcodes, strict=True))

    def told(end: End) -> None:
        for at in range(0, len(frames), size):
            end.raw.sendall(frames[at : at + size])
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port) as (_, _, end):
        assert end.text() == MASKED


def test_what_a_caller_sends_with_his_handshake_waits_for_the_answer(rig: Rig) -> None:
    def told(end: End) -> None:
        end.say(json.dumps({"items": [], "said": end.text()}))
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port, early=frame(b'{"id": 7}')) as (_, _, end):
        assert json.loads(end.text()) == {"items": [], "said": "***"}


REFUSED = {
    "an operation that does not speak it": ({"target": "/people"}, 400, "upgrade_refused"),
    "an operation that nobody declared": ({"target": "/nobody/knows"}, 403, "operation_not_declared"),
    "another protocol": ({"Upgrade": "h2c"}, 400, "upgrade_refused"),
    "several protocols": ({"Upgrade": "websocket, h2c"}, 400, "upgrade_refused"),
    "no wish to upgrade": ({"Connection": "keep-alive"}, 400, "upgrade_refused"),
    "another version": ({"Sec-WebSocket-Version": "8"}, 400, "upgrade_refused"),
    "no key": ({"Sec-WebSocket-Key": "c2hvcnQ="}, 400, "malformed_request"),
    "a page of another site": ({"Origin": "https://evil.example"}, 403, "foreign_origin"),
    "a page that looks alike": ({"Origin": "https://people.localhost.evil.example"}, 403, "foreign_origin"),
    "a page of nobody": ({"Origin": "null"}, 403, "foreign_origin"),
    "a credential that does not count": ({"X-Api-Key": "ybk_nobody"}, 401, "bad_credential"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_handshake_is_refused_before_the_system_hears_of_it(rig: Rig, case: str) -> None:
    asking, status, reason = REFUSED[case]
    rig.behind.asked.clear()
    headers = {name: value for name, value in asking.items() if name != "target"}
    with opened(rig.gateway.port, asking.get("target", "/people/live"), headers) as (answered, _, end):
        assert (answered, json.loads(end.received)["reason"]) == (status, reason)
    assert rig.behind.asked == []


def test_the_system_is_asked_by_us_and_not_by_the_caller(rig: Rig) -> None:
    rig.behind.script = speaking(lambda end: end.say(CloseConnection(1000)), "Sec-WebSocket-Protocol: people.v1")
    rig.behind.asked.clear()
    offers = {
        "Sec-WebSocket-Protocol": "chat, people.v1",
        "Sec-WebSocket-Extensions": "permessage-deflate",
        "Origin": "https://people.localhost",
    }
    with opened(rig.gateway.port, headers=offers) as (status, head, _):
        assert status == 101
        assert b"sec-websocket-protocol: people.v1" in head
    asked = rig.behind.asked[0].headers
    assert asked["sec-websocket-protocol"] == "people.v1"
    assert asked["sec-websocket-key"] != KEY
    assert "sec-websocket-extensions" not in asked


ANSWERS = {
    "an extension": ("Sec-WebSocket-Extensions: permessage-deflate",),
    "a protocol that nobody asked for": ("Sec-WebSocket-Protocol: people.v1",),
    "two proofs": (f"Sec-WebSocket-Accept: {accept(KEY)}",),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_that_does_not_fit_is_withheld(rig: Rig, case: str) -> None:
    rig.behind.script = speaking(lambda end: end.say(PEOPLE), *ANSWERS[case])
    with opened(rig.gateway.port) as (status, _, end):
        assert (status, json.loads(end.received)["reason"]) == (502, "upstream_malformed")
    assert shows_nothing(end.received)


def test_a_system_that_does_not_agree_is_answered_for_as_ever(rig: Rig) -> None:
    rig.behind.script = answering(PEOPLE.encode())
    with opened(rig.gateway.port) as (status, _, end):
        assert (status, json.loads(end.received)["reason"]) == (502, "answer_not_declared")


def test_a_switch_that_nobody_asked_for_is_withheld(rig: Rig) -> None:
    rig.behind.script = speaking(lambda end: end.say(PEOPLE))
    answer = rig.ask(target="/people/live")
    assert answer.startswith(b"HTTP/1.1 502")
    assert shows_nothing(answer)


CALLERS = {
    "a mask": (frame(b'{"id_no": "**************002X"}'), 1008, "mask_returned"),
    "a number in the place of a list": (frame(b'{"name": ["x"]}'), 1008, "not_as_declared"),
    "no JSON": (frame(b"{"), 1008, "body_unreadable"),
    "bytes": (frame(b"x", 0x82), 1003, "body_not_declared"),
    "no UTF-8": (frame(b"\xff"), 1007, "body_unreadable"),
    "too much": (frame(b"x" * 4097), 1009, "request_too_large"),
    "too much in many frames": (
        frame(b"x" * 100, 0x01) + frame(b"x" * 100, 0x00) * 40 + frame(b"", 0x80), 1009, "request_too_large"
    ),
    "no mask on the wire": (frame(b"{}", masked=False), 1002, "malformed_request"),
    "bits nobody agreed on": (frame(b"{}", 0xC1), 1002, "malformed_request"),
    "the rest of nothing": (frame(b"{}", 0x80), 1002, "malformed_request"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLERS)
def test_what_a_caller_may_not_say_goes_nowhere(rig: Rig, case: str) -> None:
    said, code, reason = CALLERS[case]
    heard: list[Event] = []
    rig.behind.script = speaking(lambda end: heard.extend(end.rest()))
    with opened(rig.gateway.port) as (_, _, end):
        end.raw.sendall(said + frame(b'{"id": 1}'))
        assert end.close_code() == code
        assert end.rest() == []
    wait_until(lambda: heard, 5)
    assert heard == [CloseConnection(1001, "")]
    assert reason_of_last(rig) == reason


def test_text_of_a_caller_goes_on_but_no_mask(rig: Rig) -> None:
    heard: list[Event] = []
    rig.behind.script = speaking(lambda end: heard.extend(end.rest()))
    for text in ("他是***", "***"):
        heard.clear()
        with opened(rig.gateway.port, "/people/talk") as (_, _, end):
            end.say("你好")
            end.say(text)
            assert end.close_code() == 1008
        wait_until(lambda: len(heard) == 2, 5)
        assert heard == [TextMessage("你好"), CloseConnection(1001, "")]


def test_who_may_say_nothing_says_nothing(rig: Rig) -> None:
    heard: list[Event] = []
    rig.behind.script = speaking(lambda end: heard.extend(end.rest()))
    with opened(rig.gateway.port, "/people/watch") as (_, _, end):
        end.say("{}")
        assert end.close_code() == 1008
    assert reason_of_last(rig) == "body_not_declared"
    assert heard == [CloseConnection(1001, "")]


SYSTEMS = {
    "no JSON": (frame(f"{{{NAME}".encode(), masked=False), None, "answer_unreadable"),
    "bytes": (frame(PEOPLE.encode(), 0x82, masked=False), 1001, "answer_not_declared"),
    "no UTF-8": (frame(b"\xff", masked=False), 1001, "answer_unreadable"),
    "too much": (frame(PEOPLE.encode() * 40, masked=False), 1001, "answer_too_large"),
    "a mask on the wire": (frame(PEOPLE.encode()), 1001, "upstream_malformed"),
    "bits nobody agreed on": (frame(PEOPLE.encode(), 0xC1, masked=False), 1001, "upstream_malformed"),
}


@pytest.mark.parametrize("case", SYSTEMS)
def test_after_a_failure_of_the_system_nothing_follows(rig: Rig, case: str) -> None:
    said, code, reason = SYSTEMS[case]
    whole = frame(PEOPLE.encode(), masked=False)

    def told(end: End) -> None:
        end.raw.sendall(whole)
        end.text()
        end.raw.sendall(said + whole)
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port) as (_, _, end):
        assert end.text() == MASKED
        end.say('{"id": 1}')
        rest = end.rest()
    assert rest == ([] if code is None else [CloseConnection(code, "")])
    assert shows_nothing(end.received)
    assert reason_of_last(rig) == reason


def test_who_breaks_off_leaves_nothing_that_looks_whole(rig: Rig) -> None:
    def told(end: End) -> None:
        end.say(NOTE[:12])
        end.text()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port, "/people/talk") as (_, _, end):
        end.say("x")
        assert end.rest() == []
    assert reason_of_last(rig) == "upstream_broke_off"
    assert shows_nothing(end.received)


def test_control_frames_end_at_the_gateway(rig: Rig) -> None:
    heard: list[Event] = []

    def told(end: End) -> None:
        end.say(Ping(MOBILE.encode()))
        end.say(Pong(ID_NO.encode()))
        heard.append(end.hear())
        heard.append(end.hear())
        end.say(CloseConnection(4000, NAME))
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port) as (_, _, end):
        assert end.hear() == Ping(b"")
        end.say(Ping(b"mine"))
        assert end.hear() == Pong(b"mine")
        assert end.hear() == CloseConnection(1000, "")
    assert heard == [Pong(MOBILE.encode()), Ping(b"")]
    assert shows_nothing(end.received)


def test_it_is_not_spoken_over_http_2(tmp_path_factory: pytest.TempPathFactory) -> None:
    with streaming(tmp_path_factory.mktemp("secured"), tls=True) as made:
        made.behind.asked.clear()
        answer = Front(made, HTTP_2).ask(
            target="/people/live",
            headers=(("sec-websocket-version", "13"), ("sec-websocket-key", KEY), ("upgrade", "websocket")),
        )
        assert answer.status in (0, 400)
        assert made.behind.asked == []
        answer = Front(made, HTTP_2).ask(method="CONNECT", target="/people/live", headers=((":protocol", "websocket"),))
        assert answer.status in (0, 400)
        assert made.behind.asked == []
