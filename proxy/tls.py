"""TLS towards callers and towards systems behind, with contexts that are made once.

Towards callers: TLS 1.2 and 1.3, forward secrecy, HTTP/2 and HTTP/1.1. Towards systems behind: the certificate must be
for the host that is declared, from an authority the machine trusts or one that is named; HTTP/1.1 only.
"""

import ipaddress
from pathlib import Path
from typing import Any

from mitmproxy.connection import Server
from mitmproxy.tls import ClientHelloData, TlsData
from OpenSSL import SSL

CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"
ALPN = (b"h2", b"http/1.1")


class Tls:
    """Supplies connections with their side of TLS. *certificate* and *key* are PEM files."""

    def __init__(self, certificate: Path | None, key: Path | None, *, upstream_ca: Path | None = None) -> None:
        self._files = (certificate, key) if certificate and key else None
        self._written_ns = 0
        self._towards_callers: SSL.Context | None = None
        if self._files is not None:
            self._written_ns = self._files[0].stat().st_mtime_ns
            self._towards_callers = _server_context(*self._files)
        self._towards_systems = _client_context(upstream_ca)

    def renew(self) -> None:
        """Use the certificate as it is now for connections to come: it may have been renewed, or got more names."""
        if self._files is None:
            return
        try:
            written_ns = self._files[0].stat().st_mtime_ns
            if written_ns != self._written_ns:
                self._towards_callers = _server_context(*self._files)
                self._written_ns = written_ns
        except (OSError, SSL.Error):
            return  # not whole yet, or gone: the one in use is good until it ends

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Callers are greeted before any system behind is."""
        data.establish_server_tls_first = False

    def tls_start_client(self, data: TlsData) -> None:
        """A caller begins TLS. Without a certificate there is none, and the connection ends."""
        if self._towards_callers is not None:
            connection = SSL.Connection(self._towards_callers)
            connection.set_accept_state()
            data.ssl_conn = connection

    def tls_start_server(self, data: TlsData) -> None:
        """TLS with a system behind begins."""
        assert isinstance(data.conn, Server)
        assert data.conn.address is not None
        connection = SSL.Connection(self._towards_systems)
        connection.set_verify(SSL.VERIFY_PEER, _verdict_of_openssl)
        _expect(connection, data.conn.address[0])
        connection.set_connect_state()
        data.ssl_conn = connection


def _server_context(certificate: Path, key: Path) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.use_certificate_chain_file(str(certificate))
    context.use_privatekey_file(str(key))
    context.check_privatekey()
    context.set_alpn_select_callback(_select)
    return context


def _client_context(ca: Path | None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    context.set_alpn_protos([b"http/1.1"])
    if ca is not None:
        context.load_verify_locations(str(ca))
    else:
        context.set_default_verify_paths()
    return context


def _expect(connection: SSL.Connection, host: str) -> None:
    """Let *connection* come about only with a certificate for *host*, a name or an address.

    pyOpenSSL has no method for that yet, so this asks OpenSSL itself, as mitmproxy does. Source: RFC 9525, 6.3: the
    subject's common name says nothing; RFC 6066, 3: an address is no server name.
    """
    library: Any = SSL._lib  # type: ignore[attr-defined]
    parameters = library.SSL_get0_param(connection._ssl)
    flags = library.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | library.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
    library.X509_VERIFY_PARAM_set_hostflags(parameters, flags)
    try:
        address = ipaddress.ip_address(host).packed
    except ValueError:
        name = host.encode("idna")
        connection.set_tlsext_host_name(name)
        done = library.X509_VERIFY_PARAM_set1_host(parameters, name, len(name))
    else:
        done = library.X509_VERIFY_PARAM_set1_ip(parameters, address, len(address))
    if done != 1:
        raise ValueError("the host of a system behind cannot be checked")


def _select(connection: SSL.Connection, offered: list[bytes]) -> Any:
    return next((protocol for protocol in ALPN if protocol in offered), SSL.NO_OVERLAPPING_PROTOCOLS)


def _verdict_of_openssl(connection: SSL.Connection, certificate: object, error: int, depth: int, good: int) -> bool:
    return bool(good)
