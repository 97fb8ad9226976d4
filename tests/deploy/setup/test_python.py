import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy/setup/python.sh"
BASE = sys._base_executable  # type: ignore[attr-defined]

LIBRARIES = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
"""Where some machines keep what their Python needs."""

SHIM = "echo 'this version is not installed' >&2; exit 127"
REAL = f'exec {BASE} "$@"'


OPTIMISED = "'--enable-shared' '--enable-optimizations' '--with-lto'"


def claims(version: str, *, without: str = "", configured: str = "", schemes: str = "()") -> str:
    """A Python that says it is *version*, with this path, and that cannot import *without*.

    It was *configured* with these arguments, and has the *schemes* of installation besides its own.
    """
    major, minor, micro = version.split(".")
    lie = f"import sys; sys.version_info = ({major}, {minor}, {micro}, 'final', 0); sys._base_executable = '$0'"
    lie += "; import sysconfig; sysconfig.get_config_vars().update(PY_CORE_CFLAGS='')"
    lie += f"; sysconfig.get_config_vars()['CONFIG_ARGS'] = {configured!r}".replace('"', '\\"')
    lie += f"; sysconfig.get_scheme_names = lambda: {schemes}"
    if without:
        lie += f"; sys.modules['{without}'] = None"
    return f'exec {BASE} -I -c "{lie}; exec(sys.argv[1])" "$3"'


class Machine:
    """A PATH and a home folder that hold what a test puts there, and no Python besides."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.home = folder / "home"
        self.path.mkdir()
        self.home.mkdir()
        for tool in ("bash", "sort", "head"):
            (self.path / tool).symlink_to(str(shutil.which(tool)))

    def put(self, place: str, script: str) -> str:
        file = self.home.parent / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return str(file)

    def find(self, *more: Path) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, (self.path, *more)))
        environment = {**LIBRARIES, "PATH": path, "HOME": str(self.home)}
        return subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_shim_that_fails_is_passed_over(machine: Machine) -> None:
    machine.put("bin/python3.14", SHIM)
    machine.put("bin/python3.13", SHIM)
    machine.put("bin/python3.12", REAL)
    found = machine.find()
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{BASE}\n", "")


def test_a_later_python_of_the_same_name_on_the_path_is_found(machine: Machine) -> None:
    machine.put("bin/python3.13", SHIM)
    machine.put("other folder/python3.13", REAL)
    assert machine.find(machine.home.parent / "other folder").stdout == f"{BASE}\n"


PLACES = {
    "on the path": "bin/python3.{}",
    "plain name": "bin/python3",
    "pyenv": "home/.pyenv/versions/3.{}.1/bin/python3",
    "asdf": "home/.asdf/installs/python/3.{}.1/bin/python3",
    "mise": "home/.local/share/mise/installs/python/3.{}.1/bin/python3",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_each_place_is_searched(machine: Machine, place: str) -> None:
    python = machine.put(place.format(12), claims("3.12.9"))
    assert machine.find().stdout == python + "\n"


@pytest.mark.parametrize("place", [place for place in PLACES.values() if "{}" in place])
def test_within_a_step_the_newest_wins(machine: Machine, place: str) -> None:
    machine.put(place.format(12), claims("3.12.11"))
    machine.put(place.format(13), claims("3.13.2"))
    newest = machine.put(place.format(14), claims("3.14.0"))
    assert machine.find().stdout == newest + "\n"


OPTIMISING = {
    "told so": claims("3.12.11", configured=OPTIMISED),
    "Debian": claims("3.12.11", schemes="('deb_system',)"),
}


@pytest.mark.parametrize("optimised", OPTIMISING.values(), ids=OPTIMISING)
@pytest.mark.parametrize("place", [place for place in PLACES.values() if "{}" in place])
def test_within_a_step_an_optimised_one_wins_over_a_newer(machine: Machine, place: str, optimised: str) -> None:
    best = machine.put(place.format(12), optimised)
    machine.put(place.format(14), claims("3.14.0", configured="'--enable-shared'"))
    assert machine.find().stdout == best + "\n"
    newer = machine.put(place.format(13), claims("3.13.2", configured=OPTIMISED))
    assert machine.find().stdout == newer + "\n"


def test_an_earlier_step_wins_over_an_optimised_one(machine: Machine) -> None:
    first = machine.put("bin/python3", claims("3.12.1"))
    machine.put("home/.pyenv/versions/3.12.1/bin/python3", claims("3.12.1", configured=OPTIMISED))
    assert machine.find().stdout == first + "\n"


def test_an_earlier_step_wins_over_a_newer_python(machine: Machine) -> None:
    first = machine.put("bin/python3", claims("3.12.1"))
    machine.put("home/.pyenv/versions/3.14.0/bin/python3", claims("3.14.0"))
    assert machine.find().stdout == first + "\n"


def test_uv_is_asked_last_and_offline(machine: Machine) -> None:
    python = machine.put("home/uv-managed/bin/python3.13", claims("3.13.5"))
    machine.put(
        "home/.local/bin/uv", f'[ "$UV_OFFLINE $*" = "1 python find --no-project --no-config 3.13" ] && echo {python}'
    )
    assert machine.find().stdout == python + "\n"


def test_an_environment_gives_way_to_the_python_it_was_made_from(machine: Machine) -> None:
    venv.create(machine.home / "venv", symlinks=True)
    assert Path(machine.find(machine.home / "venv/bin").stdout.strip()).parent == Path(BASE).parent


TOO_FAR = {"too old": claims("3.11.9"), "too new": claims("3.15.0"), "not running": SHIM}


@pytest.mark.parametrize("script", TOO_FAR.values(), ids=TOO_FAR)
def test_one_sentence_says_what_to_install(machine: Machine, script: str) -> None:
    machine.put("bin/python3", script)
    found = machine.find()
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("Yingbi needs Python 3.12, 3.13 or 3.14, and none that runs was found: install one")
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize("part", ["ensurepip", "venv"])
def test_a_python_that_cannot_make_environments_is_named(machine: Machine, part: str) -> None:
    machine.put("bin/python3", claims("3.13.5", without=part))
    found = machine.find()
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("Python 3.13 is here but cannot make an environment: install its venv module")
    assert "apt-get install python3.13-venv" in found.stderr
    whole = machine.put("home/.pyenv/versions/3.12.1/bin/python3", claims("3.12.1"))
    assert machine.find().stdout == whole + "\n", "another that can is taken"
