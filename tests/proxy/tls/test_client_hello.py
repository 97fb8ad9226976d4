"""Greetings are read as the core reads them; what is broken is refused or left to OpenSSL, and never anything else."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import tls
from mitmproxy.proxy.layers.tls import get_client_hello

from proxy.tls.client_hello import ClientHello


def greeting(host: str | None, protocols: tuple[str, ...] = (), *, newest: bool = True) -> bytes:
    """What the library's own client says first, without header."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if not newest:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if protocols:
        context.set_alpn_protocols(protocols)
    sent = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=host).do_handshake()
    whole = get_client_hello(sent.read())
    assert whole is not None
    return whole[4:]


def read(made: type[ClientHello] | type[tls.ClientHello], raw: bytes) -> object:
    """What *made* finds in *raw*, or that it ends too early."""
    try:
        found = made(raw)
    except EOFError:
        return "ends too early"
    return found.sni, found.alpn_protocols


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("protocols", [(), ("http/1.1",), ("h2", "http/1.1")])
@pytest.mark.parametrize(
    "host", [None, "people.localhost", "a_b.example", "PEOPLE.Example", "xn--fiqs8s.cn", "中国.cn"]
)
def test_a_greeting_is_read_as_the_core_reads_it(host: str | None, protocols: tuple[str, ...], *, newest: bool) -> None:
    raw = greeting(host, protocols, newest=newest)
    assert read(ClientHello, raw) == read(tls.ClientHello, raw)
    assert ClientHello(raw).alpn_protocols == [each.encode() for each in protocols]
    assert (ClientHello(raw).sni is None) is (host is None)


WHOLE = greeting("people.localhost", ("h2", "http/1.1"))


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_a_greeting_that_was_cut_is_read_as_the_core_reads_it(end: int) -> None:
    assert read(ClientHello, WHOLE[:end]) == read(tls.ClientHello, WHOLE[:end])


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=4), st.binary(max_size=6))
def test_a_greeting_that_was_changed_is_read_as_the_core_reads_it(changes: list[tuple[int, int]], more: bytes) -> None:
    changed = bytearray(WHOLE)
    for place, value in changes:
        changed[place] = value
    raw = bytes(changed) + more
    assert read(ClientHello, raw) == read(tls.ClientHello, raw)


@pytest.mark.parametrize(
    "host", [b"xn--a", b"\xff\xfe", b"a..b", b"", b"a" * 64, b"10.0.0.1", b"a b", b"people.localhost."]
)
def test_a_host_is_one_where_the_core_says_so(host: bytes) -> None:
    name = b"\0" + len(host).to_bytes(2) + host
    named = len(name).to_bytes(2) + name
    raw = WHOLE[:34] + b"\0" + b"\0\2\x13\x01" + b"\1\0" + b"\0\0" + b"\0\0" + len(named).to_bytes(2) + named
    assert read(ClientHello, raw) == read(tls.ClientHello, raw)
