"""A second party that keeps anchors in an index of its own cluster, where our user may add documents and nothing else.

The role needs no more than `create_doc` on that one index: who owns this machine, with the password, can add anchors,
and can neither read, change nor delete one. The index has to be there already.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from elasticsearch import ConflictError, Elasticsearch
from elasticsearch.helpers import scan

from siem.index.elastic_link import Link, Login
from siem.index.store import StoreUnavailable
from siem.record.anchor import Anchor, IndexPlace

PATIENCE_S = 20.0
"""So long an anchor may take to be kept; afterwards it is offered again."""
READING_S = 300.0


class AnchorIndex:
    """The index at *place*, reached as *login*: of one who adds, or of one who reads. Each call connects anew."""

    def __init__(self, place: IndexPlace, ca_file: Path, login: Login) -> None:
        self._place = place
        self._ca_file = ca_file
        self._login = login

    def put(self, anchor: Anchor) -> None:
        """See `SecondParty`. The id says which seal of which log it is: the same anchor is there once."""
        name = f"{anchor.root}-{anchor.seal:09d}-{anchor.digest[:16]}"
        with self._client(PATIENCE_S) as client, contextlib.suppress(ConflictError):
            client.create(index=self._place.index, id=name, document=msgspec.to_builtins(anchor))

    def read(self) -> list[Anchor]:
        """The anchors that are kept, by the number of their seals; other documents are passed. Raises OSError."""
        with self._client(READING_S) as client:
            found = [each["_source"] for each in scan(client, index=self._place.index, size=5_000)]
        return sorted(_anchors(found), key=lambda anchor: anchor.seal)

    @contextlib.contextmanager
    def _client(self, patience_s: float) -> Iterator[Elasticsearch]:
        try:
            with (
                contextlib.closing(Link((self._place.url,), self._ca_file, self._login)) as link,
                link.call(time.monotonic() + patience_s) as client,
            ):
                yield client
        except StoreUnavailable as problem:
            raise OSError(str(problem)) from None


def _anchors(documents: list[object]) -> Iterator[Anchor]:
    for document in documents:
        with contextlib.suppress(msgspec.ValidationError):
            yield msgspec.convert(document, Anchor)
