"""Judges the records of a system by what its operations do with them: how they are found, and whom they are about."""

from policies.compiling.expand import operations_of
from policies.compiling.system import KEY_IN_PATH, records_in
from policies.findings import Finding, Findings, Severity
from policies.operations import About, Bodies, Operation
from policies.policy import PUBLIC, SCAN, Field, Policy, Record, System
from policies.transforms.spec import Show


def check_records(policy: Policy, system: System, findings: Findings) -> None:
    """Add to *findings* which records of *system* cannot be served as its operations say."""
    operations = operations_of(system, policy.packs, Findings())  # what is wrong with them is told elsewhere
    by_key = {name for operation in operations if _goes_by_key(operation) for name in _records_of(operation)}
    answered = {name for operation in operations for name in records_in(operation.answers)}
    listed = {name for operation in operations if _is_list(operation) for name in records_in(operation.answers)}
    for name, record in system.records.items():
        if name in by_key:
            _key(name, record, findings)
        if name in listed:
            _order(name, record, policy, findings)
        if record.subject is None and name in answered:
            _subject(name, record, system, findings)


def _key(name: str, record: Record, findings: Findings) -> None:
    if not record.key:
        message = (
            f"nobody has said by which fields `{name}` is found: everybody gets handles in their place, and whoever "
            "names one by its key is refused; declare them in `key`"
        )
        findings.add(Finding(record.at, "key-undeclared", message, Severity.WARNING, f"`{name}`"))


def _order(name: str, record: Record, policy: Policy, findings: Findings) -> None:
    """A list is in the order of its key unless asked otherwise, and of an ID number that is the order of birth."""
    for wanted in record.key:
        if wanted in record.fields and not _is_clear(record, wanted, policy):
            message = (
                f"the list of `{name}` is in the order of `{wanted[:80]}`: whoever has no grant to see that in clear "
                "sees between which others it lies; have the system use a key that tells of nobody, or another order"
            )
            about = f"`{name}` 的 `{wanted[:80]}`"
            findings.add(Finding(record.fields[wanted].at, "list-in-hidden-order", message, Severity.WARNING, about))


def _subject(name: str, record: Record, system: System, findings: Findings) -> None:
    personal = next((field.name for field in record.fields.values() if _is_personal(field, system, ())), None)
    if personal is not None:
        message = (
            f"`{name}` has personal fields such as `{personal[:80]}` and no `subject`: whose data was read is not "
            "recorded, and an incident can only be graded by how many values were shown"
        )
        findings.add(Finding(record.at, "no-subject", message, Severity.WARNING, f"`{name}`，例如 `{personal[:80]}`"))


def _is_personal(field: Field, system: System, around: tuple[str, ...]) -> bool:
    if field.record in around:
        return False
    inner = system.records.get(field.record)
    if inner is not None:
        return any(_is_personal(one, system, (*around, field.record)) for one in inner.fields.values())
    return field.category not in ("", PUBLIC, SCAN)


def _is_clear(record: Record, name: str, policy: Policy) -> bool:
    """Whether everybody sees the field *name* as it is."""
    field = record.fields[name]
    category = policy.categories.get(field.category)
    return field.category == PUBLIC or (category is not None and (field.mask or category.mask) == Show())


def _goes_by_key(operation: Operation) -> bool:
    parameters = any(parameter.about is About.KEY for parameter in operation.parameters)
    targets = any(target.key_of or target.cursor_of for target in operation.answers.targets)
    in_path = KEY_IN_PATH in operation.path and operation.refuse is None
    return in_path or parameters or targets or bool(operation.key_headers)


def _is_list(operation: Operation) -> bool:
    return KEY_IN_PATH not in operation.path and operation.refuse is None


def _records_of(operation: Operation) -> set[str]:
    shown = _keys_in(operation.answers) | records_in(operation.answers) | records_in(operation.body)
    return shown or {operation.record} - {""}


def _keys_in(bodies: Bodies) -> set[str]:
    return {record for target in bodies.targets for record in (target.key_of, target.cursor_of)}
