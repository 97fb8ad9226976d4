"""Findings that wait for their alerts.

An alert is written with a transaction of its own, and a rule that matches everything finds more than can be written. So
a step writes as many as it has time for, each rule its share: one that floods waits for itself and holds up no other.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from siem.detect.definition import Finding, Group, Rule, RuleId
from siem.detect.look import Runs, extend
from siem.detect.silence import Silence, hushed
from siem.index.progress import Span

AT_ONCE = 300
"""So many findings become alerts in one step."""
MOST = 5_000
"""So many groups of one rule wait. What is found of others is left out and looked for again once none does."""


@dataclass(slots=True)
class _Found:
    rule: Rule
    runs: Runs
    new_from: datetime


class Waiting:
    """What was found and has no alert yet. Times lie in one alert where each is *fresh* to the one before."""

    def __init__(self, fresh: timedelta) -> None:
        self.fresh = fresh
        self._found: defaultdict[RuleId, dict[tuple[str, Group], _Found]] = defaultdict(dict)
        self._left_out: dict[RuleId, Span] = {}

    def add(self, rule: Rule, silence: Silence | None, group: Group, at: datetime, new_from: datetime) -> None:
        """Have wait that *group* reached *rule*, which *silence* covers, at that time."""
        of_rule = self._found[rule.id]
        place = silence.id if silence else "", group
        found = of_rule.get(place)
        if found is None:
            if len(of_rule) >= MOST:
                out = self._left_out.setdefault(rule.id, Span(new_from, at))
                self._left_out[rule.id] = Span(min(out.first, new_from), max(out.last, at))
                return
            found = of_rule[place] = _Found(hushed(rule, silence), [], new_from)
        found.new_from = min(found.new_from, new_from)
        if not found.runs or at >= found.runs[-1][1]:
            extend(found.runs, at, self.fresh)
        else:
            found.runs = _with(found.runs, at, self.fresh)

    def due(self) -> Iterator[Finding]:
        """What is to become alerts in this step. A finding waits until the next one is asked for."""
        left, rules = AT_ONCE, sorted(self._found, key=lambda rule: len(self._found[rule]))
        for number, rule in enumerate(rules):
            share = -(-left // (len(rules) - number))
            for place in list(self._found[rule])[:share]:
                found = self._found[rule][place]
                for first, last in found.runs:
                    yield Finding(
                        rule=found.rule, group=place[1], first_at=first, last_at=last, new_from=found.new_from
                    )
                del self._found[rule][place]
                left -= 1
            if not self._found[rule]:
                del self._found[rule]

    def left_out(self, rule: Rule) -> Span | None:
        """When what was left out of *rule* happened, if nothing else of it waits: it is no longer left out then."""
        return None if self._found.get(rule.id) else self._left_out.pop(rule.id, None)

    def since(self) -> Iterator[datetime]:
        """From when on events have findings that have no alert yet."""
        yield from (span.first for span in self._left_out.values())
        yield from (found.new_from for of_rule in self._found.values() for found in of_rule.values())


def _with(runs: Runs, at: datetime, fresh: timedelta) -> Runs:
    together: Runs = []
    for first, last in sorted([*runs, (at, at)]):
        if together and first - together[-1][1] <= fresh:
            together[-1] = (together[-1][0], max(together[-1][1], last))
        else:
            together.append((first, last))
    return together
