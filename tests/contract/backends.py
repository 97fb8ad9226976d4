"""The indexes every contract is held to, each empty and for one test alone."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from siem.index.elastic import ElasticStore
from siem.index.elastic_keeper import ElasticKeeper
from siem.index.elastic_link import Login
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore

BACKENDS = ("sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch))
SOON = timedelta(seconds=20)
"""Long enough for a busy machine; no test waits it out."""

type Opener = Callable[[], EventStore]
"""Opens another store on the same index, as another process would."""


@contextlib.contextmanager
def opened(backend: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Opener]:
    if backend == "sqlite":
        with _closing_all(lambda: SqliteStore(folder / "index.db")) as opener:
            yield opener
        return
    node = request.getfixturevalue("elasticsearch_node")
    with elastic_prefix(node) as prefix, _closing_all(lambda: elastic_store(node, prefix)) as opener:
        yield opener


@contextlib.contextmanager
def elastic_prefix(node: Any) -> Iterator[str]:
    """A prefix of indices that no other test has, prepared, and cleaned away afterwards."""
    prefix = f"yingbi-test-{uuid.uuid4().hex[:12]}"
    keeper = ElasticKeeper(node.urls, node.ca_file, login(node, "keeper"), prefix=prefix)
    keeper.prepare(SOON)
    try:
        yield prefix
    finally:
        keeper.close()
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client:
            names = list(client.indices.get(index=f"{prefix}-*"))
            if names:
                client.indices.delete(index=names)
            client.indices.delete_index_template(name=prefix)


def elastic_store(node: Any, prefix: str) -> ElasticStore:
    return ElasticStore(
        node.urls, node.ca_file, writer=login(node, "writer"), reader=login(node, "reader"), prefix=prefix
    )


def login(node: Any, role: str) -> Login:
    return Login(*node.users[role])


@contextlib.contextmanager
def _closing_all(make: Opener) -> Iterator[Opener]:
    with contextlib.ExitStack() as stack:

        def opener() -> EventStore:
            store = make()
            stack.callback(store.close)
            return store

        yield opener
