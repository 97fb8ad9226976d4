"""What a worker counts is seen from outside without asking it."""

from pathlib import Path

import pytest

from proxy.counters import NAMES, Counters


def test_what_is_counted_is_seen_by_who_looks_on(tmp_path: Path) -> None:
    worker, supervisor = Counters(tmp_path / "counters"), Counters(tmp_path / "counters")
    assert supervisor.read() == dict.fromkeys(NAMES, 0)
    worker.add("requests")
    worker.add("requests", 2)
    worker.set("live", 5)
    worker.set("live", 4)
    assert supervisor.read() == {**dict.fromkeys(NAMES, 0), "requests": 3, "live": 4}


def test_what_a_dead_worker_counted_stays(tmp_path: Path) -> None:
    Counters(tmp_path / "counters").add("withheld")
    assert Counters(tmp_path / "counters").read()["withheld"] == 1


def test_nothing_is_counted_that_has_no_name(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Counters(tmp_path / "counters").add("mistakes")
    assert (tmp_path / "counters").stat().st_mode & 0o777 == 0o600
