"""gRPC over either version of HTTP: nothing passes, and clients are told in their own way."""

import pytest

from tests.evasion.cases import PEOPLE
from tests.front import Front
from tests.scripted import answering

KINDS = ("application/grpc", "application/grpc+proto", "application/grpc-web-text", "APPLICATION/GRPC;x=y")


@pytest.mark.parametrize("content_type", KINDS)
@pytest.mark.parametrize("target", ["/people", "/people.Service/Get"])
def test_a_call_is_refused_as_its_client_understands(front: Front, content_type: str, target: str) -> None:
    message = b"\0\0\0\0\2\x08\1"
    headers = (("content-type", content_type),)
    answer = front.ask(answering(PEOPLE), target=target, method="POST", headers=headers, body=message)
    assert front.rig.behind.asked == []
    assert (answer.status, answer.body, answer.headers["grpc-status"]) == (200, b"", "7")
    assert answer.headers["content-type"] in ("application/grpc", "application/grpc-web")
    assert answer.headers["yingbi-event"] in answer.headers["grpc-message"]
    assert answer.is_whole
    assert front.rig.gateway.events()[-1]["event"]["reason"] == "grpc_refused"


def test_a_call_without_a_credential_that_counts_is_told_so(front: Front) -> None:
    headers = (("content-type", "application/grpc"), ("x-api-key", "ybk_nobody"))
    answer = front.ask(method="POST", body=b"x", headers=headers)
    assert (answer.status, answer.headers["grpc-status"]) == (200, "16")


@pytest.mark.parametrize("content_type", KINDS)
def test_an_answer_is_withheld(front: Front, content_type: str) -> None:
    answer = front.ask(answering(PEOPLE, content_type))
    assert (answer.status, answer.reason) == (403, "grpc_refused")
    assert not answer.tells
