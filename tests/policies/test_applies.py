"""Which grants apply to whom, where and when."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.applies import Applying, Asking, applies, read_address
from policies.parse.section import BEIJING
from tests.policies.granted import program_of, rules_of


def at(text: str) -> float:
    """The POSIX time of a moment in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp()


MONDAY = at("2026-11-23T09:00")
LI = Asking(
    caller="li",
    posts=frozenset({"clerk", "staff"}),
    purposes=frozenset({"case-handling"}),
    attributes={"ward": "3"},
    address="10.1.2.3",
    operation="GET /people",
    now=MONDAY,
)
NOBODY = Asking(operation="GET /people", now=MONDAY)

# what is particular about a grant; how the one who asks differs from Li; whether it applies
CASES: list[tuple[str, dict[str, object], bool]] = [
    ("", {}, True),
    ("", {"posts": frozenset({"guard"})}, False),
    ("", {"purposes": frozenset({"statistics"})}, False),
    ("", {"purposes": frozenset()}, False),
    ("", {"now": at("2027-06-30T23:59:59")}, True),
    ("", {"now": at("2027-07-01T00:00")}, False),
    ("who: {callers: [li]}", {}, True),
    ("who: {callers: [li]}", {"caller": "wu"}, False),
    ("who: {callers: [wu], posts: [clerk]}", {}, True),
    ("who: {posts: [clerk], all_posts: [staff, senior]}", {}, False),
    ("who: {posts: [clerk], all_posts: [staff]}", {}, True),
    ("who: {all_posts: [staff]}", {}, True),
    ("who: {all_posts: [staff]}", {"posts": frozenset()}, False),
    ("who: {posts: [clerk], not_posts: [staff]}", {}, False),
    ("who: {posts: [clerk], not_posts: [guest]}", {}, True),
    ("who: {attributes: {ward: ['3', '4']}}", {}, True),
    ("who: {attributes: {ward: ['4']}}", {}, False),
    ("who: {attributes: {ward: ['3']}}", {"attributes": {}}, False),
    ("who: {attributes: {ward: ['3'], town: [x]}}", {}, False),
    ("who: {attributes: {ward: []}}", {}, False),
    ("who: {signed_in: true}", {}, True),
    ("operations: ['GET /people']", {}, True),
    ("operations: ['GET /people/{id}']", {}, False),
    ("operations: []", {}, False),
    ("networks: [10.0.0.0/8]", {}, True),
    ("networks: [10.0.0.0/8]", {"address": "11.0.0.1"}, False),
    ("networks: [10.0.0.0/8]", {"address": "::ffff:10.9.9.9"}, True),
    ("networks: ['::/0']", {}, False),
    ("networks: ['::/0']", {"address": "2001:db8::1"}, True),
    ("networks: [0.0.0.0/0]", {"address": ""}, False),
    ("networks: [0.0.0.0/0]", {"address": "10.0.0.1, 10.0.0.2"}, False),
    ("networks: ['fe80::/10']", {"address": "fe80::1%eth0"}, True),
    ("networks: []", {}, False),
    ("purpose: [statistics, case-handling]", {}, True),
    ("not_purpose: statistics", {}, True),
    ("not_purpose: statistics", {"purposes": frozenset({"statistics", "case-handling"})}, False),
    ("hours: {from: '08:30', to: '17:30'}", {}, True),
    ("hours: {from: '09:00', to: '17:30'}", {}, True),
    ("hours: {from: '08:30', to: '09:00'}", {}, False),
    ("hours: {from: '08:30', to: '09:00'}", {"now": MONDAY - 0.001}, True),
    ("hours: {days: [tue], from: '08:30', to: '17:30'}", {}, False),
    ("hours: {days: [mon]}", {}, True),
    ("hours: {days: [mon]}", {"now": at("2026-11-23T23:59:59.999")}, True),
    ("hours: {days: [mon]}", {"now": at("2026-11-24T00:00")}, False),
    ("hours: {days: [sun], from: '22:00', to: '06:00'}", {"now": at("2026-11-23T05:59")}, True),
    ("hours: {days: [sun], from: '22:00', to: '06:00'}", {"now": at("2026-11-23T06:00")}, False),
    ("hours: {days: [sun], from: '22:00', to: '06:00'}", {"now": at("2026-11-22T21:59")}, False),
    ("hours: {days: [sun], from: '22:00', to: '06:00'}", {"now": at("2026-11-22T05:00")}, False),
    ("hours: {from: '09:00', to: '09:00'}", {}, False),
    ("hours: {from: '24:00', to: '06:00'}", {"now": at("2026-11-23T03:00")}, False),
    ("hours: {days: []}", {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("particular", "differs", "expected"), CASES)
def test_a_grant_applies_where_all_it_says_is_met(particular: str, differs: dict[str, object], expected: bool) -> None:
    change: Callable[..., Asking] = replace
    asking = change(LI, **differs)
    program = program_of(one=particular)
    assert applies(program.grants[0], asking) is expected
    assert bool(Applying(program).to(asking)) is expected


@pytest.mark.parametrize(
    ("particular", "expected"),
    [
        ("who: {anyone: true}, purpose: ~", True),
        ("who: {anyone: true}", False),  # a purpose takes a credential that vouches for it
        ("who: {anyone: true}, purpose: ~, networks: [10.0.0.0/8]", False),
        ("who: {anyone: true, not_posts: [clerk]}, purpose: ~", True),
        ("who: {signed_in: true}", False),
        ("who: {all_posts: [clerk]}", False),
    ],
)
def test_what_applies_to_nobody_in_particular(particular: str, expected: bool) -> None:
    assert applies(rules_of(one=particular)["one"], NOBODY) is expected


@pytest.mark.parametrize("text", ["", "x", "10.0.0", "10.0.0.1/8", "010.0.0.1", "10.0.0.1 "])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


MANY = program_of(
    day="hours: {from: '08:30', to: '17:30'}",
    night="hours: {from: '22:00', to: '06:00'}, sees: {mobile: show}",
    sunday="hours: {days: [sun]}, sees: {free_text: scan}",
    soon="until: '2026-11-23T12:00:00+08:00', sees: {resident_id: digest}",
    near="networks: [10.0.0.0/8]",
    ward="who: {attributes: {ward: ['3']}}, sees: {mobile: show}",
    others="who: {posts: [guard], not_posts: [staff]}, sees: {mobile: show}",
    one="operations: ['GET /people/{id}'], sees: {mobile: show}",
    li="who: {callers: [li]}, sees: {mobile: show}",
    all="who: {anyone: true}, purpose: ~, sees: {mobile: show}",
)
ASKING = st.builds(
    Asking,
    caller=st.sampled_from(["", "li", "wu"]),
    posts=st.frozensets(st.sampled_from(["clerk", "guard", "staff", "x"])),
    purposes=st.frozensets(st.sampled_from(["case-handling", "y"])),
    attributes=st.sampled_from([{}, {"ward": "3"}, {"ward": "4"}, {"z": "3"}]),
    address=st.sampled_from(["", "10.0.0.1", "::ffff:10.0.0.1", "11.0.0.1", "::1"]),
    operation=st.sampled_from(["GET /people", "GET /people/{id}", ""]),
    now=st.floats(MONDAY - 8 * 86400, MONDAY + 8 * 86400)
    | st.sampled_from(
        [at(f"2026-11-2{day}T{time}") for day in (2, 3) for time in ("06:00", "08:30", "12:00", "22:00")]
    ),
)


@given(st.lists(ASKING, min_size=1, max_size=20))
def test_what_is_kept_is_what_applies(asked: list[Asking]) -> None:
    """In whatever order they ask, and if the clock is set back."""
    applying = Applying(MANY)
    for asking in asked:
        assert applying.to(asking) == tuple(grant for grant in MANY.grants if applies(grant, asking))
