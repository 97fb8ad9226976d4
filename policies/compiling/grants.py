"""Compiles what callers may see: grants, reveals, limits and keys."""

from collections.abc import Iterable
from dataclasses import asdict

from policies.permits import Kind as PermitKind
from policies.policy import Grant, Policy, System
from policies.precedence import Precedence
from policies.program import (
    FieldInfo,
    GrantRule,
    LimitRule,
    RevealRule,
    StepUpRule,
)
from policies.program_callers import (
    KeyRule,
)
from policies.transforms.spec import Show, Spec


def grants_of(policy: Policy, system: System) -> tuple[GrantRule, ...]:
    """The grants of *system*, each behind those that go before it."""
    grants = [grant for grant in policy.grants if system.name in grant.systems]
    order = Precedence(grants, {caller.id: caller for caller in policy.callers})
    yields_to = {grant.id: tuple(other.id for other in order.before(grant)) for grant in grants}
    return tuple(
        _grant(grant, grant.sees, yields_to[grant.id])
        for grant in sorted(grants, key=lambda grant: len(yields_to[grant.id]))
    )


def _grant(grant: Grant, sees: dict[str, Spec], yields_to: tuple[str, ...] = ()) -> GrantRule:
    return GrantRule(
        id=grant.id,
        posts=grant.posts,
        callers=grant.callers,
        all_posts=grant.all_posts,
        not_posts=grant.not_posts,
        attributes=grant.attributes,
        signed_in=grant.signed_in,
        anyone=grant.anyone,
        owner=grant.owner,
        operations=grant.operations,
        records=grant.records,
        fields=grant.fields,
        direction=grant.direction,
        networks=grant.networks,
        hours=grant.hours,
        rows=grant.rows,
        at_most=grant.at_most,
        sees=sees,
        purposes=grant.purposes,
        not_purposes=grant.not_purposes,
        until=grant.until.timestamp(),
        rule=str(grant.at),
        yields_to=yields_to,
    )


def reveals_of(policy: Policy, system: System, fields: Iterable[FieldInfo]) -> tuple[RevealRule, ...]:
    """The reveals of *system* that are about a category of its *fields*, in order."""
    held = sorted({field.category for field in fields} & policy.categories.keys())
    found = []
    for reveal in policy.reveals:
        sees: dict[str, Spec] = {
            name: Show() for name in held if name in reveal.sees or (reveal.break_glass and not reveal.sees)
        }
        if system.name in reveal.systems and sees:
            found.append(
                RevealRule(
                    grant=_grant(reveal, sees),
                    kind=PermitKind.BREAK_GLASS if reveal.break_glass else PermitKind.REVEAL,
                    minutes=reveal.minutes,
                    at_most_a_day=reveal.at_most_a_day,
                    sampled=reveal.sampled,
                    titles=tuple((policy.categories[name].title.zh, policy.categories[name].title.en) for name in sees),
                )
            )
    return tuple(found)


def limits_of(policy: Policy, system: System) -> tuple[LimitRule, ...]:
    """The limits of *system*, in order."""
    return tuple(
        LimitRule(
            grant=_grant(limit, {}),
            grants=limit.grants,
            requests_a_minute=limit.requests_a_minute,
            subjects_an_hour=limit.subjects_an_hour,
            subjects_a_day=limit.subjects_a_day,
            at_limit=limit.at_limit,
            step_up=StepUpRule(**asdict(limit.step_up)) if limit.step_up is not None else None,
        )
        for limit in policy.limits
        if system.name in limit.systems
    )


def keys_of(policy: Policy, system: System) -> tuple[KeyRule, ...]:
    """The API keys that *system* takes."""
    return tuple(
        KeyRule(
            id=key.id,
            sha256=key.sha256,
            hmac=key.hmac,
            certificate=key.certificate,
            until=key.until.timestamp(),
            caller=caller.id,
            kind=caller.kind,
            posts=caller.posts,
            purposes=caller.purposes,
            attributes=caller.attributes,
        )
        for caller in policy.callers
        for key in caller.keys
        if system.takes(key)
    )
