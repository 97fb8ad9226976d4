"""The processes of a run, which are forked, do what those do that pytest-xdist would start: `tests.shared_run`."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT


def run(folder: Path, processes: int, by: str = "loadfile") -> str:
    """What a run of the tests in *folder* says at last, which are given out *by* one of pytest-xdist's schedules."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.shared_run"]
    command += ["-n", str(processes), "--dist", by, f"--basetemp={folder / 'base'}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return re.sub(" in .*", "", done.stdout.splitlines()[-1])


def test_what_they_import_is_imported_once_for_all(tmp_path: Path) -> None:
    told = tmp_path / "told"
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(
            "import os, pathlib\n"
            "from tests.forked import run_forked\n"
            f"with open({str(told)!r}, 'a') as told: told.write('{name} imported\\n')\n"
            "def test_it(tmp_path):\n"
            "    forked = run_forked('timeit', '-n1', '-r1', 'import os; print(os.getppid())')\n"
            f"    with open({str(told)!r}, 'a') as told: told.write(f'{name} run by {{os.getpid()}}'\n"
            "        f' that asked {forked.stdout.split()[0]}\\n')\n"
        )
    assert run(tmp_path, 2) == "2 passed"
    lines = told.read_text().splitlines()
    assert sorted(lines[:2]) == ["one imported", "two imported"]
    assert sorted(line.split(" by ")[0] for line in lines[2:]) == ["one run", "two run"]
    assert len({line.split(" by ")[1].split()[0] for line in lines[2:]}) == 2
    assert len({line.split(" asked ")[1] for line in lines[2:]}) == 1, "one process forks for all"


def test_one_that_is_killed_is_said_to_be_and_another_goes_on(tmp_path: Path) -> None:
    (tmp_path / "test_killed.py").write_text(
        "import os, signal\n"
        "def test_it(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def test_what_comes_then(): assert signal\n"
    )
    assert run(tmp_path, 1, by="load") == "1 failed, 1 passed"


def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import nothing_is_called_so\n")
    assert re.search(r"\b1 error", run(tmp_path, 1))
