"""What a collector is sent of exchanges: all of them, and nothing of anybody."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.gateway import CLERK_KEY, ROOT, wait_until
from tests.rig import Rig, rigged
from tests.scripted import answering
from tests.spellings import ID_NO, MOBILE, NAME
from yingbi.settings import Settings, write_settings
from yingbi.settings_tables import Traces
from yingbi.told import hear

PERSON = f'{{"items": [{{"name": "{NAME}", "id_no": "{ID_NO}", "mobile": "{MOBILE}"}}]}}'.encode()


@dataclass
class Collector:
    """Takes what comes, or answers with an error."""

    received: list[bytes] = field(default_factory=list)
    status: int = 200
    port: int = 0

    @property
    def spans(self) -> list[dict[str, Any]]:
        found = []
        for body in self.received:
            for resource in json.loads(body)["resourceSpans"]:
                assert resource["resource"]["attributes"] == [
                    {"key": "service.name", "value": {"stringValue": "yingbi"}}
                ]
                found += [span for scope in resource["scopeSpans"] for span in scope["spans"]]
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            assert (self.path, self.headers["content-type"]) == ("/v1/traces", "application/json")
            made.received.append(body if made.status == 200 else b'{"resourceSpans": []}')
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def traced(tmp_path: Path, collector: Collector) -> Iterator[Rig]:
    """A gateway whose log is followed by the process."""
    with rigged(tmp_path) as rig:
        (rig.gateway.home / "run").mkdir()
        settings = Settings(
            home=rig.gateway.home, traces=Traces(endpoint=f"http://127.0.0.1:{collector.port}/v1/traces")
        )
        command = [sys.executable, "-m", "yingbi.process.traces", write_settings(settings)]
        with (tmp_path / "traces.log").open("wb") as said:
            process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        told = rig.gateway.home / "run" / "traces.json"
        wait_until(lambda: hear(told).get("pid") == process.pid or process.poll() is not None, 20)
        try:
            yield rig
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, (tmp_path / "traces.log").read_text()


def attributes_of(span: dict[str, Any]) -> dict[str, Any]:
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}


def test_every_exchange_becomes_a_span_without_any_value(traced: Rig, collector: Collector) -> None:
    traced.ask(answering(PERSON), headers=f"X-Api-Key: {CLERK_KEY}\r\n")
    traced.ask(target=f"/people/{ID_NO}")
    traced.ask(
        method="POST", headers=f"X-Api-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n", body=b'{"name": "x"}'
    )
    wait_until(lambda: len(collector.spans) >= 3, 20)
    ended = [event for event in traced.gateway.events() if event["event"]["action"] in ("whole", "close")]
    assert {attributes_of(span)["yingbi.event"] for span in collector.spans} == {
        event["event"]["id"] for event in ended
    }
    for span, event in zip(collector.spans, ended, strict=True):
        assert (len(span["traceId"]), len(span["spanId"])) == (32, 16)
        took_ns = int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])
        assert took_ns == event["event"]["duration"]
        assert attributes_of(span).get("yingbi.reason", "") == event["event"].get("reason", "")
    sent = b"".join(collector.received).decode()
    digests = {digest for event in ended for digest in event["yingbi"].get("subjects", [])}
    assert digests
    for value in (NAME, ID_NO, MOBILE, "window-7", "127.0.0.1", *digests):
        assert value not in sent


def test_a_collector_that_fails_costs_its_spans_and_nothing_else(traced: Rig, collector: Collector) -> None:
    collector.status = 500
    traced.ask(answering(PERSON))
    wait_until(lambda: len(collector.received) == 1, 20)
    collector.status = 200
    answer = traced.ask()
    assert answer.startswith(b"HTTP/1.1 200")
    wait_until(lambda: len(collector.spans) == 1, 20)
    assert attributes_of(collector.spans[0])["yingbi.event"] == traced.gateway.events()[-1]["event"]["id"]
