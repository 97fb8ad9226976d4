"""Another system is added by one file in the folder of systems: with no restart, and served masked from then on."""

import contextlib
import json
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from deploy.demo.people import callers_file
from policies.findings import PolicyError
from proxy.identity.caller import hash_key
from tests.e2e.demo import POLICIES, client_of
from tests.gateway import Gateway, gateway, wait_until
from tests.policies.compiled import GOOD

READER = {
    "card": "L-77",
    "name": "张三丰",
    "mobile": "13800138000",
    "books": ["太极", "联系人李四，13900139000"],
    "note": "x",
}
KEY = "ybk_library-desk"
LIBRARY = """system: library
title: {{zh: 区图书馆, en: District library}}
hosts: [library.localhost]
upstream: http://127.0.0.1:{port}
state: {state}
identity: {{api_keys: true}}
"""
DECLARED = """records:
  reader:
    subject: card
    fields:
      card: {category: household}
      name: person_name
      mobile: mobile
      books: scan
operations:
  - on: GET /readers/{card}.json
    answers: {json: reader}
  - on: GET /readers/{card}
    answers: {html: {record: reader, elements: [{element: dd, class: "{field}"}]}}
  - on: POST /readers/{card}.json
    body: {json: reader}
    answers: {json: reader}
"""


