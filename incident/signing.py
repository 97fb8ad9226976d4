"""Signatures of playbooks: who stands for the text as it is.

Source: CACAO 2.0, 10.13 (signature) and its schema: `value` is the base64url of sign(algorithm, key, hash(JCS(playbook
with this one signature, but without its `value`))). JCS is RFC 8785; the algorithms are those of RFC 7518, 3.4 and RFC
8037, 3.1: a signature by ES256 is the 64 octets of r and s. Each signature stands for itself, so that others can be
added or taken away. A key is never fetched from anywhere, and one that a playbook brings along proves nothing: what
counts is the folder of keys that the installation trusts.
"""

import base64
import binascii
import copy
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from incident.playbook import Playbook
from incident.reading import Finding, Reader

type PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
type PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey

HASHES = ("sha-256", "sha-384", "sha-512")
AGREED = 2
"""So many people stand for a playbook of others, each with a key of their own (invariant 8)."""
_HALF = 32
"""Octets of r and of s. Source: RFC 7518, 3.4."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that is trusted to sign playbooks."""

    name: str
    """That of its file."""
    key: PublicKey

    @property
    def body(self) -> str:
        """The key as it stands in `public_key`: PEM without its first and last line."""
        return public_body(self.key)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count, and when."""

    signers: tuple[Signer, ...] = ()
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)


NOBODY = Trust()
"""Where no key is trusted, a playbook without a signature can be used, and one with a signature cannot. It
knows no time, so nothing has expired by it."""


def read_trusted(folder: Path) -> tuple[Signer, ...]:
    """The keys in *folder*, each a file `*.pem`; none where the folder is not there.

    Raises OSError, or ValueError for a file that holds no public key of Ed25519 or P-256.
    """
    return tuple(Signer(path.stem, _public(path)) for path in sorted(folder.glob("*.pem")))


def _public(path: Path) -> PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except ValueError:
        key = None
    if isinstance(key, Ed25519PublicKey) or (isinstance(key, ec.EllipticCurvePublicKey) and _is_p256(key)):
        return key
    raise ValueError(f"{path}：不是 Ed25519 或 P-256 公钥 / no public key of Ed25519 or P-256 in PEM")


def read_private(path: Path) -> PrivateKey:
    """The key to sign with, in the file *path*. Raises OSError, or ValueError where it holds none that is taken."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and _is_p256(key.public_key()):
        return key
    raise ValueError(
        f"{path}：不是未加密的 Ed25519 或 P-256 私钥 / no private key of Ed25519 or P-256 in PEM without a password"
    )


def _is_p256(key: ec.EllipticCurvePublicKey) -> bool:
    return isinstance(key.curve, ec.SECP256R1)


def public_body(key: PublicKey) -> str:
    """*key* as it stands in `public_key`."""
    encoding, shape = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_bytes(encoding, shape)).decode()


def sign_octets(key: PrivateKey, message: bytes) -> bytes:
    """The signature of *message* by the algorithm that *key* is for."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def signed_by(key: PublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether *signature* is one of *message* that *key* made by *algorithm*."""
    try:
        if isinstance(key, Ed25519PublicKey) and algorithm in ("Ed25519", "EdDSA"):
            key.verify(signature, message)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm == "ES256" and len(signature) == 2 * _HALF:
            r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
            return True
    except InvalidSignature:
        pass
    return False


def digest_to_sign(raw: Mapping[str, Any], signature: Mapping[str, Any]) -> bytes:
    """The hash of the playbook *raw* with *signature* alone, which need not have a value yet.

    Raises ValueError where the hash is none of ours, or a number is too large for JSON of every reader.
    """
    if signature.get("hash_algorithm") not in HASHES:
        raise ValueError("its hash is not one of " + ", ".join(HASHES))
    alone = {key: value for key, value in signature.items() if key not in ("value", "signature")}
    try:
        canonical = rfc8785.dumps({**raw, "signatures": [alone]})
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError("the playbook has no canonical form") from error
    return hashlib.new(signature["hash_algorithm"].replace("-", ""), canonical).digest()


