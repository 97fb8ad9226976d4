"""The demo's two systems as they are before anybody has used them: made once by a process, and copied for its tests."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.demo.hall.command import prepare_command
from deploy.demo.register.database import make_register
from tests.servers import ROOT
from yingbi.first_start import RESIDENTS, SEED


def put_register(folder: Path) -> None:
    """Have a register in *folder*, as a first start would make it."""
    shutil.copytree(_register(), folder)


def put_hall(folder: Path) -> None:
    """Have a hall in *folder*, as a first start would make it."""
    shutil.copytree(_hall(), folder)


@functools.cache
def _place() -> Path:
    place = Path(tempfile.mkdtemp(prefix="yingbi-ready-made-"))
    atexit.register(shutil.rmtree, place)
    return place


@functools.cache
def _register() -> Path:
    made = _place() / "register"
    make_register(made, residents=RESIDENTS, seed=SEED)
    return made


@functools.cache
def _hall() -> Path:
    made = _place() / "hall"
    subprocess.run(prepare_command(made, SEED), cwd=ROOT, check=True)
    return made
