"""The index as dated indices of an Elasticsearch 9 cluster: one a day, `<prefix>-YYYY.MM.DD`, by `@timestamp`.

All of them are found under one alias as well, `<prefix>`, for who asks a cluster by hand. A day is created once and
deleted as a whole: nothing else here depends on how a cluster keeps it.

Three roles, so that no process holds more than it needs: the writer appends (`create_doc`: it can neither read, change
nor delete), the reader searches, the keeper looks after templates and whole indices and sees no document.
"""

import contextlib
import functools
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from elasticsearch import BadRequestError, NotFoundError

from siem.index.candidates import Candidate, Question, check_all
from siem.index.condition import EVERYTHING, AnyOf, Condition, In, fold
from siem.index.counts import MOST_COUNTS, Breakdown, Count, check_breakdown, merged_counts
from siem.index.elastic_append import Appending, index_on
from siem.index.elastic_candidates import candidates_in
from siem.index.elastic_counts import count_aggregation, counts_in, term_aggregation, term_counts_in
from siem.index.elastic_link import Link, Login
from siem.index.elastic_query import Query, mapping, moment_of, query_of
from siem.index.elastic_sightings import (
    ALL_SEERS,
    ASKED_AT_ONCE,
    NOTHING,
    SAMPLED,
    SEERS,
    add_to,
    not_whole,
    of_seer,
    sighting_aggregations,
    sightings_in,
    volume_aggregations,
)
from siem.index.sightings import Sample, Seer, Sighting, Volumes, lowest_of, merged, parts_of
from siem.index.store import Place, StoreUnavailable
from siem.index.strict import FIRST, LAST
from siem.record.ecs import Document
from siem.record.event import EventId

PREFIX = "yingbi-access"
PAGE = 1_000
"""Events read at a time: what a search holds in memory."""
TOLD_PAGE = 10_000
"""The same where some fields of each are read."""

_NAMED_DAYS = 31
_DAY = re.compile(r"-\d{4}\.\d\d\.\d\d", re.ASCII)
_KEEP_ALIVE = "5m"
_TIMES = "strict_date_optional_time_nanos"
_ORDER = [
    {"@timestamp": {"order": "asc", "format": _TIMES}},
    {"event.id": {"order": "asc"}},
]
_NEWEST_FIRST = [{name: {**how, "order": "desc"} for name, how in each.items()} for each in _ORDER]
_WHOLE: Mapping[str, Any] = {"track_total_hits": False, "allow_partial_search_results": False}


