"""How often a rule is right: from what its alerts turned out to be."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from siem.detect.definition import RuleId
from siem.detect.lifecycle import Disposition

WITHIN = timedelta(days=90)
"""Alerts that were closed longer ago say nothing of a rule any more."""
ENOUGH = 10
"""So many alerts have to be told true or untrue before a rule is proposed for review."""
REVIEW_BELOW = 30
"""Percent: a rule that is right less often is proposed for review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What the closed alerts of one rule turned out to be."""

    counts: Mapping[Disposition, int]

    @property
    def true(self) -> int:
        """Alerts of a leak or of a broken policy."""
        return self.counts.get(Disposition.LEAK, 0) + self.counts.get(Disposition.VIOLATION, 0)

    @property
    def untrue(self) -> int:
        """False alarms, and what there was a good reason for: they cost a person and found nothing. No drills."""
        return self.counts.get(Disposition.FALSE_ALARM, 0) + self.counts.get(Disposition.BENIGN, 0)

    @property
    def percent(self) -> int | None:
        """True ones among the true and the untrue, from 0 to 100, rounded down; None where there is neither."""
        judged = self.true + self.untrue
        return self.true * 100 // judged if judged else None

    def wants_review(self, below: int = REVIEW_BELOW) -> bool:
        """Whether somebody should look at the rule. It goes on as it is until somebody has."""
        return self.true + self.untrue >= ENOUGH and self.true * 100 < below * (self.true + self.untrue)


NOTHING_CLOSED = Precision(counts={})


def precision_of(closed: Iterable[tuple[RuleId, Disposition]]) -> dict[RuleId, Precision]:
    """By rule, from each closed alert's rule and what it turned out to be. What was silenced counts for its rule."""
    counts: dict[RuleId, Counter[Disposition]] = {}
    for rule, disposition in closed:
        counts.setdefault(loud(rule), Counter())[disposition] += 1
    return {rule: Precision(counts=dict(counted)) for rule, counted in counts.items()}


def loud(rule: RuleId) -> RuleId:
    """The rule itself, where *rule* is how its silenced findings are kept (`siem.detect.silence.hushed`)."""
    return RuleId(rule.partition("/")[0])
