import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incident.duty.duties import CHINA, Audience, Duty, Grade, SetBy, Since, Standing, load_duties
from incident.ids import DutyId
from tests.incident.office import TEN

TABLE = load_duties()
DUTIES = {duty.id: duty for duty in TABLE.duties}


@pytest.mark.parametrize(
    ("duty", "since", "within", "limit", "from_grade"),
    [
        ("report-cyberspace", Since.AWARENESS, timedelta(hours=4), SetBy.LAW, Grade.LARGE),
        ("notify-authority", Since.AWARENESS, timedelta(hours=24), SetBy.US, None),
        ("tell-persons", Since.AWARENESS, timedelta(hours=72), SetBy.US, None),
        ("report-police", Since.CRIME_CLUE, timedelta(hours=24), SetBy.US, None),
        ("report-summary", Since.HANDLED, timedelta(days=30), SetBy.LAW, Grade.LARGE),
    ],
)
def test_the_time_limits(duty: str, since: Since, within: timedelta, limit: SetBy, from_grade: Grade | None) -> None:
    found = DUTIES[DutyId(duty)]
    assert (found.since, found.within, found.limit, found.from_grade) == (since, within, limit, from_grade)
    assert found.due(TEN) == TEN + within


def test_there_are_two_clocks() -> None:
    assert {duty.audience for duty in TABLE.duties} == set(Audience)


@pytest.mark.parametrize("duty", TABLE.duties, ids=lambda duty: duty.id)
def test_every_duty_has_its_source_and_no_target_of_ours_passes_for_law(duty: Duty) -> None:
    assert any(source.standing is Standing.CONFIRMED for source in duty.sources)
    says_ours = any("目标，不是法定时限" in source.text for source in duty.sources)
    assert says_ours is (duty.limit is SetBy.US)
    assert duty.content
    assert duty.name.zh
    assert duty.name.en


def test_only_telling_persons_may_be_waived() -> None:
    assert [duty.id for duty in TABLE.duties if duty.waived_when] == ["tell-persons"]


@pytest.mark.parametrize(
    ("persons", "grade"),
    [
        (0, Grade.ORDINARY),
        (999_999, Grade.ORDINARY),
        (1_000_000, Grade.LARGE),
        (9_999_999, Grade.LARGE),
        (10_000_000, Grade.MAJOR),
        (100_000_000, Grade.EXTREME),
    ],
)
def test_a_threshold_includes_its_number(persons: int, grade: Grade) -> None:
    assert TABLE.grade_by_number(persons) is grade


@pytest.mark.parametrize(
    ("clear", "clauses"),
    [
        ({}, []),
        ({"name": 9_999}, []),
        ({"name": 10_000}, ["many-in-clear"]),
        ({"resident_id": 499}, []),
        ({"resident_id": 500, "name": 3}, ["sensitive-in-clear"]),
        ({"bank_card": 20_000}, ["sensitive-in-clear", "many-in-clear"]),
    ],
)
def test_harm_clauses(clear: dict[str, int], clauses: list[str]) -> None:
    assert [clause.id for clause in TABLE.clauses_met(clear)] == clauses


def test_the_clauses_are_marked_as_to_be_checked_with_counsel() -> None:
    assert {clause.source.standing for clause in TABLE.clauses} == {Standing.CHECK}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"within": "4 h"}, r"cn\.json: duties\[0\]\.within is not a number of seconds"),
        ({"since": "sunrise"}, r"duties\[0\]\.since is not one of `awareness`"),
        ({"fine": 5}, r"unknown key `duties\[0\]\.fine`"),
        ({"id": "notify-authority"}, "two duties have one id"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_place(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    table = json.loads(CHINA.read_text("utf-8"))
    table["duties"][0] |= change
    (tmp_path / "cn.json").write_text(json.dumps(table), "utf-8")
    with pytest.raises(ValueError, match=says):
        load_duties(tmp_path / "cn.json")


def test_grades_have_an_order() -> None:
    assert [grade.rank for grade in Grade] == [0, 1, 2, 3]
