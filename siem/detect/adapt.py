"""Other numbers in a rule file: how many, within how long, how bad. All else stays as it was written."""

from collections.abc import Iterator
from datetime import timedelta

import yaml

from siem.detect.definition import Level, Measure, Rule

SEQUENCES = frozenset({Measure.TEMPORAL, Measure.TEMPORAL_ORDERED})

_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1)))


def adapted(
    text: str, rule: Rule, *, at_least: int | None = None, within: timedelta | None = None, level: Level | None = None
) -> str:
    """The file *text*, in which *rule* stands, with these numbers in the place of those that it has.

    What is None stays as it is, and so does what the rule does not have: one that counts nothing has only a level, and
    in a sequence nothing is counted but its parts.
    *text* must be one that `parse_rules` takes, and *within* of whole seconds, from one on.
    """
    loader = yaml.SafeLoader(text)
    edits: list[tuple[yaml.Node, str]] = []
    at_least = None if rule.threshold.measure in SEQUENCES else at_least
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None and (found := _at(node, "id")) is not None and found.value == rule.id:
                edits = list(_edits(node, at_least, within, level))
    finally:
        loader.dispose()
    for node, value in sorted(edits, key=lambda edit: edit[0].start_mark.index, reverse=True):
        text = text[: node.start_mark.index] + value + text[node.end_mark.index :]
    return text


def spelled(within: timedelta) -> str:
    """A span of whole seconds as Sigma writes it, in the largest unit that it is a whole number of: `10m`."""
    unit, length = next((unit, length) for unit, length in _UNITS if within % length == timedelta(0))
    return f"{within // length}{unit}"


def _edits(
    node: yaml.Node, at_least: int | None, within: timedelta | None, level: Level | None
) -> Iterator[tuple[yaml.Node, str]]:
    if level is not None and (found := _at(node, "level")) is not None:
        yield found, level.value
    if within is not None and (found := _at(node, "correlation", "timespan")) is not None:
        yield found, spelled(within)
    for key, more in (("gte", 0), ("gt", 1)):
        if at_least is not None and (found := _at(node, "correlation", "condition", key)) is not None:
            yield found, str(at_least - more)


def _at(node: yaml.Node, *keys: str) -> yaml.Node | None:
    """The value that *keys* lead to, or None."""
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        found = [value for name, value in pairs if name.value == key]
        if not found:
            return None
        node = found[0]
    return node
