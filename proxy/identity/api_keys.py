"""API keys as credentials: random secrets that are shown as they are, and known here by their hash."""

import hmac

from policies.program import Program
from policies.program_callers import KeyRule
from proxy.identity.caller import BadCredential, Bearer, Caller
from siem.record.event import CallerKind


class ApiKeys:
    """The API keys that one system takes."""

    def __init__(self, program: Program) -> None:
        self._keys = {rule.sha256: (rule, caller_of(rule)) for rule in program.keys if rule.sha256}

    def caller(self, key: Bearer, now: float) -> Caller:
        """Whose *key* it is, at the POSIX time *now*. Raises BadCredential."""
        digest = key.digest.hex()
        rule, caller = self._keys.get(digest, (None, None))
        # The lookup is by a hash of a random secret: its timing tells nothing that could be used.
        if rule is None or caller is None or not hmac.compare_digest(rule.sha256, digest) or now >= rule.until:
            raise BadCredential
        return caller


def caller_of(rule: KeyRule) -> Caller:
    """Who has the key of *rule*."""
    return Caller(
        id=rule.caller,
        kind=CallerKind(rule.kind.value),
        posts=frozenset(rule.posts),
        purposes=frozenset(rule.purposes),
        attributes=rule.attributes,
        credential=f"key:{rule.id}",
    )
