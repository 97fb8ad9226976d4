"""Two people and one key: who may have the list of persons to tell made, and when."""

from dataclasses import replace

import pytest

from incident.facts.case import Move
from incident.facts.persons import PersonsListed
from incident.ids import CaseId, NotPermitted
from incident.person_lists import ListStanding
from tests.incident.office import CHEN, LI, Office
from tests.incident.test_journal import RECIPIENT

CASE = CaseId("C-20261123-001")
OTHER = f"age1{'z' * 58}"
BROKEN_OFF = PersonsListed(
    number=1, part=1, affected=9, found=4, read=5, complete=False, why="系统没有答完 / it did not answer to the end"
)


@pytest.fixture
def asked(office: Office) -> Office:
    office.to_the_draft()
    office.cases.ask_persons(CASE, CHEN, "register", RECIPIENT, "依法告知", masked=False)
    return office


def standing(office: Office) -> ListStanding:
    office.restart()
    return office.cases.get(CASE).person_lists[1].standing


def test_a_list_is_made_after_another_person_agreed(asked: Office) -> None:
    assert standing(asked) is ListStanding.ASKED
    with pytest.raises(NotPermitted, match="another person"):
        asked.cases.agree_persons(CASE, CHEN, 1, RECIPIENT)
    with pytest.raises(NotPermitted, match="the key is not the one"):
        asked.cases.agree_persons(CASE, LI, 1, OTHER)
    asked.cases.persons_listed(CASE, BROKEN_OFF)
    assert standing(asked) is ListStanding.ASKED, "nothing is made that nobody agreed to"
    asked.cases.agree_persons(CASE, LI, 1, RECIPIENT)
    assert standing(asked) is ListStanding.AGREED
    with pytest.raises(NotPermitted, match="waits for nobody"):
        asked.cases.agree_persons(CASE, LI, 1, RECIPIENT)


def test_a_partial_list_stays_due_until_it_is_whole_and_never_seems_so(asked: Office) -> None:
    asked.cases.agree_persons(CASE, LI, 1, RECIPIENT)
    asked.cases.persons_listed(CASE, BROKEN_OFF)
    assert standing(asked) is ListStanding.PARTIAL
    entries = len(asked.cases.get(CASE).entries)
    asked.cases.persons_listed(CASE, replace(BROKEN_OFF, part=0))
    assert len(asked.cases.get(CASE).entries) == entries, "the same once more is no news"
    asked.cases.persons_listed(CASE, replace(BROKEN_OFF, part=2, found=8, read=9, complete=True, why=""))
    listed = asked.cases.get(CASE).person_lists[1]
    assert (listed.standing, listed.parts, listed.is_due) == (ListStanding.COMPLETE, 2, False)
    with pytest.raises(NotPermitted, match="come to its end"):
        asked.cases.stop_persons(CASE, CHEN, 1, "不再需要")


def test_who_gives_up_says_why_and_the_parts_stay(asked: Office) -> None:
    asked.cases.agree_persons(CASE, LI, 1, RECIPIENT)
    asked.cases.persons_listed(CASE, BROKEN_OFF)
    with pytest.raises(NotPermitted):
        asked.cases.stop_persons(CASE, LI, 1, "")
    asked.cases.stop_persons(CASE, LI, 1, "系统已下线，改以公告告知")
    asked.cases.persons_listed(CASE, replace(BROKEN_OFF, part=2, complete=True))
    listed = asked.cases.get(CASE).person_lists[1]
    assert (listed.standing, listed.parts) == (ListStanding.STOPPED, 1)


@pytest.mark.parametrize(
    "recipient", ["", "age1", RECIPIENT.upper(), f"{RECIPIENT}q", f" {RECIPIENT}", "age1" + "b" * 58]
)
def test_what_is_no_public_key_is_refused(asked: Office, recipient: str) -> None:
    with pytest.raises(NotPermitted, match="age1"):
        asked.cases.ask_persons(CASE, CHEN, "register", recipient, "依法告知", masked=True)


def test_nobody_asks_without_a_scope_a_reason_or_an_open_case(office: Office) -> None:
    case = office.cases.open_by_hand("来信", "medium", CHEN, "市民来信")
    with pytest.raises(NotPermitted, match="count first"):
        office.cases.ask_persons(case, CHEN, "register", RECIPIENT, "依法告知", masked=False)
    office.to_the_draft()
    known = next(each for each in office.cases.all() if each.scope)
    with pytest.raises(NotPermitted):
        office.cases.ask_persons(known.id, CHEN, "register", RECIPIENT, " ", masked=False)
    office.cases.act(known.id, Move.DISMISS, CHEN, "误报")
    with pytest.raises(NotPermitted):
        office.cases.ask_persons(known.id, CHEN, "register", RECIPIENT, "依法告知", masked=False)
