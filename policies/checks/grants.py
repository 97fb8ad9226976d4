"""Judges each grant by itself and by what it names: what nobody could ever meet, and what everybody would see."""

from dataclasses import replace
from datetime import datetime, timedelta

from policies.compiling.expand import operations_of
from policies.findings import Finding, Findings, Position, Severity
from policies.parse.section import nearest
from policies.policy import Caller, Grant, Limit, Policy, Reveal, System
from policies.policy_callers import FrontProxy, JwtIssuer, UpstreamSession
from policies.policy_kinds import Direction, Kind, Owner
from policies.precedence import is_possible, regions_of
from policies.transforms.spec import Form, Spec, form_of

SOON = timedelta(days=30)


def check_grants(policy: Policy, findings: Findings) -> None:
    """Add to *findings* what each grant of *policy* names that is not there, and what makes it void or too wide."""
    for grant in (*policy.grants, *policy.reveals, *policy.limits):
        systems = [policy.systems[name] for name in grant.systems if name in policy.systems]
        if systems and not policy.unread:
            _operations(grant, systems, policy, findings)
            _fields(grant, systems, findings)
        _dead(grant, systems, policy, findings)
        if grant.direction is Direction.ANSWER and is_for_everybody(grant) and not isinstance(grant, Reveal):
            for name, spec in grant.sees.items():
                what = "grant", "授权", grant.id
                _revealed(name, spec, what, grant.places.get("sees", grant.at), policy, findings)
    for category in policy.categories.values():
        _revealed(category.name, category.mask, ("category", "种类", category.name), category.at, policy, findings)
    for system in policy.systems.values():
        for record in system.records.values():
            for field in record.fields.values():
                if field.mask is not None:
                    what = "field", "字段", f"{record.name}.{field.name}"
                    _revealed(field.category, field.mask, what, field.at, policy, findings)


def check_ends(policy: Policy, now: datetime, findings: Findings) -> None:
    """Add to *findings* which grants, keys and front proxies of *policy* have ended at *now*, or soon will have."""
    for at, what, zh, name, until in (
        *((grant.at, "grant", "授权", grant.id, grant.until) for grant in policy.grants),
        *((reveal.at, "reveal", "查看原文", reveal.id, reveal.until) for reveal in policy.reveals),
        *((key.at, "key", "密钥", key.id, key.until) for caller in policy.callers for key in caller.keys),
        *(
            (front.at, "front proxy", "前置代理", front.id, front.until)
            for system in policy.systems.values()
            for front in system.front_proxies
        ),
    ):
        if until <= now:
            message = f"{what} `{name}` has ended: remove it, or have a later `until` approved"
            findings.add(Finding(at, "ended", message, Severity.WARNING, f"{zh} `{name}`"))
        elif until <= now + SOON:
            left = (until - now).days
            message = f"{what} `{name}` ends in {left} days: have a later `until` approved, or let it end"
            findings.add(Finding(at, "ends-soon", message, Severity.WARNING, f"{zh} `{name}`，还有 {left} 天"))


def called(grant: Grant) -> str:
    """What findings call *grant*."""
    kind = "reveal" if isinstance(grant, Reveal) else "limit" if isinstance(grant, Limit) else "grant"
    return f"{kind} `{grant.id}`"


def is_about_all(grant: Grant) -> bool:
    """Whether *grant* is about every category there is."""
    return isinstance(grant, Reveal) and grant.break_glass and not grant.sees


def _operations(grant: Grant, systems: list[System], policy: Policy, findings: Findings) -> None:
    if grant.operations is None:
        return
    declared = {
        f"{one.method} {one.path}" for system in systems for one in operations_of(system, policy.packs, Findings())
    }
    for operation in grant.operations:
        if operation not in declared:
            message = f"{called(grant)} is about `{operation[:80]}`, which none of its systems declares"
            at = grant.places.get("operations", grant.at)
            near = nearest(operation, declared)
            findings.add(Finding(at, "unknown-operation", f"{message}{near}", about=f"`{operation[:80]}`"))


def _fields(grant: Grant, systems: list[System], findings: Findings) -> None:
    if not grant.records and not grant.fields:
        return
    records = {name for system in systems for name in system.records}
    categories: dict[str, set[str]] = {}
    for system in systems:
        for record in system.records.values():
            for field in record.fields.values():
                found = {field.category, field.label} - {""}
                categories[f"{record.name}.{field.name}"] = categories.get(f"{record.name}.{field.name}", set()) | found
    for name in grant.records or ():
        if name not in records:
            message = f"{called(grant)} is about the record `{name}`, and none of its systems has one"
            at = grant.places.get("records", grant.at)
            findings.add(Finding(at, "unknown-record", f"{message}{nearest(name, records)}", about=f"`{name}`"))
    at = grant.places.get("fields", grant.at)
    for name in grant.fields or ():
        if name not in categories:
            message = f"{called(grant)} is about `{name[:80]}`, and none of its systems has such a field"
            findings.add(Finding(at, "unknown-field", f"{message}{nearest(name, categories)}", about=f"`{name[:80]}`"))
        elif categories[name].isdisjoint(grant.sees) and not is_about_all(grant):
            message = f"{called(grant)} names `{name[:80]}`, and says nothing of what that is"
            findings.add(Finding(at, "rule-dead", message, Severity.WARNING, f"`{name[:80]}` 的种类没有写明"))


