from datetime import UTC, datetime, timedelta
from typing import Any

from yingbi.leak import case_of

STARTED = datetime(2026, 11, 25, 9, tzinfo=UTC)


def told(case: str, **changes: Any) -> dict[str, Any]:
    """A case as the control process tells of it: one alert from an hour before the play, one from within it."""
    raised = {"old": STARTED - timedelta(hours=1), "new": STARTED + timedelta(seconds=4)}
    facts: dict[str, Any] = {"id": case, "state": "contained", "callers": ["clerk-wang"], "draft": "d"}
    moments = {"raised_at": {name: at.isoformat() for name, at in raised.items()}, "alerts": list(raised)}
    return {**facts, **moments, **changes}


def test_alerts_from_before_the_play_are_about_another_leak() -> None:
    found = case_of([told("C-2", alerts=["old"]), told("C-1")], "clerk-wang", STARTED.timestamp())
    assert found is not None
    assert (found["id"], found["alerts"]) == ("C-1", ["new"])


def test_a_case_that_is_not_ready_or_not_the_thiefs_is_not_taken() -> None:
    cases = [told("C-1", draft=""), told("C-2", callers=["clerk-li"]), told("C-3", state="closed")]
    assert case_of(cases, "clerk-wang", STARTED.timestamp()) is None
