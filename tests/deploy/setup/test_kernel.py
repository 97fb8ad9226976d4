"""The kernel's script, with compilers that only write down what they are asked for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOOLS = ("bash", "cat", "cut", "dirname", "flock", "mkdir", "mv", "rm", "sha256sum", "uname")
"""All that the script needs but for a compiler; not to install one."""
COMPILER = """#!/bin/bash
echo "$KERNEL_SOURCES" >>asked
while [ "$1" != -o ]; do shift; done
echo "$KERNEL_SOURCES" >"$2"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a project"
    (root / "deploy/setup").mkdir(parents=True)
    (root / "policies/kernel").mkdir(parents=True)
    (root / "bin").mkdir()
    shutil.copy(ROOT / "deploy/setup/kernel.sh", root / "deploy/setup")
    for name in ("lib.rs", "weave.rs"):
        shutil.copy(ROOT / "policies/kernel" / name, root / "policies/kernel")
    for tool in TOOLS:
        if found := shutil.which(tool):
            (root / "bin" / tool).symlink_to(found)
    return root


def start(project: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [project / "deploy/setup/kernel.sh"],
        env={"PATH": str(project / "bin")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def make(project: Path) -> str:
    """What it says; it never ends with an error, for nothing needs what it builds."""
    made = start(project)
    said, complaint = made.communicate(timeout=300)
    assert (made.returncode, said) == (0, "")
    return complaint


def compiler(project: Path, does: str = COMPILER) -> None:
    (project / "bin/rustc").write_text(does)
    (project / "bin/rustc").chmod(0o755)


def built(project: Path) -> list[str]:
    return [path.name for path in (project / "policies/kernel").glob("libkernel.so*")]


def asked(project: Path) -> list[str]:
    return (project / "asked").read_text("ascii").splitlines()


def test_it_is_built_once_and_again_when_the_sources_change(project: Path) -> None:
    compiler(project)
    assert [make(project), make(project), built(project), len(asked(project))] == ["", "", ["libkernel.so"], 1]
    (project / "policies/kernel/weave.rs").write_text("// another")
    assert [make(project), built(project), len(set(asked(project)))] == ["", ["libkernel.so"], 2]


def test_who_has_no_compiler_leaves_what_another_has_built(project: Path) -> None:
    compiler(project)
    make(project)
    os.remove(project / "bin/rustc")
    assert (make(project), built(project)) == ("", ["libkernel.so"])
    (project / "policies/kernel/weave.rs").write_text("// another")
    assert "no Rust compiler" in make(project)
    assert built(project) == []
    assert make(project) == ""  # it has been said


def test_what_cannot_be_compiled_is_said_each_time_and_tried_again(project: Path) -> None:
    compiler(project, "#!/bin/bash\necho half >libkernel.so\necho wrong >&2\nexit 1\n")
    for _ in range(2):
        assert "build/kernel.log" in make(project)
        assert built(project) == []
    assert (project / "build/kernel.log").read_text() == "wrong\n"
    compiler(project)
    assert (make(project), built(project)) == ("", ["libkernel.so"])


def test_where_nothing_can_be_written_it_says_so_and_nothing_fails(project: Path) -> None:
    compiler(project)
    (project / "build").touch()
    assert make(project).splitlines() == [
        "the kernel is not built, for build or policies/kernel cannot be written to: everything works, but long lists "
        "take up to four times as long to mask"
    ]


def test_two_at_once_build_it_once(project: Path) -> None:
    os.mkfifo(project / "go")
    compiler(project, COMPILER.replace("while", "echo compiling\nread -r _ <go\nwhile", 1))
    first = start(project)
    with (project / "go").open("w", encoding="ascii") as go:  # once it compiles
        second = start(project)
        go.write("\n")
    for each in (first, second):
        assert each.communicate(timeout=300) == ("", "")
    assert (built(project), len(asked(project))) == (["libkernel.so"], 1)
