"""Credentials for tests: an identity provider of our own, and API keys."""

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://id.example"


class Provider:
    """Signs tokens with ES256 or RS256."""

    def __init__(self) -> None:
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict[str, Any]:
        ec_key = {**json.loads(ECAlgorithm.to_jwk(self.ec.public_key())), "kid": "e", "alg": "ES256", "use": "sig"}
        rsa_key = {**json.loads(RSAAlgorithm.to_jwk(self.rsa.public_key())), "kid": "r", "alg": "RS256", "use": "sig"}
        return {"keys": [ec_key, rsa_key]}

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.jwks()))

    def token(
        self,
        *,
        kid: str = "e",
        key: Any = None,
        algorithm: str = "",
        headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": "people",
            "sub": "clerk-li",
            "iat": now,
            "exp": now + 600,
            "posts": ["clerk"],
            "scope": "openid purpose:case-handling",
            **claims,
        }
        body = {name: value for name, value in body.items() if value is not None}
        chosen = key or (self.ec if kid == "e" else self.rsa)
        algorithm = algorithm or ("ES256" if kid == "e" else "RS256")
        return jwt.encode(body, chosen, algorithm=algorithm, headers={"kid": kid, **(headers or {})})


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says it needs no signature."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def signed_with_text(claims: dict[str, Any], secret: str) -> str:
    """A token of HS256 whose secret is any text, a public key included, which no library would sign with."""
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'e'})}.{_part(claims)}"
    mac = hmac.digest(secret.encode(), signed.encode(), "sha256")
    return f"{signed}.{_encoded(mac)}"


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
