"""What is known of the attacks in some events: a file beside them, one attack a line."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from siem.baseline.event_files import WrongFolder

AFTER = timedelta(days=1)
"""So long after the last event of an attack an alert about its caller is still due to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One attack that is in the events."""

    attack: int
    kind: str
    strength: str
    callers: frozenset[str]
    first: datetime
    last: datetime
    place: str = ""
    """File and line."""

    def explains(self, caller: str, at: datetime) -> bool:
        """Whether an alert about *caller* at that time is due to it."""
        return caller in self.callers and self.first <= at <= self.last + AFTER

    def as_called(self, digest: Callable[[str], str]) -> "Truth":
        """The same with its callers also as *digest* has them: ids that tell of a person are not kept."""
        return replace(self, callers=self.callers | {digest(caller) for caller in self.callers})

    def absent(self, seen: AbstractSet[str], digest: Callable[[str], str]) -> int:
        """How many of its callers are none of those who were *seen*."""
        return sum(seen.isdisjoint({caller, digest(caller)}) for caller in self.callers)


def read_truth(path: Path) -> list[Truth]:
    """The attacks in the file at *path*, one a line. Raises WrongFolder, with the line at fault, and OSError."""
    truths: list[Truth] = []
    places: dict[int, str] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        place = f"{path.name}:{number}"
        try:
            truth = _truth_of(orjson.loads(line), place)
        except (ValueError, KeyError, TypeError, OverflowError):
            raise WrongFolder(f"{place}: 不是一次攻击的记录 / does not tell of an attack") from None
        if before := places.get(truth.attack):
            raise WrongFolder(f"{place}: `attack` 与 {before} 相同 / is the number of another attack as well")
        places[truth.attack] = place
        truths.append(truth)
    return truths


def _truth_of(row: Any, place: str) -> Truth:
    callers = row["callers"]
    if not isinstance(callers, list) or not callers or not all(isinstance(each, str) and each for each in callers):
        raise WrongFolder(f"{place}: `callers` 应是调用者的列表，至少一个 / is no list of at least one caller")
    if not isinstance(row["attack"], int) or isinstance(row["attack"], bool):
        raise WrongFolder(f"{place}: `attack` 应是整数 / is no whole number")
    for name in ("kind", "strength"):
        if not isinstance(row[name], str):
            raise WrongFolder(f"{place}: `{name}` 应是文字 / is no text")
    first, last = _moment(row["first"]), _moment(row["last"])
    if last < first:
        raise WrongFolder(f"{place}: `first` 晚于 `last` / `first` is after `last`")
    return Truth(
        attack=row["attack"],
        kind=row["kind"],
        strength=row["strength"],
        callers=frozenset(callers),
        first=first,
        last=last,
        place=place,
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
