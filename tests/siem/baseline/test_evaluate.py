"""How well months of other makers are judged: by the files, and once they were brought into the log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from siem.baseline.evaluate import as_subjects, evaluate
from siem.baseline.event_files import WrongFolder
from siem.baseline.truth import Truth, read_truth
from siem.detect.rule_set import read_rules, rule_files
from tests.siem.baseline.fifth_district import KINDS, FifthDistrict
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


def test_most_that_takes_much_is_found_behind_a_broker_that_says_no_posts(tmp_path: Path) -> None:
    figures = evaluate(FifthDistrict(1, 36).write(tmp_path / "district")).as_json()
    assert (figures["attacks"], figures["callers"], figures["refused"]) == (len(KINDS), 36, 0)
    assert {each["kind"] for each in figures["missed"]} <= {"collusion", "holiday"}
    assert figures["baselines"]["false_alerts"] <= 6
    assert figures["thresholds"]["recall"] < figures["baselines"]["recall"]


ROW = {
    "attack": 1,
    "kind": "bulk",
    "strength": "weak",
    "callers": ["u1"],
    "first": "2026-03-20T03:00:00Z",
    "last": "2026-03-20T11:00:00+08:00",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"callers": "u1"}, "`callers`"),
        ({"callers": []}, "`callers`"),
        ({"callers": ["u1", ""]}, "`callers`"),
        ({"callers": ["u1", 5]}, "`callers`"),
        ({"last": "2026-03-20T02:59:00Z"}, "`first` is after `last`"),
        ({"last": "0001-01-01T00:00:00+14:00"}, "does not tell of an attack"),
        ({"attack": 0}, r"`attack` 与 truth\.jsonl:1 相同"),
        ({"attack": "1"}, "`attack`"),
        ({"kind": ["bulk"]}, "`kind`"),
        ({"strength": None}, "`strength`"),
    ],
    ids=str,
)
def test_what_tells_of_no_attack_is_an_error_with_its_line(
    changes: dict[str, object], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_bytes(orjson.dumps({**ROW, "attack": 0}) + b"\n" + orjson.dumps(ROW | changes))
    with pytest.raises(WrongFolder, match=said) as refused:
        read_truth(path)
    assert str(refused.value).startswith("truth.jsonl:2: ")


def test_weeks_are_those_with_events_and_a_caller_who_never_came_is_told(tmp_path: Path) -> None:
    days = ["2026-03-02", "2026-03-06", "2026-03-13", "2250-01-01", "0002-01-01"]
    lines = [orjson.dumps({"@timestamp": f"{day}T01:00:00Z", "user.id": "u1"}) for day in days]
    (tmp_path / "events").mkdir()
    (tmp_path / "events/a.jsonl").write_bytes(b"\n".join(lines))
    rows = [ROW, {**ROW, "attack": 2, "callers": ["u1", "nobody"]}]
    (tmp_path / "truth.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    evaluation = evaluate(tmp_path)
    assert evaluation.weeks == (12 + 1) / 7
    assert (evaluation.refused, [note.partition(" ")[0] for note in evaluation.notes]) == (1, ["truth.jsonl:2:"])


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
