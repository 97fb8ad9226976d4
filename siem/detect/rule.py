"""Sigma to ours: the one place that knows pySigma.

What Sigma has and we cannot answer exactly on every index (regular expressions, field references, keywords, tests that
depend on case) is refused.
"""

import contextlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.rule.detection import SigmaDetections
from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaNull,
    SigmaNumber,
    SigmaString,
    SpecialChars,
)

from siem.detect.definition import Measure, Threshold
from siem.detect.rule_file import Path
from siem.detect.unforeseen import UNFORESEEN
from siem.index.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Exists,
    In,
    Is,
    Like,
    Not,
    Operator,
    Within,
)
from siem.index.fields import Kind, check, field_of

type Lists = Mapping[str, frozenset[str]]
"""What `%name%` stands for in a value with the modifier `expand`."""

_MODIFIERS = frozenset(
    ("all", "cidr", "contains", "endswith", "exists", "expand", "gt", "gte", "lt", "lte", "neq", "startswith")
)
_COMPARED = {
    CompareOperators.LT: Operator.LESS,
    CompareOperators.LTE: Operator.AT_MOST,
    CompareOperators.GT: Operator.MORE,
    CompareOperators.GTE: Operator.AT_LEAST,
}
LONGEST_WITHIN = timedelta(days=366)
"""The longest window: by default an index keeps half a year."""
MOST_AT_LEAST = 2**63 - 1
"""More than that no index counts."""
LONGEST_CONDITION = 2_000
"""Characters: the library takes a second for twice as many."""
DEEPEST_CONDITION = 12
"""Brackets and `not`s in each other: the library reads each by calling itself, and fails at some twenty."""
_WORD = re.compile(r"[()]|[^\s()]+")
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: "*", SpecialChars.WILDCARD_SINGLE: "?"}
_ESCAPED = str.maketrans({char: f"\\{char}" for char in "*?\\"})
_PLACES: Mapping[str, Path] = {
    "condition": ("detection", "condition"),
    "identifier": ("id",),
    "correlationcondition": ("correlation", "condition"),
    "correlationrule": ("correlation",),
    "timespan": ("correlation", "timespan"),
    "tag": ("tags",),
}


