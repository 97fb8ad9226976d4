"""Key sets of issuers: which keys may check a signature, and what is told of the others."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from policies.findings import Findings, Position
from policies.keys.jwks import keys_in

AT = Position("systems/people.yaml", 9, 7)
EC, OTHER_EC = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
RSA, SHORT_RSA = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024)


def ec_key(key: ec.EllipticCurvePrivateKey = EC, **members: Any) -> dict[str, Any]:
    return {**json.loads(ECAlgorithm.to_jwk(key.public_key())), **members}


def rsa_key(key: rsa.RSAPrivateKey = RSA, **members: Any) -> dict[str, Any]:
    return {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), **members}


def read(text: str) -> tuple[list[str | None], list[str]]:
    """The ids of the keys that count, and the findings."""
    findings = Findings()
    keys = keys_in(text, "idp.json", AT, findings)
    return list(keys), [f"{finding.severity} {finding.code}" for finding in findings.sorted()]


def read_keys(*keys: Any) -> tuple[list[str | None], list[str]]:
    return read(json.dumps({"keys": keys}))


GOOD: dict[str, list[dict[str, Any]]] = {
    "of an elliptic curve": [ec_key(kid="e", alg="ES256", use="sig")],
    "of RSA": [rsa_key(kid="r", alg="RS256", use="sig", key_ops=["verify"])],
    "that says nothing of itself": [ec_key()],
    "several": [ec_key(kid="e"), rsa_key(kid="r")],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_key_of_a_signer_counts(name: str) -> None:
    assert read_keys(*GOOD[name]) == ([key.get("kid") for key in GOOD[name]], [])


SECRET_RSA = json.loads(RSAAlgorithm.to_jwk(RSA))
BAD: dict[str, tuple[Any, str]] = {
    "short": (rsa_key(SHORT_RSA), "error weak-key"),
    "symmetric": ({"kty": "oct", "k": "c2VjcmV0"}, "error secret-in-keys"),
    "symmetric in the clothes of a public one": (ec_key(k="c2VjcmV0"), "error secret-in-keys"),
    "private, of RSA": ({**SECRET_RSA, "key_ops": ["verify"]}, "error secret-in-keys"),
    "private, by its primes": (rsa_key(p=SECRET_RSA["p"], q=SECRET_RSA["q"]), "error secret-in-keys"),
    "private, of a curve": (json.loads(ECAlgorithm.to_jwk(EC)), "error secret-in-keys"),
    "for encryption": (rsa_key(use="enc"), "warning unused-key"),
    "for other operations": (rsa_key(key_ops=["encrypt"]), "warning unused-key"),
    "for operations that are none": (rsa_key(key_ops="verify"), "warning unused-key"),
    "for no algorithm": (rsa_key(alg="none"), "warning unused-key"),
    "for an algorithm of secrets": (rsa_key(alg="HS256"), "warning unused-key"),
    "for another algorithm": (rsa_key(alg="PS256"), "warning unused-key"),
    "for an algorithm that is none": (rsa_key(alg=["RS256"]), "warning unused-key"),
    "of another curve": (ec_key(OTHER_EC), "warning unused-key"),
    "of another kind": (
        json.loads(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key())),
        "warning unused-key",
    ),
    "of no kind": ({"kid": "x"}, "warning unused-key"),
    "of a kind that is none": ({"kty": ["RSA"]}, "warning unused-key"),
    "off its curve": (ec_key(x=ec_key()["y"]), "error bad-keys"),
    "without half of it": ({"kty": "RSA", "e": "AQAB"}, "error bad-keys"),
    "whose every signature fits": (rsa_key(e="AQ"), "error bad-keys"),
    "of another kind than its algorithm": (rsa_key(alg="ES256"), "error bad-keys"),
    "with an id that is none": (ec_key(kid=["e"]), "error bad-keys"),
}


@pytest.mark.parametrize("name", BAD)
def test_another_key_does_not_count_and_is_told(name: str) -> None:
    key, finding = BAD[name]
    assert read_keys(rsa_key(kid="good"), key) == (["good"], [finding])


@pytest.mark.parametrize("name", BAD)
def test_a_set_without_a_key_that_counts_is_an_error(name: str) -> None:
    keys, findings = read_keys(BAD[name][0])
    assert keys == []
    assert any(finding.startswith("error") for finding in findings)


def test_two_keys_of_one_id_are_told() -> None:
    assert read_keys(ec_key(kid="a"), rsa_key(kid="a"))[1] == ["error duplicate"]
    assert read_keys(ec_key(), rsa_key())[1] == ["error duplicate"]


NONE = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "a number": "1",
    "without `keys`": '{"key": []}',
    "without a key": '{"keys": []}',
    "a mapping of keys": '{"keys": {"a": {}}}',
    "a key that is none": '{"keys": [1]}',
    "nested deeper than anybody reads": '{"keys": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "nested without an end": "[" * 1_000_000,
    "a number longer than anybody reads": '{"keys": [{"kty": ' + "1" * 5_000 + "}]}",
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_key_set_is_told(name: str) -> None:
    assert read(NONE[name]) == ([], ["error bad-keys"])


def test_a_finding_names_file_and_key() -> None:
    findings = Findings()
    keys_in(json.dumps({"keys": [rsa_key(kid="a"), rsa_key(SHORT_RSA, kid="b")]}), "idp.json", AT, findings)
    (finding,) = findings.sorted()
    assert finding.message == "`idp.json`, key 2 (`b`) has 1024 bits: a key of RSA has 2048 at least"
