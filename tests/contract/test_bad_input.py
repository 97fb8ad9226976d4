"""What is hostile, foreign or out of room: every index refuses the same documents, and none stops for them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.index.condition import EVERYTHING, SEARCHED_CHARS, Exists, Is, Like, matches
from siem.index.fields import FIELDS
from siem.index.log_line import logged
from siem.index.ship import LONGEST_BACKOFF
from siem.index.store import EventsRefused, EventStore
from siem.record.ecs import Document
from siem.record.log import StartId
from tests.contract.backends import BACKENDS, SOON, elastic_prefix, elastic_store, opened
from tests.effort import examples
from tests.siem.events import NINE, document, event
from tests.siem.index.shipping import Shipping

LATER = NINE + timedelta(days=400)
INDEX = "2026.11.23"
OTHER = StartId("6YQ3K0M9ZV")


@pytest.fixture(scope="module", params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    with opened(request.param, tmp_path_factory.mktemp("index"), request) as opener:
        yield opener()


def changed(number: int, name: str, value: object) -> dict[str, Any]:
    """`document`, but for the value of one dotted field."""
    made: dict[str, Any] = document(number)
    *path, leaf = name.split(".")
    part = made
    for key in path:
        part = part.setdefault(key, {})
    part[leaf] = value
    return made


HOSTILE = {
    "a text for a number": ("event.duration", "5"),
    "a fraction": ("event.duration", 1.5),
    "a number past 64 bits": ("http.response.status_code", 2**64 - 1),
    "a truth for a number": ("yingbi.overlay", True),
    "a number for a text": ("user.id", 7),
    "several for one": ("user.id", ["a", "b"]),
    "a list within a list": ("user.roles", ["a", ["b"]]),
    "an object for a text": ("yingbi.purpose", {"a": "b"}),
    "a text for an object": ("yingbi.permit", "open"),
    "a field that is not ours": ("user_agent", {"original": "x" * 1_048_576}),
    "a field beside ours": ("yingbi.mapping.explosion", 1),
    "no time": ("@timestamp", "yesterday"),
    "a time without a zone": ("@timestamp", "2026-11-23T09:00:00"),
    "a time in another form": ("@timestamp", "20261123T090000Z"),
    "a time long past": ("@timestamp", "1969-12-31T23:59:59Z"),
    "a time far off": ("@timestamp", "2262-01-01T00:00:00Z"),
    "no id": ("event.id", ""),
    "an id too long for a cluster": ("event.id", "x" * 513),
    "an id that is none": ("event.id", 5),
    "uses that are none": ("yingbi.fields", [5]),
    "a use beside ours": ("yingbi.fields", [{"name": "x", "a..b": 1}]),
    "a value for a reason": ("yingbi.fields", [{"whys": {"13800138000": 1}}]),
    "a reason that is none": ("yingbi.fields", [{"whys": {"pattern,somehow": 1}}]),
    "a reason that decided so often": ("yingbi.fields", [{"whys": {"pattern": "x"}}]),
    "an object for a rule": ("yingbi.fields", [{"rule": {"a": 1}}]),
    "half a character": ("user.id", "\ud800"),
}


@pytest.mark.parametrize(("name", "value"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_event_is_refused_and_its_neighbours_are_not(store: EventStore, name: str, value: object) -> None:
    before = store.count(EVERYTHING, NINE - SOON, LATER, SOON)
    number = before * 10
    right = [document(number), document(number + 2)]
    with pytest.raises(EventsRefused) as refused:
        store.append([right[0], changed(number + 1, name, value), right[1]], SOON)
    assert (refused.value.new, dict(refused.value.waiting), list(refused.value.refused)) == (2, {}, [1])
    assert "yesterday" not in str(refused.value)
    assert store.count(EVERYTHING, NINE - SOON, LATER, SOON) == before + 2


LONG = {
    "a mebibyte": "x" * 1_048_576,
    "one more than is searched": "y" * (SEARCHED_CHARS + 1),
    "as much as is searched": "z" * SEARCHED_CHARS,
    "as much, of two units each": "\U0001f600" * (SEARCHED_CHARS // 2 + 1),
    "as much, of three octets each": "影" * SEARCHED_CHARS,
    "control characters": "".join(map(chr, range(32))) + "\x7f\u2028\u202e",
    "a line of a log": '\n{"event": {"id": "forged"}}\r\n',
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_hostile_texts_are_kept_and_every_index_finds_the_same_by_them(store: EventStore, value: str) -> None:
    number = 1000 + store.count(EVERYTHING, NINE - SOON, LATER, SOON)
    made = document(number, caller=value, posts=(value, "clerk"), source_ip=value[:SEARCHED_CHARS])
    spelled = logged(orjson.dumps(made))  # as the log has it, of which nothing is encoded anew
    assert spelled is not None
    assert store.append([spelled], SOON) == 1
    assert store.append([made], SOON) == 0
    assert store.get(event(number).id, SOON) == made
    at = NINE + timedelta(seconds=number)
    for condition in (
        Is("user.id", value),
        Is("user.roles", value),
        Is("user.roles", "clerk"),
        Exists("user.id"),
        Exists("source.ip"),
        Like("user.id", f"{value[:1].replace('*', '')}*"),
    ):
        found = store.count(condition, at, at + timedelta(microseconds=1), SOON)
        assert found == int(matches(condition, made)), condition


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**65), 2**65), st.floats(allow_nan=False), st.text(max_size=9)
)
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=3), scalars, max_size=2))


@given(st.lists(st.tuples(st.sampled_from(sorted(FIELDS)), values), min_size=1, max_size=4))
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_field_holds_it_is_taken_or_refused_by_name(
    store: EventStore, changes: list[tuple[str, object]]
) -> None:
    """No value stops an index, and one that is refused is so before the cluster is asked."""
    made: Document = document(0)
    for name, value in changes:
        made = changed_in(made, name, value)
    reasons: list[str] = []
    try:
        store.append([made, document(1)], SOON)
    except EventsRefused as refused:
        reasons += (*refused.refused.values(), *(f"waits: {reason}" for reason in refused.waiting.values()))
    assert [reason for reason in reasons if not reason.startswith(("`", "it holds"))] == []
    assert store.get(event(1).id, SOON) == document(1)


def changed_in(made: Any, name: str, value: object) -> Any:
    first, _, rest = name.partition(".")
    inner = made.get(first) if isinstance(made, dict) else None
    return {**(made if isinstance(made, dict) else {}), first: changed_in(inner, rest, value) if rest else value}


@pytest.fixture
def cluster(elasticsearch_node: Any, tmp_path: Path) -> Iterator[tuple[Shipping, Elasticsearch, str]]:
    """Shipping to a cluster, who may change its indices, and the name of the one of the day."""
    node = elasticsearch_node
    with (
        elastic_prefix(node) as prefix,
        closing(elastic_store(node, prefix)) as store,
        closing(Shipping(tmp_path, store)) as shipping,
        Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as keeper,
    ):
        yield shipping, keeper, f"{prefix}-{INDEX}"


def wait_for_letters(shipping: Shipping) -> None:
    """Let the time of every dead letter come."""
    shipping.now = max((letter.due for letter in shipping.positions.letters()), default=shipping.now)


@pytest.mark.elasticsearch
def test_what_an_index_of_a_foreign_mapping_refuses_arrives_once_it_is_gone(
    cluster: tuple[Shipping, Elasticsearch, str],
) -> None:
    shipping, keeper, index = cluster
    foreign = {"dynamic": "false", "properties": {"user": {"properties": {"id": {"type": "long"}}}}}
    keeper.indices.create(index=index, mappings=foreign)
    shipping.write(*(document(number, caller=str(number) if number % 3 else "clerk") for number in range(30)))
    progress = shipping.step()
    assert (progress.shipped, progress.trouble, progress.behind_bytes) == (20, "", 0)
    assert progress.reasons == {"document_parsing_exception": 10}
    keeper.indices.delete(index=index)
    wait_for_letters(shipping)
    progress = shipping.step()
    assert (progress.shipped, progress.new, progress.refused) == (10, 10, 0)
    assert len(shipping.indexed()) == 10
    assert keeper.indices.get_mapping(index=index)[index]["mappings"]["dynamic"] == "strict"


@pytest.mark.elasticsearch
@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"index.blocks.write": True}, "cluster_block_exception"),
        # What a cluster sets by itself where a disk is nearly full.
        ({"index.blocks.read_only_allow_delete": True}, "cluster_block_exception"),
        ({"index.blocks.read_only": True}, "cluster_block_exception"),
    ],
    ids=["write", "disk", "read-only"],
)
def test_while_an_index_takes_no_writes_events_wait_and_none_becomes_a_dead_letter(
    cluster: tuple[Shipping, Elasticsearch, str], block: dict[str, bool], said: str
) -> None:
    shipping, keeper, index = cluster
    shipping.write(document(0))
    shipping.drain()
    keeper.indices.put_settings(index=index, settings=block)
    shipping.write(*(document(number) for number in range(1, 40)), start=OTHER)
    for _ in range(8):
        progress = shipping.step()
        assert said in progress.trouble
        assert (progress.refused, progress.behind_bytes > 0) == (0, True)
        shipping.now += LONGEST_BACKOFF
    keeper.indices.put_settings(index=index, settings=dict.fromkeys(block))
    progress = shipping.step()
    assert (progress.shipped, progress.new, progress.trouble) == (39, 39, "")
    assert len(shipping.indexed()) == 40


@pytest.mark.elasticsearch
def test_one_day_that_takes_no_writes_holds_the_others_up_for_some_seconds_only(
    cluster: tuple[Shipping, Elasticsearch, str],
) -> None:
    shipping, keeper, index = cluster
    shipping.write(document(0))
    shipping.drain()
    keeper.indices.close(index=index)
    tomorrow = [document(number, at=NINE + timedelta(days=1)) for number in range(2, 9)]
    shipping.write(document(1), *tomorrow, start=OTHER)
    began = shipping.now
    progress = shipping.drain()
    assert (progress.shipped, progress.behind_bytes, progress.reasons) == (0, 0, {"index_closed_exception": 1})
    assert shipping.now - began < timedelta(seconds=10)
    keeper.indices.open(index=index)
    wait_for_letters(shipping)
    assert shipping.drain().refused == 0
    assert len(shipping.indexed()) == 9


@pytest.mark.elasticsearch
def test_nothing_that_is_sent_makes_the_mapping_grow(cluster: tuple[Shipping, Elasticsearch, str]) -> None:
    shipping, keeper, index = cluster
    shipping.store.append([document(0)], SOON)
    before = keeper.indices.get_mapping(index=index).body
    exploding = [changed(number, f"yingbi.f{number}", number) for number in range(1, 300)]
    with pytest.raises(EventsRefused) as refused:
        shipping.store.append([*exploding, document(300)], SOON)
    assert len(refused.value.refused) == 299
    assert keeper.indices.get_mapping(index=index).body == before


@pytest.mark.elasticsearch
def test_nor_does_what_is_sent_past_us_by_who_holds_the_writer(
    cluster: tuple[Shipping, Elasticsearch, str], elasticsearch_node: Any
) -> None:
    """The cluster refuses by itself what we would not have sent: a mapping is no matter of trust."""
    shipping, keeper, index = cluster
    shipping.store.append([document(0)], SOON)
    before = keeper.indices.get_mapping(index=index).body
    operations: list[dict[str, Any]] = []
    for number in range(1, 300):
        operations += ({"create": {"_index": index, "_id": event(number).id}}, changed(number, f"f{number}", number))
    node = elasticsearch_node
    with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["writer"]) as writer:
        told = writer.bulk(operations=operations, refresh="wait_for")["items"]
    assert {item["create"]["error"]["type"] for item in told} == {"strict_dynamic_mapping_exception"}
    assert keeper.indices.get_mapping(index=index).body == before
    assert shipping.indexed() == [event(0).id]
