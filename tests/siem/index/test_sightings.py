"""What is estimated in a large index, and what a cluster is asked for in parts."""

import contextlib
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from policies.digest import Digester
from siem.index import elastic, sightings
from siem.index.sightings import Seer
from siem.index.sqlite import SqliteStore
from tests.contract.backends import SOON, elastic_prefix, elastic_store
from tests.siem.events import DIGESTS, NINE, assorted, document

LATER = NINE + timedelta(days=400)
DIGESTER = Digester("1", bytes(32))


def test_volumes_of_a_large_index_are_estimated_by_subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "SAMPLED_EVENTS", 300)
    random = Random(3)
    people = DIGESTER.each(str(number) for number in range(4_000))
    events = [
        document(number, caller=caller, subjects=tuple(random.sample(people, count)))
        for number in range(1_500)
        for caller, count in [random.choice((("clerk-1", 20), ("clerk-2", 2)))]
    ]
    with contextlib.closing(SqliteStore(tmp_path / "index.db")) as store:
        store.append(events, SOON)
        volumes = store.volumes(["1"], NINE, LATER, SOON)
        assert 3_200 < volumes.known < 4_800
        for caller in ("clerk-1", "clerk-2"):
            (exact,) = store.volume([Seer(caller)], NINE, LATER, SOON)
            assert 0.7 * exact < volumes.of[Seer(caller)] < 1.3 * exact


def test_who_was_shown_to_many_is_asked_for_alone(
    tmp_path: Path, elasticsearch_node: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic, "SEERS", 1)
    monkeypatch.setattr(elastic, "ASKED_AT_ONCE", 3)
    events = assorted(150, seed=8)
    found = []
    with (
        elastic_prefix(elasticsearch_node) as prefix,
        contextlib.closing(SqliteStore(tmp_path / "index.db")) as small,
        contextlib.closing(elastic_store(elasticsearch_node, prefix)) as large,
    ):
        for store in (small, large):
            store.append(events, SOON)
            found.append(set(store.sightings(DIGESTS, NINE, LATER, SOON)))
    assert found[0] == found[1]
    assert len(found[0]) > 50
