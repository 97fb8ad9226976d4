"""Rules that fail while they are applied are left out, so that one that nobody can apply stops no other.

INVARIANT: what is left out is told, and nothing else is: where it is not the rules, the failure stays one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from siem.detect.alert import Alert
from siem.detect.definition import Rule
from siem.detect.run import Detector
from siem.detect.unforeseen import UNFORESEEN


class Rest(NamedTuple):
    """What goes on where a step has failed."""

    detector: Detector
    alerts: Sequence[Alert]
    """Of its first step, which goes over all that the failed one was to."""
    left_out: Sequence[tuple[Rule, Exception]]


def step_without_failing(detector: Detector, now: datetime) -> Rest:
    """What goes on without the rules that fail, after a step of *detector* has failed.

    Raises what is raised where not some of the rules fail, but all or none; StoreUnavailable.
    """
    left_out: list[tuple[Rule, Exception]] = []
    able: list[Rule] = []
    for rule in detector.rules:
        try:
            detector.of([rule]).step(now, noting=False)
            able.append(rule)
        except UNFORESEEN as error:
            left_out.append((rule, error))
    rest = detector.of(able or detector.rules)
    return Rest(rest, rest.step(now), left_out)
