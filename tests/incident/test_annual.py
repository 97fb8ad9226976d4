"""The figures of a year against cases that were made by hand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incident.annual import annual, median_of, years_of
from incident.duty.duties import Grade
from incident.facts.case import Move
from incident.goals import Milestone
from incident.handling_book import HandlingBook
from tests.incident.office import CHEN, LI, PRESS, TEN, Office, alert


def test_a_year_is_counted_and_drills_are_apart(office: Office) -> None:
    first = office.to_the_draft()
    office.publish(first)
    second = office.cases.open_or_join(
        alert("a-2", group={"user.id": "clerk-sun", "service.name": "hall"}, level="low", respond="")
    )
    office.watch.move(minutes=30)
    office.cases.act(second, Move.CONTAIN, CHEN)
    office.cases.grade(second, CHEN, Grade.LARGE, "按人数")
    office.cases.fulfil(second, next(iter(office.cases.get(second).clocks)), CHEN, "回执 1")
    wrong = office.cases.open_or_join(alert("a-3", group={"user.id": "clerk-hu"}, respond=""))
    office.cases.act(wrong, Move.DISMISS, CHEN, "体检季")
    drill = office.cases.open_drill("演练", "critical", CHEN, book="", once="1")
    office.cases.act(drill, Move.RESOLVE, CHEN)
    HandlingBook(office.cases).review(drill, LI, "演练", "通讯录过期")
    office.watch.move(days=40)
    office.cases.tick()

    found = annual(office.cases.all(), 2026, PRESS.zone, office.cases.rules.goals, office.watch.at)
    real = found.real
    assert (real.cases, real.false_alarms, real.going_on, real.published, real.reviewed) == (3, 1, 2, 1, 0)
    assert real.persons == 20
    assert real.levels == {"high": 1, "low": 1}
    assert real.grades == {"large": 1, "ordinary": 1}
    assert real.systems == {"hall": 1, "register": 1}
    assert real.categories == {"mobile": 1, "name": 1}
    contained = real.times[Milestone.CONTAINED]
    assert (contained.number, contained.median, contained.worst, contained.missed) == (
        2,
        timedelta(minutes=15),
        timedelta(minutes=30),
        1,
    )
    in_time, late, running = (
        sum(getattr(each, name) for each in real.duties.values()) for name in ("in_time", "late", "running")
    )
    clocks = [
        record
        for case in (first, second)
        for record in office.cases.get(case).clocks.values()
        if not (record.judged and not record.judged.applies)
    ]
    assert in_time + late + running == len(clocks)
    assert (in_time, late) == (1, sum(record.late_since is not None for record in clocks))
    assert late > 0
    assert (found.drills.cases, found.drills.reviewed, found.drills.levels) == (1, 1, {"critical": 1})


def test_the_day_of_the_unit_decides_about_the_year(office: Office) -> None:
    office.watch.at = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # the first of January in Beijing
    office.cases.open_by_hand("接到举报", "high", CHEN, "")
    now = office.watch.at
    assert annual(office.cases.all(), 2026, PRESS.zone, {}, now).real.cases == 0
    assert annual(office.cases.all(), 2027, PRESS.zone, {}, now).real.cases == 1
    assert years_of(office.cases.all(), PRESS.zone, TEN + timedelta(days=800)) == (2029, 2027)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=9))
def test_no_median_is_longer_than_the_worst_to_whoever_reads_it(milliseconds: list[int]) -> None:
    """Half seconds are neither rounded up nor lost: once five and a half seconds read as six, above a worst of five."""
    spans = [timedelta(milliseconds=each) for each in milliseconds]
    middle = median_of(spans)
    assert min(spans) <= middle <= max(spans)
    assert sum(span <= middle for span in spans) * 2 >= len(spans) <= sum(span >= middle for span in spans) * 2
