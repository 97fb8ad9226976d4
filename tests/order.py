"""In what order files of tests are given to the processes of a run: long ones first, so that all end together."""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LONG = ("e2e", "faults", "evasion", "siem/rules", "incident", "deploy", "yingbi", "stored", "proxy")
"""Folders whose files take longest, the longest first. pytest-xdist would begin with the files of most tests, and come
last to those whose few tests each start an installation.
"""


def long_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """*items* by how long their folders take; those of one folder as they came."""
    return sorted(items, key=lambda item: rank(item.path))


def rank(path: Path) -> int:
    """Where the file *path* stands in the order: 0 is first."""
    folder = path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else ""
    return next((place for place, long in enumerate(LONG) if folder.startswith(f"{long}/")), len(LONG))
