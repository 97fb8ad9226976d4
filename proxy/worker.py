"""One worker process: a mitmproxy of the few parts that are needed, on a port that it shares with its siblings."""

import asyncio
import contextlib
import gc
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import uvloop
from mitmproxy import options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow
from mitmproxy.master import Master

from policies.kernel.library import KERNEL
from policies.keys.key_files import Verifier, read_secret
from policies.program import UpstreamTlsRule
from policies.program_callers import CertificatesRule
from policies.recognisers.scan import make_ready
from proxy import core
from proxy.addon import Hooks
from proxy.arriving import ARRIVING
from proxy.beside import IDLE
from proxy.board import Board
from proxy.connection import Connection
from proxy.counters import Counters
from proxy.current import Current
from proxy.digests_in_force import DigestsInForce
from proxy.dispatcher import Dispatcher, Layers
from proxy.gate import Gate
from proxy.http2 import FULL, HELD
from proxy.identity.client_certificates import Handshakes
from proxy.identity.ended import EndedSessions
from proxy.identity.header import IdentityHeaders
from proxy.identity.header_keys import IdentityKeys
from proxy.identity.introspect import ask_system
from proxy.identity.introspection import Introspections
from proxy.identity.nonces import Nonces
from proxy.keys_in_force import KeysInForce
from proxy.learner import Learner
from proxy.ledger import Clock
from proxy.limits import Limits
from proxy.listening import listen_on
from proxy.meter import Meter, MeteredLog
from proxy.plain.core import PlainCore
from proxy.quota.client import Quota
from proxy.request_rate import RequestRate
from proxy.shadow import Shadow
from proxy.tls.authorities import Authorities
from proxy.tls.contexts import Tls
from proxy.tls.server_certificates import Pair, ServerCertificates
from proxy.tls.upstream import UpstreamTls
from proxy.worker_settings import WorkerSettings
from siem.record.log import new_start_id

TICK_S = 0.1
STILL_S = 1.0
"""So long an answer that has begun to flow may stand still once the worker is to stop."""

log = logging.getLogger("yingbi.worker")


