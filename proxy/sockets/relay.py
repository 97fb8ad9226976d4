"""Carries the messages of a WebSocket between a caller and a system behind; none passes that was not looked at.

A layer of our own: the core's keeps every message, lets one through for which a hook raises, and passes what stands in
pings and in close reasons. Here a message is put together, bounded, and given away whole; control frames end here.
"""

import time
from collections.abc import Callable
from typing import Any

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, context, events, layer
from wsproto.connection import Connection as Speaker
from wsproto.connection import ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.utilities import LocalProtocolError

from proxy.release import Release
from proxy.verdict import Refuse

NORMAL, GOING_AWAY, PROTOCOL, NOT_TEXT, NO_UTF_8, REFUSED, TOO_LARGE = 1000, 1001, 1002, 1003, 1007, 1008, 1009
"""Close codes. Source: RFC 6455, 7.4.1."""
_PASSING = frozenset({NORMAL, GOING_AWAY})
"""Codes that one side is told of the other. Those of applications may stand for anything."""
_OF_CALLER = {
    PROTOCOL: "malformed_request",
    NOT_TEXT: "body_not_declared",
    NO_UTF_8: "body_unreadable",
    TOO_LARGE: "request_too_large",
}
_OF_SYSTEM = {
    PROTOCOL: "upstream_malformed",
    NOT_TEXT: "answer_not_declared",
    NO_UTF_8: "answer_unreadable",
    TOO_LARGE: "answer_too_large",
}

type Commands = layer.CommandGenerator[None]


class Side:
    """One of the two, and what it has said so far of a message."""

    def __init__(self, connection: Connection, kind: ConnectionType) -> None:
        self.connection = connection
        self.speaker = Speaker(kind)
        self.text: list[str] = []
        self.size = 0

    def say(self, event: Any) -> Commands:
        """Send *event*, where that can still be sent."""
        if self.speaker.state is ConnectionState.OPEN or (
            isinstance(event, CloseConnection) and self.speaker.state is ConnectionState.REMOTE_CLOSING
        ):
            yield commands.SendData(self.connection, self.speaker.send(event))


class Relay(layer.Layer):
    """One WebSocket. *release* is given each message of the system and says what may be written; None: time has passed.

    *sent* says what is sent on of a message of the caller, or why nothing is.
    """

    def __init__(
        self,
        around: context.Context,
        *,
        release: Release,
        guarded: Callable[[bytes | None], list[bytes]],
        sent: Callable[[str], bytes | Refuse],
        largest: int,
        ended: Callable[[], None],
    ) -> None:
        super().__init__(around)
        self._release = release
        self._guarded = guarded
        self._sent = sent
        self._largest = largest
        self._ended = ended
        self._caller = Side(around.client, ConnectionType.SERVER)
        self._system = Side(around.server, ConnectionType.CLIENT)
        self._is_over = False
        self._is_waiting = False

    def _handle_event(self, event: events.Event) -> Commands:
        if self._is_over:
            return
        match event:
            case events.DataReceived():
                self._release.moved_s = time.monotonic()
                side = self._caller if event.connection is self._caller.connection else self._system
                yield from self._received(side, event.data)
            case events.ConnectionClosed():
                yield from self._lost(event.connection)
            case events.Wakeup():
                self._is_waiting = False
                yield from self._write(None)
            case _:
                pass

    def _received(self, side: Side, data: bytes) -> Commands:
        try:
            side.speaker.receive_data(data)
            for event in side.speaker.events():
                yield from self._said(side, event)
                if self._is_over:
                    return
        except LocalProtocolError:
            yield from self._close(side, PROTOCOL)

    def _said(self, side: Side, event: Any) -> Commands:
        other = self._system if side is self._caller else self._caller
        match event:
            case TextMessage(data=str(data)):
                side.size += len(data.encode("utf-8", "surrogatepass"))
                side.text += [data] if data else []  # frames of nothing would fill the memory
                if side.size > self._largest:
                    yield from self._close(side, TOO_LARGE)
                elif event.message_finished:
                    text, side.text, side.size = "".join(side.text), [], 0
                    yield from self._message(side, text)
            case BytesMessage():
                yield from self._close(side, NOT_TEXT)
            case Ping():
                yield from side.say(event.response())
                yield from other.say(Ping())  # the other is kept awake, and told nothing
            case Pong():
                pass
            case CloseConnection():
                yield from self._closing(side, event)
            case _:
                yield from self._close(side, PROTOCOL)

    def _message(self, side: Side, text: str) -> Commands:
        if side is self._system:
            if text:  # nothing is not the end
                yield from self._write(text.encode())
            return
        message = self._sent(text)
        if isinstance(message, Refuse):
            yield from self._close(side, REFUSED, message.reason)
        else:
            yield from self._system.say(TextMessage(data=message.decode()))

    def _write(self, data: bytes | None) -> Commands:
        """Let go what may go, now that *data* has come."""
        for frames in self._guarded(data):
            yield commands.SendData(self._caller.connection, frames)
        if self._release.over:
            self._is_over = True
            yield commands.CloseConnection(self._system.connection)
        elif (due_in_s := self._release.due_in_s) is not None and not self._is_waiting:
            self._is_waiting = True
            yield commands.RequestWakeup(due_in_s)

    def _closing(self, side: Side, event: CloseConnection) -> Commands:
        """One has closed as it should: what has waited is written, and the other is told."""
        if side.speaker.state is ConnectionState.OPEN:  # it is the library that has had enough
            yield from self._close(side, event.code)
            return
        if side is self._system:
            for frames in self._guarded(b""):
                yield commands.SendData(self._caller.connection, frames)
        self._release.end()
        yield from self._told(side, event.code if event.code in _PASSING else NORMAL, NORMAL)

    def _close(self, side: Side, code: int, reason: str = "") -> Commands:
        """What *side* says goes no further: it is told so, and nothing that waited is written."""
        reasons = _OF_CALLER if side is self._caller else _OF_SYSTEM
        self._release.end(reason or reasons.get(code, reasons[PROTOCOL]))
        yield from self._told(side, code, GOING_AWAY)

    def _lost(self, connection: Connection) -> Commands:
        """A connection has ended without a word: so does the other, for what was sent must not look whole."""
        if connection is self._caller.connection:
            self._release.end("caller_left")
        else:
            self._release.abort("upstream_broke_off")
        yield from self._over()

    def _told(self, side: Side, code: int, other_code: int) -> Commands:
        other = self._system if side is self._caller else self._caller
        for each, told in ((other, other_code if code not in _PASSING else code), (side, code)):
            yield from each.say(CloseConnection(code=told))
        yield from self._over()

    def _over(self) -> Commands:
        self._is_over = True
        self._ended()
        for side in (self._system, self._caller):
            yield commands.CloseConnection(side.connection)
