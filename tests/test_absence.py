"""A run on a machine where something is missing: what its last lines say, and that continuous integration fails."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

def test_with_a_browser(chromium):
    raise AssertionError("there is none")

def test_with_a_browser_too(chromium):
    raise AssertionError("there is none")

@pytest.mark.skip(reason="of another reason")
def test_skipped():
    raise AssertionError

def test_that_runs():
    pass
"""
NO_BROWSER = (
    "there is no chromium and chromedriver on the PATH: install them"
    " (on Debian: apt-get install chromium chromium-driver fonts-noto-cjk)"
)


def run(folder: Path, *arguments: str, ci: str) -> subprocess.CompletedProcess[str]:
    """A test run in *folder* with the project's conftest, on a machine with nothing on the PATH."""
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  elasticsearch: x\n")
    (folder / "test_it.py").write_text(TESTS)
    (folder / "empty").mkdir()
    environment = {"PATH": str(folder / "empty"), "PYTHONPATH": str(ROOT), "HOME": str(folder), "CI": ci}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI"))}
    command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "two processes"])
def test_the_last_lines_say_what_was_not_run(tmp_path: Path, processes: tuple[str, ...]) -> None:
    done = run(tmp_path, *processes, ci="")
    assert done.returncode == 0, done.stdout
    *_, title, first, second = done.stdout.splitlines()
    assert title.strip("!") == " 3 TESTS WERE NOT RUN "
    assert (first, second) == (f"2 not run: {NO_BROWSER}", "1 not run: of another reason")


def test_under_ci_it_is_a_failure(tmp_path: Path) -> None:
    done = run(tmp_path, ci="true")
    assert done.returncode == 1
    assert NO_BROWSER in done.stdout
    assert re.search(r"1 passed, 1 skipped,.* 2 errors", done.stdout)


def test_a_test_is_marked_by_what_it_asks_for(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "browser", ci="")
    assert "2 skipped, 2 deselected" in done.stdout


def test_golden_files_are_not_rewritten_under_ci(tmp_path: Path) -> None:
    done = run(tmp_path, "--rewrite-golden", ci="true")
    assert done.returncode == 4
    assert "golden files are reviewed by people" in done.stderr
