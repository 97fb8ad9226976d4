"""What a rule is once it is read. How it is written down is the business of `rule.py` alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from siem.index.condition import AllOf, AnyOf, Condition, Exists, Is, Not, matches, values_of
from siem.record.ecs import Document

RuleId = NewType("RuleId", str)

type Group = tuple[tuple[str, str | int], ...]
"""Whom or what a finding is about: fields with their values, in the rule's order (`user.id`, `clerk-wang`)."""


class Level(StrEnum):
    """How bad it would be if the finding were true, least first. Source: Sigma rules specification 2.1, `level`."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Measure(StrEnum):
    """What is counted in a window. Source: Sigma correlation rules specification 2.1."""

    EVENT_COUNT = "event_count"
    """Events."""
    VALUE_COUNT = "value_count"
    """Different values of a field; of one that is a list, its different elements."""
    VALUE_SUM = "value_sum"
    """The sum of a field that is a number."""
    TEMPORAL = "temporal"
    """Different parts of the correlation, in whatever order they are seen."""
    TEMPORAL_ORDERED = "temporal_ordered"
    """Parts in the order in which the correlation names them. What happens at one time is in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How much of what, within how long, is too much."""

    measure: Measure
    field: str = ""
    """Whose values are counted or summed; empty where events are counted."""
    at_least: int
    """From 1."""
    within: timedelta
    """Both ends of a window count: it holds the events of `at - within <= @timestamp <= at`."""


EVERY_EVENT = Threshold(measure=Measure.EVENT_COUNT, at_least=1, within=timedelta(0))
"""The threshold of a rule that counts nothing: each event that satisfies it is a finding."""


type Leaf = tuple[Condition, tuple[str, ...]]
"""What events satisfy, and which of their fields stand for the names of a group."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of what a correlation counts."""

    of: "Condition | Correlation"
    """Events that satisfy it; of a correlation, the events at which it is reached."""
    group: tuple[str, ...]
    """What stands for each name of the group: a field of the events, or a name of the inner correlation's group."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """What is counted together, for whom, and how much of it is too much. A plain rule counts nothing."""

    parts: tuple[Part, ...]
    group_by: tuple[str, ...]
    """Names of fields, or aliases for fields that differ between the parts."""
    threshold: Threshold
    leaves: tuple[Leaf, ...] = field(init=False, repr=False, compare=False)
    """What the events satisfy that matter to it, however deep."""
    layouts: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)
    """The different fields that stand for the names of the group."""
    reach: timedelta = field(init=False, repr=False, compare=False)
    """How long before an event others can lie that count with it."""

    def __post_init__(self) -> None:
        inner = max((each.reach for each in self._inner()), default=timedelta(0))
        object.__setattr__(self, "reach", self.threshold.within + inner)
        object.__setattr__(self, "leaves", tuple(leaf for part in self.parts for leaf in self._leaves_of(part)))
        object.__setattr__(self, "layouts", tuple(dict.fromkeys(fields for _, fields in self.leaves)))

    @property
    def depth(self) -> int:
        """How many correlations lie in each other, this one counted."""
        return 1 + max((inner.depth for inner in self._inner()), default=0)

    def groups_of(self, document: Document) -> Iterator[Group]:
        """The groups an event counts for, each once: several only where aliases give its parts different fields."""
        found: dict[Group, None] = {}
        for condition, fields in self.leaves:
            if (group := self.group_in(document, fields)) is not None and matches(condition, document):
                found[group] = None
        yield from found

    def group_in(self, document: Document, fields: tuple[str, ...]) -> Group | None:
        """The group that the *fields* of an event make, or None where it counts for none.

        An event that lacks a field of the group counts for none where events are counted together, since those who
        lack it have nothing in common; a rule that counts nothing leaves the field out.
        """
        group = tuple(
            (name, value) for name, of in zip(self.group_by, fields, strict=True) for value in values_of(document, of)
        )
        return group if self.threshold == EVERY_EVENT or len(group) == len(self.group_by) else None

    def _inner(self) -> Iterator["Correlation"]:
        return (part.of for part in self.parts if isinstance(part.of, Correlation))

    def _leaves_of(self, part: Part) -> Iterator[Leaf]:
        if isinstance(part.of, Correlation):
            places = tuple(part.of.group_by.index(name) for name in part.group)
            yield from ((condition, tuple(fields[place] for place in places)) for condition, fields in part.of.leaves)
        else:
            yield part.of, part.group


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the person on duty should do."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which events are a finding, and what comes of it."""

    id: RuleId
    name: str
    """Short, for files and metrics."""
    title: str
    """Chinese, then ` / `, then English."""
    description: str
    level: Level
    counted: Correlation
    respond: str
    """Which playbook leads the response, or empty."""
    automatic: bool
    """Whether the response contains without asking anybody."""
    custom: bool = False
    """Whether callers of whom the baselines know that so much is their ordinary work are left to these."""
    what_to_do: Advice
    tags: tuple[str, ...] = ()
    """`attack.…` of ATT&CK, or `yingbi.…` of our own."""
    false_positives: tuple[str, ...] = ()
    source: str
    """`file:line`."""

    @property
    def threshold(self) -> Threshold:
        """When what is counted is a finding."""
        return self.counted.threshold

    @property
    def group_by(self) -> tuple[str, ...]:
        """The names of what findings are about."""
        return self.counted.group_by

    @property
    def layout(self) -> tuple[str, ...] | None:
        """The fields whose values are the groups, or None where they are not the same for all of its events."""
        same = self.counted.layouts == (self.group_by,) and self.threshold != EVERY_EVENT
        return self.group_by if same else None

    @property
    def condition(self) -> Condition:
        """What every event satisfies that matters to the rule."""
        return _any_of(condition for condition, _ in self.counted.leaves)

    def groups_of(self, document: Document) -> Iterator[Group]:
        """The groups that an event counts for which satisfies `condition`."""
        if len(self.counted.layouts) > 1:
            yield from self.counted.groups_of(document)
        elif (group := self.counted.group_in(document, self.counted.layouts[0])) is not None:
            yield group

    def condition_of(self, group: Group) -> Condition:
        """What the events of *group* satisfy, and those of groups that differ from it in case only."""
        present = dict(group)
        alternatives: dict[tuple[str, ...], list[Condition]] = {}
        for condition, fields in self.counted.leaves:
            alternatives.setdefault(fields, []).append(condition)
        return _any_of(
            AllOf(
                (
                    _any_of(conditions),
                    *(
                        Is(of, present[name]) if name in present else Not(Exists(of))
                        for name, of in zip(self.group_by, fields, strict=True)
                    ),
                )
            )
            for fields, conditions in alternatives.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's match: one group reached the threshold at one or more events that lie close together."""

    rule: Rule
    group: Group
    first_at: datetime
    """Of the first event that reached it."""
    last_at: datetime
    """Of the last one."""
    new_from: datetime
    """Of the earliest event that was looked at for the first time."""

    @property
    def start(self) -> datetime:
        """The beginning of the first window."""
        return self.first_at - self.rule.counted.reach


def _any_of(conditions: Iterable[Condition]) -> Condition:
    different = tuple(dict.fromkeys(conditions))
    return different[0] if len(different) == 1 else AnyOf(different)
