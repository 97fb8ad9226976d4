"""Judges the grants that have to be asked for: those that could never show anything, and those that open everything."""

from collections.abc import Iterable

from policies.check_grants import is_about_all
from policies.findings import Finding, Findings, Severity
from policies.policy import Policy, Reveal, System


def check_reveals(policy: Policy, findings: Findings) -> None:
    """Add to *findings* which reveals of *policy* name what their systems do not hold, and which open everything."""
    for reveal in policy.reveals:
        systems = [policy.systems[name] for name in reveal.systems if name in policy.systems]
        if systems and not policy.unread:
            _held(reveal, systems, findings)
            _subjects(reveal, systems, findings)
        if is_about_all(reveal) and len(policy.systems) > 1 and policy.systems.keys() <= {*reveal.systems}:
            message = (
                f"reveal `{reveal.id}` opens every record of every system to whoever breaks the glass: "
                "name the systems, or the categories, that somebody needs"
            )
            at = reveal.places.get("systems", reveal.at)
            findings.add(Finding(at, "break-glass-everything", message, Severity.WARNING, f"查看原文 `{reveal.id}`"))


def _held(reveal: Reveal, systems: Iterable[System], findings: Findings) -> None:
    """Categories that no field of *systems* is of: to ask for them shows nothing."""
    held: set[str] = set()
    for system in systems:
        for record in system.records.values():
            for field in record.fields.values():
                held |= {field.category, field.label}
    at = reveal.places.get("categories", reveal.at)
    for category in reveal.sees:
        if category not in held:
            message = f"reveal `{reveal.id}` names `{category[:80]}`, and no field of its systems is of that category"
            severity = Severity.WARNING if held & reveal.sees.keys() else Severity.ERROR
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
