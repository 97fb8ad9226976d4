"""The rules over events that come in order of time, without an index: which alerts they would have raised."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from siem.detect.alert import FRESH
from siem.detect.correlate import Windows, key_of
from siem.detect.definition import EVERY_EVENT, Group, Rule
from siem.index.condition import AllOf, AnyOf, Condition, Not, matches, values_of
from siem.record.ecs import Document

_SHORT = 8
"""What is satisfied is remembered by the values of the fields, where none holds more than so many."""
_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alert."""

    rule: str
    at: datetime
    """When it was reached."""
    about: frozenset[str]
    """The caller and the address of its group; where it names no caller, who called at the event that reached it."""


class Rules:
    """Applies *rules* to what is taken. What is found again within `FRESH` is the same alert."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        satisfied = {condition: _Satisfied(condition) for condition in {rule.condition for rule in rules}}
        self._rules = [(rule, satisfied[rule.condition], rule.threshold == EVERY_EVENT) for rule in rules]
        self._fields = sorted({field for each in satisfied.values() for field in each.fields})
        self._windows: defaultdict[str, Windows[Group]] = defaultdict(Windows)
        self._last: dict[tuple[str, Group], datetime] = {}

    def take(self, document: Document) -> list[Raised]:
        """The alerts that begin with this event, which is not before the one taken last."""
        found: list[Raised] = []
        values = {field: tuple(values_of(document, field)) for field in self._fields}
        at, _ = key_of(document)
        for rule, satisfied, every in self._rules:
            if not satisfied.by(document, values):
                continue
            for group in rule.groups_of(document):
                if not every and not self._windows[rule.id].of(group, rule.counted, group, at).add(document):
                    continue
                before = self._last.get((rule.id, group))
                self._last[rule.id, group] = at
                if before is None or at - before > FRESH:
                    found.append(Raised(rule=rule.name, at=at, about=_about(group, document)))
        return found


class _Satisfied:
    """Which events satisfy *condition*: what `matches` says, asked once of events that do not differ in its fields."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.fields = tuple(sorted(set(_fields_of(condition))))
        self._known: dict[tuple[tuple[Any, ...], ...], bool] = {}

    def by(self, document: Document, values: Mapping[str, tuple[Any, ...]]) -> bool:
        """Whether *document*, whose fields hold *values*, satisfies it."""
        key = tuple([values[field] for field in self.fields])
        if any(len(each) > _SHORT for each in key):
            return matches(self.condition, document)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[key] = matches(self.condition, document)
        return found


def _fields_of(condition: Condition) -> Iterator[str]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields_of(part)
        case Not(part):
            yield from _fields_of(part)
        case leaf:
            yield leaf.field


def _about(group: Group, document: Document) -> frozenset[str]:
    named = {str(value) for name, value in group if name in ("user.id", "source.ip")}
    caller = document.get("user", {}).get("id")
    return frozenset({*named, caller} if caller and "user.id" not in dict(group) else named)
