from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from siem.index import elastic_counts
from siem.index.condition import EVERYTHING
from siem.index.counts import BY_CALLER, BY_SYSTEM, Breakdown, Count
from siem.index.elastic_counts import PAGE, count_aggregation, counts_in, term_aggregation, term_counts_in

START = datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_what_is_asked_for() -> None:
    asked = Breakdown(EVERYTHING, ("user.id", "source.ip"))
    found = count_aggregation(asked, START, timedelta(days=1), {})
    composite = found["counts"]["composite"]
    assert composite["size"] == PAGE
    assert "after" not in composite
    at, user, address = composite["sources"]
    day = {"field": "@timestamp", "fixed_interval": "86400000ms", "offset": "57600000ms"}
    assert at == {"at": {"date_histogram": day}}, "days begin when the span does"
    assert user == {"0": {"terms": {"field": "user.id", "missing_bucket": True}}}
    assert address == {"1": {"terms": {"field": "source.ip.text", "missing_bucket": True}}}
    key = {"0": "a", "1": "b"}
    (two,) = [count_aggregation(asked, START, None, key)["counts"]["composite"]]
    assert two["after"] == key
    assert len(two["sources"]) == 2


END = START + timedelta(days=7)
DAY = timedelta(days=1)


def test_what_is_asked_for_at_once() -> None:
    found = term_aggregation(BY_SYSTEM, START, END, DAY)
    assert found is not None
    at = found["at"]
    assert at["date_histogram"]["offset"] == "57600000ms"
    system = at["aggs"]["counts"]
    assert system["terms"] == {"field": "service.name", "missing": "", "size": 60_000 // 7 // 8}
    assert system["aggs"]["counts"]["terms"]["field"] == "yingbi.disclosure"
    callers = term_aggregation(BY_CALLER, START, END, None)
    assert callers is not None
    assert callers["counts"]["terms"]["size"] == 7_500


@pytest.mark.parametrize(
    ("asked", "every"),
    [
        (Breakdown(EVERYTHING, ("user.id", "source.ip", "service.name", "yingbi.operation")), None),
        (Breakdown(EVERYTHING, ("user.id",)), timedelta(minutes=1)),
        (Breakdown(EVERYTHING), timedelta(seconds=1)),
    ],
)
def test_what_might_not_fit_is_not_asked_for_at_once(asked: Breakdown, every: timedelta | None) -> None:
    assert term_aggregation(asked, START, END, every) is None


def terms(*buckets: tuple[str, int], other: int = 0, error: int = 0, inner: object = None) -> dict[str, Any]:
    each = [{"key": key, "doc_count": n, **({"counts": inner} if inner else {})} for key, n in buckets]
    return {"counts": {"buckets": each, "sum_other_doc_count": other, "doc_count_error_upper_bound": error}}


def test_what_is_answered_at_once() -> None:
    inner = terms(("clear", 3), ("", 1))["counts"]
    assert term_counts_in(terms(("Hall", 4), inner=inner), START) == [
        Count(START, ("hall", "clear"), 3),
        Count(START, ("hall", ""), 1),
    ]
    at = {"buckets": [{"key": 1_795_449_600_000, "doc_count": 2}]}
    assert term_counts_in({"at": at}, START) == [Count(datetime(2026, 11, 23, 16, tzinfo=UTC), (), 2)]
    assert term_counts_in({}, START) == []


@pytest.mark.parametrize("left_out", [{"other": 1}, {"error": 1}])
def test_an_answer_that_left_something_out_is_none(left_out: dict[str, int]) -> None:
    assert term_counts_in(terms(("hall", 4), **left_out), START) is None
    inner = terms(("clear", 3), **left_out)["counts"]
    assert term_counts_in(terms(("hall", 4), inner=inner), START) is None


def test_what_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elastic_counts, "PAGE", 2)
    key = {"at": 1_795_449_600_000, "0": None, "1": "É-X"}
    buckets = [{"key": key, "doc_count": 3}, {"key": {**key, "0": "Clerk-Wang"}, "doc_count": 4}]
    told = {"counts": {"buckets": buckets, "after_key": {"at": 1}}}
    counts, after = counts_in(told, START)
    at = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert counts == [Count(at, ("", "É-x"), 3), Count(at, ("clerk-wang", "É-x"), 4)]
    assert after == {"at": 1}
    last = {"counts": {"buckets": buckets[:1], "after_key": {"at": 1}}}
    assert counts_in(last, START)[1] is None
    assert counts_in({}, START) == ([], None), "where there is no index yet"
