"""Cases that go into one another, alerts that become cases of their own, and how cases hang together."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident.command import Containment, Question
from incident.draft import CHECK_LIST
from incident.duty.clocks import Reading
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import CaseTakenIn, Move
from incident.ids import CaseId, DutyId, NotPermitted
from incident.incident import Case
from incident.journal import verify
from incident.merging import links_to
from incident.notice import WithdrawalReason, read_notice
from incident.replay import replay
from incident.state import ENDED, State
from incident.taken import LinkKind
from tests.effort import examples
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, alert, new_database, scope_commands

AUTHORITY, PERSONS, SUMMARY = DutyId("notify-authority"), DutyId("tell-persons"), DutyId("report-summary")
ZHOU = {"user.id": "clerk-zhou"}


def two(office: Office) -> tuple[CaseId, CaseId]:
    """A case about one clerk, and an hour later one about another."""
    first = office.cases.open_or_join(alert("a-1", automatic=True))
    office.perform_all()
    office.watch.move(hours=1)
    second = office.cases.open_or_join(
        alert("a-2", group=ZHOU, automatic=True, raised_at=office.watch.at, last_at=office.watch.at)
    )
    office.perform_all()
    return first, second


def test_a_case_goes_into_another_and_stays_readable(office: Office) -> None:
    first, second = two(office)
    before = dict(office.overlay)
    office.cases.merge(first, second, CHEN, "同一伙人")
    gone, stays = office.cases.get(first), office.cases.get(second)
    assert (gone.state, gone.merged_into) == (State.MERGED, second)
    assert set(gone.alerts) == {"a-1"}, "what it was about can be read still"
    assert set(stays.alerts) == {"a-1", "a-2"}
    assert stays.taken_in == (first,)
    (taken,) = (entry.fact for entry in stays.entries if isinstance(entry.fact, CaseTakenIn))
    assert taken.chain == gone.entries[taken.entries - 1].chain, "bound to the journal that it is from"
    assert stays.aware_at == TEN
    assert {clock.start for clock in stays.clocks.values()} == {TEN}, "the earliest start counts"
    assert {held.target for held in stays.contained_by(office.watch.at)} == {"clerk-wang", "clerk-zhou"}
    assert office.overlay == before, "nothing is contained again, nothing is let go"
    office.perform_all()
    assert scope_commands(stays)[-1].question.where == {"user.id": ("clerk-wang", "clerk-zhou")}
    office.restart()
    assert office.cases.get(second).alerts == stays.alerts


def test_alerts_follow_the_case_they_went_with(office: Office) -> None:
    first, second = two(office)
    office.cases.merge(first, second, CHEN, "同一伙人")
    assert office.cases.case_of("a-1") == second
    assert office.cases.open_or_join(alert("a-1", automatic=True, event_count=99)) == second
    assert office.cases.open_or_join(alert("a-3")) == second, "about the caller of the one that went"
    assert office.cases.get(first).state is State.MERGED


def test_what_was_put_in_force_is_taken_back_where_the_case_went(office: Office) -> None:
    first, second = two(office)
    (key,) = (command.key for command in office.cases.get(first).contained_by(office.watch.at))
    office.cases.ask_lift(first, key, CHEN, "误报")
    office.cases.merge(first, second, LI, "同一伙人")
    with pytest.raises(NotPermitted, match="another person"):
        office.cases.agree_lift(second, key, CHEN)
    office.cases.agree_lift(second, key, LI)
    office.perform_all()
    assert [entry.target for entry in office.overlay.values()] == ["clerk-zhou"]
    assert {held.target for held in office.cases.get(second).contained_by(office.watch.at)} == {"clerk-zhou"}


def test_nothing_is_done_in_a_case_that_went_into_another(office: Office) -> None:
    first, second = two(office)
    office.cases.merge(first, second, CHEN, "同一伙人")
    entries = office.cases.get(first).entries
    for act in (
        lambda: office.cases.note(first, CHEN, "x"),
        lambda: office.cases.act(first, Move.REOPEN, CHEN, "x"),
        lambda: office.cases.fulfil(first, AUTHORITY, CHEN, "回执"),
        lambda: office.cases.merge(second, first, CHEN, "反过来"),
        lambda: office.cases.split(first, "a-1", CHEN, "反过来"),
        lambda: office.cases.contain(first, CHEN, Containment.STOP_SYSTEM, system="hall", hours=1, reason="x"),
    ):
        with pytest.raises(NotPermitted):
            act()
    office.watch.move(hours=100)
    office.cases.tick()
    assert office.cases.get(first).entries == entries


def test_a_duty_that_either_owes_is_owed(office: Office) -> None:
    first, second = two(office)
    office.cases.fulfil(second, AUTHORITY, CHEN, "回执 2026-117")
    office.cases.judge_duty(second, PERSONS, CHEN, "已采取措施", applies=False)
    office.cases.merge(first, second, CHEN, "同一伙人")
    clocks = office.cases.get(second).clocks
    assert clocks[AUTHORITY].owed, "what was reported of the one says nothing of the other"
    assert clocks[PERSONS].owed


def test_what_was_late_stays_late(office: Office) -> None:
    first, second = two(office)
    office.watch.move(hours=23.5)
    office.cases.tick()
    assert office.cases.get(first).clocks[AUTHORITY].late_since
    office.cases.fulfil(second, AUTHORITY, CHEN, "回执 1")
    office.cases.fulfil(first, AUTHORITY, CHEN, "回执 2")
    assert office.cases.get(second).clocks[AUTHORITY].reading(office.watch.at) is Reading.DONE
    office.cases.merge(first, second, CHEN, "同一伙人")
    assert office.cases.get(second).clocks[AUTHORITY].reading(office.watch.at) is Reading.DONE_LATE


def test_a_case_that_is_not_contained_opens_the_one_it_goes_into(office: Office) -> None:
    first = office.cases.open_or_join(alert("a-1", automatic=True))
    office.perform_all()
    second = office.cases.open_or_join(alert("a-2", group=ZHOU))
    office.cases.grade(second, CHEN, Grade.MAJOR, "涉及未成年人")
    office.cases.merge(second, first, CHEN, "同一伙人")
    case = office.cases.get(first)
    assert case.state is State.OPEN
    assert case.graded is not None
    assert case.graded.grade is Grade.MAJOR, "the higher of the two"
    assert case.clocks[DutyId("report-cyberspace")].owed
    asked = office.question(first, Question.CONTAIN)
    assert [measure.target for measure in asked.measures] == ["clerk-zhou"]


def test_the_end_of_a_handling_starts_no_clock_later(office: Office) -> None:
    first, second = two(office)
    office.cases.act(second, Move.RESOLVE, CHEN)
    office.watch.move(hours=3)
    office.cases.act(first, Move.RESOLVE, CHEN)
    starts = [office.cases.get(case).clocks[SUMMARY].start for case in (first, second)]
    office.cases.merge(first, second, CHEN, "同一伙人")
    assert office.cases.get(second).clocks[SUMMARY].start == min(starts)
    office.cases.tick()
    assert office.cases.get(second).clocks[SUMMARY].start == min(starts)


def test_what_is_public_stays_with_the_case_that_published_it(office: Office) -> None:
    first = office.to_the_draft()
    office.publish(first)
    second = office.cases.open_or_join(alert("a-2", group=ZHOU))
    with pytest.raises(NotPermitted, match="is public"):
        office.cases.merge(first, second, CHEN, "同一伙人")
    office.cases.merge(second, first, CHEN, "同一伙人")
    assert office.cases.get(first).notice.published
    office.cases.withdraw_notice(first, LI, WithdrawalReason.WRONG)
    office.perform_all()


def test_a_playbook_that_runs_is_not_lost(office: Office) -> None:
    first = office.cases.open_or_join(alert("a-1"))
    second = office.cases.open_by_hand("来电", "low", CHEN, "")
    with pytest.raises(NotPermitted, match="has none"):
        office.cases.merge(first, second, CHEN, "同一件事")
    office.cases.merge(second, first, CHEN, "同一件事")
    assert office.cases.get(first).occurrences[-1].what is Occurrence.CONFIRMATION


@pytest.mark.parametrize("reason", ["", "电话 13800138000"])
def test_merging_and_splitting_need_a_reason_without_personal_data(office: Office, reason: str) -> None:
    first, second = two(office)
    with pytest.raises(NotPermitted):
        office.cases.merge(first, second, CHEN, reason)
    with pytest.raises(NotPermitted):
        office.cases.split(first, "a-1", CHEN, reason)


def test_what_cannot_be_counted_together_is_linked_instead(office: Office) -> None:
    first = office.cases.open_or_join(alert("a-1"))
    second = office.cases.open_or_join(alert("a-2", group={"source.ip": "10.0.0.7"}))
    with pytest.raises(NotPermitted, match="link them"):
        office.cases.merge(second, first, CHEN, "同一伙人")
    third = office.cases.open_or_join(alert("a-3", group={"source.ip": "10.0.0.7"}, rule="other"))
    office.cases.merge(third, second, CHEN, "同一来源")


def test_who_is_affected_by_both_is_counted(office: Office) -> None:
    office.record(count=20)
    office.record(count=30, caller="clerk-zhou")
    first, second = two(office)
    assert [office.cases.get(case).scope.persons for case in (first, second)] == [20, 30]  # type: ignore[union-attr]
    office.cases.merge(first, second, CHEN, "同一伙人")
    office.perform_all()
    scope = office.cases.get(second).scope
    assert scope is not None
    assert scope.callers == ("clerk-wang", "clerk-zhou")
    assert scope.persons == 30
    office.cases.split(second, "a-1", CHEN, "分开处置")
    office.perform_all()
    scope = office.cases.get(second).scope
    assert scope is not None
    assert scope.callers == ("clerk-zhou",)


def test_what_is_under_way_is_waited_for(office: Office) -> None:
    first, second = two(office)
    office.cases.contain(first, CHEN, Containment.STOP_SYSTEM, system="hall", hours=1, reason="先停")
    with pytest.raises(NotPermitted, match="under way"):
        office.cases.merge(first, second, CHEN, "同一伙人")


def test_an_alert_becomes_a_case_of_its_own(office: Office) -> None:
    office.record(count=5)
    case = office.to_the_draft()
    office.cases.happened(case, CHEN, Occurrence.REPORT, TEN - timedelta(hours=6))
    office.cases.open_or_join(alert("a-2", rule="canary", raised_at=TEN + timedelta(hours=1)))
    office.perform_all()
    held = office.cases.get(case).held(TEN)
    begun = office.cases.split(case, "a-2", CHEN, "另一件事")
    new, old = office.cases.get(begun), office.cases.get(case)
    assert set(new.alerts) == {"a-2"}
    assert set(old.alerts) == {"a-1"}
    assert [(link.kind, link.other) for link in new.links] == [(LinkKind.SPLIT_FROM, case)]
    assert links_to(old, office.cases.all())[0][0] == begun
    assert {clock.start for clock in new.clocks.values()} == {TEN - timedelta(hours=6)}, "no clock starts later by it"
    assert new.main, "its own playbook runs"
    assert old.held(TEN) == held
    assert office.cases.case_of("a-2") == begun
    assert office.cases.open_or_join(alert("a-2", rule="canary", event_count=50)) == begun
    with pytest.raises(NotPermitted, match="does not belong"):
        office.cases.split(case, "a-2", CHEN, "再来一次")
    with pytest.raises(NotPermitted, match="only alert"):
        office.cases.split(case, "a-1", CHEN, "再来一次")


def test_a_clock_that_a_person_moved_goes_with_the_alert(office: Office) -> None:
    case = office.cases.open_or_join(alert("a-1"))
    office.cases.open_or_join(alert("a-2", rule="canary"))
    office.cases.move_clock(case, AUTHORITY, CHEN, TEN - timedelta(hours=8), "更早获知")
    begun = office.cases.split(case, "a-2", CHEN, "另一件事")
    assert office.cases.get(begun).clocks[AUTHORITY].start == TEN - timedelta(hours=8)


def test_links_are_said_and_taken_back(office: Office) -> None:
    first, second = two(office)
    office.cases.link(first, CHEN, LinkKind.CAUSED_BY, second, "同一口令")
    assert [link.reason for _, link in links_to(office.cases.get(second), office.cases.all())] == ["同一口令"]
    for kind, other, match in (
        (LinkKind.CAUSED_BY, second, "already"),
        (LinkKind.RELATED, first, "itself"),
        (LinkKind.SPLIT_FROM, second, "recorded by the system"),
    ):
        with pytest.raises(NotPermitted, match=match):
            office.cases.link(first, CHEN, kind, other, "x")
    with pytest.raises(KeyError):
        office.cases.link(first, CHEN, LinkKind.RELATED, CaseId("C-20261123-099"), "x")
    with pytest.raises(NotPermitted, match="was caused by this case is recorded already"):
        office.cases.link(second, CHEN, LinkKind.CAUSED_BY, first, "x")
    office.cases.unlink(first, CHEN, LinkKind.CAUSED_BY, second, "误登记")
    assert office.cases.get(first).links == ()
    with pytest.raises(NotPermitted, match="no such link"):
        office.cases.unlink(first, CHEN, LinkKind.CAUSED_BY, second, "误登记")


# -- whatever happens before

CALLERS = ("clerk-wang", "clerk-zhou", "clerk-sun")
ACTS = ("alert", "by hand", "perform", "yes", "wait", "clock", "report", "fulfil", "judge", "grade", "contain", "lift",
        "resolve", "publish", "merge", "merge", "split", "link", "restart")  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 5)), max_size=25)


def do(office: Office, act: str, one: int, other: int) -> None:
    """One thing that may happen, to a case that is there."""
    cases = office.cases
    known = sorted(case.id for case in cases.all())
    if act == "alert" or not known:
        group = {"user.id": CALLERS[one % 3]}
        name, at = f"a-{one % 3}{other % 2}", office.watch.at
        cases.open_or_join(
            alert(name, group=group, rule=f"rule-{other % 2}", automatic=other > 3, raised_at=at, last_at=at)
        )
        return
    case = cases.get(known[one % len(known)])
    match act:
        case "by hand":
            cases.open_by_hand("来电", "low", CHEN, "")
        case "perform":
            office.perform()
        case "yes" if case.questions:
            cases.complete(case.id, case.questions[0].key, CHEN)
        case "wait":
            office.watch.move(hours=7)
            cases.tick()
        case "clock":
            cases.move_clock(case.id, AUTHORITY, LI, office.watch.at - timedelta(hours=other), "更正")
        case "report":
            cases.happened(case.id, CHEN, Occurrence.REPORT, office.watch.at - timedelta(hours=other))
        case "fulfil":
            cases.fulfil(case.id, (AUTHORITY, PERSONS)[other % 2], CHEN, "回执")
        case "judge":
            cases.judge_duty(case.id, PERSONS, CHEN, "核实", applies=bool(other % 2))
        case "grade":
            cases.grade(case.id, CHEN, tuple(Grade)[other % 4], "核实")
        case "contain":
            cases.contain(case.id, CHEN, Containment.BLOCK_CALLER, target=CALLERS[other % 3], hours=3, reason="控制")
        case "lift":
            for held in case.held(office.watch.at)[:1]:
                cases.ask_lift(case.id, held.key, CHEN, "误报")
                if other % 2:
                    cases.agree_lift(case.id, held.key, LI)
        case "resolve":
            cases.act(case.id, Move.RESOLVE, CHEN)
        case "publish":
            cases.submit_notice(case.id, LI, case.notice.digest, tuple(CHECK_LIST))
            cases.approve_notice(case.id, ZHAO, case.notice.digest)
            office.perform()
        case "merge":
            merged(office, case, cases.get(known[other % len(known)]))
        case "split" if case.alerts:
            cases.split(case.id, [*case.alerts][other % len(case.alerts)], CHEN, "另一件事")
        case "link":
            cases.link(case.id, CHEN, LinkKind.RELATED, known[other % len(known)], "")
        case "restart":
            office.restart()
        case _:
            cases.tick()


def merged(office: Office, goes: Case, stays: Case) -> None:
    """Merge the two, and see that nothing was lost by it."""
    before, public = dict(office.overlay), published(office)
    office.cases.merge(goes.id, stays.id, CHEN, "同一件事")
    after, now = office.cases.get(stays.id), office.watch.at
    for known in (goes, stays):
        for duty, record in known.clocks.items():
            if record.withdrawn:
                continue
            clock = after.clocks[duty]
            assert clock.start <= record.start
            assert clock.due <= record.due
            assert clock.late_since or not record.late_since
            if record.owed and not (record.judged is None and record.duty.from_grade):
                assert clock.owed, f"{duty} was owed in {known.id}"
        assert {(each.key, each.until) for each in known.held(now)} <= {
            (each.key, each.until) for each in after.held(now)
        }
        assert after.alerts.keys() >= known.alerts.keys()
        assert known.graded is None or (after.graded and after.graded.grade.rank >= known.graded.grade.rank)
    assert office.overlay == before
    assert published(office) == public
    assert (after.state is State.CONTAINED) <= (goes.state is not State.OPEN)


def published(office: Office) -> dict[str, str]:
    folder = office.folder / "published"
    return {path.name: read_notice(path).current.digest for path in sorted(folder.glob("N-*.json"))}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(20), deadline=None)
@given(acts=steps)
def test_whatever_is_merged_and_split_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("office")
    office = Office(folder=folder, engine=new_database(folder))
    office.record(count=3)
    for act, one, other in acts:
        try:
            do(office, act, one, other)
        except NotPermitted:
            continue
    cases = office.cases.all()
    for case in cases:
        verify(case.entries)
        assert replay(case.entries) == case
        if case.merged_into:
            assert case.id in office.cases.get(case.merged_into).taken_in
    belongs = [name for case in cases if not case.merged_into for name in case.alerts]
    assert len(belongs) == len(set(belongs)), "each alert is one case's"
    for case in cases:
        for name in case.alerts if not case.merged_into else ():
            assert office.cases.case_of(name) == case.id
    assert {case.id for case in cases if case.state is State.MERGED} == {case.id for case in cases if case.merged_into}
    assert State.MERGED in ENDED
    office.restart()
    assert office.cases.all() == cases
    office.events.close()
    office.engine.dispose()
