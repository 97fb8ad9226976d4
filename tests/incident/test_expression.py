from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.expression import LONGEST, Expression

KNOWN = {"__a__": "true", "__n__": "12", "__empty__": "", "__quote__": "it's \\"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("__a__:value = 'true'", True),
        ("__a__:value == 'true'", True),
        ("__a__:value = true", True),
        ("__a__:value != 'true'", False),
        ("__n__:value > 5", True),
        ("__n__:value >= '12'", True),
        ("__n__:value < 12.5", True),
        ("__n__:value <= -3", False),
        ("__n__:value IN ('1', 12)", True),
        ("__n__:value NOT IN ('1', '12')", False),
        ("NOT __a__:value = 'false'", True),
        ("__a__:value = 'false' OR __n__:value = '12' AND __a__:value = 'true'", True),
        ("(__a__:value = 'true' OR __n__:value = '12') AND __a__:value = 'false'", False),
        ("__empty__:value = ''", True),
        (r"__quote__:value = 'it\'s \\'", True),
        ("  __a__:value='true'  ", True),
    ],
)
def test_what_a_condition_means(text: str, holds: bool) -> None:
    assert Expression(text).holds(KNOWN) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "__a__ = 'true'",
        "__a__:value",
        "__a__:value = ",
        "__a__:value = maybe",
        "__a__:value > 'many'",
        "__a__:value = 'true' AND",
        "(__a__:value = 'true'",
        "__a__:value IN ()",
        "__a__:value = 'true' __a__:value = 'true'",
        "__a__:value LIKE 't%'",
        "__a__:value = 'open",
        "$x = 1",
        "(" * LONGEST + "__a__:value = 1",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|read|early|number|at most"):
        Expression(text)


@pytest.mark.parametrize("text", ["__unknown__:value = '1'", "__a__:value > 5", "__unknown__:value IN ('1')"])
def test_a_variable_without_a_fitting_value_is_an_error_not_a_no(text: str) -> None:
    with pytest.raises(ValueError, match=r"no value|not a number"):
        Expression(text).holds(KNOWN)


def test_an_error_quotes_no_value() -> None:
    with pytest.raises(ValueError, match="not a number") as error:
        Expression("__secret__:value > 5").holds({"__secret__": "13800138000x"})
    assert "13800138000" not in str(error.value)


def test_its_variables_are_known() -> None:
    assert Expression("__a__:value = 1 OR NOT __b-2__:value IN ('x')").variables == {"__a__", "__b-2__"}


type Test = tuple[str, Callable[[Mapping[str, str]], bool]]

leaves: st.SearchStrategy[Test] = st.builds(
    lambda name, value: (f"{name}:value = '{value}'", lambda known: known[name] == value),
    st.sampled_from(["__x__", "__y__"]),
    st.sampled_from(["0", "1"]),
)


def joined(parts: st.SearchStrategy[Test]) -> st.SearchStrategy[Test]:
    return (
        st.builds(lambda a, b: (f"({a[0]}) AND ({b[0]})", lambda known: a[1](known) and b[1](known)), parts, parts)
        | st.builds(lambda a, b: (f"({a[0]}) OR ({b[0]})", lambda known: a[1](known) or b[1](known)), parts, parts)
        | st.builds(lambda a: (f"NOT ({a[0]})", lambda known: not a[1](known)), parts)
    )


@given(st.recursive(leaves, joined, max_leaves=8), st.sampled_from(["0", "1"]), st.sampled_from(["0", "1"]))
def test_it_means_what_python_means(test: Test, x: str, y: str) -> None:
    known = {"__x__": x, "__y__": y}
    if len(test[0]) <= LONGEST:
        assert Expression(test[0]).holds(known) is test[1](known)
