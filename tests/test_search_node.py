import json
from pathlib import Path

import pytest

from deploy.elasticsearch.connection import NodeUnavailable
from tests.search_node import FOLDER, URL, given_cluster


def test_no_cluster_is_given_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL, raising=False)
    assert given_cluster() is None


def test_a_cluster_is_given_by_its_address_and_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "https://search.example:9200")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(NodeUnavailable, match=r"passwords\.json` does not hold"):
        given_cluster()
    users = {role: (f"user-{role}", "secret") for role in ("writer", "reader", "keeper")}
    (tmp_path / "passwords.json").write_text(json.dumps(users))
    (tmp_path / "ca.pem").touch()
    given = given_cluster()
    assert given is not None
    assert (given.url, given.ca_file, given.users) == ("https://search.example:9200", tmp_path / "ca.pem", users)
