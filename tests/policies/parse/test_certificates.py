"""Certificates of callers and TLS towards systems, as policies declare them, and what they become in a program."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from policies.checks.together import check
from policies.compiling.kept import Kept
from policies.compiling.system import compile_system
from policies.findings import Findings
from policies.load import load_policy
from policies.program import UpstreamTlsRule
from policies.program_callers import CertificatesRule
from tests.gateway import GOOD

KEY = """\
      - id: C-1
        certificate: dns:batch.example
        authority: halls
        until: 2027-06-30
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "policies"
    shutil.copytree(GOOD, made)
    callers = made / "callers.yaml"
    callers.write_text(callers.read_text("utf-8") + KEY, "utf-8")
    return made


def write(folder: Path, *lines: str, certificates: str = "", name: str = "people", upstream: str = "") -> None:
    text = (GOOD / "systems" / "people.yaml").read_text("utf-8")
    text = text.replace("system: people", f"system: {name}").replace("people.localhost", f"{name}.localhost")
    text = text.replace("http://127.0.0.1:9", upstream or "https://behind.example")
    text = text.replace("state: enforcing\n", "\n".join(["state: enforcing", *lines, ""]), 1)
    if certificates:
        text = text.replace("identity:\n", f"identity:\n  certificates: {certificates}\n", 1)
    (folder / "systems" / f"{name}.yaml").write_text(text, "utf-8")


def codes(folder: Path) -> list[str]:
    return [finding.code for finding in load_policy(folder).findings.sorted()]


@pytest.mark.parametrize(
    ("written", "rule", "counts"),
    [
        ("{authority: halls}", CertificatesRule("halls", True), True),
        ("{authority: halls, required: false}", CertificatesRule("halls", False), True),
        ("{authority: office}", CertificatesRule("office", True), False),
        ("", None, False),
    ],
)
def test_a_key_counts_where_its_authority_does(
    folder: Path, written: str, rule: CertificatesRule | None, counts: bool
) -> None:
    """A name means somebody only from who has issued it."""
    write(folder, certificates=written)
    loaded = load_policy(folder)
    program = compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)
    assert program.certificates == rule
    assert [key.certificate for key in program.keys if key.certificate] == ["dns:batch.example"] * counts
    assert ("key-not-taken" in codes(folder)) is not counts


def test_how_tls_is_spoken_with_a_system_is_in_its_program(folder: Path) -> None:
    write(folder, "upstream_tls: {authority: office, certificate: gateway, server_name: people.office, http2: true}")
    assert load_policy(folder).programs["people"].upstream_tls == UpstreamTlsRule(
        "office", "gateway", "people.office", True
    )
    write(folder)
    assert load_policy(folder).programs["people"].upstream_tls == UpstreamTlsRule()


@pytest.mark.parametrize(
    "same",
    ["https://behind.example", "https://behind.example:443", "https://Behind.example", "https://BEHIND.example:443"],
)
def test_one_address_is_asked_in_one_way(folder: Path, same: str) -> None:
    """However it is spelled: a connection to it may carry the requests for both systems."""
    write(folder, "upstream_tls: {certificate: gateway}")
    write(folder, name="other", upstream=same)
    assert codes(folder).count("upstream-tls-differs") == 1
    write(folder, "upstream_tls: {certificate: gateway}", name="other", upstream=same)
    assert "upstream-tls-differs" not in codes(folder)
    write(folder, name="other", upstream="https://behind.example:8443")
    assert "upstream-tls-differs" not in codes(folder)


def test_one_certificate_belongs_to_one_caller(folder: Path) -> None:
    write(folder, certificates="{authority: halls}")
    policy = load_policy(folder).policy
    [batch, *_] = policy.callers
    twice = replace(policy, callers=(*policy.callers, replace(batch, id="other")))
    findings = Findings()
    check(twice, {}, None, findings, Kept())
    assert "duplicate" in [finding.code for finding in findings.sorted()]
