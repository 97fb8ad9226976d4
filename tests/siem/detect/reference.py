"""What the detector should find, worked out in the slow and obvious way from all events at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

from siem.detect.alert import Alert
from siem.detect.definition import EVERY_EVENT, Correlation, Measure, Part, Rule
from siem.index.condition import matches

type Document = dict[str, Any]
type Grouped = tuple[tuple[str, Any], ...]


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


def hits(rule: Rule, documents: Sequence[Document]) -> dict[Grouped, list[Document]]:
    """The events at which each group reached the threshold."""
    return reached(rule.counted, documents)


def reached(counted: Correlation, documents: Sequence[Document]) -> dict[Grouped, list[Document]]:
    parts = [_occurrences(counted, part, documents) for part in counted.parts]
    found = {}
    for group in dict.fromkeys(group for part in parts for group in part):
        of_parts = [part.get(group, []) for part in parts]
        events = sorted({_key(event): event for part in of_parts for event in part}.items())
        if hit := [event for _, event in events if _is_reached(counted, of_parts, event)]:
            found[group] = hit
    return found


def _occurrences(counted: Correlation, part: Part, documents: Sequence[Document]) -> dict[Grouped, list[Document]]:
    """The events at which the part happens, by the correlation's groups."""
    found: dict[Grouped, list[Document]] = {}
    if isinstance(part.of, Correlation):
        for inner, events in reached(part.of, documents).items():
            group = tuple((name, dict(inner)[own]) for name, own in zip(counted.group_by, part.group, strict=True))
            found.setdefault(group, []).extend(events)
        return found
    for document in documents:
        group = _group(counted, part.group, document)
        if matches(part.of, document) and (len(group) == len(part.group) or counted.threshold == EVERY_EVENT):
            found.setdefault(group, []).append(document)
    return found


def _is_reached(counted: Correlation, of_parts: Sequence[Sequence[Document]], last: Document) -> bool:
    """Whether the window that ends with *last* holds enough."""
    threshold = counted.threshold
    windows = [
        [event for event in part if _at(last) - threshold.within <= _at(event) and _key(event) <= _key(last)]
        for part in of_parts
    ]
    window = list({_key(event): event for part in windows for event in part}.values())
    match threshold.measure:
        case Measure.EVENT_COUNT:
            return len(window) >= threshold.at_least
        case Measure.VALUE_SUM:
            total: int = sum(n for event in window for n in _values(event, threshold.field))
            return total >= threshold.at_least
        case Measure.VALUE_COUNT:
            return len({value for event in window for value in _values(event, threshold.field)}) >= threshold.at_least
        case Measure.TEMPORAL:
            return sum(bool(part) for part in windows) >= threshold.at_least
        case Measure.TEMPORAL_ORDERED:
            times = product(*({_at(event) for event in part} for part in windows))
            return any(list(one) == sorted(one) for one in times)


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
            start, end = _at(run[0]) - _reach(rule.counted), _at(run[-1])
            evidence = sorted(
                (
                    document
                    for document in documents
                    if start <= _at(document) <= end and group in _groups(rule.counted, document)
                ),
                key=_key,
            )
            ids = [document["event"]["id"] for document in evidence]
            subjects = {subject for document in evidence for subject in document["yingbi"].get("subjects", ())}
            sample = tuple(dict.fromkeys([*ids[:5], *ids[-5:]]))
            results.append(Found(rule.id, group, _at(evidence[0]), _at(evidence[-1]), len(ids), len(subjects), sample))
    return results


def _reach(counted: Correlation) -> timedelta:
    inner = [_reach(part.of) for part in counted.parts if isinstance(part.of, Correlation)]
    return max([timedelta(0), *inner]) + counted.threshold.within


def _groups(counted: Correlation, document: Document) -> set[Grouped]:
    """The groups that the event is evidence for, however deep the plain rule lies that it satisfies."""
    found = set()
    for part in counted.parts:
        if isinstance(part.of, Correlation):
            for inner in _groups(part.of, document):
                found.add(
                    tuple((name, dict(inner)[own]) for name, own in zip(counted.group_by, part.group, strict=True))
                )
        elif matches(part.of, document):
            found.add(_group(counted, part.group, document))
    return {group for group in found if len(group) == len(counted.group_by) or counted.threshold == EVERY_EVENT}


def _group(counted: Correlation, fields: Sequence[str], document: Document) -> Grouped:
    named = zip(counted.group_by, fields, strict=True)
    return tuple((name, value) for name, of in named if (value := _value(document, of)) is not None)


def _values(document: Document, name: str) -> list[Any]:
    value = _value(document, name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _value(document: Document, name: str) -> Any:
    found: Any = document
    for key in name.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _at(document: Document) -> datetime:
    return _parsed(document["@timestamp"])


_parsed = lru_cache(maxsize=100_000)(datetime.fromisoformat)


def _key(document: Document) -> tuple[datetime, str]:
    return _at(document), document["event"]["id"]
