"""Whom to compare a caller with where no event says its post, or its kind: told by what it does.

Makers leave out what they do not know. Compared with everybody, nobody is unusual: those who export make it usual for
those who never do, and who works by night for those who do not. So callers without a post are put with those who work
in the same system, about as much, with or without files, by day or by night; by how it was at first, so that nobody
grows into other company. What works day and night on all days is a program, whoever it is said to be.

Files are not told of anybody by what they did before the first one. Where a tenth of those who do as much else fetch
some, the next one's first file is no alert by itself, if three of them have fetched as much.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import islice
from math import log
from statistics import median

from siem.baseline.group import LEAST_DAYS, Group
from siem.baseline.profile import Measure, Profile
from siem.baseline.volume import LEAST_OWN, amount_of

PROGRAM = "system"
NO_POST = "staff"
"""The group of those of whom nothing is said."""
_BY_WORK = "staff~"
_MEMBERS = 4
"""Fewer who work alike are no company: they stay with everybody."""
_AT_FIRST = 5
"""So many of the workdays that are remembered tell how much somebody does: no more, or who does more each day would be
compared with those who do as much by then."""
_STEP = 3.0
"""Who does three times as much as another does other work."""
_FILES, _FILES_DAYS, _FILES_OFTEN, _FILE = 3.0, 2, 0.15, 50
"""On two days, and one of seven, three times as much as usual, and a page of people at least, that were not read page
by page: files are part of the work. Days that were told count: who goes on fetching files is to be compared with those
who do. Who reads more and more pages is not."""
_FETCHERS, _FETCHERS_SHARE = 3, 0.1
"""So many of those who do as much else fetch files, where somebody's first one is ordinary work."""
_FETCHED = (Measure.PEOPLE, Measure.SEEN, Measure.HOUR)
"""What a file adds to. Who reads as many page by page is judged by these pages."""
_NIGHT, _NIGHTS, _NIGHT_DAYS = (23, 0, 1, 2, 3, 4), 0.1, 2
_HOURS, _HOURS_OF_MANY_DAYS, _MANY_DAYS = 18, 14, 5
"""In so many different hours of one day, or of one day in two of many, nobody works."""
_RUN = 14
"""Nor on so many days without one of rest."""


def is_program(profile: Profile) -> bool:
    """Whether one of the staff, as it is said to be, comes as only a program does."""
    if profile.kind != "staff" or not profile.spans:
        return False
    least = _HOURS_OF_MANY_DAYS if len(profile.spans) >= _MANY_DAYS else _HOURS
    return profile.run >= _RUN or median(profile.spans) >= least


@dataclass(frozen=True, slots=True)
class _Work:
    """What somebody does who has no post."""

    system: str
    """Empty where all use the same one."""
    much: int
    has_files: bool
    by_night: bool

    @property
    def name(self) -> str:
        told = (self.system, f"{self.much}", "files" if self.has_files else "", "night" if self.by_night else "")
        return " ".join(filter(None, told))


def put_together(profiles: Iterable[Profile], groups: defaultdict[str, Group]) -> None:
    """Give all who have no post the company of those who work alike, where there are enough of them."""
    unsaid = [each for each in profiles if has_no_post(each.group) and len(each.workdays) >= LEAST_OWN]
    systems = {each.caller: max(each.systems, key=lambda name: (each.systems[name], name)) for each in unsaid}
    if len(set(systems.values())) < 2:
        systems = dict.fromkeys(systems, "")
    companies: defaultdict[str, list[Profile]] = defaultdict(list)
    by_work: defaultdict[_Work, list[Profile]] = defaultdict(list)
    works = {profile.caller: _work_of(profile, systems[profile.caller]) for profile in unsaid}
    for profile in unsaid:
        work = works[profile.caller]
        by_work[work].append(profile)
        for name in {work.system, work.name}:
            companies[name].append(profile)
    known = {name for name, members in companies.items() if name and _is_company(members)}
    alike: defaultdict[str, list[Profile]] = defaultdict(list)
    for profile in unsaid:
        work = works[profile.caller]
        closest = _BY_WORK + work.name
        stays = profile.group == closest and groups[closest].is_known  # though another has left it
        company = next((_BY_WORK + name for name in (work.name, work.system) if name in known), NO_POST)
        alike[closest if stays else company].append(profile)
    for name, members in alike.items():
        if name != NO_POST and not groups[name].is_known:
            groups[name].operations = groups[name.partition(" ")[0]].operations  # of all who use the system
            groups[name].begin(members)
        for profile in members:
            profile.group = name
    for work, members in by_work.items():
        if work.name in known and not work.has_files:
            groups[_BY_WORK + work.name].files = _fetched(members, by_work.get(replace(work, has_files=True), []))


def _fetched(others: list[Profile], fetchers: list[Profile]) -> Mapping[Measure, int]:
    """Up to how much several of the *fetchers* have had on a day, where they are many beside the *others*."""
    if len(fetchers) < max(_FETCHERS, _FETCHERS_SHARE * (len(others) + len(fetchers))):
        return {}
    days = [(*each.workdays, *each.restdays) for each in fetchers]
    return {
        measure: nlargest(_FETCHERS, (max(day[measure] for day in of_one) for of_one in days))[-1]
        for measure in _FETCHED
    }


def _is_company(members: list[Profile]) -> bool:
    return len(members) >= _MEMBERS and sum(profile.came for profile in members) >= LEAST_DAYS


def has_no_post(group: str) -> bool:
    """Whether those of *group* are some of whom no event has said the post."""
    return group == NO_POST or group.startswith(_BY_WORK)


def _work_of(profile: Profile, system: str) -> _Work:
    measure = amount_of(profile)
    usual = median(day[measure] for day in islice(profile.workdays, _AT_FIRST))
    days = [*profile.workdays, *profile.found_days.values()]
    fetched = (day.get(Measure.PEOPLE, 0) - day.get(Measure.PAGES, 0) for day in days)
    many = sum(count >= max(_FILE, _FILES * (1 + usual)) for count in fetched)
    nights = max(profile.hours.get((True, hour), 0) + profile.hours.get((False, hour), 0) for hour in _NIGHT)
    return _Work(
        system=system,
        much=int(log(1 + usual, _STEP)),
        has_files=many >= max(_FILES_DAYS, _FILES_OFTEN * len(days)),
        by_night=nights >= max(_NIGHT_DAYS, _NIGHTS * profile.came),
    )