class Worker:
    """A worker that is running."""

    def __init__(self, settings: WorkerSettings, now: Clock) -> None:
        self.settings = settings
        self.counters = Counters(settings.counters)
        self.counters.set("kernel", int(KERNEL is not None))
        self.current = Current(
            folder=settings.published,
            board=Board(settings.board),
            program_verifier=Verifier(settings.program_key.read_bytes()),
            overlay_verifier=Verifier(settings.overlay_key.read_bytes()),
            permit_verifier=Verifier(settings.permit_key.read_bytes()),
            issuer_verifier=Verifier(settings.issuer_key.read_bytes()) if settings.issuer_key else None,
            digests=DigestsInForce(settings.keys, now, self._refused),
            secret=read_secret(settings.secret),
            keys=KeysInForce(settings.keys, self._refused),
            lease_ns=int(settings.lease_s * 1e9),
            said=self._refused,
        )
        self.current.unhurried(now())  # from here on a clock that is set ahead hurries nothing
        self.meter = Meter(settings.measured)
        self.log = MeteredLog(settings.log, new_start_id(now()), self.meter, settings.flush_s)
        self.master = Master(options.Options())
        self.master.addons = Dispatcher(self.master)
        self.proxy = Proxyserver()  # type: ignore[no-untyped-call]
        self.identity_keys = IdentityKeys(settings.keys, self._refused)
        self.identity_keys.renew()
        authorities = Authorities(settings.authorities)
        handshakes = Handshakes(authorities)
        upstream_tls = UpstreamTls(settings.upstream_ca, authorities, settings.clients)
        self.gate = Gate(
            self.current,
            self.log,
            now,
            nonces=Nonces(settings.nonces),
            ended=EndedSessions(settings.ended_sessions),
            limits=Limits(
                Quota(settings.quota, deadline_s=settings.quota_s),
                RequestRate(settings.requests) if settings.requests is not None else None,
            ),
            cut=self._cut,
            drop_upstream=self._drop_upstream,
            connection_of=self._connection_of,
            said=lambda hook, kind: log.error("hook_failed hook=%s kind=%s", hook, kind),
            counters=self.counters,
            identity_headers=IdentityHeaders(self.identity_keys, settings.issuer),
            learner=Learner(settings.inventory, self.current.secret),
            shadow=Shadow(
                settings.published,
                self.current.program_verifier,
                self.current.secret,
                settings.disagreements,
            ),
            asked=settings.asked,
            handshakes=handshakes,
            hsts_s=settings.hsts_s,
            capacity=settings.capacity,
            reader_s=settings.reader_s,
            probes=settings.probes,
            meter=self.meter,
            spool=settings.spool,
            introspections=Introspections(partial(ask_system, tls=upstream_tls)),
        )
        core.install(
            self.gate, lambda name, level, kind: log.warning("core_said logger=%s level=%s kind=%s", name, level, kind)
        )
        self.tls = Tls(
            _certificates(settings),
            authorities,
            handshakes,
            upstream_tls,
            asked_by=self._asked_by,
            told_by=self._told_by,
            refused=lambda client: self.gate.withholding.turn_away(client, 403, "certificate_refused"),
            now=now,
        )
        gated = Hooks(self.gate)
        self.plain = PlainCore(gated, self._connection_of, upstream_tls, settings.port) if settings.plain_core else None
        layers_of = Layers(tls=settings.certificate is not None, plain=self.plain)
        self.master.addons.add(self.proxy, layers_of, self.tls, gated)  # type: ignore[no-untyped-call]
        self.master.options.update(  # type: ignore[no-untyped-call]
            mode=[f"reverse:http://127.0.0.1:1@{settings.host}:{settings.port}"],
            connection_strategy="lazy",
            tcp_timeout=settings.idle_s,
            keep_host_header=True,
            rawtcp=False,
            websocket=False,
            http3=False,
        )

    async def run(self) -> None:
        """Serve until asked to stop; then let exchanges under way end, for a while.

        SIGTERM and SIGINT: nobody else may take on what comes. SIGHUP: another worker listens on the same socket.
        """
        stop, is_replaced = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_task_factory(_eager)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)

        def replace() -> None:
            is_replaced.set()
            stop.set()

        loop.add_signal_handler(signal.SIGHUP, replace)
        self.current.renew()
        await self.proxy.setup_servers()
        await self.master.running()
        ticking = asyncio.create_task(self._tick())
        await first_of(stop, ticking)
        self.gate.admission.is_leaving = True
        if not is_replaced.is_set():
            end_s = time.monotonic() + self.settings.leave_s
            await self._tell_all(lambda: time.monotonic() >= end_s)
        self.master.options.update(server=False)  # type: ignore[no-untyped-call]
        end_s = time.monotonic() + (self.settings.handover_s if is_replaced.is_set() else 0)
        await self._tell_all(lambda: not self.proxy.connections or time.monotonic() >= end_s)
        await self._drain()
        ticking.cancel()
        self.counters.set("serving", 0)
        self.counters.set("ready", 0)
        self.gate.learner.save()
        with contextlib.suppress(OSError):
            self.gate.shadow.save()
        self.log.close()

    async def _tick(self) -> None:
        admission, counters = self.gate.admission, self.counters
        while True:
            serving = self.current.renew()
            self.gate.underway.tick()
            if self.plain is not None:
                self.plain.tick()
            self._end_slow_requests()
            self.tls.renew()
            self.identity_keys.renew()
            self.gate.learner.tick()
            self.gate.exports.spool.forget()
            self.gate.shadow.tick()
            with contextlib.suppress(OSError):  # figures are for looking on; the next are tried again
                self.meter.tick()
            counters.set("serving", int(serving))
            counters.set("ready", int(self.gate.is_ready()))
            counters.set("live", len(self.gate.underway))
            counters.set("held", self.gate.underway.taken)
            counters.set("connections", admission.connections)
            counters.set("late_ms", int(admission.late_s * 1000))
            counters.set("programs", self.current.programs_in_force)
            counters.set("overlay", self.current.overlay.generation)
            before_s = time.monotonic()
            await asyncio.sleep(TICK_S)
            admission.ticked(time.monotonic() - before_s - TICK_S)

    async def _tell_all(self, until: Callable[[], bool]) -> None:
        """Tell callers that they must come back on another connection, those who still come as well, *until* it is."""
        while True:
            for handler in list(self.proxy.connections.values()):
                if isinstance(handler, Connection):
                    await handler.leave()
            if until():
                return
            await asyncio.sleep(TICK_S)

    async def _drain(self) -> None:
        """Wait for exchanges that come further; end the others, so that every caller learns what became of it."""
        underway = self.gate.underway
        end_s = time.monotonic() + self.settings.drain_s
        while len(underway) and time.monotonic() < end_s:
            underway.leave(silent_s=self.settings.drain_s, still_s=STILL_S)
            await asyncio.sleep(TICK_S)
        underway.leave(silent_s=0, still_s=0)
        end_s = time.monotonic() + STILL_S
        while (len(underway) or self._has_unsent()) and time.monotonic() < end_s:
            await asyncio.sleep(TICK_S)

    def _connection_of(self, client: Client) -> Connection | None:
        handler = self.proxy.connections.get(client.id)
        return handler if isinstance(handler, Connection) else None

    def _has_unsent(self) -> bool:
        handlers = self.proxy.connections.values()
        return any(isinstance(handler, Connection) and handler.has_unsent for handler in handlers)

    def _end_slow_requests(self) -> None:
        """Cut callers whose request does not come to an end: each holds a connection and what it has sent so far."""
        ARRIVING.forget(ARRIVING.connections() - self.proxy.connections.keys())
        for waiting in (HELD, FULL, IDLE):
            waiting.intersection_update(self.proxy.connections.keys())
        for client in ARRIVING.overdue(self.settings.request_s):
            handler = self.proxy.connections.get(client)
            if isinstance(handler, Connection):
                handler.abort()

    def _asked_by(self, host: str) -> CertificatesRule | None:
        """Which certificates of callers the system of *host* takes."""
        system = self.current.systems.get(host)
        return system.program.certificates if system is not None else None

    def _told_by(self, address: tuple[str, int]) -> UpstreamTlsRule | None:
        """How TLS is spoken with the systems at *address*, with all of them in one way; None where there is none."""
        systems = self.current.systems.values()
        found = (system.program.upstream_tls for system in systems if system.upstream[1:] == address)
        return next(found, None)

    def _refused(self, what: str) -> None:
        self.counters.add("refused_publications")
        log.error("publication_refused what=%s", what)

    def _cut(self, client: Client) -> None:
        connection = self._connection_of(client)
        if connection is not None:
            connection.abort()

    def _drop_upstream(self, flow: HTTPFlow) -> None:
        """Give up the connection to the system behind; the core then says that it ended."""
        if self.plain is not None and self.plain.drop(flow):
            return
        handler = self.proxy.connections.get(flow.client_conn.id)
        if handler is None:
            return
        for connection, transport in list(handler.transports.items()):
            waiting = connection is flow.server_conn or not connection.connected
            if connection is not flow.client_conn and waiting and transport.handler is not None:
                transport.handler.cancel("too slow")


def _certificates(settings: WorkerSettings) -> ServerCertificates | None:
    if settings.certificate is None or settings.key is None:
        return None
    default = Pair(settings.certificate, settings.key)
    return ServerCertificates(default, settings.certificates, refuses_others=settings.refuses_other_hosts)


async def first_of(stop: asyncio.Event, ticking: asyncio.Task[None]) -> None:
    """Return when *stop* is set. Raises what ends *ticking*: a worker whose lease nobody renews is replaced."""
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((stopped, ticking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    if ticking.done():
        ticking.result()


def _eager(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
    """A task that begins at once, as the core's own loop makes them: each hook is one, and most never wait."""
    more.pop("eager_start", None)
    return asyncio.Task(coroutine, loop=loop, eager_start=True, **more)


def run(settings: WorkerSettings, now: Clock) -> None:
    """Run a worker until it is asked to stop by SIGTERM or SIGINT."""
    listen_on(settings.listening)

    async def main() -> None:
        make_ready()
        worker = Worker(settings, now)
        # What is there now stays for ever. Exchanges make few cycles, but a great many objects that a collector would
        # look at again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        await worker.run()

    uvloop.run(main())
