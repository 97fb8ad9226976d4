"""The index as dated indices of an Elasticsearch 9 cluster: one a day, `<prefix>-YYYY.MM.DD`, by `@timestamp`.

All of them are found under one alias as well, `<prefix>`, for who asks a cluster by hand. A day is created once and
deleted as a whole: nothing else here depends on how a cluster keeps it.

Three roles, so that no process holds more than it needs: the writer appends (`create_doc`: it can neither read, change
nor delete), the reader searches, the keeper looks after templates and whole indices and sees no document.
"""

import functools
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from siem.index.candidates import Candidate, Question, check_all
from siem.index.condition import EVERYTHING, AnyOf, Condition, In, fold
from siem.index.counts import MOST_COUNTS, Breakdown, Count, check_breakdown, merged_counts
from siem.index.elastic_append import Appending, index_on
from siem.index.elastic_candidates import candidates_in
from siem.index.elastic_counts import count_aggregation, counts_in, term_aggregation, term_counts_in
from siem.index.elastic_link import Link, Login, deadline_in
from siem.index.elastic_query import moment_of, query_of
from siem.index.elastic_reading import NEWEST_FIRST, WHOLE, Reading, sources
from siem.index.elastic_sightings import (
    ALL_SEERS,
    ASKED_AT_ONCE,
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
        link = Link(urls, ca_file, reader) if reader else None
        self._reader = Reading(link, prefix) if link else None
        self._appending = Appending(Link(urls, ca_file, writer), link, prefix) if writer else None

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. Takes up to a refresh (a quarter of a second) longer than the indexing itself."""
        if self._appending is None:
            raise ValueError("this index was opened to read only")
        return self._appending.append(documents, deadline_in(timeout))

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """As `EventStore` promises."""
        query = query_of(condition, start, end)
        return self._reading().hits(query, self._reading().indices(start, end), timeout) if start < end else iter(())

    def candidates(
        self, questions: Sequence[Question], start: datetime, end: datetime, timeout: timedelta
    ) -> list[Candidate]:
        """As `EventStore` promises."""
        check_all(questions)
        ask = functools.partial(self._reading().counted, deadline_in(timeout))
        return candidates_in(ask, self._index_on, questions, start, end) if start < end else []

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """As `EventStore` promises."""
        with self._reading().link.call(deadline_in(timeout)) as client:
            found = client.search(
                index=f"{self.prefix}-*", query={"ids": {"values": [event]}}, size=1, allow_partial_search_results=False
            )
        return next(iter(sources(found.body)), None)

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        query = query_of(condition, start, end)
        if start >= end:
            return 0
        with self._reading().link.call(deadline_in(timeout)) as client:
            found = client.count(index=self._reading().indices(start, end), query=query, ignore_unavailable=True)
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
        with self._reading().link.call(deadline_in(timeout)) as client:
            found = client.search(
                index=self._reading().indices(start, end),
                query=query,
                sort=NEWEST_FIRST,
                size=most,
                search_after=[moment_of(before[0]), before[1]] if before else None,
                ignore_unavailable=True,
                **WHOLE,
            )
        return list(sources(found.body))

    def count_by(
        self, asked: Breakdown, start: datetime, end: datetime, timeout: timedelta, every: timedelta | None = None
    ) -> list[Count]:
        """As `EventStore` promises."""
        check_breakdown(asked, start, every)
        query, deadline = query_of(asked.condition, start, end), deadline_in(timeout)
        if start >= end:
            return []
        indices = self._reading().indices(start, end)

        def answer(aggregation: Mapping[str, Any]) -> Mapping[str, Any]:
            left = timedelta(seconds=max(deadline - time.monotonic(), 0))
            return self._reading().aggregated(query, aggregation, indices, left)

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
        with self._reading().link.call(deadline_in(timeout)) as client:
            found = client.search(
                index=f"{self.prefix}-*",
                query=query_of(EVERYTHING, FIRST, LAST),
                sort=[{"@timestamp": {"order": "desc"}}],
                size=1,
                allow_partial_search_results=False,
            )
        return next((datetime.fromisoformat(source["@timestamp"]) for source in sources(found.body)), None)

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
        found = self._reading().aggregated(
            query, volume_aggregations(seers), self._reading().indices(start, end), timeout
        )
        return [int(each["subjects"]["value"]) for each in found["seers"]["buckets"]] or [0] * len(seers)

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """As `EventStore` promises. All days are sampled by the same subjects."""
        parts, sample = parts_of(self.count(EVERYTHING, FIRST, LAST, timeout)), Sample()
        for epoch in map(fold, epochs):
            lowest = lowest_of(epoch, parts)
            for event in self._reading().told(
                {"range": {"yingbi.subjects": {"gte": lowest[0], "lt": lowest[1]}}}, timeout
            ):
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
        found = self._reading().aggregated(query, asked, self._reading().indices(start, end), timeout)
        alone = set(not_whole(found)) if len(subjects) > 1 else set()
        yield from (each for each in sightings_in(found) if each.subject not in alone)
        for subject in sorted(alone):
            yield from self._sightings([subject], start, end, timeout)

    def _index_on(self, day: date) -> str:
        return index_on(self.prefix, day)

    def _reading(self) -> Reading:
        if self._reader is None:
            raise ValueError("this index was opened to write only")
        return self._reader
