"""What is unusual about how a caller comes, whatever the numbers: from where, when, by which way, after how long."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from siem.baseline.calendar import Calendar
from siem.baseline.group import Group
from siem.baseline.profile import Profile
from siem.baseline.sighting import Sighting
from siem.baseline.words import Deviation, moment_en, moment_zh

LEAST_DAYS = 4
"""On how many days a caller has to have come before anything about it is new."""
_KNOWN_TO = 3
"""What so many others do is not unusual for the next one either."""
_AT_ONE_DESK = 6
"""Networks, with their sites, of somebody who has a desk, works from home, and has helped out once."""
_NEAR = 0.75
"""What a network is worth that is new at a known site, or of who keeps coming from new ones: it makes nothing odd."""
_SILENT_WORKDAYS, _SILENT_DAYS = ((12, 3.0), (8, 1.0)), ((19, 2.5), (14, 1.0))
"""From how many workdays without a sign on, and from how many days with those of rest, a return is worth how many
points. An account that was left open is no younger for a long holiday, but leave is the longer for one."""
_OFTEN = 0.2
_POST_WORKS = 0.15
"""Where such a share of a post, and not less than three others, are there today, nobody is who comes as well."""
_STAYS = 3
"""So many hours longer than usual people stay to finish something."""
REST_DAY = 1.5
"""At hours that are working hours on other days, people come in to finish something; by night they do not."""
_RARE = ((0.001, 2.5), (0.01, 1.5), (0.03, 1.0))
"""At most on which share of the days of its peers somebody comes at an hour that is worth so many points."""


def context_of(
    sighting: Sighting, profile: Profile, group: Group, networks: Mapping[str, set[str]], calendar: Calendar
) -> Iterator[Deviation]:
    """Each way in which the caller comes as never before.

    *networks*: who was seen in each network and site; of each no more than a few are remembered.
    """
    if profile.came < LEAST_DAYS:
        return
    if sighting.network and sighting.network not in profile.networks:
        yield _network(sighting, profile, networks)
    if sighting.credential and sighting.credential not in profile.credentials:
        yield Deviation(
            kind="credential",
            points=1.5 if profile.kind == "system" else 0.5,
            zh="凭证从未用过",
            en="a credential that was never used before",
        )
    if (sighting.subjects or sighting.values) and sighting.operation not in profile.operations:
        yield from _operation(sighting, profile, group)
    yield from _hour(sighting, profile, group, workday=calendar.is_workday(sighting.day))
    yield from _silence(profile, sighting.day, calendar)


def _network(sighting: Sighting, profile: Profile, networks: Mapping[str, set[str]]) -> Deviation:
    others = networks.get(sighting.network, set()) - {profile.caller}
    near = networks.get(sighting.site, set()) - {profile.caller}
    if profile.kind != "staff":
        points = 3.5
    elif len(others) >= _KNOWN_TO:
        points = 0.5
    elif (known := len(near) >= _KNOWN_TO or sighting.site in profile.networks) or _moves_about(profile):
        points = 0.5 if known and _moves_about(profile) else _NEAR
    else:
        points = 3.0
    return Deviation(
        kind="network",
        points=points,
        zh=f"来自从未用过的网络 {sighting.network}",
        en=f"from network {sighting.network}, never used before",
    )


def _moves_about(profile: Profile) -> bool:
    """Whether a new network is nothing new: of somebody who comes by telephone, or from one place after another.

    Networks and their sites are counted together, so that who has one desk has two.
    """
    return len(profile.networks) > max(_AT_ONE_DESK, 0.5 * profile.came)


def _operation(sighting: Sighting, profile: Profile, group: Group) -> Iterator[Deviation]:
    others = group.operations.get(sighting.operation, set()) - {profile.caller}
    if len(others) >= _KNOWN_TO:
        return
    points = 3.0 if profile.kind == "system" else 1.5
    yield Deviation(
        kind="operation",
        points=points,
        zh=f"第一次使用 {sighting.operation}，同岗位少有人用",
        en=f"first use of {sighting.operation}, which hardly anybody in the post uses",
    )


def _hour(sighting: Sighting, profile: Profile, group: Group, *, workday: bool) -> Iterator[Deviation]:
    """An hour at which neither the caller nor its peers come. An hour beside one that is usual is usual."""
    hour = sighting.at.hour
    came = len(profile.days(workday=workday))
    own = sum(profile.hours.get((workday, each % 24), 0) for each in (hour - 1, hour, hour + 1))
    if own > 0.05 * came and own > 0:
        return
    if profile.kind == "system":
        share: float | None = 0.0 if came >= LEAST_DAYS else None
    else:
        share = group.share_at(hour, workday=workday)
    points = next((points for most, points in _RARE if share is not None and share <= most), 0.0)
    if points and profile.kind != "system" and _post_works(group, profile.caller, hour):
        return
    if points and profile.kind == "staff" and _stays_on(profile, hour, workday=workday):
        points = min(points, _NEAR)
    if points and not workday and profile.kind == "staff" and _is_office_hour(profile, group, hour):
        yield Deviation(
            kind="rest_day",
            points=min(points, REST_DAY),
            zh=f"{moment_zh(sighting.at)} 上线，本人和同岗位休息日都不工作",
            en=f"active on {moment_en(sighting.at)}, on days of rest neither the caller nor others in the post work",
        )
    elif points:
        yield Deviation(
            kind="hours",
            points=points,
            zh=f"{moment_zh(sighting.at)} 上线，本人和同岗位此时都不工作",
            en=f"active on {moment_en(sighting.at)}, when neither the caller nor others in the post work",
        )


def _stays_on(profile: Profile, hour: int, *, workday: bool) -> bool:
    """Whether the caller has worked on from a usual hour without a pause: who stays longer has not come at an odd hour.

    Whoever comes by the account once its owner has left, comes after a pause.
    """
    today, came = profile.today, len(profile.days(workday=workday))
    before = [hour - back for back in range(1, _STAYS + 1)]
    usual = [each for each in before if profile.hours.get((workday, each), 0) > _OFTEN * came]
    return today is not None and bool(usual) and today.hours.issuperset(range(max(usual) + 1, hour))


def _post_works(group: Group, caller: str, hour: int) -> bool:
    """Whether the post as such has work at that hour today, as on the Saturday before a deadline."""
    return group.others_at(caller, hour) >= max(_KNOWN_TO, _POST_WORKS * group.size)


def _is_office_hour(profile: Profile, group: Group, hour: int) -> bool:
    """Whether the caller or its peers often come at *hour* on workdays."""
    share = group.share_at(hour, workday=True)
    own = profile.hours.get((True, hour), 0)
    return own > _OFTEN * len(profile.workdays) or (share is not None and share > _OFTEN)


def _silence(profile: Profile, day: date, calendar: Calendar) -> Iterator[Deviation]:
    if profile.last_day is None or profile.last_day >= day:
        return
    silent = sum(
        calendar.is_workday(profile.last_day + timedelta(days=n)) for n in range(1, (day - profile.last_day).days)
    )
    days = (day - profile.last_day).days
    points = max(
        next((points for least, points in steps if count >= least), 0.0)
        for count, steps in ((silent, _SILENT_WORKDAYS), (days, _SILENT_DAYS))
    )
    if points:
        yield Deviation(
            kind="silence",
            points=points,
            zh=f"{days} 天（{silent} 个工作日）没有出现后重新使用",
            en=f"back after {days} days ({silent} of them workdays) without a sign",
        )
