"""Grants are compared only with those that may concern the same people; it tells what comparing all would tell."""

import json
import shutil
import sys
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path
from types import FrameType

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.load import load_policy
from policies.parse.reveals import MOST_GRANTED
from policies.policy import Caller
from policies.policy_kinds import Kind as CallerKind
from policies.precedence import Precedence, covers_region
from tests.effort import examples
from tests.policies.compiled import GOOD
from tests.policies.granted import USUAL, grants_of
from tests.policies.test_precedence import CALLERS, HERE, PAIRS

KNOWN = {
    **CALLERS,
    "other": Caller(
        id="other",
        kind=CallerKind.SYSTEM,
        posts=("clerk", "a"),
        purposes=("case-handling",),
        attributes={"ward": "2"},
        keys=(),
        at=HERE,
    ),
}
CONDITIONS = sorted({condition for one, other, _ in PAIRS for condition in (one, other)} | {"who: {callers: [other]}"})
SEES = ["sees: {person_name: show}", "sees: {person_name: redact}", "sees: {person_name: show, mobile: redact}", ""]


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(SEES)), min_size=2, max_size=12))
def test_what_is_compared_tells_what_comparing_all_would(written: list[tuple[str, str]]) -> None:
    grants = grants_of(
        **{
            f"g{number}": ", ".join(filter(None, (condition, "" if "sees" in condition else sees)))
            for number, (condition, sees) in enumerate(written)
        }
    )
    order = Precedence(grants, KNOWN)
    for b in grants:
        about = [a for a in grants if a is not b and not a.sees.keys().isdisjoint(b.sees)]
        assert [one.id for one in order.before(b)] == [a.id for a in about if order.goes_before(a, b)]
    differing = {(a.id, b.id) for a, b in order.differing()}
    for a, b in combinations(grants, 2):
        say_otherwise = any(b.sees.get(name, spec) != spec for name, spec in a.sees.items())
        if say_otherwise and order.overlap(a, b):
            assert (a.id, b.id) in differing


def comparisons(make: Callable[[], object]) -> int:
    """How many times *make* asks whether a grant covers a piece of another."""
    number = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal number
        number += event == "call" and frame.f_code is covers_region.__code__

    sys.setprofile(count)
    try:
        make()
    finally:
        sys.setprofile(None)
    return number


WRITTEN = {
    "posts": "who: {{posts: [p{0}]}}",
    "posts held together": "who: {{all_posts: [p{0}, q]}}",
    "callers": "who: {{callers: [c{0}]}}, sees: {{person_name: {{keep: {{first: {1}}}}}}}",
    "purposes": "who: {{signed_in: true}}, purpose: p{0}",
    "attributes": "who: {{signed_in: true, attributes: {{ward: ['{0}']}}}}",
    "networks": "networks: ['10.0.{0}.0/24', '10.1.{0}.0/24']",
    "nothing": "who: {{posts: [clerk]}}",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_twice_as_many_grants_are_twice_as_many_comparisons(tmp_path: Path, name: str) -> None:
    made = []
    for number in (100, 200):
        folder = folder_of(
            tmp_path / str(number), [WRITTEN[name].format(each, 1 + each % 60) for each in range(number)]
        )
        made.append(comparisons(partial(load_policy, folder)))
    assert made[1] <= 2 * made[0] + 100


def test_more_grants_than_can_be_compared_are_refused(tmp_path: Path) -> None:
    most = [f"who: {{posts: [p{each}, q{each}]}}" for each in range(MOST_GRANTED // 2)]
    enough, more = folder_of(tmp_path / "enough", most), folder_of(tmp_path / "more", [*most, "who: {posts: [p]}"])
    assert "too-many-grants" not in [finding.code for finding in load_policy(enough).findings.sorted()]
    assert [f.code for f in load_policy(more).findings.errors] == ["too-many-grants"]
    assert comparisons(partial(load_policy, more)) == 0


def test_disagreements_are_told_up_to_a_number(tmp_path: Path) -> None:
    written = [
        f"who: {{posts: [p{each}]}}, sees: {{person_name: {{keep: {{first: {each + 1}}}}}}}" for each in range(60)
    ]
    found = load_policy(folder_of(tmp_path / "policies", written)).findings.errors
    assert [finding.code for finding in found] == ["rules-disagree"] * 200


def folder_of(folder: Path, particulars: list[str]) -> Path:
    """The good policy with these grants in place of its own."""
    shutil.copytree(GOOD, folder)
    grants = [{"id": f"g{n}", **USUAL, **yaml.safe_load(f"{{{one}}}")} for n, one in enumerate(particulars)]
    (folder / "grants.yaml").write_text(json.dumps({"grants": grants}, default=str), "utf-8")
    return folder
