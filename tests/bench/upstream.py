"""`python -m tests.bench.upstream PORT FILE...`: a system behind that answers with JSON bodies, fast.

A request whose target holds `page=N` gets file N, any other the first. Several may share a port.
"""

import asyncio
import sys
from pathlib import Path
from typing import cast

import uvloop


class Answering(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            at = self._rest.find(b"page=", 0, end)
            number = self._rest[at + 5] - ord("0") if at >= 0 else 0
            self._rest = self._rest[end + 4 :]
            self._transport.write(self._answers[number])


def answer_of(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main(port: int, bodies: list[bytes]) -> None:
    answers = [answer_of(body) for body in bodies]
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(answers), "127.0.0.1", port, backlog=4096, reuse_port=True
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), [Path(name).read_bytes() for name in sys.argv[2:]]))
