"""What only whole days show: a slow drip, and somebody who has grown far above everybody in the same post."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from math import log1p
from statistics import median

from siem.baseline.calendar import Calendar
from siem.baseline.group import Group
from siem.baseline.persistence import wandering, wanders, wider_by
from siem.baseline.profile import Measure, Profile
from siem.baseline.returning import returned
from siem.baseline.spread import TO_SIGMA, Spread
from siem.baseline.volume import Reference, amount_of, floor_of, growth_of, reference_of
from siem.baseline.words import Deviation

DRIFT, DRIFT_OF_KIOSKS = 6.0, 10.5
"""At which sum of daily excesses a drift is found (CUSUM). How many come to a kiosk is the public's doing."""
_LEAST_A_DAY = 8
"""A day of fewer people adds to nobody's drift."""
ALLOWED = 1.0
"""So many widths above what is usual are nobody's drift, day after day."""
MOST_A_DAY, MOST_A_DAY_OF_MACHINES = 3.0, 4.0
"""How much one day can add: what is sudden is found as such. A program has no busy days of its own."""
_ABOVE_PEERS, _NEW_ABOVE_PEERS = 1.5, 0.0
"""How far above its peers a caller may be taken for who is not: newcomers learn, and come to do what the others do."""
_PEERS_WIDTH = 0.7
"""Where the days of a post differ much, so may those of one in it, though they were alike by chance so far."""
_BATCH = 6.0
"""So many widths above its usual day what a program does is a batch."""
_SHARED = 5
"""Within five workdays so many changes between networks and back, where hardly any was usual, are two people."""
_RUSH = 0.4
"""A post that has half as much again to do as usual, as the logarithm of it, is in a rush."""
_ROOMS = "@"
_WEEK = timedelta(days=7)
_FAR_ABOVE = 3.0
_GROWN = 1.5
_LEAST_WEEK = 40


def close_day(
    groups: defaultdict[str, Group], came: Sequence[Profile], day: date, newcomers: Set[str], calendar: Calendar
) -> Iterator[tuple[Profile, Deviation]]:
    """Each deviation that the end of *day* shows, with whose it is."""
    workday, turn = calendar.is_workday(day), calendar.is_turn_of_month(day)
    known = _references(came) if workday else {}
    middles, busy = _busy(came, known)
    wider = wider_by(came) if workday else 1.0
    others = wandering(came)
    weeks: defaultdict[str, list[int]] = defaultdict(list)
    returns: defaultdict[str, list[int]] = defaultdict(list)
    for profile in came:
        today = profile.today
        assert today is not None, "only who came is looked at"
        group = groups[profile.group]
        if profile.caller in known:
            usual, top = known[profile.caller]
            measure = amount_of(profile)
            count = today.counts[measure]
            is_program = profile.kind == "system"  # which has no peers: each has work of its own
            peers = None if is_program else group.spread(measure, floor_of(profile, measure), workday=workday)
            width = max(usual.width, _PEERS_WIDTH * peers.width) if peers else usual.width
            more, spread = max(busy.get(each, (0.0, 0.0)) for each in _company(profile))
            if profile.kind == "staff":
                width *= wider
                profile.apart.append(log1p(count) - usual.middle - middles.get(profile.group, 0.0))
            excess = (log1p(count) - usual.middle - more) / max(width, spread)
            if is_program and (batch := _batch_of_last_week(profile, day, measure, usual, workday=workday)):
                excess = min(excess, (log1p(count) - log1p(batch)) / width)
            if count <= top or count < _LEAST_A_DAY or (is_program and turn):
                excess = min(excess, ALLOWED)
            if peers:
                above = _NEW_ABOVE_PEERS if profile.caller in newcomers else _ABOVE_PEERS
                excess = min(excess, peers.distance(count) + above)
            if not today.is_usual:
                excess = min(excess, ALLOWED)  # it was told, and is not to be told as a drift a week later
            most = MOST_A_DAY_OF_MACHINES if is_program else MOST_A_DAY
            profile.drift = max(0.0, profile.drift + min(excess, most) - ALLOWED)
            profile.rising = profile.rising + 1 if profile.drift else 0
            limit = DRIFT_OF_KIOSKS if profile.kind == "terminal" else DRIFT
            if profile.drift >= limit and profile.kind == "staff" and wanders(profile, others):
                profile.drift = limit  # it is told once it goes on beyond what work does by itself
            elif profile.drift >= limit:
                profile.drift = 0.0
                yield profile, _drift(count, usual, "条" if measure is Measure.VALUES else "人")
        if workday and profile.kind == "staff" and (switches := _shared(profile, group)):
            yield profile, switches
        if profile.kind == "staff":
            _take(profile.paged_week, today.paged, day)
            if again := returned(profile, group):
                yield profile, again
            returns[profile.group].append(profile.returns[-1])
        week = _week(profile, day)
        weeks[profile.group].append(week)
        peers = group.weeks.spread(0.35, 100)
        if peers and week >= _LEAST_WEEK and profile.kind != "system" and peers.distance(week) >= _FAR_ABOVE:
            grown = growth_of(profile.workdays)
            if grown >= _GROWN and not wanders(profile, others):
                yield profile, _peers(week, peers, grown)
    for name, counts in weeks.items():
        groups[name].weeks.add_day(counts)
    for name, counts in returns.items():
        groups[name].returns.add_day(counts)


