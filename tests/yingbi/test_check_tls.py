"""What `yingbi check` finds of certificates: what cannot be used, what has ended or soon will, what others can read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.certificate import make_ca, make_certificate
from policies.load import load_policy
from policies.policy import System
from tests.gateway import GOOD
from tests.policies.parse.test_certificates import write
from yingbi.check_tls import check_tls, ends_of
from yingbi.home import Home
from yingbi.own_authority import OwnAuthority

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    OwnAuthority(made.authorities, "halls", NOW).make()
    OwnAuthority(made.authorities, "office", NOW).make()
    authority = make_ca(tmp_path / "ca", now=NOW)
    make_certificate(made.host_certificates, authority, names=["a.example"], now=NOW, stem="a")
    make_certificate(made.client_certificates, authority, names=["gateway.example"], now=NOW, stem="gateway")
    return made


@pytest.fixture
def systems(tmp_path: Path) -> list[System]:
    policies = tmp_path / "policies"
    (policies / "systems").mkdir(parents=True)
    for name in ("catalogue.yaml", "grants.yaml", "callers.yaml", "idp.json"):
        (policies / name).write_text((GOOD / name).read_text("utf-8"), "utf-8")
    write(policies, "upstream_tls: {authority: office, certificate: gateway}", certificates="{authority: halls}")
    return list(load_policy(policies).policy.systems.values())


def codes(home: Home, systems: list[System], now: datetime = NOW, days: int = 30) -> dict[str, str]:
    """The code of what is found by the file that it is found in."""
    return {finding.at.file: finding.code for finding in check_tls(home, systems, now, days)}


def test_where_all_is_well_nothing_is_found(home: Home, systems: list[System]) -> None:
    assert codes(home, systems) == {}
    assert check_tls(Home(home.root / "nowhere"), systems, NOW, 30) == []


@pytest.mark.parametrize("name", ["ca.pem", "crl.pem"])
def test_an_authority_that_cannot_be_used_lets_nobody_in(home: Home, systems: list[System], name: str) -> None:
    (home.authorities / "halls" / name).unlink()
    [found] = check_tls(home, systems, NOW, 30)
    assert (found.code, found.at.file) == ("no-authority", f"tls/authorities/halls/{name}")
    assert found.zh
    (home.authorities / "office" / "crl.pem").unlink()
    assert len(check_tls(home, systems, NOW, 30)) == 1, "that of a system behind needs no list"


@pytest.mark.parametrize(
    ("file", "days", "code"),
    [
        ("tls/authorities/halls/crl.pem", 22, None),
        ("tls/authorities/halls/crl.pem", 24, "certificate-ends"),
        ("tls/authorities/halls/crl.pem", 30, "certificate-ended"),
        ("tls/certificates/a.pem", 367, None),
        ("tls/certificates/a.pem", 369, "certificate-ends"),
        ("tls/certificates/a.pem", 398, "certificate-ended"),
        ("tls/clients/gateway.pem", 369, "certificate-ends"),
        ("tls/authorities/office/ca.pem", 3640, "certificate-ends"),
    ],
)
def test_what_ends_is_told_in_time(home: Home, systems: list[System], file: str, days: int, code: str | None) -> None:
    assert codes(home, systems, NOW + days * DAY).get(file) == code


def test_a_certificate_that_cannot_be_used_is_told(home: Home, systems: list[System]) -> None:
    (home.host_certificates / "a.key").write_bytes((home.client_certificates / "gateway.key").read_bytes())
    (home.client_certificates / "gateway.pem").unlink()
    (home.host_certificates / "a.ocsp").write_bytes(b"nothing")
    assert codes(home, systems) == {
        "tls/certificates/a.pem": "certificate-unusable",
        "tls/clients/gateway.pem": "certificate-unusable",
    }


def test_an_answer_that_is_not_stapled_is_told(home: Home, systems: list[System]) -> None:
    (home.host_certificates / "a.ocsp").write_bytes(b"nothing")
    assert codes(home, systems) == {"tls/certificates/a.ocsp": "certificate-ends"}


def test_a_key_that_others_can_read_is_told(home: Home, systems: list[System]) -> None:
    (home.authorities / "halls" / "ca.key").chmod(0o640)
    assert codes(home, systems) == {"tls/authorities/halls/ca.key": "keys-open-to-others"}


def test_when_they_end_is_a_figure(home: Home) -> None:
    assert set(ends_of(home)) == {"certificates/a.pem"}
    assert ends_of(home)["certificates/a.pem"] == NOW + 398 * DAY
    (home.host_certificates / "a.pem").write_bytes(b"nothing")
    assert ends_of(home) == {}
