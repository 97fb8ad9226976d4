"""What an officer found a good reason for: a caller's range is wider for some weeks, up to what was seen and a tenth.

An excuse names a day and holds no count: what was seen on that day is read from the log as all else is, so that both
indexes say the same. It widens what is counted of a day and nothing more: not what is said of listed persons, relatives
or where somebody comes from, nor what nobody may see unasked. Days that only an excuse lets pass are not learned, so
that nothing is left of it when it ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from siem.baseline.profile import Measure
from siem.detect.definition import RuleId

LASTS = timedelta(days=28)
"""How long after the day that was seen an excuse ends. As long as days are remembered."""
AGAIN = timedelta(days=90)
"""Nobody is excused again until so long after the day of the last excuse: what goes on is for a grant, or a post."""
MORE = 1.1
"""So many times what was seen is excused: the same work is never the same number twice."""
RULES = frozenset(RuleId(f"baseline-{measure}") for measure in Measure)
"""What is found by counting a day; closing an alert of any other rule excuses nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """One caller may do on the days from *since* to *until* what it did on *day*."""

    caller: str
    alert: str
    """The alert that was closed."""
    day: date
    since: date
    """The day after it was closed."""

    @property
    def until(self) -> date:
        """The last day."""
        return self.day + LASTS

    def is_in_force(self, day: date) -> bool:
        """Whether it counts on *day*."""
        return self.since <= day <= self.until

    def as_json(self) -> dict[str, str]:
        """Ready for JSON: caller, alert, day, since."""
        return {"caller": self.caller, "alert": self.alert, "day": f"{self.day}", "since": f"{self.since}"}


def excuses_from(told: Any) -> dict[str, list[Excuse]]:
    """What a list of `as_json` holds, by caller. Raises ValueError where it is not of that form."""
    found: dict[str, list[Excuse]] = {}
    try:
        for each in told:
            excuse = Excuse(
                caller=str(each["caller"]),
                alert=str(each["alert"]),
                day=date.fromisoformat(each["day"]),
                since=date.fromisoformat(each["since"]),
            )
            found.setdefault(excuse.caller, []).append(excuse)
    except (KeyError, TypeError) as problem:
        raise ValueError(f"no list of excuses: {type(problem).__name__}") from None
    return found


def first_of_each(excuses: Iterable[Excuse]) -> set[Excuse]:
    """Those that count: of one caller none within `AGAIN` of the day of the one before that counts."""
    counts: dict[str, Excuse] = {}
    found = set()
    for excuse in sorted(excuses, key=lambda each: (each.since, each.day, each.alert)):
        before = counts.get(excuse.caller)
        if before is None or excuse.day - before.day >= AGAIN:
            counts[excuse.caller] = excuse
            found.add(excuse)
    return found


def widened(
    caps: Mapping[Measure, tuple[float, ...]], seen: Mapping[Measure, int], most: int
) -> dict[Measure, tuple[float, ...]]:
    """The *caps* of a day on which what was *seen* is excused: of people *most* at most, whatever was seen."""
    return {
        measure: tuple(max(cap, min(MORE * seen.get(measure, 0) + 1, _bound(measure, most))) for cap in each)
        for measure, each in caps.items()
    }


def excuse_on(excuses: Sequence[Excuse], day: date) -> Excuse | None:
    """The one of *excuses* that is in force on *day*."""
    return next((each for each in excuses if each.is_in_force(day)), None)


def _bound(measure: Measure, most: int) -> float:
    people = (Measure.PEOPLE, Measure.PAGES, Measure.SEEN, Measure.HOUR)
    return most if measure in people else float("inf")
