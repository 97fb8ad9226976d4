"""What a post does as its ordinary work: what several others did."""

from datetime import timedelta

from siem.baseline.customary import BEYOND, OTHERS
from siem.baseline.volume import MOST_PEOPLE
from siem.baseline.watch import Baselines
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, moment


def usual_after(exports: dict[str, int], *, weeks: bool = False, kind: CallerKind = CallerKind.STAFF) -> dict[str, int]:
    """Up to how many people a day are ordinary work, once each of those has exported so many."""
    office, baselines = Office(), Baselines(CALENDAR)
    day = LEARNED if weeks else FIRST
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


def test_a_program_is_compared_with_itself() -> None:
    found = usual_after({"exchange": 200}, weeks=True, kind=CallerKind.SYSTEM)
    assert 200 < found["exchange"] < 400
