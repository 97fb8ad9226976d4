"""TLS towards systems behind: whom to trust, which certificate to show, what to speak, as each system declares."""

import ipaddress
from pathlib import Path
from typing import Any

from OpenSSL import SSL

from policies.program import UpstreamTlsRule
from proxy.stamp import Stamp, stamp_of
from proxy.tls.authorities import Authorities, store_of
from proxy.tls.server_certificates import Pair

CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"


class UpstreamTls:
    """Makes the connections' side of TLS.

    *ca* is whom a system is certified by that names no authority; None: those that the machine trusts. In *clients* lie
    the gateway's own certificates, each with its key.
    """

    def __init__(self, ca: Path | None, authorities: Authorities, clients: Path | None) -> None:
        self._ca = ca
        self._authorities = authorities
        self._clients = clients
        self._pairs: dict[str, Pair] = {}
        self._stamp: Stamp = self._stamp_now()
        self._contexts: dict[tuple[object, ...], SSL.Context] = {}
        self.generation = 0
        """Grows when files have changed: a connection of before was made by what counts no more."""

    def renew(self, *, forget: bool = False) -> None:
        """Use the files as they are now for connections to come; *forget*: those of authorities have changed."""
        stamp, renewed = self._stamp_now(), [pair.renew() for pair in self._pairs.values()]
        if forget or stamp != self._stamp or any(renewed):
            self._contexts.clear()
            self.generation += 1
        self._stamp = stamp

    def connection(self, rule: UpstreamTlsRule, host: str) -> SSL.Connection | None:
        """One towards *host*, made as *rule* says; None where a file that it names cannot be used."""
        context = self._context(rule)
        if context is None:
            return None
        connection = SSL.Connection(context)
        connection.set_verify(SSL.VERIFY_PEER, verdict_of_openssl)
        _expect(connection, rule.server_name or host)
        connection.set_connect_state()
        return connection

    def _context(self, rule: UpstreamTlsRule) -> SSL.Context | None:
        authority = self._authorities.of(rule.authority) if rule.authority else None
        if rule.authority and authority is None:
            return None
        key = (rule.authority, authority.generation if authority else 0, rule.certificate, rule.http2)
        context = self._contexts.get(key)
        if context is None:
            context = client_context(http2=rule.http2)
            if authority is not None:
                authority.fill(store_of(context))
            elif self._ca is not None:
                try:
                    context.load_verify_locations(str(self._ca))
                except SSL.Error:
                    return None
            else:
                context.set_default_verify_paths()
            if rule.certificate and not self._show(rule.certificate, context):
                return None
            self._contexts[key] = context
        return context

    def _show(self, name: str, context: SSL.Context) -> bool:
        """Let *context* show the certificate called *name*. Returns whether there is one."""
        if self._clients is None:
            return False
        if name not in self._pairs:
            self._pairs[name] = Pair(self._clients / f"{name}.pem", self._clients / f"{name}.key")
            self._pairs[name].renew()
        certified = self._pairs[name].certified
        if certified is not None:
            certified.put_into(context)
        return certified is not None

    def _stamp_now(self) -> Stamp:
        return stamp_of(self._ca) if self._ca is not None else ()


def client_context(*, http2: bool) -> SSL.Context:
    """A context that trusts nobody yet."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    context.set_alpn_protos([b"h2", b"http/1.1"] if http2 else [b"http/1.1"])
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


def verdict_of_openssl(connection: SSL.Connection, certificate: object, error: int, depth: int, good: int) -> bool:
    """What OpenSSL itself has found."""
    return bool(good)
