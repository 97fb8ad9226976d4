import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yingbi.interpreter import is_optimised, own, sentence

USE = "-fprofile-use -fprofile-correction"
PLAIN = ("posix_prefix", "posix_venv", "venv")
BUILDS: dict[str, tuple[dict[str, Any], tuple[str, ...], bool]] = {
    "a version manager": ({"CONFIG_ARGS": "'--enable-shared'", "PGO_PROF_USE_FLAG": USE}, PLAIN, False),
    "the same, told": ({"CONFIG_ARGS": "'--enable-shared' '--enable-optimizations' '--with-lto'"}, PLAIN, True),
    "Debian's": ({"CONFIG_ARGS": "'--enable-shared' '--prefix=/usr'"}, ("deb_system", *PLAIN), True),
    "uv's": ({"CONFIG_ARGS": "'--prefix=/install' '--enable-optimizations' '--enable-bolt' '--with-lto'"}, PLAIN, True),
    "flags of GCC": ({"CONFIG_ARGS": "", "PY_CORE_CFLAGS": f"-O3 {USE}"}, PLAIN, True),
    "flags of clang": ({"CONFIG_ARGS": "", "PY_CORE_CFLAGS": "-fprofile-instr-use=code.profclangd"}, PLAIN, True),
    "nothing said": ({}, PLAIN, False),
    "nothing known": ({"CONFIG_ARGS": None}, PLAIN, False),
}


@pytest.mark.parametrize(("variables", "schemes", "optimised"), BUILDS.values(), ids=BUILDS)
def test_it_is_told_by_what_a_build_says_of_itself(
    variables: dict[str, Any], schemes: tuple[str, ...], optimised: bool
) -> None:
    assert is_optimised(variables, schemes) is optimised


def test_what_finds_a_python_judges_as_what_runs_on_it_does() -> None:
    script = Path(__file__).parents[2] / "deploy/setup/python.sh"
    probe = script.read_text("utf-8").partition("PROBE='")[2].partition("'\n")[0]
    base = sys._base_executable  # type: ignore[attr-defined]
    told = subprocess.run([base, "-I", "-c", probe], capture_output=True, text=True, check=True).stdout
    assert told[0] == str(int(own()["optimised"]))


def test_only_what_costs_something_is_explained() -> None:
    assert sentence({"version": "3.13.5", "optimised": True}) == "Python 3.13.5"
    assert "takes a third more time" in sentence({"version": "3.13.5", "optimised": False})
