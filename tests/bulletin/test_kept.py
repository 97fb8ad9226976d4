"""An answer that is kept is the same answer, and goes with what it told of."""

from pathlib import Path

import pytest

from tests.bulletin.conftest import Serve
from tests.bulletin.shelves import content, notice, put, withdrawn
from tests.incident.office import zh

ADDRESS = "/notices/N-20261123-001"


def test_the_second_answer_is_the_first(tmp_path: Path, serve: Serve) -> None:
    put(tmp_path, notice(1))
    client = serve(tmp_path)
    for address in ("/", ADDRESS, f"{ADDRESS}?size=large", "/feed.atom", "/style.css"):
        first, second = client.get(address), client.get(address)
        assert second.content == first.content
        assert {**second.headers, "date": ""} == {**first.headers, "date": ""}
        assert second.headers["x-frame-options"] == "DENY"
        assert client.head(address).content == b""
        assert client.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_every_change_is_seen_at_once_however_often_it_was_asked_for(tmp_path: Path, serve: Serve) -> None:
    put(tmp_path, notice(1))
    client = serve(tmp_path)
    told = notice(1)
    for number in range(2, 12):
        client.get(ADDRESS)
        told = notice(1, *(content(title_zh=f"第{each}版", change=zh("改")) for each in range(1, number + 1)))
        (tmp_path / f"{told.id}.json").unlink()
        put(tmp_path, told)
        assert f"第{number}版" in client.get(ADDRESS).text
    put(tmp_path, withdrawn(told))
    assert "已撤回" in client.get(ADDRESS).text
    (tmp_path / f"{told.id}.json").unlink()
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("address", ["/nowhere", "/?page=9", f"{ADDRESS}?x=1"])
def test_what_is_not_there_or_asked_for_oddly_is_answered_each_time(tmp_path: Path, serve: Serve, address: str) -> None:
    client = serve(tmp_path)
    assert client.get(address).status_code == 404
    put(tmp_path, notice(1))
    assert client.get(address).status_code == (200 if address.startswith(ADDRESS) else 404)
