"""Tokens as credentials: JSON Web Tokens that a declared issuer has signed.

Verified ones are remembered until they expire, by their SHA-256: checking a signature costs more than masking does.
"""

import math
import re
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import jwt

from policies.digest import Digester, is_exact
from policies.findings import Findings, Position
from policies.keys.jwks import keys_in
from policies.policy import LONGEST_ATTRIBUTE
from policies.program import Program
from policies.program_callers import IssuerRule
from policies.recognisers.scan import scan
from proxy.identity.caller import LONGEST_TOKEN, BadCredential, Bearer, Caller
from proxy.identity.issuer_keys import IssuerKeys
from proxy.identity.names import LONGEST_ID, Names, is_text
from siem.record.event import CallerKind

MOST_REMEMBERED = 4096
PURPOSE_SCOPE = "purpose:"
_BASIS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}")

# Times are checked against the clock that is passed in, not by the library against its own.
_OPTIONS: Any = {
    "require": ["exp", "sub", "aud", "iss"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class Tokens:
    """The tokens that one system takes."""

    def __init__(self, program: Program, digester: Digester, names: Names, issuer_keys: IssuerKeys) -> None:
        self._issuers = {rule.issuer: _Issuer(rule, issuer_keys) for rule in program.issuers}
        self._issuer_keys = issuer_keys
        self._seen = issuer_keys.generation
        self._names = names
        self._digester = digester
        self._remembered: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()

    def caller(self, token: Bearer, now: float) -> Caller:
        """Whose *token* it is, at the POSIX time *now*. Raises BadCredential."""
        if self._seen != self._issuer_keys.generation:  # what a key vouched for may count no more
            self._seen = self._issuer_keys.generation
            self._remembered.clear()
        remembered = self._remembered.get(token.digest)
        if remembered is None or now >= remembered[1]:
            remembered = self._remembered[token.digest] = self._read(token, now)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return remembered[0]

    def _read(self, token: str, now: float) -> tuple[Caller, float]:
        if len(token) > LONGEST_TOKEN:
            raise BadCredential
        try:
            claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
            issuer = self._issuers.get(claimed) if isinstance(claimed, str) else None
            if issuer is None:
                raise BadCredential
            claims, until = issuer.claims(token, now)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise BadCredential from None
        return self._caller(issuer.rule, claims), min(float(claims["exp"]), until)

    def _caller(self, rule: IssuerRule, claims: dict[str, Any]) -> Caller:
        subject = claims["sub"]
        posts = claims.get(rule.posts_claim, [])
        scope, token_id = claims.get("scope", ""), claims.get("jti", "")
        attributes = {name: claims[name] for name in rule.attribute_claims if name in claims}
        said = (subject, scope, token_id, *attributes.values())
        if not isinstance(posts, list) or not all(map(is_text, (*said, *posts))):
            raise BadCredential
        if any(len(value) > LONGEST_ATTRIBUTE for value in attributes.values()):
            raise BadCredential
        on_behalf_of, basis = self._acting(rule, claims)
        return replace(
            self._names.caller(subject, CallerKind(rule.kind.value)),
            posts=frozenset(posts),
            purposes=frozenset(
                word.removeprefix(PURPOSE_SCOPE) for word in scope.split() if word.startswith(PURPOSE_SCOPE)
            ),
            attributes=attributes,
            credential=f"jwt:{rule.issuer}:{token_id}"[:256],
            on_behalf_of=on_behalf_of,
            basis=basis,
            **strength(claims),
        )

    def _acting(self, rule: IssuerRule, claims: dict[str, Any]) -> tuple[str, str]:
        """The digest of whom the caller acts for, and the basis; empty without both. Raises BadCredential."""
        if not rule.acting_for:
            return "", ""
        principal, basis = claims.get(rule.acting_for, ""), claims.get(rule.acting_basis, "")
        if not is_text(principal) or not is_text(basis) or len(principal) > LONGEST_ID:
            raise BadCredential
        if not is_exact(principal) or not basis:
            return "", ""
        # The log holds the basis as it is: it must be a number of ours, and nobody's.
        if not _BASIS.fullmatch(basis) or scan(basis):
            raise BadCredential
        return self._digester(principal), basis


def strength(claims: dict[str, Any]) -> dict[str, Any]:
    """How, and when, the bearer has signed in, by the names of `Caller`. What is of another form says nothing."""
    acr, amr, signed_in_at = claims.get("acr"), claims.get("amr"), claims.get("auth_time", math.nan)
    if not isinstance(signed_in_at, int | float) or isinstance(signed_in_at, bool) or not math.isfinite(signed_in_at):
        signed_in_at = None
    made = claims.get("iat")
    if not isinstance(made, int | float) or isinstance(made, bool) or not math.isfinite(made):
        made = -math.inf
    return {
        # Who refreshes a token does not sign in anew by that.
        "begun": made if signed_in_at is None else signed_in_at,
        "acr": acr if is_text(acr) else "",
        "amr": frozenset(amr) if isinstance(amr, list) and all(map(is_text, amr)) else frozenset(),
        "signed_in_at": signed_in_at,
    }


class _Issuer:
    def __init__(self, rule: IssuerRule, issuer_keys: IssuerKeys) -> None:
        self.rule = rule
        self._issuer_keys = issuer_keys
        # `yingbi check` tells what is wrong with a key; until it is mended no token signed with it counts.
        self._keys = keys_in(rule.jwks, rule.issuer, Position(rule.issuer, 1, 1), Findings()) if rule.jwks else {}

    def claims(self, token: str, now: float) -> tuple[dict[str, Any], float]:
        """What *token* claims, and until when the key counts that it is signed with; POSIX time, both."""
        # Whatever else its head says of keys (`jwk`, `jku`, `x5c`, `x5u`) is the word of whoever made it.
        header = jwt.get_unverified_header(token)
        key, until = self._key(header.get("kid"), now, is_named="kid" in header)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            audience=self.rule.audience,
            issuer=self.rule.issuer,
            options=_OPTIONS,
        )
        expires, not_before = claims["exp"], claims.get("nbf", 0)
        if not isinstance(expires, int | float) or not isinstance(not_before, int | float):
            raise BadCredential
        if not math.isfinite(expires) or not math.isfinite(not_before):  # JSON is read with `NaN` and `1e999` in it
            raise BadCredential
        if now >= expires + self.rule.skew_s or now < not_before - self.rule.skew_s:
            raise BadCredential
        return claims, until

    def _key(self, key_id: object, now: float, *, is_named: bool) -> tuple[jwt.PyJWK, float]:
        """The key called *key_id*, or the only one where a token names none. Raises BadCredential."""
        source = self.rule.source
        if source is None:
            keys = {name: (key, math.inf) for name, key in self._keys.items()}
        else:
            keys = self._issuer_keys.of(self.rule.issuer, source.address, now)
        found = keys.get(key_id) if key_id is None or isinstance(key_id, str) else None
        if found is None and len(keys) == 1 and not is_named:
            (found,) = keys.values()
        if found is None:
            if source is not None:
                self._issuer_keys.missed()
            raise BadCredential
        return found
