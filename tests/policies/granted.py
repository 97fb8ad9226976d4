"""Grants for tests, from what is particular about them."""

import json
from collections.abc import Sequence
from typing import Any

import yaml

from policies.compiling.system import compile_system
from policies.findings import Findings
from policies.load import load_policy
from policies.parse.reveals import Granted, parse_granted
from policies.parse.section import Section
from policies.parse.yaml_tree import Entries, read_yaml
from policies.policy import Grant, Limit, Policy, Reveal
from policies.program import GrantRule, Program
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


USUAL_REVEAL: dict[str, Any] = {
    **{key: value for key, value in USUAL.items() if key != "sees"},
    "categories": ["person_name", "resident_id"],
}


USUAL_LIMIT: dict[str, Any] = {
    "who": {"posts": ["clerk"]},
    "systems": ["people"],
    "subjects_an_hour": 20,
    "at_limit": "refuse",
    "reason": "r",
}


def grants_of(**particulars: str) -> list[Grant]:
    """A grant for each name, whose particulars are entries of a YAML mapping; `purpose: ~` leaves an entry out."""
    return [*_granted(USUAL, particulars, "grants").grants]


def reveals_of(**particulars: str) -> list[Reveal]:
    """The same for grants that have to be asked for."""
    return [*_granted(USUAL_REVEAL, particulars, "reveals").reveals]


def limits_of(**particulars: str) -> list[Limit]:
    """The same for limits."""
    return [*_granted(USUAL_LIMIT, particulars, "limits").limits]


def _granted(usual: dict[str, Any], particulars: dict[str, str], key: str) -> Granted:
    written = []
    for name, particular in particulars.items():
        entries = {"id": name, **usual, **yaml.safe_load(f"{{{particular}}}")}
        written.append({key: value for key, value in entries.items() if value is not None})
    findings = Findings()
    text = json.dumps({"grants": [], key: written}, ensure_ascii=False, indent=1)
    tree = read_yaml(text, "grants.yaml", findings)
    assert isinstance(tree, Entries)
    granted = parse_granted(Section(tree, findings, "`grants`"))
    assert not findings.sorted(), findings.sorted()
    return granted


def good_policy(grants: Sequence[Grant] = (), reveals: Sequence[Reveal] = (), limits: Sequence[Limit] = ()) -> Policy:
    """The good policy with these grants in place of its own."""
    policy = load_policy(GOOD).policy
    return Policy(
        categories=policy.categories,
        grants=tuple(grants),
        reveals=tuple(reveals),
        limits=tuple(limits),
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
