"""`yingbi callers new-key`: what it prints works, as it is pasted, and no key stands in the lines."""

import base64
from pathlib import Path

import pytest

from policies.keys.key_files import make_secret, read_secret
from policies.keys.signing_key import signing_key
from policies.load import load_policy
from proxy.identity.caller import KEY_PREFIX, hash_key
from tests.policies.compiled import GOOD
from yingbi.cli import main
from yingbi.home import Home


def printed(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[str, str]:
    """The key that the command prints, and the lines for `callers.yaml`."""
    assert main(["callers", "new-key", "batch", "K-9", "--until", "2027-06-30", *more]) == 0
    key, _, lines = capsys.readouterr().out.partition("\n")
    return key, lines


def pasted(folder: Path, lines: str) -> None:
    """The good policy in *folder*, with *lines* under the keys of its first caller."""
    for path in GOOD.rglob("*.*"):
        copy = folder / path.relative_to(GOOD)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
    callers = folder / "callers.yaml"
    callers.write_text(callers.read_text("utf-8").replace("    keys:\n", f"    keys:\n{lines}", 1), "utf-8")


def test_a_key_that_is_shown_is_known_by_its_hash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, lines = printed(capsys)
    assert key.startswith(KEY_PREFIX)
    assert key not in lines
    pasted(tmp_path, lines)
    loaded = load_policy(tmp_path)
    assert loaded.policy.callers[0].keys[0].sha256 == hash_key(key)
    assert not loaded.findings.errors


def test_a_key_that_is_signed_with_is_known_by_its_salt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    file = Home(tmp_path / "home").private_key("fields")
    make_secret(file)
    key, lines = printed(capsys, "--signs")
    assert key not in lines
    pasted(tmp_path / "policies", lines)
    salt = load_policy(tmp_path / "policies").policy.callers[0].keys[0].hmac
    assert base64.b64decode(key) == signing_key(read_secret(file), "batch", "K-9", salt)
    assert printed(capsys, "--signs")[0] != key, "each has a salt of its own"


def test_without_an_installation_there_is_no_secret_to_sign_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    assert main(["callers", "new-key", "batch", "K-9", "--until", "2027-06-30", "--signs"]) == 3
    assert "yingbi up" in capsys.readouterr().err
