"""The identity provider of the demo: signs tokens for its people, and says by which key they can be checked.

A real installation names the provider of its government's staff directory; this one stands in its place in the demo
alone, and its key never leaves the data directory.
"""

import errno
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
CITIZENS = f"{ISSUER}/citizens"
"""Whom its citizens' tokens are by: who has signed in at the portal as themselves. The keys are the same."""
DISCOVERY, JWKS = "/.well-known/openid-configuration", "/keys"
"""What it is asked for, where it is served."""
TOKEN_LASTS = timedelta(hours=8)
"""A working day."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The provider whose first private key lies in a file, and those that followed it beside it."""

    key_file: Path

    def make_key(self) -> None:
        """Make its key, where there is none yet."""
        if not self._files():
            self._make(self.key_file)

    def rotate(self) -> str:
        """Sign with a new key from now on. Returns its id. The one before it is published until the next is made."""
        files = self._files()
        number = max(files, default=0) + 1
        self._make(self.key_file.with_stem(f"{self.key_file.stem}-{number}") if files else self.key_file)
        for old in sorted(files)[:-1]:
            files[old].unlink()
        return _id_of(number)

    def jwks(self) -> str:
        """The JWKS document with its public keys."""
        described = [
            {
                **json.loads(ECAlgorithm.to_jwk(_read(path).public_key())),
                "kid": _id_of(number),
                "alg": "ES256",
                "use": "sig",
            }
            for number, path in self._files().items()
        ]
        return json.dumps({"keys": described}, indent=2) + "\n"

    def discovery(self, address: str) -> str:
        """The discovery document of the provider that is served at *address*."""
        document = {
            "issuer": ISSUER,
            "jwks_uri": f"{address}{JWKS}",
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        }
        return json.dumps(document, indent=2) + "\n"

    def token(
        self,
        subject: str,
        *,
        audience: str,
        posts: Sequence[str],
        purposes: Sequence[str],
        now: datetime,
        issuer: str = ISSUER,
    ) -> str:
        """A token that says who *subject* is, for `TOKEN_LASTS`. Raises FileNotFoundError before there is a key."""
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "jti": secrets.token_hex(8),
            "posts": list(posts),
            "scope": " ".join(["openid", *(f"purpose:{purpose}" for purpose in purposes)]),
        }
        files = self._files()
        if not files:
            raise FileNotFoundError(errno.ENOENT, "there is no key yet", str(self.key_file))
        number, path = max(files.items())
        return jwt.encode(claims, _read(path), algorithm="ES256", headers={"kid": _id_of(number)})

    def _files(self) -> dict[int, Path]:
        """The files of its keys by number, the oldest first."""
        stem = self.key_file.stem
        found = {1: self.key_file} if self.key_file.exists() else {}
        for path in self.key_file.parent.glob(f"{stem}-*{self.key_file.suffix}"):
            number = path.stem.removeprefix(f"{stem}-")
            if number.isdigit():
                found[int(number)] = path
        return dict(sorted(found.items()))

    def _make(self, path: Path) -> None:
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(path, key.private_bytes(encoding, form, serialization.NoEncryption()))


def _id_of(number: int) -> str:
    return f"demo-{number}"


def _read(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
