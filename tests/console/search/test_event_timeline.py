from datetime import timedelta

import pytest

from console.search.event_timeline import MOST_BARS, timeline
from siem.index.condition import EVERYTHING, Is
from siem.record.event import Disclosure
from tests.console.bureau import Bureau
from tests.incident.office import LIMIT, TEN
from tests.siem.events import document

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("span", "length", "bars"),
    [
        (timedelta(minutes=30), timedelta(minutes=1), 30),
        (timedelta(minutes=30, seconds=1), timedelta(minutes=1), 31),
        (timedelta(hours=3), timedelta(minutes=5), 36),
        (timedelta(days=1), HOUR, 24),
        (timedelta(days=7), timedelta(days=1), 7),
        (timedelta(days=366), timedelta(days=7), 53),
    ],
)
def test_the_bars_cover_the_span_and_are_not_too_many(
    bureau: Bureau, span: timedelta, length: timedelta, bars: int
) -> None:
    found = timeline(bureau.office.events, EVERYTHING, TEN, TEN + span, LIMIT)
    assert (found.length, len(found.bars)) == (length, bars)
    assert bars <= MOST_BARS
    assert (found.bars[0].start, found.bars[-1].end) == (TEN, TEN + span)
    assert not found.picture


def test_events_are_in_their_bar_by_what_they_showed(bureau: Bureau) -> None:
    forms = [Disclosure.CLEAR, Disclosure.MASKED, Disclosure.PSEUDONYMOUS, Disclosure.NONE, Disclosure.CLEAR]
    told = [document(n, at=TEN + n // 2 * HOUR, disclosure=form) for n, form in enumerate(forms)]
    bureau.office.events.append([*told, document(9, at=TEN + 24 * HOUR)], LIMIT)
    found = timeline(bureau.office.events, EVERYTHING, TEN, TEN + 24 * HOUR, LIMIT)
    numbers = [bar.numbers for bar in found.bars if bar.total]
    assert numbers == [{"clear": 1, "hidden": 1}, {"hidden": 1, "none": 1}, {"clear": 1}]
    assert (found.total, found.most) == (5, 2)
    assert len(found.picture) == 5
    nobody = timeline(bureau.office.events, Is("user.id", "x"), TEN, TEN + HOUR, LIMIT)
    assert nobody.total == 0
