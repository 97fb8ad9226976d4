"""Whether what is found holds at a hotline by night, in a rush, and where events leave out who somebody is."""

from pathlib import Path

from siem.baseline.evaluate import evaluate
from tests.siem.baseline.third_district import KINDS, STRENGTHS, ThirdDistrict

CALLERS = 60


def test_leaks_are_found_in_a_rush_and_hardly_anybody_is_accused(tmp_path: Path) -> None:
    figures = evaluate(ThirdDistrict(1, CALLERS).write(tmp_path / "district")).as_json()
    assert figures["attacks"] == len(KINDS) * len(STRENGTHS)
    assert figures["baselines"]["recall"] >= 0.85
    assert figures["baselines"]["false_alerts"] <= 2
    assert figures["thresholds"]["recall"] < 0.5
