"""Which parts of a worker are called for a hook of mitmproxy, and what is spoken on a connection."""

from collections.abc import Callable
from typing import Any, cast

from mitmproxy import addonmanager, hooks
from mitmproxy.master import Master
from mitmproxy.proxy import layer, layers, tunnel
from mitmproxy.proxy.layers.http import HTTPMode

from proxy import lean
from proxy.plain.core import PlainCore
from proxy.plain.layer import PlainLayer


class Dispatcher(addonmanager.AddonManager):
    """Calls exactly the parts that have a hook, without the walk over all of them, and lets failures through.

    mitmproxy's own logs an exception and goes on; here what is not guarded ends the exchange.
    """

    def __init__(self, master: Master) -> None:
        super().__init__(master)  # type: ignore[no-untyped-call]
        self._called: dict[str, tuple[Callable[..., Any], ...]] = {}

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Call everybody who has this hook."""
        self.call(event)

    def call(self, event: hooks.Hook) -> None:
        """Call everybody who has this hook. None of ours waits for anything."""
        called = self._called.get(event.name)
        if called is None:
            found = (getattr(addon, event.name, None) for addon in self.chain)
            called = self._called[event.name] = tuple(method for method in found if method is not None)
        if called:
            arguments = [getattr(event, name) for name in lean.argument_names(cast(Any, type(event)))]
            for method in called:
                method(*arguments)


class Layers:
    """Says what is spoken on a connection: TLS where there is a certificate, then HTTP, never anything else."""

    name = "nextlayer"

    def __init__(self, *, tls: bool, plain: PlainCore | None) -> None:
        self._tls = tls
        self._plain = plain

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Put HTTP on the connection."""
        stack = tunnel.LayerStack()
        if self._tls:
            stack /= layers.ClientTLSLayer(nextlayer.context)
        if self._plain is not None:
            stack /= PlainLayer(nextlayer.context, self._plain)
        else:
            stack /= layers.HttpLayer(nextlayer.context, HTTPMode.transparent)
        nextlayer.layer = stack[0]
