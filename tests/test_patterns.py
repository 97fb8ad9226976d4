"""No pattern takes the square of a text's length: one long word would hold up a worker, and all whom it serves."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_RUNS_TO_THE_END = re.compile(r"(?:\[(?:\\.|[^\]\\])+\]|\\.|\.)[*+]\??\\Z", re.DOTALL)
"""One unbounded run up to the end of the text: looked for anywhere, it begins anew at each character of a run."""
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("policies", "proxy")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.name != "__init__.py"
]


@pytest.mark.parametrize("name", MODULES)
def test_no_run_up_to_the_end_is_looked_for(name: str) -> None:
    """`str.rstrip` says the same, going through the text once."""
    said = vars(importlib.import_module(name)).items()
    assert not [key for key, value in said if isinstance(value, re.Pattern) and runs_to_the_end(value.pattern)]


@pytest.mark.parametrize("pattern", [r"[!-~]*\Z", r"\s+\Z", r".*?\Z", r"[^\]]+\Z", rb"[0-9]*\Z"])
def test_a_run_up_to_the_end_is_known_as_one(pattern: str | bytes) -> None:
    assert runs_to_the_end(pattern)


def runs_to_the_end(pattern: str | bytes) -> bool:
    """Whether *pattern* is such a run."""
    written = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    return _RUNS_TO_THE_END.fullmatch(written) is not None
