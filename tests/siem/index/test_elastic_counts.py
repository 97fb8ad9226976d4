from datetime import UTC, datetime, timedelta

import pytest

from siem.index import elastic_counts
from siem.index.condition import EVERYTHING
from siem.index.counts import Breakdown, Count
from siem.index.elastic_counts import PAGE, count_aggregation, counts_in

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
