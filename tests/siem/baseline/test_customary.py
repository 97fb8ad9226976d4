"""What a post does as its ordinary work: what several others did."""

from datetime import timedelta

import pytest

from siem.baseline.customary import BEYOND, custom_of
from siem.baseline.group import Group
from siem.baseline.others import OTHERS, done_by_others
from siem.baseline.profile import Measure, Profile
from siem.baseline.volume import MOST_PEOPLE
from siem.baseline.watch import Baselines
from siem.detect.custom import Usual
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, moment

MIDDLE = FIRST + timedelta(days=10)
"""A workday on which nobody makes the figures of a month."""


def usual_after(exports: dict[str, int], *, weeks: bool = False, kind: CallerKind = CallerKind.STAFF) -> dict[str, int]:
    """Up to how many people a day are ordinary work, once each of those has exported so many."""
    office, baselines = Office(), Baselines(CALENDAR)
    day = LEARNED if weeks else MIDDLE
    for document in office.weeks() if weeks else office.usual(day):
        baselines.observe(document)
    for place, (caller, people) in enumerate(exports.items()):
        for kept in range(10 if kind is CallerKind.SYSTEM else 1):
            at = moment(day + timedelta(days=kept), 17 + place / 10)
            baselines.observe(office.look(caller, at, range(people), caller_kind=kind))
    found = baselines.usual()
    assert all(baselines.usual(caller)[caller] == usual for caller, usual in found.items())
    return {caller: usual.a_day for caller, usual in found.items()}


def test_what_three_others_did_is_ordinary_work_from_the_first_day_on() -> None:
    exports = {CLERKS[0]: 800, CLERKS[1]: 500, CLERKS[2]: 400}
    found = usual_after(exports)
    others = {caller: int(BEYOND * (400 + 12)) for caller in CLERKS if caller not in exports}
    assert found == others, "of those who did it only two others have"
    assert len(exports) == OTHERS


def test_nobody_makes_a_custom_alone_nor_with_a_friend() -> None:
    assert usual_after({CLERKS[0]: 2_000, CLERKS[1]: 2_000}) == {}


def test_what_was_found_makes_no_custom() -> None:
    assert usual_after(dict.fromkeys(CLERKS[:5], 900), weeks=True) == {}


def test_no_custom_is_above_what_anybody_may_see() -> None:
    assert set(usual_after(dict.fromkeys(CLERKS[:4], 2900)).values()) == {MOST_PEOPLE}


@pytest.mark.parametrize(("day", "times"), [(11, 1.0), (27, 2.0), (30, 2.0)])
def test_at_the_turn_of_the_month_more_of_the_same_is_ordinary(day: int, times: float) -> None:
    office, baselines = Office(), Baselines(CALENDAR)
    for caller in CLERKS[:3]:
        baselines.observe(office.look(caller, moment(FIRST.replace(day=day), 10), range(400)))
    baselines.observe(office.look(CLERKS[5], moment(FIRST.replace(day=day), 11)))
    assert baselines.usual()[CLERKS[5]].a_day == int(times * BEYOND * 400)


def test_a_program_is_compared_with_itself() -> None:
    found = usual_after({"exchange": 200}, weeks=True, kind=CallerKind.SYSTEM)
    assert 200 < found["exchange"] < 400


def test_in_a_post_of_few_two_others_are_half_of_it() -> None:
    idle = {"e": 0, "f": 0}
    few = done_by_others({"a": 900, "b": 700, "c": 600, "d": 0, **idle})
    assert few == {"a": 600, "b": 600, "c": 700, "d": 700, "e": 700, "f": 700}
    assert done_by_others({"a": 900, "b": 700, "c": 0, "d": 0, **idle})["a"] == 0
    many = {"a": 900, "b": 700, "c": 600, **{str(number): 0 for number in range(9)}}
    assert {done_by_others(many)[caller] for caller in "abc"} == {0}


def test_in_a_post_of_up_to_four_one_other_is_enough() -> None:
    assert done_by_others({"a": 900, "b": 700, "c": 0}) == {"a": 700, "b": 900, "c": 900}
    assert done_by_others({"a": 900, "b": 0}) == {"a": 0, "b": 900}
    assert done_by_others({"a": 900}) == {"a": 0}


def test_files_of_those_who_do_as_much_are_the_custom_of_who_fetched_none() -> None:
    member = Profile("c1", "staff", "staff~register 2", FIRST)
    groups = {"staff~register 2": Group()}
    groups["staff~register 2"].files = {Measure.PEOPLE: 400, Measure.HOUR: 300}
    found = custom_of([member], groups, workday=True, is_learned=True)
    assert found == {"c1": Usual(int(BEYOND * 300), int(BEYOND * 400))}
    assert custom_of([member], {}, workday=True, is_learned=True) == {}
