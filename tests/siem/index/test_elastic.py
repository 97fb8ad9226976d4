import contextlib
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from elasticsearch import ApiError, Elasticsearch

from siem.index.condition import EVERYTHING, Is
from siem.index.elastic import ElasticStore
from siem.index.elastic_bulk import CHUNK_ITEMS
from siem.index.elastic_keeper import ElasticKeeper
from siem.index.elastic_link import Login
from siem.index.store import StoreUnavailable
from tests.contract.backends import SOON, elastic_prefix, elastic_store, login
from tests.ports import free_port
from tests.siem.events import NINE, digest, document, event

LATER = NINE + timedelta(days=40)
SHORT = timedelta(seconds=1)

# Made once for this test, valid until 2126; its key was thrown away.
UNKNOWN_AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBrzCCAVWgAwIBAgIUX16f5zQkJv7n/bIg/mwWMNafr0EwCgYIKoZIzj0EAwIw
JDEiMCAGA1UEAwwZYW4gYXV0aG9yaXR5IG5vYm9keSBhc2tlZDAgFw0yNjExMjMx
MDA3MTRaGA8yMTI2MTAzMDEwMDcxNFowJDEiMCAGA1UEAwwZYW4gYXV0aG9yaXR5
IG5vYm9keSBhc2tlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCakxFMScvMu
r/wjkRkIj0xXDcO5MVVwljBDmq2UtOg9ZLVVzS6DlBZFfL0c6IstDN976I1X7z8I
ExUO2BEw6m+jYzBhMB0GA1UdDgQWBBTs6oLIBJQ01c0P2nVokp2Z0W5cADAfBgNV
HSMEGDAWgBTs6oLIBJQ01c0P2nVokp2Z0W5cADAPBgNVHRMBAf8EBTADAQH/MA4G
A1UdDwEB/wQEAwICBDAKBggqhkjOPQQDAgNIADBFAiEAs7uLJzVb5gYGxpolYgnX
ak29n0GQBTgzYx3MAOQMnOACIA/WjTnIiuzun8f1FGKZum9cC7cRx5je5WZ619NX
Iq1t
-----END CERTIFICATE-----
"""

CALLS: dict[str, Callable[[ElasticStore], object]] = {
    "append": lambda store: store.append([document(1)], SHORT),
    "search": lambda store: list(store.search(EVERYTHING, NINE, LATER, SHORT)),
    "get": lambda store: store.get(event(1).id, SHORT),
    "count": lambda store: store.count(Is("yingbi.subjects", digest(1)), NINE, LATER, SHORT),
    "newest": lambda store: store.newest(SHORT),
}


@contextlib.contextmanager
def store_at(url: str, ca_file: Path, password: str = "x") -> Iterator[ElasticStore]:
    store = ElasticStore([url], ca_file, writer=Login("w", password), reader=Login("r", password))
    with contextlib.closing(store):
        yield store


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    """The certificate of an authority that signed nothing."""
    path = tmp_path / "ca.pem"
    path.write_text(UNKNOWN_AUTHORITY, "ascii")
    return path


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_cluster_that_is_not_there_is_unavailable(ca_file: Path, call: Callable[[ElasticStore], object]) -> None:
    with (
        store_at(f"https://127.0.0.1:{free_port()}", ca_file) as store,
        pytest.raises(StoreUnavailable, match="reached"),
    ):
        call(store)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_cluster_that_says_nothing_is_not_waited_for(ca_file: Path, call: Callable[[ElasticStore], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with store_at(f"https://127.0.0.1:{port}", ca_file) as store, pytest.raises(StoreUnavailable, match="in time"):
            call(store)


@pytest.mark.elasticsearch
def test_another_node_is_asked_where_one_is_gone(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    there = SimpleNamespace(urls=[f"https://127.0.0.1:{free_port()}", node.url], ca_file=node.ca_file, users=node.users)
    with elastic_prefix(node) as prefix:
        for number in range(4):  # whichever the client begins with
            with contextlib.closing(elastic_store(there, prefix)) as store:
                assert store.append([document(number)], SOON) == 1
                assert store.count(EVERYTHING, NINE, LATER, SOON) == number + 1


def test_a_password_is_never_shown() -> None:
    assert "secret" not in repr(Login("yingbi_writer", "secret"))


@pytest.mark.elasticsearch
def test_only_a_cluster_with_our_certificate_is_trusted(elasticsearch_node: Any, ca_file: Path) -> None:
    with store_at(elasticsearch_node.url, ca_file) as store, pytest.raises(StoreUnavailable, match="certificate"):
        store.newest(SOON)


@pytest.mark.elasticsearch
def test_a_refused_login_is_told_without_what_was_asked(elasticsearch_node: Any) -> None:
    with store_at(elasticsearch_node.url, elasticsearch_node.ca_file, "wrong-password") as store:
        with pytest.raises(StoreUnavailable, match="answered 401") as refused:
            store.count(Is("yingbi.subjects", digest(7)), NINE, LATER, SOON)
        assert digest(7) not in str(refused.value)
        assert "wrong-password" not in str(refused.value)


@pytest.mark.elasticsearch
def test_each_role_can_do_its_own_work_and_no_other(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    with elastic_prefix(node) as prefix:

        def store(writer: str, reader: str) -> ElasticStore:
            return ElasticStore(
                [node.url], node.ca_file, writer=login(node, writer), reader=login(node, reader), prefix=prefix
            )

        with contextlib.closing(store("writer", "reader")) as right:
            right.append([document(1)], SOON)
            assert right.count(EVERYTHING, NINE, LATER, SOON) == 1
        with contextlib.closing(store("reader", "writer")) as crossed:
            for call in CALLS.values():
                with pytest.raises(StoreUnavailable, match="403"):
                    call(crossed)
        with contextlib.closing(store("writer", "keeper")) as kept, pytest.raises(StoreUnavailable, match="403"):
            kept.count(EVERYTHING, NINE, LATER, SOON)
        with (
            pytest.raises(StoreUnavailable, match="403"),
            contextlib.closing(ElasticKeeper([node.url], node.ca_file, login(node, "writer"), prefix=prefix)) as keeper,
        ):
            keeper.drop_before(LATER.date(), SOON)
        name, password = node.users["writer"]
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=(name, password)) as client:
            index = f"{prefix}-2026.11.23"
            forbidden_calls: tuple[Callable[[], object], ...] = (
                lambda: client.index(index=index, id=event(1).id, document=document(2)),
                lambda: client.delete(index=index, id=event(1).id),
                lambda: client.indices.delete(index=index),
            )
            for forbidden in forbidden_calls:
                with pytest.raises(ApiError, match="403"):
                    forbidden()


@pytest.mark.elasticsearch
def test_a_store_for_one_role_refuses_the_other_work(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    reader = ElasticStore([node.url], node.ca_file, reader=login(node, "reader"))
    with contextlib.closing(reader), pytest.raises(ValueError, match="read only"):
        reader.append([document(1)], SOON)
    writer = ElasticStore([node.url], node.ca_file, writer=login(node, "writer"))
    with contextlib.closing(writer), pytest.raises(ValueError, match="write only"):
        writer.newest(SOON)


@pytest.mark.elasticsearch
def test_without_a_template_an_index_still_gets_our_mapping(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    with elastic_prefix(node) as prefix, contextlib.closing(elastic_store(node, prefix)) as store:
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client:
            client.indices.delete_index_template(name=prefix)
            store.append([document(1, caller="Clerk-Wang")], SOON)
            (found,) = client.indices.get_mapping(index=f"{prefix}-*").body.values()
            assert found["mappings"]["dynamic"] == "strict"
        assert store.count(Is("user.id", "clerk-wang"), NINE, LATER, SOON) == 1
        keeper = ElasticKeeper([node.url], node.ca_file, login(node, "keeper"), prefix=prefix)
        keeper.prepare(SOON)
        keeper.close()


@pytest.mark.elasticsearch
def test_an_index_of_an_older_mapping_takes_new_fields_once_it_is_prepared(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    with elastic_prefix(node) as prefix, contextlib.closing(elastic_store(node, prefix)) as store:
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client:
            older = {"dynamic": "strict", "properties": {"@timestamp": {"type": "date_nanos"}}}
            client.indices.delete_index_template(name=prefix)
            client.indices.create(index=f"{prefix}-2026.11.23", mappings=older)
        with pytest.raises(StoreUnavailable, match="refused 2 of 2 events: strict_dynamic_mapping_exception"):
            store.append([document(1), document(2)], SOON)
        keeper = ElasticKeeper([node.url], node.ca_file, login(node, "keeper"), prefix=prefix)
        keeper.prepare(SOON)
        keeper.close()
        assert store.append([document(1), document(2)], SOON) == 2


@pytest.mark.elasticsearch
def test_events_another_writer_left_unseen_are_seen_after_our_append(elasticsearch_node: Any) -> None:
    """A writer that died between indexing and the refresh: the next one finds only conflicts."""
    node = elasticsearch_node
    with elastic_prefix(node) as prefix, contextlib.closing(elastic_store(node, prefix)) as store:
        store.append([document(1)], SOON)
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client:
            client.indices.put_settings(index=f"{prefix}-*", settings={"refresh_interval": "-1"})
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["writer"]) as dying:
            unseen = {"create": {"_index": f"{prefix}-2026.11.23", "_id": event(2).id}}
            dying.bulk(operations=[unseen, document(2)])
        assert store.count(EVERYTHING, NINE, LATER, SOON) == 1
        assert store.append([document(1), document(2)], SOON) == 0
        assert store.count(EVERYTHING, NINE, LATER, SOON) == 2


@pytest.mark.elasticsearch
def test_what_took_several_requests_is_seen_once_all_of_it_is_there(elasticsearch_node: Any) -> None:
    """The index refreshes by itself never: whoever saw some of it before did so because the append asked for it."""
    node = elasticsearch_node
    many = [document(number) for number in range(3 * CHUNK_ITEMS)]
    with elastic_prefix(node) as prefix, contextlib.closing(elastic_store(node, prefix)) as store:
        store.append(many[:1], SOON)
        with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client:
            client.indices.put_settings(index=f"{prefix}-*", settings={"refresh_interval": "-1"})
        assert store.append(many, SOON) == len(many) - 1
        assert store.count(EVERYTHING, NINE, LATER, SOON) == len(many)


@pytest.mark.elasticsearch
def test_days_are_found_under_one_alias_and_a_foreign_one_keeps_nobody_from_being_prepared(
    elasticsearch_node: Any,
) -> None:
    node = elasticsearch_node
    with (
        elastic_prefix(node) as prefix,
        contextlib.closing(elastic_store(node, prefix)) as store,
        contextlib.closing(ElasticKeeper([node.url], node.ca_file, login(node, "keeper"), prefix=prefix)) as keeper,
        Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as client,
    ):
        foreign = {"properties": {"user": {"properties": {"id": {"type": "long"}}}}}
        client.indices.create(index=f"{prefix}-2020.01.01", mappings=foreign)
        client.indices.create(index=f"{prefix}-2020.kept")
        store.append([document(day, at=NINE + timedelta(days=day)) for day in range(2)], SOON)
        client.indices.delete_alias(index=f"{prefix}-2026.11.23", name=prefix)
        keeper.prepare(SOON)
        days = {f"{prefix}-2020.01.01", f"{prefix}-2026.11.23", f"{prefix}-2026.11.24"}
        assert set(client.indices.get_alias(name=prefix).body) >= days
        assert keeper.drop_before(NINE.date(), SOON) == [f"{prefix}-2020.01.01"]
        assert client.indices.exists(index=f"{prefix}-2020.kept"), "what is no day is nobody's to delete"


@pytest.mark.elasticsearch
def test_old_days_are_dropped_as_wholes(elasticsearch_node: Any) -> None:
    node = elasticsearch_node
    with elastic_prefix(node) as prefix, contextlib.closing(elastic_store(node, prefix)) as store:
        store.append([document(day, at=NINE + timedelta(days=day)) for day in range(4)], SOON)
        keeper = ElasticKeeper([node.url], node.ca_file, login(node, "keeper"), prefix=prefix)
        assert keeper.drop_before((NINE + timedelta(days=2)).date(), SOON) == [
            f"{prefix}-2026.11.23",
            f"{prefix}-2026.11.24",
        ]
        keeper.close()
        assert store.count(EVERYTHING, NINE, LATER, SOON) == 2
        assert store.append([document(0)], SOON) == 1, "the log still has it, and may bring it back"
