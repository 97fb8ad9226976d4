"""Reads what is declared of WebSocket: what the system says in messages, and what callers may say."""

import re
from dataclasses import replace

from policies.operations import Bodies, Operation, Socket
from policies.parse.bodies import parse_json
from policies.parse.events import IDLE_S, LONGEST_IDLE_S, parse_message
from policies.parse.section import NAME, Section

LARGEST_KIB = 64
"""Of a message, where nothing else is declared."""
MOST_KIB = 1024
_SUBPROTOCOL = re.compile(r"[A-Za-z0-9._+-]{1,64}")


def with_socket(operation: Operation, section: Section) -> Operation:
    """*operation* with what *section*, its own, says under `websocket`; as it is where that says nothing."""
    inner = section.section("websocket", required=False)
    if inner is None:
        return operation
    said = inner.section("messages")
    message = None if said is None else parse_message(said, parse_json)
    sent = inner.section("sent", required=False)
    body = Bodies()
    if sent is not None:
        body = Bodies(json=parse_json(sent), text=sent.text("text", required=False, fits=NAME))
        sent.done()
        if (body.json is None) == (body.text is None):
            sent.find(sent.at, "wrong-form", "callers send `json` or `text`", about="应是 `json` 或 `text` 之一")
    socket = Socket(
        subprotocols=inner.texts("subprotocols", required=False, fits=_SUBPROTOCOL),
        idle_s=inner.number("idle_s", least=5, most=LONGEST_IDLE_S, default=IDLE_S) or IDLE_S,
        largest_kib=inner.number("largest_kib", least=1, most=MOST_KIB, default=LARGEST_KIB) or LARGEST_KIB,
    )
    inner.done()
    if operation.method != "GET":
        words = "a WebSocket begins with `GET`"
        section.find(section.place_of("websocket"), "wrong-form", words, about="WebSocket 由 `GET` 开始")
    if operation.body != Bodies():
        words = "what callers say in a WebSocket stands under `sent`, within `websocket`"
        section.find(
            section.place_of("body"), "wrong-form", words, about="WebSocket 中调用者的消息写在 `websocket` 的 `sent` 内"
        )
    return replace(operation, answers=replace(operation.answers, messages=message), body=body, websocket=socket)
