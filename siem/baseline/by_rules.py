"""The rules over events that come in order of time, without an index: which alerts they would have raised."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from siem.baseline.calendar import LOCAL
from siem.detect.alert import FRESH
from siem.detect.correlate import Windows, key_of
from siem.detect.custom import CALLER, Custom
from siem.detect.definition import EVERY_EVENT, Group, Rule
from siem.index.candidates import SUBJECTS
from siem.index.condition import AllOf, AnyOf, Compare, Condition, Exists, In, Is, Like, Not, Within, matches
from siem.record.ecs import Document

_MOST = 20_000
"""Of so many kinds of events is remembered which rules they satisfy."""
_LONG = 8
"""An event with more values than that in one field is asked by itself."""


type Asked = Callable[[str, datetime], Custom]

type Leaf = Is | In | Like | Compare | Within | Exists
"""A condition on one field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alert."""

    rule: Rule
    at: datetime
    """When it was reached."""
    about: frozenset[str]
    """The caller and the address of its group; where it names no caller, who called at the event that reached it."""

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON: caller, rule, at, and its title as `zh` and `en`."""
        zh, _, en = self.rule.title.partition(" / ")
        at = self.at.astimezone(LOCAL).isoformat()
        return {"caller": min(self.about, default=""), "rule": self.rule.name, "at": at, "zh": zh, "en": en}


class Rules:
    """Applies *rules* to what is taken. What is found again within `FRESH` is the same alert.

    *custom*: what is ordinary work of a caller, as it is known at a moment.
    """

    def __init__(self, rules: Sequence[Rule], custom: Asked = lambda *_: Custom()) -> None:
        self._rules = rules
        self._custom = custom
        self._satisfied = _Satisfied([rule.condition for rule in rules])
        self._layouts = [rule.layout for rule in rules]
        self._windows: list[Windows[Group]] = [Windows() for _ in rules]
        self._last: dict[tuple[int, Group], datetime] = {}

    def take(self, document: Document) -> list[Raised]:
        """The alerts that begin with this event, which is not before the one taken last."""
        found: list[Raised] = []
        numbers = self._satisfied.by(document)
        if not numbers:
            return found
        at, _ = key_of(document)
        groups: dict[tuple[str, ...], Sequence[Group]] = {}
        for number in numbers:
            rule = self._rules[number]
            layout = self._layouts[number]
            if layout is None:
                own: Sequence[Group] = tuple(rule.groups_of(document))
            elif layout in groups:
                own = groups[layout]
            else:
                own = groups[layout] = tuple(rule.groups_of(document))
            for group in own:
                if rule.threshold != EVERY_EVENT:
                    window = self._windows[number].of(group, rule.counted, group, at)
                    if not window.add(document):
                        continue
                if rule.custom and self._custom(str(dict(group)[CALLER]), at).covers(rule, group, at):
                    continue
                before = self._last.get((number, group))
                self._last[number, group] = at
                if before is None or at - before > FRESH:
                    found.append(Raised(rule=rule, at=at, about=_about(group, document)))
        return found


class _Satisfied:
    """Which of several conditions events satisfy: what `matches` says, asked once of events that are alike.

    Events are alike that have the same in each field whose value is compared, and of which the same holds of each
    field that is only measured, such as the size of an answer.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = conditions
        leaves = {leaf for condition in conditions for leaf in _leaves_of(condition)}
        measured = {leaf for leaf in leaves if isinstance(leaf, Compare | Exists) or leaf.field == SUBJECTS}
        self._measured = sorted(measured - {leaf for leaf in measured if _is_never(leaf)}, key=repr)
        self._fields = [tuple(name.split(".")) for name in sorted({leaf.field for leaf in leaves - measured})]
        self._known: dict[tuple[Any, ...], tuple[int, ...]] = {}

    def by(self, document: Document) -> tuple[int, ...]:
        """The places of those that *document* satisfies."""
        key = self._key_of(document)
        found = self._known.get(key) if key else None
        if found is None:
            found = tuple(n for n, condition in enumerate(self._conditions) if matches(condition, document))
            if key:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[key] = found
        return found

    def _key_of(self, document: Document) -> tuple[Any, ...] | None:
        """What events that are alike share; None for one that holds too much to be like others."""
        key: list[Any] = [matches(leaf, document) for leaf in self._measured]
        for path in self._fields:
            value: Any = document
            for name in path:
                value = value.get(name) if isinstance(value, Mapping) else None
            if isinstance(value, list):
                if len(value) > _LONG:
                    return None
                value = tuple(value)
            key.append((type(value), value) if isinstance(value, bool | float) else value)
        return tuple(key)


def _leaves_of(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves_of(part)
        case Not(part):
            yield from _leaves_of(part)
        case leaf:
            yield leaf


def _is_never(leaf: Leaf) -> bool:
    """Whether no event satisfies it: it asks for somebody of an empty list."""
    return isinstance(leaf, In) and not leaf.keys


def _about(group: Group, document: Document) -> frozenset[str]:
    named = {str(value) for name, value in group if name in ("user.id", "source.ip")}
    caller = document.get("user", {}).get("id")
    return frozenset({*named, caller} if caller and "user.id" not in dict(group) else named)
