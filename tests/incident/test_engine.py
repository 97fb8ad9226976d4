import pytest

from incident import engine as engine_module
from incident.command import Done, DraftNotice, Question, StartDuties
from incident.duty.duties import Grade
from incident.facts.run import CommandEnded, Ending
from incident.ids import CaseId, CommandKey
from tests.incident.books import book, own
from tests.incident.office import CHEN, LI, Office, alert

CASE = CaseId("C-20261123-001")
CASES = "cases/__case__:value"


def test_the_engine_keeps_its_own_work_from_the_root(office: Office) -> None:
    case = office.cases.get(office.to_the_draft())
    own_work = [issued for issued in case.commands.values() if isinstance(issued.command, StartDuties | DraftNotice)]
    assert len(own_work) == 2
    assert not {issued.command.key for issued in own_work} & set(office.performed)


def start(office: Office, **told: object) -> None:
    office.books = {"main": book("main", **told)}
    office.restart()
    office.cases.open_or_join(alert(respond="main", automatic=True))


def test_a_grade_that_a_person_gave_stands(office: Office) -> None:
    office.record()
    start(
        office,
        start={"then": "count"},
        count=own(f"{CASES}/scope", {}, ok="grade"),
        grade=own(f"{CASES}/duties", ok="end"),
        end={},
    )
    office.cases.grade(CASE, LI, Grade.MAJOR, "社会影响重大")
    office.perform_all()
    graded = office.cases.get(CASE).graded
    assert graded is not None
    assert graded.grade is Grade.MAJOR


def test_duties_before_the_scope_ask_a_person(office: Office) -> None:
    start(office, start={"then": "grade"}, grade=own(f"{CASES}/duties", ok="end"), end={})
    assert "before it is known who is affected" in office.question(CASE, Question.RESCUE).text


def test_a_template_that_is_missing_asks_a_person(office: Office) -> None:
    start(office, start={"then": "draft"}, draft=own(f"{CASES}/notice-drafts", {"template": "none"}, ok="end"), end={})
    assert "`none.zh.j2` cannot be filled in" in office.question(CASE, Question.RESCUE).text


def test_an_outcome_for_no_case_is_an_error(office: Office) -> None:
    with pytest.raises(KeyError):
        office.cases.finished(CommandKey("C-20200101-001.1.1"), Done())


def test_pending_is_in_the_order_of_the_cases(office: Office) -> None:
    for number in range(3):
        office.cases.open_or_join(alert(f"a-{number}", group={"user.id": f"clerk-{number}"}, automatic=True))
        office.watch.move(seconds=1)
    assert [command.case for command in office.cases.pending()] == [f"C-20261123-00{n}" for n in (1, 2, 3)]


def test_a_playbook_that_gets_nowhere_is_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MOST_FACTS_AT_ONCE", 3)
    with pytest.raises(RuntimeError, match="goes on without end"):
        office.cases.open_or_join(alert())


def test_what_the_engine_does_is_signed_by_the_engine(office: Office) -> None:
    case = office.cases.get(office.to_the_draft())
    by = {type(entry.fact).__name__: str(entry.by) for entry in case.entries}
    assert by["Opened"] == "rule:many-subjects"
    assert by["StepStarted"] == "engine"
    office.cases.note(case.id, CHEN, "已核对")
    assert str(office.cases.get(case.id).last.by) == "person:p-chen"
    ended = [entry.fact for entry in case.entries if isinstance(entry.fact, CommandEnded)]
    assert {fact.ending for fact in ended} == {Ending.SUCCEEDED}
