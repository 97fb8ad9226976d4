"""How playbooks run: what each step does when it succeeds, fails, waits, is declined or comes too late."""

from datetime import timedelta
from typing import Any

import pytest

from incident.activation import Progress
from incident.command import AssessScope, Containment, Failed, PublishNotice, Question, Tighten
from incident.facts.run import Ending
from incident.ids import CaseId, CommandKey
from tests.incident.books import book, manual, own
from tests.incident.office import CHEN, TEN, Office, alert

CASE = CaseId("C-20261123-001")
BLOCK: dict[str, Any] = {"caller": "__caller__:value", "hours": 2}
CALLER = {"__caller__": {"type": "string", "external": True}}


def run(office: Office, *, automatic: bool = True, subs: dict[str, Any] | None = None, **told: Any) -> None:
    """Let the playbook that is told run on an alert."""
    variables = {**CALLER, **told.pop("variables", {})}
    main = book("main", variables=variables, **told)
    office.books = {"main": main, **{name: book(name, **sub) for name, sub in (subs or {}).items()}}
    office.restart()
    office.cases.open_or_join(alert(respond="main", automatic=automatic))


def asked(office: Office) -> list[str]:
    """The names of the steps that wait for a person, in the order they began."""
    return [question.title for question in office.cases.get(CASE).questions]


def answer(office: Office, step: str, *, yes: bool = True, inputs: dict[str, str] | None = None) -> None:
    key = next(question.key for question in office.cases.get(CASE).questions if question.title == step)
    if yes:
        office.cases.complete(CASE, key, CHEN, inputs=inputs)
    else:
        office.cases.decline(CASE, key, CHEN, "不行")


def ended(office: Office) -> Ending | None:
    return office.cases.get(CASE).run_ended


def test_one_step_after_the_other(office: Office) -> None:
    run(office, start={"then": "one"}, one=manual(ok="two"), two=manual(then="end"), end={})
    assert asked(office) == ["one"]
    answer(office, "one")
    assert asked(office) == ["two"]
    assert ended(office) is None
    answer(office, "two")
    assert ended(office) is Ending.SUCCEEDED


@pytest.mark.parametrize("yes", [True, False])
def test_success_and_failure_have_their_ways(office: Office, yes: bool) -> None:
    run(
        office,
        start={"then": "one"},
        one=manual(ok="good", failed="bad"),
        good=manual(ok="end"),
        bad=manual(ok="end"),
        end={},
    )
    answer(office, "one", yes=yes)
    assert asked(office) == ["good" if yes else "bad"]


@pytest.mark.parametrize("yes", [True, False])
def test_on_completion_goes_on_either_way(office: Office, yes: bool) -> None:
    run(office, start={"then": "one"}, one=manual(then="two"), two=manual(ok="end"), end={})
    answer(office, "one", yes=yes)
    assert asked(office) == ["two"]


def test_parallel_branches_run_side_by_side_and_are_waited_for(office: Office) -> None:
    run(
        office,
        start={"then": "all"},
        all={"branches": ["left", "right"], "ok": "after"},
        left=manual(ok="end-1"),
        end_1={},
        right=manual(ok="right-2"),
        right_2=manual(ok="end-2"),
        end_2={},
        after=manual(ok="end"),
        end={},
    )
    assert asked(office) == ["left", "right"]
    answer(office, "right")
    assert asked(office) == ["left", "right-2"]
    answer(office, "right-2")
    assert asked(office) == ["left"]
    answer(office, "left")
    assert asked(office) == ["after"]
    answer(office, "after")
    assert ended(office) is Ending.SUCCEEDED


def test_a_branch_that_fails_fails_its_parallel_when_all_are_through(office: Office) -> None:
    run(
        office,
        start={"then": "all"},
        all={"branches": ["left", "right"], "ok": "end", "failed": "sorry"},
        left=manual(ok="end-1"),
        end_1={},
        right=manual(ok="end-2"),
        end_2={},
        sorry=manual(ok="end-3"),
        end_3={},
        end={},
    )
    answer(office, "left", yes=False)
    assert asked(office) == ["right"]
    answer(office, "right")
    assert asked(office) == ["sorry"]


