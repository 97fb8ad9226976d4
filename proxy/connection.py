"""How the events of one caller's connection are handled: one after another, hooks included, without a task for each.

A departure from mitmproxy's core for speed alone. There, each hook is a task that waits for a lock before it goes on,
because a hook may wait for a person. Ours never wait, so their end is just the next event in the queue. It halves what
the core costs for a small exchange.
"""

import asyncio
import fcntl
import socket
import struct
import sys
import termios
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, ClassVar, cast

from mitmproxy.connection import Client
from mitmproxy.connection import Connection as AnyConnection
from mitmproxy.proxy import commands, events, mode_servers
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.server import ConnectionIO
from mitmproxy.utils import asyncio_utils

from proxy import lean
from proxy.admission import Admission
from proxy.apart import AwaitMasking, AwaitPace
from proxy.arriving import ARRIVING, OPENING
from proxy.beside import IDLE
from proxy.http2 import FULL, HELD
from proxy.in_turns import ReadsInTurns
from proxy.leaving import AwaitLeaving
from proxy.turns import Turns

type Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_NO_LINGERING = struct.pack("ii", 1, 0)
"""Close with a reset, and throw away what has not been sent."""


class Connection(mode_servers.ProxyConnectionHandler):
    """One caller's connection and those to the systems behind that it has led to."""

    settings: ClassVar[Any] = None
    """The core's options, as they were when the first connection came."""

    broke: Callable[[str], None]
    """Is told the kind of exception that ended a connection; set by `core.install`."""

    admission: ClassVar[Admission]
    """Tells which connections are taken on; set by `core.install`."""
    turned_away: ClassVar[Callable[[], None]]
    """Is told of each that is not; set by `core.install`."""
    turns: ClassVar[Turns]
    """Those of all large answers; set by `core.install`."""
    gone: Callable[[Client], None]
    """Is told of each that is over; set by `core.install`."""

    def __init__(self, master: Any, reader: Any, writer: Any, options: Any, mode: Any) -> None:
        if Connection.settings is None:
            Connection.settings = lean.settled(options)
        super().__init__(master, reader, writer, Connection.settings, mode)  # type: ignore[no-untyped-call]
        self._waiting: deque[events.Event] = deque()
        self._is_busy = False
        self._is_ending = False
        """Whether nothing more is said to the caller, who has not taken yet what was said."""
        self._is_over = False
        """Whether the caller has gone, and all that was said to him is out of our hands."""
        self._tell_of_leaving: list[AwaitLeaving] = []
        """Those who asked to be told when the worker is to stop."""
        self._is_leaving = False
        self._writer: asyncio.StreamWriter = writer
        self._fd: int = writer.get_extra_info("socket").fileno()
        """Its number counts as long as the transport does not close."""
        self._has_room = asyncio.Event()
        """Set while not too much waits for a caller who does not let it go out (HTTP/2)."""
        self._has_room.set()
        self._held: dict[AnyConnection | str | None, set[AwaitPace]] = {}
        """By what must not be read for now: those who hold it."""
        self._moved = asyncio.Event()
        """Set for a moment whenever something is held no more."""
        self.written = 0
        """Bytes that were written to the caller."""

    @classmethod
    def admitted(cls, handle: Handle) -> Handle:
        """*handle*, but a connection that the worker does not take on is closed unread."""

        async def handle_admitted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            source = str((writer.get_extra_info("peername") or ("",))[0])
            if not cls.admission.opened(source):
                cls.turned_away()
                writer.transport.abort()
                return
            try:
                await handle(reader, writer)
            finally:
                cls.admission.closed(source)

        return handle_admitted

    async def handle_client(self) -> None:
        """As the core does. Then its layers are let go of: they are a knot that only a collection of garbage unties,
        which counts objects and does not know what hangs on them, the last answer and what OpenSSL holds.
        """
        ARRIVING.begun(self.client.id, OPENING)
        try:
            await super().handle_client()
        finally:
            self._is_over = True
            self.gone(self.client)
            for layer in list(layers_under(self.layer)):
                vars(layer).clear()

    async def handle_connection(self, connection: AnyConnection) -> None:
        """As the core does, but what a system behind says is read in turns, and not while nobody wants it."""
        transport = self.transports[connection]
        if connection is not self.client and isinstance(transport.reader, asyncio.StreamReader):
            transport.reader = ReadsInTurns(  # type: ignore[assignment]
                transport.reader, self.turns, partial(self.let_go, connection)
            )
        await super().handle_connection(connection)

    def is_held(self, behind: AnyConnection | str | None) -> bool:
        """See `plain_asking.Told`."""
        return behind in self._held

    async def let_go(self, behind: AnyConnection | str | None) -> None:
        """See `plain_asking.Told`."""
        while behind in self._held:
            await self._moved.wait()

    def _go_on(self, command: AwaitPace) -> None:
        holding = self._held[command.behind]
        holding.discard(command)
        if not holding:
            del self._held[command.behind]
        self.tell(events.Wakeup(command))
        if command.behind not in self._held:
            self._moved.set()
            self._moved.clear()

    async def server_event(self, event: events.Event) -> None:
        """See `tell`."""
        self.tell(event)

    def tell(self, event: events.Event) -> None:
        """Handle *event* and what follows from it; one that comes while others are handled is handled after them."""
        if self._is_over:
            return
        if self._is_ending and isinstance(event, events.DataReceived) and event.connection is self.client:
            ARRIVING.begun(self.client.id)  # nobody reads it; who goes on sending is cut after a while
            return
        self._waiting.append(event)
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._waiting:
                self._handle(self._waiting.popleft())
        finally:
            self._is_busy = False
        if self.client.id in FULL:
            self._has_room.clear()
        else:
            self._has_room.set()

    async def leave(self) -> None:
        """The worker is to stop: tell those who asked. Safe to call more than once."""
        if self._is_leaving:
            return
        self._is_leaving = True
        for command in self._tell_of_leaving:
            await self.server_event(events.Wakeup(command))

    async def drain_writers(self) -> None:
        """Wait until what was written has been taken, where some of it has not: then nothing more is read meanwhile."""
        if self.lags:
            await super().drain_writers()  # type: ignore[no-untyped-call]
        caller = self.transports.get(self.client)
        # The caller himself is read all the same: that is how he says that he takes more.
        if caller is not None and asyncio.current_task() is not caller.handler:
            await self._has_room.wait()

    async def wakeup(self, request: commands.RequestWakeup) -> None:
        """Go on later, and not before what was written has been taken: a caller who asks for more and more without
        reading waits for himself.
        """
        await self.drain_writers()
        await super().wakeup(request)

    def _handle(self, event: events.Event) -> None:
        try:
            for command in self.layer.handle_event(event):
                self._carry_out(command)
        except BaseException as error:
            # The core would log it and leave the connection as it is. Nobody knows what it is now: it ends.
            self.abort()
            self.broke(type(error).__name__)
            raise
        if self.client.id not in IDLE:  # else who only pings would be connected for ever
            self.timeout_watchdog.register_activity()  # type: ignore[no-untyped-call]

    def abort(self) -> None:
        """Close the caller's connection at once, without a word: what was sent must not look whole.

        What the caller has not taken yet is lost, in our buffer and in the kernel's, which would else go on sending.
        """
        writer = self._writer
        if not writer.transport.is_closing() or self.has_unsent:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        writer.transport.abort()

    @property
    def lags(self) -> bool:
        """Whether some of what was written, to the caller or behind, waits to be taken."""
        return any(_unsent_bytes(transport) for transport in self.transports.values())

    @property
    def has_unsent(self) -> bool:
        """Whether something that was released waits for the caller to take it."""
        return self._writer.transport.get_write_buffer_size() > 0 or self.client.id in HELD

    def has_untaken(self, reach: int) -> bool:
        """Whether the caller's kernel has not said yet that it has the first *reach* bytes that were written to it."""
        transport = self._writer.transport
        unsent = transport.get_write_buffer_size()
        if unsent or not transport.is_closing():
            unsent += _unacknowledged_bytes(self._fd)
        return self.client.id in HELD or self.written - unsent < reach

    def _must_linger(self, connection: Any) -> bool:
        return connection is self.client and connection in self.transports and self.has_untaken(self.written)

    def _carry_out(self, command: commands.Command) -> None:
        match command:
            case commands.StartHook():
                self.master.addons.call(command)  # type: ignore[attr-defined]
                if command.blocking:
                    self._waiting.append(events.HookCompleted(command))
            case commands.SendData():
                transport = self.transports.get(command.connection)
                if transport is not None and transport.writer is not None and not transport.writer.is_closing():
                    transport.writer.write(command.data)
                    if command.connection is self.client:
                        self.written += len(command.data)
                    elif isinstance(reader := cast(object, transport.reader), ReadsInTurns):
                        reader.asked()
            case commands.OpenConnection():
                task = asyncio_utils.create_task(
                    self.open_connection(command), name="open", keep_ref=False, client=self.client.peername
                )
                self.transports.setdefault(command.connection, ConnectionIO(handler=task))
            case commands.CloseConnection() if self._must_linger(command.connection):
                # What the kernel would send after a close cannot be taken back: it closes once the caller has it all.
                self._is_ending = True
                self.close_connection(self.client, half_close=True)
            case commands.CloseTcpConnection() if command.connection in self.transports:
                self.close_connection(command.connection, command.half_close)
            case commands.CloseConnection() if command.connection in self.transports:
                self.close_connection(command.connection, half_close=False)
            case AwaitLeaving():
                self._tell_of_leaving.append(command)
                if self._is_leaving:
                    self._waiting.append(events.Wakeup(command))
            case AwaitPace(job=job):
                self._held.setdefault(command.behind, set()).add(command)
                job.begin(lambda: self._go_on(command))
            case AwaitMasking(job=job):
                job.begin(lambda: self.tell(events.Wakeup(command)))
            case commands.RequestWakeup():
                waking = asyncio_utils.create_task(
                    self.wakeup(command), name="wakeup", keep_ref=False, client=self.client.peername
                )
                self.wakeup_timer.add(waking)
            case commands.Log():
                self.log(command.message, command.level)
            case commands.ConnectionCommand():
                pass  # the connection has been closed already
            case _:
                raise RuntimeError(f"unexpected command: {type(command).__name__}")


def layers_under(top: Layer) -> Iterator[Layer]:
    """*top* and every layer that it leads to."""
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        for value in list(vars(layer).values()):
            inner = value.values() if isinstance(value, dict) else (value,)
            waiting += [each for each in inner if isinstance(each, Layer)]


def _unsent_bytes(transport: ConnectionIO) -> int:
    writer = transport.writer
    return writer.transport.get_write_buffer_size() if isinstance(writer, asyncio.StreamWriter) else 0


def _unacknowledged_bytes(fd: int) -> int:
    """Those that the kernel holds for the caller and has not been told to have arrived."""
    return int.from_bytes(fcntl.ioctl(fd, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
