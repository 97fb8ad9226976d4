"""What is remembered of one caller: how the last days were, and what has come of today so far."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from siem.baseline.words import Deviation

DAYS = 28
"""How many days of a caller, or of a group, are remembered."""


def month_of(day: date) -> date:
    """The month that begins about *day*, which is at the turn of it."""
    return (day + timedelta(days=15)).replace(day=1)


class Measure(StrEnum):
    """What is counted of a caller's day."""

    PEOPLE = "people"
    """Different people shown in clear."""
    PAGES = "pages"
    """Of these, those of answers about no more than a page of people: not what was exported."""
    SEEN = "seen"
    """Different people shown in any form."""
    HOUR = "hour"
    """The most different people shown in clear within one hour of the clock."""
    VALUES = "values"
    """Records shown that do not say whose they are."""
    KIB = "kib"
    """The size of the answers that hold them."""
    REFUSED = "refused"
    """Requests that were refused, or were for nothing that exists."""
    REVEALS = "reveals"
    """Permits to see one person more."""
    SWITCHES = "switches"
    """How often the caller was in another network and back within a few hours."""


@dataclass(slots=True)
class Today:
    """What a caller did on the day that is not over yet."""

    day: date
    workday: bool
    people: set[str] = field(default_factory=set)
    paged: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    hour: int = -1
    slot: int = -1
    in_slot: int = 0
    """Of how many people the pages of these minutes were."""
    in_hour: set[str] = field(default_factory=set)
    hours: set[int] = field(default_factory=set)
    counts: dict[Measure, int] = field(default_factory=lambda: dict.fromkeys(Measure, 0))
    odd: set[str] = field(default_factory=set)
    """People shown in clear while something about the caller was unusual."""
    caps: dict[Measure, tuple[float, ...]] = field(default_factory=dict)
    """From which count on how much is unusual, for each step of it."""
    plain: dict[Measure, tuple[float, ...]] = field(default_factory=dict)
    """The same as they are without an excuse; empty where there is none."""
    excuse: tuple[str, date] = ("", date.min)
    """The alert that was closed for a good reason, and until when it excuses."""
    found: dict[str, Deviation] = field(default_factory=dict)
    """The strongest deviation of each kind."""
    last_network: tuple[str, float] = ("", 0.0)
    """The network of the last event, and when it was."""
    before: tuple[str, float] = ("", 0.0)
    """The network before that one, and when it was last used."""
    networks: set[str] = field(default_factory=set)
    credentials: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    systems: Counter[str] = field(default_factory=Counter)
    """How often each was used."""
    is_changed: bool = False
    """Whether anything was found since it was last judged."""
    is_found: bool = False
    """Whether it deviates so much that it is not to be learned."""
    is_excused: bool = False
    """Whether it would, but for an excuse: no more is it to be learned."""

    @property
    def is_usual(self) -> bool:
        """Whether it is to be learned."""
        return not self.is_found and not self.is_excused


@dataclass(slots=True)
class Profile:
    """One caller who comes again."""

    caller: str
    kind: str
    group: str
    since: date
    """The first day."""
    workdays: deque[dict[Measure, int]] = field(default_factory=lambda: deque(maxlen=DAYS))
    """The counts of the last days on which the caller came; those of workdays and those of rest apart."""
    restdays: deque[dict[Measure, int]] = field(default_factory=lambda: deque(maxlen=DAYS))
    weekdays: dict[tuple[int, bool], dict[Measure, int]] = field(default_factory=dict)
    """Of a program, its last day of each weekday, even if told: what comes every Sunday is its work."""
    turns: dict[date, dict[Measure, int]] = field(default_factory=dict)
    """Of a program, the most of each of the last two turns of a month, even if told: so is what comes once a month."""
    hours: dict[tuple[bool, int], int] = field(default_factory=dict)
    """On how many days the caller came at an hour, by workday or not."""
    networks: set[str] = field(default_factory=set)
    credentials: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    systems: Counter[str] = field(default_factory=Counter)
    """How often the caller used a system. By days somebody who does a little in a second one would be of either."""
    spans: deque[int] = field(default_factory=lambda: deque(maxlen=DAYS))
    """In how many different hours the caller came on each of the last days."""
    run: int = 0
    """On how many days without one between them the caller came last."""
    last_day: date | None = None
    drift: float = 0.0
    """The CUSUM of people a day."""
    rising: int = 0
    """How many workdays ago it left 0: they are no reference for themselves."""
    apart: deque[float] = field(default_factory=lambda: deque(maxlen=DAYS))
    """How far each of the last workdays was from what is usual, and its post with it, as a logarithm."""
    week: deque[tuple[date, frozenset[str]]] = field(default_factory=deque)
    """The people shown in clear on each of the last seven days."""
    paged_week: deque[tuple[date, frozenset[str]]] = field(default_factory=deque)
    """Of the staff, those of them who were read page by page."""
    returns: deque[int] = field(default_factory=lambda: deque(maxlen=DAYS))
    """Of how many people more than a few days of a week were about, at the end of each of the last days."""
    touched: dict[str, set[date]] = field(default_factory=dict)
    """Listed persons and relatives looked up, with the days."""
    today: Today | None = None
    found_days: dict[date, dict[Measure, int]] = field(default_factory=dict)
    """What was too much on the last days on which it was found: as much may be excused."""
    alerted: date | None = None
    """The day on which it was found last."""
    found_on: date | None = None
    """The last day on which it deviated as much, whether that was told or not."""
    worst: float = 0.0
    """The most points that were told of it."""
    nearly: date | None = None
    """The last day on which it deviated nearly so much."""
    told_amount: int = 0
    """How many people, or records that name nobody, were told of it."""
    told: set[str] = field(default_factory=set)
    """The kinds of deviations that were told then."""

    def keep_found(self, today: Today) -> None:
        """Remember what was too much *today*, which was found, for as long as it may be excused."""
        too_much = {measure: today.counts[measure] for measure in Measure if measure in today.found}
        before = today.day - timedelta(days=DAYS)
        self.found_days = {day: seen for day, seen in self.found_days.items() if day >= before} | {today.day: too_much}

    def days(self, *, workday: bool) -> deque[dict[Measure, int]]:
        """The days of that kind."""
        return self.workdays if workday else self.restdays

    @property
    def came(self) -> int:
        """On how many of the remembered days the caller came."""
        return len(self.workdays) + len(self.restdays)
