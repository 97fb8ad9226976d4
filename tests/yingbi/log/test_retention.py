from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.condition import EVERYTHING
from siem.index.sqlite import SqliteStore
from siem.record.keep import Spans
from tests.siem.events import NINE, document
from yingbi.log.retention import AGAIN, Retention

SOON = timedelta(seconds=20)
DAYS = 184


def test_whole_days_go_once_they_are_older_than_declared_and_the_rest_stays(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(number, at=NINE - timedelta(days=number)) for number in range(180, 190)], SOON)
        retention = Retention(store, DAYS)
        dropped = retention.step(NINE)
        assert dropped == [f"{(NINE - timedelta(days=age)).date()}.db" for age in range(189, 184, -1)]
        assert store.count(EVERYTHING, NINE - timedelta(days=400), NINE, SOON) == 5
        assert retention.step(NINE + timedelta(hours=14)) == [], "once a day"
        assert retention.step(NINE + timedelta(hours=16)) == [f"{(NINE - timedelta(days=184)).date()}.db"]


def test_no_day_of_evidence_goes_and_none_at_all_where_it_cannot_be_known(tmp_path: Path) -> None:
    def unknown() -> Spans:
        raise OSError("it cannot be known what is evidence")

    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(age, at=NINE - timedelta(days=age)) for age in range(184, 190)], SOON)
        assert Retention(store, DAYS, unknown).step(NINE) == []
        span = NINE - timedelta(days=188), NINE - timedelta(days=186)
        dropped = Retention(store, DAYS, lambda: (span,)).step(NINE)
        assert dropped == [f"{(NINE - timedelta(days=age)).date()}.db" for age in (189, 185)]


@pytest.mark.parametrize("waited", [AGAIN, timedelta(hours=-1)])
def test_what_could_not_be_deleted_is_tried_again_later(tmp_path: Path, waited: timedelta) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        (tmp_path / "index").write_text("a file")
        retention = Retention(store, DAYS)
        assert retention.step(NINE) == []
        (tmp_path / "index").unlink()
        store.append([document(1, at=NINE - timedelta(days=200))], SOON)
        assert retention.step(NINE + timedelta(seconds=1)) == [], "not at every step"
        assert len(retention.step(NINE + waited)) == 1
