from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.forms import Typed
from console.moments import Moments, left, length
from tests.incident.office import PRESS, TEN

MOMENTS = Moments(PRESS.zone, PRESS.zone_name)


def test_times_are_of_the_zone() -> None:
    assert MOMENTS.full(TEN) == "2026年11月23日 18:00（北京时间）"
    assert MOMENTS.exact(TEN) == "2026-11-23 18:00:00"
    assert MOMENTS.machine(TEN) == "2026-11-23T18:00:00+08:00"
    assert MOMENTS.exact(TEN + timedelta(hours=7)) == "2026-11-24 01:00:00"


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_time_in_a_form_comes_back_as_it_was(after: timedelta) -> None:
    at = (TEN + after).replace(microsecond=0)
    assert Typed({"at": [MOMENTS.typed(at)]}).moment("at", PRESS.zone) == at


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(0), "0 分钟", "0 min"),
        (timedelta(seconds=59), "0 分钟", "0 min"),
        (timedelta(minutes=42, seconds=59), "42 分钟", "42 min"),
        (timedelta(hours=1), "1 小时", "1 h"),
        (timedelta(hours=23, minutes=59), "23 小时 59 分钟", "23 h 59 min"),
        (timedelta(days=1), "1 天", "1 d"),
        (timedelta(days=2, hours=3, minutes=4), "2 天 3 小时", "2 d 3 h"),
    ],
)
def test_lengths(span: timedelta, zh: str, en: str) -> None:
    assert (length(span).zh, length(span).en) == (zh, en)


def test_what_is_left() -> None:
    assert left(TEN + timedelta(hours=3, minutes=12), TEN).zh == "剩余 3 小时 12 分钟"
    assert left(TEN, TEN + timedelta(minutes=5)).zh == "已超时 5 分钟"
    assert left(TEN, TEN).en == "0 min left"
