"""Judges the limits: those that are never reached, and grants that show what is sensitive to callers without one."""

from dataclasses import replace

from policies.checks.grants import is_about_all
from policies.findings import Finding, Findings, Position, Severity
from policies.limits import HARDEST, HOURS_A_DAY, AtLimit
from policies.parse.section import nearest
from policies.policy import Grant, Limit, Policy
from policies.policy_kinds import Direction, Level
from policies.precedence import Precedence, covers_region, regions_of
from policies.transforms.spec import Form, form_of

_COUNTED = ("requests_a_minute", "subjects_an_hour", "subjects_a_day")


def check_limits(policy: Policy, findings: Findings) -> None:
    """Add to *findings* which limits of *policy* can never act, and which grants show much without one."""
    order = Precedence(policy.limits, {caller.id: caller for caller in policy.callers})
    known = {grant.id for grant in (*policy.grants, *policy.reveals)}
    for place, limit in enumerate(policy.limits):
        _grants(limit, known, findings)
        _within_itself(limit, findings)
        for number, other in enumerate(policy.limits):
            # Of two that are alike, the later one is needless.
            is_needless = number < place or (number > place and not _acts_first(limit, other, order))
            if number != place and is_needless and _acts_first(other, limit, order):
                message = f"limit `{limit.id}` is never reached: `{other.id}` acts on the same callers before it"
                about = f"上限 `{limit.id}`，在它之前有 `{other.id}`"
                findings.add(Finding(limit.at, "limit-never-reached", message, Severity.WARNING, about))
                break
    for grant in policy.grants:
        if not policy.unread:
            _without_limit(grant, policy, findings)


def _grants(limit: Limit, known: set[str], findings: Findings) -> None:
    for grant in limit.grants or ():
        if grant not in known:
            message = f"limit `{limit.id}` counts what `{grant}` shows, and there is no such grant"
            at = limit.places.get("grants", limit.at)
            findings.add(Finding(at, "unknown-grant", f"{message}{nearest(grant, known)}", about=f"`{grant}`"))


def _within_itself(limit: Limit, findings: Findings) -> None:
    """Numbers of one limit of which another is reached before, and a step up that leads nowhere."""
    an_hour, a_day = limit.subjects_an_hour, limit.subjects_a_day
    if an_hour is not None and a_day is not None:
        if a_day <= an_hour:
            _never(limit, "subjects_an_hour", f"`subjects_a_day: {a_day}`", limit.places, findings)
        elif a_day >= HOURS_A_DAY * an_hour:
            _never(limit, "subjects_a_day", f"`subjects_an_hour: {an_hour}`", limit.places, findings)
    step = limit.step_up
    if step is None:
        return
    for key, before, after in (
        ("subjects_an_hour", an_hour, step.subjects_an_hour),
        ("subjects_a_day", a_day, step.subjects_a_day),
    ):
        if after is not None and (before is None or after <= before):
            message = f"limit `{limit.id}`: `step_up` gives `{key}: {after}`, which is no more than without"
            at, about = limit.places.get("step_up", limit.at), f"上限 `{limit.id}` 的 `step_up` 中的 `{key}`"
            findings.add(Finding(at, "limit-never-reached", message, Severity.WARNING, about))


def _never(limit: Limit, key: str, before: str, places: dict[str, Position], findings: Findings) -> None:
    message = f"limit `{limit.id}`: its `{key}` is never reached, for {before} is reached before"
    at, about = places.get(key, limit.at), f"上限 `{limit.id}` 的 `{key}`，在它之前是 {before}"
    findings.add(Finding(at, "limit-never-reached", message, Severity.WARNING, about))


def _acts_first(one: Limit, other: Limit, order: Precedence) -> bool:
    """Whether *one* is surely reached by whoever comes near *other*, in all that *other* counts."""
    if one.grants is not None and (other.grants is None or not {*other.grants} <= {*one.grants}):
        return False
    most = _most(one)
    is_harder = bool(other.at_limit and one.at_limit and HARDEST.index(other.at_limit) < HARDEST.index(one.at_limit))
    return order.covers(one, other) and all(
        (number := getattr(other, name)) is None
        or number > most.get(name, number)
        or (number == most.get(name) and not (is_harder and name != _COUNTED[0]))
        for name in _COUNTED
    )


def _most(limit: Limit) -> dict[str, int]:
    """How much *limit* allows at most, whoever has stepped up."""
    found = {name: number for name in _COUNTED if (number := getattr(limit, name)) is not None}
    step = limit.step_up if limit.at_limit is AtLimit.STEP_UP else None
    if step is not None:
        for name in _COUNTED[1:]:
            if name in found and (number := getattr(step, name)) is not None:
                found[name] = max(found[name], number)
    if "subjects_a_day" in found:
        found["subjects_an_hour"] = min(found["subjects_a_day"], found.get("subjects_an_hour", found["subjects_a_day"]))
    if "subjects_an_hour" in found:
        a_day = HOURS_A_DAY * found["subjects_an_hour"]
        found["subjects_a_day"] = min(a_day, found.get("subjects_a_day", a_day))
    return found


def _without_limit(grant: Grant, policy: Policy, findings: Findings) -> None:
    """A grant that shows important or sensitive data in clear, where nothing limits of how many people."""
    if grant.direction is not Direction.ANSWER or grant.owner is not None or is_about_all(grant):
        return
    grave = [
        name
        for name, spec in grant.sees.items()
        if (category := policy.categories.get(name)) is not None
        and form_of(spec) is Form.CLEAR
        and (category.sensitive or category.level is not Level.GENERAL)
    ]
    callers = {caller.id: caller for caller in policy.callers}
    counting = [
        limit for limit in policy.limits if limit.at_limit and (limit.grants is None or grant.id in limit.grants)
    ]
    pieces = (
        replace(region, systems=frozenset({system}))
        for region in regions_of(grant, callers)
        for system in grant.systems
    )
    if grave and not all(any(covers_region(limit, piece, callers) for limit in counting) for piece in pieces):
        named = ", ".join(f"`{name}`" for name in grave)
        message = (
            f"grant `{grant.id}` shows {named} of any number of people: a limit in `limits` stops who takes too much"
        )
        findings.add(Finding(grant.at, "no-limit", message, Severity.WARNING, f"授权 `{grant.id}`，{named}"))
