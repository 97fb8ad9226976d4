import os
from pathlib import Path

import pytest

from deploy.elasticsearch.account import Account
from deploy.elasticsearch.connection import NodeUnavailable
from deploy.elasticsearch.jdk import find_jdk

OURSELVES = Account(name="", uid=os.geteuid(), gid=os.getegid())


def put(home: Path, *modules: str) -> Path:
    """A Java that names *modules*."""
    (home / "bin").mkdir(parents=True)
    lines = "".join(f"echo {module}\n" for module in modules)
    (home / "bin" / "java").write_text(f"#!/bin/sh\n{lines}")
    (home / "bin" / "java").chmod(0o755)
    return home


def whole(home: Path, version: str) -> Path:
    return put(home, f"java.base@{version}", f"jdk.incubator.vector@{version}")


def find(tmp_path: Path, **environment: str) -> Path:
    return find_jdk(OURSELVES, environment, [str(tmp_path / "jvm" / "*"), "~/jdks/*"])


@pytest.mark.parametrize("name", ["ES_JAVA_HOME", "JAVA_HOME"])
def test_the_environment_comes_first(tmp_path: Path, name: str) -> None:
    whole(tmp_path / "jvm" / "java-25", "25.0.1")
    named = whole(tmp_path / "named", "21")
    assert find(tmp_path, **{name: str(named)}) == named


def test_then_the_path_through_its_links(tmp_path: Path) -> None:
    whole(tmp_path / "jvm" / "java-25", "25.0.1")
    home = whole(tmp_path / "elsewhere", "22.0.2")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert find(tmp_path, PATH=str(tmp_path / "bin")) == home


def test_then_the_usual_folders(tmp_path: Path) -> None:
    home = whole(tmp_path / "jdks" / "openjdk-24", "24.0.1")
    assert find(tmp_path, HOME=str(tmp_path)) == home
    of_the_machine = whole(tmp_path / "jvm" / "java-21", "21.0.5")
    assert find(tmp_path, HOME=str(tmp_path)) == of_the_machine


def test_what_does_not_fit_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "jvm" / "e-empty")
    put(tmp_path / "jvm" / "d-no-module", "java.base@25.0.1")
    whole(tmp_path / "jvm" / "c-too-old", "17.0.15")
    (tmp_path / "jvm" / "b-no-java").mkdir()
    fits = whole(tmp_path / "jvm" / "a-fits", "21.0.5")
    assert find(tmp_path) == fits
    (fits / "bin" / "java").unlink()
    with pytest.raises(NodeUnavailable, match=r"needs a JDK of version 21 or newer .* install one"):
        find(tmp_path, JAVA_HOME=str(tmp_path / "absent"))
