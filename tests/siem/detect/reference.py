"""What the detector should find, worked out in the slow and obvious way from all events at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from siem.detect.alert import Alert
from siem.detect.definition import EVERY_EVENT, Measure, Rule
from siem.index.condition import matches

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """What is compared of an alert."""

    rule: str
    group: tuple[tuple[str, str | int], ...]
    first_at: datetime
    last_at: datetime
    event_count: int
    subject_count: int
    events: tuple[str, ...]


def found_in(alert: Alert) -> Found:
    return Found(
        alert.rule,
        tuple(alert.group.items()),
        alert.first_at,
        alert.last_at,
        alert.event_count,
        alert.subject_count,
        tuple(alert.events),
    )


def expected(rules: Sequence[Rule], documents: Sequence[Document], fresh: timedelta) -> list[Found]:
    return sorted(found for rule in rules for found in _expected(rule, documents, fresh))


def hits(rule: Rule, documents: Sequence[Document]) -> dict[tuple[tuple[str, Any], ...], list[Document]]:
    """The events at which each group reached the threshold."""
    groups: dict[tuple[tuple[str, Any], ...], list[Document]] = {}
    for document in documents:
        if matches(rule.condition, document):
            group = tuple((name, value) for name in rule.group_by if (value := _value(document, name)) is not None)
            if len(group) == len(rule.group_by) or rule.threshold == EVERY_EVENT:
                groups.setdefault(group, []).append(document)
    found = {}
    for group, events in groups.items():
        events.sort(key=_key)
        found[group] = [event for number, event in enumerate(events) if _reached(rule, events[: number + 1])]
    return {group: events for group, events in found.items() if events}


def _expected(rule: Rule, documents: Sequence[Document], fresh: timedelta) -> list[Found]:
    results = []
    for group, events in hits(rule, documents).items():
        runs = [[events[0]]]
        for event in events[1:]:
            if _at(event) - _at(runs[-1][-1]) <= fresh:
                runs[-1].append(event)
            else:
                runs.append([event])
        for run in runs:
            start, end = _at(run[0]) - rule.threshold.within, _at(run[-1])
            evidence = sorted(
                (
                    document
                    for document in documents
                    if start <= _at(document) <= end
                    and matches(rule.condition, document)
                    and all(_value(document, name) == dict(group).get(name) for name in rule.group_by)
                ),
                key=_key,
            )
            ids = [document["event"]["id"] for document in evidence]
            subjects = {subject for document in evidence for subject in document["yingbi"].get("subjects", ())}
            sample = tuple(dict.fromkeys([*ids[:5], *ids[-5:]]))
            results.append(Found(rule.id, group, _at(evidence[0]), _at(evidence[-1]), len(ids), len(subjects), sample))
    return results


def _reached(rule: Rule, so_far: Sequence[Document]) -> bool:
    """Whether the window that ends with the last of *so_far* holds enough."""
    window = [event for event in so_far if _at(so_far[-1]) - rule.threshold.within <= _at(event)]
    if rule.threshold.measure is Measure.EVENT_COUNT:
        return len(window) >= rule.threshold.at_least
    if rule.threshold.measure is Measure.VALUE_SUM:
        total: int = sum(n for event in window for n in _values(event, rule.threshold.field))
        return total >= rule.threshold.at_least
    values = {value for event in window for value in _values(event, rule.threshold.field)}
    return len(values) >= rule.threshold.at_least


def _values(document: Document, name: str) -> list[Any]:
    value = _value(document, name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _value(document: Document, name: str) -> Any:
    found: Any = document
    for key in name.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _at(document: Document) -> datetime:
    return datetime.fromisoformat(document["@timestamp"])


def _key(document: Document) -> tuple[datetime, str]:
    return _at(document), document["event"]["id"]
