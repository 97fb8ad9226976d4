"""What the plain core takes is read as mitmproxy's core would read it; everything else is left alone."""

from typing import Any, override

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Request
from mitmproxy.net.http import http1, validate

from proxy.http1 import HEAD_ENDS, fault_of
from proxy.message import read_said
from proxy.plain.request import NotCommon, RequestReader

HOST = b"Host: people.localhost\r\n"
GET = b"GET /people HTTP/1.1\r\n" + HOST
POST = b"POST /people HTTP/1.1\r\n" + HOST

COMMON = {
    "a request": GET,
    "a query": b"GET /people?page=2&city=%E5%8C%97 HTTP/1.1\r\n" + HOST,
    "a HEAD": b"HEAD /people HTTP/1.1\r\n" + HOST,
    "the last on its connection": GET + b"Connection: close\r\n",
    "kept": GET + b"connection: Keep-Alive\r\n",
    "blanks around a value": GET + b"Accept: \t text/html \t\r\n",
    "no value": GET + b"Accept:\r\n",
    "a value that is not ASCII": GET + b"X-Name: \xe5\xbc\xa0\r\n",
    "a DELETE of which no length is said": b"DELETE /people/1 HTTP/1.1\r\n" + HOST,
    "the same name twice": GET + b"Accept: a\r\naccept: b\r\n",
}
UNCOMMON = {
    "another method": b"OPTIONS /people HTTP/1.1\r\n" + HOST,
    "a method in small letters": b"get /people HTTP/1.1\r\n" + HOST,
    "HTTP/1.0": b"GET /people HTTP/1.0\r\n" + HOST,
    "HTTP/1.2": b"GET /people HTTP/1.2\r\n" + HOST,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n",
    "the absolute form": b"GET http://people.localhost/people HTTP/1.1\r\n" + HOST,
    "an asterisk": b"GET * HTTP/1.1\r\n" + HOST,
    "CONNECT": b"CONNECT people.localhost:80 HTTP/1.1\r\n" + HOST,
    "two blanks": b"GET  /people HTTP/1.1\r\n" + HOST,
    "a tab in the line": b"GET\t/people HTTP/1.1\r\n" + HOST,
    "a target that is not ASCII": "GET /人 HTTP/1.1\r\n".encode() + HOST,
    "an empty line before it": b"\r\n" + GET,
    "no host": b"GET /people HTTP/1.1\r\n",
    "two hosts": GET + HOST,
    "a length where there is no body": GET + b"Content-Length: 0\r\n",
    "a body of which no length is said": POST,
    "two lengths": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n",
    "a length with a sign": POST + b"Content-Length: +3\r\n",
    "a length with a zero before it": POST + b"Content-Length: 03\r\n",
    "a length of other digits": POST + "Content-Length: ３\r\n".encode(),
    "a list of lengths": POST + b"Content-Length: 3, 3\r\n",
    "no length": POST + b"Content-Length:\r\n",
    "a body that is too large": POST + b"Content-Length: 1048577\r\n",
    "a length and chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "a length in chunks": GET + b"Transfer-Encoding: chunked\r\n",
    "a length in other letters": GET + b"cONTENT-lENGTH: 3\r\n",
    "Expect": GET + b"Expect: 100-continue\r\n",
    "Upgrade": GET + b"Upgrade: websocket\r\n",
    "HTTP2-Settings": GET + b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "Trailer": GET + b"Trailer: X\r\n",
    "another option of the connection": GET + b"Connection: upgrade\r\n",
    "two options of the connection": GET + b"Connection: close, x-api-key\r\n",
    "a blank before the colon": GET + b"Accept : a\r\n",
    "a name that is no token": GET + b"Acc(ept: a\r\n",
    "no name": GET + b": a\r\n",
    "no colon": GET + b"Accept\r\n",
    "a folded line": GET + b"Accept: a\r\n b\r\n",
    "a line that ends with LF": GET + b"Accept: a\nX: b\r\n",
    "a bare CR": GET + b"Accept: a\rb\r\n",
    "a NUL": GET + b"Accept: a\0b\r\n",
}


