"""Connections to systems behind of the plain core: one request at a time each, and shared between callers.

INVARIANT: an answer is nobody else's. A connection is given back only after an answer that was read to its own end,
with nothing behind it; one on which anything comes that was not asked for is closed. Who had it last may have it again
at once; anybody else only once it has rested, for what a system says beyond an answer may come a moment later.
"""

import asyncio
import fcntl
import sys
import termios
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol, cast

import msgspec
from mitmproxy.http import Request

from policies.program import UpstreamTlsRule
from proxy.plain.answer import AnswerReader, BrokenOff, End, Read, Unreadable
from proxy.plain.head import HeadReader
from proxy.turns import SLICE, Turns

MOST_FREE = 64
"""Connections to one system that are kept open while nobody asks."""
FREE_S = 3.0
"""So long one is kept: shorter than servers wait for another request before they hang up."""

REST_S = 0.1
"""So long one rests before another caller gets it. What a system writes beyond its answer, in a second piece, may lie
with its kernel until the first is acknowledged, which ours puts off for up to 40 ms or until the next request goes.
"""
OUT_OF_TURN = 256 * 1024
"""Bytes of an answer that are heard as they come: most have no more, and are masked once they are whole."""
LONGEST_S = 60.0
"""So long one is shared at most: certificates are renewed and revoked, and names come to mean other addresses."""

IS_AMID_RECORD = "is_amid_record"
"""What a transport tells by this name: whether some of what the system says has come that cannot be read yet."""


class Where(msgspec.Struct, frozen=True):
    """A system and how it is reached: systems share no connection, not even at the same address."""

    system: str
    host: str
    port: int
    tls: UpstreamTlsRule | None
    """None: in clear."""
    generation: int
    """See `UpstreamTls`: none is shared beyond a change of its files."""


type Caller = tuple[str, ...]
"""Who asks, told from everybody else: the id of his connection, his address, who he is and for whom he acts."""


class Asks(Protocol):
    """Whoever waits for an answer."""

    def heard(self, reads: Sequence[Read]) -> None:
        """More of the answer has come, or all of it."""

    def ended(self) -> None:
        """What was heard last was the end of the answer: the connection is nobody's any more."""

    def failed(self, reason: str, *, unheard: bool) -> None:
        """It does not come, or not to its end, for *reason*, one of `reasons.REASONS`. *unheard*: on a connection that
        was open already, and before anything of it had come.
        """

    async def caught_up(self) -> None:
        """Return once the caller has taken what came so far."""

    @property
    def lags(self) -> bool:
        """Whether he has not."""


type Opens = Callable[["Behind"], Awaitable[None]]
"""Connects one, secured where that is declared. Raises OSError or ValueError."""


class Pool:
    """Connections that are open and free, for whichever caller comes next; new ones are *opened*. Large answers on them
    are heard in *turns*.
    """

    def __init__(self, opened: Opens, turns: Turns) -> None:
        self.turns = turns
        self._opens = opened
        self._free: dict[Where, deque[Behind]] = {}

    def taken(self, where: Where, caller: Caller) -> "Behind | None":
        """One that *caller* may have, if there is one."""
        free = self._free.setdefault(where, deque())
        rested_s = time.monotonic() - REST_S
        own = [behind for behind in free if behind.caller == caller]
        # His own before others', and of those what has rested for longest.
        for behind in own or [behind for behind in free if behind.free_since_s <= rested_s]:
            free.remove(behind)
            if behind.is_quiet:
                return behind
            behind.end()
        return None

    async def opened(self, where: Where) -> "Behind":
        """A new one. Raises OSError, and ValueError for a host that is no name."""
        behind = Behind(self, where)
        await self._opens(behind)
        return behind

    def give_back(self, behind: "Behind") -> None:
        """*behind* can bring another answer."""
        free = self._free.setdefault(behind.where, deque())
        moment = time.monotonic()
        if len(free) >= MOST_FREE or moment > behind.since_s + LONGEST_S:
            behind.end()
            return
        behind.free_since_s = moment
        free.append(behind)

    def tick(self) -> None:
        """Close what has been free for long."""
        until_s = time.monotonic() - FREE_S
        for free in self._free.values():
            while free and (free[0].is_over or free[0].free_since_s < until_s):
                free.popleft().end()
        self._free = {where: free for where, free in self._free.items() if free}


