"""Duties of other places: what is taken, what is refused at which line, and that no file moves a clock that runs."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from incident.duty.duties import CHINA, SetBy, load_duties
from incident.duty.files import duty_files, read_duties
from incident.ids import DutyId
from siem.detect.rule_file import RuleError
from tests.incident.office import LI, TEN, Office, alert

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "deploy" / "duties" / "eu.yaml"
SCHEMA = json.loads((CHINA.parent / "duties.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
GDPR_33, GDPR_34 = DutyId("gdpr-33"), DutyId("gdpr-34")


class _Plain(yaml.SafeLoader):
    """Dates stay texts, as in the strict reader where they are in quotes or spans."""


_Plain.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def raw() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(EXAMPLE.read_text("utf-8"), _Plain)
    return found


def written(folder: Path, value: object) -> Path:
    path = folder / "own.yaml"
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")  # JSON is YAML, one key on a line
    return path


def test_the_example_is_taken_beside_ours() -> None:
    table = read_duties([EXAMPLE])
    assert table.duties[: len(load_duties().duties)] == load_duties().duties
    duties = {duty.id: duty for duty in table.duties}
    assert duties[GDPR_33].within == timedelta(hours=72)
    assert duties[GDPR_33].limit is SetBy.LAW
    # The 24th is a Thursday, two days of Christmas and a weekend follow, then three working days.
    assert duties[GDPR_34].due(datetime(2026, 12, 24, 9, tzinfo=UTC)) == datetime(2026, 12, 30, 23, tzinfo=UTC)


def test_the_schema_takes_the_example_and_our_own_table() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(raw())] == []
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(CHINA.read_text("utf-8")))] == []


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def apply(whole: dict[str, Any]) -> None:
        *way, last = path.split(".")
        at: Any = whole
        for step in way:
            at = at[int(step)] if step.isdigit() else at[step]
        at[last] = value

    return apply


WRONG = [
    (change("duties.0.fine", 5), '"fine"', "unknown key `duties[0].fine`", True),
    (change("duties.0.since", "sunrise"), '"since": "sunrise"', "duties[0].since is not one of", True),
    (change("duties.0.within", "3 days"), '"within": "3 days"', "duties[0].within is not a number of seconds", True),
    (change("duties.0.within", 0), '"id": "gdpr-33"', "needs either `within` or `days`", True),
    (change("duties.0.within", "400d"), '"within": "400d"', "longer than 366 days", False),
    (change("duties.1.within", 60), '"id": "gdpr-34"', "needs either `within` or `days`", True),
    (change("duties.1.days.count", 0), '"days"', "`count` is not a number from 1", True),
    (change("duties.1.days.zone", "Europe/Atlantis"), '"days"', "there is no time zone", False),
    (change("duties.1.days.calendar", "moon"), '"calendar": "moon"', "no calendar `moon`, there are `cn`", False),
    (change("calendars.germany.rest", ["2026-13-01"]), '"days"', "is no day", False),
    (change("duties.1.id", "gdpr-33"), '"id": "gdpr-33"', "there is a duty `gdpr-33` already", False),
    (change("duties.0.id", "tell-persons"), '"id": "tell-persons"', "name it under `replaces`", False),
    (change("duties.0.id", "A B"), '"id": "A B"', "is no id", True),
    (change("duties.0.sources", []), '"sources": []', "`sources` of `gdpr-33` is empty", True),
    (change("replaces", ["no-such"]), '"no-such"', "there is no duty `no-such`", False),
    (change("colour", 1), '"colour"', "unknown key `colour`", True),
    (change("duties", {}), '"duties"', "`duties` must be a list", True),
    (change("calendars.germany.noon", 1), '"noon"', "unknown key `calendars.germany.noon`", True),
]


@pytest.mark.parametrize(("spoil", "line_has", "says", "schema_too"), WRONG, ids=[row[2][:30] for row in WRONG])
def test_what_is_wrong_is_found_at_its_line(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], line_has: str, says: str, schema_too: bool
) -> None:
    whole = raw()
    spoil(whole)
    path = written(tmp_path, whole)
    with pytest.raises(RuleError) as found:
        read_duties([path])
    problem = next(each for each in found.value.problems if says in each.message)
    lines = path.read_text("utf-8").splitlines()
    assert line_has in "".join(lines[problem.line - 1 : problem.line + 1])
    assert problem.file == "own.yaml"
    if schema_too:
        assert not VALIDATOR.is_valid(whole)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    whole = raw()
    for spoil, *_ in (WRONG[0], WRONG[8], WRONG[15]):
        spoil(whole)
    with pytest.raises(RuleError) as found:
        read_duties([written(tmp_path, whole)])
    assert len(found.value.problems) == 3


@pytest.mark.parametrize("text", ["", "- a", "a: b: c", "duties: [*x]", "\x00"])
def test_what_is_no_file_of_duties(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleError):
        read_duties(duty_files(tmp_path))


def test_a_duty_of_ours_is_replaced_by_name(tmp_path: Path) -> None:
    whole = raw() | {"replaces": ["report-cyberspace", "tell-persons"]}
    ids = [duty.id for duty in read_duties([written(tmp_path, whole)]).duties]
    assert ids == ["notify-authority", "report-police", "report-summary", "gdpr-33", "gdpr-34"]


def test_a_file_starts_clocks_and_moves_none_that_runs(tmp_path: Path, office: Office) -> None:
    """INVARIANT 7: the journal holds the duty, its days of rest included."""
    whole = raw()
    office.cases.rules = replace(office.cases.rules, duties=read_duties([written(tmp_path, whole)]))
    case = office.cases.open_or_join(alert())
    before = {duty: (clock.start, clock.due, clock.duty) for duty, clock in office.cases.get(case).clocks.items()}
    assert before[GDPR_33][1] == TEN + timedelta(hours=72)
    assert before[GDPR_34][1] == datetime(2026, 11, 26, 23, tzinfo=UTC)
    whole["duties"][0]["within"] = "1h"
    whole["calendars"]["germany"]["rest"] = ["2026-11-24/2026-11-30"]
    office.restart()
    office.cases.rules = replace(office.cases.rules, duties=read_duties([written(tmp_path, whole)]))
    office.cases.tick()
    after = office.cases.get(case).clocks
    assert {duty: (clock.start, clock.due, clock.duty) for duty, clock in after.items()} == before
    office.restart()  # with no file at all
    office.cases.move_clock(case, GDPR_34, LI, TEN - timedelta(days=1), "更早获知")
    assert office.cases.get(case).clocks[GDPR_34].due == datetime(2026, 11, 25, 23, tzinfo=UTC)
