"""The groups that an event counts for, worked out once for all rules that tell groups apart in the same way."""

from collections.abc import Iterable, Sequence

from siem.detect.definition import EVERY_EVENT, Group, Rule
from siem.record.ecs import Document


class Grouping:
    """Tells the groups of *rules*."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._ways = [_way_of(rule) for rule in rules]

    def of(self, document: Document, numbers: Iterable[int]) -> list[tuple[int, Group]]:
        """The rules of *numbers*, by their place, each with a group that the event counts for.

        The event satisfies the `condition` of each.
        """
        known: dict[object, tuple[Group, ...]] = {}
        found = []
        for number in numbers:
            way = self._ways[number]
            if way is None:
                groups = tuple(self._rules[number].groups_of(document))
            elif way in known:
                groups = known[way]
            else:
                groups = known[way] = tuple(self._rules[number].groups_of(document))
            found += [(number, group) for group in groups]
        return found


def _way_of(rule: Rule) -> object:
    """The same for rules that have the same groups, or None where a group depends on more than the fields of events."""
    fields, *others = rule.counted.layouts
    return None if others else (rule.group_by, fields, rule.threshold == EVERY_EVENT)
