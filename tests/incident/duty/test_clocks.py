from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.duty.clocks import ClockRecord, Fulfilment, Judgement, Reading, Setting, Urgency
from incident.duty.duties import load_duties
from incident.ids import ENGINE, DutyId
from tests.incident.office import TEN

DUTIES = {duty.id: duty for duty in load_duties().duties}


def clock(duty: str = "notify-authority", **changes: object) -> ClockRecord:
    found = DUTIES[DutyId(duty)]
    setting = Setting(start=TEN, due=found.due(TEN), reason="", at=TEN, by=ENGINE)
    return replace(ClockRecord(duty=found, settings=(setting,)), **changes)  # type: ignore[arg-type]


def done(at: datetime) -> Fulfilment:
    return Fulfilment(at=at, by=ENGINE, reference="r", note="")


def judged(applies: bool) -> Judgement:
    return Judgement(applies=applies, why="", at=TEN, by=ENGINE)


DAY = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("record", "now", "reading"),
    [
        (clock(), TEN, Reading.RUNNING),
        (clock(), TEN + DAY, Reading.RUNNING),
        (clock(), TEN + DAY + MOMENT, Reading.LATE),
        (clock(late_since=TEN), TEN, Reading.LATE),
        (clock(fulfilled=done(TEN + DAY)), TEN + 9 * DAY, Reading.DONE),
        (clock(fulfilled=done(TEN + DAY + MOMENT)), TEN + 9 * DAY, Reading.DONE_LATE),
        (clock(fulfilled=done(TEN), late_since=TEN), TEN, Reading.DONE_LATE),
        (clock(judged=judged(applies=False)), TEN + 9 * DAY, Reading.NOT_OWED),
        (clock("report-cyberspace"), TEN, Reading.POSSIBLE),
        (clock("report-cyberspace"), TEN + DAY, Reading.LATE),
        (clock("report-cyberspace", judged=judged(applies=True)), TEN, Reading.RUNNING),
        (clock("report-cyberspace", judged=judged(applies=False)), TEN, Reading.NOT_OWED),
    ],
)
def test_what_a_clock_shows(record: ClockRecord, now: datetime, reading: Reading) -> None:
    assert record.reading(now) is reading


@pytest.mark.parametrize(
    ("hours", "urgency"),
    [(0, Urgency.CALM), (11.9, Urgency.CALM), (12, Urgency.HALF), (18, Urgency.LAST_QUARTER), (24.1, Urgency.OVER)],
)
def test_it_warns_at_half_and_in_the_last_quarter(hours: float, urgency: Urgency) -> None:
    assert clock().urgency(TEN + timedelta(hours=hours)) is urgency


def test_what_is_done_or_not_owed_warns_nobody() -> None:
    for record in (clock(fulfilled=done(TEN)), clock(judged=judged(applies=False))):
        assert record.urgency(TEN + 9 * DAY) is Urgency.CALM


@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),
)
def test_late_is_never_again_in_time(first: datetime, later: datetime) -> None:
    """Whatever is recorded after a due time has passed, the clock never shows that it was in time."""
    now, afterwards = sorted((first.replace(tzinfo=TEN.tzinfo), later.replace(tzinfo=TEN.tzinfo)))
    record = clock()
    if record.reading(now) is Reading.LATE:
        marked = replace(record, late_since=record.due)
        moved = replace(marked, settings=(*marked.settings, replace(marked.settings[0], due=afterwards + DAY)))
        assert moved.reading(afterwards) is Reading.LATE
        assert replace(moved, fulfilled=done(afterwards)).reading(afterwards) is Reading.DONE_LATE
