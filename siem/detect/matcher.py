"""Which of many rules an event satisfies.

Most rules ask about what many events have in common. For each facet it is worked out once which rules its events can
satisfy, which they do in any case, and only for the rest the event itself is asked.
"""

from collections import OrderedDict
from collections.abc import Sequence

from siem.detect.definition import Rule
from siem.index.condition import Condition, matches
from siem.index.facet import Facet, Possible, facet_of, possible
from siem.record.ecs import Document

_MOST_FACETS = 10_000


class Matcher:
    """Applies the conditions of *rules*."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._conditions = [rule.condition for rule in rules]
        self._plans: OrderedDict[Facet, tuple[tuple[int, Condition | None], ...]] = OrderedDict()

    def satisfied(self, document: Document) -> list[int]:
        """Which of the rules, by their place, have a `condition` that the event satisfies."""
        facet = facet_of(document)
        plan = self._plans.get(facet)
        if plan is None:
            plan = self._plans[facet] = tuple(
                (number, condition if told is Possible.MAYBE else None)
                for number, condition in enumerate(self._conditions)
                if (told := possible(condition, facet)) is not Possible.NEVER
            )
            if len(self._plans) > _MOST_FACETS:
                self._plans.popitem(last=False)
        return [number for number, condition in plan if condition is None or matches(condition, document)]