@pytest.mark.parametrize(("condition", "goes"), [("= 'clerk-wang'", "yes"), ("!= 'clerk-wang'", "no")])
def test_a_condition_chooses(office: Office, condition: str, goes: str) -> None:
    run(
        office,
        start={"then": "if"},
        if_={"condition": f"__caller__:value {condition}", "yes": "yes", "no": "no", "ok": "after"},
        yes=manual(ok="end-1"),
        end_1={},
        no=manual(ok="end-2"),
        end_2={},
        after=manual(ok="end"),
        end={},
    )
    assert asked(office) == [goes]
    answer(office, goes)
    assert asked(office) == ["after"]


def test_without_an_else_it_goes_on(office: Office) -> None:
    run(
        office,
        start={"then": "if"},
        if_={"condition": "__caller__:value = 'nobody'", "yes": "yes", "ok": "after"},
        yes=manual(ok="end-1"),
        end_1={},
        after=manual(ok="end"),
        end={},
    )
    assert asked(office) == ["after"]


def test_a_condition_over_an_unknown_value_fails_its_step(office: Office) -> None:
    run(
        office,
        variables={"__later__": {"type": "string"}},
        start={"then": "if"},
        if_={"condition": "__later__:value = 'x'", "yes": "yes", "ok": "end", "failed": "sorry"},
        yes=manual(ok="end-1"),
        end_1={},
        sorry=manual(ok="end-2"),
        end_2={},
        end={},
    )
    assert asked(office) == ["sorry"]


def test_what_a_person_fills_in_is_used_later(office: Office) -> None:
    run(
        office,
        variables={"__room__": {"type": "string"}},
        start={"then": "one"},
        one=manual(ok="two", out_args=["__room__"]),
        two=manual("到 __room__:value 查看 __caller__:value 的终端", ok="end"),
        end={},
    )
    answer(office, "one", inputs={"__room__": "三楼机房"})
    assert office.cases.get(CASE).questions[0].text == "到 三楼机房 查看 clerk-wang 的终端"


class TestFailures:
    def test_a_failure_nobody_catches_asks_a_person(self, office: Office) -> None:
        run(office, start={"then": "block"}, block=own("containment/block-caller", BLOCK, ok="end"), end={})
        (command,) = office.cases.pending()
        office.cases.finished(command.key, Failed(said="overlay refused"))
        rescue = office.question(CASE, Question.RESCUE)
        assert rescue.text == "overlay refused"
        assert ended(office) is None

        office.cases.retry(CASE, rescue.key, CHEN)
        (again,) = office.cases.pending()
        assert again.key == command.key
        office.cases.finished(again.key, Failed(said="overlay refused"))
        second = office.question(CASE, Question.RESCUE)
        assert second.key != rescue.key
        office.cases.complete(CASE, second.key, CHEN, note="已在认证系统停用")
        assert ended(office) is Ending.SUCCEEDED

    def test_a_failure_in_a_branch_is_caught_above(self, office: Office) -> None:
        run(
            office,
            start={"then": "if"},
            if_={"condition": "__caller__:value != ''", "yes": "inner", "ok": "end", "failed": "sorry"},
            inner=manual(ok="end-0"),
            end_0={},
            sorry=manual(ok="end-2"),
            end_2={},
            end={},
        )
        answer(office, "inner", yes=False)
        assert asked(office) == ["sorry"]

    def test_the_exception_step_is_the_last_resort(self, office: Office) -> None:
        run(
            office,
            start={"then": "one"},
            one=manual(ok="end"),
            end={},
            sorry=manual(ok="end-2"),
            end_2={},
            exception="sorry",
        )
        answer(office, "one", yes=False)
        assert asked(office) == ["sorry"]
        answer(office, "sorry")
        assert ended(office) is Ending.FAILED

    def test_an_exception_step_that_fails_asks_a_person(self, office: Office) -> None:
        run(
            office,
            start={"then": "one"},
            one=manual(ok="end"),
            end={},
            sorry=manual(ok="end-2"),
            end_2={},
            exception="sorry",
        )
        answer(office, "one", yes=False)
        answer(office, "sorry", yes=False)
        assert office.question(CASE, Question.RESCUE).title == "sorry"

    def test_while_the_exception_step_runs_the_other_branch_goes_on(self, office: Office) -> None:
        run(
            office,
            start={"then": "all"},
            all={"branches": ["left", "right"], "ok": "end"},
            left=manual(ok="end-1"),
            end_1={},
            right=manual(ok="end-2"),
            end_2={},
            end={},
            sorry=manual(ok="end-3"),
            end_3={},
            exception="sorry",
        )
        answer(office, "left", yes=False)
        assert asked(office) == ["right", "sorry"]
        answer(office, "right")
        answer(office, "sorry")
        assert ended(office) is Ending.FAILED

    def test_a_command_that_cannot_be_made_takes_the_way_of_failure(self, office: Office) -> None:
        run(
            office,
            variables={"__later__": {"type": "string"}},
            start={"then": "block"},
            block=own("containment/block-caller", {"caller": "__later__:value"}, ok="end", failed="hand"),
            hand=manual(ok="end-2"),
            end_2={},
            end={},
        )
        assert asked(office) == ["hand"]

    def test_or_is_shown_to_a_person(self, office: Office) -> None:
        run(
            office,
            variables={"__later__": {"type": "string"}},
            start={"then": "block"},
            block=own("containment/block-caller", {"caller": "__later__:value"}, ok="end"),
            end={},
        )
        assert "the variable `__later__` has no value" in office.question(CASE, Question.STEP).text


