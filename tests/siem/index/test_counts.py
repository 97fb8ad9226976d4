from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from siem.index.counts import MOST_FIELDS, STANDING, Count, check_breakdown, merged_counts

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
counts = st.builds(
    Count,
    st.sampled_from([NOON, NOON + timedelta(days=1)]),
    st.sampled_from([("a",), ("b",), ("",)]),
    st.integers(1, 9),
)


@given(st.lists(counts, max_size=20))
def test_merging_loses_no_event_and_leaves_one_of_each(parts: list[Count]) -> None:
    merged = merged_counts(parts)
    assert sum(each.events for each in merged) == sum(each.events for each in parts)
    assert len({(each.at, each.values) for each in merged}) == len(merged)
    assert merged == sorted(merged)


def test_every_standing_question_can_be_asked_of_an_index() -> None:
    for asked in STANDING:
        check_breakdown(asked, NOON, timedelta(hours=1))
        assert 1 <= len(asked.fields) <= min(2, MOST_FIELDS), "a table of two values keeps them"
