"""Grants that have to be asked for: how they are read, judged and compiled."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policies.checks.together import check
from policies.compiling.kept import Kept
from policies.compiling.system import compile_system
from policies.findings import Finding, Findings, Severity
from policies.load import load_policy
from policies.permits import Kind
from policies.policy import Policy
from policies.program import RevealRule
from policies.rehearsal.difference import declarations_changed
from policies.transforms.spec import Show
from tests.policies.compiled import GOOD
from tests.policies.granted import good_policy, grants_of, reveals_of

JWKS = load_policy(GOOD).jwks
BREAK = "break_glass: true, categories: ~, purpose: ~"


def found_in(policy: Policy, now: datetime | None = None) -> list[Finding]:
    findings = Findings()
    check(policy, JWKS, now, findings, Kept())
    return findings.sorted()


def rules_of(**particulars: str) -> tuple[RevealRule, ...]:
    policy = good_policy(reveals=reveals_of(**particulars))
    return compile_system(policy, policy.systems["people"], JWKS).reveals


def test_what_is_not_said_is_as_strict_as_may_be_expected() -> None:
    plain, broken = reveals_of(a="", b=BREAK)
    assert (plain.break_glass, plain.minutes, plain.at_most_a_day, plain.sampled) == (False, 15, 20, 10)
    assert (broken.break_glass, broken.minutes, broken.at_most_a_day, broken.sampled) == (True, 60, 20, 100)
    assert plain.sees == {"person_name": Show(), "resident_id": Show()}


def test_a_reveal_is_compiled_with_the_categories_that_its_system_holds() -> None:
    (rule,) = rules_of(a="categories: [resident_id, mobile], minutes: 5, at_most_a_day: 3, sampled: 50")
    assert rule.grant.sees == {"mobile": Show(), "resident_id": Show()}
    assert (rule.kind, rule.minutes, rule.at_most_a_day, rule.sampled) == (Kind.REVEAL, 5, 3, 50)
    assert rule.grant.id == "a"
    assert rule.grant.rule.startswith("grants.yaml:")


def test_breaking_the_glass_is_about_every_category_unless_it_names_some() -> None:
    every, some = rules_of(a=BREAK, b="break_glass: true, categories: [mobile], purpose: ~")
    assert every.grant.sees.keys() == {"free_text", "mobile", "person_name", "resident_id"}
    assert some.grant.sees.keys() == {"mobile"}
    assert {every.kind, some.kind} == {Kind.BREAK_GLASS}


def test_a_reveal_of_another_system_is_none_of_this_one() -> None:
    assert rules_of(a="systems: []") == ()


# The particulars of a reveal, and what is found wrong with it: code, severity, and a part of the message.
CASES: dict[str, tuple[str, list[tuple[str, Severity, str]]]] = {
    "a usual one": ("", []),
    "one that breaks the glass": (BREAK, []),
    "of no system": ("systems: []", [("without-effect", Severity.WARNING, "reveal `a`")]),
    "of an unknown system": ("systems: [halls]", [("unknown-system", Severity.ERROR, "reveal `a`")]),
    "of an unknown category": (
        "categories: [resident_id, iris]",
        [("rule-dead", Severity.WARNING, "`iris`"), ("unknown-category", Severity.ERROR, "reveal `a`")],
    ),
    "for a caller who is not there": (
        "who: {callers: [nobody]}",
        [],  # he may come with a token
    ),
    "that nobody can meet": ("who: {posts: [clerk], not_posts: [clerk]}", [("rule-dead", Severity.ERROR, "`who`")]),
    "of an unknown operation": ("operations: ['GET /x']", [("unknown-operation", Severity.ERROR, "reveal `a`")]),
    "of an unknown record": ("records: [people]", [("unknown-record", Severity.ERROR, "`people`")]),
    "of a field of another category": ("fields: [person.mobile]", [("rule-dead", Severity.WARNING, "person.mobile")]),
    "for everybody who has signed in": ("who: {signed_in: true}", []),
    "a glass that everybody who has signed in may break": (
        f"{BREAK}, who: {{signed_in: true}}",
        [("break-glass-for-everybody", Severity.ERROR, "reveal `a`")],
    ),
    "a glass before nothing sensitive that everybody may break": (
        "break_glass: true, categories: [free_text], purpose: ~, who: {signed_in: true}",
        [("break-glass-for-everybody", Severity.WARNING, "reveal `a`")],
    ),
    "a glass that all of one post may break": (f"{BREAK}, who: {{signed_in: true, all_posts: [clerk]}}", []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_with_a_reveal_is_found(case: str) -> None:
    particulars, expected = CASES[case]
    found = found_in(good_policy(reveals=reveals_of(a=particulars)))
    told = {(finding.code, finding.severity) for finding in found}
    assert told == {(code, severity) for code, severity, _ in expected}, found
    for code, _, part in expected:
        assert any(finding.code == code and part in finding.message for finding in found), found


def test_a_reveal_of_nothing_that_its_systems_hold_is_an_error() -> None:
    policy = good_policy(reveals=reveals_of(a="categories: [person_name]"))
    bare = replace(policy.systems["people"], records={}, operations=())
    found = found_in(replace(policy, systems={"people": bare}))
    assert ("rule-dead", Severity.ERROR) in {(finding.code, finding.severity) for finding in found}


def test_a_reveal_where_nobody_can_tell_whose_a_record_is_is_found() -> None:
    policy = good_policy(reveals=reveals_of(a="", b=BREAK))
    records = {name: replace(record, subject=None) for name, record in policy.systems["people"].records.items()}
    people = replace(policy.systems["people"], records=records)
    found = [each for each in found_in(replace(policy, systems={"people": people})) if "reveal" in each.message]
    assert [finding.code for finding in found] == ["owner-without-subject"]
    assert "reveal `a`" in found[0].message


def test_breaking_every_glass_is_found() -> None:
    policy = good_policy(
        reveals=reveals_of(a=f"{BREAK}, systems: [people, other]", b=f"{BREAK}, who: {{posts: [batch]}}")
    )
    other = replace(policy.systems["people"], name="other", hosts=("other.localhost",))
    found = found_in(replace(policy, systems={**policy.systems, "other": other}))
    assert [(each.code, each.severity) for each in found] == [("break-glass-everything", Severity.WARNING)]
    assert "reveal `a`" in found[0].message


SHOWN = "sees: {person_name: show, resident_id: show}"
# What grants show, and whether a reveal of names and numbers to clerks has anything left to show.
GRANTED: dict[str, tuple[dict[str, str], bool]] = {
    "both": ({"g": SHOWN}, True),
    "each by a grant": ({"g": "sees: {person_name: show}", "h": "sees: {resident_id: show}"}, True),
    "both, for more purposes": ({"g": f"{SHOWN}, purpose: [case-handling, statistics]"}, True),
    "one": ({"g": "sees: {person_name: show}"}, False),
    "both, masked": ({"g": "sees: {person_name: show, resident_id: redact}"}, False),
    "both, to others": ({"g": f"{SHOWN}, who: {{posts: [auditor]}}"}, False),
    "both, for less time": ({"g": f"{SHOWN}, until: '2027-06-29'"}, False),
    "both, on one page": ({"g": f"{SHOWN}, operations: ['GET /people']"}, False),
    "both, of few at a time": ({"g": f"{SHOWN}, at_most: 3"}, False),
    "both, of one's own record": ({"g": f"{SHOWN}, who: {{owner: self}}"}, False),
    "both, but not on one page": (
        {"g": SHOWN, "h": "sees: {resident_id: redact}, operations: ['GET /people']"},
        False,
    ),
}


@pytest.mark.parametrize("case", GRANTED)
def test_a_reveal_of_what_grants_show_already_is_found(case: str) -> None:
    particulars, is_found = GRANTED[case]
    found = found_in(good_policy(grants_of(**particulars), reveals_of(a="")))
    about = [(each.code, each.severity) for each in found if "reveal `a`" in each.message]
    assert about == ([("reveal-without-effect", Severity.WARNING)] if is_found else [])


# Two reveals, and which of them the other one covers.
TWO: dict[str, tuple[str, str, list[str]]] = {
    "the same twice": ("", "", ["b"]),
    "of fewer categories": ("categories: [person_name]", "", ["a"]),
    "for fewer callers": ("", "who: {posts: [clerk], not_posts: [auditor]}", ["b"]),
    "on fewer pages": ("", "operations: ['GET /people']", ["b"]),
    "for less time": ("minutes: 5", "", ["a"]),
    "less often": ("", "at_most_a_day: 3", ["b"]),
    "for less time, but longer": ("minutes: 5, until: '2027-09-01'", "", []),
    "of other categories": ("categories: [mobile]", "", []),
    "for others": ("", "who: {posts: [auditor]}", []),
    "in an emergency": ("", BREAK, []),
    "all, and some, in an emergency": (BREAK, "break_glass: true, categories: [mobile], purpose: ~", ["b"]),
    "all that there is, by name and not": (
        "break_glass: true, purpose: ~, categories: [free_text, mobile, person_name, resident_id]",
        BREAK,
        ["b"],
    ),
}


@pytest.mark.parametrize("case", TWO)
def test_a_reveal_that_another_covers_is_found_once(case: str) -> None:
    a, b, covered = TWO[case]
    found = found_in(good_policy(reveals=reveals_of(a=a, b=b)))
    assert [(each.code, each.severity) for each in found] == [("reveal-covered", Severity.WARNING)] * len(covered)
    assert all(f"reveal `{name}`" in each.message for name, each in zip(covered, found, strict=True))


def test_no_reveal_is_called_like_a_grant() -> None:
    found = found_in(good_policy(grants_of(a=""), reveals_of(a="")))
    assert [finding.code for finding in found] == ["duplicate"]


def test_a_reveal_that_ends_is_found_as_a_grant_is() -> None:
    policy = good_policy(reveals=reveals_of(a="", b="who: {posts: [auditor]}, until: '2027-09-01'"))
    found = found_in(policy, datetime(2027, 6, 20, tzinfo=UTC))
    of_reveals = [finding for finding in found if "reveal" in finding.message]
    assert [(each.code, each.severity) for each in of_reveals] == [("ends-soon", Severity.WARNING)]
    assert "reveal `a`" in of_reveals[0].message


def test_composite_disclosure_does_not_count_what_has_to_be_asked_for() -> None:
    found = found_in(good_policy(reveals=reveals_of(a=BREAK)))
    assert found == []


def test_the_difference_between_two_policies_tells_of_reveals() -> None:
    before, after = good_policy(reveals=reveals_of(a="")), good_policy(reveals=reveals_of(a="minutes: 5", b=BREAK))
    changes = {change.name: change for change in declarations_changed(before, after)}
    assert {name: (change.kind, change.what) for name, change in changes.items()} == {
        "a": ("reveals", "changed"),
        "b": ("reveals", "added"),
    }
    assert [(each.name, each.before, each.after) for each in changes["a"].attributes] == [("minutes", "15", "5")]
