"""What is read of a request, and what is known of its exchange."""

import msgspec
import pytest

from proxy.exchange import note_said, request_of
from proxy.identity.caller import COOKIE
from proxy.message import Malformed, read_said
from tests.gateway import CLERK_KEY
from tests.proxy.parts import Parts, admitted, flow_of


def test_an_old_version_and_two_hosts_are_not_read() -> None:
    flow = flow_of()
    flow.request.data.http_version = b"HTTP/0.9"
    with pytest.raises(Malformed):
        request_of(flow)
    flow = flow_of()
    flow.request.data.authority = b"other.localhost"
    with pytest.raises(Malformed):
        request_of(flow)


def test_only_a_connection_that_speaks_http_2_may_say_so() -> None:
    flow = flow_of()
    flow.request.data.http_version = b"HTTP/2.0"
    with pytest.raises(Malformed):
        request_of(flow)
    flow.client_conn.alpn = b"h2"
    assert request_of(flow).path == "/people"


def test_what_other_headers_say_is_not_believed() -> None:
    flow = flow_of()
    fields = flow.request.data.headers.fields
    note_said(flow, read_said("", ((b"host", b"other.localhost"),)))
    assert request_of(flow).host == "people.localhost"
    said = msgspec.structs.replace(read_said("", fields), host="known.localhost")
    note_said(flow, said)
    assert request_of(flow).host == "known.localhost"
    flow.request.data.authority = b"other.localhost"
    with pytest.raises(Malformed):
        request_of(flow)


def test_who_must_be_told_that_it_was_carried_out(parts: Parts) -> None:
    """Only of what may have acted, and only once it may have reached the system behind."""
    question = admitted(parts, flow_of())
    write = admitted(parts, flow_of("POST", cookie=f"{COOKIE}={CLERK_KEY}"))
    assert (question.may_have_acted, write.may_have_acted) == (False, True)
    write.failure = "upstream_broke_off"
    assert write.may_have_acted
    write.failure = "upstream_unreachable"
    assert not write.may_have_acted
    write.failure, write.is_sent = "", False
    assert not write.may_have_acted
