"""What scripts of a page get of an event stream, of a WebSocket and of JSONP, in a browser, behind TLS."""

import json
from collections.abc import Iterator

import pytest
from wsproto.events import CloseConnection

from tests.chromium import Chromium
from tests.e2e.browser import Browser, browsing
from tests.evasion.cases import PERSON
from tests.evasion.streaming import flowing, streaming
from tests.evasion.test_events import delta, events, people
from tests.rig import ID_NO, MOBILE, Rig
from tests.scripted import answering
from tests.sockets import End, speaking
from tests.spellings import told_by

MASKED = {"id": 1, "name": "张**", "id_no": "**************002X", "mobile": "138****8000", "note": "***"}
PAGE = "<!DOCTYPE html><title>x</title><p>x</p>"
LISTEN = """
const [target, done] = arguments, heard = [];
const source = new EventSource(target);
source.onmessage = event => heard.push(event.data);
source.addEventListener("note", event => heard.push(event.data));
source.onerror = () => { source.close(); done(heard); };
"""
TALK = """
const [host, says, done] = arguments, heard = [];
const socket = new WebSocket(`wss://${host}/people/live`, "people.v1");
socket.onopen = () => socket.send(says);
socket.onmessage = event => heard.push(event.data);
socket.onclose = event => done([heard, event.code, socket.protocol]);
"""

CALL = """
const [target, done] = arguments, script = document.createElement("script");
window.people = { callback: said => done(said) };
script.onerror = () => done(null);
script.src = target;
document.head.append(script);
"""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("streams"), tls=True) as made:
        yield made


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with browsing(chromium) as made:
        yield made


def at_a_page(rig: Rig, browser: Browser) -> None:
    rig.behind.script = answering(PAGE.encode(), "text/html")
    browser.get(f"https://people.localhost:{rig.gateway.port}/people")


def test_an_event_source_hears_masks(rig: Rig, browser: Browser) -> None:
    at_a_page(rig, browser)
    note = f"event: note\ndata: 电话{MOBILE[:5]}\n\nevent: note\ndata: {MOBILE[5:]}。\n\n".encode()
    rig.behind.script = flowing([events(people(PERSON)), note])
    heard = browser.driver.execute_async_script(LISTEN, "/people/stream")
    assert json.loads(heard[0]) == {"items": [MASKED]}
    assert heard[1:] == ["电话***。"]


def test_a_call_with_json_is_heard_as_masks(rig: Rig, browser: Browser) -> None:
    at_a_page(rig, browser)
    rig.behind.script = answering(b"/**/people.callback(" + people(PERSON).encode() + b");", "text/javascript")
    assert browser.driver.execute_async_script(CALL, "/people") == {"items": [MASKED]}
    rig.behind.script = answering(b"people.callback(" + people(PERSON).encode() + b");1", "text/javascript")
    assert browser.driver.execute_async_script(CALL, "/people") is None


def test_an_assistant_is_heard_as_one_text(rig: Rig, browser: Browser) -> None:
    at_a_page(rig, browser)
    rig.behind.script = flowing([events(*map(delta, f"他的证号是{ID_NO}。好的"), "[DONE]")])
    *heard, last = browser.driver.execute_async_script(LISTEN, "/assistant")
    said = "".join(json.loads(each)["choices"][0]["delta"]["content"] for each in heard)
    assert (said, last) == ("他的证号是***。好的", "[DONE]")
    assert not told_by("".join(heard).encode())


def test_a_web_socket_speaks_masks(rig: Rig, browser: Browser) -> None:
    def told(end: End) -> None:
        end.say(people(PERSON))
        said.append(end.text())
        end.say(CloseConnection(1000))
        end.rest()

    said: list[str] = []
    at_a_page(rig, browser)
    rig.behind.script = speaking(told, "Sec-WebSocket-Protocol: people.v1")
    host = f"people.localhost:{rig.gateway.port}"
    heard, code, protocol = browser.driver.execute_async_script(TALK, host, '{"id": 3}')
    assert ([json.loads(each) for each in heard], code, protocol) == ([{"items": [MASKED]}], 1000, "people.v1")
    assert said == ['{"id": 3}']


def test_a_page_of_another_site_opens_none(rig: Rig, browser: Browser) -> None:
    rig.behind.script = answering(PAGE.encode(), "text/html")
    browser.get(f"http://127.0.0.1:{rig.behind.port}/")
    rig.behind.asked.clear()
    host = f"people.localhost:{rig.gateway.port}"
    heard, code, _ = browser.driver.execute_async_script(TALK, host, '{"id": 3}')
    assert (heard, code) == ([], 1006)
    assert not any("/people/live" in asked.line for asked in rig.behind.asked)
    assert "foreign_origin" in [event["event"].get("reason") for event in rig.gateway.events()]
