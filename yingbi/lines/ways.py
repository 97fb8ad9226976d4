"""How the way of a dry run is told to people, line by line."""

from collections.abc import Iterator

from incident.dry_run import Taken, Way
from incident.facts.run import Ending
from incident.reading import visible


def way_lines(way: Way) -> Iterator[str]:
    """*way* for people, a line for each step, with what it would do below it."""
    for number, step in enumerate(way.steps, 1):
        indent = "  " * step.depth
        ended = {True: "", False: "  失败 failed", None: "  没有结束 did not end"}[step.succeeded]
        who = f"  ← {step.agent}" if step.agent else ""
        yield visible(f"{number:3}  +{step.after}  {indent}{step.kind.value}  {step.name}{who}{ended}")
        yield from (visible(f"                {indent}  {line}") for line in _below(step))
    said = {Ending.SUCCEEDED: "走到了终点 / it came to its end", Ending.FAILED: "失败告终 / it ended in failure"}
    yield said[way.ended] if way.ended else "没有走到终点 / it did not come to an end"


def _below(step: Taken) -> list[str]:
    return [*step.does.splitlines(), *([step.said] if step.said else [])]
