"""How long tests wait: `tests.gateway`."""

import os

import pytest

from tests import gateway
from tests.gateway import wait_until, waiting_per_core

CORES = os.cpu_count() or 1


@pytest.mark.parametrize(("per_core", "times"), [(0.0, 1.0), (1.0, 1.0), (2.5, 2.5), (13.0, 13.0)])
def test_on_a_busy_machine_all_may_take_longer(monkeypatch: pytest.MonkeyPatch, per_core: float, times: float) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (per_core * CORES, 0.0, 0.0))
    assert waiting_per_core() == times


def test_what_never_holds_is_not_waited_for_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (100.0 * CORES, 0.0, 0.0))
    monkeypatch.setattr(gateway, "PATIENCE_S", 0.0001)
    with pytest.raises(AssertionError, match="waited too long"):
        wait_until(lambda: False, 0.0001)
