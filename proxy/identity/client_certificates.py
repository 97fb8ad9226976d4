"""Certificates of callers as credentials: verified when the connection begins, judged again for every request.

A connection is made under what one system asks for. INVARIANT: it serves no system that asks for something else, for
there the caller would have had to show another certificate, or one at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from mitmproxy.connection import Client
from OpenSSL import SSL, crypto

from policies.program import Program
from policies.program_callers import CertificatesRule
from proxy.identity.api_keys import caller_of
from proxy.identity.caller import BadCredential, Caller
from proxy.tls.authorities import Authorities


class CertificateRefused(BadCredential):
    """The certificate has ended, was revoked, or nobody here is known by it."""

    reason = "certificate_refused"


class Misdirected(BadCredential):
    """The connection was made for another system, which asks for other certificates or for none."""

    reason = "misdirected"


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that counts at this moment, by the names in it."""

    names: frozenset[str]
    """`uri:` or `dns:` before each."""


@dataclass(slots=True)
class _Handshake:
    """What was asked for when a connection began, and what was shown then."""

    rule: CertificatesRule
    leaf: crypto.X509 | None = None
    chain: Sequence[crypto.X509] = ()
    names: frozenset[str] = frozenset()
    ends: datetime | None = None
    judged: int = 0
    """The generation of the authority that has vouched for it last."""


class Handshakes:
    """Those of all connections of a worker that were asked for a certificate."""

    def __init__(self, authorities: Authorities) -> None:
        self._authorities = authorities
        self._made: WeakKeyDictionary[Client, _Handshake] = WeakKeyDictionary()

    def asked(self, client: Client) -> bool:
        """Whether *client* was asked for a certificate."""
        return client in self._made

    def begin(self, client: Client, rule: CertificatesRule) -> None:
        """*client* is about to be asked for a certificate as *rule* says."""
        self._made[client] = _Handshake(rule)

    def established(self, client: Client, connection: SSL.Connection) -> None:
        """The handshake with *client* is over: OpenSSL has verified what was shown, if anything was."""
        made, leaf = self._made.get(client), connection.get_peer_certificate()
        if made is None or leaf is None:
            return
        certificate = leaf.to_cryptography()
        made.leaf, made.chain = leaf, connection.get_peer_cert_chain() or ()
        made.names, made.ends = names_in(certificate), certificate.not_valid_after_utc

    def shown(self, client: Client, rule: CertificatesRule | None, now: datetime) -> Shown | None:
        """What *client* shows to a system that asks as *rule* says; None for nothing. Raises BadCredential."""
        if rule is None:
            return None
        made = self._made.get(client)
        if made is None or made.rule != rule or (made.leaf is None and rule.required):
            raise Misdirected
        if made.leaf is None or made.ends is None:
            return None
        authority = self._authorities.of(rule.authority)
        if authority is None or authority.lists_end is None or now >= min(authority.lists_end, made.ends):
            raise CertificateRefused
        if made.judged != authority.generation:
            if not authority.vouches_for(made.leaf, made.chain):
                raise CertificateRefused
            made.judged = authority.generation
        return Shown(made.names)


def names_in(certificate: x509.Certificate) -> frozenset[str]:
    """The names that *certificate* is for, where it is one of a client; else none."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return frozenset()
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        return frozenset()
    uris = named.get_values_for_type(x509.UniformResourceIdentifier)
    hosts = named.get_values_for_type(x509.DNSName)
    return frozenset([*(f"uri:{uri}" for uri in uris), *(f"dns:{host.lower()}" for host in hosts)])


class ClientCertificates:
    """The callers of one system who are known by certificates."""

    def __init__(self, program: Program) -> None:
        self._keys = {rule.certificate: (rule.until, caller_of(rule)) for rule in program.keys if rule.certificate}

    def caller(self, shown: Shown, now: float) -> Caller:
        """Whose certificate was *shown*, at the POSIX time *now*. Raises CertificateRefused."""
        found = [self._keys[name] for name in shown.names & self._keys.keys()]
        if len(found) != 1 or now >= found[0][0]:  # one that names two callers could be either
            raise CertificateRefused
        return found[0][1]
