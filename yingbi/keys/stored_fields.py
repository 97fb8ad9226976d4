"""Fields that systems store encrypted: none is begun before a backup of the keys was restored in a test.

Without the key a register that stores its names encrypted has lost them. DESIGN decision 19.
"""

from collections.abc import Mapping

from policies.findings import Finding, Position
from policies.program import FieldInfo, Program
from yingbi.keys.escrow import unproved
from yingbi.keys.handling import KeysNotUsable, KeyStore


def not_to_begin(store: KeyStore, before: Mapping[str, Program], after: Mapping[str, Program]) -> list[Finding]:
    """Which fields may not be stored encrypted yet: in the programs *after* and not in those *before*.

    A system that stores values encrypted already goes on: what it holds is lost without the key as well.
    """
    begun = {name: field for name, program in after.items() for field in stored_in(program) if _begins(name, before)}
    if not begun:
        return []
    try:
        lacking = {*unproved(store), *begun.keys() - {*store.systems()}}
    except KeysNotUsable:
        lacking = {*begun}
    return [_finding(name, begun[name]) for name in sorted(begun) if name in lacking]


def _begins(system: str, before: Mapping[str, Program]) -> bool:
    return system not in before or not stored_in(before[system])


def stored_in(program: Program) -> list[FieldInfo]:
    """The fields that the system of *program* stores encrypted."""
    return [field for field in program.fields if field.at_rest is not None]


def _finding(system: str, field: FieldInfo) -> Finding:
    file, _, line = field.rule.rpartition(":")
    message = (
        f"`{field.name}` of `{system}` is not stored encrypted yet: no backup of its key was restored in a test; "
        "run `yingbi keys escrow --to`, and then with `--prove`"
    )
    return Finding(
        Position(file, int(line), 1), "at-rest-unproved", message, about=f"系统 `{system}` 的 `{field.name}`"
    )
