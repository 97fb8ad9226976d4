"""The parts of one worker without mitmproxy's core around them: for tests that talk to the gate and its neighbours."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.test import tflow

from policies.compiling.system import compile_system
from policies.keys.key_files import Signer, Verifier, make_secret
from policies.load import load_policy
from policies.overlay import Overlay, OverlayEntry
from proxy.board import Board
from proxy.counters import Counters
from proxy.current import Current
from proxy.exchange import exchange_of
from proxy.gate import Gate
from proxy.identity.ended import EndedSessions
from proxy.identity.header import IdentityHeaders
from proxy.identity.header_keys import IdentityKeys, make_identity_key
from proxy.identity.nonces import Nonces
from proxy.keys_in_force import KeysInForce
from proxy.published import publish_overlay, publish_programs
from siem.record.log import AccessLog, new_start_id, read_segment, seed_of, segment_path
from tests.gateway import declare, make_rings
from tests.policies.compiled import SECRET
from tests.policies.formats.masking import DIGESTER

SIGNING = ("program", "overlay", "permits", "issuers")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Parts:
    """A gate over what is published in `home`, at a time that stands still."""

    home: Path
    now: datetime = NOW
    said: list[str] = field(default_factory=list)
    """What was told to whoever runs the worker, as codes."""
    cut: list[Client] = field(default_factory=list)
    """The connections that were cut."""
    dropped: list[http.HTTPFlow] = field(default_factory=list)
    """The flows whose system behind was given up."""

    def __post_init__(self) -> None:
        declare(self.home / "policies")
        for name in SIGNING:
            make_secret(self.home / f"{name}.key")
        self.signers = {name: Signer(self.home / f"{name}.key") for name in SIGNING}
        self.board = Board(self.home / "board")
        self.counters = Counters(self.home / "counters")
        self.current = self.new_current()
        self.log = AccessLog(self.home / "log", new_start_id(self.now))
        make_identity_key(self.home / "keys")
        identity_keys = IdentityKeys(self.home / "keys", self.said.append)
        identity_keys.renew()
        self.gate = Gate(
            self.current,
            self.log,
            lambda: self.now,
            nonces=Nonces(self.home / "nonces"),
            ended=EndedSessions(self.home / "ended-sessions"),
            cut=self.cut.append,
            drop_upstream=self.dropped.append,
            connection_of=lambda client: None,
            said=lambda hook, kind: self.said.append(f"{hook} {kind}"),
            counters=self.counters,
            identity_headers=IdentityHeaders(identity_keys),
            asked=self.asked,
        )

    @property
    def asked(self) -> Path:
        """The folder of what callers ask to be shown whole."""
        return self.home / "asked"

    @property
    def published(self) -> Path:
        return self.home / "published"

    def new_current(self, lease_ns: int = 30_000_000_000) -> Current:
        """What a worker that has just been started serves by: nothing yet."""
        return Current(
            folder=self.published,
            board=self.board,
            program_verifier=Verifier(self.signers["program"].public_bytes),
            overlay_verifier=Verifier(self.signers["overlay"].public_bytes),
            permit_verifier=Verifier(self.signers["permits"].public_bytes),
            issuer_verifier=Verifier(self.signers["issuers"].public_bytes),
            digests=lambda: DIGESTER,
            secret=SECRET,
            keys=KeysInForce(self.home / "keys", self.said.append),
            lease_ns=lease_ns,
            said=self.said.append,
        )

    def publish(self, generation: int | None = None) -> None:
        """Compile the policies as they are and publish them."""
        loaded = load_policy(self.home / "policies")
        programs = {
            name: compile_system(loaded.policy, each, loaded.jwks) for name, each in loaded.policy.systems.items()
        }
        make_rings(self.home / "keys", programs)
        generation = self.board.programs + 1 if generation is None else generation
        publish_programs(self.published, programs, generation, self.signers["program"])
        self.board.programs = max(generation, self.board.programs)

    def tighten(self, generation: int, *entries: OverlayEntry) -> None:
        """Publish an overlay."""
        publish_overlay(self.published, Overlay(generation=generation, entries=entries), self.signers["overlay"])
        self.board.overlay = max(generation, self.board.overlay)

    def serve(self) -> None:
        """Publish, give a sign of life, and take the lease."""
        self.publish()
        self.board.beat()
        assert self.current.renew()

    def events(self) -> list[dict[str, Any]]:
        """What is in the log."""
        path = segment_path(self.log.folder, 1)
        return (
            [dict(line.document) for line in read_segment(path, chain=seed_of(self.log.start))] if path.exists() else []
        )

    def close(self) -> None:
        self.log.close()
        self.board.close()


@contextlib.contextmanager
def parts_in(home: Path) -> Iterator[Parts]:
    """The parts of a worker whose files lie in *home*."""
    made = Parts(home)
    try:
        yield made
    finally:
        made.close()


def flow_of(method: str = "GET", target: str = "/people", *, body: bytes = b"", **headers: str) -> http.HTTPFlow:
    """What the core makes of a request; an underscore in the name of a header stands for a dash."""
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    request = http.Request(
        host="",
        port=0,
        method=method.encode(),
        scheme=b"http",
        authority=b"",
        path=target.encode(),
        http_version=b"HTTP/1.1",
        headers=http.Headers([(b"host", b"people.localhost"), *named]),
        content=body,
        trailers=None,
        timestamp_start=0.0,
        timestamp_end=0.0,
    )
    flow = tflow.tflow(req=request)
    flow.live = True
    return flow


def answer_of(
    body: bytes = b"", status: int = 200, content_type: str = "application/json", **headers: str
) -> http.Response:
    """What the core makes of an answer of the system behind."""
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    fields = http.Headers([(b"content-type", content_type.encode()), *named])
    return http.Response(b"HTTP/1.1", status, b"", fields, body, None, 0.0, 0.0)


def admitted(parts: Parts, flow: http.HTTPFlow) -> Any:
    """The exchange of *flow*, once the gate has let its request pass."""
    parts.serve()
    parts.gate.begin(flow)
    exchange = exchange_of(flow)
    assert exchange is not None
    parts.gate.admit(flow, exchange)
    assert flow.response is None, exchange
    return exchange


def headers_in(fields: Any) -> dict[str, str]:
    """Each of *fields*, by its name in small letters."""
    return {name.decode().lower(): value.decode() for name, value in fields}
