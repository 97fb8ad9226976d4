"""How much a caller may be shown: how limits are read, judged, compared and compiled."""

from dataclasses import replace

import pytest

from policies.checks.together import check
from policies.compiling.kept import Kept
from policies.compiling.system import compile_system
from policies.findings import Finding, Findings
from policies.limits import AtLimit
from policies.load import load_policy
from policies.policy import Policy
from policies.program import Program, StepUpRule
from policies.rehearsal.changes import Kind
from policies.rehearsal.declared_limits import limit_changes
from policies.rehearsal.difference import declarations_changed
from tests.policies.compiled import GOOD
from tests.policies.granted import good_policy, grants_of, limits_of

JWKS = load_policy(GOOD).jwks
STEP = "at_limit: step-up, step_up: {acr: [strong], subjects_an_hour: 40}"


def found_in(policy: Policy) -> list[Finding]:
    findings = Findings()
    check(policy, JWKS, None, findings, Kept())
    return findings.sorted()


def program_of(**particulars: str) -> Program:
    policy = good_policy(limits=limits_of(**particulars))
    return compile_system(policy, policy.systems["people"], JWKS)


def test_a_limit_is_compiled_for_each_of_its_systems() -> None:
    (rule,) = program_of(
        a=f"{STEP}, subjects_a_day: 90, requests_a_minute: 7, grants: [g], operations: ['GET /people']"
    ).limits
    assert (rule.requests_a_minute, rule.subjects_an_hour, rule.subjects_a_day) == (7, 20, 90)
    assert (rule.at_limit, rule.grants) == (AtLimit.STEP_UP, ("g",))
    assert rule.step_up == StepUpRule(acr=("strong",), subjects_an_hour=40)
    assert (rule.grant.id, rule.grant.posts, rule.grant.operations) == ("a", ("clerk",), ("GET /people",))
    assert rule.grant.rule.startswith("grants.yaml:")
    assert program_of(a="systems: []").limits == ()