class Library(BaseHTTPRequestHandler):
    """A system of the district that nobody has ever heard of."""

    protocol_version = "HTTP/1.1"
    written: list[dict[str, object]] = []

    def do_GET(self) -> None:
        if self.path.partition("?")[0].endswith(".json"):
            self.say(json.dumps(READER), "application/json")
        else:
            cells = "".join(f'<dt>{name}</dt><dd class="{name}">{value}</dd>' for name, value in READER.items())
            self.say(f"<!DOCTYPE html><title>{READER['name']}</title><dl>{cells}</dl>", "text/html; charset=utf-8")

    def do_POST(self) -> None:
        self.written.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.say(json.dumps({**READER, **self.written[-1]}), "application/json")

    def say(self, body: str, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Link", f'</readers.json?after={READER["card"]}>; rel="next"')
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def library() -> Iterator[int]:
    """The library, and its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Library)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@dataclass
class Added:
    """A gateway that knew nothing of the library when it was started."""

    gateway: Gateway
    port: int

    def declare(self, text: str) -> None:
        """Put the file of the library into the folder, or another in its place."""
        (self.gateway.home / "policies" / "systems" / "library.yaml").write_text(text, "utf-8")
        self.gateway.publish()

    def client(self, **headers: str) -> httpx.Client:
        return client_of(self.gateway, "library", {"Accept": "application/json", **headers})


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Added]:
    policies: Path = tmp_path_factory.mktemp("policies") / "demo"
    shutil.copytree(POLICIES, policies)
    shutil.copy(GOOD / "idp.json", policies / "demo-idp.json")
    (policies / "callers.yaml").write_text(callers_file({"library-desk": hash_key(KEY)}), "utf-8")
    with (
        library() as port,
        gateway(tmp_path_factory.mktemp("gateway"), {}, policies=policies, tls=True) as running,
    ):
        yield Added(running, port)


def reachable(added: Added) -> bool:
    """Whether the one worker has the certificate for the library: it looks for a new one ten times a second."""
    with added.client() as somebody, contextlib.suppress(httpx.ConnectError):
        somebody.get("/readers/L-77")
        return True
    return False


def test_it_is_unknown_at_first(added: Added) -> None:
    with client_of(added.gateway, "register", {"Host": f"library.localhost:{added.gateway.port}"}) as somebody:
        assert somebody.get("/readers/L-77").status_code == 421


def test_while_it_is_learnt_everything_is_hidden_and_nothing_written(added: Added) -> None:
    added.declare(LIBRARY.format(port=added.port, state="learning"))
    wait_until(lambda: reachable(added), 5)
    with added.client(**{"X-API-Key": KEY}) as desk:
        assert desk.get("/readers/L-77.json").json() == {
            "card": "***", "name": "***", "mobile": "***", "books": ["***", "***"], "note": "***",
        }  # fmt: skip
        page = desk.get("/readers/L-77").text
        assert page.startswith("<!DOCTYPE html><title>***</title>")
        assert not any(value in page for value in ("张三丰", "13800138000", "李四", "L-77"))
        answer = desk.post("/readers/L-77.json", json={"note": "y"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "writes_refused_while_learning")
    assert Library.written == []
    (event,) = [event for event in added.gateway.events() if event["yingbi"].get("fields")][:1]
    assert {use["name"] for use in event["yingbi"]["fields"]} >= {"/card", "/name", "/mobile", "/books/*", "/note"}


def test_once_it_is_declared_it_is_masked_as_declared(added: Added) -> None:
    added.declare(LIBRARY.format(port=added.port, state="enforcing") + DECLARED)
    with added.client() as nobody:
        assert nobody.get("/readers/L-77.json").json() == {
            "card": "***", "name": "张**", "mobile": "138****8000", "books": ["太极", "联系人***，***"], "note": "***",
        }  # fmt: skip
        page = nobody.get("/readers/L-77").text
        assert "<title>***</title>" in page
        assert '<dd class="name">张**</dd>' in page
        assert '<dd class="note">***</dd>' in page
        assert nobody.get("/readers").json()["reason"] == "operation_not_declared"
        assert nobody.post("/readers/L-77.json", json={"note": "y"}).status_code == 401
    with added.client(**{"X-API-Key": KEY}) as desk:
        answer = desk.post("/readers/L-77.json", json={"mobile": "13912345678"})
        assert (answer.status_code, answer.json()["mobile"]) == (200, "139****5678")
        answer = desk.post("/readers/L-77.json", json={"mobile": "139****5678"})
        assert (answer.status_code, answer.json()["field"]) == (409, "reader.mobile")
        for back, field in (({"mobile": None}, "reader.mobile"), ({"note": "y", "***1": "x"}, "undeclared")):
            answer = desk.post("/readers/L-77.json", json=back)
            assert (answer.status_code, answer.json()["field"]) == (409, field)
    assert Library.written == [{"mobile": "13912345678"}]
    assert {event["service"]["name"] for event in added.gateway.events()} == {"", "library"}


def test_a_broken_file_leaves_what_was_published_in_force(added: Added) -> None:
    with pytest.raises(PolicyError, match="there is no category `persn_name`"):
        added.declare(
            LIBRARY.format(port=added.port, state="enforcing") + DECLARED.replace("person_name", "persn_name")
        )
    with added.client() as nobody:
        assert nobody.get("/readers/L-77.json").json()["name"] == "张**"


BY_KEY = DECLARED.replace("/{card}", "/{key}").replace("subject: card", "subject: card\n    key: [card]") + (
    """  - on: GET /readers.json
    parameters: {after: record-key}
    key_headers: [link]
    answers: {json: reader}
"""
)


def test_who_may_not_see_a_key_may_not_ask_by_it(added: Added) -> None:
    added.declare(LIBRARY.format(port=added.port, state="enforcing") + BY_KEY)
    with added.client() as nobody:
        for target in ("/readers/L-77.json", "/readers/L-78", "/readers.json?after=L-77"):
            answer = nobody.get(target)
            assert (answer.status_code, answer.json()["reason"]) == (403, "question_about_hidden_field")
        answer = nobody.get("/readers.json")
        assert (answer.status_code, answer.json()["card"]) == (200, "***")
        following = re.fullmatch(r"</(readers\.json\?after=yb~[\w-]+)>; rel=\"next\"", answer.headers["link"])
        assert following is not None
        assert nobody.get(f"/{following[1]}").json()["card"] == "***"
    added.declare(
        LIBRARY.format(port=added.port, state="enforcing") + BY_KEY.replace("{category: household}", "public")
    )
    with added.client() as nobody:
        assert nobody.get("/readers/L-77.json").json()["card"] == "L-77"
        assert nobody.get("/readers.json").headers["link"] == '</readers.json?after=L-77>; rel="next"'
