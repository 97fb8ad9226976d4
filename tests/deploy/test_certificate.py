import contextlib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.certificate import CertificateFiles, make_ca, make_certificate

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHECKED_NOW = datetime.now(UTC)  # the TLS library asks the real clock
NAMES = ("gateway.example", "*.demo.example")


def handshake(server: CertificateFiles, ca: Path, name: str) -> dict[str, object]:
    """The certificate that a client which trusts *ca* accepts from *server* as *name*. Raises ssl.SSLError."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server.certificate, server.key)
    trusting = ssl.create_default_context(cafile=ca)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    ends = (client, serving.wrap_bio(to_server, to_client, server_side=True))
    for _ in range(4):  # flights of a handshake
        for end in ends:
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return dict(client.getpeercert() or {})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return make_ca(tmp_path_factory.mktemp("ca"), now=CHECKED_NOW)


@pytest.mark.parametrize("name", ["gateway.example", "hall.demo.example", "127.0.0.1", "::1"])
def test_clients_that_trust_the_authority_accept_it(authority: CertificateFiles, tmp_path: Path, name: str) -> None:
    server = make_certificate(tmp_path, authority, names=NAMES, ips=("127.0.0.1", "::1"), now=CHECKED_NOW)
    assert handshake(server, authority.certificate, name)


def test_another_name_or_authority_is_refused(authority: CertificateFiles, tmp_path: Path) -> None:
    server = make_certificate(tmp_path, authority, names=NAMES, now=CHECKED_NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, authority.certificate, "elsewhere.example")
    other = make_ca(tmp_path / "other", now=CHECKED_NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, other.certificate, "gateway.example")


def test_it_lasts_398_days(authority: CertificateFiles, tmp_path: Path) -> None:
    server = make_certificate(tmp_path, authority, names=NAMES, now=CHECKED_NOW)
    found = handshake(server, authority.certificate, "gateway.example")
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    assert abs(end - CHECKED_NOW - timedelta(days=398)) < timedelta(seconds=2)


def test_keys_are_for_the_owner(authority: CertificateFiles, tmp_path: Path) -> None:
    server = make_certificate(tmp_path, authority, names=NAMES, now=CHECKED_NOW)
    for files in (authority, server):
        assert files.key.stat().st_mode & 0o777 == 0o600
        assert files.certificate.stat().st_mode & 0o777 == 0o644


def test_what_fits_is_kept(tmp_path: Path) -> None:
    authority = make_ca(tmp_path, now=NOW)
    kept = authority.certificate.read_bytes()
    assert make_ca(tmp_path, now=NOW + timedelta(days=3649)) == authority
    assert authority.certificate.read_bytes() == kept
    server = make_certificate(tmp_path, authority, names=NAMES, ips=("127.0.0.1",), now=NOW)
    made = server.certificate.read_bytes()
    again = NOW + timedelta(days=367)
    assert make_certificate(tmp_path, authority, names=NAMES, ips=("127.0.0.1",), now=again) == server
    assert server.certificate.read_bytes() == made


type Spoil = Callable[[Path], tuple[tuple[str, ...], datetime]]


def change_names(folder: Path) -> tuple[tuple[str, ...], datetime]:
    return ("gateway.example",), NOW


def let_it_age(folder: Path) -> tuple[tuple[str, ...], datetime]:
    return NAMES, NOW + timedelta(days=369)


def set_the_clock_back(folder: Path) -> tuple[tuple[str, ...], datetime]:
    return NAMES, NOW - timedelta(days=2)


def lose_the_key(folder: Path) -> tuple[tuple[str, ...], datetime]:
    (folder / "server.key").unlink()
    return NAMES, NOW


def mix_the_keys(folder: Path) -> tuple[tuple[str, ...], datetime]:
    (folder / "server.key").write_bytes((folder / "ca.key").read_bytes())
    return NAMES, NOW


def tear_the_file(folder: Path) -> tuple[tuple[str, ...], datetime]:
    (folder / "server.pem").write_bytes((folder / "server.pem").read_bytes()[:100])
    return NAMES, NOW


def change_the_authority(folder: Path) -> tuple[tuple[str, ...], datetime]:
    (folder / "ca.pem").unlink()
    make_ca(folder, now=NOW)
    return NAMES, NOW


@pytest.mark.parametrize(
    "spoil",
    [change_names, let_it_age, set_the_clock_back, lose_the_key, mix_the_keys, tear_the_file, change_the_authority],
)
def test_what_does_not_fit_is_made_anew(tmp_path: Path, spoil: Spoil) -> None:
    authority = make_ca(tmp_path, now=NOW)
    server = make_certificate(tmp_path, authority, names=NAMES, now=NOW)
    made = server.certificate.read_bytes()
    names, now = spoil(tmp_path)
    assert make_certificate(tmp_path, authority, names=names, now=now) == server
    renewed = server.certificate.read_bytes()
    assert renewed != made
    make_certificate(tmp_path, authority, names=names, now=now)
    assert server.certificate.read_bytes() == renewed, "and now it fits"


def test_an_expired_authority_says_what_to_do(tmp_path: Path) -> None:
    make_ca(tmp_path, now=NOW)
    with pytest.raises(ValueError, match=r"the authority `.*ca\.pem` has expired: remove the file"):
        make_ca(tmp_path, now=NOW + timedelta(days=3650))


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    authority = make_ca(tmp_path, now=NOW)
    with pytest.raises(ValueError, match=r"256\.0\.0\.1"):
        make_certificate(tmp_path, authority, names=(), ips=("256.0.0.1",), now=NOW)
