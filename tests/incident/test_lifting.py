from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from incident.command import Containment, Failed, Lift
from incident.commanding import first_at
from incident.facts.case import Move
from incident.ids import CaseId, CommandKey, NotPermitted
from incident.state import State
from incident.timeline import describe
from tests.incident.office import CHEN, LI, TEN, Office, alert
from tests.incident.test_timeline import told

CASE = CaseId("C-20261123-001")


@pytest.fixture
def held(office: Office) -> CommandKey:
    """The key of a block that a rule put in force."""
    office.to_the_draft()
    (block,) = office.cases.get(CASE).containments
    return block.key


def test_two_people_take_a_block_back(office: Office, held: CommandKey) -> None:
    office.cases.ask_lift(CASE, held, CHEN, "查明是批准的导出")
    office.perform_all()
    assert list(office.overlay) == [held], "one person is not enough"
    office.restart()
    office.cases.agree_lift(CASE, held, LI)
    office.perform_all()
    case = office.cases.get(CASE)
    assert office.overlay == {}
    assert case.contained_by(TEN) == case.containments == ()
    assert case.state is State.OPEN
    lines = [describe(entry.fact, case, told).zh for entry in case.entries][-4:]
    assert lines[0] == "请求解除（停用账号：clerk-wang）：查明是批准的导出"
    assert lines[1] == "两人决定解除（停用账号：clerk-wang）"
    assert lines[2] == "控制失效：查明是批准的导出"
    assert [entry.by.id for entry in case.entries[-4:-2]] == [CHEN, LI]


def test_what_is_evidence_ends_by_no_time_and_contains_nothing(office: Office) -> None:
    """It is kept from before the first finding on, until two people take it back; the case stays as it was."""
    office.cases.open_or_join(alert(respond=""))
    for kind, target in ((Containment.PRESERVE_EVIDENCE, ""), (Containment.REVOKE_SESSIONS, "clerk-wang")):
        office.cases.contain(CASE, CHEN, kind, target=target, hours=2, reason="取证")
    office.cases.contain(CASE, CHEN, Containment.QUARANTINE_EXPORTS, system="register", hours=2, reason="取证")
    office.perform_all()
    case = office.cases.get(CASE)
    kept, revoked, _ = case.tightenings
    assert (case.state, case.contained_at) == (State.OPEN, None)
    assert (kept.since, kept.until) == (first_at(case) - timedelta(hours=24), TEN + timedelta(hours=2))
    assert revoked.since == TEN
    much_later = TEN + timedelta(days=400)
    assert [each.key for each in case.held(much_later)] == [kept.key]
    office.watch.move(days=400)
    office.restart()
    office.cases.ask_lift(CASE, kept.key, CHEN, "已移交")
    office.cases.agree_lift(CASE, kept.key, LI)
    office.perform_all()
    case = office.cases.get(CASE)
    assert case.held(much_later) == ()
    assert office.preserved == {}
    assert case.state is State.OPEN, "it was not contained by it"


def test_what_is_told_twice_is_taken_back_once(office: Office, held: CommandKey) -> None:
    office.cases.ask_lift(CASE, held, CHEN, "误报")
    office.cases.agree_lift(CASE, held, LI)
    (command,) = office.cases.pending()
    outcome = office.performer.perform(command)
    assert outcome is not None
    office.restart()  # killed before it was told
    office.perform_all()
    office.cases.finished(command.key, outcome)
    states = [entry.fact for entry in office.cases.get(CASE).entries if "relapse" in entry.body]
    assert len(states) == 1


def test_it_is_still_contained_while_another_measure_holds(office: Office, held: CommandKey) -> None:
    from_now = replace(office.cases.get(CASE).containments[0], key=CommandKey("C-20261123-001.0.7"))
    assert from_now.until == TEN + timedelta(hours=24)
    office.cases.contain(CASE, LI, from_now.kind, target="clerk-zhou", hours=2, reason="同一窗口")
    office.perform_all()
    for key in (held, *(key for key in office.overlay if key != held)):
        assert office.cases.get(CASE).state is State.CONTAINED
        office.cases.ask_lift(CASE, CommandKey(key), CHEN, "误报")
        office.cases.agree_lift(CASE, CommandKey(key), LI)
        office.perform()
    assert office.cases.get(CASE).state is State.OPEN


