"""What a rule is once it is read. How it is written down is the business of `rule.py` alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from siem.index.condition import AllOf, Condition, Exists, Is, Not, values_of
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
    condition: Condition
    group_by: tuple[str, ...]
    threshold: Threshold = EVERY_EVENT
    respond: str
    """Which playbook leads the response, or empty."""
    automatic: bool
    """Whether the response contains without asking anybody."""
    what_to_do: Advice
    source: str
    """`file:line`."""

    def group_of(self, document: Document) -> Group | None:
        """The group an event belongs to, or None where it counts for none.

        An event that lacks a field of the group counts for none where events are counted together, since those who
        lack it have nothing in common; a rule that counts nothing leaves the field out.
        """
        group = tuple((name, value) for name in self.group_by for value in values_of(document, name))
        return group if self.threshold == EVERY_EVENT or len(group) == len(self.group_by) else None

    def condition_of(self, group: Group) -> Condition:
        """What the events of *group* satisfy, and those of groups that differ from it in case only."""
        present = dict(group)
        alike = tuple(Is(name, present[name]) if name in present else Not(Exists(name)) for name in self.group_by)
        return AllOf((self.condition, *alike))


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
        return self.first_at - self.rule.threshold.within