class Refused(ValueError):
    """A rule that is no Sigma rule, or none we can apply: for each reason where it stands and what it is."""

    def __init__(self, reasons: Iterable[tuple[Path, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reason for _, reason in self.reasons))


def condition_of_item(key: str, value: Any, lists: Lists) -> Condition:
    """The condition of one test of a detection, such as `user.id|startswith`, `clerk-`. Raises ValueError."""
    name, *modifiers = key.split("|")
    if not name:
        raise ValueError("a value needs a field that it is looked for in")
    field_of(name)
    if unknown := [modifier for modifier in modifiers if modifier not in _MODIFIERS]:
        raise ValueError(f"the modifier `{unknown[0]}` is not supported")
    with _refusing({}, ("detection",)):
        alone = SigmaDetections.from_dict({"item": {key: value}, "condition": "item"})
        condition = _condition_of(alone.parsed_condition[0].parsed, lists)
        check(condition)
    return condition


def condition_of_rule(rule: Mapping[str, Any], lists: Lists) -> Condition:
    """What the events of a plain rule satisfy. Raises Refused."""
    place = ("detection", "condition")
    with _refusing(rule, place):
        _check_size(rule["detection"]["condition"])
        parsed = SigmaRule.from_dict(dict(rule), collect_errors=True)
        if parsed.errors:
            raise Refused((_place_of(error, rule), _told(error)) for error in parsed.errors)
        condition = _condition_of(parsed.detection.parsed_condition[0].parsed, lists)
        check(condition)
    return condition


def threshold_of(rule: Mapping[str, Any]) -> Threshold:
    """What a correlation counts, and how much of it is too much. Raises Refused."""
    given = rule["correlation"]
    if given["type"] not in {measure.value for measure in Measure}:
        known = ", ".join(f"`{measure}`" for measure in Measure)
        raise Refused([(("correlation", "type"), f"`{given['type']}` is not supported, {known} are")])
    with _refusing(rule, ("correlation",)):
        parsed = SigmaCorrelationRule.from_dict(dict(rule), collect_errors=True)
    if parsed.errors:
        raise Refused((_place_of(error, rule), _told(error)) for error in parsed.errors)
    assert isinstance(parsed.condition, SigmaCorrelationCondition), "a text is an error of form"
    if not 1 <= parsed.timespan.seconds <= LONGEST_WITHIN.total_seconds():
        said = f"a `timespan` is from one second to {LONGEST_WITHIN.days} days"
        raise Refused([(("correlation", "timespan"), said)])
    measure, within = Measure(given["type"]), timedelta(seconds=parsed.timespan.seconds)
    with _refusing(rule, ("correlation", "condition")):
        if measure in (Measure.TEMPORAL, Measure.TEMPORAL_ORDERED):
            condition = parsed.condition if "condition" in given else None
            return _sequence_of(measure, condition, len(parsed.rules or ()), within)
        return _threshold_of(measure, parsed.condition, within)


@contextlib.contextmanager
def _refusing(rule: Mapping[str, Any], place: Path) -> Iterator[None]:
    """Whatever is raised within is Refused: at the place that it names, else at *place*."""
    try:
        yield
    except Refused:
        raise
    except SigmaError as error:
        raise Refused([(_place_of(error, rule), _told(error))]) from None
    except RecursionError:
        raise Refused([(place, "nested too deep")]) from None
    except ValueError as error:
        raise Refused([(place, str(error))]) from None
    except UNFORESEEN as error:
        raise Refused([(place, f"pySigma cannot read it ({type(error).__name__})")]) from error


def _check_size(condition: str) -> None:
    """Raise ValueError where *condition* is longer, or deeper, than the library takes."""
    if len(condition) > LONGEST_CONDITION:
        raise ValueError(f"a condition has at most {LONGEST_CONDITION} characters")
    around: list[int] = []
    depth = 0
    for word in _WORD.findall(condition.lower()):
        if word == "(":
            around.append(depth)
            depth += 1
        elif word == ")":
            depth = around.pop() if around else 0
        elif word == "not":
            depth += 1
        else:
            depth = around[-1] + 1 if around else 0
        if depth > DEEPEST_CONDITION:
            raise ValueError(f"more than {DEEPEST_CONDITION} brackets and `not`s lie in each other")


def _told(error: SigmaError) -> str:
    said = str(error.args[0]) if error.args else "pySigma refuses it"
    return said[:1].lower() + said[1:].rstrip(".")


def _place_of(error: SigmaError, rule: Mapping[str, Any]) -> Path:
    """PySigma names no line, but its errors are named for the key they are about: `SigmaTitleError`."""
    about = type(error).__name__.removeprefix("Sigma").removesuffix("Error").lower()
    return (about,) if about in rule else _PLACES.get(about, ())


def _condition_of(node: object, lists: Lists) -> Condition:
    """Our condition for a tree of pySigma. Raises ValueError where we have none."""
    match node:
        case ConditionAND(args=args):
            return AllOf(tuple(_condition_of(arg, lists) for arg in args))
        case ConditionOR(args=args):
            return _any_of(tuple(_condition_of(arg, lists) for arg in args))
        case ConditionNOT(args=args):
            return Not(_condition_of(args[0], lists))
        case ConditionFieldEqualsValueExpression(field=name, value=value):
            return _test_of(name, value, lists)
        case _:
            raise ValueError("a value needs a field that it is looked for in")


def _any_of(parts: tuple[Condition, ...]) -> Condition:
    """`AnyOf`, or `In` where all *parts* are values of one field, which indexes find faster."""
    equal = [part for part in parts if isinstance(part, Is)]
    if len(equal) == len(parts) and len({part.field for part in equal}) == 1:
        return In(equal[0].field, frozenset(part.value for part in equal))
    return AnyOf(parts)


def _test_of(name: str, value: object, lists: Lists) -> Condition:
    match value:
        case SigmaString():
            return _text_test_of(name, value, lists)
        case SigmaNumber():
            return Is(name, value.number)
        case SigmaBool():
            return Is(name, value.boolean)
        case SigmaNull():
            return Not(Exists(name))
        case SigmaExists():
            return Exists(name) if value.exists else Not(Exists(name))
        case SigmaCIDRExpression():
            return Within(name, value.cidr)
        case SigmaCompareExpression() if value.op in _COMPARED:
            return Compare(name, _COMPARED[value.op], value.number.number)
        case _:
            raise ValueError(f"the test of `{name}` is not supported")


def _text_test_of(name: str, value: SigmaString, lists: Lists) -> Condition:
    placeholders = [part.name for part in value.s if isinstance(part, Placeholder)]
    if placeholders:
        if len(value.s) > 1:
            raise ValueError(f"`%{placeholders[0]}%` stands alone or not at all")
        if placeholders[0] not in lists:
            raise ValueError(f"there is no list `%{placeholders[0]}%`")
        return In(name, lists[placeholders[0]])
    if not value.contains_special():
        return Is(name, "".join(part for part in value.s if isinstance(part, str)))
    pieces = (
        part.translate(_ESCAPED) if isinstance(part, str) else _WILDCARDS[part]
        for part in value.s
        if not isinstance(part, Placeholder)
    )
    return Like(name, "".join(pieces))


def _sequence_of(
    measure: Measure, condition: SigmaCorrelationCondition | None, rules: int, within: timedelta
) -> Threshold:
    if rules < 2:
        raise ValueError(f"`{measure}` is about at least two rules")
    at_least = rules if condition is None else _at_least(condition)
    if condition is not None and condition.fieldref:
        raise ValueError(f"`{measure}` is about rules and takes no `field`")
    if at_least > rules or (measure is Measure.TEMPORAL_ORDERED and at_least < rules):
        raise ValueError(f"`{measure}` names {rules} rules and asks for {at_least} of them")
    return Threshold(measure=measure, at_least=at_least, within=within)


def _threshold_of(measure: Measure, condition: SigmaCorrelationCondition, within: timedelta) -> Threshold:
    at_least = _at_least(condition)
    counted = condition.fieldref or ""
    if measure is Measure.EVENT_COUNT:
        if counted:
            raise ValueError("`event_count` counts events and takes no `field`")
    elif not isinstance(counted, str) or not counted:
        raise ValueError(f"`{measure}` needs one `field` whose values are counted")
    elif field_of(counted).kind is not Kind.NUMBER and measure is Measure.VALUE_SUM:
        raise ValueError(f"`{counted}` is no number and has no sum")
    return Threshold(measure=measure, field=str(counted), at_least=at_least, within=within)


def _at_least(condition: SigmaCorrelationCondition) -> int:
    match condition.op:
        case SigmaCorrelationConditionOperator.GTE:
            at_least = math.ceil(condition.count)
        case SigmaCorrelationConditionOperator.GT:
            at_least = math.floor(condition.count) + 1
        case _:
            raise ValueError(
                "only `gte` and `gt` are supported: nothing happens at the moment when there is too little"
            )
    if not 1 <= at_least <= MOST_AT_LEAST:
        raise ValueError(f"a threshold is from 1 to {MOST_AT_LEAST}")
    return at_least
