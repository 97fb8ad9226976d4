"""How well months of other makers are judged: by the files, and once they were brought into the log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from siem.baseline.evaluate import Truth, as_subjects, evaluate
from siem.detect.rule_set import read_rules, rule_files
from tests.siem.baseline.foreign_habits import AccessLog, Programs, Register
from tests.siem.baseline.other_maker import LEAKERS, STAFF, CountingMaker, OtherMaker, WebServer
from tests.siem.events import digest
from yingbi.rules import SHIPPED

LAST = datetime(2026, 3, 29, tzinfo=UTC).date()


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return OtherMaker(LAST, seed=1).write(tmp_path_factory.mktemp("other") / "month")


def test_leaks_in_a_month_of_another_maker_are_found(month: Path) -> None:
    rules = read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()})
    figures = evaluate(month, rules).as_json()
    assert (figures["attacks"], figures["callers"]) == (len(LEAKERS), len(STAFF))
    assert figures["missed"] == []
    assert figures["false_alerts"] == []
    assert figures["rules"]["recall"] < figures["together"]["recall"] == 1.0
    assert figures["by_rule"]["many_subjects"] == {"alerts": 1, "false": 0}
    assert figures["by_kind"]["export"]["together"]["hours_to_detect"] == 0


@pytest.mark.parametrize("maker", [CountingMaker, WebServer, AccessLog])
def test_leaks_are_found_though_nothing_says_who_was_shown(maker: type[OtherMaker], tmp_path: Path) -> None:
    month = maker(LAST, seed=1).write(tmp_path / "month")
    (month / "events/broken.ndjson").write_text('half a line\n{"@timestamp": "soon"}\n')
    figures = evaluate(month, read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()})).as_json()
    assert (figures["attacks"], figures["callers"], figures["refused"]) == (len(LEAKERS), len(STAFF), 2)
    assert [told.partition(": ")[0] for told in figures["wrong"]] == ["broken.ndjson:1", "broken.ndjson:2"]
    assert figures["missed"] == []
    assert figures["false_alerts"] == []


@pytest.mark.parametrize("maker", [Register, Programs])
def test_leaks_in_months_of_other_habits_are_found(maker: type[OtherMaker], tmp_path: Path) -> None:
    month = maker(LAST, seed=2).write(tmp_path / "month")
    rules = read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()})
    figures = evaluate(month, rules, ["resident.card"]).as_json()
    assert figures["refused"] == 0
    assert figures["missed"] == []
    assert figures["false_alerts"] == []


@pytest.mark.parametrize("who", ["user.name", "source.ip"])
def test_five_days_of_fifty_callers_are_enough_for_a_flood(who: str, tmp_path: Path) -> None:
    callers = [f"10.3.0.{number}" for number in range(50)]
    first = datetime(2026, 3, 2, 1, tzinfo=UTC)
    lines: list[dict[str, object]] = [
        {
            "@timestamp": (first + timedelta(days=day, minutes=7 * place + 150 * turn)).isoformat(),
            "event": {"action": "viewed"},
            "user.target.id": f"P{day}{place}{turn}",
            who: caller,
        }
        for day in range(5)
        for place, caller in enumerate(callers)
        for turn in range(3)
    ]
    at = first + timedelta(days=3, hours=2)
    flood = [f"F{number}" for number in range(100_000)]
    lines.append({"@timestamp": at.isoformat(), "event.action": "sent", "user.target.id": flood, who: callers[7]})
    (tmp_path / "events").mkdir()
    (tmp_path / "events/all.json").write_bytes(b"\n".join(map(orjson.dumps, lines)))
    row = {"attack": 1, "kind": "flood", "strength": "x", "callers": [callers[7]], "first": str(at), "last": str(at)}
    (tmp_path / "truth.jsonl").write_bytes(orjson.dumps(row))
    rules = read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()})
    figures = evaluate(tmp_path, rules).as_json()
    assert figures["missed"] == []
    assert figures["false_alerts"] == []
    assert figures["by_kind"]["flood"]["together"]["hours_to_detect"] == 0


def test_a_caller_whose_id_is_not_kept_is_known_by_its_digest() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    truth = Truth(attack=1, kind="x", strength="weak", callers=frozenset({"a"}), first=now, last=now)
    found = truth.as_called(str.upper)
    assert found.explains("A", now)
    assert found.explains("a", now + timedelta(hours=1))


def test_lists_of_another_form_are_digested_as_the_events_are() -> None:
    listed, relatives = as_subjects(frozenset({digest(1), "x"}), {"u": frozenset({"y"})}, str.upper)
    assert listed == {digest(1), "X"}
    assert relatives == {"u": frozenset({"Y"})}
