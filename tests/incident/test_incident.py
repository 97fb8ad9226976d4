import itertools

import pytest

from incident.facts.case import Move
from incident.ids import NotPermitted
from incident.level import LEVELS
from incident.state import ENDED, TRANSITIONS, State
from tests.incident.office import CHEN, Office, alert

BY_MOVES = tuple(state for state in State if state is not State.MERGED)
"""A case that went into another stays where it is: `test_merging` tries to move it."""


def test_every_state_can_be_reached_and_left() -> None:
    assert set(TRANSITIONS.values()) == set(BY_MOVES)
    assert {before for before, _ in TRANSITIONS} == set(BY_MOVES)
    assert {move for _, move in TRANSITIONS} == set(Move)


@pytest.mark.parametrize(
    ("state", "move"),
    [pair for pair in itertools.product(BY_MOVES, Move) if pair not in TRANSITIONS],
    ids=str,
)
def test_what_is_not_in_the_table_cannot_be(office: Office, state: State, move: Move) -> None:
    case = office.cases.open_or_join(alert(respond=""))
    for step in {
        State.OPEN: (),
        State.CONTAINED: (Move.CONTAIN,),
        State.RESOLVED: (Move.RESOLVE,),
        State.CLOSED: (Move.RESOLVE, Move.CLOSE),
        State.DISMISSED: (Move.DISMISS,),
    }[state]:
        for duty in office.cases.get(case).clocks.values():
            if duty.owed and step is Move.CLOSE:
                office.cases.fulfil(case, duty.duty.id, CHEN, "回执")
        office.cases.act(case, step, CHEN, "因为")
    assert office.cases.get(case).state is state
    before = office.cases.get(case).entries
    with pytest.raises(NotPermitted, match=f"a case that is {state} cannot {move}"):
        office.cases.act(case, move, CHEN, "因为")
    assert office.cases.get(case).entries == before


def test_what_has_ended_asks_nobody(office: Office) -> None:
    case = office.cases.open_or_join(alert(automatic=True))
    assert office.cases.pending()
    office.cases.act(case, Move.DISMISS, CHEN, "误报")
    assert office.cases.get(case).state in ENDED
    assert office.cases.pending() == ()
    office.cases.act(case, Move.REOPEN, CHEN, "又有新情况")
    assert office.cases.pending(), "what was begun goes on"


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_of_a_case_only_rises(office: Office, level: str) -> None:
    case = office.cases.open_or_join(alert(level="medium"))
    office.cases.open_or_join(alert("a-2", level=level))
    assert office.cases.get(case).level == max("medium", level, key=LEVELS.index)


def test_no_notice_may_name_the_caller_but_the_system(office: Office) -> None:
    office.record(credential="jwt:hall", source_ip="10.0.0.7")
    case = office.cases.open_or_join(alert(automatic=True, group={"user.id": "clerk-wang", "service.name": "register"}))
    office.perform_all()
    assert office.cases.get(case).never_named == {"clerk-wang", "jwt:hall", "10.0.0.7"}
