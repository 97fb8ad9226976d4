"""What `check` says of grants: those that disagree, never count, never apply, or show something to everybody."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policies.checks.together import check
from policies.compiling.kept import Kept
from policies.findings import Finding, Findings, Position
from policies.load import load_policy
from policies.policy_callers import FrontProxy
from policies.policy_kinds import Kind
from tests.policies.compiled import GOOD
from tests.policies.granted import good_policy, grants_of

JWKS = load_policy(GOOD).jwks
HIDDEN = "sees: {person_name: redact}"
HERE = "operations: ['GET /people']"
CLERK, AUDITOR = "who: {posts: [clerk]}", "who: {posts: [auditor]}"


def findings_of(**particulars: str) -> list[Finding]:
    """What is found wrong with the good policy that has these grants."""
    findings = Findings()
    check(good_policy(grants_of(**particulars)), JWKS, None, findings, Kept())
    return findings.sorted()


# Grants that show names (and the second hides them), and what is found.
CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "one": ({"a": ""}, []),
    "two that agree": ({"a": CLERK, "b": AUDITOR}, []),
    "two posts that somebody may hold both": ({"a": CLERK, "b": f"{AUDITOR}, {HIDDEN}"}, ["rules-disagree"]),
    "two posts apart": ({"a": "who: {posts: [clerk], not_posts: [auditor]}", "b": f"{AUDITOR}, {HIDDEN}"}, []),
    "two posts and one for both": (
        {"a": CLERK, "b": f"{AUDITOR}, {HIDDEN}", "c": f"who: {{all_posts: [clerk, auditor]}}, {HIDDEN}"},
        [],
    ),
    "one for both that ends before they do": (
        {
            "a": CLERK,
            "b": f"{AUDITOR}, {HIDDEN}",
            "c": f"who: {{all_posts: [clerk, auditor]}}, {HIDDEN}, until: '2027-06-29'",
        },
        ["rules-disagree"],
    ),
    "one for both, elsewhere": (
        {"a": CLERK, "b": f"{AUDITOR}, {HIDDEN}", "c": f"who: {{all_posts: [clerk, auditor]}}, {HIDDEN}, {HERE}"},
        ["rules-disagree"],
    ),
    "one for both of some, one for the others": (
        {
            "a": "who: {posts: [clerk, guard]}",
            "b": f"{AUDITOR}, {HIDDEN}",
            "c": f"who: {{all_posts: [clerk, auditor]}}, {HIDDEN}",
            "d": f"who: {{all_posts: [guard, auditor]}}, {HIDDEN}",
        },
        [],
    ),
    "the same twice": ({"a": CLERK, "b": f"{CLERK}, {HIDDEN}"}, ["rules-disagree"]),
    "the narrower hides": ({"a": CLERK, "b": f"{CLERK}, {HIDDEN}, {HERE}"}, []),
    "the narrower shows": ({"a": f"{CLERK}, {HERE}", "b": f"{CLERK}, {HIDDEN}"}, []),
    "narrower in two ways": ({"a": HERE, "b": f"{HIDDEN}, networks: [10.0.0.0/8]"}, ["rules-disagree"]),
    "different fields": ({"a": "fields: [person.name]", "b": f"{HIDDEN}, records: [home]"}, []),
    "different directions": ({"a": "", "b": f"{HIDDEN}, direction: request"}, []),
    "different systems": ({"a": "", "b": f"{HIDDEN}, systems: []"}, ["without-effect"]),
    "different purposes": ({"a": "", "b": f"{HIDDEN}, purpose: audit"}, ["rules-disagree"]),
    "different purposes apart": ({"a": "not_purpose: audit", "b": f"{HIDDEN}, purpose: audit"}, []),
    "different hours": (
        {"a": "hours: {from: '08:00', to: '18:00'}", "b": f"{HIDDEN}, hours: {{from: '18:00', to: '08:00'}}"},
        [],
    ),
    "one of two categories": ({"a": "sees: {person_name: show, mobile: show}", "b": HIDDEN}, ["rules-disagree"]),
    "two callers with keys": ({"a": "who: {callers: [batch]}, purpose: statistics", "b": HIDDEN}, []),
    "a caller with a key and the post of another": (
        {"a": "who: {callers: [window-7]}", "b": f"{CLERK}, {HIDDEN}"},
        [],
    ),
    "a caller with a token and a post": (
        {"a": "who: {callers: [li]}", "b": f"{CLERK}, {HIDDEN}"},
        ["rules-disagree"],
    ),
    "shadowed by one for each post": (
        {"a": "who: {posts: [clerk, guard]}", "b": f"{CLERK}, {HIDDEN}", "c": f"who: {{posts: [guard]}}, {HIDDEN}"},
        ["rule-shadowed"],
    ),
    "shadowed by one for each operation": (
        {
            "a": "operations: ['GET /people', 'GET /people/{id}']",
            "b": f"{HIDDEN}, operations: ['GET /people']",
            "c": f"{HIDDEN}, operations: ['GET /people/{{id}}']",
        },
        ["rule-shadowed"],
    ),
    "shadowed by one for each purpose and network": (
        {
            "a": "purpose: [p, q], networks: [10.0.0.0/8, 12.0.0.0/8]",
            "b": "purpose: p, networks: [10.0.0.0/8]",
            "c": "purpose: q, networks: [10.0.0.0/8, 12.0.0.0/8]",
            "d": "purpose: p, networks: [12.0.0.0/8]",
        },
        ["rule-shadowed"],
    ),
    "shadowed but for one purpose": (
        {"a": "purpose: [p, q]", "b": "purpose: p"},
        [],
    ),
    "not shadowed by what ends first": (
        {
            "a": "operations: ['GET /people', 'GET /people/{id}']",
            "b": "operations: ['GET /people']",
            "c": "operations: ['GET /people/{id}'], until: '2027-06-29'",
        },
        [],
    ),
    "hours that are none": ({"a": "hours: {from: '09:00', to: '09:00'}"}, ["rule-dead"]),
    "networks that are none": ({"a": "networks: []"}, ["rule-dead"]),
    "operations that are none": ({"a": "operations: []"}, ["rule-dead"]),
    "fields that are none": ({"a": "fields: []"}, ["rule-dead"]),
    "posts that exclude themselves": ({"a": "who: {posts: [clerk], not_posts: [clerk, x]}"}, ["rule-dead"]),
    "posts that exclude one another": ({"a": "who: {posts: [clerk], all_posts: [x], not_posts: [x]}"}, ["rule-dead"]),
    "purposes that exclude themselves": ({"a": "purpose: p, not_purpose: [p, q]"}, ["rule-dead"]),
    "an attribute without a value": ({"a": "who: {attributes: {ward: []}}"}, ["rule-dead"]),
    "an attribute that nobody has": ({"a": "who: {attributes: {ward: ['3']}}"}, ["rule-dead"]),
    "a caller who may not ask for it": ({"a": "who: {callers: [batch]}, purpose: p"}, ["rule-dead"]),
    "a caller who lacks a post": (
        {"a": "who: {callers: [batch], all_posts: [clerk]}, purpose: statistics"},
        ["rule-dead"],
    ),
    "a field of a category that is not seen": ({"a": "fields: [person.mobile]"}, ["rule-dead"]),
    "an operation that is not declared": ({"a": "operations: ['GET /person']"}, ["unknown-operation"]),
    "a record that is none": ({"a": "records: [persons]"}, ["unknown-record"]),
    "a field that is none": ({"a": "fields: [person.names]"}, ["unknown-field"]),
    "names for everybody": ({"a": "who: {anyone: true}, purpose: ~"}, ["reveals-to-everyone"]),
    "numbers for everybody": (
        {"a": "who: {signed_in: true}, sees: {resident_id: show}"},
        ["no-limit", "reveals-to-everyone"],
    ),
    "numbers for everybody of a ward": (
        {"a": "who: {attributes: {ward: ['3']}}, sees: {resident_id: show}"},
        ["no-limit", "rule-dead"],
    ),
    "masks for everybody": ({"a": "who: {anyone: true}, purpose: ~, sees: {resident_id: redact}"}, []),
    "numbers that anybody sends": (
        {"a": "who: {anyone: true}, purpose: ~, sees: {resident_id: show}, direction: request"},
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_of_grants(name: str) -> None:
    particulars, expected = CASES[name]
    assert [finding.code for finding in findings_of(**particulars)] == expected


ERRORS = {"rules-disagree", "unknown-operation", "unknown-record", "unknown-field"}


def test_which_findings_of_grants_stand_in_the_way() -> None:
    for name, (particulars, _) in CASES.items():
        for finding in findings_of(**particulars):
            if finding.code in ("rule-dead", "reveals-to-everyone"):
                is_grave = name in STRUCTURAL
            else:
                is_grave = finding.code in ERRORS
            assert (finding.severity == "error") is is_grave, name


STRUCTURAL = {
    "hours that are none",
    "networks that are none",
    "operations that are none",
    "fields that are none",
    "posts that exclude themselves",
    "posts that exclude one another",
    "purposes that exclude themselves",
    "an attribute without a value",
    "numbers for everybody",
}


def test_a_disagreement_names_both_places_and_a_way_out() -> None:
    (finding,) = findings_of(clerks=CLERK, auditors=f"{AUDITOR}, {HIDDEN}")
    assert str(finding) == (
        "grants.yaml:21:3: error: 两条授权都适用时说法不一，又分不出哪条更具体："
        "`person_name`，grants.yaml:3 的 `clerks`（show）与 grants.yaml:21 的 `auditors`（redact），"
        "涉及持有岗位 `auditor`、`clerk` 的人；"
        "请在其中一条加上条件，如 `not_posts: [auditor]`，或为两条都适用之处另写一条"
        " / grants `clerks` (grants.yaml:3: show) and `auditors` (grants.yaml:21: redact) disagree about `person_name` "
        "for who holds `auditor` and `clerk`, and neither is more specific: put a condition such as "
        "`not_posts: [auditor]` in one of them, or write a third grant for where both apply [rules-disagree]"
    )


def test_a_disagreement_names_a_caller_who_meets_it() -> None:
    near = f"who: {{signed_in: true}}, purpose: [case-handling, x], {HIDDEN}, networks: [10.0.0.0/8]"
    (finding,) = findings_of(a="who: {posts: [clerk, guard]}", b=near)
    assert "for caller `window-7`" in finding.message
    assert "涉及调用者 `window-7`" in finding.zh


def test_a_purpose_that_no_key_vouches_for_is_dead_where_there_are_only_keys() -> None:
    policy = good_policy(grants_of(a="purpose: audit", b="purpose: case-handling"))
    people = replace(policy.systems["people"], jwt=())
    findings = Findings()
    check(replace(policy, systems={"people": people}), {}, None, findings, Kept())
    assert [(finding.code, finding.severity, finding.at.line) for finding in findings.sorted()] == [
        ("rule-dead", "warning", 3)
    ]


def portal(*purposes: str) -> FrontProxy:
    """A front proxy whose staff ask for *purposes*."""
    return FrontProxy(
        id="portal",
        networks=("10.0.0.5/32",),
        sha256="0c" * 32,
        purposes=purposes,
        kind=Kind.STAFF,
        until=datetime(2027, 6, 30, tzinfo=UTC),
        at=Position("systems/people.yaml", 8, 7),
    )


@pytest.mark.parametrize(("purposes", "dead"), [(("audit",), []), (("case-handling",), [3]), ((), [3])])
def test_a_purpose_that_a_front_proxy_vouches_for_is_alive(purposes: tuple[str, ...], dead: list[int]) -> None:
    policy = good_policy(grants_of(a="purpose: audit", b="purpose: case-handling"))
    people = replace(policy.systems["people"], jwt=(), front_proxies=(portal(*purposes),))
    findings = Findings()
    check(replace(policy, systems={"people": people}), {}, None, findings, Kept())
    assert [finding.at.line for finding in findings.sorted() if finding.code == "rule-dead"] == dead


@pytest.mark.parametrize(("proxies", "unknown"), [((), ["unknown-caller"]), ((portal(),), [])])
def test_a_caller_may_be_one_that_a_front_proxy_tells_of(proxies: tuple[FrontProxy, ...], unknown: list[str]) -> None:
    policy = good_policy(grants_of(a="who: {callers: [zhao]}"))
    people = replace(policy.systems["people"], jwt=(), front_proxies=proxies)
    findings = Findings()
    check(replace(policy, systems={"people": people}), {}, None, findings, Kept())
    assert [finding.code for finding in findings.sorted() if finding.code == "unknown-caller"] == unknown


def test_what_the_catalogue_and_a_field_show_to_everybody_is_found() -> None:
    policy = good_policy([])
    category = policy.categories["resident_id"]
    shown = replace(category, mask=grants_of(a="")[0].sees["person_name"])
    findings = Findings()
    check(replace(policy, categories={**policy.categories, "resident_id": shown}), JWKS, None, findings, Kept())
    assert [(finding.code, finding.severity) for finding in findings.sorted()] == [("reveals-to-everyone", "error")]
