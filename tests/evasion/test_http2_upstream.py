"""HTTP/2 towards systems behind: nothing that a system says, in whatever order, gets past the masks or looks whole."""

import json
import ssl
import struct
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame, PushPromiseFrame

from deploy.certificate import make_ca, make_certificate
from tests.gateway import Gateway, gateway, raw
from tests.http2_behind import Asked, Behind, Said, Script, answering, http2_behind
from tests.patience import PATIENCE_S
from tests.rig import ID_NO, MOBILE, NAME, ended, reads, shows_nothing

PLAIN = json.dumps({"items": [{"name": NAME, "mobile": MOBILE, "id_no": ID_NO}]}, ensure_ascii=False).encode()


class Rig:
    def __init__(self, running: Gateway, behind: Behind) -> None:
        self.running = running
        self.behind = behind

    def ask(self, script: Script, *, method: str = "GET", more: str = "", body: bytes = b"", times: int = 1) -> bytes:
        self.behind.script = script
        self.behind.asked.clear()
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} /people HTTP/1.1\r\nHost: people.localhost\r\n{length}{more}"
        keep = (head + "\r\n").encode() + body
        return raw(self.running.port, keep * (times - 1) + (head + "Connection: close\r\n\r\n").encode() + body)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("gateway")
    now = datetime.now(UTC)
    authorities = home / "authorities"
    files = make_certificate(home / "behind", make_ca(authorities / "office", now=now), names=["localhost"], now=now)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.certificate, files.key)
    with (
        http2_behind(answering(PLAIN), tls) as behind,
        gateway(home / "gateway", {}, workers=0, authorities=str(authorities)) as running,
    ):
        system = running.home / "policies" / "systems" / "people.yaml"
        upstream = f"upstream: https://localhost:{behind.port}\nupstream_tls: {{authority: office, http2: true}}"
        system.write_text(system.read_text("utf-8").replace("upstream: http://127.0.0.1:9", upstream), "utf-8")
        running.publish()
        running.start_worker()
        yield Rig(running, behind)


def test_answers_are_masked(rig: Rig) -> None:
    answer = rig.ask(answering(PLAIN), times=3)
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count("张**".encode()) == 3
    assert shows_nothing(answer)
    assert len(rig.behind.asked) == 3


def test_a_request_has_its_host_in_one_place_and_no_headers_of_a_connection(rig: Rig) -> None:
    rig.ask(
        answering(PLAIN),
        more="Connection: keep-alive, X-Private\r\nX-Private: 1\r\nTE: trailers\r\nX-API-Key: ybk_x\r\n",
    )
    rig.ask(answering(PLAIN), more="TE: trailers\r\nX-Upper: Case\r\n")
    asked = rig.behind.asked[-1]
    names = [name for name, _ in asked.headers]
    assert names[:4] == [b":method", b":scheme", b":authority", b":path"]
    assert asked.one(":authority") == [b"people.localhost"]
    assert b"host" not in names
    assert not {b"connection", b"te", b"keep-alive", b"transfer-encoding", b"upgrade", b"x-api-key"} & set(names)
    assert all(name == name.lower() for name in names)
    assert asked.one("x-forwarded-host") == [b"people.localhost"]


def test_a_body_that_is_sent_arrives(rig: Rig) -> None:
    key = "X-API-Key: ybk_terminal-at-window-seven\r\nContent-Type: application/json\r\n"
    body = json.dumps({"city": "x" * 200_000}).encode()
    rig.ask(answering(b"{}"), method="POST", more=key, body=body)
    [asked] = rig.behind.asked
    assert json.loads(asked.body) == json.loads(body)
    assert asked.one("content-length") == [str(len(asked.body)).encode()]


def head(said: Said, stream: int, *fields: tuple[str, str], end: bool = False, status: str = "200") -> HeadersFrame:
    """A frame with the head of an answer, that no state machine has looked at."""
    block = said.speaking.encoder.encode([(":status", status), *fields])
    return HeadersFrame(stream, block, flags=["END_HEADERS", *(["END_STREAM"] if end else [])])


def after_head(*frames: object) -> Script:
    def script(said: Said, asked: Asked) -> None:
        said.head(asked.stream)
        said.bytes(b"".join(frames))  # type: ignore[arg-type]

    return script


