"""What an officer found a good reason for widens the range of one caller for some weeks, once, and leaves nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.baseline.excuse import AGAIN, LASTS, MORE, Excuse, excuses_from, first_of_each, widened
from siem.baseline.profile import Measure
from siem.baseline.volume import MOST_PEOPLE
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.record.ecs import Document
from tests.siem.baseline.office import CALENDAR, CLERKS, LEARNED, Office, moment
from tests.siem.events import digest

WANG, LI = CLERKS[0], CLERKS[1]
EXCUSE = Excuse(caller=WANG, alert="A-000001", day=LEARNED, since=LEARNED + timedelta(days=1))
LATER = LEARNED + timedelta(days=14)
"""More than a week after the day that is excused, so that it is told again."""


def found(documents: Iterable[Document], excuses: Sequence[Excuse] = (EXCUSE,), **known: object) -> list[Anomaly]:
    baselines = Baselines(CALENDAR, **known)  # type: ignore[arg-type]
    baselines.excuses = {WANG: list(excuses)}
    ordered = sorted(documents, key=lambda document: (document["@timestamp"], document["event"]["id"]))
    return list(watch(baselines, iter(ordered)))


def weeks(office: Office, until: date, caller: str, *batches: tuple[date, int]) -> list[Document]:
    """Usual days, and so many people at once on some of them."""
    taken = [office.look(caller, moment(day, 10), people=range(count)) for day, count in batches]
    return [*office.weeks(until), *taken]


@pytest.mark.parametrize(
    ("caller", "count", "days", "told"),
    [
        (WANG, 200, 14, False),
        (WANG, 218, 14, False),
        (WANG, 225, 14, True),
        (LI, 200, 14, True),
        (WANG, 200, LASTS.days + 7, True),
    ],
)
def test_as_much_as_was_seen_is_no_alert_until_it_ends_and_of_nobody_else(
    caller: str, count: int, days: int, told: bool
) -> None:
    day = LEARNED + timedelta(days=days)
    documents = weeks(Office(), day + timedelta(days=1), caller, (LEARNED, 200), (day, count))
    assert [each.at.date() for each in found(documents)] == ([LEARNED, day] if told else [LEARNED])


def test_an_alert_says_that_the_range_was_wider() -> None:
    documents = weeks(Office(), LATER + timedelta(days=1), WANG, (LEARNED, 200), (LATER, 400))
    _, again = found(documents)
    assert f"关闭 A-000001 时放宽到 {EXCUSE.until}" in again.zh
    assert f"wider until {EXCUSE.until} since A-000001 was closed" in again.en


def test_an_excuse_leaves_nothing_behind_when_it_ends() -> None:
    days = [LEARNED + timedelta(days=number) for number in range(1, LASTS.days + 1)]
    after = LEARNED + LASTS + timedelta(days=1)
    batches = [(day, 200) for day in (LEARNED, *days, after) if CALENDAR.is_workday(day)]
    assert [each.at.date() for each in found(weeks(Office(), after + timedelta(days=1), WANG, *batches))] == [
        LEARNED,
        after,
    ]


def test_nobody_is_excused_from_the_cap_for_everybody_nor_for_listed_persons() -> None:
    much = weeks(Office(), LATER + timedelta(days=1), WANG, (LEARNED, MOST_PEOPLE + 500), (LATER, MOST_PEOPLE))
    assert [each.at.date() for each in found(much)] == [LEARNED, LATER]
    office = Office()
    listed = frozenset(digest(10**6 + number) for number in range(4))
    looks = [office.look(WANG, moment(LATER, 9 + number), [10**6 + number]) for number in range(4)]
    documents = [*weeks(office, LATER + timedelta(days=1), WANG, (LEARNED, 200)), *looks]
    assert [each.kinds[0] for each in found(documents, listed=listed)][1:] == ["listed"]


def test_an_excuse_of_a_day_on_which_nothing_was_found_widens_nothing() -> None:
    other = Excuse(caller=WANG, alert="A-000002", day=LEARNED - timedelta(days=7), since=LEARNED - timedelta(days=6))
    documents = weeks(Office(), LEARNED + timedelta(days=1), WANG, (LEARNED, 200))
    assert len(found(documents, [other])) == 1


@given(
    st.lists(
        st.builds(
            lambda day, wait, caller, number: Excuse(
                caller=caller,
                alert=f"A-{number}",
                day=LEARNED + timedelta(days=day),
                since=LEARNED + timedelta(days=day + wait),
            ),
            st.integers(0, 400),
            st.integers(1, 20),
            st.sampled_from([WANG, LI]),
            st.integers(1, 9),
        ),
        max_size=12,
    )
)
def test_whoever_closes_alerts_nobody_is_excused_twice_within_three_months(excuses: list[Excuse]) -> None:
    counts = first_of_each(excuses)
    for caller in {each.caller for each in excuses}:
        days = sorted(each.day for each in counts if each.caller == caller)
        assert days, "the first counts"
        assert all(later - day >= AGAIN for day, later in pairwise(days))


@given(st.lists(st.floats(1, 9_000), min_size=4, max_size=4), st.integers(0, 20_000))
def test_caps_are_never_lower_and_never_wider_than_what_was_seen(caps: list[float], seen: int) -> None:
    before = {Measure.PEOPLE: tuple(sorted(caps))}
    after = widened(before, {Measure.PEOPLE: seen}, MOST_PEOPLE)[Measure.PEOPLE]
    for cap, wider in zip(before[Measure.PEOPLE], after, strict=True):
        assert wider in (cap, min(MORE * seen + 1, MOST_PEOPLE))
        assert wider >= cap


def test_excuses_are_read_as_they_were_written() -> None:
    assert excuses_from([EXCUSE.as_json()]) == {WANG: [EXCUSE]}


@pytest.mark.parametrize("told", [[{}], 1, [1], [{**EXCUSE.as_json(), "day": "soon"}], {"a": 1}])
def test_what_is_no_list_of_excuses_is_refused(told: object) -> None:
    with pytest.raises(ValueError, match=r"excuses|isoformat"):
        excuses_from(told)
