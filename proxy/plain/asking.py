"""One request of the plain core that a system behind was asked, from its connection to the end of its answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mitmproxy.connection import Connection
from mitmproxy.http import Request
from mitmproxy.proxy import events

from proxy.plain.answer import Read
from proxy.plain.behind import Behind, Caller, Pool, Where


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no answer, or no more of it."""

    reason: str


class Heard(events.Event):
    """What came of *asking*, in order, on its way to the layers of the caller's connection."""

    def __init__(self, asking: "Asking", each: Sequence[Read | Failed]) -> None:
        self.asking = asking
        self.each = each


class Told(Protocol):
    """The connection of whoever asks; see `Connection`."""

    @property
    def lags(self) -> bool:
        """Whether some of what was written to it waits to be taken."""

    def tell(self, event: events.Event) -> None:
        """Handle *event*."""

    async def drain_writers(self) -> None:
        """Return once it has been taken."""

    def is_held(self, behind: Connection | str | None) -> bool:
        """Whether nothing more of what *behind* says is wanted for now; see `apart.AwaitPace`."""

    async def let_go(self, behind: Connection | str | None) -> None:
        """Return once something is."""


class Asking:
    """Tells *connection* what comes, as events."""

    def __init__(
        self,
        pool: Pool,
        where: Where,
        connection: Told,
        request: Request,
        caller: Caller,
        *,
        may_repeat: bool,
    ) -> None:
        self._pool = pool
        self._where = where
        self._connection = connection
        self._request = request
        self._caller = caller
        self._may_repeat = may_repeat
        """Whether it can be asked again on another connection: it changes nothing behind."""
        self._is_over = False
        self._behind: Behind | None = None
        self._opening: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Ask, on a connection that is free or on a new one. What changes something behind is never asked on one that
        was open already: where that is hung up meanwhile, nobody could tell whether it was carried out.
        """
        behind = self._pool.taken(self._where, self._caller) if self._may_repeat else None
        if behind is None:
            self._open()
        else:
            self._ask(behind)

    def end(self) -> None:
        """No more of the answer is wanted: hang up behind. Safe to call more than once."""
        self._is_over = True
        if self._behind is not None:
            self._behind.end()
            self._behind = None
        elif self._opening is not None:
            self._opening.cancel()

    def give_up(self) -> None:
        """Hang up behind, and let whoever waits know."""
        if not self._is_over:
            self.end()
            self._connection.tell(Heard(self, (Failed("upstream_broke_off"),)))

    def heard(self, reads: Sequence[Read]) -> None:
        """See `plain_behind.Asks`."""
        self._connection.tell(Heard(self, reads))

    def ended(self) -> None:
        """See `plain_behind.Asks`."""
        self._behind, self._is_over = None, True

    def failed(self, reason: str, *, unheard: bool) -> None:
        """See `plain_behind.Asks`."""
        self._behind = None
        if self._is_over:
            return
        if unheard and self._may_repeat:
            self._open()  # once: a new connection is never said to have been open already
            return
        self._is_over = True
        self._connection.tell(Heard(self, (Failed(reason),)))

    async def caught_up(self) -> None:
        """See `plain_behind.Asks`."""
        await self._connection.drain_writers()
        await self._connection.let_go(None)

    @property
    def lags(self) -> bool:
        """See `plain_behind.Asks`."""
        return self._connection.lags or self._connection.is_held(None)

    def _ask(self, behind: Behind) -> None:
        self._behind = behind
        behind.ask(self, self._request, self._caller)

    def _open(self) -> None:
        self._opening = asyncio.get_running_loop().create_task(self._opened())

    async def _opened(self) -> None:
        try:
            behind = await self._pool.opened(self._where)
        except (OSError, ValueError):
            self.failed("upstream_unreachable", unheard=False)
            return
        if self._is_over:
            behind.end()
        elif not behind.is_open:  # hung up since, and nobody would be told of it any more
            self.failed("upstream_broke_off", unheard=False)
        else:
            self._ask(behind)