class Behind(asyncio.Protocol):
    """A connection to the system *where*."""

    def __init__(self, pool: Pool, where: Where) -> None:
        self.where = where
        self.is_over = False
        self.caller: Caller = ()
        """Who has it, or had it last."""
        self.since_s = time.monotonic()
        self.free_since_s = 0.0
        """These two: monotonic."""
        self._pool = pool
        self._asks: Asks | None = None
        self._heads = HeadReader()
        self._reader: AnswerReader | None = None
        self._is_used = self._is_heard = self._is_paused = False
        self._catching_up: asyncio.Task[None] | None = None
        self._held = b""
        """What has come of the answer and waits for its turn; nothing more is read meanwhile."""
        self._free_bytes = 0
        """So much more of the answer is heard without waiting for a turn."""

    @property
    def is_open(self) -> bool:
        """Whether it can be asked something."""
        return not self.is_over and not self._transport.is_closing()

    @property
    def is_quiet(self) -> bool:
        """Whether it is open and nothing lies there that nobody asked for: with the kernel, or half a record of TLS."""
        if not self.is_open or self._transport.get_extra_info(IS_AMID_RECORD, False):
            return False
        unread = fcntl.ioctl(self._fd, termios.FIONREAD, bytes(4))
        return int.from_bytes(unread, sys.byteorder) == 0

    def ask(self, asks: Asks, request: Request, caller: Caller) -> None:
        """Send *request* of *caller*; *asks* is told what comes."""
        assert self._asks is None
        self.caller = caller
        self._asks, self._reader, self._is_heard = asks, AnswerReader(request, self._heads), False
        self._free_bytes = OUT_OF_TURN
        data = request.data
        head = b"%b %b HTTP/1.1\r\n%b\r\n" % (data.method, data.path, bytes(data.headers))
        self._transport.write(head + (data.content or b""))

    def end(self) -> None:
        """Hang up. Whoever asked is told nothing."""
        self.is_over = True
        self._asks, self._held = None, b""
        if self._catching_up is not None:
            self._catching_up.cancel()
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)
        self._fd: int = transport.get_extra_info("socket").fileno()
        """Its number counts as long as the transport does not close."""

    def data_received(self, data: bytes) -> None:
        """The system says something, asked or not."""
        if self._asks is None or self._reader is None:
            self.end()
            return
        self._is_heard = True
        if self._held:  # what a record of TLS held beside it
            self._held += data
        elif len(data) > self._free_bytes:
            self._held = data
            self._transport.pause_reading()
            if not self._is_paused:
                self._pool.turns.wait(self._take_turn)
        else:
            self._free_bytes -= len(data)
            self._hear(data)

    def eof_received(self) -> None:
        """It says that it is done."""
        self._hear_held()
        if self._asks is not None and self._reader is not None:
            self._tell(self._reader.eof())
        self.is_over = True

    def connection_lost(self, error: Exception | None) -> None:
        """It has hung up, or we have."""
        self._hear_held()
        self._fail("upstream_broke_off")

    def _take_turn(self) -> None:
        """Hear a slice of what is held, and go on reading once nothing is."""
        if not self._held:
            return
        data, self._held = self._held[:SLICE], self._held[SLICE:]
        self._hear(data)
        if not self.is_open or self._is_paused:
            return
        if self._held:
            self._pool.turns.wait(self._take_turn)
        else:
            self._transport.resume_reading()

    def _hear_held(self) -> None:
        """Nothing more comes: hear all that did."""
        data, self._held = self._held, b""
        if data and self._asks is not None and self._reader is not None:
            self._tell(self._reader.feed(data))

    def _hear(self, data: bytes) -> None:
        if self._reader is not None:
            self._tell(self._reader.feed(data))
        if self._asks is not None and self._asks.lags and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
            self._catching_up = asyncio.get_running_loop().create_task(self._catch_up(self._asks))

    def _tell(self, read: Iterator[Read]) -> None:
        """Tell who asked what was *read*, all that has come at once, as far as it could be."""
        asks, reads, fault = self._asks, list[Read](), ""
        try:
            for each in read:
                reads.append(each)
        except Unreadable:
            fault = "upstream_malformed"
        except BrokenOff:
            fault = "upstream_broke_off"
        if asks is not None and reads:
            asks.heard(reads)
        if asks is None or self._asks is not asks:  # who asked wanted no more of it, and has hung up
            return
        if fault:
            self._fail(fault)
        elif reads and reads[-1] is End.END:
            self._answered(asks)

    def _answered(self, asks: Asks) -> None:
        assert self._reader is not None
        self._asks, self._is_used = None, True
        asks.ended()
        if self._reader.may_another_follow and not self._is_paused and not self._held:
            self._pool.give_back(self)
        else:
            self.end()

    def _fail(self, reason: str) -> None:
        asks, unheard = self._asks, self._is_used and not self._is_heard
        self.end()
        if asks is not None:
            asks.failed(reason, unheard=unheard)

    async def _catch_up(self, asks: Asks) -> None:
        await asks.caught_up()
        self._is_paused = False
        if self._held:
            self._pool.turns.wait(self._take_turn)
        elif not self.is_over:
            self._transport.resume_reading()
