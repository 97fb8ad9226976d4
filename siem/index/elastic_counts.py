"""`siem.index.counts` as aggregations of Elasticsearch, and what their answers say. Nothing here talks to a cluster.

Terms within terms are quick, and exact where no value was left out, which the answer tells. Composite is slow, and
exact whatever there is, in pages of bounded size. A cluster of any licence has both.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from siem.index.condition import fold
from siem.index.counts import Breakdown, Count
from siem.index.elastic_query import text_of

PAGE = 5_000
MOST_BUCKETS = 60_000
"""Of one answer: a cluster allows 65,536."""
FEWEST = 50
"""Terms are not worth asking for where fewer values of a field would fit."""
_CLOSED = frozenset({"event.action", "event.outcome", "yingbi.caller_kind", "yingbi.disclosure", "yingbi.verdict"})
_OF_CLOSED = 8
"""Values of a field of which there are so few."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def term_aggregation(
    asked: Breakdown, start: datetime, end: datetime, every: timedelta | None
) -> dict[str, Any] | None:
    """Asks for the counts at once; None where an answer might not fit."""
    open_fields = sum(name not in _CLOSED for name in asked.fields)
    room = MOST_BUCKETS // (-((start - end) // every) if every else 1)
    room //= _OF_CLOSED ** (len(asked.fields) - open_fields)
    most = int(room ** (1 / open_fields)) if open_fields else room
    if most < (FEWEST if open_fields else 1):
        return None
    inner: dict[str, Any] = {}
    for name in reversed(asked.fields):
        size = _OF_CLOSED if name in _CLOSED else min(most, 10_000)
        terms = {"terms": {"field": text_of(name), "missing": "", "size": size}}
        inner = {"counts": {**terms, **({"aggs": inner} if inner else {})}}
    if every is None:
        return inner
    histogram = {"date_histogram": {**_histogram(start, every), "min_doc_count": 1}}
    return {"at": {**histogram, **({"aggs": inner} if inner else {})}}


def term_counts_in(found: Mapping[str, Any], start: datetime) -> list[Count] | None:
    """The counts that the answer tells of; None where it left some out."""
    try:
        if "at" not in found:
            return list(_within(found, start, ()))
        return [
            count
            for bucket in found["at"]["buckets"]
            for count in _within(bucket, _EPOCH + bucket["key"] * _MILLISECOND, ())
        ]
    except _LeftOut:
        return None


class _LeftOut(Exception):
    """Some values do not stand in the answer, or their numbers are not exact."""


def _within(bucket: Mapping[str, Any], at: datetime, values: tuple[str, ...]) -> Iterator[Count]:
    terms = bucket.get("counts")
    if terms is None:
        if "doc_count" in bucket:  # an answer without any bucket is of an index that is not there yet
            yield Count(at, values, bucket["doc_count"])
        return
    if terms["sum_other_doc_count"] or terms["doc_count_error_upper_bound"]:
        raise _LeftOut
    for each in terms["buckets"]:
        yield from _within(each, at, (*values, fold(each["key"])))


def _histogram(start: datetime, every: timedelta) -> dict[str, Any]:
    length = every // _MILLISECOND
    offset = (start - _EPOCH) // _MILLISECOND % length
    return {"field": "@timestamp", "fixed_interval": f"{length}ms", "offset": f"{offset}ms"}


def count_aggregation(
    asked: Breakdown, start: datetime, every: timedelta | None, after: Mapping[str, Any]
) -> dict[str, Any]:
    """Asks for one page of the counts; *after* is the key that the page before ended with, empty for the first."""
    sources: list[dict[str, Any]] = []
    if every is not None:
        sources.append({"at": {"date_histogram": _histogram(start, every)}})
    for place, name in enumerate(asked.fields):
        sources.append({str(place): {"terms": {"field": text_of(name), "missing_bucket": True}}})
    composite: dict[str, Any] = {"size": PAGE, "sources": sources}
    if after:
        composite["after"] = dict(after)
    return {"counts": {"composite": composite}}


def counts_in(found: Mapping[str, Any], start: datetime) -> tuple[list[Count], Mapping[str, Any] | None]:
    """The counts that an answer tells of, and the key to go on after; None behind the last page."""
    told = found.get("counts", {"buckets": []})  # where there is no index yet, nothing is answered
    buckets = told["buckets"]
    counts = []
    for bucket in buckets:
        key = bucket["key"]
        at = _EPOCH + key["at"] * _MILLISECOND if "at" in key else start
        values = tuple(fold(key[name] or "") for name in key if name != "at")
        counts.append(Count(at, values, bucket["doc_count"]))
    return counts, told.get("after_key") if len(buckets) == PAGE else None
