"""`siem.index.counts` as an aggregation of Elasticsearch, and what its answers say. Nothing here talks to a cluster.

Composite: it is exact whatever there is, in pages of bounded size, and a cluster of any licence has it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from siem.index.condition import fold
from siem.index.counts import Breakdown, Count
from siem.index.elastic_query import text_of

PAGE = 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def count_aggregation(
    asked: Breakdown, start: datetime, every: timedelta | None, after: Mapping[str, Any]
) -> dict[str, Any]:
    """Asks for one page of the counts; *after* is the key that the page before ended with, empty for the first."""
    sources: list[dict[str, Any]] = []
    if every is not None:
        length = every // _MILLISECOND
        histogram = {
            "field": "@timestamp",
            "fixed_interval": f"{length}ms",
            "offset": f"{(start - _EPOCH) // _MILLISECOND % length}ms",
        }
        sources.append({"at": {"date_histogram": histogram}})
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
