"""A document that is passed on as its line in the log spells it."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from siem.record.ecs import Document


class Logged(Mapping[str, Any]):
    """A document that this version wrote and every index takes. It is decoded once somebody looks into it."""

    __slots__ = ("_document", "at", "body", "id")

    def __init__(self, identity: str, at: str, body: bytes) -> None:
        self.id = identity
        self.at = at
        """Its `@timestamp`, in UTC."""
        self.body = body
        """All of it in JSON, as the log spells it."""
        self._document: Document | None = None

    def __getitem__(self, key: str) -> Any:
        return self.at if key == "@timestamp" else self._decoded()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())

    def __len__(self) -> int:
        return len(self._decoded())

    def _decoded(self) -> Document:
        if self._document is None:
            self._document = orjson.loads(self.body)
        return self._document
