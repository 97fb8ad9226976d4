"""The table of keys that were fetched from issuers: who checks a token with which key, and until when.

It is data only: one process fetches and publishes it, signed with a key of its own; workers read it as a file.
"""

import json
from collections.abc import Iterable, Mapping

import msgspec

from policies.findings import Findings, Position
from policies.keys.jwks import keys_in, why_unused
from policies.keys.key_files import Signer, Verifier
from policies.signed_table import SignedTable

MOST_KEYS = 32
"""Of one issuer. Providers publish two or three."""


class KnownKey(msgspec.Struct, frozen=True):
    """One key of an issuer."""

    jwk: str
    """As JSON."""
    until: float = 0.0
    """POSIX time at which it ceases to count, as it has gone from where it was fetched; 0 where it is there."""


class KnownIssuer(msgspec.Struct, frozen=True):
    """What was fetched last of one issuer."""

    issuer: str
    address: str
    """Where from, as the policy has it: another address is another issuer."""
    keys: tuple[KnownKey, ...]
    fetched_at: float
    """POSIX time."""


class IssuerTable(msgspec.Struct, frozen=True):
    """What was fetched of all issuers; grows in *generation* with each publication."""

    generation: int = 0
    issuers: tuple[KnownIssuer, ...] = ()


_SIGNED = SignedTable(IssuerTable, "issuers", "yingbi issuers 1", "keys", 4 * 1024 * 1024)


class BadKeySet(Exception):
    """What was fetched is no set of keys that tokens can be checked with. Its argument is the code of why."""


def write_issuers(table: IssuerTable, signer: Signer) -> bytes:
    """The signed bytes of *table*."""
    return _SIGNED.write(table, signer)


def read_issuers(data: bytes, verifier: Verifier) -> IssuerTable:
    """The table in *data*. Raises BadSignature, or ValueError where it is none."""
    return _SIGNED.read(data, verifier)


def read_discovery(text: str, issuer: str) -> str:
    """The address of the keys in the discovery document *text* of *issuer*. Raises BadKeySet.

    Source: OpenID Connect Discovery 1.0, 4.3: it has to name that very issuer.
    """
    try:
        document = json.loads(text)
        said, address = document["issuer"], document["jwks_uri"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadKeySet("bad-discovery") from None
    if said != issuer:
        raise BadKeySet("another-issuer")
    if not isinstance(address, str) or not address.startswith("https://") or not address.isascii():
        raise BadKeySet("bad-discovery")
    return address


def read_key_set(text: str) -> dict[str, str]:
    """The keys of the JWKS *text* that may check a token, as JSON by their ids; "" for one without. Raises BadKeySet.

    A set in which anything is found wanting is refused whole, and the one before it stays. One that is plainly empty is
    none the less the issuer's word that no key counts any more.
    """
    try:
        described = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadKeySet("bad-keys") from None
    if described == []:
        return {}
    if not isinstance(described, list) or len(described) > MOST_KEYS:
        raise BadKeySet("too-many-keys")
    findings = Findings()
    counting = keys_in(text, "jwks", Position("jwks", 1, 1), findings)
    if findings.errors:
        raise BadKeySet(findings.errors[0].code)
    by_id = {jwk.get("kid"): jwk for jwk in described if why_unused(jwk) is None}
    return {name or "": json.dumps(by_id[name], sort_keys=True) for name in counting}


def merged(
    before: Iterable[KnownKey], fetched: Mapping[str, str], now: float, overlap_s: float
) -> tuple[KnownKey, ...]:
    """The keys that count from *now* on: those that were *fetched*, and those of *before* for as long as declared.

    An id that stands for another key now stands for that alone.
    """
    keys = [KnownKey(jwk) for jwk in fetched.values()]
    for old in before:
        until = old.until or now + overlap_s
        if json.loads(old.jwk).get("kid", "") not in fetched and until > now:
            keys.append(KnownKey(old.jwk, until))
    return tuple(keys)
