from pathlib import Path

import pytest

from deploy.elasticsearch.connection import ROLES, NodeUnavailable, connection_of, make_passwords


def test_passwords_are_made_once_and_are_the_owners(tmp_path: Path) -> None:
    make_passwords(tmp_path)
    (tmp_path / "ca.pem").touch()
    first = connection_of(tmp_path, "https://x")
    make_passwords(tmp_path)
    assert connection_of(tmp_path, "https://x") == first
    assert set(first.users) == set(ROLES) == {"writer", "reader", "keeper"}
    assert len({password for _, password in first.users.values()}) == 3
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "stored", [None, "", "[]", '{"writer": ["a", "b"]}', '{"writer": 1, "reader": 1, "keeper": 1}', '"text"']
)
def test_a_folder_without_passwords_is_named(tmp_path: Path, stored: str | None) -> None:
    if stored is not None:
        (tmp_path / "passwords.json").write_text(stored)
    with pytest.raises(NodeUnavailable, match=r"passwords\.json` does not hold name and password for writer, reader"):
        connection_of(tmp_path, "https://x")


def test_a_missing_authority_is_named(tmp_path: Path) -> None:
    make_passwords(tmp_path)
    with pytest.raises(NodeUnavailable, match=r"there is no `.*ca\.pem` to check the certificate of `https://x` with"):
        connection_of(tmp_path, "https://x")
