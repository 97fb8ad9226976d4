"""A small authority for certificates of callers: what it issues, and that what it has revoked stays revoked."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from yingbi.cli import main
from yingbi.own_authority import LIST_EVERY, LIST_LASTS, NotIssued, OwnAuthority, authorities_in
from yingbi.settings import HOME

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
NAME = "uri:urn:example:window-7"


def at(root: Path, now: datetime = NOW, name: str = "halls") -> OwnAuthority:
    return OwnAuthority(root, name, now)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    at(tmp_path).make()
    return tmp_path


def listed(root: Path) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl((root / "halls" / "crl.pem").read_bytes())


def test_a_new_one_has_a_key_for_its_owner_and_an_empty_list(root: Path) -> None:
    assert stat.S_IMODE((root / "halls" / "ca.key").stat().st_mode) == 0o600
    assert len(listed(root)) == 0
    assert listed(root).next_update_utc == NOW + LIST_LASTS
    with pytest.raises(NotIssued, match="already"):
        at(root).make()


@pytest.mark.parametrize(("name", "kind"), [(NAME, x509.UniformResourceIdentifier), ("dns:a.example", x509.DNSName)])
def test_a_certificate_is_for_a_client_with_that_one_name(
    root: Path, name: str, kind: type[x509.UniformResourceIdentifier | x509.DNSName]
) -> None:
    new = at(root).issue(name, YEAR)
    named = new.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(named) == [kind(name.partition(":")[2])]
    new.certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((root / "halls" / "ca.pem").read_bytes()))
    assert [issued.names for issued in at(root).issued()] == [[name]]
    key, certificate, _ = pkcs12.load_key_and_certificates(new.pkcs12("secret"), b"secret")
    assert certificate == new.certificate
    assert key is not None


@pytest.mark.parametrize("name", ["cn:window-7", "window-7", "dns:*.example", "dns:Window.example", "uri:nothing", ""])
def test_a_name_that_no_policy_can_write_is_not_issued(root: Path, name: str) -> None:
    with pytest.raises(NotIssued):
        at(root).issue(name, YEAR)


def test_one_never_lasts_longer_than_the_authority(root: Path) -> None:
    ca = x509.load_pem_x509_certificate((root / "halls" / "ca.pem").read_bytes())
    assert at(root).issue(NAME, 20 * YEAR).certificate.not_valid_after_utc == ca.not_valid_after_utc


def test_all_of_a_name_are_revoked_or_one_by_its_number(root: Path) -> None:
    first, second, other = (at(root).issue(name, YEAR) for name in (NAME, NAME, "dns:a.example"))
    assert {each.serial for each in at(root).revoke(NAME)} == {first.serial, second.serial}
    assert at(root).revoke(NAME) == [], "they are revoked already"
    later = at(root, NOW + timedelta(hours=5))
    assert [each.serial for each in later.revoke(other.serial)] == [other.serial]
    since = {f"{each.serial_number:x}": each.revocation_date_utc for each in listed(root)}
    assert since == {first.serial: NOW, second.serial: NOW, other.serial: NOW + timedelta(hours=5)}
    with pytest.raises(NotIssued, match="no certificate"):
        at(root).revoke("uri:urn:example:nobody")


def test_the_list_is_issued_anew_each_day_and_loses_nothing(root: Path) -> None:
    revoked = at(root).issue(NAME, YEAR)
    at(root).revoke(revoked.serial)
    number = listed(root).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    assert not at(root, NOW + timedelta(hours=1)).renew_list()
    [found] = authorities_in(root, NOW + LIST_EVERY)
    assert found.renew_list()
    assert [f"{each.serial_number:x}" for each in listed(root)] == [revoked.serial]
    assert listed(root).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == number + 1
    assert listed(root).next_update_utc == NOW + LIST_EVERY + LIST_LASTS


@pytest.mark.parametrize("left", [b"", b"-----BEGIN X509 CRL-----\nhalf of one"])
def test_without_its_list_it_does_not_begin_an_empty_one(root: Path, left: bytes) -> None:
    """What was revoked would be good again."""
    path = root / "halls" / "crl.pem"
    path.write_bytes(left)
    if not left:
        path.unlink()
    with pytest.raises(NotIssued, match="restore"):
        at(root).revoke("ab")
    assert not left or path.read_bytes() == left


def test_without_its_key_it_issues_nothing(root: Path) -> None:
    (root / "halls" / "ca.key").unlink()
    for act in (lambda: at(root).issue(NAME, YEAR), lambda: at(root).revoke("ab")):
        with pytest.raises(NotIssued, match=r"ca\.key"):
            act()
    assert not at(root, NOW + LIST_EVERY).renew_list()
    assert list(authorities_in(root, NOW)) == []


@pytest.mark.parametrize("name", ["../halls", "Halls", "", "a/b"])
def test_a_name_that_leads_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotIssued):
        OwnAuthority(tmp_path, name, NOW)


def test_the_commands_do_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    assert main(["ca", "init", "halls"]) == 0
    assert main(["ca", "init", "halls"]) == 3
    to = tmp_path / "usb" / "window-7"
    capsys.readouterr()
    assert main(["ca", "issue", "halls", NAME, "--to", str(to), "--p12"]) == 0
    said = capsys.readouterr().out
    password = said.partition("client.p12: ")[2].split("\n")[0]
    assert pkcs12.load_key_and_certificates((to / "client.p12").read_bytes(), password.encode())[0] is not None
    assert {stat.S_IMODE(path.stat().st_mode) for path in to.iterdir()} == {0o600}
    assert main(["ca", "issue", "halls", NAME, "--to", str(to)]) == 3, "nothing is written over"
    assert main(["ca", "issue", "halls", NAME, "--to", str(to) + "2", "--days", "0"]) == 3
    assert main(["ca", "revoke", "halls", NAME]) == 0
    capsys.readouterr()
    assert main(["ca", "list", "halls"]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(["ca", "list", "nobody"]) == 3
