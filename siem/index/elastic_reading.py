"""How what a search finds is read from the cluster: whole or not at all, a page at a time, at one point in time."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from siem.index.elastic_append import index_on
from siem.index.elastic_link import Link, deadline_in
from siem.index.elastic_query import Query
from siem.index.elastic_sightings import (
    NOTHING,
    SAMPLED,
)
from siem.index.store import StoreUnavailable
from siem.record.ecs import Document

PAGE = 1_000
"""Events read at a time: what a search holds in memory."""
TOLD_PAGE = 10_000
"""The same where some fields of each are read."""

_NAMED_DAYS = 31
_KEEP_ALIVE = "5m"
_TIMES = "strict_date_optional_time_nanos"
_ORDER = [
    {"@timestamp": {"order": "asc", "format": _TIMES}},
    {"event.id": {"order": "asc"}},
]
NEWEST_FIRST = [{name: {**how, "order": "desc"} for name, how in each.items()} for each in _ORDER]
WHOLE: Mapping[str, Any] = {"track_total_hits": False, "allow_partial_search_results": False}


class Reading:
    """Asks the indices `<prefix>-*` by *link*. Whatever a cluster cannot answer whole raises StoreUnavailable."""

    def __init__(self, link: Link, prefix: str) -> None:
        self.link = link
        self._prefix = prefix

    def close(self) -> None:
        """Let go of the connection."""
        self.link.close()

    def counted(
        self, deadline: float, indices: Sequence[str], query: Query, aggregations: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """As `siem.index.elastic_candidates.Ask` promises."""
        with self.link.call(deadline) as client:
            found = client.search(
                index=indices, query=query, aggregations=aggregations, size=0, ignore_unavailable=True, **WHOLE
            )
        shards = found["_shards"]["total"]
        return None if shards > len(indices) else found.body.get("aggregations", {}) if shards else {}

    def aggregated(
        self, query: Query, asked: Mapping[str, Any], indices: Sequence[str], timeout: timedelta
    ) -> Mapping[str, Any]:
        """What *asked* comes to over what satisfies *query*; `NOTHING` where there are no such indices."""
        with self.link.call(deadline_in(timeout)) as client:
            found = client.search(
                index=indices, query=query, aggregations=asked, size=0, ignore_unavailable=True, **WHOLE
            )
        return found.body.get("aggregations") or NOTHING

    def hits(self, query: Query, indices: Sequence[str], timeout: timedelta) -> Iterator[Document]:
        """The events that satisfy *query*, in order of time."""
        reader = self.link
        with reader.call(deadline_in(timeout)) as client:
            found = client.search(index=indices, query=query, sort=_ORDER, size=PAGE, ignore_unavailable=True, **WHOLE)
        yield from sources(found.body)
        hits = found["hits"]["hits"]
        if len(hits) == PAGE:  # most searches end with the first page, and need no point in time to be kept for them
            yield from self._further_hits(query, indices, hits[-1]["sort"], timeout)

    def _further_hits(
        self, query: Query, indices: Sequence[str], after: Sequence[Any], timeout: timedelta
    ) -> Iterator[Document]:
        # Without the tie-breaker a point in time adds: ours, the event's id, has no ties.
        order = {"sort": _ORDER, "size": PAGE, "search_after": after}
        for found in self._pages(query, indices, order, len(_ORDER), timeout):
            yield from sources(found)

    def told(self, query: Query, timeout: timedelta) -> Iterator[Mapping[str, Sequence[str]]]:
        """The `SAMPLED` fields and the time of all events that satisfy *query*, in no order."""
        asked = [{"field": "@timestamp", "format": _TIMES}, *SAMPLED]
        each = {"sort": ["_shard_doc"], "size": TOLD_PAGE, "docvalue_fields": asked, "source": False}
        for found in self._pages(query, (f"{self._prefix}-*",), each, 1, timeout):
            yield from (hit["fields"] for hit in found["hits"]["hits"])

    def _pages(
        self, query: Query, indices: Sequence[str], asked: Mapping[str, Any], keys: int, timeout: timedelta
    ) -> Iterator[Mapping[str, Any]]:
        """Pages of what satisfies *query*, in the order that *asked* says and its first *keys* go on from."""
        reader = self.link
        with reader.call(deadline_in(timeout)) as client:
            pit = client.open_point_in_time(index=indices, keep_alive=_KEEP_ALIVE, ignore_unavailable=True)["id"]
        try:
            after: Mapping[str, Any] = {}
            while True:
                with reader.call(deadline_in(timeout)) as client:
                    kept = {"id": pit, "keep_alive": _KEEP_ALIVE}
                    found = client.search(pit=kept, query=query, **{**asked, **after}, **WHOLE)
                yield found.body
                hits = found["hits"]["hits"]
                if len(hits) < asked["size"]:
                    return
                pit, after = found["pit_id"], {"search_after": hits[-1]["sort"][:keys]}
        finally:
            # It would end by itself; a cluster that cannot be told so now is not worth an error.
            with contextlib.suppress(StoreUnavailable), reader.call(deadline_in(timeout)) as client:
                client.close_point_in_time(id=pit)

    def indices(self, start: datetime, end: datetime) -> Sequence[str]:
        """The indices that may hold events of a span: by name where they are few, so that the others are not asked."""
        first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
        if (last - first).days >= _NAMED_DAYS:
            return (f"{self._prefix}-*",)
        return [index_on(self._prefix, first + timedelta(days=day)) for day in range((last - first).days + 1)]


def sources(found: Mapping[str, Any]) -> Iterator[Document]:
    """The documents of an answer."""
    return (hit["_source"] for hit in found["hits"]["hits"])
