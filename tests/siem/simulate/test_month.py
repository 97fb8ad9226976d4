"""What the simulator writes: events as the gateway writes them, and the truth about them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from siem.baseline.calendar import LOCAL
from siem.record.ecs import from_ecs, to_ecs
from siem.record.event import Phase
from siem.simulate.attack import KINDS
from siem.simulate.month import simulate

MONDAY = date(2026, 9, 21)
DAYS = 8
"""A week with the Mid-Autumn Festival in it, and the Monday after it."""


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "month"
    simulate(folder, 7, DAYS, clerks=200, start=MONDAY)
    return folder


@pytest.fixture(scope="module")
def documents(month: Path) -> list[dict[str, Any]]:
    return [
        orjson.loads(line) for path in sorted((month / "events").iterdir()) for line in path.read_bytes().splitlines()
    ]


def truths_of(month: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (month / "truth.jsonl").read_bytes().splitlines()]


def test_every_event_is_one_that_the_gateway_could_have_written(documents: list[dict[str, Any]]) -> None:
    for document in documents:
        assert to_ecs(from_ecs(document)) == document


def test_events_are_in_order_of_time_each_once_on_its_day(month: Path, documents: list[dict[str, Any]]) -> None:
    times = [document["@timestamp"] for document in documents]
    assert times == sorted(times)
    ids = [document["event"]["id"] for document in documents]
    assert len(set(ids)) == len(ids)
    for path in (month / "events").iterdir():
        for line in path.read_bytes().splitlines():
            # What comes of an act in the last instant of a day can be recorded in the first of the next.
            moment = datetime.fromisoformat(orjson.loads(line)["@timestamp"]).astimezone(LOCAL)
            assert str(moment.date()) == path.stem or moment.hour == 0


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder, seed in (("one", 7), ("again", 7), ("other", 8)):
        simulate(tmp_path / folder, seed, 4, clerks=200, start=MONDAY)
    one = tmp_path / "one"
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == 4 + 3
    for file in files:
        assert (tmp_path / "again" / file).read_bytes() == (one / file).read_bytes()
    assert (tmp_path / "other/truth.jsonl").read_bytes() != (one / "truth.jsonl").read_bytes()


def test_every_kind_of_attack_is_there_at_every_strength(month: Path) -> None:
    told = {(truth["kind"], truth["strength"]) for truth in truths_of(month)}
    assert told == {(kind, strength) for kind in KINDS for strength in ("weak", "medium", "strong")}
    assert len(KINDS) >= 10


def test_the_truth_names_events_of_its_callers_between_its_ends(month: Path, documents: list[dict[str, Any]]) -> None:
    by_id = {document["event"]["id"]: document for document in documents}
    named: set[str] = set()
    for truth in truths_of(month):
        assert truth["events"]
        assert not named & set(truth["events"])
        named |= set(truth["events"])
        for event in truth["events"]:
            document = by_id[event]
            caller = document.get("user", {}).get("id") or document["source"]["ip"]
            assert caller in truth["callers"]
            assert datetime.fromisoformat(truth["first"]) <= datetime.fromisoformat(document["@timestamp"])


def test_nothing_in_an_event_tells_that_it_is_an_attack(month: Path, documents: list[dict[str, Any]]) -> None:
    planted = {event for truth in truths_of(month) for event in truth["events"]}
    keys: dict[bool, set[str]] = {True: set(), False: set()}
    for document in documents:
        keys[document["event"]["id"] in planted] |= {*document, *document["yingbi"]}
    assert keys[True] <= keys[False]


def test_offices_are_closed_on_days_of_rest(documents: list[dict[str, Any]]) -> None:
    clerks: dict[str, set[str]] = {}
    for document in documents:
        if document["yingbi"]["caller_kind"] == "staff":
            day = str(datetime.fromisoformat(document["@timestamp"]).astimezone(LOCAL).date())
            clerks.setdefault(day, set()).add(document["user"]["id"])
    assert len(clerks["2026-09-25"]) < 100 < len(clerks["2026-09-24"])  # Mid-Autumn, a Friday
    assert len(clerks["2026-09-27"]) < 100 < len(clerks["2026-09-28"])


def test_streams_and_unsafe_methods_have_all_their_phases(documents: list[dict[str, Any]]) -> None:
    exchanges: dict[str, list[str]] = {}
    for document in documents:
        exchanges.setdefault(document["yingbi"]["exchange"], []).append(document["event"]["action"])
    shapes = {(phases[0], phases[-1]) for phases in exchanges.values()}
    assert shapes == {
        (Phase.WHOLE, Phase.WHOLE),
        (Phase.INTENT, Phase.WHOLE),
        (Phase.OPEN, Phase.CLOSE),
        (Phase.PERMIT, Phase.PERMIT),
    }


def test_a_folder_that_has_events_is_left_alone(month: Path) -> None:
    with pytest.raises(FileExistsError):
        simulate(month, 7, DAYS, clerks=200, start=MONDAY)


def test_attacks_that_need_more_clerks_than_there_are_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="clerks"):
        simulate(tmp_path / "month", 7, DAYS, clerks=200, rounds=9)
