"""Which certificate a caller sees, by the host that he asks for, and what comes with it."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from proxy.tls.server_certificates import Pair, ServerCertificates, read_certified
from tests.certificates import answer_on, connect, context_of, request
from tests.gateway import Gateway, gateway, raw, wait_until
from tests.openssl import s_client
from tests.rig import reads
from tests.scripted import answering, scripted

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def put(folder: Path, *names: str, stem: str, now: datetime = NOW) -> CertificateFiles:
    """A certificate for *names* in *folder*, from an authority beside it."""
    folder.mkdir(exist_ok=True)
    return make_certificate(folder, make_ca(folder.parent / "ca", now=NOW - 900 * DAY), names=names, now=now, stem=stem)


def answer_about(folder: Path, files: CertificateFiles, ends: datetime, *, serial_of: Path | None = None) -> bytes:
    """What the authority's OCSP responder says of a certificate."""
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    about = x509.load_pem_x509_certificate((serial_of or files.certificate).read_bytes())
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about,
        issuer=ca,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=ends - 5 * DAY,
        next_update=ends,
        revocation_time=None,
        revocation_reason=None,
    )
    made = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ca).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return made.public_bytes(serialization.Encoding.DER)


@pytest.fixture
def made(tmp_path: Path) -> ServerCertificates:
    default = put(tmp_path / "default", "localhost", "*.default.example", stem="server")
    folder = tmp_path / "certificates"
    put(folder, "a.example", "*.b.example", stem="first")
    put(folder, "b.example", "x.b.example", stem="second")
    return ServerCertificates(Pair(default.certificate, default.key), folder)


def shown(certificates: ServerCertificates, host: str) -> str:
    """The first name in the certificate that is shown for *host*; empty where there is none."""
    found = certificates.of(host)
    if found is None:
        return ""
    named = found.chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return named.get_values_for_type(x509.DNSName)[0]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.example", "a.example"),
        ("y.b.example", "a.example"),
        ("x.b.example", "b.example"),
        ("b.example", "b.example"),
        ("z.y.b.example", "localhost"),
        ("other.example", "localhost"),
        ("example", "localhost"),
        ("", "localhost"),
    ],
)
def test_each_host_has_its_own_and_the_rest_that_of_all(made: ServerCertificates, host: str, name: str) -> None:
    assert shown(made, host) == name


@pytest.mark.parametrize(
    ("host", "is_shown"),
    [("a.example", True), ("localhost", True), ("x.default.example", True), ("c.example", False), ("", False)],
)
def test_who_asks_for_another_host_can_be_turned_away(tmp_path: Path, host: str, is_shown: bool) -> None:
    default = put(tmp_path / "default", "localhost", "*.default.example", stem="server")
    put(tmp_path / "certificates", "a.example", stem="first")
    strict = ServerCertificates(Pair(default.certificate, default.key), tmp_path / "certificates", refuses_others=True)
    assert (strict.of(host) is not None) is is_shown


