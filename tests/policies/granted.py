"""Grants for tests, from what is particular about them."""

import json
from typing import Any

import yaml

from policies.compile import compile_system
from policies.findings import Findings
from policies.load import load_policy
from policies.parse_grants import parse_grants
from policies.policy import Grant, Policy
from policies.program import GrantRule, Program
from policies.section import Section
from policies.yaml_tree import Entries, read_yaml
from tests.policies.compiled import GOOD

USUAL: dict[str, Any] = {
    "who": {"posts": ["clerk"]},
    "systems": ["people"],
    "sees": {"person_name": "show"},
    "purpose": "case-handling",
    "until": "2027-06-30",
    "reason": "r",
    "approved_by": "a",
}


def grants_of(**particulars: str) -> list[Grant]:
    """A grant for each name, whose particulars are entries of a YAML mapping; `purpose: ~` leaves an entry out."""
    written = []
    for name, particular in particulars.items():
        entries = {"id": name, **USUAL, **yaml.safe_load(f"{{{particular}}}")}
        written.append({key: value for key, value in entries.items() if value is not None})
    findings = Findings()
    tree = read_yaml(json.dumps({"grants": written}, ensure_ascii=False, indent=1), "grants.yaml", findings)
    assert isinstance(tree, Entries)
    grants = parse_grants(Section(tree, findings, "`grants`"))
    assert not findings.sorted(), findings.sorted()
    return grants


def good_policy(grants: list[Grant]) -> Policy:
    """The good policy with these grants in place of its own."""
    policy = load_policy(GOOD).policy
    return Policy(
        categories=policy.categories,
        grants=tuple(grants),
        callers=policy.callers,
        packs=policy.packs,
        systems=policy.systems,
    )


def program_of(**particulars: str) -> Program:
    """The good policy with these grants in place of its own, compiled."""
    policy = good_policy(grants_of(**particulars))
    return compile_system(policy, policy.systems["people"], load_policy(GOOD).jwks)


def rules_of(**particulars: str) -> dict[str, GrantRule]:
    """The same grants by name, as they are compiled."""
    return {grant.id: grant for grant in program_of(**particulars).grants}
