"""Tries a rule on its examples: whether each raises what it says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from siem.detect.definition import Rule
from siem.detect.examples import NINE, Example
from siem.detect.look import look
from siem.index.sqlite import SqliteStore

_TIMEOUT = timedelta(seconds=20)
_BEFORE, _AFTER = NINE - timedelta(days=1), NINE + timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not raise what it says."""

    example: Example
    raised: tuple[Mapping[str, Any], ...]
    """The alerts it raises."""


def failures(rule: Rule, examples: Iterable[Example]) -> Iterator[Failure]:
    """The *examples* that do not raise what they say: another number of alerts, of another group, with other counts."""
    for example in examples:
        raised = alerts_of(rule, example)
        if _counted(raised) != _counted(example.alerts):
            yield Failure(example, tuple(raised))


def alerts_of(rule: Rule, example: Example) -> list[dict[str, Any]]:
    """The alerts that the events of *example* raise: group fields and counts."""
    with TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "events.db")) as store:
        store.append(example.documents, _TIMEOUT)
        found = look(rule, store, _BEFORE, _AFTER, timeout=_TIMEOUT)
        return [
            {**dict(match.group), "event_count": match.event_count, "subject_count": match.subject_count}
            for match in found
        ]


def _counted(alerts: Iterable[Mapping[str, Any]]) -> Counter[tuple[tuple[str, Any], ...]]:
    return Counter(tuple(sorted(alert.items())) for alert in alerts)
