"""TLS towards systems behind as each declares it: whom to trust, what to show and speak, and files that change."""

import contextlib
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from h2.events import DataReceived, ResponseReceived

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from tests.certificates import authority, issue
from tests.gateway import Gateway, gateway, wait_until
from tests.http2 import calling
from tests.http2_behind import Asked, Said, answering, http2_behind
from tests.patience import PATIENCE_S
from tests.rig import MOBILE, NAME, shows_nothing
from tests.scripted import Asked as AskedPlainly
from tests.scripted import Connection, scripted
from tests.scripted import answering as plainly

NOW = datetime.now(UTC)
ANSWER = json.dumps({"items": [{"name": NAME, "mobile": MOBILE}]}, ensure_ascii=False).encode()


def certified(folder: Path, name: str = "localhost", by: str = "office", stem: str = "server") -> CertificateFiles:
    """A system's certificate for *name* in *folder*, from the authority *by*."""
    return make_certificate(
        folder / "behind", make_ca(folder / "authorities" / by, now=NOW), names=[name], now=NOW, stem=stem
    )


def towards(files: CertificateFiles, ca: Path | None = None) -> ssl.SSLContext:
    """What a system behind speaks TLS by; with *ca* it wants a certificate of the gateway."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    if ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(ca)
    return context


@contextlib.contextmanager
def before(home: Path, port: int, declared: str, *, tls: bool = False, plain_core: bool = True) -> Iterator[Gateway]:
    """A gateway before the system at *port*, which says `upstream_tls: {declared}`."""
    with gateway(
        home / "gateway",
        {},
        workers=0,
        tls=tls,
        authorities=str(home / "authorities"),
        clients=str(home / "clients"),
        plain_core=plain_core,
    ) as running:
        system = running.home / "policies" / "systems" / "people.yaml"
        upstream = f"upstream: https://localhost:{port}\nupstream_tls: {{{declared}}}"
        system.write_text(system.read_text("utf-8").replace("upstream: http://127.0.0.1:9", upstream), "utf-8")
        running.publish()
        running.start_worker()
        yield running


def ask(running: Gateway) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
        return client.get(f"http://127.0.0.1:{running.port}/people", headers={"Host": "people.localhost"})


def is_answered(running: Gateway) -> bool:
    answer = ask(running)
    assert shows_nothing(answer.content)
    assert answer.status_code in (200, 502), answer.text
    return answer.status_code == 200


def put_client(home: Path) -> None:
    """The gateway's own certificate, called `gateway`, from the authority `systems`."""
    files = issue(authority(home / "authorities", "systems"), "dns:gateway.example", home / "issued")
    (home / "clients").mkdir(exist_ok=True)
    (home / "clients" / "gateway.pem").write_bytes(files.certificate.read_bytes())
    (home / "clients" / "gateway.key").write_bytes(files.key.read_bytes())


@pytest.mark.parametrize(
    ("name", "by", "declared", "works"),
    [
        ("localhost", "office", "authority: office", True),
        ("localhost", "others", "authority: office", False),
        ("localhost", "office", "authority: others", False),
        ("localhost", "office", "authority: nobody", False),
        ("localhost", "office", "", False),
        ("people.office", "office", "authority: office", False),
        ("people.office", "office", "authority: office, server_name: people.office", True),
        ("localhost", "office", "authority: office, server_name: people.office", False),
        ("localhost", "office", "authority: office, certificate: nothing", False),
    ],
)
def test_a_system_is_asked_where_its_certificate_is_as_declared(
    tmp_path: Path, name: str, by: str, declared: str, works: bool
) -> None:
    make_ca(tmp_path / "authorities" / "others", now=NOW)
    files = certified(tmp_path, name, by)
    make_ca(tmp_path / "authorities" / "office", now=NOW)
    with scripted(plainly(ANSWER), tls=towards(files)) as behind, before(tmp_path, behind.port, declared) as running:
        assert is_answered(running) is works
        assert bool(behind.asked) is works


def test_a_system_sees_the_certificate_of_the_gateway(tmp_path: Path) -> None:
    files = certified(tmp_path)
    put_client(tmp_path)
    tls = towards(files, tmp_path / "authorities" / "systems" / "ca.pem")
    declared = "authority: office, certificate: gateway, http2: true"
    with http2_behind(answering(ANSWER), tls) as behind, before(tmp_path, behind.port, declared) as running:
        assert is_answered(running)
        assert behind.shown[0]["subjectAltName"] == (("DNS", "gateway.example"),)


def test_a_system_that_wants_one_says_nothing_without(tmp_path: Path) -> None:
    files = certified(tmp_path)
    put_client(tmp_path)
    tls = towards(files, tmp_path / "authorities" / "systems" / "ca.pem")
    with scripted(plainly(ANSWER), tls=tls) as behind, before(tmp_path, behind.port, "authority: office") as running:
        answer = ask(running)
        assert answer.status_code == 502
        assert shows_nothing(answer.content)
        assert not behind.asked