def sign_playbook(
    text: str, key: PrivateKey, *, signee: str, now: datetime, valid_until: datetime | None = None
) -> str:
    """The playbook *text* with one more signature, of *signee*. Raises ValueError where it has no canonical form."""
    raw: dict[str, Any] = json.loads(text)
    at = _told(now)
    made: dict[str, Any] = {
        "type": "jss",
        "id": f"signature--{uuid.uuid4()}",
        "created": at,
        "modified": at,
        "signee": signee,
        **({"valid_until": _told(valid_until)} if valid_until else {}),
        "related_to": raw["id"],
        "related_version": raw["modified"],
        "hash_algorithm": "sha-256",
        "algorithm": "Ed25519" if isinstance(key, Ed25519PrivateKey) else "ES256",
        "public_key": public_body(key.public_key()),
    }
    value = sign_octets(key, digest_to_sign(raw, made))
    made["value"] = base64.urlsafe_b64encode(value).decode().rstrip("=")
    signed = copy.deepcopy(raw)
    signed.setdefault("signatures", []).append(made)
    return json.dumps(signed, ensure_ascii=False, indent=2) + "\n"


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check_signatures(book: Playbook, file: str, trust: Trust) -> tuple[Finding, ...]:
    """What is wrong with the signatures of *book*; nothing where it has none, or all are good and by trusted keys."""
    raw: dict[str, Any] = json.loads(book.source)
    reader = Reader(book.source, file)
    for signature in raw.get("signatures", ()):
        _check(raw, signature, trust, reader)
    return reader.findings


def signers_of(book: Playbook, trust: Trust) -> tuple[str, ...]:
    """Names of the trusted keys by which *book* is signed well, each once."""
    raw: dict[str, Any] = json.loads(book.source)
    found: dict[str, None] = {}
    for signature in raw.get("signatures", ()):
        reader = Reader(book.source, "")
        signer = _check(raw, signature, trust, reader)
        if signer and not reader.findings:
            found[signer.name] = None
    return tuple(found)


def check_agreed(book: Playbook, file: str, trust: Trust) -> tuple[Finding, ...]:
    """Whether so many people stand for *book* as a playbook of others needs; nothing where they do."""
    reader, signers = Reader(book.source, file), signers_of(book, trust)
    if len(signers) < AGREED:
        told = ", ".join(signers) or "none"
        reader.report("not-agreed", "signatures", f"{AGREED} trusted keys have to sign it, and so far: {told}")
    return reader.findings


def _check(raw: dict[str, Any], signature: dict[str, Any], trust: Trust, reader: Reader) -> Signer | None:
    """Report what is wrong with one signature of *raw*. Returns whose it is, if the value is right."""
    who, at = f"the signature of `{signature['signee'][:80]}`", "signatures"
    if signature["related_to"] != raw["id"] or signature["related_version"] != raw["modified"]:
        reader.report("signature-of-another", at, f"{who} is for another playbook, or another version of it")
    candidates = [each for each in trust.signers if signature.get("public_key") in (None, each.body)]
    if not candidates:
        reader.report("signature-unknown", at, f"{who} is by a key that is not trusted here")
        return None
    if "signature" in signature:
        reader.report("countersigned", at, f"{who} is signed itself by another, which cannot be checked")
    if not any(key in signature for key in ("public_key", "public_cert_chain", "cert_url", "thumbprint")):
        reader.report("signature-bad", at, f"{who} does not say by which key it was made")
    try:
        value = base64.b64decode(_padded(signature["value"]), altchars=b"-_", validate=True)
        digest = digest_to_sign(raw, signature)
        begins, ends = (_time(signature.get(key), trust.now) for key in ("valid_from", "valid_until"))
    except (ValueError, binascii.Error) as error:
        reader.report("signature-bad", at, f"{who} cannot be checked: {error}")
        return None
    if signature.get("revoked") is True:
        reader.report("signature-revoked", at, f"{who} is revoked")
    elif not begins <= trust.now <= ends:
        reader.report("signature-ended", at, f"{who} is not valid at this time")
    for each in candidates:
        if signed_by(each.key, signature["algorithm"], digest, value):
            return each
    reader.report("signature-bad", at, f"{who} is wrong: the playbook was altered, or another key or algorithm made it")
    return None


def _time(text: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else otherwise


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