def test_what_could_not_be_taken_back_is_tried_again(office: Office, held: CommandKey) -> None:
    office.cases.ask_lift(CASE, held, CHEN, "误报")
    office.cases.agree_lift(CASE, held, LI)
    (command,) = office.cases.pending()
    office.cases.finished(command.key, Failed(said="the overlay is not ours"))
    assert [each.key for each in office.cases.get(CASE).contained_by(TEN)] == [held]
    office.cases.retry(CASE, command.key, CHEN)
    office.perform_all()
    assert office.overlay == {}


def test_an_alert_that_goes_on_does_not_block_again_what_two_people_took_back(office: Office, held: CommandKey) -> None:
    office.cases.ask_lift(CASE, held, CHEN, "批准的导出")
    office.cases.agree_lift(CASE, held, LI)
    office.perform_all()
    office.watch.move(hours=30)
    office.cases.open_or_join(alert(automatic=True, event_count=40, last_at=office.watch.at))
    office.perform_all()
    assert office.overlay == {}


def ask(office: Office, held: CommandKey) -> None:
    office.cases.ask_lift(CASE, held, CHEN, "误报")


def after_a_day(office: Office, held: CommandKey) -> None:
    ask(office, held)
    office.watch.move(hours=24)
    office.cases.agree_lift(CASE, held, LI)


def after_the_end(office: Office, held: CommandKey) -> None:
    ask(office, held)
    office.cases.act(CASE, Move.DISMISS, CHEN, "误报")
    office.cases.agree_lift(CASE, held, LI)


def agree_twice(office: Office, held: CommandKey) -> None:
    ask(office, held)
    office.cases.agree_lift(CASE, held, LI)
    office.cases.agree_lift(CASE, held, LI)


def agree_with_oneself(office: Office, held: CommandKey) -> None:
    ask(office, held)
    office.cases.agree_lift(CASE, held, CHEN)


def agree_with_one_s_own_words(office: Office, held: CommandKey) -> None:
    ask(office, held)
    office.cases.ask_lift(CASE, held, LI, "我也这样认为")
    office.cases.agree_lift(CASE, held, LI)


REFUSED: list[tuple[str, Callable[[Office, CommandKey], None], str]] = [
    ("without a reason", lambda o, k: o.cases.ask_lift(CASE, k, CHEN, " "), "a reason is needed"),
    ("what is not in force", lambda o, k: o.cases.ask_lift(CASE, CommandKey("x"), CHEN, "误报"), "not in force"),
    ("agree where nobody asked", lambda o, k: o.cases.agree_lift(CASE, k, LI), "nobody has asked"),
    ("agree with oneself", agree_with_oneself, "another person"),
    ("agree with what one has asked for last", agree_with_one_s_own_words, "another person"),
    ("agree twice", agree_twice, "nobody has asked"),
    ("agree when it has ended by itself", after_a_day, "not in force"),
    ("agree when the case has ended", after_the_end, "has ended"),
    ("name somebody", lambda o, k: o.cases.ask_lift(CASE, k, CHEN, "打给 13812345678"), "personal data"),
]


@pytest.mark.parametrize(("act", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(
    office: Office, held: CommandKey, act: Callable[[Office, CommandKey], None], says: str
) -> None:
    with pytest.raises(NotPermitted, match=says):
        act(office, held)
    assert list(office.overlay) == [held]


def test_no_command_of_one_person_is_ever_made(office: Office, held: CommandKey) -> None:
    tightening = office.cases.get(CASE).containments[0]
    with pytest.raises(ValueError, match="two people"):
        Lift(key=CommandKey("x"), case=CASE, tightening=tightening, at=TEN, reason="误报", asked_by=LI, agreed_by=LI)
