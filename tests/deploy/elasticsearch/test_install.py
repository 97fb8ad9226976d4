import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from deploy.elasticsearch import install
from deploy.elasticsearch.account import Account
from deploy.elasticsearch.connection import NodeUnavailable

OURSELVES = Account(name="", uid=os.geteuid(), gid=os.getegid())
NAME = f"elasticsearch-{install.VERSION}"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small archive of the same shape, known by its own hash."""
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as file:
        program = zipfile.ZipInfo(f"{NAME}/bin/elasticsearch")
        program.external_attr = 0o100755 << 16
        file.writestr(program, "#!/bin/sh\n")
        file.writestr(f"{NAME}/config/elasticsearch.yml", "")
    monkeypatch.setattr(install, "SHA512", hashlib.sha512(path.read_bytes()).hexdigest())
    return path


def put_maven(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "mvn").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_maven_is_asked_once(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "asked"
    put_maven(tmp_path / "bin", f'echo "$*" >> {log}; cp {archive} {NAME}.zip', monkeypatch)
    said: list[str] = []
    program = install.install(tmp_path / "new" / "cache", said.append)
    assert os.access(program / "bin" / "elasticsearch", os.X_OK)
    assert install.install(tmp_path / "new" / "cache", said.append) == program
    artifact = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:9.5.0:zip"
    assert log.read_text() == f"--batch-mode --quiet dependency:copy -Dartifact={artifact} -DoutputDirectory=.\n"
    assert said == ["downloading elasticsearch 9.5.0 (124 MiB)"]
    assert {path.name for path in program.parent.iterdir()} == {NAME, f"{NAME}.lock"}


def test_an_archive_in_the_cache_is_taken_without_a_network(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "cache").mkdir()
    archive.rename(tmp_path / "cache" / f"{NAME}.zip")
    assert (install.install(tmp_path / "cache") / "config" / "elasticsearch.yml").exists()


def test_another_archive_is_not_unpacked(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "SHA512", "0" * 128)
    put_maven(tmp_path / "bin", f"cp {archive} {NAME}.zip", monkeypatch)
    with pytest.raises(NodeUnavailable, match=r"elasticsearch-9\.5\.0\.zip` is not the archive we know by its SHA-512"):
        install.install(tmp_path / "cache")
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {f"{NAME}.lock"}


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo '[ERROR] Could not transfer artifact'; echo '[ERROR] more'; exit 1", "Could not transfer artifact"),
        ("exit 7", "exit code 7"),
        ("exit 0", "exit code 0"),
    ],
)
def test_a_maven_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str) -> None:
    put_maven(tmp_path / "bin", script, monkeypatch)
    with pytest.raises(NodeUnavailable) as failed:
        install.install(tmp_path / "cache")
    assert str(failed.value) == f"Maven cannot get elasticsearch 9.5.0; is there a network? It says: {says}"


def test_without_maven_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NodeUnavailable, match="there is no mvn on the PATH: install it"):
        install.install(tmp_path / "cache")


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NodeUnavailable, match=r"cannot install elasticsearch in `.*file/cache`: Not a directory"):
        install.install(tmp_path / "file" / "cache")


def test_the_cache_is_the_users_or_the_machines(tmp_path: Path) -> None:
    assert install.default_cache(OURSELVES, {"HOME": "/home/li"}) == Path("/home/li/.cache/yingbi")
    assert install.default_cache(OURSELVES, {"XDG_CACHE_HOME": "/c", "HOME": "/home/li"}) == Path("/c/yingbi")
    for_root = Account(name="yingbi-search", uid=os.geteuid(), gid=os.getegid())
    assert install.default_cache(for_root, {"HOME": "/home/li"}) == Path("/var/cache/yingbi")
    assert install.default_cache(for_root, {"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "yingbi"
    assert install.default_cache(for_root, {"XDG_CACHE_HOME": str(tmp_path / "x")}) == Path("/var/cache/yingbi")
