"""The identity provider of the demo: signs tokens for its people, and says by which key they can be checked.

A real installation names the provider of its government's staff directory; this one stands in its place in the demo
alone, and its key never leaves the data directory.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from deploy.private_file import write_private

ISSUER = "https://id.demo.example"
KEY_ID = "demo-1"
TOKEN_LASTS = timedelta(hours=8)
"""A working day."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The provider whose private key lies in a file."""

    key_file: Path

    def make_key(self) -> None:
        """Make its key, where there is none yet."""
        if self.key_file.exists():
            return
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(self.key_file, key.private_bytes(encoding, form, serialization.NoEncryption()))

    def jwks(self) -> str:
        """The JWKS document with its public key."""
        public = json.loads(ECAlgorithm.to_jwk(self._key().public_key()))
        described = {**public, "kid": KEY_ID, "alg": "ES256", "use": "sig"}
        return json.dumps({"keys": [described]}, indent=2) + "\n"

    def token(
        self, subject: str, *, audience: str, posts: Sequence[str], purposes: Sequence[str], now: datetime
    ) -> str:
        """A token that says who *subject* is, for `TOKEN_LASTS`."""
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "jti": secrets.token_hex(8),
            "posts": list(posts),
            "scope": " ".join(["openid", *(f"purpose:{purpose}" for purpose in purposes)]),
        }
        return jwt.encode(claims, self._key(), algorithm="ES256", headers={"kid": KEY_ID})

    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key
