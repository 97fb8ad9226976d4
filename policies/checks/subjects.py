"""Judges who may write whose a record is: whoever is shown records by that is refused where he changes it."""

from policies.findings import Finding, Findings, Severity
from policies.operations import SAFE_METHODS
from policies.policy import ANYONE, SIGNED_IN, System
from policies.program import SEGMENT, GrantRule, OperationRule, Program
from policies.program_shapes import fields_in
from policies.sent.subjects import CHANGES, Subjects


def check_subjects(system: System, program: Program, findings: Findings) -> None:
    """Add to *findings* the subjects that callers may send in changes to *program* and may not change."""
    subjects = Subjects(program)
    kept = subjects.of_anybody()
    for index in sorted(kept.indexes):
        record, _, name = program.fields[index].name.partition(".")
        if record not in system.records or name not in system.records[record].fields:
            continue  # it is declared by its path, and called like one that is told
        writing = [each for each in program.operations if _writes(each, index) and _is_for(each, subjects.by_subject)]
        if writing:
            surely = min(writing, key=lambda each: not _names_record(each)).id
            message = (
                f"`{record}.{name}` says whose a record is, and `{surely}` can be sent it by callers who are "
                "shown records by that: a record that exists keeps its subject, so they are refused where they change "
                "it; have the form show it for reading alone, or let other posts correct it"
            )
            about = f"`{record}.{name}`，操作 `{surely}`"
            at = system.records[record].fields[name].at
            findings.add(Finding(at, "subject-written", message, Severity.WARNING, about))


def _writes(operation: OperationRule, subject: int) -> bool:
    """Whether a body of *operation* may hold the *subject* of a record that exists."""
    if operation.method in SAFE_METHODS or operation.refuse_zh or subject not in fields_in(operation.body):
        return False
    key = {*operation.key} & fields_in(operation.body) - {subject}
    return _names_record(operation) or bool(key)


def _names_record(operation: OperationRule) -> bool:
    """Whether *operation* is about a record that exists, whatever its body says."""
    return operation.method in CHANGES or SEGMENT in operation.path


def _is_for(operation: OperationRule, grants: tuple[GrantRule, ...]) -> bool:
    """Whether somebody to whom one of *grants* applies may call *operation*."""
    if {ANYONE, SIGNED_IN} & {*operation.allow}:
        return bool(grants)
    return any(not grant.posts or {*grant.posts, *grant.all_posts} & {*operation.allow} for grant in grants)
