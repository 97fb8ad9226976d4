"""What is sent to a cluster in bulk, and what its answer says of each item. Nothing here talks to a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson

AT_ONCE = 4
"""How many requests are under way at the same time: as many as the client's own `parallel_bulk` has."""
CHUNK_ITEMS = 500
CHUNK_BYTES = 2_000_000
"""What one request holds at most, unless one item alone is larger."""

ANSWERED = ("items.*.status", "items.*.error.type")
"""What is read of the answer to a request. All of it would take as long to read as the request to write."""

_LATER = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""What says nothing of the document: an index that is read only or was deleted, a queue or a disk that is full."""
_LATER_TYPES = frozenset({"index_closed_exception"})
"""What is told as a fault of the request and is none."""


class Item(NamedTuple):
    """One document to be created."""

    place: int
    """In the append."""
    target: str
    """The index that it belongs in."""
    event: str
    body: bytes


@dataclass(slots=True)
class Answer:
    """What became of some items."""

    new: int = 0
    known: list[Item] = field(default_factory=list)
    """Those that the index had."""
    waiting: dict[int, str] = field(default_factory=dict)
    """By place, those to be sent again, and why."""
    refused: dict[int, str] = field(default_factory=dict)
    """By place, those that will not be taken as they are, and why."""
    missing: set[str] = field(default_factory=set)
    """The indices that are not there."""

    def indexed(self, items: Sequence[Item]) -> list[Item]:
        """Those of *items*, which this is the answer to, that are in the index now."""
        return [item for item in items if item.place not in self.waiting and item.place not in self.refused]

    def add(self, other: "Answer") -> None:
        """Take in what became of other items."""
        self.new += other.new
        self.known += other.known
        self.waiting |= other.waiting
        self.refused |= other.refused
        self.missing |= other.missing


def answer_of(items: Sequence[Item], told: Sequence[Mapping[str, Any]]) -> Answer:
    """What the cluster *told* of *items*. Reasons are names of errors: what it says beside may hold a value."""
    answer = Answer()
    for item, each in zip(items, told, strict=True):
        status = each["create"]["status"]
        if status == HTTPStatus.CREATED:
            answer.new += 1
        elif status == HTTPStatus.CONFLICT:
            answer.known.append(item)
        else:
            why = str(each["create"]["error"]["type"])
            later = status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR or why in _LATER_TYPES
            (answer.waiting if later else answer.refused)[item.place] = why
            if status == HTTPStatus.NOT_FOUND:
                answer.missing.add(item.target)
    return answer


def request_of(items: Sequence[Item]) -> bytes:
    """What asks for *items* to be created, in the lines that a cluster reads."""
    lines: list[bytes] = []
    for item in items:
        lines += (orjson.dumps({"create": {"_index": item.target, "_id": item.event}}), item.body)
    return b"\n".join(lines) + b"\n"


def chunked(items: Sequence[Item]) -> Iterator[list[Item]]:
    """*items* in order, in requests of no more than `CHUNK_ITEMS` and `CHUNK_BYTES`."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) == CHUNK_ITEMS or size + len(item.body) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.body)
    if chunk:
        yield chunk
