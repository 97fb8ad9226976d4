import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest

from policies.recognisers.compiled_gate import file_of
from policies.recognisers.gate import parts

ROOT = Path(__file__).parent.parent


def make(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"INDEX", "JOBS", "MAKEFLAGS"}}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def listed() -> list[str]:
    return re.findall(r"^make (\w+)", make(), flags=re.MULTILINE)


def test_make_alone_lists_the_commands() -> None:
    assert listed() == ["up", "test", "check", "bench", "soak", "proof", "golden", "venv", "lock"]


@pytest.mark.parametrize("command", listed())
def test_every_command_listed_is_one(command: str) -> None:
    assert make("--dry-run", command)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ((), "exec .venv/bin/yingbi up "),
        (("INDEX=elasticsearch",), "exec .venv/bin/yingbi up --index elasticsearch"),
    ],
)
def test_the_index_is_passed_on(arguments: tuple[str, ...], command: str) -> None:
    assert make("--dry-run", "up", *arguments).splitlines()[-1] == command


def test_the_import_rule_is_asked_for_once() -> None:
    alone, both = make("--dry-run", "check"), make("--dry-run", "check", "test")
    assert ".venv/bin/python -m pytest tests/test_imports.py" in alone.splitlines()
    assert "tests/test_imports.py" not in both
    assert "-m pytest -n 4 --dist loadfile --no-loadscope-reorder" in both, "all tests"


@pytest.mark.parametrize(("ci", "command"), [("", "mypy"), ("true", "mypy --cache-dir=/dev/null")])
def test_types_are_kept_where_somebody_checks_again(ci: str, command: str) -> None:
    assert f".venv/bin/python -m {command}" in map(str.strip, make("--dry-run", "check", f"CI={ci}").splitlines())


def test_what_is_set_up_is_compiled_also_where_python_is_to_keep_nothing() -> None:
    compiled = Path(importlib.util.cache_from_source(str(ROOT / "deploy/certificate.py")))
    compiled.unlink(missing_ok=True)
    command = make("--dry-run", "venv").splitlines()[-1]
    subprocess.run(command, shell=True, cwd=ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=True)
    assert compiled.exists()


def test_the_gate_over_texts_is_compiled_once_for_all_processes() -> None:
    kept = [file_of(part) for part in parts()]
    for file in kept:
        file.unlink(missing_ok=True)
    command = make("--dry-run", "venv").splitlines()[-2]
    subprocess.run(command, shell=True, cwd=ROOT, check=True)
    assert all(file.exists() for file in kept)


def test_continuous_integration_runs_the_same_recipes() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "CI=true exec make --jobs=2 check test"