class TestTime:
    def test_a_time_limit_is_a_failure(self, office: Office) -> None:
        run(
            office,
            start={"then": "one"},
            one=manual(ok="end", failed="late", timeout=60_000),
            late=manual(ok="end-2"),
            end_2={},
            end={},
        )
        office.watch.move(seconds=59)
        office.cases.tick()
        assert asked(office) == ["one"]
        office.watch.move(seconds=1)
        office.cases.tick()
        assert asked(office) == ["late"]

    def test_a_second_attempt_has_its_own_time(self, office: Office) -> None:
        run(office, start={"then": "one"}, one=manual(ok="end", timeout=60_000), end={})
        office.watch.move(minutes=5)
        office.cases.tick()
        office.cases.retry(CASE, office.question(CASE, Question.RESCUE).key, CHEN)
        office.watch.move(seconds=30)
        office.cases.tick()
        assert office.question(CASE, Question.STEP)

    def test_a_delay_is_a_stored_due_time(self, office: Office) -> None:
        run(office, start={"then": "one"}, one=manual(ok="end", delay=3_600_000), end={})
        assert asked(office) == []
        office.watch.move(minutes=59)
        office.restart()
        office.cases.tick()
        assert asked(office) == []
        office.watch.move(minutes=1)
        office.restart()
        office.cases.tick()
        assert asked(office) == ["one"]


class TestCalls:
    SUB: dict[str, Any] = {
        "start": {"then": "inner"},
        "inner": manual("看 __who__:value", ok="end", out_args=["__found__"]),
        "end": {},
        "variables": {"__who__": {"type": "string", "external": True}, "__found__": {"type": "string"}},
    }

    def start(self, office: Office, **sub: Any) -> None:
        variables = {"__who__": {"type": "string", "value": "终端甲"}, "__found__": {"type": "string"}}
        run(
            office,
            subs={"sub": {**self.SUB, **sub}},
            variables=variables,
            start={"then": "call"},
            call={"calls": "sub", "in_args": ["__who__"], "out_args": ["__found__"], "ok": "after", "failed": "sorry"},
            after=manual("结果：__found__:value", ok="end"),
            sorry=manual(ok="end-2"),
            end_2={},
            end={},
        )

    def test_values_go_in_and_come_out(self, office: Office) -> None:
        self.start(office)
        assert office.cases.get(CASE).questions[0].text == "看 终端甲"
        answer(office, "inner", inputs={"__found__": "异常进程"})
        assert office.cases.get(CASE).questions[0].text == "结果：异常进程"
        answer(office, "after")
        assert ended(office) is Ending.SUCCEEDED

    def test_a_playbook_that_fails_fails_the_step(self, office: Office) -> None:
        self.start(office)
        answer(office, "inner", yes=False)
        assert asked(office) == ["sorry"]

    def test_its_own_exception_step_comes_first(self, office: Office) -> None:
        self.start(office, tidy=manual(ok="end-9"), end_9={}, exception="tidy")
        answer(office, "inner", yes=False)
        assert asked(office) == ["tidy"]
        answer(office, "tidy")
        assert asked(office) == ["sorry"]

    def test_a_case_keeps_to_the_playbooks_it_began_with(self, office: Office) -> None:
        self.start(office)
        office.books = {}
        office.restart()
        answer(office, "inner", inputs={"__found__": "无"})
        assert asked(office) == ["after"]


