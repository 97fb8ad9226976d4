"""The gateway's own certificates: which one is shown to whom, and what is stapled to it.

    <name>.pem    the certificate, with its chain
    <name>.key    its private key, without a password
    <name>.ocsp   the answer of the authority's OCSP responder, DER, where somebody puts it there

A file that changes is read again. A pair that does not fit together, as while it is being replaced, leaves the one
before it in use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from OpenSSL import SSL

from proxy.stamp import Stamp, stamp_of


@dataclass(frozen=True, slots=True, eq=False)
class Certified:
    """A certificate with its key."""

    chain: tuple[x509.Certificate, ...]
    """The certificate itself first."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    staple: ocsp.OCSPResponse | None = None

    @property
    def ends(self) -> datetime:
        """When it ends."""
        return self.chain[0].not_valid_after_utc

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that it is for, in lower case; `*.` may stand in front."""
        try:
            named = self.chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return frozenset()
        return frozenset(name.lower() for name in named.get_values_for_type(x509.DNSName))

    def stapled(self, now: datetime) -> bytes:
        """The OCSP answer to staple at *now*; empty where there is none that is current and about this certificate."""
        staple = self.staple
        if staple is None or staple.serial_number != self.chain[0].serial_number or staple.next_update_utc is None:
            return b""
        return staple.public_bytes(serialization.Encoding.DER) if now < staple.next_update_utc else b""

    def put_into(self, context: SSL.Context) -> None:
        """Let *context* show it."""
        context.use_certificate(self.chain[0])
        for certificate in self.chain[1:]:
            context.add_extra_chain_cert(certificate)
        context.use_privatekey(self.key)


def read_certified(certificate: Path, key: Path) -> Certified:
    """The certificate and the key in these files. Raises OSError or ValueError where they do not fit together."""
    chain = tuple(x509.load_pem_x509_certificates(certificate.read_bytes()))
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except TypeError:
        raise ValueError(f"`{key.name}` is locked by a password") from None
    if private.public_key() != chain[0].public_key():
        raise ValueError(f"`{key.name}` is not the key of `{certificate.name}`")
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError(f"`{key.name}` is of no kind that TLS signs with")
    return Certified(chain, private, _read_staple(certificate.with_suffix(".ocsp")))


def _read_staple(path: Path) -> ocsp.OCSPResponse | None:
    try:
        answer = ocsp.load_der_ocsp_response(path.read_bytes())
    except (OSError, ValueError):
        return None
    return answer if answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL else None


class Pair:
    """A certificate and its key as files: the last that fitted together are in use."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._stamp: Stamp = ()
        self.certified: Certified | None = None

    def renew(self) -> bool:
        """Read the files again where they have changed. Returns whether there is another certificate now."""
        stamp = stamp_of(*self._files, self._files[0].with_suffix(".ocsp"))
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.certified = read_certified(*self._files)
        except (OSError, ValueError):
            return False
        return True


class ServerCertificates:
    """The certificate in *default*, and those in *folder* for the hosts that they are for."""

    def __init__(self, default: Pair, folder: Path | None, *, refuses_others: bool = False) -> None:
        self._default = default
        self._folder = folder
        self._refuses_others = refuses_others
        """Whether who asks for a host that no certificate is for is turned away."""
        self._pairs: dict[str, Pair] = {}
        self._by_host: dict[str, Certified] = {}
        self.renew()

    def of(self, host: str) -> Certified | None:
        """What is shown to who asks for *host*, perhaps for none; None where he is turned away."""
        _, dot, parent = host.partition(".")
        found = self._by_host.get(host) or (self._by_host.get(f"*.{parent}") if dot else None)
        default = self._default.certified
        if found is not None or default is None or not self._refuses_others:
            return found or default
        return default if {host, f"*.{parent}"} & default.hosts else None

    def renew(self) -> bool:
        """Use the files as they are now. Returns whether anything has changed."""
        names = {path.stem for path in self._folder.glob("*.pem")} if self._folder is not None else set()
        changed = self._default.renew() | bool(self._pairs.keys() - names)
        for name in names - self._pairs.keys():
            assert self._folder is not None
            self._pairs[name] = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        for name in self._pairs.keys() - names:
            del self._pairs[name]
        for pair in self._pairs.values():
            changed |= pair.renew()
        if changed:
            # Of two for one host, the one that lasts longer: it is the newer.
            self._by_host = dict(sorted(self._named(), key=lambda named: named[1].ends))
        return changed

    def _named(self) -> Iterator[tuple[str, Certified]]:
        for pair in self._pairs.values():
            if pair.certified is not None:
                yield from ((host, pair.certified) for host in pair.certified.hosts)
