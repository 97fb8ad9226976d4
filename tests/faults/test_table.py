"""The table of faults and the tests name each other."""

import ast
import re
from pathlib import Path

import pytest

from tests.named import NAME, is_there

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (\d+) \| (.+) \| (.+) \| (.+) \|")
ROWS = [
    match.groups()
    for line in (ROOT / "docs" / "faults.md").read_text("utf-8").splitlines()
    if (match := ROW.fullmatch(line))
]


def test_rows_are_numbered_from_one_on() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize(("number", "tests"), [(number, tests) for number, _, _, tests in ROWS])
def test_every_row_names_tests_that_exist(number: str, tests: str) -> None:
    named = re.findall(r"`([^`]+)`", tests)
    assert named
    assert [name for name in named if not is_there(name)] == []


def test_every_fault_that_is_tested_has_a_row() -> None:
    named = {f"{match[1]}::{match[2]}" for match in NAME.finditer("\n".join(tests for *_, tests in ROWS))}
    tested = {
        f"tests/faults/{path.name}::{node.name}"
        for path in Path(__file__).parent.glob("test_*.py")
        if path != Path(__file__)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert tested - named == set()
