"""The first days of an installation: nobody knows yet whose work is exporting, and somebody may already be at it.

While nothing is known of a post, the rules that ask for its custom wait for more people than they name (`AT_FIRST`),
once enough others have come for there to be a post. What stayed below that is judged by the peers as soon as they are
known, on the evening of the first day where the post is large: late, and not lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from siem.baseline.group import Group
from siem.baseline.others import OTHERS_OF_FEW, done_by_others
from siem.baseline.profile import Measure, Profile
from siem.baseline.unsaid import has_no_post
from siem.baseline.words import Deviation

AT_FIRST = 1_000
"""So many people within an hour, and in a day, no post is shown unasked, whatever it may turn out to do."""
JUDGED_FROM = 200
"""From so many people a day on somebody's first days are compared. The rules that wait name as many or more."""
BEYOND, BEYOND_EXPORTS = 3.0, 6.0
"""So many times what several others did is no chance of few days; and so many where these have exported as well, as
files differ in size by more than days of work do."""
BEYOND_AT_TURN = 6.0
"""So many times what a program did on its other days is no chance where it was at the turn of a month."""
EXPORTS_FROM = 50
_BATCH = 0.5
PROGRAMS = "system"
LEAST_STAFF = 25
"""Where fewer of the staff have come, nothing waits: there are no peers who could tell later."""


def waiting_posts(profiles: Iterable[Profile], groups: Mapping[str, Group]) -> set[str]:
    """The posts of which nothing is known yet, and will be; programs as well, which have none."""
    posts = [profile.group for profile in profiles if profile.kind == "staff"]
    if len(posts) < LEAST_STAFF:
        return set()
    return {PROGRAMS, *(post for post in set(posts) if not is_known(groups.get(post)))}


def is_known(group: Group | None) -> bool:
    """Whether enough days of its members were learned, so that the peers can be asked."""
    return group is not None and group.is_known


def judged(
    profiles: Iterable[Profile], groups: Mapping[str, Group], *, is_learned: bool
) -> Iterator[tuple[Profile, Deviation]]:
    """Each of the staff with a day of far more people than those of the post have had, where these are known.

    Of programs, each with one day that is not like its others.

    A post that is too small to be known is judged once the first days are over (*is_learned*).
    """
    posts: defaultdict[str, list[Profile]] = defaultdict(list)
    for profile in profiles:
        if profile.kind == PROGRAMS and is_learned:
            yield from _against_itself(profile)
        elif profile.kind == "staff" and (
            is_learned or (not has_no_post(profile.group) and is_known(groups.get(profile.group)))
        ):
            posts[profile.group].append(profile)
    for members in posts.values():
        most = {member.caller: most_of(member) for member in members}
        usual_of = done_by_others(most, OTHERS_OF_FEW)
        for member in members:
            count, usual = most[member.caller], usual_of[member.caller]
            beyond = BEYOND_EXPORTS if usual > EXPORTS_FROM else BEYOND
            if count >= JUDGED_FROM and count > beyond * usual:
                yield member, _stands_out(count, usual, "同岗位其他人至多约", "others in the post: about", " at most")


def _against_itself(profile: Profile) -> Iterator[tuple[Profile, Deviation]]:
    ordered = sorted((counts[Measure.PEOPLE] for counts in (*profile.workdays, *profile.restdays)), reverse=True)
    at_turn = max((counts[Measure.PEOPLE] for counts in profile.turns.values()), default=0)
    beyond = BEYOND_AT_TURN if ordered and ordered[0] == at_turn else BEYOND
    if len(ordered) > 1 and ordered[0] >= _judged_from(profile) and ordered[0] > beyond * ordered[1]:
        yield profile, _stands_out(ordered[0], ordered[1], "其他日子至多", "on other days:", " at most")


def _judged_from(profile: Profile) -> int:
    """A batch that came within an hour may be what a program does each week: then only as much as no rule waits for."""
    greatest = max((*profile.workdays, *profile.restdays), key=lambda counts: counts[Measure.PEOPLE])
    return AT_FIRST if greatest[Measure.HOUR] > _BATCH * greatest[Measure.PEOPLE] else JUDGED_FROM


def most_of(profile: Profile) -> int:
    """The most people that were learned of one of its days."""
    return max((counts[Measure.PEOPLE] for counts in (*profile.workdays, *profile.restdays)), default=0)


def forget(profile: Profile) -> None:
    """Let go of the days that stand out: they are not usual."""
    for days in (profile.workdays, profile.restdays):
        kept = [counts for counts in days if counts[Measure.PEOPLE] < JUDGED_FROM]
        days.clear()
        days.extend(kept)


def _stands_out(count: int, usual: int, zh: str, *en: str) -> Deviation:
    return Deviation(
        kind="first_days",
        points=4.0,
        zh=f"在开始记录的头几天，一天明文看到 {count} 人；{zh} {usual}",
        en=f"{count} residents in clear on one of the first days on record; {en[0]} {usual}{en[1]}",
    )