# Limits, and of which of them what is found.
CASES: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    "one": ({"a": ""}, []),
    "an hour and a day": ({"a": "subjects_a_day: 100"}, []),
    "a day that no hour fills": ({"a": "subjects_a_day: 480"}, [("limit-never-reached", "a")]),
    "an hour beyond its day": ({"a": "subjects_a_day: 20"}, [("limit-never-reached", "a")]),
    "looser for the same": ({"a": "", "b": "subjects_an_hour: 30"}, [("limit-never-reached", "b")]),
    "looser, and declared before": ({"b": "subjects_an_hour: 30", "a": ""}, [("limit-never-reached", "b")]),
    "the same twice": ({"a": "", "b": ""}, [("limit-never-reached", "b")]),
    "as many, and harder": ({"a": "at_limit: mask-harder", "b": ""}, [("limit-never-reached", "a")]),
    "looser for fewer": (
        {"a": "who: {signed_in: true}", "b": "subjects_an_hour: 30"},
        [("limit-never-reached", "b")],
    ),
    "looser for more": ({"a": "", "b": "who: {signed_in: true}, subjects_an_hour: 30"}, []),
    "looser of what more shows": ({"a": "grants: [g]", "b": "subjects_an_hour: 30"}, []),
    "looser by the day than the hour allows": (
        {"a": "", "b": "subjects_an_hour: ~, subjects_a_day: 500"},
        [("limit-never-reached", "b")],
    ),
    "looser than without a step, tighter than with it": ({"a": STEP, "b": "subjects_an_hour: 30"}, []),
    "looser than with a step": ({"a": STEP, "b": "subjects_an_hour: 50"}, [("limit-never-reached", "b")]),
    "a step that leads nowhere": ({"a": STEP.replace("40", "20")}, [("limit-never-reached", "a")]),
    "fewer requests": ({"a": "", "b": "subjects_an_hour: ~, at_limit: ~, requests_a_minute: 5"}, []),
    "no such grant": ({"a": "grants: [h]"}, [("unknown-grant", "a")]),
    "no such system": ({"a": "systems: [hall]"}, [("unknown-system", "a")]),
    "no such operation": ({"a": "operations: ['GET /nothing']"}, [("unknown-operation", "a")]),
    "nobody": ({"a": "who: {posts: [clerk], not_posts: [clerk]}"}, [("rule-dead", "a")]),
    "no system": ({"a": "systems: []"}, [("without-effect", "a")]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_of_limits(name: str) -> None:
    particulars, expected = CASES[name]
    found = found_in(good_policy(grants_of(g=""), limits=limits_of(**particulars)))
    assert [(each.code, each.message.split("`")[1]) for each in found if "limit" in each.message] == expected


def test_two_limits_of_one_name_are_one_too_many_and_a_grant_may_have_it() -> None:
    (limit,) = limits_of(g="")
    alike = replace(limit, subjects_an_hour=5)
    assert "duplicate" not in [each.code for each in found_in(good_policy(grants_of(g=""), limits=[limit]))]
    assert "duplicate" in [each.code for each in found_in(good_policy(grants_of(g=""), limits=[limit, alike]))]


GRAVE = "sees: {resident_id: show}"
# Limits beside a grant that shows resident IDs, and whether it is said to have none.
LIMITED: dict[str, tuple[str, dict[str, str], bool]] = {
    "none": (GRAVE, {}, True),
    "one": (GRAVE, {"a": ""}, False),
    "one for everybody": (GRAVE, {"a": "who: {signed_in: true}"}, False),
    "of requests alone": (GRAVE, {"a": "subjects_an_hour: ~, at_limit: ~, requests_a_minute: 5"}, True),
    "for others": (GRAVE, {"a": "who: {posts: [auditor]}"}, True),
    "of another grant": (GRAVE, {"a": "grants: [h]"}, True),
    "of the grant": (GRAVE, {"a": "grants: [g]"}, False),
    "in one operation": (GRAVE, {"a": "operations: ['GET /people']"}, True),
    "for one of two posts": (f"{GRAVE}, who: {{posts: [clerk, auditor]}}", {"a": ""}, True),
    "for each of two posts": (
        f"{GRAVE}, who: {{posts: [clerk, auditor]}}",
        {"a": "", "b": "who: {posts: [auditor]}"},
        False,
    ),
    "masked": ("sees: {resident_id: {keep: {last: 4}}}", {}, False),
    "not grave": ("sees: {mobile: show}", {}, False),
    "one's own": (f"{GRAVE}, who: {{owner: self}}, purpose: ~", {}, False),
}


@pytest.mark.parametrize("name", LIMITED)
def test_a_grant_that_shows_what_is_grave_is_said_to_want_a_limit(name: str) -> None:
    grant, limits, expected = LIMITED[name]
    found = found_in(good_policy(grants_of(g=grant, h="who: {posts: [other]}"), limits=limits_of(**limits)))
    assert ("no-limit" in [each.code for each in found]) == expected


# How the limit `a` is declared otherwise, and whether that is surely no wider.
OTHERWISE: dict[str, tuple[str | None, str | None, Kind]] = {
    "new": (None, "", Kind.NO_MORE),
    "gone": ("", None, Kind.OTHERWISE),
    "less": ("", "subjects_an_hour: 19", Kind.NO_MORE),
    "more": ("", "subjects_an_hour: 21", Kind.OTHERWISE),
    "a number more": ("", "subjects_a_day: 100", Kind.NO_MORE),
    "a number less": ("subjects_a_day: 100", "", Kind.OTHERWISE),
    "for more callers": ("", "who: {signed_in: true}", Kind.NO_MORE),
    "for fewer callers": ("who: {signed_in: true}", "", Kind.OTHERWISE),
    "of fewer grants": ("", "grants: [g]", Kind.OTHERWISE),
    "of more grants": ("grants: [g]", "", Kind.NO_MORE),
    "harder": ("at_limit: mask-harder", "", Kind.NO_MORE),
    "milder": ("", "at_limit: mask-harder", Kind.OTHERWISE),
    "a step up": ("", STEP, Kind.OTHERWISE),
    "no step up": (STEP, "", Kind.NO_MORE),
    "a step that leads less far": (STEP, STEP.replace("40", "30"), Kind.NO_MORE),
    "a step that is easier": (STEP, STEP.replace("[strong]", "[strong, weak]"), Kind.OTHERWISE),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_limit_that_is_declared_otherwise_is_told(name: str) -> None:
    was, would, kind = OTHERWISE[name]
    before, after = (program_of(**({"a": each} if each is not None else {})) for each in (was, would))
    (change,) = limit_changes(before, after)
    assert (change.kind, change.about) == (kind, "limit a")
    assert [*limit_changes(after, after)] == []


def test_a_limit_that_was_changed_is_told_in_words() -> None:
    before, after = (good_policy(limits=limits_of(a=each)) for each in ("", "subjects_an_hour: 21"))
    (change,) = declarations_changed(before, after)
    assert (change.kind, change.name) == ("limits", "a")
    assert [(each.name, each.before, each.after) for each in change.attributes] == [("subjects_an_hour", "20", "21")]
