"""Look-ups that no amount explains: of people whom everybody knows, of relatives, and reveals that share a case."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from siem.baseline.calendar import Calendar
from siem.baseline.profile import Profile
from siem.baseline.sighting import Sighting
from siem.baseline.words import Deviation

_CASE_LASTS = timedelta(days=28)
_MOST_CASES = 100_000


def touch(
    sighting: Sighting,
    profile: Profile,
    listed: frozenset[str],
    relatives: Mapping[str, frozenset[str]],
    cases: OrderedDict[str, tuple[date, set[str]]],
    calendar: Calendar,
) -> Iterator[Deviation]:
    """What *sighting* shows of that kind, with what the caller did in the days before it."""
    if sighting.looked_up and profile.kind == "staff":
        family = relatives.get(sighting.caller, frozenset())
        for subject in sighting.subjects:
            if subject in listed or subject in family:
                profile.touched.setdefault(subject, set()).add(sighting.day)
                yield from _touched(profile, listed, family, sighting.day, calendar)
    if sighting.about and sighting.case:
        yield from _shared_case(sighting, cases)


def _touched(
    profile: Profile, listed: frozenset[str], family: frozenset[str], day: date, calendar: Calendar
) -> Iterator[Deviation]:
    recent = {
        subject: {each for each in days if calendar.within_a_week(each, day)}
        for subject, days in profile.touched.items()
    }
    profile.touched = {subject: days for subject, days in recent.items() if days}
    known = sum(subject in listed for subject in profile.touched)
    if known >= 2:
        yield Deviation(
            kind="listed",
            points=2.0 if known == 2 else 4.0,
            zh=f"七天或五个工作日内逐个查看了 {known} 名重点保护人员",
            en=f"looked up {known} listed persons within seven days, or five workdays",
        )
    own = [days for subject, days in profile.touched.items() if subject in family]
    if own:
        times = sum(map(len, own))
        yield Deviation(
            kind="relatives",
            points={1: 1.0, 2: 2.5}.get(times, 4.0),
            zh=f"七天或五个工作日内 {times} 次查看本人亲属",
            en=f"looked up own relatives {times} times within seven days, or five workdays",
        )


def _shared_case(sighting: Sighting, cases: OrderedDict[str, tuple[date, set[str]]]) -> Iterator[Deviation]:
    began, subjects = cases.setdefault(sighting.case, (sighting.day, set()))
    subjects.add(sighting.about)
    if len(cases) > _MOST_CASES:
        cases.popitem(last=False)
    if len(subjects) >= 3 and sighting.day - began <= _CASE_LASTS:
        yield Deviation(
            kind="case",
            points=2.0 if len(subjects) == 3 else 4.0,
            zh=f"用同一案件编号查看了 {len(subjects)} 人的原文",
            en=f"one case number was given for the reveals of {len(subjects)} people",
        )
