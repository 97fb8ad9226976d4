"""Judges what grants say of single records: by which fields they are told apart, and whether anybody's can be."""

from policies.besides import KINDS, shows_besides
from policies.findings import Finding, Findings, Severity
from policies.parse.section import nearest
from policies.policy import SCAN, Grant, Policy, System
from policies.program import Program


def check_rows(policy: Policy, findings: Findings) -> None:
    """Add to *findings* which grants of *policy* go by fields or subjects that records of their systems do not have."""
    for grant in policy.grants:
        for system in (policy.systems[name] for name in grant.systems if name in policy.systems):
            _fields(grant, system, findings)
            if grant.owner is not None and all(record.subject is None for record in system.records.values()):
                message = (
                    f"grant `{grant.id}` is about some people's records, and no record of `{system.name}` has a "
                    "`subject`: nobody can tell whose it is"
                )
                about = f"授权 `{grant.id}`，系统 `{system.name}`"
                at = grant.places.get("who", grant.at)
                findings.add(Finding(at, "owner-without-subject", message, Severity.WARNING, about))


def check_besides(policy: Policy, program: Program, findings: Findings) -> None:
    """Add to *findings* which operations of *program* are withheld from callers to whom grants show some records."""
    grants = {grant.id: grant for grant in policy.grants}
    for rule in program.grants:
        for operation in program.operations if rule.rows else ():
            if rule.operations is not None and operation.id not in rule.operations:
                continue
            kinds = [kind for kind in KINDS if shows_besides(program, operation.answers, kind, (rule,))]
            if kinds:
                listed = ", ".join(kinds)
                message = (
                    f"grant `{rule.id}` leaves out records, and the {listed} of `{operation.id}` in `{program.system}` "
                    "may show what it sees without the fields it tells records by: that is withheld from its callers"
                )
                about = f"授权 `{rule.id}`，系统 `{program.system}`，操作 `{operation.id}`（{listed}）"
                grant = grants[rule.id]
                at = grant.places.get("rows", grant.at)
                findings.add(Finding(at, "shown-besides-rows", message, Severity.WARNING, about))


def _fields(grant: Grant, system: System, findings: Findings) -> None:
    """Of every system of the grant: of one whose records lack the field, none would be left out."""
    if not grant.rows:
        return
    single = {
        f"{record.name}.{field.name}": field
        for record in system.records.values()
        for field in record.fields.values()
        if field.category not in ("", SCAN)
    }
    for name in grant.rows:
        at = grant.places.get("rows", grant.at)
        if name in single and single[name].at_rest is not None:
            message = (
                f"grant `{grant.id}` leaves out records by `{name[:80]}`, which `{system.name}` stores encrypted: "
                "every record would be left out"
            )
            findings.add(Finding(at, "row-field-encrypted", message, about=f"`{name[:80]}`，系统 `{system.name}`"))
        if name not in single:
            message = (
                f"grant `{grant.id}` leaves out records by `{name[:80]}`, and `{system.name}` has no such single value"
                f"{nearest(name, single)}"
            )
            findings.add(Finding(at, "unknown-row-field", message, about=f"`{name[:80]}`，系统 `{system.name}`"))
