"""Heads that are written as the last one was are read as if there had been none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.http1 import LONGEST_HEAD
from proxy.plain import head as plain_head
from proxy.plain.head import HeadReader

WORDS = (
    b"HTTP/1.1 200 OK\r\n|HTTP/1.1 404 Gone\r\n|Content-Length: 5\r\n|Content-Length: 12\r\n|content-length:7 \r\n"
    b"|Content-Length: 05\r\n|Content-Length: \r\n|Content-Length: 5x\r\n|Content-Length: 99999999999\r\n|X: y\r\n"
    b"|X_y: z\r\n|Connection: close\r\n|Set-Cookie: a=b\r\n|Transfer-Encoding: chunked\r\n|\r\n|\r|hello"
).split(b"|")
heads = st.lists(st.sampled_from(WORDS), max_size=6).map(b"".join)
framed = st.lists(st.sampled_from(WORDS[2:13]), max_size=3).map(lambda lines: WORDS[0] + b"".join(lines) + b"\r\nhello")


def read(reader: HeadReader, data: bytes) -> Any:
    found = reader.read(data)
    if found is None:
        return None
    answer, length, size = found
    told = answer.status_code, answer.reason, answer.headers.fields, answer.data.http_version
    return told, answer.said, answer.closes, length, size


@given(st.lists(heads | framed, min_size=1, max_size=4), heads | framed)
def test_what_came_before_changes_nothing(before: list[bytes], data: bytes) -> None:
    reader = HeadReader()
    for each in before:
        read(reader, each)
    assert read(reader, data) == read(HeadReader(), data)


def test_only_how_long_the_body_is_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    def head(length: bytes, more: bytes = b"", kind: bytes = b"text/html") -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\nContent-Type: %b\r\n%b\r\nhello" % (length, kind, more)

    reader = HeadReader()
    assert read(reader, head(b"5"))[1]["content-length"] == ["5"]
    monkeypatch.setattr(plain_head, "_read", lambda data: None)
    told, said, closes, length, size = read(reader, head(b"123"))
    assert told == (200, "OK", ((b"Content-Length", b"123"), (b"Content-Type", b"text/html")), b"HTTP/1.1")
    assert (said["content-length"], closes, length, size) == (["123"], False, len(head(b"123")) - len(b"hello"), 123)
    for other in (head(b"05"), head(b"5 "), head(b""), head(b"5", kind=b"text/plain"), head(b"5", b"X: y\r\n")):
        assert read(reader, other) is None


def test_what_sets_a_cookie_or_is_refused_is_not_kept() -> None:
    for line in (b"Set-Cookie: a=b", b"X_y: z"):
        reader = HeadReader()
        assert read(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + line + b"\r\n\r\nhello") is not None
        assert reader._known is None


def test_a_head_that_is_too_long_by_its_length_is_not_read() -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Length: "
    behind = b"\r\nX: " + b"y" * (LONGEST_HEAD - len(start) - 1 - 9) + b"\r\n\r\n"
    reader = HeadReader()
    assert read(reader, start + b"5" + behind) is not None
    assert read(reader, start + b"55" + behind) is None
