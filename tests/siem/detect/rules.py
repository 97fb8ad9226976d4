"""Rules for tests, as the detector sees them."""

from datetime import timedelta
from typing import Any

from siem.detect.definition import Advice, Correlation, Level, Measure, Part, Rule, RuleId, Threshold
from siem.index.condition import EVERYTHING, Condition, Is

MANY_EVENTS = Threshold(measure=Measure.EVENT_COUNT, at_least=4, within=timedelta(seconds=20))
MANY_SUBJECTS = Threshold(
    measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=6, within=timedelta(seconds=30)
)


def rule(
    *,
    condition: Condition = EVERYTHING,
    group_by: tuple[str, ...] = ("user.id",),
    threshold: Threshold = MANY_EVENTS,
    **changes: Any,
) -> Rule:
    """A rule over the events that satisfy *condition*, unless it says what it has `counted`."""
    facts: dict[str, Any] = {
        "id": RuleId("7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6eff"),
        "name": "tried",
        "title": "试一试 / Tried",
        "description": "",
        "level": Level.HIGH,
        "counted": Correlation((Part(condition, group_by),), group_by, threshold),
        "respond": "bulk-retrieval",
        "automatic": False,
        "what_to_do": Advice(zh="看一看", en="Look"),
        "source": "tried.yml:1",
    }
    return Rule(**{**facts, **changes})


CLEAR = Is("yingbi.disclosure", "clear")
EVENTS_RULE = rule(id=RuleId("events"), name="events", title="多 / Many", condition=CLEAR)
SUBJECTS_RULE = rule(
    id=RuleId("subjects"), name="subjects", title="人 / People", condition=CLEAR, threshold=MANY_SUBJECTS
)
