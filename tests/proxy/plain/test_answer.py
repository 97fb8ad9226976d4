"""Answers that the plain core reads, cut anywhere, and those that it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers, Request, Response

from proxy.plain.answer import AnswerReader, BrokenOff, End, Unreadable
from proxy.plain.head import HeadReader

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = OK + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
TO_THE_END = OK + b"\r\nhello"


def asked(method: bytes = b"GET") -> Request:
    return Request("", 0, method, b"http", b"", b"/", b"HTTP/1.1", Headers(), b"", None, 0.0, 0.0)


def read(*pieces: bytes, method: bytes = b"GET", eof: bool = False) -> tuple[AnswerReader, int, bytes, bool]:
    """The reader afterwards, the status, the body and whether that is whole."""
    reader = AnswerReader(asked(method), HeadReader())
    found = [each for piece in pieces for each in reader.feed(piece)]
    found += reader.eof() if eof else []
    status = next((each.status_code for each in found if isinstance(each, Response)), 0)
    return reader, status, b"".join(each for each in found if isinstance(each, bytes)), End.END in found


@pytest.mark.parametrize(("answer", "eof"), [(LENGTH, False), (CHUNKED, False), (TO_THE_END, True)])
@given(st.data())
def test_any_split_gives_the_same_answer(answer: bytes, eof: bool, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(answer)))))
    pieces = [answer[start:end] for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    assert read(*pieces, eof=eof)[1:] == (200, b"hello", True)


WORDS = (
    b"HTTP/1.1 200 OK|HTTP/1.1 200|HTTP/1.1 404 Not  Found|HTTP/1.1 304 x|HTTP/1.0 200 OK|HTTP/1.1  200 OK |\r\n|\n|\r"
    b"|\r\n\r\n|Content-Length: 5|Content-Length:|content-length:\t5 |Content-Length: 0|Content-Length: 05"
    b"|Content-Length: 99999999999|Transfer-Encoding: chunked|Connection: close|X: y|X:|: y|X y| |\t|\0|\x0b|\xe5"
    b"|hello|5\r\nhello\r\n0"
).split(b"|")


def outcome(*pieces: bytes, method: bytes) -> object:
    """All that is read of *pieces*, and whether the connection may be shared; how far it came where it cannot be."""
    reader = AnswerReader(asked(method), HeadReader())
    found: list[object] = []
    fault = ""
    try:
        for piece in pieces:
            for each in reader.feed(piece):
                if isinstance(each, Response):
                    found.append((each.status_code, each.reason, each.headers.fields, each.http_version))
                else:
                    found.append(each)
    except Unreadable:
        fault = "unreadable"
    body = b"".join(each for each in found if isinstance(each, bytes))
    return [each for each in found if not isinstance(each, bytes)], body, fault, reader.may_another_follow


@given(
    st.lists(st.sampled_from(WORDS)).map(b"".join),
    st.sampled_from([b"", OK, OK + b"Content-Length: 5\r\n"]),
    st.sampled_from([b"", b"\r\n\r\nhello", b"\r\nhello"]),
    st.sampled_from([b"GET", b"HEAD", b"POST"]),
)
def test_what_comes_at_once_is_read_as_what_comes_in_pieces(
    words: bytes, before: bytes, behind: bytes, method: bytes
) -> None:
    """A head in plain words is read by another function, which must know no other answers, nor read one otherwise."""
    answer = before + words + behind
    assert outcome(answer, method=method) == outcome(answer[:1], answer[1:], method=method)


@pytest.mark.parametrize("answer", [LENGTH, CHUNKED, TO_THE_END])
def test_an_answer_that_ends_before_its_end_is_broken_off(answer: bytes) -> None:
    for length in range(len(answer)):
        reader = AnswerReader(asked(), HeadReader())
        found = list(reader.feed(answer[:length]))
        is_head_there = b"\r\n\r\n" in answer[:length]
        if answer is TO_THE_END and is_head_there:
            continue  # nobody could tell
        with pytest.raises(BrokenOff if is_head_there or not length else Unreadable):
            found += reader.eof()
        assert End.END not in found


UNREADABLE = {
    "no answer": b"no answer at all\r\n\r\n",
    "an empty line first": b"\r\n" + LENGTH,
    "a version that is none": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a status in groups of digits": b"HTTP/1.1 2_00 OK\r\nContent-Length: 0\r\n\r\n",
    "both lengths": OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length that is none": OK + b"Content-Length: +5\r\n\r\nhello",
    "a coding that is none": OK + b"Transfer-Encoding: xchunked\r\n\r\n",
    "a blank in a name": OK + b"Content-Length : 5\r\n\r\nhello",
    "chunks in HTTP/1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk's length that is none": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk that is longer than it says": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
    "trailers": OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
    "a head that never ends": OK + b"X: " + b"a" * 70_000,
    "a chunk's line that never ends": OK + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"a" * 70_000,
    "trailers that never end": OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"a" * 70_000,
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_answer_is_not_read(answer: bytes) -> None:
    with pytest.raises(Unreadable):
        read(answer)


SHARED = {
    "a length": (LENGTH, b"GET", True),
    "chunks": (CHUNKED, b"GET", True),
    "more than its length": (LENGTH + b"x", b"GET", False),
    "the end of the connection": (TO_THE_END, b"GET", False),
    "no body, asked for none": (OK + b"Content-Length: 5\r\n\r\n", b"HEAD", False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", b"GET", False),
    "304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", b"GET", False),
    "an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n", b"GET", False),
    "another protocol": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"GET", False),
    "it says that it closes": (OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n", b"GET", False),
    "it says so in other letters": (OK + b"Connection: x, Close\r\nContent-Length: 0\r\n\r\n", b"GET", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", b"GET", False),
    "HTTP/1.0, kept": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", b"GET", False),
    "not whole": (LENGTH[:-1], b"GET", False),
}


@pytest.mark.parametrize(("answer", "method", "may"), SHARED.values(), ids=SHARED)
def test_a_connection_is_shared_only_after_an_answer_with_an_end_of_its_own(
    answer: bytes, method: bytes, may: bool
) -> None:
    assert read(answer, method=method)[0].may_another_follow is may
