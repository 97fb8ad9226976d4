from datetime import date
from pathlib import Path

from console.installation import RecordState
from console.permits.state import PermitRecord
from incident.drill_plan import DrillPlan
from incident.facts.case import Move
from incident.handling_book import HandlingBook
from incident.ids import Bilingual
from siem.detect.aliases import holds_digest
from tests.console.permits.invented import broken_glass
from tests.incident.office import CHEN, TEN, Office, alert, new_database
from tests.siem.events import digest
from yingbi.home import Home
from yingbi.summary import HIDDEN, MOST, Summary
from yingbi.told import hear


def test_all_cases_are_counted_and_the_newest_told_of(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    cases = [
        office.cases.open_or_join(alert(f"a-{number}", group={"user.id": f"clerk-{number}"}, respond=""))
        for number in range(MOST + 3)
    ]
    office.cases.act(cases[0], Move.DISMISS, CHEN, "误报")
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    Summary(home, office.cases, RecordState).tell()
    told = hear(home.told("control"))
    assert told["numbers"] == {"open": MOST + 2, "dismissed": 1}
    assert len(told["cases"]) == MOST
    office.events.close()
    office.engine.dispose()


def test_a_citizen_is_numbered_and_no_digest_is_told(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    for number, caller in enumerate((digest(1), digest(2), "clerk-li")):
        office.cases.open_or_join(alert(f"a-{number}", group={"user.id": caller}, respond=""))
    office.cases.open_or_join(alert("a-9", group={"user.id": digest(1)}, respond="", rule="other"))
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    Summary(home, office.cases, RecordState).tell()
    assert not holds_digest(home.told("control").read_text("utf-8"))
    told = [each["callers"] for each in hear(home.told("control"))["cases"]]
    assert sorted(told) == [["clerk-li"], ["居民 1 / citizen 1"], ["居民 2 / citizen 2"]]
    office.events.close()
    office.engine.dispose()


def test_the_permits_in_force_are_told_without_why(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    live = [PermitRecord(fact=broken_glass(TEN), opened_at=TEN)]
    summary = Summary(home, office.cases, RecordState, permits=lambda: live)
    summary.tell()
    (told,) = hear(home.told("control"))["permits"]
    assert (told["kind"], told["caller"], told["system"]) == ("break_glass", "head-on-duty", "register")
    assert "why" not in told
    live.clear()
    summary.tell()
    assert hear(home.told("control"))["permits"] == []
    office.events.close()
    office.engine.dispose()


def test_what_was_altered_is_told_once_it_is_found(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    found = [RecordState()]
    summary = Summary(home, office.cases, lambda: found[-1])
    summary.tell()
    assert hear(home.told("control"))["broken_log"] == {}
    said = Bilingual(zh="第 3 条", en="entry 3")
    found.append(RecordState(log={"S": said}, journals={"C-20261125-001": said}))
    summary.tell()
    told = hear(home.told("control"))
    assert told["broken_log"] == {"S": "第 3 条 / entry 3"}
    assert told["broken_journals"] == {"C-20261125-001": "第 3 条 / entry 3"}
    office.events.close()
    office.engine.dispose()


def test_a_drill_is_told_as_one_and_of_a_restricted_case_no_title(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    office.cases.open_drill("夜间演练", "low", CHEN, book="", once="1")
    secret = office.cases.open_or_join(alert(title="内部人员泄露 / An insider"))
    HandlingBook(office.cases).restrict(secret, CHEN, [CHEN], "涉及内部人员")
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    plan = DrillPlan(name="q", title="季度演练", playbook="", lead=CHEN, first=date(2026, 11, 1), every_days=90)
    Summary(home, office.cases, RecordState, drills=[plan]).tell()
    told = hear(home.told("control"))
    by_id = {each["id"]: each for each in told["cases"]}
    assert by_id[secret]["restricted"]
    assert (by_id[secret]["title"], by_id[secret]["callers"]) == (HIDDEN, [])
    assert "内部人员" not in home.told("control").read_text("utf-8")
    (drill,) = [each for each in told["cases"] if each["drill"]]
    assert drill["title"] == "【演练 DRILL】夜间演练"
    assert [(each["name"], each["due"], each["overdue"]) for each in told["drills"]] == [("q", "2026-11-01", True)]
    office.events.close()
    office.engine.dispose()
