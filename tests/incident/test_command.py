from dataclasses import fields
from typing import get_args

from incident.command import ASSIGNEES, AskPerson, Containment, MachineCommand, Question
from policies.overlay import Tightening


def test_a_case_can_ask_for_every_tightening_of_the_overlay_by_its_name() -> None:
    assert {kind.value for kind in Containment} == {kind.value for kind in Tightening}


def test_every_command_has_the_key_that_makes_it_idempotent() -> None:
    for command in (*get_args(MachineCommand.__value__), AskPerson):
        assert {"key", "case"} <= {each.name for each in fields(command)}, command


def test_every_question_but_a_step_of_a_playbook_has_an_assignee() -> None:
    assert set(ASSIGNEES) == set(Question) - {Question.STEP}
