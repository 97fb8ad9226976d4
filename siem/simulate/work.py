"""What everybody does on one day when nobody does wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from siem.baseline.calendar import LOCAL, Calendar
from siem.record.event import CallerKind
from siem.simulate.act import Act, Caller, digest
from siem.simulate.district import RESIDENTS, Clerk, District, Post

_HOME_NETWORK = "10.99"
_LISTS = {"register.list": (8, 20), "aid.list": (8, 20), "hall.queue": (3, 12)}
"""How many people a page of a list shows, at least and at most."""
_CITIZENS = 0.6
"""How many come themselves on a workday, for each clerk."""
_READERS = 0.25
"""How many read the public page, for each clerk."""
_FROM_DAY_TO_DAY = 0.25
"""How much the same person's work differs, as the logarithm of it."""
_MONTHLY = 0.5
"""How likely somebody who exports makes the figures of the month on one of its last days."""
_MONTHLY_BATCH = 1.5
"""How much more is exchanged at night then."""
_SHIFTS = (range(8), range(8, 16), range(16, 24), range(0))


def at(day: date, hour: float) -> datetime:
    """The moment *hour* hours after the midnight that begins *day*, local time."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(seconds=int(hour * 3_600_000) / 1000)


def everybody(district: District, calendar: Calendar, day: date, number: int, random: Random) -> Iterator[Act]:
    """All innocent acts of *day*, which is the one with *number*, in no order."""
    workday = calendar.is_workday(day)
    busy = _busy(calendar, day)
    for clerk in district.clerks:
        yield from clerk_day(clerk, district, day, number, random, workday=workday, busy=busy)
    yield from _systems(district, day, random, workday=workday)
    yield from _citizens(district, day, random, busy if workday else busy * 0.4)
    yield from _readers(district, day, random)


def _busy(calendar: Calendar, day: date) -> float:
    """How much more there is to do than usual: after days of rest, before them and at the end of the month."""
    busy = 1.0
    if not calendar.is_workday(day - timedelta(days=1)):
        busy *= 1.3
    if not calendar.is_workday(day - timedelta(days=4)) and calendar.is_workday(day - timedelta(days=1)):
        busy *= 0.95
    return busy * (1.2 if (day + timedelta(days=3)).month != day.month else 1.0)


def clerk_day(
    clerk: Clerk, district: District, day: date, number: int, random: Random, *, workday: bool, busy: float
) -> Iterator[Act]:
    """What one of the staff does on *day*."""
    if not clerk.joins <= number < clerk.leaves or number in clerk.away:
        return
    post = clerk.post_on(number)
    hours = _hours(clerk, post, number, workday=workday, random=random)
    if not hours:
        return
    amount = post.a_day * clerk.pace * random.lognormvariate(0, _FROM_DAY_TO_DAY)
    if (clerk.department, number) in district.campaigns:
        amount *= 1.8
    elif (clerk.department, number) in district.inspections and random.random() < 0.3:
        amount *= random.uniform(1.3, 2.0)
    elif random.random() < 0.03:
        amount *= random.uniform(1.4, 2.2)  # does a colleague's work as well
    if clerk.joins > 0 and number - clerk.joins < 5:
        amount *= 0.5
    if not post.around_the_clock:
        amount *= busy if workday else 0.7
    times = random.choices(list(hours), list(hours.values()), k=max(1, round(amount)))
    overtime = workday and random.random() < 0.02
    if overtime:
        times += [random.choice((18, 19, 20, 21)) for _ in range(random.randint(1, 5))]
    desk = clerk.desk_on(number)
    home = clerk.seen_from(f"{_HOME_NETWORK}.{clerk.department}.{clerk.caller.ip}", post)
    if random.random() < 0.01:  # helps out at another counter for the day
        desk = clerk.seen_from(f"10.20.{random.randrange(60)}.{random.randint(10, 250)}", post)
    for hour in times:
        seen_as = home if clerk.from_home and hour >= 18 else desk
        yield from matter(post, seen_as, at(day, hour + random.random()), random, district)
    if (other := clerk.covers_on(number)) is not None and workday:
        seen_as = replace(desk, posts=(*desk.posts, other.name))
        for _ in range(round(0.5 * other.a_day * random.lognormvariate(0, _FROM_DAY_TO_DAY))):
            yield from matter(other, seen_as, at(day, random.uniform(9, 17)), random, district)
    if number in clerk.duties:
        for _ in range(random.randint(1, 4)):
            yield from matter(post, desk, at(day, random.uniform(19, 28)), random, district)
    yield from _now_and_then(clerk, post, desk, district, day, number, random)


def _hours(clerk: Clerk, post: Post, number: int, *, workday: bool, random: Random) -> dict[int, float]:
    if post.around_the_clock:
        shift = _SHIFTS[(clerk.shift + number // 2) % 4]
        return {hour: post.hours[hour] for hour in shift}
    if workday:
        return dict(post.hours)
    if random.random() < post.saturdays:
        return {hour: often for hour, often in post.hours.items() if 8 <= hour <= 17}
    if random.random() < 0.004:
        return dict.fromkeys((9, 10, 14, 15), 1.0)  # comes in to finish something
    return {}


def matter(post: Post, caller: Caller, moment: datetime, random: Random, district: District) -> Iterator[Act]:
    """One matter of one resident, from the list to the last page looked at."""
    person = district.listed[random.randrange(len(district.listed))] if random.random() < 2e-5 else _anybody(random)
    for operation, often in post.mix.items():
        if often < 1 and random.random() >= often:
            continue
        if operation in _LISTS:
            fewest, most = _LISTS[operation]
            people = _some(random, random.randint(fewest, most))
        else:
            people = (person,)
        reason = "foreign_handle" if operation not in _LISTS and random.random() < 0.004 else ""
        yield Act(moment, caller, operation, () if reason else people, reason=reason)
        moment += timedelta(seconds=random.randint(8, 90))


def _now_and_then(
    clerk: Clerk, post: Post, desk: Caller, district: District, day: date, number: int, random: Random
) -> Iterator[Act]:
    if post.reveals and random.random() < post.reveals * clerk.pace:
        for _ in range(random.choice((1, 1, 1, 2))):
            moment, person = at(day, random.uniform(9, 17)), _anybody(random)
            case = f"C{day:%y%m%d}{random.randrange(10**5):05d}"
            yield Act(moment, desk, "register.one", (person,), case=case)
            yield Act(moment + timedelta(seconds=5), desk, "register.one", (person,))
    if post.exports and random.random() < post.exports:
        moment = at(day, random.uniform(9, 17))
        yield Act(moment, desk, "register.export", _some(random, random.randint(150, 900)))
    if post.exports and _is_end_of_month(day) and random.random() < _MONTHLY:
        moment = at(day, random.uniform(9, 17))
        yield Act(moment, desk, "register.export", _some(random, random.randint(600, 2_000)))
    if (clerk.department, number) in district.inspections and post.name == "supervisor" and random.random() < 0.3:
        moment = at(day, random.uniform(9, 17))
        yield Act(moment, desk, "register.list", _some(random, random.randint(100, 250)))
    if random.random() < 1e-3:
        relative = random.choice(clerk.family)  # happens to be served at the same counter
        yield Act(at(day, random.uniform(9, 17)), desk, "register.one", (relative,))


def _is_end_of_month(day: date) -> bool:
    return (day + timedelta(days=2)).month != day.month


def _systems(district: District, day: date, random: Random, *, workday: bool) -> Iterator[Act]:
    for caller, operation, an_hour, nightly in district.integrations:
        for hour in range(24):
            if nightly != (hour in (1, 2, 3)) and nightly:
                continue
            share = 1.0 if nightly else (1.0 if 8 <= hour < 18 else 0.3) * (1.0 if workday else 0.5)
            if nightly and _is_end_of_month(day):
                share *= _MONTHLY_BATCH
            for _ in range(round(an_hour * share * random.lognormvariate(0, 0.1))):
                several = {"sharing.changes": (2, 9), "sharing.batch": (40, 90)}.get(operation, (1, 1))
                people = _some(random, random.randint(*several))
                yield Act(at(day, hour + random.random()), caller, operation, people)
    for terminal in district.terminals:
        for _ in range(round((18 if workday else 7) * random.lognormvariate(0, 0.3))):
            yield Act(at(day, random.uniform(8, 18)), terminal, "terminal.print", (_anybody(random),))


def _citizens(district: District, day: date, random: Random, busy: float) -> Iterator[Act]:
    for _ in range(round(_CITIZENS * len(district.clerks) * busy)):
        person = _anybody(random)
        ip = f"100.{random.randint(64, 127)}.{random.randrange(256)}.{random.randrange(256)}"
        caller = Caller(digest(person), CallerKind.CITIZEN, (), "jwt:citizen-idp", ip)
        moment = at(day, random.triangular(6, 24, 12))
        yield Act(moment, caller, "portal.me", (person,))
        if random.random() < 0.5:
            other = _anybody(random) if random.random() < 0.1 else None
            shown = person if other is None else other
            moment += timedelta(seconds=random.randint(20, 200))
            yield Act(moment, caller, "portal.matters", (shown,), on_behalf_of=other)


def _readers(district: District, day: date, random: Random) -> Iterator[Act]:
    """Those who read the public page of reviews, without signing in."""
    for _ in range(round(_READERS * len(district.clerks))):
        ip = f"100.{random.randint(64, 127)}.{random.randrange(256)}.{random.randrange(256)}"
        caller = Caller("", CallerKind.ANONYMOUS, (), "", ip)
        hour = random.triangular(6, 24, 14)
        for page in range(min(12, 1 + int(random.expovariate(0.7)))):
            yield Act(at(day, hour + page / 60), caller, "reviews.page", _some(random, 10))


def _anybody(random: Random) -> int:
    return int(random.random() * RESIDENTS)


def _some(random: Random, count: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_anybody(random) for _ in range(count)))
