import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.index.condition import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Exists,
    In,
    Is,
    Like,
    Not,
    Operator,
    Within,
    matches,
    pattern_of,
    values_of,
)

DOCUMENT = {
    "user": {"id": "Clerk-Wang", "roles": ["window", "É"]},
    "source": {"ip": "10.0.0.7"},
    "http": {"response": {"status_code": 200}},
    "yingbi": {"overlay": 0, "truth": True, "subjects": [], "nothing": None, "purpose": "50%*?\\"},
}

TABLE: list[tuple[Condition, bool]] = [
    (Is("user.id", "clerk-wang"), True),
    (Is("user.id", "clerk-wan"), False),
    (Is("user.roles", "WINDOW"), True),
    (Is("user.roles", "é"), False),  # only ASCII letters lose their case
    (Is("http.response.status_code", 200), True),
    (Is("http.response.status_code", 200.0), True),
    (Is("http.response.status_code", "200"), False),
    (Is("yingbi.overlay", False), False),
    (Is("yingbi.truth", 1), False),
    (Is("yingbi.truth", True), True),
    (Is("user", "clerk-wang"), False),
    (Is("user.id.more", "clerk-wang"), False),
    (In("user.id", frozenset({"x", "CLERK-WANG"})), True),
    (In("user.id", frozenset({"x"})), False),
    (In("user.id", frozenset()), False),
    (In("yingbi.truth", frozenset({1})), False),
    (In("http.response.status_code", frozenset({"200", 404})), False),
    (Like("user.id", "clerk*"), True),
    (Like("user.id", "clerk"), False),
    (Like("user.id", "?lerk-wan?"), True),
    (Like("user.id", "*WANG"), True),
    (Like("user.id", "*"), True),
    (Like("user.id", ""), False),
    (Like("yingbi.purpose", "50%\\*\\?\\\\"), True),
    (Like("yingbi.purpose", "50_*"), False),
    (Like("yingbi.purpose", "50%?\\?\\"), True),  # a backslash at the end is itself
    (Like("http.response.status_code", "2*"), False),
    (Compare("http.response.status_code", Operator.AT_LEAST, 200), True),
    (Compare("http.response.status_code", Operator.MORE, 200), False),
    (Compare("http.response.status_code", Operator.AT_MOST, 200), True),
    (Compare("http.response.status_code", Operator.LESS, 200.5), True),
    (Compare("user.id", Operator.LESS, 3), False),
    (Compare("yingbi.truth", Operator.AT_LEAST, 0), False),
    (Within("source.ip", "10.0.0.0/24"), True),
    (Within("source.ip", "10.0.1.0/24"), False),
    (Within("source.ip", "::/0"), False),
    (Within("source.ip", "10.0.0.7/24"), False),
    (Within("user.id", "10.0.0.0/24"), False),
    (Exists("user.id"), True),
    (Exists("yingbi.overlay"), True),
    (Exists("yingbi.subjects"), False),  # a list without elements
    (Exists("yingbi.nothing"), False),
    (Exists("event.id"), False),
    (Not(Is("event.id", "x")), True),  # an absent field equals nothing, and so differs from everything
    (EVERYTHING, True),
    (AnyOf(()), False),
    (AllOf((Exists("user.id"), AnyOf((Is("user.id", "x"), Exists("source.ip"))))), True),
    (AllOf((Exists("user.id"), Is("user.id", "x"))), False),
]


@pytest.mark.parametrize(
    ("condition", "holds"), TABLE, ids=[f"{number}-{type(item[0]).__name__}" for number, item in enumerate(TABLE)]
)
def test_what_a_condition_means(condition: Condition, holds: bool) -> None:
    assert matches(condition, DOCUMENT) is holds


def test_the_values_of_a_field() -> None:
    assert list(values_of(DOCUMENT, "user.roles")) == ["window", "É"]
    assert list(values_of(DOCUMENT, "http.response.status_code")) == [200]
    assert list(values_of(DOCUMENT, "user.roles.window")) == []


@given(st.text("ab*?\\\n中"))
def test_a_text_with_everything_escaped_fits_itself_alone(text: str) -> None:
    escaped = "".join(f"\\{char}" if char in "*?\\" else char for char in text)
    assert pattern_of(escaped).fullmatch(text)
    assert not pattern_of(escaped).fullmatch(text + "a")


def _fits(pattern: list[str], text: str) -> bool:
    """The meaning of a pattern, read off its pieces one by one."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _fits(pattern[1:], text) or (bool(text) and _fits(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _fits(pattern[1:], text[1:])


@given(st.lists(st.sampled_from("ab*?"), max_size=8), st.text("ab", max_size=8))
def test_a_pattern_fits_what_its_pieces_do(pattern: list[str], text: str) -> None:
    assert (pattern_of("".join(pattern)).fullmatch(text) is not None) is _fits(pattern, text)


def test_a_pattern_that_would_be_tried_in_every_way_ends() -> None:
    """Each `*` tried at each place would take longer than anybody lives."""
    many = pattern_of("*a" * 40 + "*b")
    assert many.fullmatch("a" * 8_000) is None
    assert many.fullmatch("a" * 8_000 + "b")
    assert pattern_of("*" * 5_000 + "b").fullmatch("a" * 8_000) is None