class TestGates:
    """Whatever a playbook says: nothing is contained without a yes, nothing is published without two people."""

    def test_containing_waits_for_a_yes(self, office: Office) -> None:
        block = own("containment/block-caller", BLOCK, ok="end", failed="hand")
        run(office, automatic=False, start={"then": "block"}, block=block, hand=manual(ok="end-2"), end_2={}, end={})
        assert office.cases.pending() == ()
        assert office.question(CASE, Question.CONTAIN).title == "block"
        office.say_yes(CASE, Question.CONTAIN)
        (command,) = office.cases.pending()
        assert isinstance(command, Tighten)
        assert (command.kind, str(command.by)) == (Containment.BLOCK_CALLER, f"person:{CHEN}")

    def test_a_no_is_a_failure_of_the_step(self, office: Office) -> None:
        block = own("containment/block-caller", BLOCK, ok="end", failed="hand")
        run(office, automatic=False, start={"then": "block"}, block=block, hand=manual(ok="end-2"), end_2={}, end={})
        answer(office, "block", yes=False)
        assert asked(office) == ["hand"]
        assert office.cases.pending() == ()

    def test_a_no_without_a_way_on_can_be_taken_back(self, office: Office) -> None:
        run(
            office,
            automatic=False,
            start={"then": "block"},
            block=own("containment/block-caller", BLOCK, ok="end"),
            end={},
        )
        answer(office, "block", yes=False)
        assert office.question(CASE, Question.STEP).text.startswith("不行")
        answer(office, "block", yes=False)
        office.cases.retry(CASE, office.question(CASE, Question.RESCUE).key, CHEN)
        office.say_yes(CASE, Question.CONTAIN)
        assert [type(command) for command in office.cases.pending()] == [Tighten]

    def test_a_yes_to_what_stops_nobody_is_none_to_containing(self, office: Office) -> None:
        contain = "v1/cases/__case__:value/contain"
        more = {"kind": "raise_logging", "target": "__caller__:value", "hours": 3, "reason": "查"}
        run(
            office,
            automatic=False,
            start={"then": "more"},
            more=own(contain, more, ok="again"),
            again=own(contain, {**more, "kind": "revoke_sessions"}, ok="block"),
            block=own(contain, {**more, "kind": "block_caller"}, ok="end"),
            end={},
        )
        for title in ("more", "again", "block"):
            asked = office.question(CASE, Question.CONTAIN)
            assert asked.title == title
            assert office.cases.get(CASE).containment_by is None
            office.say_yes(CASE, Question.CONTAIN)
            office.perform_all()
        case = office.cases.get(CASE)
        assert str(case.containment_by) == f"person:{CHEN}"
        assert {str(command.by) for command in case.tightenings} == {f"person:{CHEN}"}
        assert ended(office) is Ending.SUCCEEDED

    def test_publishing_waits_for_two_people(self, office: Office) -> None:
        office.record()
        cases = "cases/__case__:value"
        run(
            office,
            start={"then": "block"},
            block=own("containment/block-caller", BLOCK, ok="count"),
            count=own(f"{cases}/scope", {}, ok="grade"),
            grade=own(f"{cases}/duties", ok="draft"),
            draft=own(f"{cases}/notice-drafts", {"template": "bulk-retrieval"}, ok="publish"),
            publish=own(f"{cases}/notice-publications", ok="end"),
            end={},
        )
        office.perform_all()
        assert office.question(CASE, Question.APPROVE_NOTICE).title == "publish"
        assert office.cases.pending() == ()
        office.publish(CASE)
        assert ended(office) is Ending.SUCCEEDED
        commands = office.cases.get(CASE).commands.values()
        published = [issued.progress for issued in commands if isinstance(issued.command, PublishNotice)]
        assert published == [Progress.SUCCEEDED]


def test_what_the_engine_does_not_run_a_person_is_asked_to(office: Office) -> None:
    step = manual(ok="end")
    step["commands"] = [{"type": "ssh", "command": "reboot __caller__:value"}, {"type": "manual", "command": "看"}]
    run(office, start={"then": "one"}, one=step, end={})
    (first,) = office.cases.get(CASE).questions
    assert '"command": "reboot clerk-wang"' in first.text
    assert first.assignee == "值班员"
    office.cases.complete(CASE, first.key, CHEN)
    (second,) = office.cases.get(CASE).questions
    assert second.text == "看"
    assert second.key == CommandKey(f"{CASE}.2.2")


