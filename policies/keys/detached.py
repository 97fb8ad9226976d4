"""Signatures that stand beside what they sign, so that it stays readable: detached JWS over the octets as they are.

Source: RFC 7515, appendix F; RFC 7797, whose `b64` is false, so that a tool which knows nothing of JSON can check one;
RFC 8037 for Ed25519. `typ` says what is signed: a signature of one kind cannot serve as another's.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policies.keys.key_files import BadSignature, jwk_of, read_secret

type PublicKeys = Mapping[str, Ed25519PublicKey]
"""Keys that signatures are checked with, by the `kid` that RFC 7638 gives them, whatever they were called."""


class AnotherKey(BadSignature):
    """It says of itself that another key made it, so nothing is known of it."""


class DetachedSigner:
    """Signs messages of the kind *kind* with the private key in the file *path*.

    Raises OSError or ValueError where the file holds no key.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(read_secret(path))
        self._kind = kind
        self.public = jwk_of(self._key.public_key())
        """The JWK of its public half."""

    @property
    def pem(self) -> bytes:
        """Its public half as `openssl` reads it."""
        encoding, shape = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(encoding, shape)

    def signed(self, message: bytes) -> str:
        """The signature of *message*; the same each time."""
        head = {"typ": self._kind, "kid": self.public["kid"]}
        return jwt.PyJWS().encode(message, self._key, "EdDSA", headers=head, is_payload_detached=True)

    def __reduce__(self) -> str:
        raise TypeError("a signer holds a key and is not pickled")


def check_detached(signature: str, message: bytes, keys: PublicKeys, kind: str) -> str:
    """The `kid` of the one of *keys* that made *signature* of *message*.

    Raises AnotherKey where it names none of them, and BadSignature where it is not what one of them made of this.
    """
    jws = jwt.PyJWS()
    try:
        named = str(jws.get_unverified_header(signature).get("kid"))
        if named not in keys:
            raise AnotherKey("another key signed it")
        found = jws.decode_complete(signature, keys[named], ["EdDSA"], detached_payload=message)
    except jwt.PyJWTError:
        raise BadSignature("the signature does not fit") from None
    if found["header"].get("typ") != kind:
        raise BadSignature("the signature is one of something else")
    return named


def public_keys_in(path: Path) -> PublicKeys:
    """The Ed25519 keys in the file *path*, which is a PEM or a JWKS. Raises OSError, ValueError where it holds none."""
    data = path.read_bytes()
    found = [_of_pem(data)] if data.lstrip().startswith(b"-----") else _of_jwks(data)
    keys = {jwk_of(key)["kid"]: key for key in found if key is not None}
    if not keys:
        raise ValueError(f"{path}：没有 Ed25519 公钥 / holds no public key of Ed25519, as PEM or as JWKS")
    return keys


def _of_pem(data: bytes) -> Ed25519PublicKey | None:
    try:
        key = serialization.load_pem_public_key(data)
    except ValueError:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _of_jwks(data: bytes) -> list[Ed25519PublicKey]:
    try:
        described = json.loads(data)
        keys = [jwt.PyJWK(each, algorithm="EdDSA").key for each in described["keys"]]
    except (ValueError, TypeError, KeyError, jwt.PyJWTError):
        return []
    return [key for key in keys if isinstance(key, Ed25519PublicKey)]
