"""What becomes of tests whose machinery is not on this machine: skipped, and said loudly; under CI a failure."""

import os
from collections import Counter
from typing import NoReturn

import pytest

UNDER_CI = os.environ.get("CI") == "true"


def not_here(reason: str) -> NoReturn:
    """Skip the test that asks, for *reason*; fail it under CI."""
    if UNDER_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def say_what_was_not_run(reporter: pytest.TerminalReporter) -> None:
    """Write, after everything else, how many tests were skipped and why."""
    reasons: Counter[str] = Counter()
    for report in reporter.stats.get("skipped", []):
        _, _, why = report.longrepr if isinstance(report.longrepr, tuple) else ("", 0, str(report.longrepr))
        reasons[why.removeprefix("Skipped: ")] += 1
    if reasons:
        reporter.write_line("")
        reporter.write_sep("!", f"{reasons.total()} TESTS WERE NOT RUN", red=True, bold=True)
        for why, count in reasons.most_common():
            reporter.write_line(f"{count} not run: {why}", red=True, bold=True)
