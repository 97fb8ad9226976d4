"""What a rule asks of an index before any event is read: where it can have been reached at all."""

from typing import assert_never

from siem.detect.definition import EVERY_EVENT, Correlation, Measure, Rule
from siem.index.candidates import GROUPED, Amount, Question, Reached


def question_of(rule: Rule) -> Question:
    """Where *rule* can have found something, by those fields of its groups that an index keeps apart.

    By fewer fields there are fewer groups, and each counts what several count: a bound that is too high, never too low.
    """
    return Question(_reached(rule.counted), fields_asked(rule))


def fields_asked(rule: Rule) -> tuple[str, ...]:
    """By which fields the index is asked for candidates: none where the parts of the rule have different ones."""
    fields, *others = rule.counted.layouts
    if others or rule.threshold == EVERY_EVENT:  # which is also about events that lack a field
        return ()
    return tuple(name for name in GROUPED if name in fields)


def _reached(counted: Correlation) -> Reached:
    threshold = counted.threshold
    return Reached(
        tuple(_reached(part.of) if isinstance(part.of, Correlation) else part.of for part in counted.parts),
        _amount(threshold.measure),
        threshold.field,
        threshold.at_least,
        threshold.within,
    )


def _amount(measure: Measure) -> Amount:
    match measure:
        case Measure.EVENT_COUNT:
            return Amount.EVENTS
        case Measure.VALUE_COUNT:
            return Amount.DIFFERENT
        case Measure.VALUE_SUM:
            return Amount.SUM
        case Measure.TEMPORAL | Measure.TEMPORAL_ORDERED:
            return Amount.PARTS
        case _:
            assert_never(measure)
