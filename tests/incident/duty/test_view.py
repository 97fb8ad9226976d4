import json
from datetime import timedelta
from typing import Any

import pytest

from incident.duty.clocks import ProofFile
from incident.duty.duties import Duty, Grade, load_duties
from incident.duty.term import Counting, DayTerm
from incident.duty.view import duties_json, limit_words
from incident.ids import CaseId, DutyId
from tests.golden import Golden
from tests.incident.office import CHEN, LI, TEN, Office, alert

TABLE = load_duties()


def told(office: Office, case: CaseId) -> dict[str, Any]:
    view = duties_json(office.cases.get(case), TABLE, office.watch())
    return {duty["id"]: duty for duty in view["duties"]} | {"": view}


def test_all_that_is_known_of_the_duties_of_a_case(office: Office, golden: Golden) -> None:
    case = office.to_the_draft(raised_at=TEN - timedelta(minutes=2))
    office.watch.move(hours=13)
    office.cases.tick()
    office.cases.grade(case, LI, Grade.LARGE, "数据敏感")
    office.cases.move_clock(case, DutyId("notify-authority"), LI, TEN - timedelta(hours=1), "更早接到电话")
    proof = ProofFile(name="回执.pdf", sha256="0" * 63 + "f", size=1234)
    office.cases.fulfil(case, DutyId("report-cyberspace"), CHEN, "浙网信 2026-17", "电话先报", proof)
    office.cases.judge_duty(case, DutyId("tell-persons"), LI, "已逐一核实，均已处置", applies=False)
    view = duties_json(office.cases.get(case), TABLE, office.watch())
    golden.check("duties.json", json.dumps(view, ensure_ascii=False, indent=1) + "\n")


def test_a_clock_names_the_entry_that_it_runs_from(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    runs_from = told(office, case)["notify-authority"]["runs_from"]
    entry = office.cases.get(case).entries[runs_from["entry"] - 1]
    assert runs_from["what"] == "alert"
    assert getattr(entry.fact, "at", None) == TEN


def test_what_was_late_is_told_as_late_whatever_comes(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(hours=25)
    assert told(office, case)["notify-authority"]["late_since"] == "2026-11-24T10:00:00+00:00", "before it is marked"
    office.cases.tick()
    office.cases.move_clock(case, DutyId("notify-authority"), LI, office.watch(), "起算点有误")
    office.cases.fulfil(case, DutyId("notify-authority"), CHEN, "回执")
    duty = told(office, case)["notify-authority"]
    assert (duty["late"], duty["late_since"], duty["reading"]) == (True, "2026-11-24T10:00:00+00:00", "done_late")
    assert [bool(setting["moved_because"]) for setting in duty["settings"]] == [False, True]


def test_duties_whose_clock_has_not_started_are_told_with_what_starts_it(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    waiting = {duty["id"]: duty["triggers"] for duty in told(office, case)[""]["not_started"]}
    assert waiting == {"report-police": ["crime_clue"], "report-summary": ["handled"]}


@pytest.mark.parametrize(
    ("hours", "zh"), [(4, "4 小时"), (24, "24 小时"), (72, "72 小时"), (720, "30 天"), (0.5, "30 分钟")]
)
def test_limits_are_written_as_the_law_does(hours: float, zh: str) -> None:
    assert limit_words(within(hours)).zh == zh


def within(hours: float) -> Duty:
    duty = TABLE.duties[0]
    return Duty(**{**{name: getattr(duty, name) for name in duty.__slots__}, "within": timedelta(hours=hours)})


def test_limits_in_days_name_their_zone() -> None:
    days = DayTerm(count=10, counting=Counting.WORKING_DAYS, zone="Europe/Berlin")
    assert days.words.zh == "10 个工作日（Europe/Berlin）"
