"""An office program, LibreOffice: what it makes of a file.

Each start of it takes seconds: part of `make proof`.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.absence import not_here

PROGRAMS = Path("/usr/lib/libreoffice/program")
MODULES = {"xlsx": "calc", "docx": "writer", "pptx": "impress"}
"""Which part of it opens which files; each is a package of its own."""
_LIBRARIES = {"calc": "libsclo.so", "writer": "libswlo.so", "impress": "libsdlo.so"}


def converted(folder: Path, data: bytes, kind: str, to: str) -> bytes:
    """The document *data*, whose name ends with *kind*, as LibreOffice exports it: *to* an ending, and a filter behind
    a colon where that matters.
    """
    if "YINGBI_TEST_OFFICE" not in os.environ:
        pytest.skip("an office program, which is part of `make proof`")
    program, module = shutil.which("soffice"), MODULES[kind]
    if program is None or not (PROGRAMS / _LIBRARIES[module]).is_file():
        not_here(f"there is no LibreOffice {module.capitalize()}: the package `libreoffice-{module}`")
    folder.mkdir(parents=True)
    path, out = folder / f"document.{kind}", folder / "out"
    path.write_bytes(data)
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [program, home, "--headless", "--convert-to", to, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (out / f"document.{to.partition(':')[0]}").read_bytes()
