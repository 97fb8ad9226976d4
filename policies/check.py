"""Judges the files of a policy together: what one of them names must stand in another."""

import json
from typing import Any

from policies.check_records import check_records
from policies.compile import compile_with
from policies.findings import Finding, Findings, Position, Severity
from policies.policy import ANYONE, PUBLIC, SCAN, SIGNED_IN, Kind, Policy, System
from policies.section import nearest

RESERVED = (PUBLIC, SCAN, "undeclared", "text")


def check(policy: Policy, jwks: dict[str, str], findings: Findings) -> None:
    """Add to *findings* what keeps *policy* from meaning what it says. *jwks* holds the text of each key file."""
    for stage in (_categories, _grants, _callers, _hosts):
        stage(policy, findings)
    for system in policy.systems.values():
        _identity(system, jwks, findings)
        _allowed(system, policy, findings)
        check_records(policy, system, findings)
        compile_with(policy, system, jwks, findings)


def _categories(policy: Policy, findings: Findings) -> None:
    for name, category in policy.categories.items():
        if name in RESERVED:
            message = f"`{name}` is a word of the language: call the category something else"
            findings.add(Finding(category.at, "reserved-name", message))


def _grants(policy: Policy, findings: Findings) -> None:
    seen: dict[str, Position] = {}
    for grant in policy.grants:
        if grant.id in seen:
            findings.add(Finding(grant.at, "duplicate", f"grant `{grant.id}` stands also at {seen[grant.id]}"))
        seen[grant.id] = grant.at
        for category in grant.sees:
            if category not in policy.categories and category not in policy.unread:
                near = nearest(category, policy.categories)
                message = f"grant `{grant.id}` is about `{category[:80]}`, and there is no such category{near}"
                findings.add(Finding(grant.at, "unknown-category", message))
        for system in grant.systems:
            if system not in policy.systems and system not in policy.unread:
                near = nearest(system, policy.systems)
                message = f"grant `{grant.id}` is about `{system}`, and there is no such system{near}"
                findings.add(Finding(grant.at, "unknown-system", message))
        for caller in grant.callers:
            if caller not in {known.id for known in policy.callers} and not _has_issuers(policy):
                message = f"grant `{grant.id}` is for `{caller}`, and there is no such caller"
                findings.add(Finding(grant.at, "unknown-caller", message, Severity.WARNING))


def _has_issuers(policy: Policy) -> bool:
    return any(system.jwt for system in policy.systems.values())


def _callers(policy: Policy, findings: Findings) -> None:
    callers: dict[str, Position] = {}
    keys: dict[str, Position] = {}
    hashes: dict[str, Position] = {}
    for caller in policy.callers:
        if caller.id in callers:
            findings.add(Finding(caller.at, "duplicate", f"caller `{caller.id}` stands also at {callers[caller.id]}"))
        callers[caller.id] = caller.at
        if caller.kind is Kind.CITIZEN:
            message = "a citizen signs in with a token: keys are for staff, systems and terminals"
            findings.add(Finding(caller.at, "citizen-with-key", message))
        for key in caller.keys:
            if key.id in keys:
                findings.add(Finding(key.at, "duplicate", f"key `{key.id}` stands also at {keys[key.id]}"))
            if key.sha256 in hashes:
                findings.add(Finding(key.at, "duplicate", f"the same key stands also at {hashes[key.sha256]}"))
            keys[key.id], hashes[key.sha256] = key.at, key.at


def _hosts(policy: Policy, findings: Findings) -> None:
    taken: dict[str, str] = {}
    for system in policy.systems.values():
        for host in system.hosts:
            if host in taken:
                message = f"host `{host}` belongs to `{taken[host]}` already"
                findings.add(Finding(system.at, "host-twice", message))
            taken[host] = system.name


def _identity(system: System, jwks: dict[str, str], findings: Findings) -> None:
    for issuer in system.jwt:
        text = jwks.get(issuer.keys)
        if text is None:
            message = f"there is no `{issuer.keys}` in the folder of policies"
            findings.add(Finding(issuer.at, "missing-keys", message))
            continue
        keys = _keys_in(text)
        if not keys:
            findings.add(Finding(issuer.at, "bad-keys", f"`{issuer.keys}` is no JWKS: it needs `keys`, a list of keys"))
        elif any("d" in key or key["kty"] == "oct" for key in keys):
            message = f"`{issuer.keys}` holds a secret: only public keys belong there"
            findings.add(Finding(issuer.at, "secret-in-keys", message))


def _keys_in(text: str) -> list[dict[str, Any]]:
    """The keys of a JWKS; none where it is none."""
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError):
        return []
    good = isinstance(keys, list) and all(isinstance(key, dict) and "kty" in key for key in keys)
    return keys if good else []


def _allowed(system: System, policy: Policy, findings: Findings) -> None:
    """An operation for a post that nobody declares is dead; a post may come from a token, so it is only a warning."""
    posts = {post for caller in policy.callers for post in caller.posts} | {p for g in policy.grants for p in g.posts}
    for operation in system.operations:
        for name in operation.allow:
            if name not in (ANYONE, SIGNED_IN) and name not in posts:
                message = f"no caller and no grant names the post `{name}`{nearest(name, posts)}"
                findings.add(Finding(operation.at, "unknown-post", message, Severity.WARNING))
