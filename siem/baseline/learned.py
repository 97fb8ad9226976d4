"""What the baselines have learned: the days of every caller, of the groups they work in, and where they come from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta

from siem.baseline.calendar import Calendar
from siem.baseline.group import Group
from siem.baseline.nearly import is_nearly
from siem.baseline.pace import take_turn
from siem.baseline.profile import DAYS, Profile
from siem.baseline.repeat import QUIET
from siem.baseline.unsaid import PROGRAM, is_program

LEARN_DAYS = 5
"""How many workdays have to be known before anything is found but what needs no learning."""
_SETTLED, _NEW_FOR = timedelta(days=4), timedelta(days=28)
"""So soon after the log begins everybody is new and nobody a newcomer; so long a newcomer is one."""
_STAYS = timedelta(days=14)
"""So long after the last day a caller is still taken for one who could have come."""
_FEW = 4
"""Of how many callers it is remembered that a network or an operation is theirs: more are many."""


class Learned:
    """What is known of everybody up to the day that is under way."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.profiles: dict[tuple[str, str], Profile] = {}
        self.passing: dict[tuple[str, str], Profile] = {}
        """Of those who are known by nothing that lasts: kept while what was found of them is news."""
        self.groups: defaultdict[str, Group] = defaultdict(Group)
        self.networks: dict[str, set[str]] = {}
        self._workdays = 0

    @property
    def is_complete(self) -> bool:
        """Whether enough days are known."""
        return self._workdays >= LEARN_DAYS

    def end_day(self, *, workday: bool) -> None:
        """Count a day that was learned, until enough are known."""
        self._workdays += workday and not self.is_complete

    def newcomers(self, came: Sequence[Profile], day: date) -> Set[str]:
        """Who came for the first time a few weeks ago, when others were known for longer: they still grow."""
        began = min((profile.since for profile in self.profiles.values()), default=day)
        return {each.caller for each in came if began + _SETTLED < each.since > day - _NEW_FOR}

    def pass_empty_days(self, last: date, until: date) -> None:
        """Learn that nobody came on the days between *last* and *until*."""
        day = last + timedelta(days=1)
        while day < until and (day - last).days <= DAYS:
            for name, members in self._members(day).items():
                self.groups[name].learn(members, (), workday=self.calendar.is_workday(day))
            day += timedelta(days=1)

    def _members(self, day: date) -> Mapping[str, int]:
        """How many of each group could have come on *day*."""
        members: defaultdict[str, int] = defaultdict(int)
        for profile in self.profiles.values():
            if profile.today or (profile.last_day and day - profile.last_day <= _STAYS):
                members[profile.group] += 1
        return members

    def learn(self, came: list[Profile], day: date, *, workday: bool) -> None:
        """Learn *day* of those who *came*, unless something was found of them. Nobody has a day under way after."""
        members = self._members(day)
        of_group: defaultdict[str, list[Profile]] = defaultdict(list)
        for profile in [*came, *self.passing.values()]:
            if profile.today and profile.today.is_usual and not is_nearly(profile.today):
                of_group[profile.group].append(profile)
        for name in members.keys() | of_group.keys():
            learned = of_group[name]
            self.groups[name].learn(members.get(name, len(learned)), learned, workday=workday)
        for profile in came:
            self._learn_own(profile)
        self.passing = {
            key: profile for key, profile in self.passing.items() if profile.alerted and day - profile.alerted < QUIET
        }
        for profile in self.passing.values():
            profile.today = None

    def _learn_own(self, profile: Profile) -> None:
        today = profile.today
        assert today is not None, "only who came is learned"
        profile.run = profile.run + 1 if profile.last_day == today.day - timedelta(days=1) else 1
        profile.spans.append(len(today.hours))
        profile.today, profile.last_day = None, today.day
        if is_program(profile):
            profile.kind = profile.group = PROGRAM
        if profile.kind == "system":
            profile.weekdays[today.day.weekday(), today.workday] = today.counts
            if self.calendar.is_turn_of_month(today.day):
                take_turn(profile, today.counts, today.day)
        if is_nearly(today):
            profile.nearly = today.day
        if today.is_found:
            profile.keep_found(today)
        if not today.is_usual or is_nearly(today):
            return
        profile.days(workday=today.workday).append(today.counts)
        for hour in today.hours:
            key = (today.workday, hour)
            profile.hours[key] = profile.hours.get(key, 0) + 1
        profile.networks |= today.networks
        profile.credentials |= today.credentials
        profile.operations |= today.operations
        profile.systems += today.systems
        for names, table in (
            (today.networks, self.networks),
            (today.operations, self.groups[profile.group].operations),
        ):
            for name in names:
                known = table.setdefault(name, set())
                if len(known) <= _FEW:
                    known.add(profile.caller)
