"""A small authority for the certificates of callers, where an office has none of its own.

tls/authorities/<name>/ca.pem     whom workers trust
tls/authorities/<name>/crl.pem    what it has revoked; workers let nobody in once it has ended
tls/authorities/<name>/ca.key     its private key; without it nothing is issued, revoked or renewed here
tls/authorities/<name>/issued/    each certificate that it has issued, by serial number; no keys
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from deploy.certificate import CertificateFiles, issue_certificate, issue_list, make_ca
from deploy.private_file import write_private
from policies.parse.certificates import CERTIFICATE_NAME
from policies.parse.section import NAME
from proxy.identity.client_certificates import names_in

LIST_LASTS = timedelta(days=30)
LIST_EVERY = timedelta(days=1)
"""So often a list is issued anew by a running installation."""
_SERIAL = re.compile(r"[0-9a-f]{1,40}")


class NotIssued(Exception):
    """It cannot be done. The message says why."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued."""

    certificate: x509.Certificate
    revoked_at: datetime | None

    @property
    def serial(self) -> str:
        """Its number, in hex."""
        return f"{self.certificate.serial_number:x}"

    @property
    def names(self) -> list[str]:
        """The names in it, as `callers.yaml` writes them."""
        return sorted(names_in(self.certificate))


@dataclass(frozen=True, slots=True)
class New:
    """A certificate that is issued, with its key, which is kept nowhere."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def serial(self) -> str:
        """Its number, in hex."""
        return f"{self.certificate.serial_number:x}"

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key, without a password."""
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(encoding, form, serialization.NoEncryption())

    def pkcs12(self, password: str) -> bytes:
        """Both in one file, as browsers and Windows take them, locked by *password*."""
        locked = serialization.BestAvailableEncryption(password.encode())
        name = self.certificate.subject.rfc4514_string().encode()
        return pkcs12.serialize_key_and_certificates(name, self.key, self.certificate, None, locked)


class OwnAuthority:
    """The authority *name* below *root*, at the time *now*. Methods raise NotIssued or OSError."""

    def __init__(self, root: Path, name: str, now: datetime) -> None:
        if not NAME.fullmatch(name):
            raise NotIssued(f"`{name}` 不能作机构的名称 / is no name of an authority: use a-z, 0-9, - and _")
        self.folder = root / name
        self._files = CertificateFiles(certificate=self.folder / "ca.pem", key=self.folder / "ca.key")
        self._list = self.folder / "crl.pem"
        self._now = now

    @property
    def has_key(self) -> bool:
        """Whether it can issue anything."""
        return self._files.key.exists()

    def make(self) -> None:
        """Make it, with a key and an empty list."""
        if self._files.certificate.exists():
            raise NotIssued(f"`{self.folder}` 中已有机构 / there is an authority already")
        make_ca(self.folder, now=self._now)
        (self.folder / "issued").mkdir(exist_ok=True, mode=0o700)
        self._issue_list({}, 1)

    def issue(self, name: str, lasts: timedelta) -> New:
        """A certificate for a caller who is called *name*."""
        self._need_key()
        if not CERTIFICATE_NAME.fullmatch(name):
            raise NotIssued(
                f"`{name}` 应形如 uri:urn:example:window-7 或 dns:window-7.example / is no name such as these"
            )
        kind, _, value = name.partition(":")
        general: x509.GeneralName = x509.UniformResourceIdentifier(value) if kind == "uri" else x509.DNSName(value)
        made = New(*issue_certificate(self._files, general, now=self._now, lasts=lasts))
        kept = self.folder / "issued" / f"{made.serial}.pem"
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        write_private(kept, made.pem)
        return made

    def issued(self) -> list[Issued]:
        """All that it has issued, the newest last."""
        revoked, _ = self._revoked()
        paths = (self.folder / "issued").glob("*.pem")
        found = [x509.load_pem_x509_certificate(path.read_bytes()) for path in paths]
        found.sort(key=lambda certificate: certificate.not_valid_before_utc)
        return [Issued(each, revoked.get(each.serial_number)) for each in found]

    def revoke(self, which: str) -> list[Issued]:
        """Revoke the certificate with the serial number *which*, or all with that name. Returns those of now."""
        self._need_key()
        fitting = [each for each in self.issued() if which in (each.serial, *each.names)]
        if not fitting and _SERIAL.fullmatch(which) is None:
            raise NotIssued(f"没有颁发过 `{which}` / no certificate was issued with that name or number")
        revoked, number = self._revoked()
        serials = [each.certificate.serial_number for each in fitting] or [int(which, 16)]
        self._issue_list({**dict.fromkeys(serials, self._now), **revoked}, number + 1)
        return [each for each in fitting if each.revoked_at is None]

    def renew_list(self) -> bool:
        """Issue the list anew where it is a day old. Returns whether that was done."""
        if not self.has_key or self._now - self._list_since() < LIST_EVERY:
            return False
        revoked, number = self._revoked()
        self._issue_list(revoked, number + 1)
        return True

    def _list_since(self) -> datetime:
        return x509.load_pem_x509_crl(self._list.read_bytes()).last_update_utc

    def _revoked(self) -> tuple[dict[int, datetime], int]:
        """What the list names, and its number. Without a list, what was revoked cannot be known."""
        try:
            found = x509.load_pem_x509_crl(self._list.read_bytes())
            number = found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
            raise NotIssued(
                f"`{self._list}` 丢失或损坏，请从备份恢复 / is lost or torn: restore it, what was revoked stands there"
            ) from None
        return {each.serial_number: each.revocation_date_utc for each in found}, number

    def _issue_list(self, revoked: dict[int, datetime], number: int) -> None:
        data = issue_list(self._files, revoked, number=number, now=self._now, lasts=LIST_LASTS)
        write_private(self._list, data)

    def _need_key(self) -> None:
        if not self.has_key:
            raise NotIssued(f"`{self._files.key}` 不在这里 / is not here: nothing can be issued or revoked without it")


def authorities_in(root: Path, now: datetime) -> Iterator[OwnAuthority]:
    """Every authority below *root* that has its key here."""
    for path in sorted(root.glob("*/ca.key")):
        if NAME.fullmatch(path.parent.name):
            yield OwnAuthority(root, path.parent.name, now)
