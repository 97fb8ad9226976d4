"""The keys that sign what systems behind are told of callers: what is published, and for how long."""

import json
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest

from proxy.identity.header_keys import (
    OVERLAP_S,
    IdentityKeys,
    NoIdentityKey,
    identity_key_path,
    make_identity_key,
    rotate_identity_key,
)


@pytest.fixture
def said() -> list[str]:
    return []


def opened(folder: Path, said: list[str], clock: Callable[[], float] = lambda: 0.0) -> IdentityKeys:
    keys = IdentityKeys(folder, said.append, clock)
    keys.renew()
    return keys


def ids(keys: IdentityKeys) -> list[str]:
    return [key["kid"] for key in json.loads(keys.jwks())["keys"]]


def test_any_library_checks_what_was_signed(tmp_path: Path, said: list[str]) -> None:
    make_identity_key(tmp_path)
    keys = opened(tmp_path, said)
    (public,) = json.loads(keys.jwks())["keys"]
    token = keys.signed({"sub": "王"})
    assert jwt.decode(token, jwt.PyJWK(public).key, algorithms=["EdDSA"]) == {"sub": "王"}
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "typ": "JWT", "kid": public["kid"]}
    assert set(public) == {"kty", "crv", "x", "kid", "alg", "use"}


def test_the_id_of_a_key_is_its_thumbprint(tmp_path: Path, said: list[str]) -> None:
    """Source of key and thumbprint: RFC 8037, A.1 and A.3."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    path = identity_key_path(tmp_path, 1)
    path.write_bytes(secret)
    path.chmod(0o600)
    assert ids(opened(tmp_path, said)) == ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]


def test_the_first_key_is_made_once(tmp_path: Path) -> None:
    make_identity_key(tmp_path)
    before = identity_key_path(tmp_path, 1).read_bytes()
    rotate_identity_key(tmp_path)
    rotate_identity_key(tmp_path)
    make_identity_key(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["identity-2.key", "identity-3.key"]
    assert identity_key_path(tmp_path, 2).read_bytes() != before


def test_the_key_before_is_published_for_a_while(tmp_path: Path, said: list[str]) -> None:
    make_identity_key(tmp_path)
    now = [0.0]
    keys = opened(tmp_path, said, lambda: now[0])
    (old,) = ids(keys)
    rotate_identity_key(tmp_path)
    made_at = identity_key_path(tmp_path, 2).stat().st_mtime
    keys.renew()
    now[0] = made_at + OVERLAP_S - 1
    newest, before = ids(keys)
    assert before == old
    assert jwt.get_unverified_header(keys.signed({}))["kid"] == newest
    now[0] = made_at + OVERLAP_S
    assert ids(keys) == [newest]


@pytest.mark.parametrize("spoil", [lambda path: path.chmod(0o644), lambda path: path.write_bytes(b"short")])
def test_a_key_that_cannot_be_read_leaves_the_one_before(
    tmp_path: Path, said: list[str], spoil: Callable[[Path], object]
) -> None:
    make_identity_key(tmp_path)
    keys = opened(tmp_path, said)
    before = keys.jwks()
    spoil(identity_key_path(tmp_path, 1))
    identity_key_path(tmp_path, 1).touch()
    rotate_identity_key(tmp_path)
    keys.renew()
    keys.renew()
    assert (keys.jwks(), said) == (before, ["identity_key_refused"])


def test_without_a_key_nothing_is_signed(tmp_path: Path, said: list[str]) -> None:
    keys = opened(tmp_path, said)
    assert ids(keys) == []
    with pytest.raises(NoIdentityKey):
        keys.signed({})
