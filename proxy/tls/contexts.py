"""TLS towards callers and towards systems behind, with contexts that are made once.

Towards callers: TLS 1.2 and 1.3, forward secrecy, HTTP/2 and HTTP/1.1; a certificate for the host that is asked for,
and one of the caller's own where the system of that host takes them. Towards systems behind: see `upstream.py`.
"""

import time
from collections.abc import Callable
from typing import Any

from mitmproxy.connection import Client, Server
from mitmproxy.tls import ClientHelloData, TlsData
from OpenSSL import SSL

from policies.program import UpstreamTlsRule
from policies.program_callers import CertificatesRule
from proxy.identity.client_certificates import Handshakes
from proxy.ledger import Clock
from proxy.tls.authorities import Authorities, Authority, store_of
from proxy.tls.server_certificates import Certified, ServerCertificates
from proxy.tls.upstream import CIPHERS, UpstreamTls, verdict_of_openssl

ALPN = (b"h2", b"http/1.1")
TICKETS_LAST_S = 12 * 3600.0
"""So long one key protects the tickets by which connections are resumed: a context has its own."""


class Tls:
    """Supplies connections with their side of TLS. Without *certificates* there is none towards callers.

    *asked_by* says which certificates of callers the system of a host takes, *told_by* how the system at an address is
    asked. *refused* is told of callers whose certificate was not good.
    """

    def __init__(
        self,
        certificates: ServerCertificates | None,
        authorities: Authorities,
        handshakes: Handshakes,
        upstream: UpstreamTls,
        *,
        asked_by: Callable[[str], CertificatesRule | None],
        told_by: Callable[[tuple[str, int]], UpstreamTlsRule | None],
        refused: Callable[[Client], object],
        now: Clock,
    ) -> None:
        self._certificates = certificates
        self._authorities = authorities
        self._handshakes = handshakes
        self._upstream = upstream
        self._asked_by = asked_by
        self._told_by = told_by
        self._refused = refused
        self._now = now
        self._contexts: dict[tuple[Certified, int, bool], SSL.Context] = {}
        self._contexts_end_s = time.monotonic() + TICKETS_LAST_S

    def renew(self) -> None:
        """Use the files as they are now for connections to come: certificates are renewed, and lists are issued."""
        changed = self._authorities.renew()
        self._upstream.renew(forget=changed)
        changed |= self._certificates is not None and self._certificates.renew()
        if changed or time.monotonic() > self._contexts_end_s:
            self._contexts.clear()
            self._contexts_end_s = time.monotonic() + TICKETS_LAST_S

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Callers are greeted before any system behind is."""
        data.establish_server_tls_first = False

    def tls_start_client(self, data: TlsData) -> None:
        """A caller begins TLS. Where nothing can be shown to him, the connection ends."""
        client = data.context.client
        host = (client.sni or "").lower().removesuffix(".")
        certified = self._certificates.of(host) if self._certificates is not None else None
        if certified is None:
            return
        rule = self._asked_by(host)
        authority = self._authorities.of(rule.authority) if rule is not None else None
        if authority is not None and authority.lists_end is None:
            authority = None  # what was revoked cannot be known: nobody is asked for what cannot be judged
        is_required = rule is not None and rule.required
        if authority is None and is_required:
            return
        if rule is not None:
            self._handshakes.begin(client, rule)
        connection = SSL.Connection(self._context(certified, authority, is_required=is_required))
        connection.set_accept_state()
        data.ssl_conn = connection

    def tls_established_client(self, data: TlsData) -> None:
        """A caller has been greeted."""
        if data.ssl_conn is not None and self._handshakes.asked(data.context.client):
            self._handshakes.established(data.context.client, data.ssl_conn)

    def tls_failed_client(self, data: TlsData) -> None:
        """A caller has not been greeted: perhaps his certificate is not good, or he has none."""
        if data.ssl_conn is not None and self._handshakes.asked(data.context.client):
            self._refused(data.context.client)

    def tls_start_server(self, data: TlsData) -> None:
        """TLS with a system behind begins. Where it cannot be made as declared, the connection ends."""
        assert isinstance(data.conn, Server)
        assert data.conn.address is not None
        rule = self._told_by(data.conn.address)
        if rule is not None:
            data.ssl_conn = self._upstream.connection(rule, data.conn.address[0])

    def _context(self, certified: Certified, authority: Authority | None, *, is_required: bool) -> SSL.Context:
        key = (certified, authority.generation if authority is not None else 0, is_required)
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = server_context(certified, self._now)
            if authority is not None:
                _ask_for_certificates(context, authority, is_required=is_required)
        return context


def server_context(certified: Certified, now: Clock) -> SSL.Context:
    """A context that shows *certified* to whoever comes, with what is stapled to it *now*."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_COMPRESSION)
    certified.put_into(context)
    context.set_alpn_select_callback(_select)
    context.set_ocsp_server_callback(lambda connection, data: certified.stapled(now()))
    return context


def _ask_for_certificates(context: SSL.Context, authority: Authority, *, is_required: bool) -> None:
    """Let *context* come about only with a certificate that *authority* vouches for, or, where none is required, with
    none. A bad one is never taken for none.
    """
    authority.fill(store_of(context))
    context.load_client_ca(str(authority.path).encode())
    needed = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if is_required else 0
    context.set_verify(SSL.VERIFY_PEER | needed, verdict_of_openssl)
    # Whoever resumes a connection shows nothing: it would carry a certificate past the day that it is revoked.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)


def _select(connection: SSL.Connection, offered: list[bytes]) -> Any:
    return next((protocol for protocol in ALPN if protocol in offered), SSL.NO_OVERLAPPING_PROTOCOLS)
