"""Reads JWKS documents (RFC 7517): which keys check the tokens of an issuer, and what is wrong with the others.

What `yingbi check` tells and what a worker takes come from here both, so that no key counts that was found wanting.
"""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from policies.findings import Finding, Findings, Position, Severity

ALGORITHMS = ("RS256", "ES256")
LEAST_RSA_BITS = 2048
"""Source: RFC 7518, 3.3."""
type CheckingKey = jwt.PyJWK
"""A key that tokens may be checked with."""
_SECRETS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""The members of a JWK that only its owner may know. Source: RFC 7518, 6.2.2, 6.3.2 and 6.4.1."""


def keys_in(text: str, file: str, at: Position, findings: Findings) -> dict[str | None, jwt.PyJWK]:
    """The keys of the JWKS *text* that may check a signature, by their id; what is wrong is added to *findings*.

    *file* is what the document is called in them, and *at* where it is named.
    """
    described = _described(text)
    if not described:
        findings.add(
            Finding(
                at,
                "bad-keys",
                f"`{file}` is no JWKS: it needs `keys`, a list of keys",
                about=f"`{file}` 需要 `keys` 列表",
            )
        )
        return {}
    keys: dict[str | None, jwt.PyJWK] = {}
    errors = len(findings.errors)
    for number, jwk in enumerate(described, start=1):
        name = jwk.get("kid")
        called = "" if name is None else f" (`{str(name)[:80]}`)"
        what, zh = f"`{file}`, key {number}{called}", f"`{file}` 的第 {number} 把{called}"
        key = _key(jwk, what, zh, at, findings)
        if key is None:
            continue
        if name in keys:
            findings.add(
                Finding(
                    at,
                    "duplicate",
                    f"{what} has the `kid` of one before it: which signs is not clear",
                    about=f"{zh}，`kid` 与前面的相同",
                )
            )
        keys[name] = key
    if not keys and len(findings.errors) == errors:
        message = f"`{file}` holds no key that may check a signature: it needs one for {' or '.join(ALGORITHMS)}"
        findings.add(Finding(at, "bad-keys", message, about=f"`{file}` 中没有一把能验证签名"))
    return keys


def read_key(text: str) -> jwt.PyJWK:
    """The key that was found good as one of `keys_in`, and written down. Raises ValueError for one that was not."""
    try:
        described = json.loads(text)
        key = _key(described, "", "", Position("", 1, 1), Findings())
    except (AttributeError, RecursionError):
        key = None
    if key is None:
        raise ValueError("not a key that tokens may be signed with")
    return key


def _described(text: str) -> list[dict[str, Any]]:
    """The keys of a JWKS as they are written; none where it is none."""
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return keys if isinstance(keys, list) and all(isinstance(key, dict) for key in keys) else []


def _key(jwk: dict[str, Any], what: str, zh: str, at: Position, findings: Findings) -> jwt.PyJWK | None:
    if jwk.get("kty") == "oct" or not _SECRETS.isdisjoint(jwk):
        message = f"{what} is a secret: only public keys belong there"
        findings.add(Finding(at, "secret-in-keys", message, about=zh))
        return None
    if (reason := why_unused(jwk)) is not None:
        findings.add(Finding(at, "unused-key", f"{what} checks no token: {reason}", Severity.WARNING, zh))
        return None
    try:
        if not isinstance(jwk.get("kid", ""), str):
            raise ValueError
        key = jwt.PyJWK(jwk)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        findings.add(Finding(at, "bad-keys", f"{what} cannot be read as a key", about=zh))
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < LEAST_RSA_BITS:
        message = f"{what} has {key.key.key_size} bits: a key of RSA has {LEAST_RSA_BITS} at least"
        findings.add(Finding(at, "weak-key", message, about=zh))
        return None
    return key


def why_unused(jwk: dict[str, Any]) -> str | None:
    """Why a sound key is not one that a token for us may be signed with, if so."""
    if jwk.get("use", "sig") != "sig":
        return "its `use` is not `sig`"
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return "its `key_ops` do not hold `verify`"
    kind = (jwk.get("kty"), jwk.get("crv"))
    if jwk.get("alg", ALGORITHMS[0]) not in ALGORITHMS or (kind[0] != "RSA" and kind != ("EC", "P-256")):
        return f"tokens are signed by {' or '.join(ALGORITHMS)}"
    return None
