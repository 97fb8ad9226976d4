"""Compiles a folder of policies whole: what rehearsing and trying a policy start from."""

from pathlib import Path

from policies.findings import PolicyError
from policies.load import load_policy
from policies.program import Program


def compile_folder(folder: Path) -> dict[str, Program]:
    """The program of each system declared in *folder*. Raises PolicyError with every finding, OSError."""
    loaded = load_policy(folder)
    if loaded.findings.errors:
        raise PolicyError(loaded.findings.sorted())
    return loaded.programs
