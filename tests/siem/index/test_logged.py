import pytest

from siem.index.logged import Logged

BODY = b'{"@timestamp":"2026-11-23T09:00:00.000000Z","event":{"id":"x-1"}}'


def test_a_document_is_decoded_only_once_somebody_looks_into_it() -> None:
    unread = Logged("x-1", "2026-11-23T09:00:00.000000Z", b"no JSON at all")
    assert (unread.id, unread.at, unread["@timestamp"]) == ("x-1", "2026-11-23T09:00:00.000000Z", unread.at)
    with pytest.raises(ValueError, match="invalid literal"):
        len(unread)


def test_it_is_the_document_that_it_spells() -> None:
    read = Logged("x-1", "2026-11-23T09:00:00.000000Z", BODY)
    same = {"@timestamp": "2026-11-23T09:00:00.000000Z", "event": {"id": "x-1"}}
    assert read == same
    assert (list(read), len(read), read["event"], read.get("user")) == (list(same), 2, {"id": "x-1"}, None)
