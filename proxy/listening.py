"""How a worker listens: on a port that it shares with its siblings, or on a socket that outlasts it."""

import asyncio
import socket
from typing import Any

from mitmproxy.proxy import mode_servers

from proxy.connection import Connection
from proxy.port import bound

BACKLOG = 4096


def listen_on(fd: int | None) -> None:
    """Let mitmproxy listen on the bound socket with the descriptor *fd*; None: on one that it binds itself."""

    async def listen(instance: mode_servers.AsyncioServerInstance[Any], host: str, port: int) -> list[asyncio.Server]:
        """In place of the core's, which takes a backlog of 100 and shares no port."""
        listening = bound(host, port) if fd is None else socket.socket(fileno=fd)
        handle = Connection.admitted(instance.handle_stream)
        return [await asyncio.start_server(handle, sock=listening, backlog=BACKLOG)]

    mode_servers.AsyncioServerInstance.listen = listen  # type: ignore[assignment, method-assign]
