"""TLS towards callers, whose certificate can be renewed, and towards systems behind, whose certificate must be good."""

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from proxy.tls.server_certificates import Pair
from tests.gateway import Gateway, gateway, wait_until
from tests.patience import PATIENCE_S
from tests.rig import MOBILE, NAME, shows_nothing
from tests.scripted import Scripted, answering, scripted

ANSWER = json.dumps({"items": [{"name": NAME, "mobile": MOBILE}]}, ensure_ascii=False).encode()


def certified(folder: Path, *names: str, ca: Path | None = None, now: datetime | None = None) -> CertificateFiles:
    """A certificate for *names*, from the authority in *ca*."""
    now = now or datetime.now(UTC)
    return make_certificate(folder, make_ca(ca or folder, now=now), names=names, now=now)


def towards_callers(files: CertificateFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    home = tmp_path_factory.mktemp("gateway")
    with scripted(answering(ANSWER)) as behind, gateway(home, {"people": behind.port}, tls=True) as made:
        yield made


def connected(running: Gateway, context: ssl.SSLContext, alpn: tuple[str, ...] = ()) -> ssl.SSLSocket:
    if alpn:
        context.set_alpn_protocols(list(alpn))
    plain = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S)
    return context.wrap_socket(plain, server_hostname="localhost")


def trusting(running: Gateway) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=running.home / "tls" / "ca.pem")


def get(client: httpx.Client, running: Gateway) -> httpx.Response:
    """The list of people, from a host whose name needs no resolver."""
    named = {"extensions": {"sni_hostname": "localhost"}} if running.tls else {}
    url = f"{'https' if running.tls else 'http'}://127.0.0.1:{running.port}/people"
    return client.get(url, headers={"Host": "people.localhost"}, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_answers_are_masked_over_tls(running: Gateway, http2: bool) -> None:
    with httpx.Client(verify=trusting(running), http2=http2, trust_env=False, timeout=PATIENCE_S) as client:
        for _ in range(3):
            answer = get(client, running)
            assert answer.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
            assert answer.status_code == 200
            assert shows_nothing(answer.content)
            assert answer.json()["items"][0]["name"] == "张**"


def test_requests_that_come_at_once_over_tls_are_answered_in_turn(running: Gateway) -> None:
    request = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n%s\r\n"
    with connected(running, trusting(running), ("http/1.1",)) as connection:
        connection.sendall(request % b"" + request % b"" + request % b"Connection: close\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == received.count("张**".encode()) == 3
    assert shows_nothing(received)


@pytest.mark.parametrize(("version", "works"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_old_versions_are_refused(running: Gateway, version: str, works: bool) -> None:
    context = ssl.create_default_context(cafile=running.home / "tls" / "ca.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    if works:
        with connected(running, context) as connection:
            assert (connection.version() or "").replace(".", "_") in version.replace("v1_", "v1_") + "_0"
    else:
        with pytest.raises(ssl.SSLError):
            connected(running, context)


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"])
def test_without_forward_secrecy_or_a_whole_cipher_there_is_no_connection(running: Gateway, ciphers: str) -> None:
    context = trusting(running)
    context.set_ciphers(ciphers)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        connected(running, context)


@pytest.mark.parametrize(
    ("offered", "chosen"), [(("h2", "http/1.1"), "h2"), (("http/1.1",), "http/1.1"), (("x",), None)]
)
def test_what_is_spoken_is_what_both_know(running: Gateway, offered: tuple[str, ...], chosen: str | None) -> None:
    with connected(running, trusting(running), offered) as connection:
        assert connection.selected_alpn_protocol() == chosen


def test_a_caller_who_speaks_in_clear_learns_nothing(running: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
    assert b"HTTP/1.1 200" not in received
    assert shows_nothing(received)


def serial(running: Gateway) -> str:
    with connected(running, trusting(running)) as connection:
        certificate = connection.getpeercert()
        assert certificate is not None
        return str(certificate["serialNumber"])


def test_a_renewed_certificate_is_used_without_a_restart(running: Gateway) -> None:
    """The worker stays, and so do connections that are open."""
    folder = running.home / "tls"
    before = serial(running)
    with connected(running, trusting(running)) as kept:
        certified(folder, "localhost", "more.localhost")
        wait_until(lambda: serial(running) != before, 5)
        kept.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
    assert running.workers[0].poll() is None
    renewed = serial(running)
    (folder / "server.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nhalf of one")
    requests = running.counters()["requests"]
    with httpx.Client(verify=trusting(running), trust_env=False, timeout=PATIENCE_S) as client:
        get(client, running)
    wait_until(lambda: running.counters()["requests"] > requests, 5)
    assert serial(running) == renewed, "one that is not whole is not used"


def test_a_certificate_without_its_key_is_not_used(tmp_path: Path) -> None:
    files = certified(tmp_path, "people.localhost")
    pair = Pair(files.certificate, files.key)
    assert pair.renew()
    in_use = pair.certified
    other = certified(tmp_path / "other", "people.localhost")
    files.certificate.write_bytes(other.certificate.read_bytes())
    assert not pair.renew()
    assert pair.certified is in_use
    files.key.write_bytes(other.key.read_bytes())
    assert pair.renew()
    assert pair.certified is not in_use, "it is tried again until it fits"


@contextlib.contextmanager
def behind_tls(home: Path, files: CertificateFiles, ca: Path) -> Iterator[tuple[Gateway, Scripted]]:
    """A gateway in clear, before a system behind with the certificate in *files*; it trusts *ca* and nobody else."""
    with (
        scripted(answering(ANSWER), tls=towards_callers(files)) as behind,
        gateway(home, {}, workers=0, upstream_ca=str(ca)) as made,
    ):
        system = made.home / "policies" / "systems" / "people.yaml"
        upstream = f"upstream: https://localhost:{behind.port}"
        system.write_text(system.read_text("utf-8").replace("upstream: http://127.0.0.1:9", upstream), "utf-8")
        made.publish()
        made.start_worker()
        yield made, behind


def ask(made: Gateway) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
        return get(client, made)


def test_a_system_behind_with_a_good_certificate_is_asked(tmp_path: Path) -> None:
    files = certified(tmp_path / "behind", "localhost")
    with behind_tls(tmp_path, files, tmp_path / "behind" / "ca.pem") as (made, _):
        answer = ask(made)
        assert answer.status_code == 200, answer.text
        assert answer.json()["items"][0]["name"] == "张**"


BAD = {
    "for another host": lambda folder: certified(folder / "behind", "evil.localhost"),
    "from an unknown authority": lambda folder: certified(folder / "stranger", "localhost", ca=folder / "unknown"),
    "that has expired": lambda folder: certified(
        folder / "old", "localhost", ca=folder / "behind", now=datetime.now(UTC) - timedelta(days=500)
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_system_behind_with_a_bad_certificate_is_told_nothing(tmp_path: Path, case: str) -> None:
    """Not even the request: whoever answers there is not the system that was declared."""
    make_ca(tmp_path / "behind", now=datetime.now(UTC) - timedelta(days=600))
    files = BAD[case](tmp_path)
    with behind_tls(tmp_path, files, tmp_path / "behind" / "ca.pem") as (made, behind):
        answer = ask(made)
        assert answer.status_code == 502
        assert answer.json()["reason"] == "upstream_unreachable"
        assert not behind.asked
        written = answer.text + made.said() + json.dumps(made.events())
        assert "localhost:" not in answer.text
        assert "certificate" not in written.lower()
        assert shows_nothing(written.encode())
