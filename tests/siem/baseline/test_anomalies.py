from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from siem.baseline.anomalies import Anomalies
from siem.baseline.words import Anomaly, Deviation
from siem.index.store import StoreUnavailable
from tests.siem.baseline.office import LEARNED, moment

AT = moment(LEARNED, 10)
DAY = timedelta(days=1)
PEOPLE = Deviation(kind="people", points=4.0, zh="很多人", en="many")
NETWORK = Deviation(kind="network", points=3.0, zh="别的网络", en="another network")
ANOMALY = Anomaly(
    caller="clerk-wang",
    kind="staff",
    group="staff:window",
    at=AT,
    points=4.5,
    event="S-1",
    deviations=(PEOPLE,),
    kinds=("people", "hour"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "baselines.db"


@pytest.fixture
def anomalies(path: Path) -> Iterator[Anomalies]:
    with closing(Anomalies(path)) as anomalies:
        yield anomalies


def test_who_only_reads_sees_what_was_saved_whole(anomalies: Anomalies, path: Path) -> None:
    with closing(Anomalies(path, read_only=True)) as reader:
        assert (reader.judged_to(), reader.after(0, 10), reader.number_before(AT)) == (None, [], 0)
        anomalies.save([ANOMALY], AT + DAY, AT)
        assert [each.anomaly for each in reader.after(0, 10)] == [ANOMALY]
        assert reader.judged_to() == AT + DAY
        assert (reader.number_before(AT), reader.number_before(AT + DAY)) == (0, 1)
        assert reader.after(1, 10) == []


@pytest.mark.parametrize(
    ("again", "is_news"),
    [
        (ANOMALY, False),
        (replace(ANOMALY, at=AT + 6 * DAY), False),
        (replace(ANOMALY, at=AT - 6 * DAY), False),
        (replace(ANOMALY, at=AT + 7 * DAY), True),
        (replace(ANOMALY, at=AT + DAY, deviations=(NETWORK,), kinds=("network",)), True),
        (replace(ANOMALY, at=AT + DAY, deviations=(replace(PEOPLE, kind="hour"),), kinds=("hour",)), False),
        (replace(ANOMALY, caller="clerk-li"), True),
        (replace(ANOMALY, kind="system"), True),
    ],
    ids=["same", "days later", "days before", "a week later", "another kind", "a kind told beside", "else", "a system"],
)
def test_what_was_told_is_not_told_again(anomalies: Anomalies, again: Anomaly, is_news: bool) -> None:
    assert anomalies.save([ANOMALY], AT, AT) == [ANOMALY]
    assert anomalies.save([again], AT, AT) == ([again] if is_news else [])


def test_what_cannot_be_kept_was_not_judged_either(anomalies: Anomalies, path: Path) -> None:
    anomalies.save([], AT, AT)
    wrong = replace(ANOMALY, points="not a number")  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        anomalies.save([replace(ANOMALY, caller="clerk-li"), wrong], AT + DAY, AT)
    assert (anomalies.judged_to(), anomalies.after(0, 10)) == (AT, [])
