"""What is remembered of all who have one post, or are of one kind: the peers with whom each of them is compared."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from siem.baseline.profile import DAYS, Measure, Profile
from siem.baseline.spread import Peers, Spread

LEAST_DAYS = 25
"""Of how many days of callers a group has to know before it says what is usual."""
_NOBODY: frozenset[str] = frozenset()


class Group:
    """One group of peers."""

    def __init__(self) -> None:
        self.weeks = Peers(DAYS)
        """The people a week."""
        self.returns = Peers(DAYS)
        """The people of whom more than a few days of a week were about."""
        self.operations: dict[str, set[str]] = {}
        """Who used an operation; no more than three are remembered of each."""
        self.files: Mapping[Measure, int] = {}
        """Up to how much those fetch in files who do as much else, where files are the work of many of these."""
        self.size = 0
        """How many could have come on the last day that was learned."""
        self._here: defaultdict[int, set[str]] = defaultdict(set)
        self._counts: defaultdict[tuple[Measure, bool], Peers] = defaultdict(lambda: Peers(DAYS))
        self._members: defaultdict[bool, int] = defaultdict(int)
        self._hours: defaultdict[tuple[bool, int], int] = defaultdict(int)
        self._spreads: dict[tuple[Measure, bool, float], Spread | None] = {}

    def spread(self, measure: Measure, floor: float, *, workday: bool) -> Spread | None:
        """What is usual among the peers, or None where too little is known."""
        key = (measure, workday, floor)
        if key not in self._spreads:
            self._spreads[key] = self._counts[measure, workday].spread(floor, LEAST_DAYS)
        return self._spreads[key]

    def share_at(self, hour: int, *, workday: bool) -> float | None:
        """On which share of the days of its members one of them came at *hour*; None where too little is known."""
        days = self._members[workday]
        return self._hours[workday, hour] / days if days >= LEAST_DAYS else None

    def come(self, caller: str, hour: int) -> None:
        """Take that *caller* came today at *hour*."""
        self._here[hour].add(caller)

    def others_at(self, caller: str, hour: int) -> int:
        """How many but *caller* came today at *hour* or in the one before."""
        return len((self._here.get(hour, _NOBODY) | self._here.get(hour - 1, _NOBODY)) - {caller})

    @property
    def is_known(self) -> bool:
        """Whether enough of its days were learned to say what is usual."""
        return sum(self._members.values()) >= LEAST_DAYS

    def begin(self, members: Sequence[Profile]) -> None:
        """Take what is remembered of the days of *members*, who have been in other company so far."""
        for workday in (True, False):
            days = [day for profile in members for day in profile.days(workday=workday)]
            self._members[workday] += len(days)
            for measure in Measure:
                self._counts[measure, workday].add_day(day[measure] for day in days)
        for profile in members:
            for (workday, hour), often in profile.hours.items():
                self._hours[workday, hour] += often
            for operation in profile.operations:
                self.operations.setdefault(operation, set()).add(profile.caller)
        self._spreads.clear()

    def learn(self, members: int, came: Sequence[Profile], *, workday: bool) -> None:
        """Take one more day, on which *members* could have come and *came* did."""
        self._members[workday] += members
        self.size = members
        self._here.clear()
        days = [profile.today for profile in came if profile.today]
        for today in days:
            for hour in today.hours:
                self._hours[workday, hour] += 1
        for measure in Measure:
            self._counts[measure, workday].add_day(today.counts[measure] for today in days)
        self._spreads.clear()
