"""The headers of a trace carry the trace and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.trace_context import BAGGAGE, PARENT, STATE, has_form, traced
from tests.rig import ID_NO, MOBILE, NAME

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BOTH = (STATE, BAGGAGE)
BROKEN_PARENTS = (
    "",
    TRACE.upper(),
    f"{TRACE} ",
    f"{TRACE}-x",
    f"{TRACE}\n",
    TRACE.replace("00-", "01-", 1),
    TRACE.replace("00-", "ff-", 1),
    TRACE.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
    TRACE.replace("b7ad6b7169203331", "0" * 16),
    TRACE.replace("-01", "-f1"),
    f"{TRACE},{TRACE}",
    NAME,
)
GOOD = {
    STATE: ("rojo=00f067aa0ba902b7", "rojo=00f067aa,congo=t61rcWkgMzE", "fw529a3039@dt=FfI4CA, a_b/c=x y"),
    BAGGAGE: ("k=v", "userTier=gold, region=east;ttl=5;plain", "k=a%20b"),
}
BROKEN = {
    STATE: (
        "",
        "free text",
        "A=1",
        "a=",
        "a=1,,b=2",
        "a=1=2",
        f"a={'x' * 257}",
        ",".join(["a=1"] * 33),
        "a=yb~x",
    ),
    BAGGAGE: ("", "free text", "k", "k=a b", 'k="v"', "k=a\\b", f"k={'x' * 8192}", ",".join(["k=v"] * 65), "k=yb~x"),
}


@pytest.mark.parametrize("value", BROKEN_PARENTS)
def test_a_parent_in_another_form_goes_no_further_and_takes_the_state_with_it(value: str) -> None:
    assert traced({PARENT: [value], STATE: ["a=1"], BAGGAGE: ["k=v"]}, BOTH) == [(BAGGAGE, "k=v")]


def test_two_parents_are_none() -> None:
    assert traced({PARENT: [TRACE, TRACE]}, BOTH) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BOTH for value in GOOD[name]])
def test_what_is_declared_goes_on_in_its_form_and_nothing_else_does(name: str, value: str) -> None:
    assert traced({PARENT: [TRACE], name: [value]}, BOTH) == [(PARENT, TRACE), (name, value)]
    assert traced({PARENT: [TRACE], name: [value]}, set(BOTH) - {name}) == [(PARENT, TRACE)]
    assert traced({PARENT: [TRACE], name: [value]}, ()) == [(PARENT, TRACE)]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BOTH for value in BROKEN[name]])
def test_a_list_with_one_member_in_another_form_goes_no_further(name: str, value: str) -> None:
    assert traced({PARENT: [TRACE], name: ["a=1", value]}, BOTH) == [(PARENT, TRACE)]


@pytest.mark.parametrize("said", [MOBILE, ID_NO, "%E5%BC%A0%E4%BC%9F", "MTM4MDAxMzgwMDA"])
@pytest.mark.parametrize("name", BOTH)
def test_what_tells_of_somebody_goes_no_further_though_it_has_the_form(name: str, said: str) -> None:
    assert has_form(name, f"k={said}")
    assert traced({PARENT: [TRACE], name: [f"k={said}"]}, BOTH) == [(PARENT, TRACE)]


def test_lines_of_one_list_are_one_list() -> None:
    assert traced({PARENT: [TRACE], STATE: ["a=1", "b=2"]}, BOTH) == [(PARENT, TRACE), (STATE, "a=1,b=2")]


@given(st.integers(0, len(TRACE)), st.integers(0, 2), st.text(max_size=3))
def test_nothing_but_its_digits_can_be_changed_in_a_parent(place: int, removed: int, put: str) -> None:
    altered = TRACE[:place] + put + TRACE[place + removed :]
    passes = has_form(PARENT, altered)
    assert not passes or ([len(part) for part in altered.split("-")], set(altered) - set("0123456789abcdef-")) == (
        [2, 32, 16, 2],
        set(),
    )