def _batch_of_last_week(profile: Profile, day: date, measure: Measure, usual: Spread, *, workday: bool) -> int:
    """How much a program did on the last such day of the week, where that was a batch; 0 where it was a usual day.

    Once a week is less than what reaches `top`, and would be a drift of a few weeks.
    """
    before = profile.weekdays.get((day.weekday(), workday), {}).get(measure, 0)
    return before if usual.distance(before) >= _BATCH else 0


def _references(came: Sequence[Profile]) -> dict[str, Reference]:
    """What each caller's people of the day are compared with, of those who are known for long enough."""
    return {profile.caller: known for profile in came if (known := reference_of(profile))}


def _busy(
    came: Sequence[Profile], known: Mapping[str, Reference]
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """How much more or less than usual the whole of each company had to do, and how much more is allowed for that.

    With the latter how much it differs; all as logarithms. A rush does not come to everybody alike: where there is one,
    who has more of it than others is no drift.
    """
    logs: defaultdict[str, list[float]] = defaultdict(list)
    for profile in came:
        if profile.caller in known and profile.today:
            more = log1p(profile.today.counts[amount_of(profile)]) - known[profile.caller].usual.middle
            for company in _company(profile):
                logs[company].append(more)
    middles = {name: median(each) for name, each in logs.items() if len(each) >= 5}
    found = {}
    for name, each in logs.items():
        if name in middles:
            middle = max(0.0, middles[name])
            if name.startswith(_ROOMS) and middle < _RUSH:
                continue  # a few who sit together are no reference on ordinary days
            spread = TO_SIGMA * median(abs(log - middle) for log in each) if middle >= _RUSH else 0.0
            found[name] = middle, spread
    return middles, found


def _company(profile: Profile) -> Iterator[str]:
    """With whom somebody may be busy: those in the same post, and of the staff those in the same rooms."""
    yield profile.group
    if profile.kind == "staff" and profile.today and profile.today.last_network[0]:
        yield f"{_ROOMS}{profile.today.last_network[0]}"


def _week(profile: Profile, day: date) -> int:
    """How many different people were shown in clear in the seven days that end with *day*."""
    assert profile.today is not None, "only who came is looked at"
    _take(profile.week, profile.today.people, day)
    return len(frozenset().union(*(people for _, people in profile.week)))


def _take(week: deque[tuple[date, frozenset[str]]], people: Set[str], day: date) -> None:
    """Have *week* hold the *people* of *day* and of the six days before it."""
    week.append((day, frozenset(people)))
    while day - week[0][0] >= _WEEK:
        week.popleft()


def _shared(profile: Profile, group: Group) -> Deviation | None:
    """That the account was in two places at a time again and again, if it was."""
    assert profile.today is not None, "only who came is looked at"
    counts = [each[Measure.SWITCHES] for each in profile.workdays]
    recent = sum(counts[-4:]) + profile.today.counts[Measure.SWITCHES]
    before = sum(counts[:-4])
    peers = group.spread(Measure.SWITCHES, floor_of(profile, Measure.SWITCHES), workday=True)
    if recent < _SHARED or len(counts) < 2 * _SHARED or before > 1 or peers is None or peers.high > 1:
        return None
    return Deviation(
        kind="shared",
        points=4.0,
        zh=f"五个工作日内 {recent} 次在两个网络之间来回，以前几乎没有",
        en=f"{recent} changes to another network and back within five workdays, where there were hardly any before",
    )


def _drift(count: int, usual: Spread, unit: str) -> Deviation:
    return Deviation(
        kind="drift",
        points=4.0,
        zh=f"多日来每天都比以前多，今天 {count} {unit}；以前：{usual.low}-{usual.high}",
        en=f"more than before on many days, today {count}; before: {usual.low}-{usual.high}",
    )


def _peers(week: int, peers: Spread, grown: float) -> Deviation:
    return Deviation(
        kind="peers",
        points=4.0,
        zh=f"七天明文看到 {week} 人，同岗位：{peers.low}-{peers.high}，本人近来增至 {grown:.1f} 倍",
        en=f"{week} residents in seven days, others in the post: {peers.low}-{peers.high}; grown {grown:.1f} times",
    )
