"""The key files of an installation and what they sign.

Every key is one file of 0600 in one folder, made at first start. That protects against other users of the machine,
not against root; `docs/operator.md` says so.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SECRET_BYTES = 32


class BadSignature(Exception):
    """What was signed is not what is here, or another key signed it."""


class Signer:
    """Signs with the installation's private key. *label* keeps signatures of one kind from serving as another's."""

    def __init__(self, path: Path) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(read_secret(path))

    @property
    def public_bytes(self) -> bytes:
        """The 32 bytes a `Verifier` takes."""
        raw, encoding = serialization.PublicFormat.Raw, serialization.Encoding.Raw
        return self._key.public_key().public_bytes(encoding, raw)

    def sign(self, label: str, message: bytes) -> str:
        """The signature of *message*, in base64."""
        return base64.b64encode(self._key.sign(_labelled(label, message))).decode()

    def __reduce__(self) -> str:
        raise TypeError("a signer holds a key and is not pickled")


class TokenSigner:
    """Signs JSON Web Tokens with the private key in the file *path*, for systems that know its public half as a JWK.

    Source: RFC 7515, RFC 8037. Raises OSError or ValueError where the file holds no key.
    """

    def __init__(self, path: Path) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(read_secret(path))
        self.public = jwk_of(self._key.public_key())
        """The JWK of its public half."""
        self._head = _spelled(json.dumps({"alg": "EdDSA", "typ": "JWT", "kid": self.public["kid"]}).encode())

    def signed(self, claims: Mapping[str, Any]) -> str:
        """The token that says *claims*."""
        said = f"{self._head}.{_spelled(json.dumps(claims).encode())}"
        return f"{said}.{_spelled(self._key.sign(said.encode()))}"

    def __reduce__(self) -> str:
        raise TypeError("a signer holds a key and is not pickled")


class Verifier:
    """Checks what a `Signer` signed. Holds a public key only."""

    def __init__(self, public_bytes: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_bytes)

    def check(self, label: str, message: bytes, signature: str) -> None:
        """Return if *signature* is the signer's over *message* under *label*. Raises BadSignature otherwise."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), _labelled(label, message))
        except (InvalidSignature, ValueError):
            raise BadSignature("the signature does not fit") from None


def jwk_of(key: Ed25519PublicKey) -> dict[str, str]:
    """*key* as a JWK that checks signatures. Source: RFC 8037; its `kid` is the thumbprint of RFC 7638."""
    raw, encoding = serialization.PublicFormat.Raw, serialization.Encoding.Raw
    described = {"crv": "Ed25519", "kty": "OKP", "x": _spelled(key.public_bytes(encoding, raw))}
    # The thumbprint is made of these members alone, in this order, without blanks.
    key_id = _spelled(hashlib.sha256(json.dumps(described, separators=(",", ":")).encode()).digest())
    return {**described, "kid": key_id, "alg": "EdDSA", "use": "sig"}


def make_secret(path: Path) -> None:
    """Write a new secret to *path*, for the owner's eyes, if there is none. Never replaces one, nor leaves half."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # somebody has been faster
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_secret(path: Path) -> bytes:
    """The secret in *path*. Raises OSError where it cannot be read, ValueError where it is no secret or open to all."""
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path.name} can be read by others: its mode must be 0600")
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"{path.name} is not a key: it must hold {SECRET_BYTES} bytes")
    return secret


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _labelled(label: str, message: bytes) -> bytes:
    return label.encode() + b"\0" + message
