import pickle
from pathlib import Path

import pytest

from siem.notify.secret import Secret, WrongAddress, address_of, is_here

ADDRESS = "wecombot://c0ffee5ec4e7"


def written(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / "oncall.url").write_text(text)
    (folder / "oncall.url").chmod(mode)


def test_an_address_stands_in_a_file_or_a_variable(tmp_path: Path) -> None:
    written(tmp_path, f"{ADDRESS}\n")
    assert address_of("oncall", tmp_path, "oncall.url", "", {}).reveal() == ADDRESS
    assert address_of("oncall", tmp_path, "", "ONCALL", {"ONCALL": ADDRESS}).reveal() == ADDRESS


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (ADDRESS, 0o640, "others can read"),
        (ADDRESS, 0o604, "others can read"),
        ("", 0o600, "does not"),
        (f"{ADDRESS}\n{ADDRESS}\n", 0o600, "one line"),
        (f"{ADDRESS}{'x' * 5000}", 0o600, "one line"),
        ("\udcff", 0o600, "no text"),
    ],
    ids=["group", "others", "empty", "two", "long", "bytes"],
)
def test_what_cannot_be_used_is_said_without_it(tmp_path: Path, text: str, mode: int, said: str) -> None:
    (tmp_path / "oncall.url").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "oncall.url").chmod(mode)
    with pytest.raises(WrongAddress, match=said) as refused:
        address_of("oncall", tmp_path, "oncall.url", "", {})
    assert "c0ffee" not in str(refused.value)
    assert "`oncall`" in str(refused.value)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongAddress, match="No such file"):
        address_of("oncall", tmp_path, "oncall.url", "", {})
    with pytest.raises(WrongAddress, match="`ONCALL`"):
        address_of("oncall", tmp_path, "", "ONCALL", {})


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(ADDRESS)
    assert "c0ffee" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("10.0.0.1", False), ("127.example.gov.cn", False)],
)
def test_what_this_machine_is(host: str, here: bool) -> None:
    assert is_here(host) is here