def _pushed(said: Said, asked: Asked) -> None:
    block = said.speaking.encoder.encode(
        [(":method", "GET"), (":scheme", "https"), (":authority", "people.localhost"), (":path", "/pushed")]
    )
    said.frames(PushPromiseFrame(asked.stream, promised_stream_id=2, data=block, flags=["END_HEADERS"]))
    said.frames(head(said, 2, ("content-type", "application/json")), DataFrame(2, PLAIN, flags=["END_STREAM"]))
    said.head(asked.stream)
    said.body(asked.stream, PLAIN)


def _other_stream(said: Said, asked: Asked) -> None:
    said.frames(
        head(said, asked.stream + 2, ("content-type", "application/json")),
        DataFrame(asked.stream + 2, PLAIN, flags=["END_STREAM"]),
    )


def _body_first(said: Said, asked: Asked) -> None:
    said.frames(DataFrame(asked.stream, PLAIN, flags=["END_STREAM"]))


def _two_heads(said: Said, asked: Asked) -> None:
    said.head(asked.stream)
    said.frames(
        head(said, asked.stream, ("content-type", "text/plain"), ("x-name", NAME)),
        DataFrame(asked.stream, PLAIN, flags=["END_STREAM"]),
    )


def _cut(said: Said, asked: Asked) -> None:
    said.head(asked.stream)
    said.body(asked.stream, PLAIN[:-2], end=False)
    said.raw.close()


def _reset(said: Said, asked: Asked) -> None:
    said.head(asked.stream)
    said.body(asked.stream, PLAIN, end=False)
    said.speaking.reset_stream(asked.stream, ErrorCodes.NO_ERROR)
    said.flush()


def _goaway(said: Said, asked: Asked) -> None:
    said.head(asked.stream)
    said.body(asked.stream, PLAIN, end=False)
    frame = GoAwayFrame(0, last_stream_id=asked.stream, error_code=2, additional_data=f"{NAME} {ID_NO}".encode())
    said.frames(frame)


def _short(said: Said, asked: Asked) -> None:
    said.head(asked.stream, ("content-length", str(len(PLAIN) + 10)))
    said.frames(DataFrame(asked.stream, PLAIN, flags=["END_STREAM"]))


def _long(said: Said, asked: Asked) -> None:
    said.head(asked.stream, ("content-length", "2"))
    said.frames(DataFrame(asked.stream, PLAIN, flags=["END_STREAM"]))


def with_head(*fields: tuple[str, str], status: str = "200") -> Script:
    def script(said: Said, asked: Asked) -> None:
        said.frames(
            head(said, asked.stream, *fields, status=status), DataFrame(asked.stream, PLAIN, flags=["END_STREAM"])
        )

    return script


def _large_frame(said: Said, asked: Asked) -> None:
    """It promises 16 MiB, and goes on and on: the gateway is the one who ends it."""
    said.head(asked.stream)
    said.bytes(struct.pack(">I", 0xFFFFFF)[1:] + b"\x00\x00" + struct.pack(">I", asked.stream))
    for _ in range(64):
        said.bytes(PLAIN.ljust(65536))


def _continued(said: Said, asked: Asked) -> None:
    """A head without end."""
    block = said.speaking.encoder.encode([(":status", "200"), ("x-name", NAME)])
    said.bytes(HeadersFrame(asked.stream, block).serialize())
    piece = b"\x00\x40\x00\x09\x00" + struct.pack(">I", asked.stream) + b"\x00" * 16384
    for _ in range(200):
        said.bytes(piece)


