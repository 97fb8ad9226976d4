"""What the settings say of a worker is what it is started with."""

from pathlib import Path

import pytest

from yingbi.process.worker import worker_settings
from yingbi.settings import Settings
from yingbi.settings_tables import Capacity


def test_how_long_the_quota_is_waited_for_can_be_set(tmp_path: Path) -> None:
    assert worker_settings(Settings(home=tmp_path), 0).quota_s == 0.1
    slow = Settings(home=tmp_path, capacity=Capacity(quota_ms=250))
    assert worker_settings(slow, 0).quota_s == 0.25


@pytest.mark.parametrize("wrong", [9, 5001])
def test_it_is_neither_nothing_nor_for_ever(wrong: int) -> None:
    with pytest.raises(ValueError, match=r"`capacity.quota_ms` is a number between 10 and 5000"):
        Capacity(quota_ms=wrong)
