"""The environment's script, run on a project as small as one can be: no package of others, so no network."""

import hashlib
import os
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "deploy/setup"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "yingbi-0.1-py3-none-any.whl"
    files = {
        "yingbi_test.py": "def main(): print('it runs')",
        "yingbi-0.1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: yingbi\\nVersion: 0.1\\n",
        "yingbi-0.1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "yingbi-0.1.dist-info/entry_points.txt": "[console_scripts]\\nyingbi = yingbi_test:main\\n",
        "yingbi-0.1.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""
# Nothing listens on port 9 of the loopback interface: that is what no network looks like.
OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a project"
    shutil.copytree(SCRIPTS, root / "deploy/setup")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    (root / "requirements.lock").write_text("")
    return root


def make(project: Path) -> subprocess.CompletedProcess[str]:
    script = project / "deploy/setup/venv.sh"
    return subprocess.run([script], env={**os.environ, **OFFLINE}, capture_output=True, text=True, check=False)


def test_it_is_made_once_and_again_when_the_lock_changes(project: Path) -> None:
    first = make(project)
    assert first.returncode == 0, first.stderr
    runs = subprocess.run([project / ".venv/bin/yingbi"], capture_output=True, text=True, check=True)
    assert runs.stdout == "it runs\n"
    stamp = project / ".venv/yingbi-stamp"
    made = stamp.stat().st_mtime_ns

    second = make(project)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert stamp.stat().st_mtime_ns == made

    stamp.unlink()  # as if the first run had been killed
    (project / ".venv/left-over").touch()
    assert make(project).returncode == 0
    assert stamp.exists()
    assert not (project / ".venv/left-over").exists(), "what was half-made is made anew"

    wheel = project / "extra-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("extra.py", "")
        file.writestr("extra-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: extra\nVersion: 1.0\n")
        file.writestr("extra-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("extra-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")
    third = make(project)
    assert third.returncode == 0, third.stderr
    subprocess.run([project / ".venv/bin/python", "-c", "import extra"], check=True)

    (project / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{'0' * 64}\n")
    refused = make(project)
    assert refused.returncode == 1
    assert refused.stderr == (
        "cannot install the packages of requirements.lock: a package is not the one that requirements.lock names"
        " (build/venv.log has the details)\n"
    )
    assert not (project / ".venv").exists()


def test_no_network_is_one_sentence_and_leaves_nothing(project: Path) -> None:
    (project / "requirements.lock").write_text(f"absent==1.0 --hash=sha256:{'0' * 64}\n")
    done = make(project)
    assert done.returncode == 1
    assert done.stderr == (
        "cannot install the packages of requirements.lock: the package index cannot be reached"
        " (build/venv.log has the details)\n"
    )
    assert not (project / ".venv").exists()


def test_no_python_is_one_sentence(project: Path) -> None:
    (project / "deploy/setup/python.sh").write_text("#!/bin/sh\necho 'install one' >&2\nexit 1\n")
    done = make(project)
    assert (done.returncode, done.stderr) == (1, "install one\n")
    assert not (project / ".venv").exists()


def test_an_interrupt_leaves_nothing(project: Path) -> None:
    script = project / "deploy/setup/venv.sh"
    with subprocess.Popen(
        [script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()  # it says that it starts
        os.killpg(running.pid, signal.SIGTERM)  # a Ctrl-C goes the same way, but tests may run with it ignored
        assert running.wait(60) == 1
        assert running.stderr.read().splitlines()[-1] == "interrupted: .venv is not set up"
    assert not (project / ".venv").exists()
