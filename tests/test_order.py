import os
import re
import subprocess
import sys

import pytest

from tests.order import LONG, TESTS

FILES = ("tests/test_order.py::test_a_folder_that_is_named_has_tests", "tests/incident/test_ids.py")


@pytest.mark.parametrize("folder", LONG)
def test_a_folder_that_is_named_has_tests(folder: str) -> None:
    assert list((TESTS / folder).rglob("test_*.py"))


def files_run(*options: str) -> list[str]:
    """In which order a run with *options* came to its files."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", *options, *FILES]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(command, cwd=TESTS.parent, env=environment, capture_output=True, text=True, check=True)
    return list(dict.fromkeys(re.findall(r"^(?:\[gw\d+\].*)?(tests/\S+\.py)", done.stdout, re.MULTILINE)))


def test_the_processes_of_a_run_come_to_long_files_first() -> None:
    """Also before a file of more tests, which pytest-xdist would begin with."""
    assert files_run("-n1", "--dist=loadfile", "--no-loadscope-reorder") == [
        "tests/incident/test_ids.py",
        "tests/test_order.py",
    ]


def test_in_one_process_files_come_as_they_are_named() -> None:
    assert files_run() == ["tests/test_order.py", "tests/incident/test_ids.py"]
