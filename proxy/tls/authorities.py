"""The authorities that an installation names, with their revocation lists; a file that changes is read again.

    <name>/ca.pem    whom is trusted: certificates in PEM, down to one that has issued itself
    <name>/crl.pem   what they have revoked: lists in PEM, one for each authority of a chain

INVARIANT: an authority whose files cannot be used as they are now vouches for nobody, however good they were before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from cryptography import x509
from OpenSSL import SSL, crypto

from proxy.stamp import Stamp, stamp_of

CA, CRL = "ca.pem", "crl.pem"
_ENDS_A_LIST = b"-----END X509 CRL-----"


@dataclass(frozen=True, slots=True, eq=False)
class Authority:
    """One authority, as its files are now."""

    path: Path
    """Of its certificates."""
    certificates: Sequence[x509.Certificate]
    lists: Sequence[x509.CertificateRevocationList]
    generation: int
    """Another one than before whenever it has been read again."""

    @property
    def lists_end(self) -> datetime | None:
        """When the first of its lists ends; None where there is none."""
        return min((_end_of(each) for each in self.lists), default=None)

    def fill(self, store: crypto.X509Store) -> crypto.X509Store:
        """*store*, trusting these certificates and nobody whom a list names. Returns it."""
        for certificate in self.certificates:
            store.add_cert(crypto.X509.from_cryptography(certificate))
        if self.lists:
            for each in self.lists:
                store.add_crl(each)
            store.set_flags(crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL)
        return store

    def vouches_for(self, certificate: crypto.X509, chain: Sequence[crypto.X509]) -> bool:
        """Whether *certificate*, shown together with *chain*, is good at this moment."""
        store = self.fill(crypto.X509Store())
        try:
            crypto.X509StoreContext(store, certificate, chain).verify_certificate()
        except crypto.X509StoreContextError:
            return False
        return True


class Authorities:
    """Those in the subfolders of *folder*; none where that is None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, tuple[Stamp, Authority | None]] = {}
        self._generations = count(1)

    def of(self, name: str) -> Authority | None:
        """The authority called *name*; None where there is none whose files can be used."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._look(name)
        return known[1]

    def renew(self) -> bool:
        """Read again what has changed since it was read. Returns whether anything has."""
        folder = self._folder
        changed = [
            name
            for name, (stamp, _) in self._known.items()
            if folder is not None and stamp_of(*_files(folder / name)) != stamp
        ]
        self._known.update((name, self._look(name)) for name in changed)
        return bool(changed)

    def _look(self, name: str) -> tuple[Stamp, Authority | None]:
        if self._folder is None:
            return (), None
        stamp = stamp_of(*_files(self._folder / name))
        try:
            return stamp, read_authority(self._folder / name, next(self._generations))
        except (OSError, ValueError):
            return stamp, None


def read_authority(folder: Path, generation: int = 0) -> Authority:
    """The authority whose files lie in *folder*. Raises OSError or ValueError where they cannot be used."""
    ca, crl = _files(folder)
    certificates = x509.load_pem_x509_certificates(ca.read_bytes())
    lists = _lists_in(crl.read_bytes()) if crl.exists() else []
    return Authority(path=ca, certificates=certificates, lists=lists, generation=generation)


def _lists_in(data: bytes) -> list[x509.CertificateRevocationList]:
    pieces = data.split(_ENDS_A_LIST)
    if len(pieces) < 2 or pieces[-1].strip():  # the file has been cut, or holds something else
        raise ValueError("there is no revocation list in PEM")
    return [x509.load_pem_x509_crl(piece + _ENDS_A_LIST) for piece in pieces[:-1]]


def _end_of(revoked: x509.CertificateRevocationList) -> datetime:
    """When *revoked* ends: at once where it does not say, for then nobody knows what was revoked since."""
    return revoked.next_update_utc or revoked.last_update_utc


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / CA, folder / CRL


def store_of(context: SSL.Context) -> crypto.X509Store:
    """Whom *context* trusts."""
    store = context.get_cert_store()
    assert store is not None  # it is made together with the context
    return store