def read_common(received: bytes) -> tuple[Request, int] | None:
    return RequestReader().read(received)


@pytest.mark.parametrize("head", COMMON.values(), ids=COMMON)
def test_the_common_case_is_read_as_the_core_reads_it(head: bytes) -> None:
    read = read_common(head + b"\r\nGET /next")
    assert read is not None
    request, length = read
    assert length == len(head) + 2
    theirs = http1.read_request_head(head.removesuffix(b"\r\n").split(b"\r\n"))
    validate.validate_headers(theirs)
    assert http1.expected_http_body_size(theirs) == 0
    ours, other = request.data, theirs.data
    assert (ours.method, ours.path, ours.http_version) == (other.method, other.path, other.http_version)
    assert ours.headers.fields == other.headers.fields
    assert (ours.authority, ours.content, ours.trailers) == (other.authority, b"", None)


def test_what_headers_say_is_known_for_as_long_as_they_are_written_alike() -> None:
    reader = RequestReader()
    for head in (GET, GET.replace(b"/people", b"/other"), GET + b"Accept: a\r\n", GET):
        read = reader.read(head + b"\r\n")
        assert read is not None
        fields = read[0].headers.fields
        assert reader.said is not None
        assert reader.said.fields is fields
        assert reader.said == read_said("", fields)
    assert reader.read(GET + b"X_Y: a\r\n\r\n") is not None
    assert reader.said is None  # whoever decides reads and refuses them


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"PATCH", b"DELETE"])
@pytest.mark.parametrize(
    "body", [b"", b'{"a": "\r\n\r\n"}', b"GET /x HTTP/1.1\r\n\r\n"], ids=["none", "some", "a request"]
)
def test_a_body_is_as_long_as_is_said(method: bytes, body: bytes) -> None:
    sent = b"%s /people HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (method, HOST, len(body), body)
    assert [read_common(sent[:length]) for length in range(len(sent))] == [None] * len(sent)
    read = read_common(sent + b"GET /next")
    assert read is not None
    request, length = read
    assert (request.data.method, request.data.content, length) == (method, body, len(sent))


@pytest.mark.parametrize("head", UNCOMMON.values(), ids=UNCOMMON)
def test_anything_else_is_left_alone(head: bytes) -> None:
    with pytest.raises(NotCommon):
        read_common(head + b"\r\n")


@pytest.mark.parametrize("head", COMMON.values(), ids=COMMON)
def test_a_head_that_has_not_come_whole_is_waited_for(head: bytes) -> None:
    assert [read_common(head[:length]) for length in range(len(head) + 1)] == [None] * (len(head) + 1)


def test_a_head_that_never_ends_is_not_waited_for() -> None:
    with pytest.raises(NotCommon):
        read_common(GET + b"X: " + b"a" * 70_000)


@given(
    st.lists(
        st.sampled_from(
            b"GET |/people| HTTP/1.1|\r\n|\n|\r| |\t|Content-Length: 3|Transfer-Encoding:|chunked|:|"
            b"\0|\x0b|\x85|Accept: a|_|HEAD /|Host: a\r\n|Content-Length: 3\r\n|Content-Length: 0\r\n| 3|abc".split(
                b"|"
            )
        )
    ),
    st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE"]),
)
def test_what_is_taken_is_nothing_that_the_core_would_refuse_or_read_otherwise(
    pieces: list[bytes], method: bytes
) -> None:
    received = method + b" /people HTTP/1.1\r\nHost: a\r\n" + b"".join(pieces) + b"\r\n\r\nabc"
    try:
        read = read_common(received)
    except NotCommon:
        return
    assert read is not None
    request, length = read
    head, _, rest = received.partition(b"\r\n\r\n")
    theirs = http1.read_request_head(head.split(b"\r\n"))
    validate.validate_headers(theirs)
    size = http1.expected_http_body_size(theirs)
    assert size == length - len(head) - 4
    assert request.data.content == rest[:size]
    assert (request.data.method, request.data.path) == (theirs.data.method, theirs.data.path)
    assert request.data.headers.fields == theirs.data.headers.fields


