from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.forms import Mistyped
from console.search.filters import FIELDS, Filters, Span, read_filters, typed_of
from siem.index.condition import EVERYTHING, AllOf, AnyOf, Condition, Is, Like, Within, matches
from siem.index.fields import check
from tests.console.policies import check_text
from tests.siem.events import digest, document

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # the 24th in Beijing
MIDNIGHT = datetime(2026, 11, 24, tzinfo=ZONE)
DAY = timedelta(days=1)


def read(**typed: str) -> Filters:
    return read_filters(typed_of(list(typed.items())), ZONE, check_text)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ({}, MIDNIGHT, MIDNIGHT + DAY),
        ({"span": "today"}, MIDNIGHT, MIDNIGHT + DAY),
        ({"span": "yesterday"}, MIDNIGHT - DAY, MIDNIGHT),
        ({"span": "week"}, MIDNIGHT - 6 * DAY, MIDNIGHT + DAY),
        ({"span": "month"}, MIDNIGHT - 29 * DAY, MIDNIGHT + DAY),
        (
            {"span": "given", "since": "2026-11-01T08:00", "until": "2026-11-02T08:00:30"},
            datetime(2026, 11, 1, tzinfo=UTC),
            datetime(2026, 11, 2, 0, 0, 30, tzinfo=UTC),
        ),
    ],
)
def test_days_are_those_of_the_installation(typed: dict[str, str], start: datetime, end: datetime) -> None:
    assert read(**typed).within(NOW, ZONE) == (start, end)


TABLE: list[tuple[dict[str, str], Condition]] = [
    ({"system": "register"}, Is("service.name", "register")),
    ({"caller": " clerk-wang "}, Is("user.id", "clerk-wang")),
    ({"caller_kind": "terminal"}, Is("yingbi.caller_kind", "terminal")),
    ({"post": "户籍窗口（二）"}, Is("user.roles", "户籍窗口（二）")),
    ({"category": "mobile"}, Is("yingbi.categories", "mobile")),
    ({"shown": "masked"}, Is("yingbi.disclosure", "masked")),
    ({"outcome": "withhold"}, Is("yingbi.verdict", "withhold")),
    ({"action": "permit"}, Is("event.action", "permit")),
    ({"credential": "key:7f3a"}, Is("yingbi.credential", "key:7f3a")),
    ({"operation": "residents/{id}"}, Like("yingbi.operation", "*residents/{id}*")),
    ({"operation": "a*?\\b"}, Like("yingbi.operation", "*a\\*\\?\\\\b*")),
    ({"reason": "daily"}, AnyOf((Is("event.reason", "daily"), Is("yingbi.limit", "daily")))),
    ({"address": "１０.20.3.7"}, Is("source.ip", "10.20.3.7")),
    ({"address": "10.20.3.7/16"}, Within("source.ip", "10.20.0.0/16")),
    ({"address": "2001:DB8::1"}, Is("source.ip", "2001:db8::1")),
]


@pytest.mark.parametrize(("typed", "part"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_each_filter_asks_for_its_field(typed: dict[str, str], part: Condition) -> None:
    assert read(**typed).condition() == AllOf((part,))


def test_a_declared_rule_is_asked_for_by_file_and_line() -> None:
    assert read(rule="systems/register.yaml:31").condition() == AllOf(
        (Is("yingbi.fields.rule", "systems/register.yaml:31"),)
    )
    with pytest.raises(Mistyped):
        read(rule="11010519491231002X")


def test_no_filter_is_everything_so_that_the_index_knows_the_answer() -> None:
    assert read().condition() == EVERYTHING


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"span": "for ever"}, "span"),
        ({"shown": "naked"}, "shown"),
        ({"outcome": "' OR 1=1 --"}, "outcome"),
        ({"action": "*"}, "action"),
        ({"caller": "x" * 10_000}, "caller"),
        ({"caller": "clerk\x00wang"}, "caller"),
        ({"operation": "GET /\nPOST /"}, "operation"),
        ({"address": "10.20.3"}, "address"),
        ({"address": "localhost"}, "address"),
        ({"address": "10.0.0.0/99"}, "address"),
        ({"span": "given"}, "since"),
        ({"span": "given", "since": "2026-11-02T08:00", "until": "2026-11-02T08:00"}, "until"),
        ({"span": "given", "since": "2020-11-02T08:00", "until": "2026-11-02T08:00"}, "until"),
        ({"caller": "11010519491231002X"}, "caller"),
        ({"operation": "GET /residents/11010519491231002X"}, "operation"),
        ({"caller": digest(7)}, "caller"),
        ({"credential": digest(7).upper()}, "credential"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        read(**typed)
    assert wrong.value.field == field
    assert "1949" not in wrong.value.zh + str(wrong.value)


SYNTAX = st.sampled_from(
    [
        "' OR '1'='1",
        '"; DROP TABLE events; --',
        "*",
        "?",
        "\\*",
        "user.id:*",
        "(a OR b)",
        "/.*/",
        "~2",
        '{"match_all":{}}',
    ]
)


@given(SYNTAX | st.text(max_size=30), st.sampled_from(["operation", "caller", "post", "credential", "reason"]))
def test_what_is_typed_is_never_more_than_a_value(text: str, name: str) -> None:
    """An event is found by its own text and by no other, whatever that looks like to an engine."""
    try:
        condition = read(**{name: text}).condition()
    except Mistyped:
        return
    check(condition)
    text = text.strip()
    same = document(
        1,
        caller=text or "x",
        operation=text or "x",
        posts=(text,) if text else (),
        credential=text,
        reason=text,
    )
    assert matches(condition, same)
    other = document(2, caller="§", operation="§", posts=("§",), credential="§", reason="§")
    assert matches(condition, other) == (text in ("", "§"))


filters = st.builds(
    Filters,
    span=st.sampled_from([Span.TODAY, Span.YESTERDAY, Span.WEEK, Span.MONTH]),
    **{
        name: st.just("") | st.sampled_from(["a&b=c", "窗口 1", "x+y%20", "é"])
        for name in ("caller", "post", "operation")
    },
)


@given(filters)
def test_an_address_says_the_same_to_whoever_opens_it(asked: Filters) -> None:
    assert read_filters(typed_of(parse_qsl(asked.query(ZONE))), ZONE, check_text) == asked


def test_a_given_time_stands_in_the_address_in_the_zone_of_the_reader() -> None:
    asked = read(span="given", since="2026-11-01T08:00", until="2026-11-02T08:00:30", about="A-000001")
    expected = {"span": "given", "since": "2026-11-01T08:00:00", "until": "2026-11-02T08:00:30", "about": "A-000001"}
    assert asked.query(ZONE) == urlencode(expected)


def test_every_filter_has_its_words() -> None:
    assert set(Filters.__dataclass_fields__) == {*FIELDS, "span", "since", "until", "about"}
