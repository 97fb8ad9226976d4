"""Certificates for the TLS of one installation, from an authority of its own that is made at first start.

Keys are files of mode 0600 on the curve P-256. Nothing here asks an outside authority.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.private_file import write_private

AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=398)
"""The longest that browsers accept. Source: CA/Browser Forum Baseline Requirements 1.7.1, 6.3.2."""
RENEW_BEFORE = timedelta(days=30)

_BEFORE = timedelta(hours=1)
"""Certificates hold from a little earlier on, for clients whose clock is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """A certificate and its private key, both PEM."""

    certificate: Path
    key: Path


def make_ca(folder: Path, *, now: datetime) -> CertificateFiles:
    """The authority of *folder* (`ca.pem`, `ca.key`), made if there is none. Raises ValueError where it has expired."""
    files = CertificateFiles(certificate=folder / "ca.pem", key=folder / "ca.key")
    if files.certificate.exists() and files.key.exists():
        if _read_certificate(files.certificate).not_valid_after_utc <= now:
            raise ValueError(f"the authority `{files.certificate}` has expired: remove the file to have a new one made")
        return files
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Yingbi authority {now:%Y-%m-%d}")])
    certificate = (
        _builder(name, name, key.public_key(), key.public_key(), now, now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(files, certificate, key)
    return files


def make_certificate(
    folder: Path,
    authority: CertificateFiles,
    *,
    names: Sequence[str],
    ips: Sequence[str] = (),
    now: datetime,
    stem: str = "server",
    asks_too: bool = False,
) -> CertificateFiles:
    """A server's certificate for *names* and *ips* (`<stem>.pem`, `<stem>.key` in *folder*).

    With *asks_too* who has it may show it as a client as well, as members of a cluster do to each other. One that is
    there already is kept while it fits: the same authority, names, addresses and uses, the right key, and more than
    `RENEW_BEFORE` to go. Names may begin with `*.`. Raises ValueError for an address that is none.
    """
    usage = [ExtendedKeyUsageOID.SERVER_AUTH, *([ExtendedKeyUsageOID.CLIENT_AUTH] if asks_too else [])]
    files = CertificateFiles(certificate=folder / f"{stem}.pem", key=folder / f"{stem}.key")
    wanted: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    wanted += [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips]
    issuer = _read_certificate(authority.certificate)
    if _fits(files, issuer, wanted, usage, now):
        return files
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    issuer_key = _read_key(authority.key)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (*names, *ips)[0][:64])])
    end = min(now + CERTIFICATE_LASTS, issuer.not_valid_after_utc)
    builder = _builder(subject, issuer.subject, key.public_key(), issuer_key.public_key(), now, end)
    certificate = _for(builder, usage, wanted).sign(issuer_key, hashes.SHA256())
    _write(files, certificate, key)
    return files


def issue_certificate(
    authority: CertificateFiles, name: x509.GeneralName, *, now: datetime, lasts: timedelta
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A client's certificate that names it *name*, and its key; nothing is written. Raises OSError or ValueError."""
    issuer, issuer_key = _read_certificate(authority.certificate), _read_key(authority.key)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(name.value)[-64:])])
    end = min(now + lasts, issuer.not_valid_after_utc)
    builder = _builder(subject, issuer.subject, key.public_key(), issuer_key.public_key(), now, end)
    return _for(builder, [ExtendedKeyUsageOID.CLIENT_AUTH], [name]).sign(issuer_key, hashes.SHA256()), key


def issue_list(
    authority: CertificateFiles, revoked: Mapping[int, datetime], *, number: int, now: datetime, lasts: timedelta
) -> bytes:
    """The list of what *authority* has *revoked*, by serial number and since when. Raises OSError or ValueError."""
    issuer, issuer_key = _read_certificate(authority.certificate), _read_key(authority.key)
    builder = (
        x509.CertificateRevocationListBuilder(
            issuer_name=issuer.subject, last_update=now - _BEFORE, next_update=now + lasts
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for serial, since in revoked.items():
        entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=since).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _for(
    builder: x509.CertificateBuilder, usage: list[x509.ObjectIdentifier], names: list[x509.GeneralName]
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )


def _fits(
    files: CertificateFiles,
    issuer: x509.Certificate,
    wanted: list[x509.GeneralName],
    usage: list[x509.ObjectIdentifier],
    now: datetime,
) -> bool:
    try:
        certificate, key = _read_certificate(files.certificate), _read_key(files.key)
        certificate.verify_directly_issued_by(issuer)
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        used = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return (
        certificate.public_key() == key.public_key()
        and list(named) == wanted
        and list(used) == usage
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(files: CertificateFiles, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    write_private(files.key, key.private_bytes(encoding, form, serialization.NoEncryption()))
    write_private(files.certificate, certificate.public_bytes(encoding))
    files.certificate.chmod(0o644)


def _read_certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"`{path.name}` holds no key on an elliptic curve")
    return key
