"""Judges the records of a system by what its operations do with them: a record that is served by its key has one."""

from policies.compile import KEY_IN_PATH, records_in
from policies.expand import operations_of
from policies.findings import Finding, Findings, Severity
from policies.policy import PUBLIC, About, Bodies, Operation, Policy, Record, System
from policies.transforms.spec import Show


def check_records(policy: Policy, system: System, findings: Findings) -> None:
    """Add to *findings* which records of *system* cannot be served as its operations say."""
    operations = operations_of(system, policy.packs, Findings())  # what is wrong with them is told elsewhere
    for name, record in system.records.items():
        if any(_goes_by_key(operation) and name in _records_of(operation) for operation in operations):
            _key(name, record, policy, findings)


def _key(name: str, record: Record, policy: Policy, findings: Findings) -> None:
    refused = "pages that name one by its key and all but the first page of a list are refused"
    if not record.key:
        message = f"nobody has said by which fields `{name}` is found: {refused}; declare them in `key`"
        findings.add(Finding(record.at, "key-undeclared", message, Severity.WARNING))
    for wanted in record.key:
        if wanted in record.fields and not _is_clear(record, wanted, policy):
            message = f"`{name}` is found by `{wanted[:80]}`: {refused} to whoever has no grant to see it in clear"
            findings.add(Finding(record.fields[wanted].at, "key-hidden", message, Severity.WARNING))


def _is_clear(record: Record, name: str, policy: Policy) -> bool:
    """Whether everybody sees the field *name* as it is."""
    field = record.fields[name]
    category = policy.categories.get(field.category)
    return field.category == PUBLIC or (category is not None and (field.mask or category.mask) == Show())


def _goes_by_key(operation: Operation) -> bool:
    parameters = any(parameter.about is About.KEY for parameter in operation.parameters)
    targets = any(target.key_of for target in operation.answers.json or ())
    in_path = KEY_IN_PATH in operation.path and operation.refuse is None
    return in_path or parameters or targets or bool(operation.key_headers)


def _records_of(operation: Operation) -> set[str]:
    return _keys_in(operation.answers) | records_in(operation.answers) | records_in(operation.body)


def _keys_in(bodies: Bodies) -> set[str]:
    return {target.key_of for target in bodies.json or ()}
