"""The script that fetches what names are recognised with, with a Python that only does what it is told to."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PUT = ".venv/share/yingbi/lac"
PYTHON = """#!/bin/bash
echo "$@" >>asked
case "$*" in
  *download*) [ ! -e offline ] && echo archive >build/names/LAC-2.1.2.tar.gz ;;
  *deploy.lac_weights*) [ ! -e wrong ] && echo weights >"${@: -1}/embedding.npy" ;;
  *) [ ! -e offline ] ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a project"
    for folder in ("deploy/setup", ".venv/bin"):
        (root / folder).mkdir(parents=True)
    for name in ("deploy/setup/names.sh", "deploy/setup/names.txt", "deploy/lac_weights.py"):
        shutil.copy(ROOT / name, root / name)
    (root / ".venv/bin/python").write_text(PYTHON)
    (root / ".venv/bin/python").chmod(0o755)
    return root


def make(project: Path) -> str:
    """What it complains of; it never ends with an error, for all but names works without."""
    made = subprocess.run(
        [project / "deploy/setup/names.sh"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert made.returncode == 0
    return made.stderr


def asked(project: Path) -> int:
    asked = project / "asked"
    return len(asked.read_text().splitlines()) if asked.exists() else 0


def test_it_fetches_once_and_converts_again_when_the_way_changes(project: Path) -> None:
    assert make(project) == ""
    assert (project / PUT / "stamp").exists()
    before = asked(project)
    assert (make(project), asked(project)) == ("", before)
    (project / "deploy/lac_weights.py").write_text("# another")
    assert (make(project), asked(project)) == ("", before + 1), "the archive is kept"


def test_without_a_network_it_says_what_that_costs_and_tries_again(project: Path) -> None:
    (project / "offline").touch()
    assert "such text will be hidden" in make(project)
    assert not (project / PUT).exists()
    (project / "offline").unlink()
    assert make(project) == ""
    assert (project / PUT / "stamp").exists()


def test_a_wrong_archive_is_not_kept(project: Path) -> None:
    (project / "wrong").touch()
    assert "not what it should be" in make(project)
    assert not (project / PUT).exists()
    assert not (project / "build/names/LAC-2.1.2.tar.gz").exists()
