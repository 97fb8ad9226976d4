import os
import subprocess
import tempfile
from pathlib import Path

from deploy.elasticsearch.account import node_account


def test_it_is_never_root() -> None:
    account = node_account()
    assert account.uid != 0
    ran = subprocess.run(["id", "-u"], cwd="/", capture_output=True, text=True, check=True, **account.identity)
    assert int(ran.stdout) == account.uid
    assert node_account() == account


def test_it_can_enter_what_is_open_to_it_only() -> None:
    account = node_account()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inner = folder / "inner"
        inner.mkdir(mode=0o755)
        assert account.can_enter(inner) == (account.uid == os.geteuid())
        folder.chmod(0o711)
        assert account.can_enter(inner)
        assert not account.can_enter(folder / "absent")


def test_what_it_owns_is_its_alone() -> None:
    account = node_account()
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "node"
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "file").touch()
        account.owns(folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_uid for path in (folder, *folder.rglob("*"))} == {account.uid}
        subprocess.run(["test", "-w", folder / "data" / "file"], cwd="/", check=True, **account.identity)


def test_what_it_may_pass_stays_ours() -> None:
    account = node_account()
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "node"
        (folder / "data").mkdir(parents=True)
        account.may_pass(folder)
        assert account.can_enter(folder / "data")
        assert folder.stat().st_uid == os.geteuid()
        assert folder.stat().st_mode & 0o777 == 0o710
