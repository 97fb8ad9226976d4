"""How many new TLS connections a second one worker takes, each for one request, against a bare mitmdump.

Every handshake is a whole one: no session is resumed. Both have their own certificate for the name.
"""

import asyncio
import ssl
import time

import uvloop

from tests.bench import cores
from tests.bench.answers import answers
from tests.bench.figure import Bench, Figure
from tests.bench.rivals import ROUNDS, WARM_UP_S, Rival, compared, mitmdump, request_for, upstream, yingbi
from tests.proxy.credentials import Provider

WHAT = "new TLS connections, 1 KiB each"
CALLERS = 8


def figures(bench: Bench) -> list[Figure]:
    """Connections a second and processor time for each."""
    provider = Provider()
    request = request_for("/people?page=0", provider)
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, [answers()["1 KiB JSON"]]) as port,
        mitmdump(bench.folder, port) as dump,
        yingbi(bench.folder, port, provider, tls=True) as own,
    ):
        for rival in (dump, own):
            uvloop.run(connecting(rival.port, request, WARM_UP_S))
        for number in range(ROUNDS):
            for rival in (dump, own):
                bench.progress(f"{WHAT}, {rival.name}, round {number + 1} of {ROUNDS}")
                _run(rival, request, bench.seconds)
    return compared(WHAT, own, dump, "at least 2, aim 5")


def _run(rival: Rival, request: bytes, seconds: float) -> None:
    worked_s, begun = rival.worked_s, time.perf_counter()
    made = uvloop.run(connecting(rival.port, request, seconds))
    rival.note(WHAT, made, time.perf_counter() - begun, rival.worked_s - worked_s)


async def connecting(port: int, request: bytes, seconds: float) -> int:
    """How many answers came, each over a connection of its own. Raises where one is not 200."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # what callers check is no work of a server
    context.set_alpn_protocols(["http/1.1"])
    deadline = time.perf_counter() + seconds

    async def caller() -> int:
        made = 0
        while time.perf_counter() < deadline:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=context, server_hostname="people.localhost"
            )
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in head[:16]:
                raise RuntimeError("an answer was not 200")
            await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
            writer.transport.abort()
            made += 1
        return made

    return sum(await asyncio.gather(*(caller() for _ in range(CALLERS))))