def test_the_look_back_of_a_scope(office: Office) -> None:
    office.record()
    scope = own("cases/__case__:value/scope", {"look_back_hours": 2}, ok="end")
    run(office, start={"then": "count"}, count=scope, end={})
    (command,) = office.cases.pending()
    assert isinstance(command, AssessScope)
    assert (command.question.start, command.question.end) == (alert().first_at - timedelta(hours=2), TEN)


COUNTED: dict[str, Any] = {
    "start": {"then": "while"},
    "while": {"condition": "__left__:value != '0'", "yes": "one", "ok": "after", "failed": "other"},
    "one": manual(ok="end-1", out_args=["__left__"]),
    "end_1": {},
    "after": manual(then="end"),
    "other": manual(then="end"),
    "end": {},
    "variables": {"__left__": {"type": "string", "value": "2"}},
}


def test_a_loop_goes_round_while_its_condition_holds(office: Office) -> None:
    run(office, **COUNTED)
    for left in ("1", "0"):
        assert asked(office) == ["one"]
        answer(office, "one", inputs={"__left__": left})
    assert asked(office) == ["after"]


def test_a_loop_whose_condition_does_not_hold_is_passed(office: Office) -> None:
    run(office, **{**COUNTED, "variables": {"__left__": {"type": "string", "value": "0"}}})
    assert asked(office) == ["after"]


def test_a_round_that_fails_ends_the_loop(office: Office) -> None:
    run(office, **COUNTED)
    answer(office, "one", inputs={"__left__": "1"})
    answer(office, "one", yes=False)
    assert asked(office) == ["other"]


def test_a_loop_is_given_up_after_so_many_rounds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incident.branches.MOST_ROUNDS", 3)
    run(office, **COUNTED)
    for _ in range(3):
        answer(office, "one", inputs={"__left__": "1"})
    assert asked(office) == ["other"]


def test_a_loop_begins_no_round_after_its_time(office: Office) -> None:
    run(office, **{**COUNTED, "while": {**COUNTED["while"], "timeout": 600_000}})
    office.watch.move(minutes=11)
    answer(office, "one", inputs={"__left__": "1"})
    assert asked(office) == ["other"]


@pytest.mark.parametrize(("value", "step"), [("a", "one"), ("b", "two"), ("c", "rest"), ("default", "rest")], ids=str)
def test_a_switch_takes_the_case_of_its_value(office: Office, value: str, step: str) -> None:
    run(
        office,
        start={"then": "switch"},
        switch={"switch": "__kind__:value", "cases": {"a": "one", "b": "two", "default": "rest"}, "ok": "end"},
        one=manual(ok="end"),
        two=manual(ok="end"),
        rest=manual(ok="end"),
        end={},
        variables={"__kind__": {"type": "string", "value": value}},
    )
    assert asked(office) == [step]
    answer(office, step)
    assert ended(office) is Ending.SUCCEEDED


def test_a_switch_without_a_case_for_its_value_goes_on(office: Office) -> None:
    run(
        office,
        start={"then": "switch"},
        switch={"switch": "__kind__:value", "cases": {"a": "one"}, "ok": "after"},
        one=manual(ok="end"),
        after=manual(ok="end"),
        end={},
        variables={"__kind__": {"type": "string", "value": "b"}},
    )
    assert asked(office) == ["after"]


def test_a_switch_over_what_is_not_known_fails(office: Office) -> None:
    run(
        office,
        start={"then": "switch"},
        switch={"switch": "__kind__:value", "cases": {"a": "one"}, "ok": "other", "failed": "other"},
        one=manual(ok="end"),
        other=manual(ok="end"),
        end={},
        variables={"__kind__": {"type": "string", "external": True}},
    )
    assert asked(office) == ["other"]


def test_a_way_may_end_in_its_branches(office: Office) -> None:
    run(
        office,
        start={"then": "if"},
        if_={"condition": "__case__:value != ''", "yes": "one", "no": "end"},
        one=manual(ok="end"),
        end={},
    )
    answer(office, "one")
    assert ended(office) is Ending.SUCCEEDED
