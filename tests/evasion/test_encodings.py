"""Content codings: nothing that is packed leaves, whether it says so or not, and nothing is unpacked."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from tests.evasion.cases import CSV, HTML, JSON, PEOPLE, PEOPLE_MASKED, PLAIN, TEXT, Case, check, shows, withholds
from tests.front import Front
from tests.scripted import answering, saying

TEXT_BYTES = TEXT.encode()


def raw_deflate(data: bytes, level: int = 9) -> bytes:
    return zlib.compress(data, level, wbits=-zlib.MAX_WBITS)


def encoded(body: bytes, *codings: str) -> Case:
    return withholds(body, JSON, "answer_encoded", *[f"Content-Encoding: {coding}" for coding in codings])


def transferred(body: bytes, coding: str, reason: str) -> Case:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: {coding}\r\n\r\n"
    return Case(saying(head.encode() + body), 502, reason=reason)


def in_chunks(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


ENCODED = {
    "gzip": encoded(gzip.compress(PEOPLE), "gzip"),
    "gzip in capitals": encoded(gzip.compress(PEOPLE), "GZIP"),
    "its old name": encoded(gzip.compress(PEOPLE), "x-gzip"),
    "deflate": encoded(zlib.compress(PEOPLE), "deflate"),
    "raw deflate": encoded(raw_deflate(PEOPLE), "deflate"),
    "Brotli": encoded(brotli.compress(PEOPLE), "br"),
    "Zstandard": encoded(zstandard.compress(PEOPLE), "zstd"),
    "a coding of nobody's": encoded(PEOPLE, "foo"),
    "no coding by name": encoded(PEOPLE, ""),
    "stacked": encoded(brotli.compress(gzip.compress(PEOPLE)), "gzip, br"),
    "stacked in two lines": encoded(brotli.compress(gzip.compress(PEOPLE)), "gzip", "br"),
    "behind none": encoded(gzip.compress(PEOPLE), "identity", "gzip"),
    "none, twice": encoded(PEOPLE, "identity, identity"),
    "said and not done": encoded(PEOPLE, "gzip"),
    "another than is said": encoded(brotli.compress(PEOPLE), "gzip"),
    "cut off": encoded(gzip.compress(PEOPLE)[:-20], "gzip"),
    "a second member": encoded(gzip.compress(b"{}") + gzip.compress(PEOPLE), "gzip"),
    "more behind the end": encoded(gzip.compress(b"{}") + PEOPLE, "gzip"),
    "a bomb": encoded(gzip.compress(b"0" * 50_000_000), "gzip"),
    "an error": withholds(gzip.compress(PEOPLE), JSON, "answer_encoded", "Content-Encoding: gzip", status=500),
    "a redirect": withholds(
        gzip.compress(PEOPLE), HTML, "answer_encoded", "Content-Encoding: gzip", "Location: /people", status=302
    ),
    "a static file": withholds(
        gzip.compress(PEOPLE), "text/css", "answer_encoded", "Content-Encoding: gzip", target="/files/a.css"
    ),
}  # fmt: skip

NOT_SAID = {
    **{
        f"{name} as {content_type}": withholds(packed, content_type, "answer_unreadable")
        for content_type in (JSON, HTML, CSV, PLAIN, "text/plain; charset=gb18030")
        for name, packed in {
            "gzip": gzip.compress(TEXT_BYTES),
            "deflate": zlib.compress(TEXT_BYTES),
            "raw deflate": raw_deflate(TEXT_BYTES),
            "stored and not compressed": raw_deflate(TEXT_BYTES, level=0),
            "Brotli": brotli.compress(TEXT_BYTES),
            "Zstandard": zstandard.compress(TEXT_BYTES),
        }.items()
    },
    "none, and gzip all the same": withholds(gzip.compress(PEOPLE), JSON, "answer_unreadable", "Content-Encoding: identity"),
    "gzip on its way alone": transferred(gzip.compress(PEOPLE), "gzip", "answer_unreadable"),
    "gzip on its way": transferred(in_chunks(gzip.compress(PEOPLE)), "gzip, chunked", "answer_unreadable"),
    "a coding on its way that is none": transferred(in_chunks(PEOPLE), "xchunked", "upstream_malformed"),
    "chunks within nothing": transferred(in_chunks(PEOPLE), "chunked, identity", "upstream_malformed"),
    "chunks with a word behind": transferred(in_chunks(PEOPLE), "chunked;q=1", "upstream_malformed"),
}  # fmt: skip

READ = {
    "none by name": shows(PEOPLE, JSON, PEOPLE_MASKED, "Content-Encoding: identity"),
    "chunks in capitals": Case(
        saying(f"HTTP/1.1 200 X\r\nContent-Type: {JSON}\r\nTransfer-Encoding: CHUNKED\r\n\r\n".encode() + in_chunks(PEOPLE)),
        shown=PEOPLE_MASKED,
    ),
}  # fmt: skip
CASES = ENCODED | NOT_SAID | READ


@pytest.mark.parametrize("case", CASES)
def test_encodings(front: Front, case: str) -> None:
    check(front, CASES[case])


@pytest.mark.parametrize("accepted", ["gzip, br, zstd", "*", "identity;q=0"])
def test_nothing_encoded_is_asked_for(front: Front, accepted: str) -> None:
    front.ask(answering(b"{}"), headers=(("accept-encoding", accepted), ("te", "trailers")))
    (asked,) = front.rig.behind.asked
    assert asked.headers["accept-encoding"] == "identity"
    assert "te" not in asked.headers
