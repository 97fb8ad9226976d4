"""Judges the grants that have to be asked for: those that show nothing, or nothing more, or open too much."""

from collections.abc import Iterable

from policies.checks.grants import is_about_all, is_for_everybody
from policies.findings import Finding, Findings, Severity
from policies.policy import Grant, Policy, Reveal, System
from policies.policy_kinds import State
from policies.precedence import Precedence
from policies.transforms.spec import Form, form_of


def check_reveals(policy: Policy, findings: Findings) -> None:
    """Add to *findings* which reveals of *policy* show nothing, or nothing more, and which open too much."""
    order = Precedence((*policy.grants, *policy.reveals), {caller.id: caller for caller in policy.callers})
    for reveal in policy.reveals:
        systems = [policy.systems[name] for name in reveal.systems if name in policy.systems]
        if systems and not policy.unread:
            _held(reveal, systems, findings)
            _subjects(reveal, systems, findings)
            seen = _seen(reveal, systems, policy)
            _shown_already(reveal, seen, policy, order, findings)
            if reveal.break_glass and is_for_everybody(reveal):
                _for_everybody(reveal, seen, policy, findings)
        if is_about_all(reveal) and len(policy.systems) > 1 and policy.systems.keys() <= {*reveal.systems}:
            message = (
                f"reveal `{reveal.id}` opens every record of every system to whoever breaks the glass: "
                "name the systems, or the categories, that somebody needs"
            )
            at = reveal.places.get("systems", reveal.at)
            findings.add(Finding(at, "break-glass-everything", message, Severity.WARNING, f"查看原文 `{reveal.id}`"))
    if not policy.unread:
        _covered(policy, order, findings)


def _held_by(systems: Iterable[System]) -> set[str]:
    """The categories of the fields of *systems*."""
    held: set[str] = set()
    for system in systems:
        for record in system.records.values():
            for field in record.fields.values():
                held |= {field.category, field.label}
    return held


def _seen(reveal: Reveal, systems: Iterable[System], policy: Policy) -> set[str]:
    """The categories that *reveal* shows in *systems*."""
    held = _held_by(systems) & policy.categories.keys()
    return held if is_about_all(reveal) else held & reveal.sees.keys()


def _shown_already(reveal: Reveal, seen: set[str], policy: Policy, order: Precedence, findings: Findings) -> None:
    """A reveal of what grants show to all who could ask, and for as long: nobody has to ask for it."""
    if seen and all(any(_shows(grant, category, reveal, order) for grant in policy.grants) for category in seen):
        message = (
            f"reveal `{reveal.id}` shows nothing that its callers are not shown without asking: remove one of both"
        )
        at = reveal.places.get("categories", reveal.at)
        findings.add(Finding(at, "reveal-without-effect", message, Severity.WARNING, f"查看原文 `{reveal.id}`"))


def _shows(grant: Grant, category: str, reveal: Reveal, order: Precedence) -> bool:
    """Whether *grant* certainly shows *category* in clear, in every record, wherever *reveal* does."""
    if category not in grant.sees or form_of(grant.sees[category]) is not Form.CLEAR or grant.until < reveal.until:
        return False
    if grant.rows or grant.at_most is not None or not order.covers(grant, reveal):
        return False
    return not any(
        category in other.sees and form_of(other.sees[category]) is not Form.CLEAR and order.overlap(other, reveal)
        for other in order.before(grant)
    )


def _covered(policy: Policy, order: Precedence, findings: Findings) -> None:
    """Reveals that others make needless: who asks by one of those is shown as much, for as long and as often."""
    systems = policy.systems
    seen = {
        reveal.id: _seen(reveal, [systems[name] for name in reveal.systems if name in systems], policy)
        for reveal in policy.reveals
    }

    def covers(one: Reveal, other: Reveal) -> bool:
        limits = zip(_limits(one), _limits(other), strict=True)
        is_as_much = seen[other.id] <= seen[one.id] and all(most >= least for most, least in limits)
        return is_as_much and one.break_glass is other.break_glass and order.covers(one, other)

    for place, reveal in enumerate(policy.reveals):
        for number, other in enumerate(policy.reveals):
            # Of two that cover each other, the later one is needless.
            is_needless = number < place or (number > place and not covers(reveal, other))
            if seen[reveal.id] and is_needless and covers(other, reveal):
                message = f"reveal `{reveal.id}` shows nothing that `{other.id}` does not show its callers: remove it"
                about = f"查看原文 `{reveal.id}`，另一条是 `{other.id}`"
                findings.add(Finding(reveal.at, "reveal-covered", message, Severity.WARNING, about))
                break


def _limits(reveal: Reveal) -> tuple[float, int, int]:
    return reveal.until.timestamp(), reveal.minutes, reveal.at_most_a_day


def _for_everybody(reveal: Reveal, seen: set[str], policy: Policy, findings: Findings) -> None:
    """The glass that whoever signs in may break: an error where sensitive personal data lies behind it."""
    is_sensitive = any(policy.categories[name].sensitive for name in seen)
    message = f"reveal `{reveal.id}` lets everybody who is signed in break the glass: name the posts that may"
    severity = Severity.ERROR if is_sensitive else Severity.WARNING
    at = reveal.places.get("who", reveal.at)
    findings.add(Finding(at, "break-glass-for-everybody", message, severity, f"查看原文 `{reveal.id}`"))


def _held(reveal: Reveal, systems: Iterable[System], findings: Findings) -> None:
    """Categories that no field of *systems* is of: to ask for them shows nothing. What is learnt may get them."""
    systems = tuple(systems)
    held = _held_by(systems)
    is_sure = held.isdisjoint(reveal.sees) and all(system.state is State.ENFORCING for system in systems)
    at = reveal.places.get("categories", reveal.at)
    for category in reveal.sees:
        if category not in held:
            message = f"reveal `{reveal.id}` names `{category[:80]}`, and no field of its systems is of that category"
            severity = Severity.ERROR if is_sure else Severity.WARNING
            findings.add(Finding(at, "rule-dead", message, severity, f"查看原文 `{reveal.id}` 的 `{category[:80]}`"))


def _subjects(reveal: Reveal, systems: Iterable[System], findings: Findings) -> None:
    """Systems in which nobody can tell whose record it is: who asks for one subject there is always refused."""
    for system in systems:
        if not reveal.break_glass and all(record.subject is None for record in system.records.values()):
            message = (
                f"reveal `{reveal.id}` is about one subject, and no record of `{system.name}` has a `subject`: "
                "nobody can tell whose it is"
            )
            about = f"查看原文 `{reveal.id}`，系统 `{system.name}`"
            at = reveal.places.get("systems", reveal.at)
            findings.add(Finding(at, "owner-without-subject", message, Severity.WARNING, about))