@pytest.mark.parametrize("plain_core", [False, True], ids=["the core", "the plain core"])
def test_files_that_change_are_taken_without_a_restart(tmp_path: Path, plain_core: bool) -> None:
    """An authority, its list, and the gateway's own certificate."""
    files = certified(tmp_path)
    put_client(tmp_path)
    office = tmp_path / "authorities" / "office"
    tls = towards(files, tmp_path / "authorities" / "systems" / "ca.pem")
    declared = "authority: office, certificate: gateway"
    with (
        scripted(plainly(ANSWER), tls=tls) as behind,
        before(tmp_path, behind.port, declared, plain_core=plain_core) as running,
    ):
        assert is_answered(running)
        whole = (office / "ca.pem").read_bytes()
        (office / "ca.pem").unlink()
        wait_until(lambda: not is_answered(running), 5)
        (office / "ca.pem").write_bytes(whole)
        wait_until(lambda: is_answered(running), 5)
        key = (tmp_path / "clients" / "gateway.key").read_bytes()
        (tmp_path / "clients" / "gateway.pem").write_bytes(files.certificate.read_bytes())
        (tmp_path / "clients" / "gateway.key").write_bytes(files.key.read_bytes())
        wait_until(lambda: not is_answered(running), 5)
        put_client(tmp_path)
        assert (tmp_path / "clients" / "gateway.key").read_bytes() != key
        wait_until(lambda: is_answered(running), 5)
        assert running.workers[0].poll() is None


@pytest.mark.parametrize("plain_core", [False, True], ids=["the core", "the plain core"])
def test_a_system_whose_certificate_was_revoked_is_asked_no_more(tmp_path: Path, plain_core: bool) -> None:
    """Where its authority has a list; and where that has ended, nobody is."""
    by = authority(tmp_path / "authorities", "office")
    files = certified(tmp_path)
    serial = x509.load_pem_x509_certificate(files.certificate.read_bytes()).serial_number
    with (
        scripted(plainly(ANSWER), tls=towards(files)) as behind,
        before(tmp_path, behind.port, "authority: office", plain_core=plain_core) as made,
    ):
        assert is_answered(made)
        by.revoke(f"{serial:x}")
        wait_until(lambda: not is_answered(made), 5)


@pytest.mark.parametrize("declared", ["authority: office", "authority: office, http2: false"])
def test_http2_is_spoken_only_where_it_is_declared(tmp_path: Path, declared: str) -> None:
    """A system that knows nothing else is not understood then."""
    files = certified(tmp_path)
    with http2_behind(answering(ANSWER), towards(files)) as behind, before(tmp_path, behind.port, declared) as running:
        assert not is_answered(running)
        assert not behind.asked


def test_where_the_system_does_not_know_http2_the_older_is_spoken(tmp_path: Path) -> None:
    files = certified(tmp_path)
    tls = towards(files)
    tls.set_alpn_protocols(["http/1.1"])
    with (
        scripted(plainly(ANSWER), tls=tls) as behind,
        before(tmp_path, behind.port, "authority: office, http2: true") as running,
    ):
        assert is_answered(running)
        assert behind.asked[0].line == "GET /people HTTP/1.1"


def test_callers_over_http2_get_their_own_answers_over_one_connection(tmp_path: Path) -> None:
    """However the system orders them."""
    files = certified(tmp_path)
    waiting: list[Asked] = []

    def script(said: Said, asked: Asked) -> None:
        waiting.append(asked)
        if len(waiting) == 5:
            for each in reversed(waiting):
                city = dict(each.headers)[b":path"].decode().partition("=")[2]
                said.head(each.stream)
                said.body(each.stream, json.dumps({"items": [{"city": city, "name": NAME}]}).encode())
            waiting.clear()

    with (
        http2_behind(script, towards(files)) as behind,
        before(tmp_path, behind.port, "authority: office, http2: true", tls=True) as running,
        calling(running.port, running.home / "tls" / "ca.pem") as caller,
    ):
        for stream in range(1, 11, 2):
            path = f"/people?page={stream}"
            caller.ask(stream, {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": path})
        bodies: dict[int, bytes] = {}
        while len(bodies) < 5:
            event = caller.hear(DataReceived)
            assert isinstance(event, DataReceived)
            bodies[event.stream_id or 0] = bodies.get(event.stream_id or 0, b"") + (event.data or b"")
        assert {stream: json.loads(body)["items"][0]["city"] for stream, body in bodies.items()} == {
            stream: str(stream) for stream in range(1, 11, 2)
        }
        assert behind.connections == 1


def test_one_who_leaves_takes_nobody_with_him(tmp_path: Path) -> None:
    files = certified(tmp_path)

    def script(said: Said, asked: Asked) -> None:
        if dict(asked.headers)[b":path"] != b"/people?page=1":
            said.head(asked.stream)
            said.body(asked.stream, ANSWER)

    head = {":method": "GET", ":scheme": "https", ":authority": "people.localhost"}
    with (
        http2_behind(script, towards(files)) as behind,
        before(tmp_path, behind.port, "authority: office, http2: true", tls=True) as running,
        calling(running.port, running.home / "tls" / "ca.pem") as caller,
    ):
        caller.ask(1, head | {":path": "/people?page=1"})
        wait_until(lambda: len(behind.asked) == 1, 5)
        caller.speaking.reset_stream(1)
        caller.ask(3, head | {":path": "/people?page=3"})
        event = caller.hear(ResponseReceived)
        assert isinstance(event, ResponseReceived)
        assert (event.stream_id, dict(event.headers)[b":status"]) == (3, b"200")
        assert behind.connections == 1


@pytest.mark.parametrize("is_ended", [True, False])
def test_an_answer_that_ends_with_its_connection_is_whole_if_that_was_ended(tmp_path: Path, is_ended: bool) -> None:
    """One that was cut could be anybody's doing who stands between."""

    def script(connection: Connection, asked: AskedPlainly) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + ANSWER)
        assert isinstance(connection.raw, ssl.SSLSocket)
        if is_ended:
            with contextlib.suppress(OSError):
                connection.raw.unwrap()
        connection.close()

    files = certified(tmp_path)
    with (
        scripted(script, tls=towards(files)) as behind,
        before(tmp_path, behind.port, "authority: office") as running,
    ):
        assert is_answered(running) is is_ended
