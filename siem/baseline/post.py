"""Which post a caller has: somebody stands in for a colleague, some events do not say it, and some take up another."""

from datetime import date

from siem.baseline.profile import Profile


def take_post(profile: Profile, group: str, day: date) -> None:
    """Have *profile* be of *group* from *day* on. An event that says no post does not say that there is another."""
    has_post, says_post = ":" in profile.group, ":" in group
    if not says_post or _has_post_of(profile.group, group):
        return
    if has_post:
        _change_post(profile, group, day)
    else:
        profile.group = group


def _has_post_of(former: str, group: str) -> bool:
    """Whether who is of *group* is still in the post that *former* was: whoever stands in for another has one more.

    Asked once a day, so nobody is forgotten by coming with one post and then with another.
    """
    kind, _, posts = former.partition(":")
    now_kind, _, now = group.partition(":")
    return former == group or (kind == now_kind and bool(posts) and {*posts.split(",")} <= {*now.split(",")})


def _change_post(profile: Profile, group: str, day: date) -> None:
    """Forget what was usual in the former post; who it is, and from where, stays."""
    profile.group, profile.since = group, day
    profile.workdays.clear()
    profile.restdays.clear()
    profile.operations.clear()
    profile.hours.clear()
    profile.drift, profile.rising = 0.0, 0
