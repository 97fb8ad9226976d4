"""Whether what the baselines find holds in a district that is drawn in another way."""

from pathlib import Path

from siem.baseline.evaluate import evaluate
from tests.siem.baseline.second_district import KINDS, SecondDistrict

CALLERS = 40


def test_most_of_another_district_is_found_and_hardly_anybody_accused(tmp_path: Path) -> None:
    figures = evaluate(SecondDistrict(2, CALLERS).write(tmp_path / "district")).as_json()
    assert figures["attacks"] == 2 * len(KINDS)
    assert figures["baselines"]["recall"] >= 0.8
    assert figures["baselines"]["false_alerts"] <= 1
    assert {each["kind"] for each in figures["missed"] if each["strength"] == "strong"} <= {"drip"}
    assert figures["thresholds"]["recall"] < 0.5


def test_most_is_found_where_events_say_neither_post_nor_address_nor_kind(tmp_path: Path) -> None:
    figures = evaluate(SecondDistrict(4, 2 * CALLERS, sparse=True).write(tmp_path / "district")).as_json()
    assert figures["baselines"]["recall"] >= 0.7
    assert figures["baselines"]["false_alerts"] <= 2
