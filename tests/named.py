"""Tests that a table names, by `tests/…/test_x.py::test_function` or `tests/…/test_x.py::test_function[case]`."""

import ast
import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = re.compile(r"(tests/[\w/]+\.py)::(\w+)(?:\[([^\]]*)\])?")


def is_there(name: str) -> bool:
    """Whether the test of that *name* exists; of a case in brackets, whether its file holds such a string."""
    match = NAME.fullmatch(name)
    if match is None or not (ROOT / match[1]).exists():
        return False
    functions, strings = _parts_of(ROOT / match[1])
    return match[2] in functions and (match[3] is None or match[3] in strings)


@lru_cache
def _parts_of(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    strings |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg | ast.keyword) and node.arg}
    return frozenset(functions), frozenset(strings)
