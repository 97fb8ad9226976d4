"""Gives out what the log holds as ECS in JSON, a line for each event, in the order of each start."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson

from siem.record.reader import beginning_of, follow, starts_in


def exported(folder: Path, since: datetime | None, until: datetime | None, systems: frozenset[str]) -> Iterator[bytes]:
    """The lines of the events with *since* <= `@timestamp` < *until* of *systems*; of every system where none is named.

    Raises BrokenChain where a start does not hold, OSError.
    """
    for start in starts_in(folder):
        for document, _ in follow(folder / start, beginning_of(start)):
            at = datetime.fromisoformat(document["@timestamp"])
            if since is not None and at < since:
                continue
            if until is not None and at >= until:
                continue
            if systems and document["service"]["name"] not in systems:
                continue
            yield orjson.dumps(document) + b"\n"
