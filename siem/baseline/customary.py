"""What a post does as its ordinary work: up to how many people a day and an hour, for rules that ask (`custom: true`).

Of staff it is what several others in the same post have done in the last weeks, today included: nobody makes a custom
by doing it again, nor do two who help each other where more than four have the post. Of programs, which have no peers,
it is what is usual for each.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date

from siem.baseline.first_days import AT_FIRST
from siem.baseline.group import Group
from siem.baseline.others import done_by_others
from siem.baseline.profile import Measure, Profile
from siem.baseline.volume import MOST_PEOPLE, program_caps
from siem.detect.custom import Usual

BEYOND = 1.5
"""So many times what several others did is still of that kind."""
BEYOND_AT_TURN = 3.0
"""The same at the turn of the month, when figures are made that nobody makes on other days."""
LEAST = 100
"""Less is asked by no rule, and not worth telling."""


def custom_of(
    profiles: Iterable[Profile],
    groups: Mapping[str, Group],
    *,
    workday: bool,
    day: date | None = None,
    is_learned: bool,
    waiting: Set[str] = frozenset(),
    turn_of_month: bool = False,
) -> dict[str, Usual]:
    """Up to how many people are ordinary work, of the callers who may see at least `LEAST` a day.

    *waiting*: the posts, and kinds of programs, of which nothing is known yet.
    """
    beyond = BEYOND_AT_TURN if turn_of_month else BEYOND
    posts: defaultdict[str, list[Profile]] = defaultdict(list)
    found: dict[str, Usual] = {}
    for profile in profiles:
        if profile.kind == "staff":
            posts[profile.group].append(profile)
        elif profile.kind == "system" and is_learned:
            group = groups[profile.group]
            caps = (
                program_caps(profile, group, measure, day, workday=workday, turn_of_month=turn_of_month)
                for measure in (Measure.HOUR, Measure.PEOPLE)
            )
            _keep(found, profile.caller, Usual(*(int(each[0]) if each else 0 for each in caps)))
        elif profile.kind == "system" and profile.group in waiting:
            found[profile.caller] = Usual(AT_FIRST, AT_FIRST)
    for post, members in posts.items():
        least = beyond / BEYOND * AT_FIRST if post in waiting else 0.0
        fetched = groups[post].files if post in groups else {}
        hours, days = (
            _of_post(members, measure, beyond, int(max(least, beyond * fetched.get(measure, 0))))
            for measure in (Measure.HOUR, Measure.PEOPLE)
        )
        for member in members:
            _keep(found, member.caller, Usual(hours[member.caller], days[member.caller]))
    return found


def _keep(found: dict[str, Usual], caller: str, usual: Usual) -> None:
    if usual.a_day >= LEAST:
        found[caller] = usual


def _of_post(members: Iterable[Profile], measure: Measure, beyond: float, least: int) -> Mapping[str, int]:
    """For each of *members*, what several of the others have done at least, and a little more; or *least*."""
    done = done_by_others({member.caller: _most_of(member, measure) for member in members})
    return {caller: min(max(least, int(beyond * count)), MOST_PEOPLE) for caller, count in done.items()}


def _most_of(profile: Profile, measure: Measure) -> int:
    days = [day[measure] for day in (*profile.workdays, *profile.restdays)]
    today = profile.today
    return max([*days, today.counts[measure] if today and today.is_usual else 0])
