"""The identity provider of the demo, as the gateway fetches its keys: over HTTPS, and rotated."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest

from deploy.certificate import make_ca, make_certificate
from deploy.demo.identity_provider import DISCOVERY, ISSUER, IdentityProvider
from deploy.demo.serve_identity import Server
from policies.keys.issuer_keys import read_discovery, read_key_set
from yingbi.fetch import NotFetched, fetch

NOW = datetime.now(UTC)


@pytest.fixture
def provider(tmp_path: Path) -> IdentityProvider:
    made = IdentityProvider(tmp_path / "provider.pem")
    made.make_key()
    made.make_key()
    return made


@pytest.fixture
def server(tmp_path: Path, provider: IdentityProvider) -> Iterator[Server]:
    make_certificate(tmp_path / "tls", make_ca(tmp_path / "tls", now=NOW), names=["localhost"], now=NOW)
    with Server(provider, 0, tmp_path / "tls") as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


def token(provider: IdentityProvider) -> str:
    return provider.token("clerk-wang", audience="register", posts=["clerk"], purposes=["work"], now=NOW)


def id_of(provider: IdentityProvider) -> str:
    return str(jwt.get_unverified_header(token(provider))["kid"])


def test_its_keys_are_found_by_discovery_and_check_its_tokens(
    tmp_path: Path, provider: IdentityProvider, server: Server
) -> None:
    trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    address = read_discovery(fetch(f"{server.address}{DISCOVERY}", trusted), ISSUER)
    keys = read_key_set(fetch(address, trusted))
    assert list(keys) == ["demo-1"]
    key = jwt.PyJWK(json.loads(keys["demo-1"]))
    claims = jwt.decode(token(provider), key.key, algorithms=["ES256"], audience="register", issuer=ISSUER)
    assert claims["sub"] == "clerk-wang"
    with pytest.raises(NotFetched):
        fetch(f"{server.address}/provider.pem", trusted)


def test_whoever_opens_a_connection_and_says_nothing_holds_up_nobody(tmp_path: Path, server: Server) -> None:
    trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    with socket.create_connection(("127.0.0.1", server.server_port)):
        assert fetch(f"{server.address}{DISCOVERY}", trusted)


def test_a_new_key_signs_at_once_and_the_one_before_is_published_beside_it(provider: IdentityProvider) -> None:
    assert id_of(provider) == "demo-1"
    assert provider.rotate() == id_of(provider) == "demo-2"
    assert list(read_key_set(provider.jwks())) == ["demo-1", "demo-2"]
    assert provider.rotate() == id_of(provider) == "demo-3"
    assert list(read_key_set(provider.jwks())) == ["demo-2", "demo-3"]
    provider.make_key()
    assert list(read_key_set(provider.jwks())) == ["demo-2", "demo-3"]
