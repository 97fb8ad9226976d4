"""How events come into a cluster: into the index of their day, several requests at a time, each event once."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from typing import Any

import orjson
from elasticsearch import BadRequestError

from siem.index.elastic_bulk import ANSWERED, AT_ONCE, Answer, Item, answer_of, chunked, request_of
from siem.index.elastic_link import Link
from siem.index.elastic_query import mapping
from siem.index.logged import Logged
from siem.index.store import ANOTHER, EventsRefused
from siem.index.strict import checked
from siem.record.ecs import Document


def index_on(prefix: str, day: date) -> str:
    """The index of the events of *day*, in UTC."""
    return f"{prefix}-{day:%Y.%m.%d}"


class Appending:
    """What *link* adds to the indices of days. It can neither read, change nor delete.

    *reader* tells of what was there already whether it is the same. Without one it is taken to be.
    """

    def __init__(self, link: Link, reader: Link | None, prefix: str) -> None:
        self.prefix = prefix
        self._link, self._reader = link, reader
        self._existing: set[str] = set()
        self._pool = ThreadPoolExecutor(AT_ONCE, "index-bulk")  # which starts no thread before it is used

    def append(self, documents: Sequence[Document], deadline: float) -> int:
        """As `EventStore` promises, before *deadline* (of the monotonic clock)."""
        right, refused = checked(documents)
        items = [Item(each.place, self._index_of(each.document), _id_of(each.document), each.body) for each in right]
        for index in sorted({item.target for item in items} - self._existing):
            self._create(index, deadline)
        chunks = list(chunked(items))
        answer = Answer()
        # Each answer would wait for a refresh, and there are several: one is made of all of them in the end.
        for part in self._send(chunks, "wait_for" if len(chunks) == 1 else "false", deadline):
            answer.add(part)
        # Who indexed them first may have died before they could be seen, and a conflict waits for no refresh.
        # One more conflict in each index forces one, which the writer may not ask for by name.
        unseen = answer.known if len(chunks) == 1 else answer.indexed(items)
        self._send([[item] for item in {item.target: item for item in unseen}.values()], "true", deadline)
        refused |= answer.refused | dict.fromkeys(self._others(answer.known, deadline), ANOTHER)
        if refused or answer.waiting:
            raise EventsRefused(of=len(documents), new=answer.new, waiting=answer.waiting, refused=refused)
        return answer.new

    def close(self) -> None:
        """Let go of threads and connections."""
        self._pool.shutdown()
        self._link.close()

    def _others(self, known: Sequence[Item], deadline: float) -> list[int]:
        """The places of those of *known* that are not what the index has under their id."""
        asked = [self._pool.submit(self._compared, chunk, deadline) for chunk in chunked(known)]
        wait(asked)
        return [place for each in asked for place in each.result()]

    def _compared(self, known: Sequence[Item], deadline: float) -> list[int]:
        if self._reader is None:
            return []
        with self._reader.call(deadline) as client:  # which sees what no refresh has shown yet
            found = client.mget(
                docs=[{"_index": item.target, "_id": item.event} for item in known],
                filter_path=("docs._id", "docs._source"),
            )
        pairs = zip(known, found["docs"], strict=True)
        return [
            item.place for item, there in pairs if "_source" in there and there["_source"] != orjson.loads(item.body)
        ]

    def _create(self, index: str, deadline: float) -> None:
        """Make *index* with our mapping, whether or not the template is there: a guessed one could not be mended."""
        left = max(deadline - time.monotonic(), 0)
        with self._link.call(deadline) as client:
            try:
                # With its copy, where the cluster keeps one: a day that begins must not rest on one node alone.
                client.indices.create(
                    index=index, mappings=mapping(), wait_for_active_shards="all", timeout=f"{left / 4 * 1000:.0f}ms"
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise
        self._existing.add(index)

    def _send(self, chunks: Sequence[Sequence[Item]], refresh: str, deadline: float) -> list[Answer]:
        """What the cluster says to each of *chunks*, some of which it works on at the same time."""
        if len(chunks) < 2:
            return [self._bulk(chunk, refresh, deadline) for chunk in chunks]
        asked = [self._pool.submit(self._bulk, chunk, refresh, deadline) for chunk in chunks]
        wait(asked)
        return [each.result() for each in asked]

    def _bulk(self, items: Sequence[Item], refresh: str, deadline: float) -> Answer:
        request: Any = request_of(items)
        left = max(deadline - time.monotonic(), 0)
        with self._link.call(deadline) as client:
            # A part of the index that is away is told item by item, before we lose patience with all of it.
            done = client.bulk(
                operations=request,
                refresh=refresh,
                filter_path=ANSWERED,
                include_source_on_error=False,
                timeout=f"{left / 4 * 1000:.0f}ms",
            )
        answer = answer_of(items, done["items"])
        # One that was deleted is made again, with our mapping.
        self._existing -= answer.missing
        return answer

    def _index_of(self, document: Document) -> str:
        at = document["@timestamp"]
        if isinstance(document, Logged):
            return f"{self.prefix}-{at[:4]}.{at[5:7]}.{at[8:10]}"
        return index_on(self.prefix, datetime.fromisoformat(at).astimezone(UTC).date())


def _id_of(document: Document) -> str:
    if isinstance(document, Logged):
        return document.id
    about: Mapping[str, str] = document["event"]
    return about["id"]