def test_files_that_come_change_and_go_are_followed(made: ServerCertificates, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    assert not made.renew(), "nothing has changed"
    put(folder, "c.example", stem="third")
    assert made.renew()
    assert shown(made, "c.example") == "c.example"
    (folder / "third.key").write_bytes((folder / "first.key").read_bytes())
    assert not made.renew()
    assert shown(made, "c.example") == "c.example", "one without its key leaves what was there before"
    put(folder, "a.example", stem="newer", now=NOW + DAY)
    assert made.renew()
    assert made.of("a.example") is made._pairs["newer"].certified, "of two the one that lasts longer"
    for name in ("third.pem", "newer.pem", "first.pem"):
        (folder / name).unlink()
    assert made.renew()
    assert shown(made, "c.example") == shown(made, "a.example") == "localhost"


@pytest.mark.parametrize("spoilt", ["key", "certificate", "locked"])
def test_files_that_do_not_fit_say_so(tmp_path: Path, spoilt: str) -> None:
    files = put(tmp_path / "x", "a.example", stem="a")
    if spoilt == "locked":
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        locked = serialization.BestAvailableEncryption(b"secret")
        files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    else:
        getattr(files, spoilt).write_bytes(b"half of one")
    with pytest.raises(ValueError, match=r"PEM|locked"):
        read_certified(files.certificate, files.key)


def test_an_answer_of_the_responder_is_stapled_while_it_is_current_and_about_the_certificate(tmp_path: Path) -> None:
    files = put(tmp_path / "x", "a.example", stem="a")
    other = put(tmp_path / "x", "b.example", stem="b")
    staple = files.certificate.with_suffix(".ocsp")
    pair = Pair(files.certificate, files.key)
    assert pair.renew()
    assert pair.certified is not None
    assert pair.certified.stapled(NOW) == b""
    current = answer_about(tmp_path / "ca", files, NOW + DAY)
    staple.write_bytes(current)
    assert pair.renew()
    assert pair.certified.stapled(NOW) == current
    assert pair.certified.stapled(NOW + 2 * DAY) == b"", "it has ended"
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    for bad in (
        answer_about(tmp_path / "ca", files, NOW + DAY, serial_of=other.certificate),
        current[:-40],
        unsuccessful.public_bytes(serialization.Encoding.DER),
    ):
        staple.write_bytes(bad)
        assert pair.renew()
        assert pair.certified.stapled(NOW) == b""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    home = tmp_path_factory.mktemp("gateway")
    put(home / "certificates", "people.localhost", stem="people")
    script = answering(b'{"items": []}', "application/json", "200 OK", "Strict-Transport-Security: max-age=0")
    with (
        scripted(script) as behind,
        gateway(
            home, {"people": behind.port}, tls=True, certificates=str(home / "certificates"), hsts_s=31_536_000
        ) as made,
    ):
        yield made


def seen(running: Gateway, sni: str) -> set[str]:
    """The hosts of the certificate that is shown for *sni*."""
    context = ssl.create_default_context(cafile=running.home / "tls" / "ca.pem")
    context.load_verify_locations(running.home / "ca" / "ca.pem")
    context.check_hostname = False
    with connect(running, context, sni) as connection:
        certificate = connection.getpeercert()
        assert certificate is not None
        return set(re.findall(r"'DNS', '([^']+)'", str(certificate["subjectAltName"])))


def test_a_worker_shows_each_host_its_certificate_and_takes_new_ones(running: Gateway) -> None:
    assert seen(running, "people.localhost") == {"people.localhost"}
    assert "localhost" in seen(running, "localhost")
    put(running.home / "certificates", "late.localhost", stem="late")
    wait_until(lambda: seen(running, "late.localhost") == {"late.localhost"}, 5)
    (running.home / "certificates" / "late.pem").unlink()
    wait_until(lambda: "localhost" in seen(running, "late.localhost"), 5)


def test_a_stapled_answer_arrives(running: Gateway) -> None:
    folder = running.home / "certificates"
    files = CertificateFiles(certificate=folder / "people.pem", key=folder / "people.key")
    assert "no response sent" in s_client(running.port, "-status", "-servername", "people.localhost")
    (folder / "people.ocsp").write_bytes(answer_about(running.home / "ca", files, NOW + DAY))
    wait_until(lambda: "Cert Status: good" in s_client(running.port, "-status", "-servername", "people.localhost"), 5)


@pytest.mark.parametrize(("path", "status"), [("/people", 200), ("/nothing", 403), ("/.yingbi/sign-in", 200)])
def test_browsers_are_told_to_come_by_tls_alone(running: Gateway, path: str, status: int) -> None:
    """Whatever the system behind says of it."""
    answer = _ask(running, "people.localhost", path)
    assert reads(answer)[0] == status
    assert reads(answer)[1]["strict-transport-security"] == "max-age=31536000"
    assert answer.lower().count(b"strict-transport-security") == 1


def test_of_a_host_that_is_not_declared_nothing_is_said(running: Gateway) -> None:
    """It may be this machine, whose other ports speak in clear."""
    assert b"strict-transport-security" not in _ask(running, "localhost", "/people").lower()


def test_in_clear_nothing_is_said(tmp_path: Path) -> None:
    """Source: RFC 6797, 7.2."""
    with (
        scripted(answering(b'{"items": []}')) as behind,
        gateway(tmp_path, {"people": behind.port}, hsts_s=31_536_000) as made,
    ):
        answer = raw(made.port, b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"strict-transport-security" not in answer.lower()


def _ask(running: Gateway, host: str, path: str) -> bytes:
    context = context_of(running, None)
    context.load_verify_locations(running.home / "ca" / "ca.pem")
    with connect(running, context, host) as connection:
        return answer_on(connection, request(host).replace(b"/people ", path.encode() + b" "))