class ElasticStore:
    """An `EventStore` in the indices `<prefix>-*`. Appending needs the *writer*, everything else the *reader*."""

    together = 50
    appends_at_once = 2

    def __init__(
        self,
        urls: Sequence[str],
        ca_file: Path,
        *,
        writer: Login | None = None,
        reader: Login | None = None,
        prefix: str = PREFIX,
    ) -> None:
        self.prefix = prefix
        self._reader = Link(urls, ca_file, reader) if reader else None
        self._appending = Appending(Link(urls, ca_file, writer), self._reader, prefix) if writer else None

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. Takes up to a refresh (a quarter of a second) longer than the indexing itself."""
        if self._appending is None:
            raise ValueError("this index was opened to read only")
        return self._appending.append(documents, _deadline(timeout))

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """As `EventStore` promises."""
        query = query_of(condition, start, end)
        return self._hits(query, self._indices(start, end), timeout) if start < end else iter(())

    def candidates(
        self, questions: Sequence[Question], start: datetime, end: datetime, timeout: timedelta
    ) -> list[Candidate]:
        """As `EventStore` promises."""
        check_all(questions)
        ask = functools.partial(self._counted, _deadline(timeout))
        return candidates_in(ask, self._index_on, questions, start, end) if start < end else []

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """As `EventStore` promises."""
        with self._reading().call(_deadline(timeout)) as client:
            found = client.search(
                index=f"{self.prefix}-*", query={"ids": {"values": [event]}}, size=1, allow_partial_search_results=False
            )
        return next(iter(_sources(found.body)), None)

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        query = query_of(condition, start, end)
        if start >= end:
            return 0
        with self._reading().call(_deadline(timeout)) as client:
            found = client.count(index=self._indices(start, end), query=query, ignore_unavailable=True)
        if found["_shards"]["failed"]:
            raise StoreUnavailable("a part of the index did not answer")
        return int(found["count"])

    def latest(
        self,
        condition: Condition,
        start: datetime,
        end: datetime,
        most: int,
        timeout: timedelta,
        before: Place | None = None,
    ) -> list[Document]:
        """As `EventStore` promises."""
        query = query_of(condition, start, end)
        if start >= end:
            return []
        with self._reading().call(_deadline(timeout)) as client:
            found = client.search(
                index=self._indices(start, end),
                query=query,
                sort=_NEWEST_FIRST,
                size=most,
                search_after=[moment_of(before[0]), before[1]] if before else None,
                ignore_unavailable=True,
                **_WHOLE,
            )
        return list(_sources(found.body))

    def count_by(
        self, asked: Breakdown, start: datetime, end: datetime, timeout: timedelta, every: timedelta | None = None
    ) -> list[Count]:
        """As `EventStore` promises."""
        check_breakdown(asked, start, every)
        query, deadline = query_of(asked.condition, start, end), _deadline(timeout)
        if start >= end:
            return []
        indices = self._indices(start, end)

        def answer(aggregation: Mapping[str, Any]) -> Mapping[str, Any]:
            left = timedelta(seconds=max(deadline - time.monotonic(), 0))
            return self._aggregated(query, aggregation, indices, left)

        at_once = term_aggregation(asked, start, end, every)
        if at_once is not None and (whole := term_counts_in(answer(at_once), start)) is not None:
            return merged_counts(whole)
        found: list[Count] = []
        after: Mapping[str, Any] | None = {}
        while after is not None:
            counts, after = counts_in(answer(count_aggregation(asked, start, every, after)), start)
            found += counts
            if len(found) > MOST_COUNTS:
                raise StoreUnavailable(f"the answer has more than {MOST_COUNTS} parts")
        return merged_counts(found)

    def newest(self, timeout: timedelta) -> datetime | None:
        """As `EventStore` promises."""
        with self._reading().call(_deadline(timeout)) as client:
            found = client.search(
                index=f"{self.prefix}-*",
                query=query_of(EVERYTHING, FIRST, LAST),
                sort=[{"@timestamp": {"order": "desc"}}],
                size=1,
                allow_partial_search_results=False,
            )
        return next((datetime.fromisoformat(source["@timestamp"]) for source in _sources(found.body)), None)

    def sightings(
        self, subjects: Collection[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        """As `EventStore` promises."""
        if start < end:
            asked = sorted({fold(subject) for subject in subjects})
            parts = (asked[at : at + ASKED_AT_ONCE] for at in range(0, len(asked), ASKED_AT_ONCE))
            yield from merged(each for part in parts for each in self._sightings(part, start, end, timeout))

    def volume(self, seers: Sequence[Seer], start: datetime, end: datetime, timeout: timedelta) -> list[int]:
        """As `EventStore` promises."""
        if start >= end or not seers:
            return [0] * len(seers)
        query = query_of(AnyOf(tuple(map(of_seer, seers))), start, end)
        found = self._aggregated(query, volume_aggregations(seers), self._indices(start, end), timeout)
        return [int(each["subjects"]["value"]) for each in found["seers"]["buckets"]] or [0] * len(seers)

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """As `EventStore` promises. All days are sampled by the same subjects."""
        parts, sample = parts_of(self.count(EVERYTHING, FIRST, LAST, timeout)), Sample()
        for epoch in map(fold, epochs):
            lowest = lowest_of(epoch, parts)
            for event in self._told({"range": {"yingbi.subjects": {"gte": lowest[0], "lt": lowest[1]}}}, timeout):
                add_to(sample, event, lowest, (start, end))
        return sample.volumes(parts)

    def close(self) -> None:
        """As `EventStore` promises."""
        for part in (self._appending, self._reader):
            if part is not None:
                part.close()

    def _sightings(
        self, subjects: Sequence[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        query = query_of(In("yingbi.subjects", frozenset(subjects)), start, end)
        seers = SEERS if len(subjects) > 1 else ALL_SEERS
        asked = sighting_aggregations(subjects, seers)
        found = self._aggregated(query, asked, self._indices(start, end), timeout)
        alone = set(not_whole(found)) if len(subjects) > 1 else set()
        yield from (each for each in sightings_in(found) if each.subject not in alone)
        for subject in sorted(alone):
            yield from self._sightings([subject], start, end, timeout)

    def _counted(
        self, deadline: float, indices: Sequence[str], query: Query, aggregations: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """As `siem.index.elastic_candidates.Ask` promises."""
        with self._reading().call(deadline) as client:
            found = client.search(
                index=indices, query=query, aggregations=aggregations, size=0, ignore_unavailable=True, **_WHOLE
            )
        shards = found["_shards"]["total"]
        return None if shards > len(indices) else found.body.get("aggregations", {}) if shards else {}

    def _aggregated(
        self, query: Query, asked: Mapping[str, Any], indices: Sequence[str], timeout: timedelta
    ) -> Mapping[str, Any]:
        with self._reading().call(_deadline(timeout)) as client:
            found = client.search(
                index=indices, query=query, aggregations=asked, size=0, ignore_unavailable=True, **_WHOLE
            )
        return found.body.get("aggregations") or NOTHING

    def _hits(self, query: Query, indices: Sequence[str], timeout: timedelta) -> Iterator[Document]:
        reader = self._reading()
        with reader.call(_deadline(timeout)) as client:
            found = client.search(index=indices, query=query, sort=_ORDER, size=PAGE, ignore_unavailable=True, **_WHOLE)
        yield from _sources(found.body)
        hits = found["hits"]["hits"]
        if len(hits) == PAGE:  # most searches end with the first page, and need no point in time to be kept for them
            yield from self._further_hits(query, indices, hits[-1]["sort"], timeout)

    def _further_hits(
        self, query: Query, indices: Sequence[str], after: Sequence[Any], timeout: timedelta
    ) -> Iterator[Document]:
        # Without the tie-breaker a point in time adds: ours, the event's id, has no ties.
        order = {"sort": _ORDER, "size": PAGE, "search_after": after}
        for found in self._pages(query, indices, order, len(_ORDER), timeout):
            yield from _sources(found)

    def _told(self, query: Query, timeout: timedelta) -> Iterator[Mapping[str, Sequence[str]]]:
        """The `SAMPLED` fields and the time of all events that satisfy *query*, in no order."""
        asked = [{"field": "@timestamp", "format": _TIMES}, *SAMPLED]
        each = {"sort": ["_shard_doc"], "size": TOLD_PAGE, "docvalue_fields": asked, "source": False}
        for found in self._pages(query, (f"{self.prefix}-*",), each, 1, timeout):
            yield from (hit["fields"] for hit in found["hits"]["hits"])

    def _pages(
        self, query: Query, indices: Sequence[str], asked: Mapping[str, Any], keys: int, timeout: timedelta
    ) -> Iterator[Mapping[str, Any]]:
        """Pages of what satisfies *query*, in the order that *asked* says and its first *keys* go on from."""
        reader = self._reading()
        with reader.call(_deadline(timeout)) as client:
            pit = client.open_point_in_time(index=indices, keep_alive=_KEEP_ALIVE, ignore_unavailable=True)["id"]
        try:
            after: Mapping[str, Any] = {}
            while True:
                with reader.call(_deadline(timeout)) as client:
                    kept = {"id": pit, "keep_alive": _KEEP_ALIVE}
                    found = client.search(pit=kept, query=query, **{**asked, **after}, **_WHOLE)
                yield found.body
                hits = found["hits"]["hits"]
                if len(hits) < asked["size"]:
                    return
                pit, after = found["pit_id"], {"search_after": hits[-1]["sort"][:keys]}
        finally:
            # It would end by itself; a cluster that cannot be told so now is not worth an error.
            with contextlib.suppress(StoreUnavailable), reader.call(_deadline(timeout)) as client:
                client.close_point_in_time(id=pit)

    def _index_on(self, day: date) -> str:
        return index_on(self.prefix, day)

    def _indices(self, start: datetime, end: datetime) -> Sequence[str]:
        """The indices that may hold events of a span: by name where they are few, so that the others are not asked."""
        first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
        if (last - first).days >= _NAMED_DAYS:
            return (f"{self.prefix}-*",)
        return [self._index_on(first + timedelta(days=day)) for day in range((last - first).days + 1)]

    def _reading(self) -> Link:
        if self._reader is None:
            raise ValueError("this index was opened to write only")
        return self._reader


class ElasticKeeper:
    """A `Keeper` of the indices of days, and of their alias `<prefix>`. Sees no document."""

    def __init__(self, urls: Sequence[str], ca_file: Path, login: Login, *, prefix: str = PREFIX) -> None:
        self.prefix = prefix
        self._link = Link(urls, ca_file, login)

    def prepare(self, timeout: timedelta) -> None:
        """As `Keeper` promises: the template, and the mappings of the indices that there are."""
        deadline = _deadline(timeout)
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "250ms"}
        ours = mapping()
        with self._link.call(deadline) as client:
            client.indices.put_index_template(
                name=self.prefix,
                index_patterns=[f"{self.prefix}-*"],
                priority=500,
                template={"settings": settings, "mappings": ours, "aliases": {self.prefix: {}}},
            )
        for name in self._days(deadline):
            # One that somebody else made with a mapping of his own must not keep the others from being written to.
            with self._link.call(deadline) as client, contextlib.suppress(BadRequestError, NotFoundError):
                client.indices.put_alias(index=name, name=self.prefix)
                client.indices.put_mapping(index=name, meta=ours["_meta"], properties=ours["properties"])

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """As `Keeper` promises. What is no day is left alone, whatever its name begins with."""
        deadline = _deadline(timeout)
        days = {name: _day_of(name.removeprefix(self.prefix)) for name in self._days(deadline)}
        old = [name for name, each in days.items() if each < day and not but(each)]
        for name in old:
            with self._link.call(deadline) as client, contextlib.suppress(NotFoundError):
                client.indices.delete(index=name)
        return old

    def _days(self, deadline: float) -> list[str]:
        """The names of the indices of days, oldest first."""
        with self._link.call(deadline) as client:
            names = client.indices.get(index=f"{self.prefix}-*", features=["aliases"]).body
        return sorted(name for name in names if _DAY.fullmatch(name.removeprefix(self.prefix)))

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()


def _day_of(name: str) -> date:
    return date.fromisoformat(name.removeprefix("-").replace(".", "-"))


def _sources(found: Mapping[str, Any]) -> Iterator[Document]:
    return (hit["_source"] for hit in found["hits"]["hits"])


def _deadline(timeout: timedelta) -> float:
    return time.monotonic() + timeout.total_seconds()