def _dead(grant: Grant, systems: list[System], policy: Policy, findings: Findings) -> None:
    if not grant.systems:
        return  # told already
    callers = {caller.id: caller for caller in policy.callers}
    if not regions_of(grant, {}):
        key = _unmet(grant)
        at = grant.places.get(key, grant.at)
        message = f"{called(grant)} never applies: nothing meets its `{key}`"
        findings.add(Finding(at, "rule-dead", message, about=f"`{grant.id}` 的 `{key}`"))
    elif not regions_of(grant, callers):
        message = f"{called(grant)} never applies: none of the callers that it names meets its other conditions"
        findings.add(Finding(grant.at, "rule-dead", message, Severity.WARNING, f"`{grant.id}`"))
    elif systems and not any(_has_asker(grant, system, callers) for system in systems):
        message = f"{called(grant)} never applies: no credential that its systems take meets its conditions"
        findings.add(Finding(grant.at, "rule-dead", message, Severity.WARNING, f"`{grant.id}`"))


def _unmet(grant: Grant) -> str:
    """The key of *grant* that nothing meets."""
    if grant.hours is not None and not grant.hours:
        return "hours"
    if set(grant.purposes) and set(grant.purposes) <= set(grant.not_purposes):
        return "not_purpose"
    for key in ("networks", "operations", "records", "fields"):
        if getattr(grant, key) is not None and not getattr(grant, key):
            return key
    return "who"


def _has_asker(grant: Grant, system: System, callers: dict[str, Caller]) -> bool:
    """Whether anybody with a credential that *system* takes could meet the conditions of *grant*."""
    regions = regions_of(grant, callers)
    if grant.owner is None and any(not region.is_signed_in and not region.purposes for region in regions):
        return True
    declared: list[FrontProxy | UpstreamSession] = [*system.front_proxies]
    if system.session is not None:
        declared.append(system.session)
    vouched = [frozenset(each.purposes) for each in declared if grant.owner is None or _signs_in(grant.owner, each)]
    if any(_is_met(region.purposes, purposes) for region in regions if not region.attributes for purposes in vouched):
        return True
    issuers = [issuer for issuer in system.jwt if _vouches_for(grant.owner, issuer)]
    claims = {claim for issuer in issuers for claim in issuer.attribute_claims}
    if issuers and any(claims.issuperset(name for name, _ in region.attributes) for region in regions):
        return True
    known = [name for name, caller in callers.items() if any(map(system.takes, caller.keys))] if not grant.owner else []
    return any(
        is_possible(replace(region, callers=region.callers | {name}), callers) for region in regions for name in known
    )


def _vouches_for(owner: Owner | None, issuer: JwtIssuer) -> bool:
    """Whether a token of *issuer* can say whose records those of *owner* are."""
    match owner:
        case None:
            return True
        case Owner.SELF:
            return issuer.kind is Kind.CITIZEN
        case Owner.ACTING:
            return bool(issuer.acting_for)


def _is_met(wanted: frozenset[frozenset[str]], purposes: frozenset[str]) -> bool:
    return not any(some.isdisjoint(purposes) for some in wanted)


def _signs_in(owner: Owner, front: FrontProxy | UpstreamSession) -> bool:
    """Whether *front* can say whose records those of *owner* are."""
    return owner is Owner.SELF and front.kind is Kind.CITIZEN


def is_for_everybody(grant: Grant) -> bool:
    """Whether whoever signs in meets what *grant* says of who asks."""
    return grant.owner is None and (grant.anyone or grant.signed_in) and not grant.all_posts and not grant.attributes


def _revealed(
    name: str, spec: Spec, what: tuple[str, str, str], at: Position, policy: Policy, findings: Findings
) -> None:
    category = policy.categories.get(name)
    if category is None or form_of(spec) is not Form.CLEAR:
        return
    en, zh, called = what
    kind = "sensitive " if category.sensitive else ""
    severity = Severity.ERROR if category.sensitive else Severity.WARNING
    message = f"{en} `{called}` shows {kind}personal data, `{name}`, to everybody: mask it, or name who may see it"
    findings.add(Finding(at, "reveals-to-everyone", message, severity, f"{zh} `{called}` 的 `{name}`"))
