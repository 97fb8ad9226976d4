"""A system that is being learnt: whatever it says, nothing of it is shown, and nothing is written to it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.identity.caller import hash_key
from tests.gateway import GOOD, gateway
from tests.rig import ID_NO, MOBILE, NAME, Rig, reads, shows_nothing
from tests.scripted import answering, saying, scripted

KEY = "ybk_window-7-secret"
PEOPLE = """system: people
title: {zh: 新系统, en: New}
hosts: [people.localhost]
upstream: http://127.0.0.1:9
state: learning
identity: {api_keys: true}
"""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The evasion rig, whose system declares nothing but where it is."""
    policies: Path = tmp_path_factory.mktemp("policies") / "learning"
    shutil.copytree(GOOD, policies)
    (policies / "systems" / "people.yaml").write_text(PEOPLE, "utf-8")
    callers = policies / "callers.yaml"
    callers.write_text(callers.read_text("utf-8").replace("0" * 63 + "2", hash_key(KEY)), "utf-8")
    with (
        scripted(answering(b"{}")) as behind,
        gateway(tmp_path_factory.mktemp("gateway"), {"people": behind.port}, policies=policies) as running,
    ):
        yield Rig(running, behind)


HIDDEN = {
    "JSON": (
        json.dumps({"people": [{"name": NAME, "no": 7, "ok": True, NAME: {"zhangsan": "x"}}]}),
        "application/json",
        '{"people":[{"name":"***","no":null,"ok":null,"***1":{"zhangsan":"***"}}]}',
    ),
    "HTML": (
        f'<html><title>{NAME}</title><p data-name="{NAME}" title="x">x<a href="/people/{ID_NO}">y</a></p></html>',
        "text/html",
        '<html><title>***</title><p title="***">***<a>***</a></p></html>',
    ),
    "text": (f"a\n\n{NAME} {MOBILE}\n", "text/plain", "***\n\n***\n"),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_everything_is_hidden(rig: Rig, case: str) -> None:
    body, content_type, expected = HIDDEN[case]
    answer = rig.ask(answering(body.encode(), content_type), target="/anything/at/all")
    status, _, shown = reads(answer)
    assert (status, shown.decode()) == (200, expected)
    assert shows_nothing(answer)
    (event,) = [event for event in rig.gateway.events() if event["event"]["id"] == reads(answer)[1]["yingbi-event"]]
    assert event["yingbi"]["operation"] == "GET (undeclared)"


def test_an_error_is_hidden(rig: Rig) -> None:
    status, _, shown = reads(rig.ask(answering(f"<p>{NAME}</p>".encode(), "text/html", "500 X")))
    assert (status, shown) == (500, b"<p>***</p>")


@pytest.mark.parametrize("content_type", ["text/csv", "application/xml", "image/png", "text/css", ""])
def test_what_cannot_be_hidden_is_withheld(rig: Rig, content_type: str) -> None:
    answer = rig.ask(answering(f"id,name\r\n1,{NAME}\r\n".encode(), content_type))
    assert reads(answer)[0] == 502
    assert shows_nothing(answer)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("HTTP/1.1 302 X\r\nLocation: /people?page=2\r\n", 302),
        ("HTTP/1.1 302 X\r\nLocation: /people/%E5%BC%A0\r\n", 502),
        ("HTTP/1.1 302 X\r\nLocation: /people/110105\r\n", 502),
        ("HTTP/1.1 302 X\r\nLocation: /x\r\nSet-Cookie: user=zhangsan\r\n", 302),
    ],
)
def test_heads_tell_nothing(rig: Rig, head: str, status: int) -> None:
    found, headers, _ = reads(rig.ask(saying(f"{head}Content-Length: 0\r\n\r\n".encode())))
    assert found == status
    assert "set-cookie" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writes_are_refused(rig: Rig, method: str) -> None:
    body = b"{}" if method != "DELETE" else b""
    answer = rig.ask(answering(b"{}"), method=method, body=body, headers="Content-Type: application/json\r\n")
    assert json.loads(reads(answer)[2])["reason"] == "writes_refused_while_learning"
    assert not rig.behind.asked


def test_a_question_takes_somebody_who_asks_it(rig: Rig) -> None:
    """How much is hidden in an answer could be the answer."""
    assert reads(rig.ask(answering(b"{}"), target="/people?id_no__startswith=1"))[0] == 401
    assert not rig.behind.asked
    answer = rig.ask(answering(b'{"a": 1}'), target="/people?page=2", headers=f"X-API-Key: {KEY}\r\n")
    assert reads(answer)[2] == b'{"a":null}'
    assert "page=2" not in json.dumps(rig.gateway.events())
