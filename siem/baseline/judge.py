"""When what a caller's day deviates by is told: once it weighs enough, and holds something that was not told before."""

from collections.abc import Iterator
from datetime import datetime

from siem.baseline.first_days import forget, judged, most_of
from siem.baseline.learned import Learned
from siem.baseline.nearly import again_nearly
from siem.baseline.profile import Profile
from siem.baseline.repeat import goes_on
from siem.baseline.score import ALERT, amount_on, by_weight, far_more, is_news, score_of
from siem.baseline.words import Anomaly

_FEW = 4
"""How many deviations are told of one caller, the weightiest first."""


def judge(profile: Profile, at: datetime, event: str) -> Anomaly | None:
    """What is told of *profile* after *event*, where its day has come to deviate too much by something new."""
    today = profile.today
    assert today is not None, "only who came today is judged"
    if not today.is_changed:
        return None
    today.is_changed = False
    points = score_of(today.found)
    if points < ALERT and (again := again_nearly(profile, today)):
        today.found[again.kind] = again
        points += again.points
    if points < ALERT:
        return None
    today.is_found = True
    if not goes_on(profile, today, points):
        profile.told, profile.worst, profile.told_amount = set(), points, 0
    is_later = profile.alerted is not None and profile.alerted < today.day
    if profile.told and is_later and (more := far_more(today, profile.told_amount)):
        today.found[more.kind] = more
    profile.found_on = today.day
    if profile.alerted == today.day:
        profile.worst = max(points, profile.worst)
    if profile.told and not any(is_news(each, profile.told) for each in today.found.values()):
        return None
    profile.alerted, profile.worst = today.day, max(points, profile.worst)
    profile.told |= today.found.keys()
    profile.told_amount = max(profile.told_amount, amount_on(today))
    told = by_weight(today.found)
    return Anomaly(
        caller=profile.caller,
        kind=profile.kind,
        group=profile.group,
        at=at,
        points=points,
        event=event,
        deviations=told[:_FEW],
        kinds=tuple(each.kind for each in told),
    )


def judge_first_days(learned: Learned, at: datetime) -> Iterator[Anomaly]:
    """What the rules have waited with, now that more is known."""
    for profile, deviation in judged(learned.profiles.values(), learned.groups, is_learned=learned.is_complete):
        forget(profile)
        profile.alerted = profile.found_on = at.date()
        profile.told, profile.worst = {deviation.kind}, deviation.points
        profile.told_amount = most_of(profile)
        yield Anomaly(
            caller=profile.caller,
            kind=profile.kind,
            group=profile.group,
            at=at,
            points=deviation.points,
            event="",
            deviations=[deviation],
            kinds=(deviation.kind,),
        )
