"""Whether leaks are found where a broker says names and people, and neither posts nor kinds."""

from pathlib import Path

from siem.baseline.evaluate import evaluate
from tests.siem.baseline.fifth_district import KINDS, FifthDistrict

CALLERS = 36


def test_most_that_takes_much_is_found_behind_a_broker(tmp_path: Path) -> None:
    figures = evaluate(FifthDistrict(1, CALLERS).write(tmp_path / "district")).as_json()
    assert (figures["attacks"], figures["callers"], figures["refused"]) == (len(KINDS), CALLERS, 0)
    assert {each["kind"] for each in figures["missed"]} <= {"collusion", "holiday"}
    assert figures["baselines"]["false_alerts"] <= 6
    assert figures["thresholds"]["recall"] < figures["baselines"]["recall"]