MALFORMED: dict[str, Script] = {
    "a push": _pushed,
    "an answer that nobody asked for": _other_stream,
    "a body before its head": _body_first,
    "a second head": _two_heads,
    "an end before the end": _cut,
    "a reset": _reset,
    "the end of the connection, with words": _goaway,
    "less than was promised": _short,
    "more than was promised": _long,
    "no frames at all": after_head(b"HTTP/1.1 200 OK\r\n\r\n" + PLAIN.ljust(200_000)),
    "a frame without end": _large_frame,
    "a head without end": _continued,
    "a status that is none": with_head(status=f"200 {NAME}"),
    "a status of four digits": with_head(status="0200"),
    "a status below": with_head(status="000"),
    "a status beyond": with_head(status="999"),
    "two statuses": with_head((":status", "200")),
    "another pseudo header": with_head((":name", NAME)),
    "a header of a connection": with_head(("connection", "close")),
    "an encoding of a transfer": with_head(("transfer-encoding", "chunked")),
    "a header in upper case": with_head(("Content-Type", "text/plain")),
    "a line within a header": with_head(("x-a", f"1\r\n\r\n{NAME}")),
    "a length that is none": with_head(("content-length", NAME)),
    "two lengths": with_head(("content-length", "2"), ("content-length", str(len(PLAIN)))),
    "another protocol": with_head(status="101"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_malformed_is_no_answer(rig: Rig, case: str) -> None:
    answer = rig.ask(MALFORMED[case])
    status, _, body = reads(answer)
    assert status == 502, answer
    assert json.loads(body)["reason"] in ("upstream_malformed", "upstream_broke_off")
    assert shows_nothing(answer)
    written = rig.running.said() + json.dumps(rig.running.events(), ensure_ascii=False)
    assert shows_nothing(written.encode())
    after = rig.ask(answering(PLAIN))
    assert after.startswith(b"HTTP/1.1 200 "), "and the next one is answered"
    assert shows_nothing(after)


LARGE = b'{"items": [' + b",".join([PLAIN[11:-2]] * 40_000) + b"]}"


def _cut_late(said: Said, asked: Asked) -> None:
    said.head(asked.stream)
    for start in range(0, len(LARGE) - 400_000, 16_000):
        said.speaking.send_data(asked.stream, LARGE[start : start + 16_000])
        said.flush()
    said.speaking.reset_stream(asked.stream, ErrorCodes.NO_ERROR)
    said.flush()


def test_a_large_answer_streams_masked_and_one_that_breaks_off_never_looks_whole(rig: Rig) -> None:
    def whole(said: Said, asked: Asked) -> None:
        said.head(asked.stream)
        for start in range(0, len(LARGE), 16_000):
            said.speaking.send_data(asked.stream, LARGE[start : start + 16_000], start + 16_000 >= len(LARGE))
            said.flush()

    answer = rig.ask(whole)
    assert ended(answer)
    assert reads(answer)[2].count("张**".encode()) == 40_000
    assert shows_nothing(answer)
    broken = rig.ask(_cut_late)
    assert b"HTTP/1.1 200 OK" in broken
    assert not ended(broken)
    assert shows_nothing(broken)


def test_trailers_and_interim_answers_go_no_further(rig: Rig) -> None:
    def script(said: Said, asked: Asked) -> None:
        said.frames(head(said, asked.stream, ("link", f"</{NAME}>"), status="103"))
        said.frames(head(said, asked.stream, status="100"))
        said.head(asked.stream)
        said.body(asked.stream, PLAIN, end=False)
        said.frames(_trailers(said, asked))

    answer = rig.ask(script)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1") == 1
    assert shows_nothing(answer)
    assert b"x-trailer" not in answer


def _trailers(said: Said, asked: Asked) -> HeadersFrame:
    block = said.speaking.encoder.encode([("x-trailer", ID_NO)])
    return HeadersFrame(asked.stream, block, flags=["END_HEADERS", "END_STREAM"])


def test_what_is_under_way_ends_well_when_the_system_takes_nothing_new(rig: Rig) -> None:
    """As servers say after so many requests, in the midst of an answer."""

    def script(said: Said, asked: Asked) -> None:
        said.frames(GoAwayFrame(0, last_stream_id=asked.stream, error_code=0))
        said.head(asked.stream)
        said.body(asked.stream, PLAIN)

    before = rig.behind.connections
    answer = rig.ask(script, times=3)
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert shows_nothing(answer)
    assert rig.behind.connections == before + 3


def test_a_request_that_the_system_has_not_taken_was_not_carried_out(rig: Rig) -> None:
    def script(said: Said, asked: Asked) -> None:
        said.frames(GoAwayFrame(0, last_stream_id=0, error_code=0))

    key = "X-API-Key: ybk_terminal-at-window-seven\r\nContent-Type: application/json\r\n"
    answer = rig.ask(script, method="POST", more=key, body=b'{"city": "x"}')
    assert json.loads(reads(answer)[2])["reason"] == "upstream_unreachable"


def test_one_caller_has_one_connection_to_the_system(rig: Rig) -> None:
    rig.behind.script = answering(PLAIN)
    before = rig.behind.connections
    url = f"http://127.0.0.1:{rig.running.port}/people"
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
        for _ in range(5):
            answer = client.get(url, headers={"Host": "people.localhost"})
            assert answer.json()["items"][0]["name"] == "张**"
    assert rig.behind.connections == before + 1


def test_one_connection_serves_for_long(rig: Rig) -> None:
    before = rig.behind.connections
    answer = rig.ask(answering(b'{"items": []}'), times=1_200)
    assert answer.count(b"HTTP/1.1 200 OK") == 1_200
    assert rig.behind.connections == before + 1