WORDS = b"GET /people HTTP/1.1|\r\n|\n|\r| |\t|:|\0|\x0b|Accept: a|Host: a\r\n|\r\n\r\n".split(b"|")


@given(st.lists(st.sampled_from(WORDS)).map(b"".join), st.data())
def test_a_fault_is_found_as_soon_in_pieces_as_in_what_has_come(head: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(head)))))
    seen = 0
    for cut in [*cuts, len(head)]:
        come = head[:cut]
        assert fault_of(come, seen) == fault_of(come)
        if fault_of(come) is not None or HEAD_ENDS in come:
            return
        seen = cut


@pytest.mark.parametrize("body", [b"", b"abc", b"\r\n\r\n"])
@given(data=st.data())
def test_any_split_gives_the_same_requests(body: bytes, data: st.DataObject) -> None:
    """The next begins where the last has ended, though some of it had come by then."""
    sent = (POST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) + GET + b"\r\n") * 2
    reader, come, found = RequestReader(), bytearray(), []
    cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)))))
    for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        come += sent[start:end]
        while (read := reader.read(come)) is not None:
            found.append((read[0].data.method, read[0].data.content))
            del come[: read[1]]
    assert found == [(b"POST", body), (b"GET", b"")] * 2
    assert not come


LINES = [b"GET /people HTTP/1.1", b"HEAD /a HTTP/1.1", b"POST /a HTTP/1.1", b"DELETE /a HTTP/1.1", b"GET  /a HTTP/1.1"]
LINES += [b"GET /a\x0b HTTP/1.1", b"GET /a\n HTTP/1.1", b"PRI * HTTP/2.0", b"", b"GET /" + b"a" * 65_500 + b" HTTP/1.1"]
FIELDS = [b"", HOST, HOST + b"Content-Length: 0\r\n", HOST + HOST, HOST + b"A: \0\r\n", HOST + b"A: b\nC: d\r\n"]
FIELDS += [HOST + b"A: b\r\n c\r\n", HOST + b"Content-Length: 3\r\n", HOST + b"Expect: x\r\n", b" " + HOST]


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(FIELDS)), min_size=2, max_size=5), st.data())
def test_what_was_asked_before_changes_nothing(heads: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """What is written as it was in the last request is not read again."""
    before = RequestReader()
    for line, fields in heads:
        sent = line + b"\r\n" + fields + b"\r\nabc"
        cut = data.draw(st.integers(0, len(sent)))
        found: list[object] = []
        for reader in (before, RequestReader()):
            try:
                read = reader.read(sent[:cut]) or reader.read(sent)
            except NotCommon:
                found.append(None)
            else:
                assert read is not None
                came = read[0].data
                found.append((came.method, came.path, came.headers.fields, came.content, read[1]))
        assert found[0] == found[1]
        if found[0] is None:
            return


class Looked(bytearray):
    """Counts the bytes that were taken out of it to be looked at."""

    looked = 0

    @override
    def __getitem__(self, key: Any) -> Any:
        taken = super().__getitem__(key)
        self.looked += len(taken) if isinstance(key, slice) else 1
        return taken


@pytest.mark.parametrize(
    "sent",
    [GET + b"X: " + b"a" * 30_000, POST + b"Content-Length: 30001\r\n\r\n" + b"a" * 30_000],
    ids=["head", "body"],
)
def test_who_sends_byte_by_byte_does_not_have_all_of_it_looked_at_each_time(sent: bytes) -> None:
    reader, come = RequestReader(), Looked()
    for byte in sent:
        come.append(byte)
        assert reader.read(come) is None
    assert come.looked < 10 * len(sent)
