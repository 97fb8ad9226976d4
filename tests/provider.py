"""A real identity provider behind HTTPS, which publishes whatever a test wants and signs with whatever key it has."""

import contextlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from deploy.certificate import make_ca, make_certificate
from tests.proxy.credentials import ISSUER
from tests.scripted import Asked, Connection, Scripted, scripted

DISCOVERY = "/.well-known/openid-configuration"


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwk_of(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    return {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "alg": "ES256", "use": "sig"}


@dataclass
class HttpsProvider:
    """A running provider. Change what it publishes at any time."""

    port: int
    authority: Path
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    """What it publishes, by id."""
    issuer: str = ISSUER
    """As the discovery document names it."""
    documents: dict[str, bytes] = field(default_factory=dict)
    """What it answers in place of what it would, by path."""
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    """The paths that it was asked for."""

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def answer(self, connection: Connection, asked: Asked) -> None:
        path = asked.line.split(" ")[1]
        self.asked.append(path)
        if self.is_down:
            connection.close()
            return
        usual = {
            DISCOVERY: {"issuer": self.issuer, "jwks_uri": f"{self.address}/keys"},
            "/keys": {"keys": [jwk_of(key, kid) for kid, key in self.keys.items()]},
        }
        body = self.documents.get(path, json.dumps(usual[path]).encode())
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.say(head.encode() + body)


@contextlib.contextmanager
def providing(folder: Path, **keys: ec.EllipticCurvePrivateKey) -> Iterator[HttpsProvider]:
    """A provider with *keys*, whose authority lies in *folder*."""
    with served(folder) as (server, authority):
        provider = HttpsProvider(server.port, authority, dict(keys))
        server.script = provider.answer
        yield provider


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[Scripted, Path]]:
    """A server for `localhost` behind HTTPS, and the file of the authority that has certified it."""
    now = datetime.now(UTC)
    files = make_certificate(folder, make_ca(folder, now=now), names=["localhost"], now=now)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    with scripted(lambda connection, asked: connection.close(), tls) as server:
        yield server, folder / "ca.pem"


def token(key: Any, kid: str | None, *, algorithm: str = "ES256", headers: Any = None, **claims: Any) -> str:
    """A token of the provider's."""
    now = int(datetime.now(UTC).timestamp())
    body = {
        "iss": ISSUER,
        "aud": "people",
        "sub": "clerk-li",
        "iat": now,
        "exp": now + 600,
        "posts": ["clerk"],
        **claims,
    }
    return jwt.encode(body, key, algorithm=algorithm, headers={**({"kid": kid} if kid else {}), **(headers or {})})
